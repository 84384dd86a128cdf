//! What was taken out of the lots of a user for reversed payments and debts and is not back, read off the transfers that say so.
//!
//! All that is taken back of a user's payments and not given back is either in here or owed: what pays a debt down later is
//! taken for it too. So whatever is given back first ends what is owed, and for the rest there always is a place it came from;
//! and once all is given back, everything is where it was, in whichever order it came.

use std::collections::{BTreeSet, HashMap};

use ledger::{AccountKey, Accounts, Lot, Role, Slot, TransferCode};
use store::{Result, Tx};

use super::movement::Movement;
use super::records::transfers::Standing;
use super::records::{taken as records, wallets};

/// A transfer that took out of a wallet's lots, or gave back to them.
pub(super) struct Taking {
    pub(super) code: TransferCode,
    pub(super) business_key: String,
    pub(super) wallet: AccountKey,
    pub(super) amount: i64,
    pub(super) lots: Vec<Lot>,
}

/// A part of a lot that was taken.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Part {
    wallet: AccountKey,
    lot: Lot,
    /// For which payment; none where it pays a debt down.
    subject: Option<String>,
}

/// What was taken of one user and is not back, in the order in which it was taken.
#[derive(Default)]
pub(super) struct Taken {
    parts: Vec<Part>,
}

/// What was taken of users, by their own wallets.
pub(super) type TakenOf = HashMap<AccountKey, Taken>;

/// What was taken of those users to whom these movements give back.
pub(super) fn of_users(tx: &mut Tx<'_>, movements: &[&Movement]) -> Result<TakenOf> {
    let giving = movements.iter().filter(|one| one.code == TransferCode::Reinstate);
    let users: BTreeSet<&AccountKey> = giving.map(|one| &one.credit).collect();
    let mut all = TakenOf::new();
    for own in users {
        let mut taken = Taken::default();
        for taking in records::takings(tx, own)? {
            taken.take_in(&taking);
        }
        all.insert(own.clone(), taken);
    }
    Ok(all)
}

/// The wallets that something may be given back to.
pub(super) fn wallets_of(taken: &TakenOf) -> BTreeSet<String> {
    let parts = taken.values().flat_map(|taken| &taken.parts);
    parts.map(|part| part.wallet.to_string()).collect()
}

/// Takes in a transfer that was decided on.
pub(super) fn take_in(all: &mut TakenOf, business_key: &str, standing: &Standing) {
    let (wallet, lots) = match standing.code {
        TransferCode::ClawBack | TransferCode::Repay => (&standing.debit, &standing.drawn),
        code if code.gives_back() => (&standing.credit, &standing.filled),
        _ => return,
    };
    let own = wallets::own_of(wallet);
    if let (Some(taken), Role::Wallet(_)) = (all.get_mut(own.as_ref().unwrap_or(wallet)), &wallet.role) {
        taken.take_in(&Taking {
            code: standing.code,
            business_key: business_key.to_owned(),
            wallet: wallet.clone(),
            amount: standing.amount,
            lots: lots.clone(),
        });
    }
}

/// What a business key is about besides the step: all steps of one payment have it in common.
fn subject(business_key: &str) -> &str {
    business_key
        .rsplit_once(':')
        .map_or(business_key, |(subject, _)| subject)
}

impl Taken {
    fn take_in(&mut self, taking: &Taking) {
        match taking.code {
            TransferCode::ClawBack => self.push(taking, Some(subject(&taking.business_key))),
            TransferCode::Repay => self.push(taking, None),
            TransferCode::ClawBackReversal => {
                for lot in &taking.lots {
                    self.remove(lot.amount, subject(&taking.business_key), |part| {
                        part.wallet == taking.wallet && part.lot.number == lot.number
                    });
                }
            }
            // It was given anew, in the place of what was taken.
            _ => self.remove(taking.amount, subject(&taking.business_key), |_| true),
        }
    }

    fn push(&mut self, taking: &Taking, subject: Option<&str>) {
        let part = |lot: &Lot| Part {
            wallet: taking.wallet.clone(),
            lot: *lot,
            subject: subject.map(str::to_owned),
        };
        self.parts.extend(taking.lots.iter().map(part));
    }

    /// The places of the parts in the order in which they go back: what was taken for this payment, then what was for others;
    /// of each the last first.
    fn order(&self, subject: &str) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.parts.len()).rev().collect();
        places.sort_by_key(|place| self.parts[*place].subject.as_deref() != Some(subject));
        places
    }

    fn remove(&mut self, amount: i64, subject: &str, is_wanted: impl Fn(&Part) -> bool) {
        let mut left = amount;
        for place in self.order(subject) {
            let part = &mut self.parts[place];
            if is_wanted(part) {
                let gone = part.lot.amount.min(left);
                part.lot.amount -= gone;
                left -= gone;
            }
        }
        self.parts.retain(|part| part.lot.amount > 0);
    }

    /// The parts that go back under this key, the first ones first, up to an amount.
    pub(super) fn going_back(&self, business_key: &str, amount: i64, accounts: &Accounts) -> Vec<(Slot, Lot)> {
        let mut left = amount;
        let order = self.order(subject(business_key)).into_iter();
        let part = |place: usize| {
            let part = &self.parts[place];
            let amount = part.lot.amount.min(left);
            left -= amount;
            let slot = accounts.slot(&part.wallet)?;
            (amount > 0).then_some((slot, Lot { amount, ..part.lot }))
        };
        order.filter_map(part).collect()
    }
}

#[cfg(test)]
mod tests {
    use ledger::{Owner, Terms};

    use super::*;

    fn wallet() -> AccountKey {
        AccountKey::credits(Role::Wallet(Owner::user("a")))
    }

    fn taking(code: TransferCode, business_key: &str, lots: &[(i64, i64)]) -> Taking {
        let lot = |(number, amount): &(i64, i64)| Lot {
            number: *number,
            amount: *amount,
            terms: Terms::default(),
        };
        Taking {
            code,
            business_key: business_key.to_owned(),
            wallet: wallet(),
            amount: lots.iter().map(|(_, amount)| amount).sum(),
            lots: lots.iter().map(lot).collect(),
        }
    }

    #[test]
    fn what_was_taken_for_a_payment_goes_back_first_and_of_that_the_last() {
        let mut taken = Taken::default();
        taken.take_in(&taking(TransferCode::ClawBack, "claw_back:one:1", &[(1, 10), (2, 5)]));
        taken.take_in(&taking(TransferCode::ClawBack, "claw_back:two:1", &[(3, 7)]));
        taken.take_in(&taking(TransferCode::Repay, "grant:three", &[(4, 3)]));
        let mut accounts = Accounts::default();
        accounts.put(ledger::Standing::new(wallet(), ledger::Account::default()));
        let going = |taken: &Taken, key: &str, amount| {
            let parts = taken.going_back(key, amount, &accounts).into_iter();
            parts.map(|(_, lot)| (lot.number, lot.amount)).collect::<Vec<_>>()
        };
        assert_eq!(going(&taken, "claw_back:one:2", 8), [(2, 5), (1, 3)]);
        assert_eq!(going(&taken, "claw_back:two:2", 11), [(3, 7), (4, 3), (2, 1)]);
        taken.take_in(&taking(
            TransferCode::ClawBackReversal,
            "claw_back:two:2",
            &[(3, 7), (4, 3), (2, 1)],
        ));
        assert_eq!(going(&taken, "claw_back:one:2", 99), [(2, 4), (1, 10)]);
        // Where there is more than goes back to lots, what is given anew stands for what is left.
        taken.take_in(&taking(TransferCode::ClawBackReversal, "claw_back:one:2", &[(1, 3)]));
        taken.take_in(&taking(TransferCode::Reinstate, "claw_back:one:2", &[(9, 6)]));
        assert_eq!(going(&taken, "claw_back:one:3", 99), [(1, 5)]);
    }
}
