//! Whole stories over real HTTP, on both engines: from a click to what it must end in.

#[path = "../support/mod.rs"]
mod support;

mod checkout;
mod wallet;
