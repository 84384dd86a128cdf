//! The sandbox seen from outside: through its router, or through a socket where the socket matters.
//!
//! Every line of the fidelity list has a test named after it. Nothing here waits by sleeping: the clock is advanced, or a
//! delivery is waited for.

#[cfg(test)]
mod cards;
#[cfg(test)]
mod checkout;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod control;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod fidelity_objects;
#[cfg(test)]
mod fidelity_requests;
#[cfg(test)]
mod later;
#[cfg(test)]
mod payments;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod previews;
#[cfg(test)]
mod reversals;
#[cfg(test)]
mod subscription_changes;
#[cfg(test)]
mod subscription_pauses;
#[cfg(test)]
mod subscriptions;
#[cfg(test)]
mod wire;
