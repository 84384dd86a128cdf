//! The HTTP side as a caller meets it: through the real router, and through real sockets where time and bytes matter.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod auth;
mod demo;
mod documents;
mod edge;
mod forgeries;
mod harness;
mod limits;
mod one_time;
mod operations;
mod origins;
mod problems;
mod process;
mod quiet;
mod sockets;
mod tokens;
