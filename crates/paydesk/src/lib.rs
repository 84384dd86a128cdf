//! The paydesk application: everything but the entry point.
//!
//! One folder per capability (`inbox`, `books`, `purchases`, …), and beside them what all of them stand on: the
//! configuration, the clock, ids, the HTTP server and the command line. Dependencies run downwards: routes → use cases
//! → rules and records → the crates `ledger`, `store` and `stripe`.

pub mod app;
pub mod audit;
pub mod bookings;
pub mod books;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod contacts;
pub mod courier;
pub mod credits;
pub mod deployment;
pub mod edge;
pub mod effects;
pub mod entitlements;
pub mod hop;
pub mod http;
pub mod idempotency;
pub mod ids;
pub mod inbox;
pub mod keys;
pub mod notices;
pub mod orders;
pub mod pages;
pub mod payouts;
pub mod progress;
pub mod purchases;
pub mod reports;
pub mod schema;
pub mod seeded;
pub mod shutdown;
pub mod sign_in;
pub mod stripe_calls;
pub mod subscriptions;
pub mod telemetry;
pub mod tokens;
pub mod top_ups;
pub mod updates;
mod words;
