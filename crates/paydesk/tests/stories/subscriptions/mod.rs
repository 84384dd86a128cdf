//! Plans and the subscriptions to them.

mod changes;
mod checkouts;
mod commands;
mod mirror;
mod plans;
mod revenue;
mod subscriber;
mod told;
mod year;

pub(crate) use commands::{begin as begin_plans, pay, save_card, subscribe};
