//! The auditor: recomputes every balance from the transfers alone and names what differs.

use std::collections::{BTreeMap, HashMap};

use crate::account::{Account, AccountKey, Limit, Unit};

/// Something wrong with the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// The stored totals of an account are not the sum of its transfers.
    BalanceDiffers {
        /// Which account.
        account: AccountKey,
        /// What is stored.
        stored: Account,
        /// What the transfers say.
        recomputed: Account,
    },
    /// An account that must not go below zero is.
    Negative {
        /// Which account.
        account: AccountKey,
        /// How far.
        balance: i64,
    },
    /// The balances of a unit do not sum to zero.
    SumNotZero {
        /// Which unit.
        unit: Unit,
        /// What they sum to.
        sum: i128,
    },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BalanceDiffers {
                account,
                stored,
                recomputed,
            } => write!(
                f,
                "account {account}: stored debits {} and credits {}, but its transfers say {} and {}",
                stored.debits_posted, stored.credits_posted, recomputed.debits_posted, recomputed.credits_posted
            ),
            Self::Negative { account, balance } => write!(f, "account {account}: the balance is {balance}"),
            Self::SumNotZero { unit, sum } => write!(f, "unit {unit}: the balances sum to {sum}, not to zero"),
        }
    }
}

/// Compares the stored accounts with the recomputed ones. An empty answer means that the books are right.
pub fn verify(stored: &HashMap<AccountKey, Account>, recomputed: &HashMap<AccountKey, Account>) -> Vec<Finding> {
    let mut keys: Vec<&AccountKey> = stored.keys().chain(recomputed.keys()).collect();
    keys.sort();
    keys.dedup();
    let mut findings = Vec::new();
    let mut sums: BTreeMap<Unit, i128> = BTreeMap::new();
    for key in keys {
        let kept = stored.get(key).copied().unwrap_or_default();
        let right = recomputed.get(key).copied().unwrap_or_default();
        if kept != right {
            findings.push(Finding::BalanceDiffers {
                account: key.clone(),
                stored: kept,
                recomputed: right,
            });
        }
        if key.limit() == Limit::NoNegative && kept.balance() < 0 {
            findings.push(Finding::Negative {
                account: key.clone(),
                balance: kept.balance(),
            });
        }
        *sums.entry(key.unit).or_default() += i128::from(kept.credits_posted) - i128::from(kept.debits_posted);
    }
    findings.extend(
        sums.into_iter()
            .filter(|(_, sum)| *sum != 0)
            .map(|(unit, sum)| Finding::SumNotZero { unit, sum }),
    );
    findings
}
