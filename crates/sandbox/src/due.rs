//! What happens by itself when its time has come: sessions expire, debits and refunds are decided, money becomes available.

use crate::resources::{balance, checkout_sessions, payments, refunds};
use crate::state::{Due, Origin, State};

/// Stripe keeps events for thirty days.
const EVENT_LIFE_SECONDS: i64 = 30 * 86_400;

impl State {
    /// Does everything that is due, in the order in which it was due.
    pub(crate) fn run_due(&mut self) {
        let now = self.now();
        let origin = std::mem::take(&mut self.origin);
        while let Some(entry) = self.schedule.first_entry().filter(|entry| entry.key().0 <= now) {
            match entry.remove() {
                Due::ExpireSession(id) => checkout_sessions::expire(self, &id),
                Due::SettleDebit(id) => payments::settle_debit(self, &id, None),
                Due::SettleRefund(id) => refunds::settle(self, &id),
                Due::FundsAvailable(id) => balance::release(self, &id),
            }
        }
        self.events.forget_before(now - EVENT_LIFE_SECONDS);
        self.origin = origin;
    }

    /// Lets time pass, and what falls due in it happen at its own time.
    pub(crate) fn advance(&mut self, by_ms: i64) {
        let until = self.clock.now_ms().saturating_add(by_ms);
        self.origin = Origin::default();
        while let Some((time, _)) = self.schedule.first_key_value().map(|(key, _)| *key) {
            let step = time.saturating_mul(1000) - self.clock.now_ms();
            if time.saturating_mul(1000) > until {
                break;
            }
            self.clock.advance(step.max(0));
            self.run_due();
        }
        self.clock.advance((until - self.clock.now_ms()).max(0));
        self.run_due();
        self.changes += 1;
    }
}
