//! Money that moves: payment intents, charges, and what each does to Stripe's balance. How it comes back is in `reversal`.

use secrecy::SecretString;

use super::{Customer, Expandable, List, Metadata, PaymentMethod, Refund, object, part_of_object, text_enum};

object! {
    /// One payment, from the first attempt to its end.
    PaymentIntent = "payment_intent"
    strict {
        /// What is to be paid, in minor units.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amounts, in lower case.
        currency: String = "super::amounts::currency",
        /// What has been paid, in minor units.
        #[serde(default)]
        amount_received: Option<i64> = "super::amounts::amount_received",
        /// What has been authorised and may be captured, in minor units.
        #[serde(default)]
        amount_capturable: Option<i64> = "super::amounts::amount_capturable",
    }
    tolerant {
        /// Where it stands.
        status: PaymentIntentStatus,
        /// The customer, if any.
        customer: Option<Expandable<Customer>>,
        /// What it is paid with; nothing after a refusal, see `last_payment_error`.
        payment_method: Option<Expandable<PaymentMethod>>,
        /// What the buyer has to do, where it waits for them.
        next_action: Option<NextAction>,
        /// The newest charge.
        latest_charge: Option<Expandable<Charge>>,
        /// Where API versions before 2022-11-15 have the charges; read through [`PaymentIntent::charge`].
        charges: Option<List<Charge>>,
        /// Lets a browser finish the payment.
        client_secret: Option<SecretString>,
        /// Why the last attempt failed.
        last_payment_error: Option<PaymentError>,
        /// Why it was canceled.
        cancellation_reason: Option<String>,
        /// What the operator reads.
        description: Option<String>,
        /// The address for the receipt.
        receipt_email: Option<String>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

impl PaymentIntent {
    /// The id of the newest charge, in the place of today or in the one of before 2022-11-15.
    pub fn charge(&self) -> Option<&str> {
        let moved = || self.charges.as_ref()?.data.first().map(|charge| charge.id.as_str());
        self.latest_charge.as_ref().map(Expandable::id).or_else(moved)
    }
}

text_enum! {
    /// Where a payment stands.
    PaymentIntentStatus {
        /// No usable payment method yet, or the last one failed.
        RequiresPaymentMethod = "requires_payment_method",
        /// To be confirmed.
        RequiresConfirmation = "requires_confirmation",
        /// The buyer has something to do, such as 3-D Secure.
        RequiresAction = "requires_action",
        /// On its way; may take days.
        Processing = "processing",
        /// Authorised, to be captured.
        RequiresCapture = "requires_capture",
        /// Over, nothing paid.
        Canceled = "canceled",
        /// Paid.
        Succeeded = "succeeded",
    }
}

part_of_object! {
    /// Why an attempt to pay, or to set a payment method up, failed.
    PaymentError {
        /// A code for programs, such as `card_declined`.
        code: Option<String> = "super::lenient::lenient",
        /// The bank's reason, such as `insufficient_funds`.
        decline_code: Option<String> = "super::lenient::lenient",
        /// A sentence for the buyer.
        message: Option<String> = "super::lenient::lenient",
        /// What was refused.
        payment_method: Option<Expandable<PaymentMethod>> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// What the buyer has to do before it can go on.
    NextAction {
        /// The kind of action, such as `redirect_to_url` or `use_stripe_sdk`.
        #[serde(rename = "type")]
        kind: Option<String> = "super::lenient::lenient",
        /// Where to send the buyer, for the kind of that name.
        redirect_to_url: Option<RedirectToUrl> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// A page that the buyer has to visit.
    RedirectToUrl {
        /// The page.
        url: Option<String> = "super::lenient::lenient",
        /// Where it sends them afterwards.
        return_url: Option<String> = "super::lenient::lenient",
    }
}

object! {
    /// One attempt to take money.
    Charge = "charge"
    strict {
        /// What was charged, in minor units.
        amount: i64 = "super::amounts::amount",
        /// What has been given back in all, in minor units.
        amount_refunded: i64 = "super::amounts::amount_refunded",
        /// The currency of the amounts, in lower case.
        currency: String = "super::amounts::currency",
        /// What has been captured, in minor units.
        #[serde(default)]
        amount_captured: Option<i64> = "super::amounts::amount_captured",
    }
    tolerant {
        /// `succeeded`, `pending` or `failed`.
        status: Option<String>,
        /// Whether it was paid, or authorised for capture.
        paid: bool,
        /// Whether it was captured.
        captured: bool,
        /// Whether all of it has been given back.
        refunded: bool,
        /// Whether the buyer's bank has questioned it.
        disputed: bool,
        /// Its effect on Stripe's balance; comes with `charge.updated` at the latest.
        balance_transaction: Option<Expandable<BalanceTransaction>>,
        /// The payment that it belongs to.
        payment_intent: Option<Expandable<PaymentIntent>>,
        /// The customer, if any.
        customer: Option<Expandable<Customer>>,
        /// What was charged, by its id.
        payment_method: Option<Expandable<PaymentMethod>>,
        /// Its refunds, only when expanded.
        refunds: Option<List<Refund>>,
        /// Why it failed, for programs.
        failure_code: Option<String>,
        /// Why it failed, for the buyer.
        failure_message: Option<String>,
        /// Stripe's receipt.
        receipt_url: Option<String>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

object! {
    /// One movement on Stripe's balance: what reconciliation believes.
    BalanceTransaction = "balance_transaction"
    strict {
        /// The movement before fees, in minor units; negative when money leaves.
        amount: i64 = "super::amounts::amount",
        /// What Stripe keeps, in minor units.
        fee: i64 = "super::amounts::fee",
        /// The movement after fees, in minor units.
        net: i64 = "super::amounts::net",
        /// The currency of the amounts, in lower case. It is the balance's, not always the buyer's.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// What kind of movement.
        #[serde(rename = "type")]
        kind: Option<String>,
        /// The kind in the words of Stripe's reports.
        reporting_category: Option<String>,
        /// `pending` or `available`.
        status: Option<String>,
        /// The id of what caused it.
        source: Option<String>,
        /// When the money can be paid out, in unix seconds.
        available_on: Option<i64>,
        /// When it happened, in unix seconds.
        created: Option<i64>,
        /// What the operator reads.
        description: Option<String>,
    }
}
