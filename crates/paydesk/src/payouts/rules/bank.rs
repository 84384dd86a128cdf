//! How far money is on its way to a bank: the furthest that Stripe has told of, whatever comes first.

use ledger::{Currency, Money};
use serde::{Deserialize, Serialize};
use stripe::Malformed;
use stripe::objects::Payout as StripePayout;

use crate::words::words;

/// The longest of Stripe's words that is kept, in characters.
const TEXT_CHARACTERS_MAX: usize = 500;

/// Where a payout stands, in the order in which it may go on. One that is paid can still come back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BankPayoutStatus)]
pub enum Status {
    /// Stripe has not sent it yet.
    Pending,
    /// It is on its way.
    InTransit,
    /// It should be at the bank.
    Paid,
    /// It was called off. The money is on the account again.
    Canceled,
    /// The bank sent it back. The money is on the account again.
    Failed,
}

words!(Status {
    Pending = "pending",
    InTransit = "in_transit",
    Paid = "paid",
    Canceled = "canceled",
    Failed = "failed",
});

/// Money on its way from a connected account to its owner's bank.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Payout {
    /// `po_…`.
    pub payout_id: String,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: Status,
    /// Why it failed, in Stripe's word.
    pub failure_code: Option<String>,
    /// The same in Stripe's words.
    pub failure_message: Option<String>,
    /// When it is to be at the bank, unix seconds.
    pub arrives_at_s: Option<i64>,
    /// When it was made, unix seconds.
    pub created_s: i64,
}

/// Reads a payout as an event shows it; `told_s` is when that came about. None where it stands where nobody knew of.
pub fn of_stripe(shown: &StripePayout, told_s: i64) -> Result<Option<Payout>, Malformed> {
    let Some(status) = shown.status.as_deref().and_then(Status::of_word) else {
        return Ok(None);
    };
    let wrong = |what: &str| Malformed::new("payout", what);
    let currency: Currency = shown
        .currency
        .parse()
        .map_err(|_| wrong("its currency is none that is known"))?;
    let short = |text: &Option<String>| {
        text.as_ref()
            .map(|text| text.chars().take(TEXT_CHARACTERS_MAX).collect())
    };
    if shown.id.len() > 255 || !shown.id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong("its id is not a short printable text"));
    }
    Ok(Some(Payout {
        payout_id: shown.id.clone(),
        amount: Money::new(shown.amount, currency),
        status,
        failure_code: short(&shown.failure_code),
        failure_message: short(&shown.failure_message),
        arrives_at_s: shown.arrival_date,
        created_s: shown.created.unwrap_or(told_s),
    }))
}

impl Payout {
    /// Takes in what another event told of the same payout: the one that was further stands, whichever came first.
    #[must_use]
    pub fn or_further(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    /// Of two that are as far, the same one stands in whatever order they come.
    fn rank(&self) -> (Status, Option<i64>, &Option<String>, &Option<String>) {
        (
            self.status,
            self.arrives_at_s,
            &self.failure_code,
            &self.failure_message,
        )
    }
}
