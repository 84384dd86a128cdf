//! The sandbox's own time.
//!
//! Everything that asks what time it is asks here, so that a test (or a person at the control API) can turn it. A running
//! clock follows the machine's with an offset; a standing one (deterministic mode) moves only when it is told to.
//! Nothing else in the crate may read the machine's clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time a deterministic sandbox starts at when none is configured: 2026-11-01T00:00:00Z.
const DEFAULT_START: i64 = 1_793_491_200;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Clock {
    Running { offset_ms: i64 },
    Standing { now_ms: i64 },
}

impl Clock {
    pub(crate) fn new(deterministic: bool, start_time: Option<i64>) -> Self {
        if deterministic {
            return Self::Standing {
                now_ms: start_time.unwrap_or(DEFAULT_START) * 1000,
            };
        }
        let offset_ms = start_time.map_or(0, |start| start * 1000 - machine_ms());
        Self::Running { offset_ms }
    }

    pub(crate) fn now_ms(self) -> i64 {
        match self {
            Self::Running { offset_ms } => machine_ms() + offset_ms,
            Self::Standing { now_ms } => now_ms,
        }
    }

    pub(crate) fn now(self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// The time written into signatures. A running clock signs with the machine's time even when it has been turned, as
    /// Stripe does for test clocks: a receiver refuses signatures that are more than minutes off.
    pub(crate) fn signing_time(self) -> i64 {
        match self {
            Self::Running { .. } => machine_ms().div_euclid(1000),
            Self::Standing { now_ms } => now_ms.div_euclid(1000),
        }
    }

    pub(crate) fn advance(&mut self, by_ms: i64) {
        match self {
            Self::Running { offset_ms } => *offset_ms = offset_ms.saturating_add(by_ms),
            Self::Standing { now_ms } => *now_ms = now_ms.saturating_add(by_ms),
        }
    }

    pub(crate) fn is_running(self) -> bool {
        matches!(self, Self::Running { .. })
    }
}

fn machine_ms() -> i64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the sandbox reads the machine's clock"
    )]
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
