//! The audit behind `paydesk ledger verify`: recomputes every balance, every lot and every seal from the transfers alone, in
//! one snapshot.

use std::collections::{BTreeSet, HashMap};

use ledger::{Account, AccountKey, Limit, Lot, NEVER_US, Role, Unit, read_lots};
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
    lots: HashMap<(i64, i64), Lot>,
}

/// The debts that there are, and those that wallets say there are.
#[derive(Default)]
struct Debts {
    standing: BTreeSet<AccountKey>,
    told: BTreeSet<AccountKey>,
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
    // What is not positive was noted, and comes to no total.
    if transfer.amount <= 0 {
        return;
    }
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
            let none = Lot { amount: 0, ..lot };
            let known = recount.lots.entry((account_id, lot.number)).or_insert(none);
            known.amount = known.amount.saturating_add(sign * lot.amount);
            if known.terms != lot.terms {
                audit.note(|| format!("transfer {at}: lot {} had another end or priority", lot.number));
            }
            let (left, made) = (
                known.amount,
                &mut recount.accounts.entry(account_id).or_default().lots_made,
            );
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
    let mut debts = Debts::default();
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
            compare_lots(&key, &account, &mut recount.lots, audit);
            compare_bound(tx, &key, &account, audit)?;
            take_debts(key, &account, &mut debts, audit);
        }
    }
    for key in debts.standing.symmetric_difference(&debts.told) {
        audit.note(|| format!("account {key}: the wallet does not say whether its owner owes"));
    }
    let mut lost: Vec<&i64> = recount.accounts.keys().collect();
    lost.sort();
    for account_id in lost {
        audit.note(|| format!("account {account_id}: transfers name it, and it does not exist"));
    }
    let mut lots: Vec<_> = recount.lots.into_iter().collect();
    lots.sort_unstable_by_key(|(lot, _)| *lot);
    for ((account_id, lot), left) in lots {
        let left = left.amount;
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
    if key.house_number().is_some_and(|number| number != account.number) {
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
}

fn compare_lots(key: &AccountKey, account: &records::Account, lots: &mut HashMap<(i64, i64), Lot>, audit: &mut Audit) {
    for lot in &account.lots {
        let left = lots.remove(&(account.number, lot.number));
        if left != Some(*lot) {
            audit.note(|| {
                let left = left.map_or_else(|| "nothing".to_owned(), |left| left.to_string());
                format!("account {key}: the lot {lot} stands there, but its transfers leave {left}")
            });
        }
    }
    if !account.lots.is_sorted_by_key(Lot::order) {
        audit.note(|| format!("account {key}: the lot that is used next is not the first"));
    }
}

/// When a wallet is looked through for what has ended: never later than its first end. It may be earlier where the lot that
/// ended then was used up, so such a lot must once have been there.
fn compare_bound(tx: &mut Tx<'_>, key: &AccountKey, account: &records::Account, audit: &mut Audit) -> Result<()> {
    let ends = account.lots.iter().map(|lot| lot.terms.expires_at_us);
    let (first, bound) = (ends.min().unwrap_or(NEVER_US), account.none_expires_before_us);
    if bound > first {
        audit.note(|| format!("account {key}: a lot ends before the time at which its wallet is looked through"));
    } else if bound < first && !records::has_had_end(tx, account.number, bound)? {
        audit.note(|| format!("account {key}: no lot ever ended when its wallet is to be looked through"));
    }
    Ok(())
}

fn take_debts(key: AccountKey, account: &records::Account, debts: &mut Debts, audit: &mut Audit) {
    if account.frozen < 0 || !(0..=1).contains(&account.indebted) {
        audit.note(|| {
            format!(
                "account {key}: frozen {}, indebted {}",
                account.frozen, account.indebted
            )
        });
    }
    let owes = account.totals.credits_posted < account.totals.debits_posted;
    match &key.role {
        Role::Wallet(owner) if account.indebted > 0 => {
            debts.told.insert(key.beside(Role::Debt(owner.clone())));
        }
        Role::Wallet(_) => {}
        _ if account.indebted > 0 => {
            audit.note(|| format!("account {key}: it is no wallet and says that its owner owes"));
        }
        Role::Debt(_) if owes => {
            debts.standing.insert(key);
        }
        _ => {}
    }
}
