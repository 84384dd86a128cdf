//! Whole stories over real HTTP, on both engines: from a click to what it must end in.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[path = "../support/mod.rs"]
mod support;

mod checkout;
mod wallet;
