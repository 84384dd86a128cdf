//! Stripe's wire as a client sees it: webhook signatures, events, objects and the HTTP API.
//!
//! Promises:
//! * a webhook body is trusted only after [`signature::verify`], which works on bytes, in constant time and in bounded work;
//! * decoding is tolerant of everything that a newer or older API version may change, and strict about money: an amount
//!   that is missing or is not an integer fails the decode and names its field;
//! * every write carries an idempotency key, and every failure says whether it may be retried and whether the outcome
//!   at Stripe is known;
//! * no secret can be printed through `Debug`, `Display` or a log line.
//!
//! What must not live here: anything that knows what is sold, a clock, a source of randomness, or storage. Times are
//! handed in, and so is the jitter.

pub mod client;
pub mod event;
mod malformed;
pub mod objects;
pub mod signature;

pub use client::{Client, ClientConfig, Error, IdempotencyKey};
pub use event::{Envelope, Event};
pub use malformed::Malformed;

/// The API version that this crate is written against: sent on every request, and to be set on the webhook endpoint.
pub const API_VERSION: &str = "2026-10-28.endive";
