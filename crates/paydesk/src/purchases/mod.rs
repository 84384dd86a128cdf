//! Purchases: whatever is sold, it is sold this way. An intent is written, Stripe is called, a verified event comes in,
//! and rules turn it into effects exactly once.
//!
//! Here live the purchase and its payment, checkout, recovery of what was cut off, and fulfilment by kind. What a kind
//! gives for the money is decided in `rules`; what the effects do lives in `effects` and in the kind's own folder.

mod audit;
mod behind;
mod bookings;
mod charge;
mod checkout;
mod customers;
mod drive;
mod fees;
mod pages;
mod plans;
mod records;
mod recovery;
pub mod refunds;
pub mod reversals;
pub mod routes;
pub mod rules;
mod settlement;

use ledger::Money;

use crate::catalogue::PackTerms;
use crate::ids::UserId;
use crate::words::words;

pub use audit::audit;
pub use behind::{Behind, behind};
pub use charge::{Automatic, begin_automatic, begin_setup, charge};
pub use checkout::{
    CATALOGUE_NOT_PUSHED, CheckoutRequest, KINDS, PackOffer, Started, UNKNOWN_ITEM, check_return_url, not_now,
    pack_offer, start,
};
pub use customers::of as customer_of;
pub use drive::DriveError;
pub use fees::{describe_metrics, fill as fill_fees, run as run_fees};
pub use plans::step_aside;
pub use records::payments::charge_of;
pub use records::{
    automatic_purchases, link_customer, pending_credits, purchase, save_method, saved_method, user_of_customer,
};
pub use recovery::{recover, run as run_recovery};
pub use refunds::recover as recover_refunds;
pub use rules::{Fact, InvoicePart, PaidInvoice, PaymentStatus, Told, interpret, metadata};
pub use settlement::{Settled, settle};

/// The four kinds of thing that can be bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PurchaseKind)]
pub enum Kind {
    /// A session with a builder.
    Booking,
    /// Prepaid credits.
    CreditPack,
    /// A piece of work.
    Order,
    /// A subscription.
    Plan,
}

words!(Kind {
    Booking = "booking",
    CreditPack = "credit_pack",
    Order = "order",
    Plan = "plan",
});

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

words!(Status {
    Created = "created",
    Open = "open",
    AwaitingFunds = "awaiting_funds",
    Expired = "expired",
    Failed = "failed",
    Paid = "paid",
});

impl Status {
    /// Whether nothing but a late payment can change it any more.
    pub fn is_final(self) -> bool {
        self >= Self::Expired
    }
}

/// A payment method that a user saved, to be charged when they are not there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SavedMethod {
    /// The Stripe customer that has it, `cus_…`.
    pub customer: String,
    /// `pm_…`.
    pub payment_method: String,
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
    /// Credits that payment grants; 0 for other kinds. Negative for an invoice that gives money back for a plan's time, and
    /// takes so many.
    pub credits: i64,
    /// What becomes of those credits.
    pub terms: PackTerms,
    /// For how many days from the payment its buyer may ask for the money back; not at all where there is none.
    pub refund_days: Option<i64>,
    /// The order it pays for, where the kind is one.
    pub order_id: Option<String>,
    /// What it costs.
    pub price: Money,
    /// Where it stands.
    pub status: Status,
    /// What it is charged to, where it was begun by itself; none where a buyer pays on a page.
    pub charged: Option<SavedMethod>,
    /// Why the charge failed, in Stripe's word.
    pub failure: Option<String>,
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

impl Purchase {
    /// The booking that it pays for, where it is of that kind. The two share the random part of their ids.
    pub fn booking_id(&self) -> Option<String> {
        (self.kind == Kind::Booking).then(|| crate::bookings::id_of(&self.purchase_id))
    }
}
