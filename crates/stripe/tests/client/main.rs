//! The client over real HTTP, against a server that plays a script: what is sent, what is tried again, and what each
//! failure says about the outcome.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

mod calls;
mod failures;
mod script;
