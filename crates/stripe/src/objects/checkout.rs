//! Checkout sessions and their line items.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::customer::Customer;
use super::payment::PaymentIntent;
use super::{Expandable, List, Metadata, Object, Price, SetupIntent, Subscription, object, part_of_object, text_enum};

/// A checkout session: one attempt of one buyer to pay on Stripe's page.
///
/// When it says `paid`, it also says how much: a paid session without an integer `amount_total` or without a `currency`
/// does not decode.
#[derive(Debug, Clone, Deserialize)]
#[serde(remote = "Self")]
pub struct CheckoutSession {
    /// `cs_…`.
    pub id: String,
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    object: Option<String>,
    /// What the buyer pays in all, in minor units. Always there once paid.
    #[serde(default, deserialize_with = "super::amounts::amount_total")]
    pub amount_total: Option<i64>,
    /// The currency of the amounts, in lower case.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub currency: Option<String>,
    /// What the session is for.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub mode: CheckoutMode,
    /// Where it stands.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub status: CheckoutStatus,
    /// Whether it has been paid. A complete session may well be unpaid: delayed methods tell later.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub payment_status: PaymentStatus,
    /// Stripe's page, while the session is open.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub url: Option<String>,
    /// The customer, if any.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub customer: Option<Expandable<Customer>>,
    /// The address that was given for prefilling.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub customer_email: Option<String>,
    /// What the buyer entered.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub customer_details: Option<CustomerDetails>,
    /// The payment, in payment mode; a session may be complete without one when nothing was to be paid.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub payment_intent: Option<Expandable<PaymentIntent>>,
    /// The setup, in setup mode.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub setup_intent: Option<Expandable<SetupIntent>>,
    /// The subscription, in subscription mode, once the buyer is done.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub subscription: Option<Expandable<Subscription>>,
    /// Our own reference.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub client_reference_id: Option<String>,
    /// Our own keys and values.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub metadata: Metadata,
    /// When it was made, in unix seconds.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub created: Option<i64>,
    /// When it ends by itself, in unix seconds.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub expires_at: Option<i64>,
    /// Whether real money is meant.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub livemode: bool,
    /// What was bought, only when expanded.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub line_items: Option<List<LineItem>>,
    /// The parts of the total.
    #[serde(default, deserialize_with = "super::lenient::lenient")]
    pub total_details: Option<TotalDetails>,
}

impl<'de> Deserialize<'de> for CheckoutSession {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The inherent function, derived with `remote`, which decodes field by field.
        let session = Self::deserialize(deserializer)?;
        if session.payment_status == PaymentStatus::Paid {
            if session.amount_total.is_none() {
                return Err(D::Error::custom("amount_total: missing from a paid session"));
            }
            if session.currency.is_none() {
                return Err(D::Error::custom("currency: missing from a paid session"));
            }
        }
        Ok(session)
    }
}

impl Object for CheckoutSession {
    const KIND: &'static str = "checkout.session";

    fn id(&self) -> &str {
        &self.id
    }

    fn kind(&self) -> Option<&str> {
        self.object.as_deref()
    }
}

impl CheckoutSession {
    /// The buyer's address: what was entered, else what was given.
    pub fn email(&self) -> Option<&str> {
        let entered = self
            .customer_details
            .as_ref()
            .and_then(|details| details.email.as_deref());
        entered.or(self.customer_email.as_deref())
    }
}

text_enum! {
    /// What a checkout session is for.
    CheckoutMode {
        /// One payment.
        Payment = "payment",
        /// The start of a subscription.
        Subscription = "subscription",
        /// A payment method for later.
        Setup = "setup",
    }
}

text_enum! {
    /// Where a checkout session stands.
    CheckoutStatus {
        /// The buyer may still pay.
        Open = "open",
        /// The buyer is done; `payment_status` says whether money has come.
        Complete = "complete",
        /// Nobody can pay on it any more.
        Expired = "expired",
    }
}

text_enum! {
    /// Whether a checkout session has been paid.
    PaymentStatus {
        /// The money is there.
        Paid = "paid",
        /// It is not, or not yet.
        Unpaid = "unpaid",
        /// Nothing was to be paid.
        NoPaymentRequired = "no_payment_required",
    }
}

impl PaymentStatus {
    /// Whether what was bought may be handed over.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Paid | Self::NoPaymentRequired)
    }
}

part_of_object! {
    /// What the buyer entered on the page.
    CustomerDetails {
        /// The address for the receipt.
        email: Option<String> = "super::lenient::lenient",
        /// The name.
        name: Option<String> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// The parts of a session's total, in minor units.
    TotalDetails {
        /// What was taken off.
        amount_discount: Option<i64> = "super::amounts::amount_discount",
        /// What is tax.
        amount_tax: Option<i64> = "super::amounts::amount_tax",
    }
}

object! {
    /// One line of a checkout session.
    LineItem = "item"
    strict {
        /// What it costs in all, in minor units.
        amount_total: i64 = "super::amounts::required::amount_total",
        /// What it costs before discounts and taxes, in minor units.
        amount_subtotal: i64 = "super::amounts::amount_subtotal",
        /// The currency of the amounts, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// How many.
        quantity: Option<i64>,
        /// What the buyer reads.
        description: Option<String>,
        /// The price that it was sold at.
        price: Option<Expandable<Price>>,
    }
}
