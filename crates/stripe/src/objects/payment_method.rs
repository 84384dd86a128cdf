//! What is paid with: payment methods, and the setup intents that make one ready for payments without the buyer.

use secrecy::SecretString;

use super::payment::{NextAction, PaymentError};
use super::{Customer, Expandable, Metadata, object, part_of_object, text_enum};

object! {
    /// A card, a bank account or another way to pay.
    PaymentMethod = "payment_method"
    strict {}
    tolerant {
        /// Which way, such as `card`.
        #[serde(rename = "type")]
        kind: Option<String>,
        /// Who it belongs to. Without a customer it can be used once at most.
        customer: Option<Expandable<Customer>>,
        /// What may be shown of a card.
        card: Option<Card>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

part_of_object! {
    /// What may be shown of a card.
    Card {
        /// Such as `visa`.
        brand: Option<String> = "super::lenient::lenient",
        /// The last four digits.
        last4: Option<String> = "super::lenient::lenient",
        /// The month that it expires after, from 1.
        exp_month: Option<i64> = "super::lenient::lenient",
        /// The year that it expires in, with four digits.
        exp_year: Option<i64> = "super::lenient::lenient",
        /// The same for the same number, whoever enters it.
        fingerprint: Option<String> = "super::lenient::lenient",
    }
}

object! {
    /// One attempt to make a payment method ready for later, without taking money.
    SetupIntent = "setup_intent"
    strict {}
    tolerant {
        /// Where it stands.
        status: SetupIntentStatus,
        /// Who the payment method is attached to in the end.
        customer: Option<Expandable<Customer>>,
        /// What is being set up.
        payment_method: Option<Expandable<PaymentMethod>>,
        /// What the buyer has to do, where it waits for them.
        next_action: Option<NextAction>,
        /// Lets a browser finish it.
        client_secret: Option<SecretString>,
        /// Why the last attempt failed.
        last_setup_error: Option<PaymentError>,
        /// Why it was canceled.
        cancellation_reason: Option<String>,
        /// `off_session` where the buyer need not be there later.
        usage: Option<String>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

text_enum! {
    /// Where a setup stands.
    SetupIntentStatus {
        /// No usable payment method yet, or the last one failed.
        RequiresPaymentMethod = "requires_payment_method",
        /// To be confirmed.
        RequiresConfirmation = "requires_confirmation",
        /// The buyer has something to do, such as 3-D Secure.
        RequiresAction = "requires_action",
        /// On its way.
        Processing = "processing",
        /// Over, nothing set up.
        Canceled = "canceled",
        /// The payment method is ready.
        Succeeded = "succeeded",
    }
}
