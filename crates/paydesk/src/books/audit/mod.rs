//! The audit behind `paydesk ledger verify`: recomputes every balance, every lot and every seal from the transfers alone, in
//! one snapshot.
//!
//! It reads each table once, in order, and keeps of each account what its transfers come to: time and memory grow with the
//! transfers and with the accounts, and with nothing else.

mod anchored;
mod compare;
mod recount;

use std::collections::BTreeMap;

use ledger::{AccountKey, TransferCode};
use store::{Result, Tx};

use super::anchor::Anchor;
use super::movement::transfer_id;
use super::records::audit as records;
use super::seal::Chain;
use anchored::Anchored;
use recount::Recount;

/// Rows read at a time: enough to amortise a query, little enough to stay small in memory.
const CHUNK: i64 = 4096;
/// Findings that are told in words; a broken store may have one for every row.
const FINDINGS_MAX: usize = 100;

/// What an audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// How many transfers were read.
    pub transfers: u64,
    /// How many accounts were compared.
    pub accounts: u64,
    /// How many transfers are covered by the chain of seals.
    pub sealed: u64,
    /// How many transfers set credits aside.
    pub holds: u64,
    /// What is set aside, where it is not zero, by the accounts that hold it.
    pub held: BTreeMap<AccountKey, i64>,
    /// The accounts that are frozen, with the number of reasons.
    pub frozen: BTreeMap<AccountKey, i64>,
    /// What is wrong, in words, the first hundred; empty when the books are right.
    pub findings: Vec<String>,
    /// How many things are wrong in all.
    pub wrong: u64,
}

impl Audit {
    /// Takes a finding in.
    pub fn note(&mut self, what: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(what());
        }
    }
}

/// Recomputes the books, and holds the chain against the anchors, whose signatures the caller has checked. `progress` hears
/// how many positions of how many have been read.
pub fn audit(tx: &mut Tx<'_>, anchors: &[Anchor], mut progress: impl FnMut(u64, u64)) -> Result<Audit> {
    let last = u64::try_from(records::last_position(tx)?).unwrap_or_default();
    let mut chain = Chain::begin(tx)?;
    let mut anchored = Anchored::begin(anchors);
    let mut recount = Recount::default();
    let mut audit = Audit::default();
    let mut position = i64::MIN;
    loop {
        let end = chain.next_end();
        let range = (position, end.unwrap_or(i64::MAX));
        let count = records::each_transfer(tx, range, CHUNK, |transfer| {
            position = transfer.position;
            check(transfer, &mut audit);
            recount.add(transfer, &mut audit);
            chain.take(transfer);
        })?;
        audit.transfers += u64::try_from(count).unwrap_or_default();
        progress(u64::try_from(position).unwrap_or_default(), last);
        if count < CHUNK {
            // All that this seal may cover was read, or, behind the last seal, all there is.
            let Some(closed) = chain.close(tx)? else { break };
            anchored.reach(&closed, chain.sealed(), &recount, &mut audit);
            if let Some(broken) = closed.broken {
                audit.note(|| broken);
            }
        }
    }
    anchored.end(&mut audit);
    audit.sealed = chain.sealed();
    compare::compare(tx, recount, &mut audit)?;
    Ok(audit)
}

fn check(transfer: &records::Transfer<'_>, audit: &mut Audit) {
    let at = transfer.position;
    if let Some(key) = transfer.business_key
        && Some(&transfer_id(key).0[..15]) != transfer.id.get(..15)
    {
        audit.note(|| format!("transfer {at}: its id is not derived from its business key"));
    }
    if transfer.amount <= 0 {
        audit.note(|| format!("transfer {at}: the amount is {}", transfer.amount));
    }
    if transfer.code == TransferCode::Hold.word() {
        audit.holds += 1;
    }
}
