//! The wallets of one user: their own, and those that are set apart for their API keys.
//!
//! They share their user's fate: a dispute freezes them all, what is taken back is taken from them all, and what comes into
//! any of them pays down what the user owes. All of that stands with the user's own wallet, so whoever locks a key's wallet
//! locks that one too.

use std::collections::{BTreeMap, BTreeSet};

use ledger::{AccountKey, Accounts, BESIDE_MAX, Owner, Role, Shortfall, Slot};
use store::{Result, Tx};

use crate::books::movement::Movement;

/// The user of a wallet that is set apart for an API key; none for every other account.
pub(in crate::books) fn key_of(key: &AccountKey) -> Option<&str> {
    match &key.role {
        Role::Wallet(Owner { user, key: Some(_) }) => Some(user),
        _ => None,
    }
}

/// The own wallet of the user of a wallet that is set apart for an API key; none for every other account.
pub(in crate::books) fn own_of(key: &AccountKey) -> Option<AccountKey> {
    key_of(key).map(|user| key.beside(Role::Wallet(Owner::user(user))))
}

/// The wallets of API keys that hold something of what the movements may make their users owe. Of one user at most
/// [`BESIDE_MAX`], those that hold most.
pub(in crate::books) fn beside<'a>(
    tx: &mut Tx<'_>,
    movements: impl Iterator<Item = &'a Movement>,
) -> Result<BTreeSet<String>> {
    let owing = movements.filter(|movement| movement.shortfall == Shortfall::Owe);
    let users: BTreeSet<&str> = owing
        .filter_map(|movement| movement.debit.owner())
        .map(|owner| owner.user.as_str())
        .collect();
    let limit = i64::try_from(BESIDE_MAX).unwrap_or(i64::MAX);
    let mut keys = BTreeSet::new();
    for user in users {
        let rows = tx.all(
            "select account_key from account
             where key_of = $1 and credits_posted > debits_posted
             order by credits_posted - debits_posted desc, account_key limit $2",
            &[user.into(), limit.into()],
        )?;
        for row in rows {
            keys.insert(row.text(0)?);
        }
    }
    Ok(keys)
}

/// Tells the wallets of API keys what holds for their user's own, and that one which ones stand beside it.
pub(in crate::books) fn join(accounts: &mut Accounts) {
    let mut beside: BTreeMap<Slot, BTreeMap<String, Slot>> = BTreeMap::new();
    for (slot, standing) in accounts.iter() {
        if let Some(own) = own_of(&standing.key).and_then(|own| accounts.slot(&own)) {
            beside.entry(own).or_default().insert(standing.key.to_string(), slot);
        }
    }
    for (own, keyed) in beside {
        let (frozen, debt) = (accounts.at(own).frozen, accounts.at(own).debt);
        for slot in keyed.values() {
            let standing = accounts.at_mut(*slot);
            (standing.frozen, standing.debt) = (frozen, debt);
        }
        accounts.at_mut(own).beside = keyed.into_values().take(BESIDE_MAX).collect();
    }
}
