//! Plans and the subscriptions to them.

mod plans;
