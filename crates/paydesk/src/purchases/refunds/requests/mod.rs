//! Requests for a refund: a buyer, or somebody for them, asks; the policy that was fixed when they bought, or people who
//! approve, decide. What is approved becomes an intent, and is made as any other refund is.
//!
//! What must not live here: making the refund, and what it takes back.

mod ask;
mod by_kind;
mod decide;
mod records;
pub mod routes;
pub mod rules;

use ledger::Money;
use serde_json::{Value, json};
use store::Tx;

use super::RefundIntent;
use crate::courier::{self, Message};
use crate::http::problem::Kind;
use crate::ids::UserId;
use crate::purchases::reversals::RefundStatus;
use crate::words::words;
use rules::{Needs, Outside};

/// The policy of the purchase does not allow it.
pub const OUTSIDE_REFUND_POLICY: Kind = Kind {
    code: "outside_refund_policy",
    status: 409,
    title: "The purchase cannot be given back any more on request",
    explanation: "`reason` says why: `no_policy` where no such policy was fixed when it was bought, `window_over` where \
                  its days are over, `delivered` where the order is delivered, `spent` where more is asked for than the \
                  share of the credits that are left, which `refundable_minor` tells. The shop may still give back: a back end \
                  with the scope refunds:write can ask for the buyer, and somebody approves.",
};

/// A request is open already.
pub const REFUND_REQUEST_OPEN: Kind = Kind {
    code: "refund_request_open",
    status: 409,
    title: "A refund of this payment is asked for already",
    explanation: "A payment has one open request at a time; `request_id` names it. Ask again when it is decided.",
};

/// It is decided.
pub const REFUND_REQUEST_DECIDED: Kind = Kind {
    code: "refund_request_decided",
    status: 409,
    title: "The request is decided",
    explanation: "`request_status` says how. Only a request that waits can be approved or declined.",
};

/// The caller asked for it, or has approved it already.
pub const OTHER_APPROVER_NEEDED: Kind = Kind {
    code: "other_approver_needed",
    status: 409,
    title: "Somebody else must approve",
    explanation: "For so much, whoever approves must be another than who asked, and two approvals come from two. Another \
                  service token with the scope refunds:approve, or the operator, can approve it.",
};

/// A refund of this size needs a request.
pub const REFUND_NEEDS_APPROVAL: Kind = Kind {
    code: "refund_needs_approval",
    status: 409,
    title: "So much is given back only with the approval of another",
    explanation: "`[refunds] four_eyes_above` of the catalogue sets the limit, for all that goes back of a payment. Ask \
                  with POST /api/refund-requests, and let another approve it.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[
    OUTSIDE_REFUND_POLICY,
    REFUND_REQUEST_OPEN,
    REFUND_REQUEST_DECIDED,
    OTHER_APPROVER_NEEDED,
    REFUND_NEEDS_APPROVAL,
];

/// Where a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RefundRequestStatus)]
pub enum Status {
    /// For somebody to approve or decline.
    Waiting,
    /// The refund is on its way to Stripe.
    Approved,
    /// Nothing is given back.
    Declined,
    /// Stripe has made the refund.
    Refunded,
    /// Stripe will not make it.
    Failed,
}

words!(Status {
    Waiting = "waiting",
    Approved = "approved",
    Declined = "declined",
    Refunded = "refunded",
    Failed = "failed",
});

/// A request for a refund.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundRequest {
    /// `rrq_…`.
    pub request_id: String,
    /// Who bought.
    pub user_id: UserId,
    /// What was bought.
    pub purchase_id: String,
    /// Which item of the catalogue.
    pub item_id: String,
    /// The payment that is to go back.
    pub payment_intent_id: String,
    /// How much of it.
    pub price: Money,
    /// Why, in the words of who asks.
    pub reason: String,
    /// Who asks.
    pub requested_by: String,
    /// Why the policy does not allow it; none where it does.
    pub outside: Option<Outside>,
    /// Whom it takes.
    pub needs: Needs,
    /// Where it stands.
    pub status: Status,
    /// Who decided it: `policy` where nobody had to.
    pub decided_by: Option<String>,
    /// When, microseconds.
    pub decided_at_us: Option<i64>,
    /// What is said to the buyer about it: why it was declined, or why Stripe refused.
    pub answer: Option<String>,
    /// The refund's intent, once it is approved.
    pub intent_id: Option<String>,
    /// `re_…`, once there is one.
    pub refund_id: Option<String>,
    /// Where that stands.
    pub refund_status: Option<RefundStatus>,
    /// When it was asked for, microseconds.
    pub created_at_us: i64,
}

/// Somebody's approval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Approval {
    /// Who.
    pub approved_by: String,
    /// What they said.
    pub note: Option<String>,
    /// When, microseconds.
    pub approved_at_us: i64,
}

impl RefundRequest {
    /// What others are told of it, once for where it stands.
    fn message(&self, kind: courier::Kind) -> Message {
        let data: Value = json!({
            "user_id": self.user_id, "request_id": self.request_id, "purchase_id": self.purchase_id,
            "item_id": self.item_id, "amount_minor": self.price.minor, "currency": self.price.currency.code(),
            "amount": self.price.to_string(), "reason": self.reason, "answer": self.answer,
            "refund_id": self.refund_id,
        });
        let key = format!("refund_request:{}:{}", self.request_id, kind.word());
        Message::about(&key, kind, &self.user_id, data)
    }
}

/// Takes in what became of the refund of a request, in the transaction that notes it.
pub(super) fn ended(tx: &mut Tx<'_>, now_us: i64, intent: &RefundIntent) -> store::Result<()> {
    let Some(mut request) = records::of_intent(tx, &intent.intent_id)? else {
        return Ok(());
    };
    if request.status != Status::Approved {
        return Ok(());
    }
    let kind = if intent.refund_id.is_some() {
        request.status = Status::Refunded;
        request.refund_id.clone_from(&intent.refund_id);
        courier::Kind::RefundMade
    } else {
        request.status = Status::Failed;
        request.answer.clone_from(&intent.refusal);
        courier::Kind::RefundFailed
    };
    records::update(tx, &request)?;
    courier::tell(tx, now_us, [request.message(kind)])
}
