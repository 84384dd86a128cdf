//! Plans and the subscriptions to them.

mod plans;
mod subscriber;
mod year;
