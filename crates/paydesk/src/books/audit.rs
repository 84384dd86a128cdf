//! The audit behind `paydesk ledger verify`: recomputes every balance, every lot and every seal from the transfers alone, in
//! one snapshot.

use std::collections::{BTreeSet, HashMap};

use ledger::{Account, AccountKey, Limit, Role, Unit, read_lots};
use store::{Result, Tx};

use super::movement::transfer_id;
use super::records::audit as records;
use super::seal::Chain;

/// Transfers read at a time: enough to amortise a query, little enough to stay small in memory.
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
    /// What is wrong, in words, the first hundred; empty when the books are right.
    pub findings: Vec<String>,
    /// How many things are wrong in all.
    pub wrong: u64,
}

impl Audit {
    fn note(&mut self, what: impl FnOnce() -> String) {
        self.wrong += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(what());
        }
    }
}

/// What the transfers say of one account.
#[derive(Clone, Copy, Default)]
struct Recomputed {
    totals: Account,
    lots_made: i64,
}

/// What is recomputed on the way through the transfers.
#[derive(Default)]
struct Recount {
    accounts: HashMap<i64, Recomputed>,
    /// What is left of each lot, by account and number.
    lots: HashMap<(i64, i64), i64>,
}

/// Recomputes the books. `progress` hears how many positions of how many have been read.
pub fn audit(tx: &mut Tx<'_>, mut progress: impl FnMut(u64, u64)) -> Result<Audit> {
    let last = u64::try_from(records::last_position(tx)?).unwrap_or_default();
    let mut chain = Chain::begin(records::seals(tx)?);
    let mut recount = Recount::default();
    let mut audit = Audit::default();
    let mut position = 0;
    loop {
        let chunk = records::transfers_after(tx, position, CHUNK)?;
        let Some(end) = chunk.last() else { break };
        position = end.position;
        for transfer in &chunk {
            check(transfer, &mut audit);
            add(&mut recount, transfer, &mut audit);
            if let Some(broken) = chain.take(transfer) {
                audit.note(|| broken);
            }
        }
        audit.transfers += chunk.len() as u64;
        progress(u64::try_from(position).unwrap_or_default(), last);
    }
    audit.sealed = chain.sealed();
    if let Some(broken) = chain.end() {
        audit.note(|| broken);
    }
    compare(tx, recount, &mut audit)?;
    Ok(audit)
}

fn check(transfer: &records::Transfer, audit: &mut Audit) {
    let at = transfer.position;
    if let Some(key) = &transfer.business_key
        && transfer_id(key).0[..15] != transfer.id[..15.min(transfer.id.len())]
    {
        audit.note(|| format!("transfer {at}: its id is not derived from its business key"));
    }
    if transfer.amount <= 0 {
        audit.note(|| format!("transfer {at}: the amount is {}", transfer.amount));
    }
}

fn add(recount: &mut Recount, transfer: &records::Transfer, audit: &mut Audit) {
    let at = transfer.position;
    let debit = recount.accounts.entry(transfer.debit_account_id).or_default();
    let debited = debit.totals.debited(transfer.amount);
    debit.totals = debited.unwrap_or(debit.totals);
    let balance = debit.totals.balance();
    if transfer.debit_balance.is_some_and(|told| told != balance) {
        audit.note(|| format!("transfer {at}: it left the debited account with {balance}, not with what it says"));
    }
    let credit = recount.accounts.entry(transfer.credit_account_id).or_default();
    let credited = credit.totals.credited(transfer.amount);
    credit.totals = credited.unwrap_or(credit.totals);
    let balance = credit.totals.balance();
    if transfer.credit_balance.is_some_and(|told| told != balance) {
        audit.note(|| format!("transfer {at}: it left the credited account with {balance}, not with what it says"));
    }
    if debited.is_none() || credited.is_none() {
        audit.note(|| format!("transfer {at}: the totals overflow"));
    }
    move_lots(recount, transfer, audit);
}

/// Takes the drawn lots out and puts the filled ones in; what does not come to the amount, or was not there, is noted.
fn move_lots(recount: &mut Recount, transfer: &records::Transfer, audit: &mut Audit) {
    let at = transfer.position;
    for (text, account_id, sign) in [
        (&transfer.drawn, transfer.debit_account_id, -1),
        (&transfer.filled, transfer.credit_account_id, 1),
    ] {
        let Some(text) = text else { continue };
        let Some(lots) = read_lots(text) else {
            audit.note(|| format!("transfer {at}: {text:?} names no lots"));
            continue;
        };
        let sum: i128 = lots.iter().map(|lot| i128::from(lot.amount)).sum();
        if sum != i128::from(transfer.amount) {
            audit.note(|| format!("transfer {at}: its lots come to {sum}, not to {}", transfer.amount));
        }
        for lot in lots {
            let left = recount.lots.entry((account_id, lot.number)).or_default();
            *left = left.saturating_add(sign * lot.amount);
            let (left, made) = (*left, &mut recount.accounts.entry(account_id).or_default().lots_made);
            *made = (*made).max(lot.number);
            if left < 0 {
                audit.note(|| format!("transfer {at}: more was drawn from lot {} than it held", lot.number));
            }
            if left == 0 {
                recount.lots.remove(&(account_id, lot.number));
            }
        }
    }
}

/// Holds the stored accounts and lots against the recomputed ones.
fn compare(tx: &mut Tx<'_>, mut recount: Recount, audit: &mut Audit) -> Result<()> {
    let mut sums: HashMap<Unit, i128> = HashMap::new();
    // Whose wallet says that they owe, and who does.
    let (mut said, mut owing) = (BTreeSet::new(), BTreeSet::new());
    let mut after = i64::MIN;
    loop {
        let chunk = records::accounts_after(tx, after, CHUNK)?;
        let Some(end) = chunk.last() else { break };
        after = end.number;
        for account in chunk {
            let Ok(key) = account.key.parse::<AccountKey>() else {
                audit.note(|| format!("account {}: {:?} is no key of an account", account.number, account.key));
                continue;
            };
            let right = recount.accounts.remove(&account.number).unwrap_or_default();
            compare_account(&key, &account, right, audit);
            let balance = i128::from(account.totals.credits_posted) - i128::from(account.totals.debits_posted);
            *sums.entry(key.unit).or_default() += balance;
            match &key.role {
                Role::Wallet(owner) if account.indebted => drop(said.insert(owner.clone())),
                Role::Debt(owner) if balance < 0 => drop(owing.insert(owner.clone())),
                _ => {}
            }
            for lot in &account.lots {
                let left = recount.lots.remove(&(account.number, lot.number));
                if left != Some(lot.amount) {
                    audit.note(|| {
                        let left = left.unwrap_or_default();
                        format!(
                            "account {key}: lot {} holds {}, but its transfers leave {left}",
                            lot.number, lot.amount
                        )
                    });
                }
            }
        }
    }
    for owner in said.symmetric_difference(&owing) {
        audit.note(|| format!("wallet of {owner:?}: it does not say rightly whether its owner owes"));
    }
    let mut lost: Vec<&i64> = recount.accounts.keys().collect();
    lost.sort();
    for account_id in lost {
        audit.note(|| format!("account {account_id}: transfers name it, and it does not exist"));
    }
    let mut lots: Vec<_> = recount.lots.into_iter().collect();
    lots.sort_unstable();
    for ((account_id, lot), left) in lots {
        audit.note(|| format!("account {account_id}: lot {lot} should hold {left} and is not there"));
    }
    for (unit, sum) in sums {
        if sum != 0 {
            audit.note(|| format!("unit {unit}: the balances sum to {sum}, not to zero"));
        }
    }
    Ok(())
}

fn compare_account(key: &AccountKey, account: &records::Account, right: Recomputed, audit: &mut Audit) {
    audit.accounts += 1;
    let stored = account.totals;
    if stored != right.totals {
        audit.note(|| {
            format!(
                "account {key}: stored debits {} and credits {}, but its transfers say {} and {}",
                stored.debits_posted, stored.credits_posted, right.totals.debits_posted, right.totals.credits_posted
            )
        });
    }
    // An owner's account stands above zero, or the indexes by which its history is read leave it out.
    let misplaced = key
        .house_number()
        .map_or(account.number <= 0, |number| number != account.number);
    if misplaced {
        audit.note(|| format!("account {key}: it stands under the number {}", account.number));
    }
    let balance = i128::from(stored.credits_posted) - i128::from(stored.debits_posted);
    let leans_wrong = match key.limit() {
        Limit::NoNegative => balance < 0,
        Limit::NoPositive => balance > 0,
        Limit::None => false,
    };
    if leans_wrong {
        audit.note(|| format!("account {key}: the balance is {balance}"));
    }
    if account.lots_made != right.lots_made {
        audit.note(|| {
            format!(
                "account {key}: it has had {} lots, not {}",
                right.lots_made, account.lots_made
            )
        });
    }
    let open = i64::try_from(account.lots.len()).unwrap_or(i64::MAX);
    if account.lots_open != open {
        audit.note(|| format!("account {key}: {open} lots are open, not {}", account.lots_open));
    }
    let first_end = account.lots.iter().map(|lot| lot.terms.expires_at_us).min();
    if first_end.is_some_and(|end| end < account.none_expires_before_us) {
        audit.note(|| format!("account {key}: a lot ends before the time at which its wallet is looked through"));
    }
}
