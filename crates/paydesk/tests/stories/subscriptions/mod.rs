//! Plans and the subscriptions to them.

mod mirror;
mod plans;
mod subscriber;
mod year;
