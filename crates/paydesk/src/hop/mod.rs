//! The hop from an edge to the core: how verified events travel inside, and what proves that they may.
//!
//! What lives here: the path, the [`wire`] of a group of events and of its answer, and the [`proof`] on both. Both ends of
//! the hop use it. What must not live here: what Stripe signs, a store, a clock, a connection.

pub mod proof;
pub mod wire;

/// Where the core takes events from an edge.
pub const PATH: &str = "/subscriptions/internal/stripe-webhook";

/// The most events of one group.
pub const EVENTS_MAX: usize = 256;

/// The most bytes of one group of several events. A lone event may be larger, as far as the core takes it.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
