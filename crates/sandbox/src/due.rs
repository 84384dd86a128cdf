//! What happens by itself when its time has come: sessions expire, debits and refunds are decided, money becomes available,
//! subscriptions renew and end, invoices are finalized and tried again.

use crate::resources::{
    balance, checkout_sessions, invoice_collection, payments, payouts, refunds, subscription_cycle,
};
use std::collections::{BTreeMap, HashMap};

use crate::state::{Origin, State};

/// Stripe keeps events for thirty days.
const EVENT_LIFE_SECONDS: i64 = 30 * 86_400;

/// Something that happens by itself when its time has come.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Due {
    ExpireSession(String),
    SettleDebit(String),
    SettleRefund(String),
    /// The next thing that happens to a subscription: a renewal, the end of a trial or of all.
    Subscription(String),
    /// The next thing that happens to an invoice: it is finalized, or its payment is tried again.
    Invoice(String),
    /// A payout arrives.
    Payout(String),
    /// The money that is available from this time on.
    FundsAvailable(i64),
}

/// What is planned, by time; each thing at most once.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    by_time: BTreeMap<(i64, u64), Due>,
    planned: HashMap<Due, (i64, u64)>,
}

impl Schedule {
    /// Plans something, unless it is planned already.
    pub(crate) fn plan(&mut self, time: i64, sequence: u64, due: Due) {
        if !self.planned.contains_key(&due) {
            self.planned.insert(due.clone(), (time, sequence));
            self.by_time.insert((time, sequence), due);
        }
    }

    pub(crate) fn cancel(&mut self, due: &Due) {
        if let Some(place) = self.planned.remove(due) {
            self.by_time.remove(&place);
        }
    }

    /// The time of what comes next.
    pub(crate) fn next_time(&self) -> Option<i64> {
        self.by_time.first_key_value().map(|((time, _), _)| *time)
    }

    /// Takes what comes next, if its time has come.
    pub(crate) fn take(&mut self, now: i64) -> Option<Due> {
        let (_, due) = self
            .by_time
            .first_entry()
            .filter(|entry| entry.key().0 <= now)?
            .remove_entry();
        self.planned.remove(&due);
        Some(due)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, &Due)> {
        self.by_time.iter().map(|((time, _), due)| (*time, due))
    }
}

impl State {
    /// Does everything that is due, in the order in which it was due.
    pub(crate) fn run_due(&mut self) {
        self.frozen = None;
        let now = self.now();
        let origin = std::mem::take(&mut self.origin);
        while let Some(due) = self.schedule.take(now) {
            self.perform(due);
        }
        self.events.forget_before(now - EVENT_LIFE_SECONDS);
        self.origin = origin;
    }

    pub(crate) fn perform(&mut self, due: Due) {
        match due {
            Due::ExpireSession(id) => checkout_sessions::expire(self, &id),
            Due::SettleDebit(id) => payments::settle_debit(self, &id, None),
            Due::SettleRefund(id) => refunds::settle(self, &id),
            Due::Subscription(id) => subscription_cycle::turn(self, &id),
            Due::Invoice(id) => invoice_collection::turn(self, &id),
            Due::Payout(id) => payouts::arrive(self, &id),
            Due::FundsAvailable(time) => balance::release(self, time),
        }
    }

    /// Lets time pass, and what falls due in it happen at its own time.
    pub(crate) fn advance(&mut self, by_ms: i64) {
        let until = self.clock.now_ms().saturating_add(by_ms);
        self.origin = Origin::default();
        self.frozen = None;
        while let Some(time) = self.schedule.next_time() {
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
