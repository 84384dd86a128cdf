//! The audit behind `paydesk ledger verify`: recomputes every balance from the transfers, in one snapshot.

use std::collections::HashMap;

use ledger::{Account, AccountKey};
use store::{Result, Tx};

use super::{records, transfer_id};

/// Transfers read at a time: enough to amortise a query, little enough to stay small in memory.
const CHUNK: i64 = 4096;

/// What an audit found.
#[derive(Debug, Default)]
pub struct Audit {
    /// How many transfers were read.
    pub transfers: u64,
    /// How many accounts were compared.
    pub accounts: u64,
    /// What is wrong, in words; empty when the books are right.
    pub findings: Vec<String>,
}

/// Recomputes the books. `progress` hears how many positions of how many have been read.
pub fn audit(tx: &mut Tx<'_>, mut progress: impl FnMut(u64, u64)) -> Result<Audit> {
    let accounts = records::all_accounts(tx)?;
    let last = u64::try_from(records::last_position(tx)?).unwrap_or_default();
    let mut totals: HashMap<i64, Account> = HashMap::with_capacity(accounts.len());
    let mut audit = Audit {
        accounts: accounts.len() as u64,
        ..Audit::default()
    };
    let mut position = 0;
    loop {
        let chunk = records::transfers_after(tx, position, CHUNK)?;
        let Some(end) = chunk.last() else { break };
        position = end.position;
        for transfer in &chunk {
            check(transfer, &accounts, &mut audit.findings);
            add(&mut totals, transfer, &mut audit.findings);
        }
        audit.transfers += chunk.len() as u64;
        progress(u64::try_from(position).unwrap_or_default(), last);
    }
    let stored: HashMap<AccountKey, Account> = accounts.values().cloned().collect();
    let recomputed: HashMap<AccountKey, Account> = totals
        .into_iter()
        .filter_map(|(id, total)| Some((accounts.get(&id)?.0.clone(), total)))
        .collect();
    audit
        .findings
        .extend(ledger::verify(&stored, &recomputed).iter().map(ToString::to_string));
    Ok(audit)
}

fn check(
    transfer: &records::AuditedTransfer,
    accounts: &HashMap<i64, (AccountKey, Account)>,
    findings: &mut Vec<String>,
) {
    let at = transfer.position;
    if transfer_id(&transfer.business_key).0[..] != transfer.transfer_id[..] {
        findings.push(format!("transfer {at}: its id is not derived from its business key"));
    }
    if transfer.amount <= 0 {
        findings.push(format!("transfer {at}: the amount is {}", transfer.amount));
    }
    let unit = |id: i64| accounts.get(&id).map(|(key, _)| key.unit);
    match (unit(transfer.debit_account_id), unit(transfer.credit_account_id)) {
        (Some(debit), Some(credit)) if debit == credit => {}
        (Some(_), Some(_)) => findings.push(format!("transfer {at}: it crosses units")),
        _ => findings.push(format!("transfer {at}: an account of it does not exist")),
    }
}

fn add(totals: &mut HashMap<i64, Account>, transfer: &records::AuditedTransfer, findings: &mut Vec<String>) {
    let debit = totals.entry(transfer.debit_account_id).or_default();
    let debited = debit.debited(transfer.amount);
    if let Some(total) = debited {
        *debit = total;
    }
    let credit = totals.entry(transfer.credit_account_id).or_default();
    let credited = credit.credited(transfer.amount);
    if let Some(total) = credited {
        *credit = total;
    }
    if debited.is_none() || credited.is_none() {
        findings.push(format!("transfer {}: the totals overflow", transfer.position));
    }
}
