//! What is passed on to others: the page where they tell Stripe who they are, transfers to them, and back.

use serde::Deserialize;

use super::account::Account;
use super::lenient::lenient;
use super::payment::{BalanceTransaction, Charge};
use super::{Expandable, List, Metadata, Object, object};

/// The address of the page where the owner of a connected account tells what Stripe has to know. It has no id.
#[derive(Debug, Clone, Deserialize)]
pub struct AccountLink {
    /// The page. It can be opened once.
    pub url: String,
    #[serde(default, deserialize_with = "lenient")]
    object: Option<String>,
    /// Until when it can be opened, in unix seconds.
    #[serde(default, deserialize_with = "lenient")]
    pub expires_at: Option<i64>,
}

impl Object for AccountLink {
    const KIND: &'static str = "account_link";

    fn id(&self) -> &str {
        &self.url
    }

    fn kind(&self) -> Option<&str> {
        self.object.as_deref()
    }
}

object! {
    /// Money that went from our balance to a connected account.
    Transfer = "transfer"
    strict {
        /// How much, in minor units.
        amount: i64 = "super::amounts::amount",
        /// How much of it has been taken back.
        amount_reversed: i64 = "super::amounts::amount_reversed",
        /// The currency of the amounts, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// The account that it went to.
        destination: Option<Expandable<Account>>,
        /// The charge that its money comes from.
        source_transaction: Option<Expandable<Charge>>,
        /// What joins it to the payment that it is a share of.
        transfer_group: Option<String>,
        /// Its effect on Stripe's balance.
        balance_transaction: Option<Expandable<BalanceTransaction>>,
        /// What was taken back of it, newest first.
        reversals: Option<List<TransferReversal>>,
        /// Whether all of it has been taken back.
        reversed: bool,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}

object! {
    /// Money on its way from the balance of an account to its owner's bank.
    Payout = "payout"
    strict {
        /// How much, in minor units.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// Where it stands: `pending`, `in_transit`, `paid`, `failed` or `canceled`. One that is paid can still fail.
        status: Option<String>,
        /// When it is to be at the bank, in unix seconds.
        arrival_date: Option<i64>,
        /// Why it failed, in Stripe's word.
        failure_code: Option<String>,
        /// The same in Stripe's words.
        failure_message: Option<String>,
        /// When it was made, in unix seconds.
        created: Option<i64>,
    }
}

object! {
    /// Money of a transfer that was taken back.
    TransferReversal = "transfer_reversal"
    strict {
        /// How much, in minor units.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// The transfer that it is of.
        transfer: Option<Expandable<Transfer>>,
        /// Its effect on Stripe's balance.
        balance_transaction: Option<Expandable<BalanceTransaction>>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
    }
}
