//! Purchases: whatever is sold, it is sold this way. An intent is written, Stripe is called, a verified event comes in,
//! and rules turn it into effects exactly once.
//!
//! Here live the purchase and its payment, checkout, recovery of what was cut off, and fulfilment by kind. What a kind
//! gives for the money is decided in `rules`; what the effects do lives in `effects` and in the kind's own folder.

mod checkout;
mod customers;
mod drive;
mod pages;
mod records;
mod recovery;
pub mod routes;
pub mod rules;
mod settlement;

use ledger::Money;

use crate::ids::UserId;

pub use checkout::{CheckoutRequest, KINDS, Started, UNKNOWN_ITEM, start};

pub use records::purchase;
pub use recovery::{recover, run as run_recovery};
pub use rules::{Fact, interpret};
pub use settlement::{Settled, settle};

/// The four kinds of thing that can be bought; so far two of them are on sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PurchaseKind)]
pub enum Kind {
    /// Prepaid credits.
    CreditPack,
    /// A piece of work.
    Order,
}

impl Kind {
    /// The word it is stored, sent and shown under.
    pub fn word(self) -> &'static str {
        match self {
            Self::CreditPack => "credit_pack",
            Self::Order => "order",
        }
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::CreditPack, Self::Order]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// Where a purchase stands. The order is the order of certainty: facts may arrive in any sequence and any number, and
/// the status is the greatest of them, so it never goes back.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[schema(as = PurchaseStatus)]
pub enum Status {
    /// Written here; Stripe has not answered yet.
    Created,
    /// Waiting for the buyer on Stripe's page.
    Open,
    /// The buyer is done, the money is on its way (bank debits and the like).
    AwaitingFunds,
    /// The buyer did not pay in time.
    Expired,
    /// The payment did not come, or Stripe refused the checkout.
    Failed,
    /// Paid, and what was bought is handed over.
    Paid,
}

impl Status {
    const WORDS: [(Self, &'static str); 6] = [
        (Self::Created, "created"),
        (Self::Open, "open"),
        (Self::AwaitingFunds, "awaiting_funds"),
        (Self::Expired, "expired"),
        (Self::Failed, "failed"),
        (Self::Paid, "paid"),
    ];

    /// The word it is stored and shown under.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("", |(_, word)| word)
    }

    /// The status of a stored word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(status, _)| *status)
    }

    /// Whether nothing but a late payment can change it any more.
    pub fn is_final(self) -> bool {
        self >= Self::Expired
    }
}

/// Something that somebody set out to buy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purchase {
    /// `pur_…`; also the Idempotency-Key of the call to Stripe.
    pub purchase_id: String,
    /// Who buys.
    pub user_id: UserId,
    /// What kind of thing.
    pub kind: Kind,
    /// Which item of the catalogue.
    pub item_id: String,
    /// How many pieces.
    pub quantity: i64,
    /// Credits that payment grants; 0 for other kinds.
    pub credits: i64,
    /// The order it pays for, where the kind is one.
    pub order_id: Option<String>,
    /// What it costs.
    pub price: Money,
    /// Where it stands.
    pub status: Status,
    /// The checkout session, once Stripe has made one.
    pub session_id: Option<String>,
    /// Stripe's page, once there is one.
    pub session_url: Option<String>,
    /// Where Stripe sends the buyer after payment.
    pub success_url: String,
    /// Where Stripe sends the buyer who turns back.
    pub cancel_url: String,
    /// When it was written, microseconds.
    pub created_at_us: i64,
    /// When Stripe's page ends, microseconds.
    pub expires_at_us: i64,
    /// When money came, microseconds.
    pub paid_at_us: Option<i64>,
}
