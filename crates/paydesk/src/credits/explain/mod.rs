//! Why a wallet holds what it holds: from the balance to every open lot, to the transfer that made it, to what caused that.
//! And what is set aside, and what is owed, and why.
//!
//! All of an answer is read in one snapshot, and every page of it comes to the balance on its own. Nothing here changes
//! anything.

mod origins;
pub mod routes;
mod rules;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ledger::NEVER_US;
use serde::Serialize;
use store::{Error, Result, Tx};

use super::history::{self, Entry, EventBehind, PartOfLot};
use super::holds::{self, HoldOut};
use super::wallet;
use crate::books::{self, LotOrder, Owned, Passage};
use crate::clock::Moment;
use crate::effects;
use crate::ids::{KeyId, UserId};
use crate::purchases::{self, Behind};
use origins::{Origin, trace};

/// The most holds, and the most debts, that one answer lists.
const LISTED_MAX: i64 = 100;

/// Why a wallet holds what it holds.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Explanation)]
pub struct Explanation {
    /// Whose.
    pub user_id: UserId,
    /// The API key whose credits these are; none for the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<KeyId>,
    /// The moment that all of this was true at.
    pub at: Moment,
    /// Credits that may be spent: `balance_before`, the amounts of `lots` and `balance_behind` together.
    #[schema(example = 95)]
    pub balance: i64,
    /// How many open lots it is made of.
    #[schema(example = 1)]
    pub lots_open: i64,
    /// What the lots of the pages before hold.
    #[schema(example = 0)]
    pub balance_before: i64,
    /// A page of the open lots, in the order in which they are used.
    pub lots: Vec<ExplainedLot>,
    /// What the lots of the pages behind hold.
    #[schema(example = 0)]
    pub balance_behind: i64,
    /// What to give as `after` for the next page of lots; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "0.9223372036854775807.12")]
    pub next: Option<String>,
    /// Credits whose time is over and that were not taken out yet. They are no part of the balance.
    #[schema(example = 0)]
    pub ended: i64,
    /// Credits that are set aside: the amounts of `holds` and `held_unlisted` together.
    #[schema(example = 0)]
    pub held: i64,
    /// What they are set aside for, newest first, up to 100.
    pub holds: Vec<ExplainedHold>,
    /// What older holds set aside than those that are listed.
    #[schema(example = 0)]
    pub held_unlisted: i64,
    /// Credits that are owed: the `left` of `debts` and `owed_unlisted` together.
    #[schema(example = 0)]
    pub owed: i64,
    /// Why they are owed, newest first, up to 100. What came in paid down the oldest first.
    pub debts: Vec<ExplainedDebt>,
    /// What is owed for older reasons than those that are listed.
    #[schema(example = 0)]
    pub owed_unlisted: i64,
    /// Whether spending is refused for now, because a payment is disputed.
    pub frozen: bool,
}

/// An open lot and where it came from.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ExplainedLot {
    /// Its number in the wallet.
    #[schema(example = 1)]
    pub lot: i64,
    /// What is left of it.
    #[schema(example = 95)]
    pub amount: i64,
    /// Lots of a lower number are used first.
    #[schema(example = 0)]
    pub priority: i64,
    /// When it ends; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// How it came about: the transfer that made it, and where that was a move between wallets, how the lot it was moved from
    /// came about, and so on, up to 16 transfers.
    pub origins: Vec<ExplainedOrigin>,
}

/// A transfer that made a lot, and what caused it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ExplainedOrigin {
    /// The API key in whose wallet the lot was made; absent for the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The number of that lot.
    #[schema(example = 1)]
    pub lot: i64,
    /// How many credits it began with.
    #[schema(example = 100)]
    pub amount: i64,
    /// The transfer, with the event behind it, or the reason that was given with the request.
    pub transfer: Entry,
    /// The purchase that it was for, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bought: Option<Behind>,
}

/// Credits that are set aside.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ExplainedHold {
    /// The hold.
    pub hold: HoldOut,
    /// The lots that it was drawn from, and goes back to.
    pub lots: Vec<PartOfLot>,
}

/// Why credits are owed.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ExplainedDebt {
    /// What is left of it.
    #[schema(example = 5)]
    pub left: i64,
    /// The transfer that made the debt.
    pub transfer: Entry,
    /// The purchase whose payment was reversed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bought: Option<Behind>,
}

/// Which page of a wallet's lots is explained.
#[derive(Clone, Copy, Debug)]
pub struct PageOfLots {
    /// Behind which lot it begins, by its place in the order of use.
    pub after: Option<LotOrder>,
    /// How many lots.
    pub limit: i64,
}

/// Explains a wallet at a moment, in the snapshot of this transaction.
pub fn explain(
    tx: &mut Tx<'_>,
    now_us: i64,
    user_id: &UserId,
    key_id: Option<&KeyId>,
    page: PageOfLots,
) -> Result<Explanation> {
    let key = wallet(user_id, key_id);
    let owned = books::owned(tx, &key)?;
    let balance = books::balance(tx, now_us, &key)?;
    let open = books::open_lots(tx, owned.wallet, now_us, page.after, page.limit)?;
    if open.all.amount != balance.available {
        let told = format!("{key}: lots of {}, a balance of {}", open.all.amount, balance.available);
        return Err(Error::Corrupt(told));
    }
    let origins = trace(tx, owned.wallet, &open.page)?;
    let debts = debts(tx, owned, balance.owed)?;
    let held = holds::open_of(tx, user_id, key_id, LISTED_MAX)?;
    let teller = Teller::of(tx, &origins, &debts)?;
    let lots: Vec<ExplainedLot> = open
        .page
        .iter()
        .zip(&origins)
        .map(|(lot, origins)| ExplainedLot {
            lot: lot.number,
            amount: lot.amount,
            priority: lot.terms.priority,
            expires_at: Some(lot.terms.expires_at_us)
                .filter(|at_us| *at_us < NEVER_US)
                .map(Moment),
            origins: origins.iter().map(|origin| teller.origin(origin)).collect(),
        })
        .collect();
    let on_page: i64 = lots.iter().map(|lot| lot.amount).sum();
    let balance_behind = balance.available - open.before.amount - on_page;
    let last = open.page.last().filter(|_| balance_behind > 0);
    let listed: i64 = held.iter().map(|hold| hold.amount).sum();
    let explained: i64 = debts.iter().map(|(left, _)| left).sum();
    Ok(Explanation {
        user_id: user_id.clone(),
        key_id: key_id.cloned(),
        at: Moment(now_us),
        balance: balance.available,
        lots_open: open.all.lots,
        balance_before: open.before.amount,
        balance_behind,
        next: last.map(|lot| rules::cursor(lot.order())),
        lots,
        ended: open.ended.amount,
        held: balance.held,
        held_unlisted: balance.held - listed,
        holds: held
            .iter()
            .map(|hold| ExplainedHold {
                hold: HoldOut::from(hold),
                lots: hold.drawn.iter().map(PartOfLot::of).collect(),
            })
            .collect(),
        owed: balance.owed,
        owed_unlisted: balance.owed - explained,
        debts: debts
            .into_iter()
            .map(|(left, passage)| teller.debt(left, &passage, owned))
            .collect(),
        frozen: balance.frozen,
    })
}

/// What is owed still, by the transfers that made it, newest first, each with what is left of it.
fn debts(tx: &mut Tx<'_>, owned: Owned, owed: i64) -> Result<Vec<(i64, Passage)>> {
    if owed <= 0 {
        return Ok(Vec::new());
    }
    let positions = books::debits(tx, owned.debt, LISTED_MAX)?;
    let passages = books::passages(tx, &positions)?;
    let payment = |business_key: &str| effects::payment_of(business_key).map(str::to_owned);
    let mut given_up: BTreeMap<Option<String>, i64> = BTreeMap::new();
    for (business_key, amount) in books::given_up(tx, owned.debt)? {
        *given_up.entry(payment(&business_key)).or_default() += amount;
    }
    let made = passages.iter().map(|passage| {
        let payment = passage.business_key.as_deref().and_then(payment);
        (payment, passage.amount)
    });
    let left = rules::left_of(owed, made, given_up).into_iter().zip(passages);
    Ok(left.filter(|(left, _)| *left > 0).collect())
}

/// Tells transfers with what stands behind them, all of which was read at once.
struct Teller {
    events: HashMap<i64, EventBehind>,
    behind: BTreeMap<String, Behind>,
}

impl Teller {
    fn of(tx: &mut Tx<'_>, origins: &[Vec<Origin>], debts: &[(i64, Passage)]) -> Result<Self> {
        let made = origins.iter().flatten().map(|origin| &origin.passage);
        let told: Vec<&Passage> = made.chain(debts.iter().map(|(_, passage)| passage)).collect();
        let keys = told.iter().filter_map(|passage| passage.business_key.as_deref());
        let payments: BTreeSet<&str> = keys.filter_map(effects::payment_of).collect();
        Ok(Self {
            events: history::events(tx, told.iter().map(|passage| passage.event_id))?,
            behind: purchases::behind(tx, &payments)?,
        })
    }

    fn origin(&self, origin: &Origin) -> ExplainedOrigin {
        let passage = &origin.passage;
        let owned = Owned {
            wallet: origin.account_id,
            ..Owned::default()
        };
        ExplainedOrigin {
            key_id: passage.credit.key.owner().and_then(|owner| owner.key.clone()),
            lot: origin.lot.number,
            amount: origin.lot.amount,
            transfer: Entry::of(passage.clone(), owned, &self.events),
            bought: self.bought(passage),
        }
    }

    fn debt(&self, left: i64, passage: &Passage, owned: Owned) -> ExplainedDebt {
        ExplainedDebt {
            left,
            transfer: Entry::of(passage.clone(), owned, &self.events),
            bought: self.bought(passage),
        }
    }

    fn bought(&self, passage: &Passage) -> Option<Behind> {
        let payment = effects::payment_of(passage.business_key.as_deref()?)?;
        self.behind.get(payment).cloned()
    }
}
