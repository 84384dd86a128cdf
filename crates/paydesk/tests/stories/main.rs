//! Whole stories over real HTTP, on both engines: from a click to what it must end in.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod checkout;
mod contract;
mod events;
mod history;
mod lists;
mod pages;
mod recovery;
mod trust;
mod wallet;
