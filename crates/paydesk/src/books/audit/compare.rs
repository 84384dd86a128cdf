//! Holds the stored accounts and lots against the recomputed ones.

use std::collections::{BTreeSet, HashMap};

use ledger::{AccountKey, Limit, Lot, NEVER_US, Role, Unit};
use store::{Result, Tx};

use super::recount::{Recomputed, Recount};
use super::{Audit, CHUNK};
use crate::books::records::{audit as records, wallets};

/// The debts that there are, and those that wallets say there are.
#[derive(Default)]
struct Debts {
    standing: BTreeSet<AccountKey>,
    told: BTreeSet<AccountKey>,
}

pub(super) fn compare(tx: &mut Tx<'_>, mut recount: Recount, audit: &mut Audit) -> Result<()> {
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
            let right = recount.take(account.number);
            compare_account(&key, &account, &right, audit);
            compare_lots(&key, &account, right.lots, audit);
            compare_bound(tx, &key, &account, audit)?;
            *sums.entry(key.unit).or_default() += balance(&account);
            take_states(key, &account, &mut debts, audit);
        }
    }
    for key in debts.standing.symmetric_difference(&debts.told) {
        audit.note(|| format!("account {key}: the wallet does not say whether its owner owes"));
    }
    for (account_id, _) in recount.rest() {
        audit.note(|| format!("account {account_id}: transfers name it, and it does not exist"));
    }
    for (unit, sum) in sums {
        if sum != 0 {
            audit.note(|| format!("unit {unit}: the balances sum to {sum}, not to zero"));
        }
    }
    for (account_id, lot) in records::lots_of_nobody(tx)? {
        audit.note(|| format!("account {account_id}: lot {lot} is open, and the account does not exist"));
    }
    Ok(())
}

fn balance(account: &records::Account) -> i128 {
    i128::from(account.totals.credits_posted) - i128::from(account.totals.debits_posted)
}

fn compare_account(key: &AccountKey, account: &records::Account, right: &Recomputed, audit: &mut Audit) {
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
    if key.owner().is_some() && account.number <= 0 {
        audit.note(|| format!("account {key}: it has an owner and a number of the house"));
    }
    let balance = balance(account);
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

fn compare_lots(key: &AccountKey, account: &records::Account, mut left: Vec<Lot>, audit: &mut Audit) {
    if !account.lots.is_sorted_by_key(Lot::order) {
        audit.note(|| format!("account {key}: the lot that is used next is not the first"));
    }
    left.sort_unstable_by_key(Lot::order);
    if left == account.lots {
        return;
    }
    for lot in account.lots.iter().filter(|lot| !left.contains(lot)) {
        audit.note(|| format!("account {key}: the lot {lot} stands there, but its transfers do not leave it"));
    }
    for lot in left.iter().filter(|lot| !account.lots.contains(lot)) {
        audit.note(|| format!("account {key}: its transfers leave the lot {lot}, and it is not there"));
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

/// Keeps what other tables are held against.
fn take_states(key: AccountKey, account: &records::Account, debts: &mut Debts, audit: &mut Audit) {
    let is_wallet = matches!(key.role, Role::Wallet(_));
    if account.indebted < 0 || account.indebted > i64::from(is_wallet) {
        audit.note(|| format!("account {key}: indebted is {}", account.indebted));
    }
    if account.key_of.as_deref() != wallets::key_of(&key) {
        audit.note(|| format!("account {key}: it is not kept under the user of its API key"));
    }
    if account.frozen != 0 {
        audit.frozen.insert(key.clone(), account.frozen);
    }
    let balance = balance(account);
    match &key.role {
        Role::Wallet(owner) if account.indebted > 0 => {
            debts.told.insert(key.beside(Role::Debt(owner.clone())));
        }
        Role::Held(_) if balance != 0 => {
            audit.held.insert(key, i64::try_from(balance).unwrap_or(i64::MAX));
        }
        Role::Debt(_) if balance < 0 => {
            debts.standing.insert(key);
        }
        _ => {}
    }
}
