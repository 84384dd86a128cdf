//! Reports: what happened, by UTC day and unit, and what an operator reads of it.
//!
//! A report reads a few rows for each day, however many transfers and payments there are, because figures are kept up with
//! what they count. There are two ways, by what is counted:
//! - What only grows (transfers, events received) is counted shortly behind, by a cursor ([`mod@count`]). Nothing is done for it
//!   where it is written, and whatever was there before is counted from the beginning.
//! - What changes (refunds, disputes, failed payments, fees, what subscriptions bring in) is counted in the transaction that
//!   changes it: what a row counts for now is added, and what it counted for before is taken away ([`Tally`]).
//!
//! What must not live here: a figure that cannot be counted again from the rows it is made of.

mod count;
mod dashboard;
mod days;
pub mod lists;
mod records;
mod revenue;
pub mod routes;
mod rules;
pub mod shown;

use std::collections::BTreeMap;

use store::{Result, Tx};

use crate::words::words;

pub use count::{count, describe_metrics, run};
pub use days::Day;
pub use lists::TransferOut;
pub use revenue::{Recurring, follow_subscription};
pub use rules::monthly;

/// Something that is counted by day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Figure {
    /// Money that customers paid, by the books.
    Collected,
    /// Money that went back or was taken by disputes, by the books; less where it came back.
    Reversed,
    /// Refunds that were made, by when they were made.
    Refunded,
    /// Disputes that take money, by when they were opened.
    Disputed,
    /// What Stripe keeps of payments.
    Fees,
    /// Payments an attempt at which failed, by when they began.
    Failed,
    /// Those of them that were paid later, by when they began.
    Recovered,
    /// Of users who pay for a subscription for the first time.
    MrrNew,
    /// More from users who paid before.
    MrrExpansion,
    /// Less from users who go on paying.
    MrrContraction,
    /// From users who pay no more.
    MrrChurn,
    /// From users who pay again.
    MrrReactivation,
    /// Credits that were bought, or came with a plan.
    Granted,
    /// Credits given by an operator.
    Added,
    /// Credits spent and captured.
    Used,
    /// Credits whose time was over.
    Expired,
    /// Credits taken back by an operator.
    Removed,
    /// Credits taken back because their payment was; less where it came back.
    ClawedBack,
    /// Events that came in from Stripe.
    Received,
}

words!(Figure {
    Collected = "collected",
    Reversed = "reversed",
    Refunded = "refunded",
    Disputed = "disputed",
    Fees = "fees",
    Failed = "failed",
    Recovered = "recovered",
    MrrNew = "mrr_new",
    MrrExpansion = "mrr_expansion",
    MrrContraction = "mrr_contraction",
    MrrChurn = "mrr_churn",
    MrrReactivation = "mrr_reactivation",
    Granted = "granted",
    Added = "added",
    Used = "used",
    Expired = "expired",
    Removed = "removed",
    ClawedBack = "clawed_back",
    Received = "received",
});

/// The unit of figures about credits.
pub const CREDITS: &str = "credits";
/// The unit of figures about events.
pub const EVENTS: &str = "events";

/// An amount, in minor units where it is money, and of how many things.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    /// How much.
    pub amount: i64,
    /// Of how many things.
    pub things: i64,
}

impl Sum {
    /// One thing of this amount.
    pub fn one(amount: i64) -> Self {
        Self { amount, things: 1 }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            amount: self.amount.saturating_add(other.amount),
            things: self.things.saturating_add(other.things),
        }
    }

    /// The same to be taken away.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            amount: self.amount.saturating_neg(),
            things: self.things.saturating_neg(),
        }
    }
}

/// What is to be added to figures: by unit, figure and day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally(BTreeMap<(String, String, Day), Sum>);

impl Tally {
    /// Adds to a figure of a day.
    pub fn add(&mut self, unit: &str, figure: Figure, day: Day, sum: Sum) {
        self.add_named(unit, figure.word(), day, sum);
    }

    fn add_named(&mut self, unit: &str, figure: &str, day: Day, sum: Sum) {
        let known = self.0.entry((unit.to_owned(), figure.to_owned(), day)).or_default();
        *known = known.plus(sum);
    }

    /// Adds all of another.
    pub fn add_all(&mut self, other: &Self) {
        for ((unit, figure, day), sum) in &other.0 {
            self.add_named(unit, figure, *day, *sum);
        }
    }

    /// Takes all of another away.
    pub fn take_away(&mut self, other: &Self) {
        for ((unit, figure, day), sum) in &other.0 {
            self.add_named(unit, figure, *day, sum.negated());
        }
    }

    fn iter(&self) -> impl Iterator<Item = (&(String, String, Day), &Sum)> {
        self.0.iter().filter(|(_, sum)| **sum != Sum::default())
    }
}

/// Adds to figures, in the transaction that changes what they count. Call it once in a transaction, behind the locks of what
/// was changed and before those of accounts; rows are taken in the order of their keys.
pub fn add(tx: &mut Tx<'_>, tally: &Tally) -> Result<()> {
    records::add(tx, tally)
}
