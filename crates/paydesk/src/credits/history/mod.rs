//! What happened to a wallet: its transfers, newest first. Their sum is the balance.
//!
//! Nothing here changes anything, and no page looks at more than a bounded number of transfers, however rare what is
//! looked for may be.

mod records;
pub mod routes;
pub mod rules;
pub mod table;

use std::collections::HashMap;

use ledger::{AccountKey, Lot, Role};
use serde::Serialize;
use store::{Result, Tx};

use crate::books::{self, Passage};
use crate::clock::Moment;
pub use rules::Filter;

/// How many transfers one statement looks at where a filter may leave most of them out.
const STEP: i64 = 1_000;
/// How many steps one page takes before it is given back short.
const STEPS_MAX: usize = 10;

/// A page of a wallet's history.
#[derive(Debug)]
pub struct Listing {
    /// The entries, newest first. Where what is asked for is rare these may be fewer than wanted, or none.
    pub entries: Vec<Entry>,
    /// Before which place the next page begins; none where all have been seen.
    pub next: Option<i64>,
}

/// A transfer as its wallet sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = HistoryEntry)]
pub struct Entry {
    /// The id of the transfer in the ledger.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015")]
    pub transfer_id: String,
    /// When it was posted.
    pub at: Moment,
    /// Why credits moved.
    #[schema(example = "spend")]
    pub code: &'static str,
    /// What came in; negative where it went out.
    #[schema(example = -5)]
    pub amount: i64,
    /// What the wallet held afterwards.
    #[schema(example = 95)]
    pub balance: i64,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "one persona generated")]
    pub reason: Option<String>,
    /// The lots that were drawn from, made or filled.
    pub lots: Vec<PartOfLot>,
    /// What made it happen once, where no request did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "grant:pi_3QxYzA2eZvKYlo2C")]
    pub business_key: Option<String>,
    /// The wallet on the other side, where credits moved between two of one user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_wallet: Option<OtherWallet>,
    /// The event behind it, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventBehind>,
    /// Its place in the books.
    #[serde(skip)]
    pub position: i64,
}

/// A lot, or a part of one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct PartOfLot {
    /// The lot's number in its wallet.
    #[schema(example = 1)]
    pub lot: i64,
    /// How many credits.
    #[schema(example = 5)]
    pub amount: i64,
}

/// Another wallet of the same user.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct OtherWallet {
    /// The API key whose credits it holds; none for the user's own.
    pub key_id: Option<String>,
}

/// An event of Stripe that something follows from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
pub struct EventBehind {
    /// `evt_…`.
    #[schema(example = "evt_1QxYzA2eZvKYlo2C")]
    pub id: String,
    /// Stripe's type.
    #[schema(example = "checkout.session.completed")]
    pub r#type: String,
    /// When it happened at Stripe.
    pub created_at: Moment,
}

impl Entry {
    fn of(passage: Passage, events: &HashMap<i64, EventBehind>) -> Self {
        Self {
            transfer_id: hex::encode(passage.transfer_id.0),
            at: Moment(passage.posted_at_us),
            code: passage.code.word(),
            amount: passage.amount,
            balance: passage.balance,
            reason: passage.memo,
            lots: passage.lots.iter().map(PartOfLot::of).collect(),
            business_key: passage.business_key,
            other_wallet: match passage.other.role {
                Role::Wallet(owner) => Some(OtherWallet { key_id: owner.key }),
                _ => None,
            },
            event: events.get(&passage.event_id).cloned(),
            position: passage.position,
        }
    }
}

impl PartOfLot {
    fn of(lot: &Lot) -> Self {
        Self {
            lot: lot.number,
            amount: lot.amount,
        }
    }
}

/// A page of a wallet's history before a place in the books, newest first.
pub fn page(tx: &mut Tx<'_>, wallet: &AccountKey, filter: &Filter, before: Option<i64>, limit: i64) -> Result<Listing> {
    let Some(account_id) = books::account_id(tx, wallet)? else {
        return Ok(Listing {
            entries: Vec::new(),
            next: None,
        });
    };
    let wanted = usize::try_from(limit).unwrap_or(0);
    let step = if filter.is_everything() { limit + 1 } else { STEP };
    let mut positions: Vec<i64> = Vec::with_capacity(wanted);
    let mut next = Some(before.unwrap_or(i64::MAX));
    for _ in 0..STEPS_MAX {
        let Some(from) = next.filter(|_| positions.len() < wanted) else {
            break;
        };
        let steps = books::steps(tx, account_id, from, step)?;
        // A step that is not full was the last one.
        let full = i64::try_from(steps.len()).is_ok_and(|count| count >= step);
        let mut seen = steps.len();
        for (at, one) in steps.iter().enumerate() {
            if filter.is_past(one.posted_at_us) || positions.len() == wanted {
                seen = at;
                break;
            }
            if filter.takes(one.code, one.posted_at_us) {
                positions.push(one.position);
            }
        }
        next = match steps.get(seen) {
            Some(one) if filter.is_past(one.posted_at_us) => None,
            Some(one) => Some(one.position + 1),
            None if full => steps.last().map(|one| one.position),
            None => None,
        };
    }
    let passages = books::passages(tx, account_id, &positions)?;
    let events = records::events(tx, passages.iter().map(|passage| passage.event_id))?;
    let entries = passages
        .into_iter()
        .map(|passage| Entry::of(passage, &events))
        .collect();
    Ok(Listing { entries, next })
}
