//! The books: the pure ledger engine on the store. Posts batches, reads balances, and lets an auditor recompute all.
//!
//! Whoever moves value comes through `post`. Nothing here knows why value moves; nothing elsewhere writes an account, a
//! lot or a transfer.

mod anchor;
mod audit;
mod expiry;
mod movement;
mod records;
mod seal;
mod sealer;
mod taken;
mod watch;

use std::collections::{BTreeSet, HashMap};

use ledger::{Accounts, Entry, Known, Order, Posted, Refusal, TransferId};
use store::{Error, Result, Row, Statement, Tx};

pub use anchor::{Anchor, AnchorKey, Unsigned};
pub use audit::{Audit, audit};
pub use expiry::{Ended, expire_due, next_expiry_us};
pub use movement::{Cause, Movement, transfer_id};
pub use records::accounts::{Balance, balance, freeze, house_balance};
pub use records::audit::{HouseTotals, Told};
pub use records::days::{MovedByDay, moved_by_day, sealed_position};
use records::descent::{self, LotOf};
pub use records::history::{Owned, Passage, Side, Step, count, debits, given_up, owned, passages, steps};
pub use records::inflows::makers;
pub use records::listing::{of_event, positions};
pub use records::lots::{OpenLots, Order as LotOrder, Sum as LotSum, open_lots};
pub use records::transfers::Standing;
use records::{accounts, transfers, wallets};
pub use seal::seal;
pub use sealer::{describe_metrics, run as run_sealing};
use taken::TakenOf;
pub use watch::{ALWAYS_CALM, Watched, stir, stirred, watch, watched};

/// Movements that happen together or not at all.
pub type Movements = Vec<Movement>;

/// What a posting came to: the transfers that stand in the books for it, new or from before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Whether it was new.
    pub new: bool,
    /// Its transfers: one for each movement, and behind them what followed from it.
    pub standing: Vec<Standing>,
}

/// The transfers of these ids that are in the books, as somebody else's rows tell of them.
pub fn told(tx: &mut Tx<'_>, ids: &[TransferId]) -> Result<HashMap<TransferId, Told>> {
    records::audit::told(tx, ids)
}

/// What was read and locked for movements, before it is decided on any.
pub struct Asked {
    keys: BTreeSet<String>,
    known: HashMap<TransferId, Standing>,
    found: Vec<Row>,
}

/// Reads the transfers and locks the accounts that movements touch. A question of the caller's own goes with it, in the same
/// round trip, and is answered behind the locks.
pub fn ask(tx: &mut Tx<'_>, movements: &[&Movement], question: Option<Statement>) -> Result<(Asked, Vec<Row>)> {
    let ids: BTreeSet<TransferId> = movements.iter().flat_map(|movement| movement.ids()).collect();
    let beside = wallets::beside(tx, movements.iter().copied())?;
    let taken = taken::of_users(tx, movements)?;
    let mut keys = accounts::keys(movements.iter().copied());
    keys.extend(beside);
    keys.extend(taken::wallets_of(&taken));
    let mut questions = vec![transfers::select_known(&ids), accounts::select_locked(keys.iter())];
    questions.extend(question);
    let mut answers = records::together(tx, &questions)?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let (known, found, told) = (next(), next(), next());
    let known = transfers::decode_known(&known)?;
    Ok((Asked { keys, known, found }, told))
}

/// Posts a batch: reads the set of accounts and transfers it touches, decides in order, writes the set back. The result
/// equals posting its members one after another, in as many statements as one member takes.
pub fn post(tx: &mut Tx<'_>, now_us: i64, batch: &[Movements]) -> Result<Vec<std::result::Result<Outcome, Refusal>>> {
    let movements: Vec<&Movement> = batch.iter().flatten().collect();
    let (asked, _) = ask(tx, &movements, None)?;
    post_asked(tx, now_us, batch, asked)
}

/// Posts a batch of whose movements all was asked.
pub fn post_asked(
    tx: &mut Tx<'_>,
    now_us: i64,
    batch: &[Movements],
    asked: Asked,
) -> Result<Vec<std::result::Result<Outcome, Refusal>>> {
    let Asked { keys, mut known, found } = asked;
    add_followers(tx, batch, &mut known)?;
    // What stands in the books already moves nothing.
    let fresh = |movements: &&Movements| movements.iter().any(|one| !known.contains_key(&one.id()));
    let wanted: Vec<&Movement> = batch.iter().filter(fresh).flatten().collect();
    let mut accounts = Accounts::default();
    let kept = accounts::lock(tx, now_us, &wanted, (&keys, &found), &mut accounts)?;
    let taken = taken::of_users(tx, &wanted)?;
    let reached = taken::wallets_of(&taken).is_subset(&keys);
    if !reached || !wallets::beside(tx, wanted.iter().copied())?.is_subset(&keys) {
        // Credits came to or went from another of a user's wallets on another node before theirs was locked; it is all
        // decided anew.
        return Err(Error::Busy);
    }
    let first = drawn_first(tx, &wanted, &known)?;
    let mut before = Before { known, first, taken };
    let mut written = expiry::expire(&mut accounts, &kept, now_us);
    let mut outcomes = Vec::with_capacity(batch.len());
    for movements in batch {
        outcomes.push(decide(&mut accounts, &mut before, movements, now_us, &mut written));
    }
    expiry::renew_bounds(&mut accounts, now_us);
    assert_balanced(&accounts, &kept);
    records::write(tx, now_us, &written, &accounts, &kept)?;
    Ok(outcomes)
}

/// What followed from the movements that are in the books already. Of one that is not, nothing can have.
fn add_followers(tx: &mut Tx<'_>, batch: &[Movements], known: &mut HashMap<TransferId, Standing>) -> Result<()> {
    let repeated = batch.iter().flatten().filter(|one| known.contains_key(&one.id()));
    let ids: BTreeSet<TransferId> = repeated.flat_map(Movement::followers).collect();
    if !ids.is_empty() {
        known.extend(standing(tx, &ids)?);
    }
    Ok(())
}

/// Those of these transfers that stand in the books.
pub fn standing(tx: &mut Tx<'_>, ids: &BTreeSet<TransferId>) -> Result<HashMap<TransferId, Standing>> {
    let (sql, params) = transfers::select_known(ids);
    transfers::decode_known(&tx.all(sql, &params)?)
}

/// How much the transfer with this business key brought into its wallet, and how much of that is still there, or in the
/// wallets it was moved to from there; none where it has not happened.
pub fn left_of(tx: &mut Tx<'_>, business_key: &str) -> Result<Option<(i64, i64)>> {
    let id = transfer_id(business_key);
    let Some(made) = standing(tx, &std::iter::once(id).collect())?.remove(&id) else {
        return Ok(None);
    };
    let lots = descent::descent(tx, &made)?;
    Ok(Some((made.amount, descent::left_in(tx, &made, &lots)?)))
}

/// The lots that movements draw from first, by the grants whose credits are in them. Those of a grant of this very batch are
/// where it put them.
fn drawn_first(
    tx: &mut Tx<'_>,
    wanted: &[&Movement],
    known: &HashMap<TransferId, Standing>,
) -> Result<HashMap<TransferId, BTreeSet<LotOf>>> {
    let mut first = HashMap::new();
    for id in wanted.iter().filter_map(|movement| movement.first_from_id()) {
        if let Some(grant) = known.get(&id) {
            first.insert(id, descent::descent(tx, grant)?);
        }
    }
    Ok(first)
}

/// What was there before a batch, and what its members have made of it so far.
struct Before {
    /// The transfers that stand in the books.
    known: HashMap<TransferId, Standing>,
    /// The lots that are drawn from first, by the grants whose credits are in them.
    first: HashMap<TransferId, BTreeSet<LotOf>>,
    /// What was taken of users and is not back.
    taken: TakenOf,
}

/// An entry to be written, and what it is written with.
struct Written {
    entry: Entry,
    business_key: Option<String>,
    request_fingerprint: Option<[u8; 16]>,
    memo: Option<String>,
    made_by: Option<String>,
    event_id: i64,
}

fn decide(
    accounts: &mut Accounts,
    before: &mut Before,
    movements: &[Movement],
    now_us: i64,
    written: &mut Vec<Written>,
) -> std::result::Result<Outcome, Refusal> {
    if let Some(standing) = stands(&before.known, movements)? {
        return Ok(Outcome { new: false, standing });
    }
    let orders: Vec<Order> = movements
        .iter()
        .map(|movement| movement.order(accounts, before))
        .collect();
    let compare = |id: &TransferId| {
        before.known.get(id).map(|standing| Known {
            debit: standing.debit.clone(),
            credit: standing.credit.clone(),
            amount: standing.amount,
            code: standing.code,
        })
    };
    let entries = match ledger::post(accounts, compare, &orders, now_us)? {
        Posted::Now(entries) => entries,
        Posted::Before => Vec::new(),
    };
    let mut standing = Vec::with_capacity(entries.len());
    for entry in entries {
        // A follower's id differs from its leader's in the last byte alone.
        let led = |movement: &&Movement| movement.id().0[..15] == entry.id.0[..15];
        let Some(movement) = movements.iter().find(led) else {
            continue;
        };
        let one = Standing::of(&entry, accounts, movement.cause.fingerprint());
        taken::take_in(&mut before.taken, movement.key(), &one);
        let earlier = before.known.insert(entry.id, one.clone());
        assert!(earlier.is_none(), "every entry has an id of its own");
        standing.push(one);
        written.push(Written {
            entry,
            business_key: movement.cause.business_key(),
            request_fingerprint: movement.cause.fingerprint(),
            memo: movement.memo.clone(),
            made_by: movement.made_by.clone(),
            event_id: movement.event_id,
        });
    }
    Ok(Outcome { new: true, standing })
}

/// What stands in the books for these movements, where all of them do. An id that stands for something else is refused.
fn stands(
    known: &HashMap<TransferId, Standing>,
    movements: &[Movement],
) -> std::result::Result<Option<Vec<Standing>>, Refusal> {
    let found: Vec<Option<&Standing>> = movements.iter().map(|one| known.get(&one.id())).collect();
    if found.iter().all(Option::is_none) {
        return Ok(None);
    }
    let mut standing = Vec::with_capacity(found.len());
    for (movement, found) in movements.iter().zip(found) {
        match found {
            Some(one) if movement.is(one) => {
                standing.push(one.clone());
                standing.extend(movement.followers().filter_map(|id| known.get(&id).cloned()));
            }
            // Members are written together, so a part of them can only mean that an id was used for something else.
            _ => return Err(Refusal::ExistsDifferently),
        }
    }
    Ok(Some(standing))
}

/// The rule of the books, checked once more before it is written: what left accounts equals what came into others.
fn assert_balanced(accounts: &Accounts, kept: &[accounts::Kept]) {
    let moved: i128 = accounts
        .iter()
        .filter(|(_, standing)| standing.changed)
        .map(|(slot, standing)| {
            let (now, was) = (standing.totals, kept[slot].totals);
            i128::from(now.credits_posted - was.credits_posted) - i128::from(now.debits_posted - was.debits_posted)
        })
        .sum();
    assert_eq!(moved, 0, "the engine moves as much in as out");
}
