//! Whole stories over real HTTP, on both engines: from a click to what it must end in.
#![expect(
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect fails by panicking"
)]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod bank_payouts;
mod bookings;
mod chain;
mod checkout;
mod contract;
mod courier;
mod earnings;
mod entitled;
mod events;
mod explain;
mod history;
mod holds;
mod keys;
mod listings;
mod lists;
mod orders;
mod packs;
mod pages;
mod payouts;
mod recovery;
mod refund_requests;
mod refunds;
mod rehearsal;
mod reports;
mod reversals;
mod sign_in;
mod stripe_faults;
mod subscriptions;
mod top_ups;
mod trust;
mod two_tiers;
mod updates;
mod wallet;
