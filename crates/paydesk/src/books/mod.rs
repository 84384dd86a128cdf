//! The books: the pure ledger engine on the store. Posts batches, reads balances, and lets an auditor recompute all.
//!
//! Whoever moves value comes through `post`. Nothing here knows why value moves; nothing elsewhere writes an account or
//! a transfer.

mod audit;
mod records;

use std::collections::{BTreeSet, HashMap};

use aws_lc_rs::digest;
use ledger::{Account, AccountKey, Accounts, Posted, Posting, Refusal, Transfer, TransferCode, TransferId};
use store::{Result, Tx};

pub use audit::{Audit, audit};
pub use records::account;

/// One movement of value, as the rest of the application asks for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Movement {
    /// What makes it happen once: `grant:pi_…`, `spend:user_1:abc`. The transfer's id is derived from it.
    pub business_key: String,
    /// The account it comes from.
    pub debit: AccountKey,
    /// The account it goes to.
    pub credit: AccountKey,
    /// How much, in the accounts' unit.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
    /// The reason in somebody's words, where one was given.
    pub memo: Option<String>,
    /// The number of the event behind it; 0 where a request or the success page was.
    pub event_id: i64,
}

/// Movements that happen together or not at all.
pub type Movements = Vec<Movement>;

/// Where a posting left the accounts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Whether it was new.
    pub posted: Posted,
    /// The balance of the first movement's debited account afterwards.
    pub debit_balance: i64,
    /// The balance of the last movement's credited account afterwards.
    pub credit_balance: i64,
}

/// The id of the transfer with this business key: the first 16 bytes of its SHA-256.
pub fn transfer_id(business_key: &str) -> TransferId {
    let digest = digest::digest(&digest::SHA256, business_key.as_bytes());
    let mut id = [0; 16];
    id.copy_from_slice(&digest.as_ref()[..16]);
    TransferId(id)
}

/// Posts a batch: reads the set of accounts and transfers it touches, decides in order, writes the set back. The result
/// equals posting its members one after another, in as many statements as one member takes.
pub fn post(tx: &mut Tx<'_>, now_us: i64, batch: &[Movements]) -> Result<Vec<std::result::Result<Standing, Refusal>>> {
    let postings: Vec<Posting> = batch.iter().map(|movements| posting(movements)).collect();
    let ids: BTreeSet<TransferId> = postings
        .iter()
        .flat_map(|posting| posting.0.iter().map(|one| one.id))
        .collect();
    let mut known = records::transfers(tx, &ids)?;
    let keys: BTreeSet<String> = postings
        .iter()
        .flat_map(|posting| &posting.0)
        .flat_map(|transfer| [transfer.debit.to_string(), transfer.credit.to_string()])
        .collect();
    let locked = records::lock_accounts(tx, &keys)?;
    let mut accounts = Accounts::default();
    for (key, kept) in &locked {
        accounts.put(key.clone(), kept.account);
    }
    let mut fresh: Vec<(&Movement, TransferId)> = Vec::new();
    let mut outcomes = Vec::with_capacity(batch.len());
    for (movements, posting) in batch.iter().zip(&postings) {
        let outcome = ledger::post(&mut accounts, |id| known.get(id), posting);
        if outcome == Ok(Posted::Now) {
            for (movement, transfer) in movements.iter().zip(&posting.0) {
                fresh.push((movement, transfer.id));
                known.insert(transfer.id, transfer.clone());
            }
        }
        outcomes.push(outcome.map(|posted| {
            Standing {
                posted,
                debit_balance: movements
                    .first()
                    .map_or(0, |first| accounts.get(&first.debit).balance()),
                credit_balance: movements.last().map_or(0, |last| accounts.get(&last.credit).balance()),
            }
        }));
    }
    assert_balanced(&accounts, &locked);
    records::insert_transfers(tx, now_us, &fresh, &locked)?;
    records::update_accounts(tx, accounts.changed().map(|(key, account)| (&locked[key], account)))?;
    Ok(outcomes)
}

fn posting(movements: &[Movement]) -> Posting {
    Posting(
        movements
            .iter()
            .map(|movement| Transfer {
                id: transfer_id(&movement.business_key),
                debit: movement.debit.clone(),
                credit: movement.credit.clone(),
                amount: movement.amount,
                code: movement.code,
            })
            .collect(),
    )
}

/// The rule of the books, checked once more before it is written: what left accounts equals what came into others.
fn assert_balanced(accounts: &Accounts, before: &HashMap<AccountKey, records::Kept>) {
    let moved: i128 = accounts
        .changed()
        .map(|(key, now)| {
            let was: Account = before[key].account;
            i128::from(now.credits_posted - was.credits_posted) - i128::from(now.debits_posted - was.debits_posted)
        })
        .sum();
    assert_eq!(moved, 0, "the engine moves as much in as out");
}
