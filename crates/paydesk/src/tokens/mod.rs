//! Service tokens: how the application's back end proves itself, with only the scopes it needs.

pub mod scope;

pub use scope::{Scope, Scopes};

/// What every service token begins with.
pub const PREFIX: &str = "pdk_";
