//! Notices: what a user is to be told. Each is written once, in the transaction of what it tells of, and stays; whoever
//! brings it to the user reads it from here.

mod records;
pub mod routes;

use serde_json::{Value, json};
use store::{Result, Tx};

use crate::courier::{self, Message};
use crate::ids::UserId;
use crate::words::words;

/// Writes a notice, and a message about it. Of one purchase a user is told once.
pub fn note(tx: &mut Tx<'_>, notice: &Notice) -> Result<()> {
    if records::insert(tx, notice)? {
        courier::tell(tx, notice.created_at_us, &[notice.message()])
    } else {
        Ok(())
    }
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
}

words!(Kind {
    LowBalance = "low_balance",
    TopUpFailed = "top_up_failed",
    TopUpNeedsBuyer = "top_up_needs_buyer",
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
        }
    }

    /// The balance and the threshold, where it tells of one.
    fn balance(&self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::LowBalance { balance, below } => (Some(*balance), Some(*below)),
            Self::TopUpFailed { .. } | Self::TopUpNeedsBuyer { .. } => (None, None),
        }
    }

    /// The purchase, where it tells of one.
    fn purchase_id(&self) -> Option<&str> {
        match self {
            Self::LowBalance { .. } => None,
            Self::TopUpFailed { purchase_id, .. } | Self::TopUpNeedsBuyer { purchase_id } => Some(purchase_id),
        }
    }

    /// Why it came to that, where it is known.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::TopUpFailed { reason, .. } => Some(reason),
            Self::LowBalance { .. } | Self::TopUpNeedsBuyer { .. } => None,
        }
    }
}
