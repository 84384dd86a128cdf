//! What happened to a wallet: every transfer that touched it, what is set aside of it or what its owner owes, newest first.
//! Their sums are what the wallet holds, what is held and what is owed.
//!
//! Nothing here changes anything, and no page looks at more than a bounded number of transfers, however rare what is
//! looked for may be.

mod records;
pub mod routes;
pub mod rules;
pub mod table;

use std::collections::HashMap;

use ledger::{AccountKey, Lot, Role, TransferCode};
use serde::Serialize;
use store::{Result, Tx};

use crate::books::{self, Owned, Passage, Side};
use crate::clock::Moment;
use crate::effects;
pub use records::events;
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
    /// The same in plain words.
    #[schema(example = "Used")]
    pub what: String,
    /// What came into the wallet; negative where it went out, 0 where only what is held or owed has changed.
    #[schema(example = -5)]
    pub amount: i64,
    /// What the wallet held afterwards; absent where it was not touched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 95)]
    pub balance: Option<i64>,
    /// By how much what is set aside has changed, where it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<i64>,
    /// By how much what is owed has changed, where it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owed: Option<i64>,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "one song")]
    pub reason: Option<String>,
    /// The lots of the wallet that were drawn from, made or filled.
    pub lots: Vec<PartOfLot>,
    /// What made it happen once, where no request did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "grant:pi_3QxYzA2eZvKYlo2C")]
    pub business_key: Option<String>,
    /// The payment that bought the credits, or that was reversed: a `PaymentIntent`, or the session where nothing was to be
    /// paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pi_3QxYzA2eZvKYlo2C")]
    pub payment: Option<String>,
    /// The hold that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "hold_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub hold_id: Option<String>,
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
    /// What the wire shows of a transfer, as the owner of these accounts sees it.
    pub fn of(passage: Passage, owned: Owned, events: &HashMap<i64, EventBehind>) -> Self {
        let wallet = passage.side(owned.wallet);
        let lots = wallet.map_or(&[][..], |(_, side)| &side.lots);
        let change = |account_id: i64| passage.side(account_id).map(|(change, _)| change);
        let key = passage.business_key.as_deref();
        let other_wallet = other_wallet(&passage, owned);
        Self {
            transfer_id: hex::encode(passage.transfer_id.0),
            at: Moment(passage.posted_at_us),
            code: passage.code.word(),
            what: what(&passage, owned),
            amount: change(owned.wallet).unwrap_or_default(),
            balance: wallet.map(|(_, side)| side.balance),
            held: change(owned.held),
            // A debt is a balance below zero.
            owed: change(owned.debt).map(|change| -change),
            lots: lots.iter().map(PartOfLot::of).collect(),
            payment: key.and_then(effects::payment_of).map(str::to_owned),
            hold_id: key.and_then(super::holds::hold_of).map(str::to_owned),
            other_wallet,
            event: events.get(&passage.event_id).cloned(),
            position: passage.position,
            reason: passage.memo,
            business_key: passage.business_key,
        }
    }
}

/// A transfer in plain words, as the owner of these accounts sees it.
pub fn what(passage: &Passage, owned: Owned) -> String {
    let other = other_wallet(passage, owned);
    let towards = match passage.code {
        TransferCode::ClawBack if passage.debit.account_id == owned.debt => rules::Towards::Debt,
        TransferCode::Reinstate if passage.credit.account_id == owned.debt => rules::Towards::Debt,
        TransferCode::Move if passage.credit.account_id == owned.wallet => rules::Towards::Here,
        _ => rules::Towards::There,
    };
    let key_id = other.as_ref().and_then(|other| other.key_id.as_deref());
    rules::what(passage.code, towards, key_id)
}

/// The wallet on the other side, where credits moved between two.
fn other_wallet(passage: &Passage, owned: Owned) -> Option<OtherWallet> {
    let of = |side: &Side| match &side.key.role {
        Role::Wallet(owner) if side.account_id != owned.wallet => Some(OtherWallet {
            key_id: owner.key.clone(),
        }),
        _ => None,
    };
    of(&passage.debit).or_else(|| of(&passage.credit))
}

impl PartOfLot {
    /// What the wire shows of it.
    pub fn of(lot: &Lot) -> Self {
        Self {
            lot: lot.number,
            amount: lot.amount,
        }
    }
}

/// A page of a wallet's history before a place in the books, newest first.
pub fn page(tx: &mut Tx<'_>, wallet: &AccountKey, filter: &Filter, before: Option<i64>, limit: i64) -> Result<Listing> {
    let owned = books::owned(tx, wallet)?;
    let wanted = usize::try_from(limit).unwrap_or(0);
    let step = if filter.is_everything() { limit + 1 } else { STEP };
    let mut positions: Vec<i64> = Vec::with_capacity(wanted);
    let mut next = Some(before.unwrap_or(i64::MAX));
    for _ in 0..STEPS_MAX {
        let Some(from) = next.filter(|_| positions.len() < wanted) else {
            break;
        };
        let steps = books::steps(tx, owned, from, step)?;
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
    let passages = books::passages(tx, &positions)?;
    let events = events(tx, passages.iter().map(|passage| passage.event_id))?;
    let entries = passages
        .into_iter()
        .map(|passage| Entry::of(passage, owned, &events))
        .collect();
    Ok(Listing { entries, next })
}
