//! What the HTTP side needs of a process, whatever the process serves: the limits, the memory for bodies, the figures.
//!
//! The core and the edge each have one, so that both meet a request in the same way. What must not live here: anything
//! that only one of them has, the store above all.

use std::ops::Deref;
use std::sync::Arc;

use super::body::Budget;
use super::origins::Origins;
use super::rates::Rates;
use super::timings::Timings;
use crate::clock::Clock;
use crate::config::{Limits, Network};
use crate::ids::Ids;

/// The surroundings of every request; cheap to clone. Reads like a struct.
#[derive(Clone)]
pub struct Surroundings(Arc<Parts>);

/// The parts.
pub struct Parts {
    /// Bounds in size and time.
    pub limits: Limits,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids of requests come from.
    pub ids: Ids,
    /// Limits on callers.
    pub rates: Rates,
    /// The memory that bodies of requests may take together.
    pub bodies: Budget,
    /// Other origins whose pages may call.
    pub origins: Origins,
    /// How long requests take.
    pub timings: Timings,
}

impl Surroundings {
    /// The surroundings that the limits describe.
    pub fn new(limits: &Limits, trusted_proxies: Vec<Network>, origins: Origins, clock: &Clock, ids: &Ids) -> Self {
        Self(Arc::new(Parts {
            limits: limits.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            rates: Rates::new(limits, trusted_proxies, clock.clone()),
            bodies: Budget::new(limits.bodies_bytes_max),
            origins,
            timings: Timings::default(),
        }))
    }
}

impl Deref for Surroundings {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
