//! Notices: what a user is to be told. Each is written once, in the transaction of what it tells of, and stays; whoever
//! brings it to the user reads it from here.

mod records;
pub mod routes;

use serde_json::{Value, json};
use store::{Result, Tx};

use crate::clock::Moment;
use crate::courier::{self, Message};
use crate::ids::UserId;
use crate::words::words;

/// Writes a notice, and a message about it. Of one purchase a user is told once.
pub fn note(tx: &mut Tx<'_>, notice: &Notice) -> Result<()> {
    if records::insert(tx, notice)? {
        courier::tell(tx, notice.created_at_us, [notice.message()])
    } else {
        Ok(())
    }
}

/// The last notices of a user, newest first.
pub fn latest(tx: &mut Tx<'_>, user_id: &UserId, limit: i64) -> Result<Vec<Notice>> {
    records::notices_of_user(tx, user_id, "~", limit)
}

/// What kind of thing is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeKind)]
pub enum Kind {
    /// The wallet holds less than the user wanted to be told of.
    LowBalance,
    /// An automatic purchase failed, and no other begins until another payment method is saved.
    TopUpFailed,
    /// The same, because the bank wants to ask the buyer, who was not there.
    TopUpNeedsBuyer,
    /// An invoice of a subscription was not paid; Stripe tries again.
    PaymentFailed,
    /// An invoice of a subscription waits for the buyer, whom the bank wants to ask.
    PaymentNeedsBuyer,
    /// A trial ends soon.
    TrialWillEnd,
    /// A payment is overdue for so long that access ended.
    GraceEnded,
    /// A subscription is over, and access with it.
    SubscriptionEnded,
}

words!(Kind {
    LowBalance = "low_balance",
    TopUpFailed = "top_up_failed",
    TopUpNeedsBuyer = "top_up_needs_buyer",
    PaymentFailed = "payment_failed",
    PaymentNeedsBuyer = "payment_needs_buyer",
    TrialWillEnd = "trial_will_end",
    GraceEnded = "grace_ended",
    SubscriptionEnded = "subscription_ended",
});

/// What is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The wallet holds less than the user wanted to be told of.
    LowBalance {
        /// What it held.
        balance: i64,
        /// What they wanted to be told of.
        below: i64,
    },
    /// An automatic purchase failed.
    TopUpFailed {
        /// Which.
        purchase_id: String,
        /// Why, in Stripe's word.
        reason: String,
    },
    /// An automatic purchase failed because the bank wants to ask the buyer.
    TopUpNeedsBuyer {
        /// Which.
        purchase_id: String,
    },
    /// An invoice of a subscription was not paid; Stripe tries again.
    PaymentFailed {
        /// Of which.
        subscription_id: String,
        /// Which.
        invoice_id: String,
    },
    /// An invoice of a subscription waits for the buyer, whom the bank wants to ask.
    PaymentNeedsBuyer {
        /// Of which.
        subscription_id: String,
        /// Which.
        invoice_id: String,
    },
    /// A trial ends soon.
    TrialWillEnd {
        /// Of which.
        subscription_id: String,
        /// When, microseconds.
        ends_at_us: i64,
    },
    /// A payment is overdue for so long that access ended.
    GraceEnded {
        /// Of which.
        subscription_id: String,
    },
    /// A subscription is over, and access with it.
    SubscriptionEnded {
        /// Which.
        subscription_id: String,
    },
}

/// A notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// `ntc_…`.
    pub notice_id: String,
    /// Who is told.
    pub user_id: UserId,
    /// What is told.
    pub subject: Subject,
    /// When it was written, microseconds.
    pub created_at_us: i64,
}

impl Notice {
    /// What others are told of it.
    fn message(&self) -> Message {
        let user_id = &self.user_id;
        let (kind, data): (_, Value) = match &self.subject {
            Subject::LowBalance { balance, below } => (
                courier::Kind::LowBalance,
                json!({ "user_id": user_id, "balance": balance, "below": below }),
            ),
            Subject::TopUpFailed { purchase_id, reason } => (
                courier::Kind::TopUpFailed,
                json!({ "user_id": user_id, "purchase_id": purchase_id, "reason": reason }),
            ),
            Subject::TopUpNeedsBuyer { purchase_id } => (
                courier::Kind::TopUpNeedsBuyer,
                json!({ "user_id": user_id, "purchase_id": purchase_id }),
            ),
            Subject::PaymentFailed {
                subscription_id,
                invoice_id,
            } => (
                courier::Kind::PaymentFailed,
                json!({ "user_id": user_id, "subscription_id": subscription_id, "invoice_id": invoice_id }),
            ),
            Subject::PaymentNeedsBuyer {
                subscription_id,
                invoice_id,
            } => (
                courier::Kind::PaymentNeedsBuyer,
                json!({ "user_id": user_id, "subscription_id": subscription_id, "invoice_id": invoice_id }),
            ),
            Subject::TrialWillEnd {
                subscription_id,
                ends_at_us,
            } => (
                courier::Kind::TrialWillEnd,
                json!({ "user_id": user_id, "subscription_id": subscription_id, "ends_at": Moment(*ends_at_us) }),
            ),
            Subject::GraceEnded { subscription_id } => (
                courier::Kind::GraceEnded,
                json!({ "user_id": user_id, "subscription_id": subscription_id }),
            ),
            Subject::SubscriptionEnded { subscription_id } => (
                courier::Kind::SubscriptionEnded,
                json!({ "user_id": user_id, "subscription_id": subscription_id }),
            ),
        };
        Message::about(&self.notice_id, kind, user_id, data)
    }
}

impl Subject {
    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::LowBalance { .. } => Kind::LowBalance,
            Self::TopUpFailed { .. } => Kind::TopUpFailed,
            Self::TopUpNeedsBuyer { .. } => Kind::TopUpNeedsBuyer,
            Self::PaymentFailed { .. } => Kind::PaymentFailed,
            Self::PaymentNeedsBuyer { .. } => Kind::PaymentNeedsBuyer,
            Self::TrialWillEnd { .. } => Kind::TrialWillEnd,
            Self::GraceEnded { .. } => Kind::GraceEnded,
            Self::SubscriptionEnded { .. } => Kind::SubscriptionEnded,
        }
    }

    /// The balance and the threshold, where it tells of one.
    fn balance(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::LowBalance { balance, below } => (Some(*balance), Some(*below)),
            _ => (None, None),
        }
    }

    /// The purchase, where it tells of one.
    fn purchase_id(&self) -> Option<&str> {
        match self {
            Self::TopUpFailed { purchase_id, .. } | Self::TopUpNeedsBuyer { purchase_id } => Some(purchase_id),
            _ => None,
        }
    }

    /// Why it came to that, where it is known.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::TopUpFailed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The subscription, where it tells of one.
    fn subscription_id(&self) -> Option<&str> {
        match self {
            Self::PaymentFailed { subscription_id, .. }
            | Self::PaymentNeedsBuyer { subscription_id, .. }
            | Self::TrialWillEnd { subscription_id, .. }
            | Self::GraceEnded { subscription_id }
            | Self::SubscriptionEnded { subscription_id } => Some(subscription_id),
            Self::LowBalance { .. } | Self::TopUpFailed { .. } | Self::TopUpNeedsBuyer { .. } => None,
        }
    }

    /// The invoice, where it tells of one.
    fn invoice_id(&self) -> Option<&str> {
        match self {
            Self::PaymentFailed { invoice_id, .. } | Self::PaymentNeedsBuyer { invoice_id, .. } => Some(invoice_id),
            _ => None,
        }
    }

    /// When what it tells of comes, where that is known.
    fn ends_at_us(&self) -> Option<i64> {
        match self {
            Self::TrialWillEnd { ends_at_us, .. } => Some(*ends_at_us),
            _ => None,
        }
    }
}
