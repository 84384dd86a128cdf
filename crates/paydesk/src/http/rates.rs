//! Rate limits: per address, per user, per service token.
//!
//! Generous by default, since they protect the server and are no price list. Each limit is a bucket that refills
//! evenly; a refusal is 429 with the seconds to wait. Idle entries are dropped, so the maps stay as large as the set of
//! callers of the last minute. Webhook paths are exempt: Stripe's bursts are what we are here for.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::HeaderMap;
use governor::clock::Clock as Ticks;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::auth::Caller;
use super::{Problem, kinds};
use crate::clock::Clock;
use crate::config::{Limits, Network};

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, Clock, NoOpMiddleware<Nanos>>;

/// How often idle entries are dropped.
const SWEEP: Duration = Duration::from_mins(1);
/// How many entries may gather before they are swept out of turn.
const ENTRIES_MAX: usize = 50_000;

impl Ticks for Clock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.monotonic())
    }
}

/// All limits of one server.
pub struct Rates {
    addresses: Keyed<IpAddr>,
    users: Keyed<String>,
    services: Keyed<String>,
    trusted_proxies: Vec<Network>,
    clock: Clock,
    swept_at_ms: AtomicU64,
}

impl Rates {
    /// The limits that the configuration gives.
    pub fn new(limits: &Limits, trusted_proxies: Vec<Network>, clock: Clock) -> Self {
        Self {
            addresses: keyed(limits.address_per_minute, &clock),
            users: keyed(limits.user_per_minute, &clock),
            services: keyed(limits.service_per_minute, &clock),
            trusted_proxies,
            clock,
            swept_at_ms: AtomicU64::new(0),
        }
    }

    /// Counts a request from an address; 429 when it has used up its share.
    pub fn check_address(&self, address: IpAddr) -> Result<(), Problem> {
        self.sweep();
        self.check(&self.addresses, &group(address))
    }

    /// Counts a request of a caller; 429 when they have used up their share. Operators are not limited.
    pub fn check_caller(&self, caller: &Caller) -> Result<(), Problem> {
        match caller {
            Caller::User { user_id } => self.check(&self.users, &user_id.to_string()),
            Caller::Service { token_id, .. } => self.check(&self.services, token_id),
            Caller::Operator { .. } | Caller::Admin => Ok(()),
        }
    }

    /// The address of the client: the peer's, or, when the peer is a trusted proxy, the nearest address in
    /// X-Forwarded-For that is not one. What stands before that was written by the client and proves nothing.
    pub fn client_address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if self.trusted_proxies.is_empty() {
            return client;
        }
        let values: Vec<_> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
            if !self.trusted_proxies.iter().any(|network| network.contains(client)) {
                break;
            }
            match hop.trim().parse::<IpAddr>() {
                Ok(address) => client = address.to_canonical(),
                Err(_) => break,
            }
        }
        client
    }

    fn check<K: std::hash::Hash + Eq + Clone>(&self, limiter: &Keyed<K>, key: &K) -> Result<(), Problem> {
        limiter.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(Ticks::now(&self.clock));
            let seconds = u32::try_from(wait.as_millis().div_ceil(1_000))
                .unwrap_or(u32::MAX)
                .max(1);
            Problem::of(&kinds::RATE_LIMITED).retry_after(seconds)
        })
    }

    /// Drops idle entries once a minute, or at once when many have gathered.
    fn sweep(&self) {
        let now_ms = Ticks::now(&self.clock).as_u64() / 1_000_000;
        let swept_at_ms = self.swept_at_ms.load(Ordering::Relaxed);
        let age = Duration::from_millis(now_ms.saturating_sub(swept_at_ms));
        let due = age >= SWEEP || (age >= Duration::from_secs(1) && self.entries() > ENTRIES_MAX);
        let mine = due
            && self
                .swept_at_ms
                .compare_exchange(swept_at_ms, now_ms, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if mine {
            self.addresses.retain_recent();
            self.users.retain_recent();
            self.services.retain_recent();
            self.addresses.shrink_to_fit();
        }
    }

    /// How many entries are held, for tests and metrics.
    pub fn entries(&self) -> usize {
        self.addresses.len() + self.users.len() + self.services.len()
    }
}

impl fmt::Debug for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rates({})", self.entries())
    }
}

fn keyed<K: std::hash::Hash + Eq + Clone>(per_minute: u32, clock: &Clock) -> Keyed<K> {
    let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
    RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
}

/// One subscriber of IPv6 commands a whole /64, so that is what counts as one address.
fn group(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
    }
}
