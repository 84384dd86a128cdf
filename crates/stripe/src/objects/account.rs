//! The account itself, and the webhook endpoints registered on it.

use secrecy::SecretString;

use super::{Metadata, object};

object! {
    /// A Stripe account: ours, or a connected one.
    Account = "account"
    strict {}
    tolerant {
        /// The address of its owner.
        email: Option<String>,
        /// Two letters.
        country: Option<String>,
        /// The currency it settles in, in lower case.
        default_currency: Option<String>,
        /// Whether it may take payments.
        charges_enabled: Option<bool>,
        /// Whether it may be paid out to.
        payouts_enabled: Option<bool>,
        /// Whether it has given what Stripe asked for.
        details_submitted: Option<bool>,
        /// Our own keys and values.
        metadata: Metadata,
    }
}

object! {
    /// Where Stripe delivers events to.
    WebhookEndpoint = "webhook_endpoint"
    strict {}
    tolerant {
        /// Where.
        url: Option<String>,
        /// `enabled` or `disabled`.
        status: Option<String>,
        /// The API version of the events; the account's default where `None`.
        api_version: Option<String>,
        /// The event types.
        enabled_events: Vec<String>,
        /// `whsec_…`, only in the answer to its creation.
        secret: Option<SecretString>,
        /// What the operator reads.
        description: Option<String>,
        /// Whether it has been deleted.
        deleted: bool,
        /// Our own keys and values.
        metadata: Metadata,
        /// Whether real money is meant.
        livemode: bool,
    }
}
