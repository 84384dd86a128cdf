//! What receiving one event costs before it is stored: `cargo run --release -p stripe --example receive_cost`.
//!
//! Prints nanoseconds per operation, the best of several rounds, for a body of the size that Stripe sends.

#![expect(clippy::print_stdout, reason = "printing is all that it does")]

use std::hint::black_box;
use std::time::Instant;

use stripe::objects::CheckoutSession;
use stripe::signature::{SigningSecret, sign, verify};
use stripe::{Envelope, Event};

const ROUNDS: u32 = 20;
const OPERATIONS: u32 = 5_000;
const NOW_S: i64 = 1_795_000_000;
const BODY: &[u8] = include_bytes!("../tests/data/checkout_session_completed.json");

fn main() {
    let secret = SigningSecret::new("whsec_example").expect("it is not empty");
    let header = sign(BODY, &secret, NOW_S);
    let secrets = [secret];
    println!("body: {} bytes", BODY.len());
    measure("verify", || {
        verify(BODY, header.as_bytes(), &secrets, NOW_S, 300).expect("it is genuine");
    });
    measure("envelope", || {
        black_box(Envelope::parse(BODY).expect("it is an event"));
    });
    measure("verify + envelope", || {
        verify(BODY, header.as_bytes(), &secrets, NOW_S, 300).expect("it is genuine");
        black_box(Envelope::parse(BODY).expect("it is an event"));
    });
    measure("event + checkout session", || {
        let event = Event::parse(BODY).expect("it is an event");
        black_box(event.object::<CheckoutSession>().expect("it is a session"));
    });
}

fn measure(what: &str, mut operation: impl FnMut()) {
    let round = |_| {
        let start = Instant::now();
        for _ in 0..OPERATIONS {
            operation();
        }
        start.elapsed() / OPERATIONS
    };
    let best = (0..ROUNDS).map(round).min().unwrap_or_default();
    println!("{what}: {} ns", best.as_nanos());
}
