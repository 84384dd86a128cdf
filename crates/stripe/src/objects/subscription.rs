//! What is paid for again and again. How each period is billed is in `invoice`.
//!
//! Since 2025-03 a subscription's current period is told by its items, before by itself; [`Subscription::period`] reads
//! both places. An end that is set may be told by a time or by a flag: [`Subscription::scheduled_end`].

use super::{Customer, Expandable, Invoice, List, Metadata, Price, object, part_of_object, text_enum};

object! {
    /// What a customer pays for again and again.
    Subscription = "subscription"
    strict {}
    tolerant {
        /// Where it stands.
        status: SubscriptionStatus,
        /// Who pays.
        customer: Option<Expandable<Customer>>,
        /// What is paid for.
        items: Option<List<SubscriptionItem>>,
        /// The currency, in lower case.
        currency: Option<String>,
        /// When it ends, in unix seconds, where an end was set.
        cancel_at: Option<i64>,
        /// Whether it ends with the current period.
        cancel_at_period_end: bool,
        /// When somebody asked for its end, in unix seconds.
        canceled_at: Option<i64>,
        /// When it ended, in unix seconds.
        ended_at: Option<i64>,
        /// Where API versions before 2025-03-31 have the current period; read through [`Subscription::period`].
        current_period_start: Option<i64>,
        /// The same.
        current_period_end: Option<i64>,
        /// When the trial ends or ended, in unix seconds.
        trial_end: Option<i64>,
        /// Set while no money is collected.
        pause_collection: Option<PauseCollection>,
        /// The newest invoice.
        latest_invoice: Option<Expandable<Invoice>>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

text_enum! {
    /// Where a subscription stands.
    SubscriptionStatus {
        /// The first payment has not come.
        Incomplete = "incomplete",
        /// The first payment did not come in time; it never began.
        IncompleteExpired = "incomplete_expired",
        /// In its trial.
        Trialing = "trialing",
        /// Paid.
        Active = "active",
        /// A renewal was not paid; Stripe tries again.
        PastDue = "past_due",
        /// A renewal was not paid, and Stripe tries no more.
        Unpaid = "unpaid",
        /// The trial ended without a payment method, or somebody paused it.
        Paused = "paused",
        /// Over.
        Canceled = "canceled",
    }
}

impl SubscriptionStatus {
    /// Whether it is over for good.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Canceled | Self::IncompleteExpired)
    }
}

impl Subscription {
    /// The current period, from and until, in unix seconds: of the items, or where it was told before 2025-03-31. Of
    /// several items it is the one that ends first.
    pub fn period(&self) -> (Option<i64>, Option<i64>) {
        let items = self.items.iter().flat_map(|items| &items.data);
        let of_items = items
            .filter_map(|item| Some((item.current_period_end?, item.current_period_start)))
            .min();
        match of_items {
            Some((end, start)) => (start, Some(end)),
            None => (self.current_period_start, self.current_period_end),
        }
    }

    /// When it ends, in unix seconds, where an end was set, by whichever of the two ways.
    pub fn scheduled_end(&self) -> Option<i64> {
        let with_period = || self.cancel_at_period_end.then(|| self.period().1).flatten();
        self.cancel_at.or_else(with_period)
    }
}

object! {
    /// One price that a subscription pays.
    SubscriptionItem = "subscription_item"
    strict {}
    tolerant {
        /// The price.
        price: Option<Expandable<Price>>,
        /// How many.
        quantity: Option<i64>,
        /// The current period, in unix seconds.
        current_period_start: Option<i64>,
        /// The same.
        current_period_end: Option<i64>,
        /// Our own keys and values.
        metadata: Metadata,
    }
}

part_of_object! {
    /// That no money is collected for now. The subscription goes on all the same.
    PauseCollection {
        /// What becomes of invoices meanwhile: `keep_as_draft`, `mark_uncollectible` or `void`.
        behavior: Option<String> = "super::lenient::lenient",
        /// When money is collected again, in unix seconds.
        resumes_at: Option<i64> = "super::lenient::lenient",
    }
}
