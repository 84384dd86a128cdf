//! The account itself, and the webhook endpoints registered on it.

use secrecy::SecretString;

use super::{Metadata, object, part_of_object};

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
        /// What it may do: asked for, and given once its owner has told enough.
        capabilities: Option<Capabilities>,
        /// What its owner still has to tell.
        requirements: Option<Requirements>,
        /// Whether it has been deleted.
        deleted: bool,
        /// Our own keys and values.
        metadata: Metadata,
    }
}

impl Account {
    /// Whether money can be transferred to it.
    pub fn receives_transfers(&self) -> bool {
        let transfers = self.capabilities.as_ref().and_then(|all| all.transfers.as_deref());
        !self.deleted && transfers == Some("active")
    }
}

part_of_object! {
    /// What an account may do, as far as it is asked for here: `active`, `inactive` or `pending`.
    Capabilities {
        /// To be transferred to.
        transfers: Option<String> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// What the owner of an account still has to tell Stripe.
    Requirements {
        /// What has to be told now.
        currently_due: Vec<String> = "super::lenient::lenient",
        /// Why the account cannot do all that it asked for.
        disabled_reason: Option<String> = "super::lenient::lenient",
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
