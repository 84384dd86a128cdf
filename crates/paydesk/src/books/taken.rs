//! What was taken back under some keys and has not come back since, read off the transfers that stand for them.
//!
//! What comes back is what was taken last. That needs no record of its own: the transfers say what was taken from where,
//! and how much came back.

use std::collections::{BTreeSet, HashMap};

use ledger::{AccountKey, Accounts, Lot, Role, Taken, TransferCode, TransferId};
use store::{Result, Tx};

use super::movement::Movement;
use super::records::transfers::{self, Standing};

/// A part of what was taken: out of a lot, or owed.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Lot(AccountKey, Lot),
    Owed(i64),
}

/// The transfers that stand for what these movements undo, with all that followed from each.
pub(super) fn undone(tx: &mut Tx<'_>, movements: &[&Movement]) -> Result<HashMap<TransferId, Standing>> {
    let ids: BTreeSet<TransferId> = movements.iter().flat_map(|one| &one.undoes).copied().collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let (sql, params) = transfers::select_with_followers(&ids);
    transfers::decode_known(&tx.all(sql, &params)?)
}

/// The last `amount` of what was taken under these ids, oldest first, and is not back: what was taken last comes first.
pub(super) fn last_taken(
    undoes: &[TransferId],
    amount: i64,
    known: &HashMap<TransferId, Standing>,
    accounts: &Accounts,
) -> Vec<Taken> {
    let mut taken = Vec::new();
    for id in undoes {
        let (mut back, mut owed) = (0, None);
        for standing in (0..=u8::MAX).filter_map(|leg| known.get(&id.leg(leg))) {
            match (standing.code, &standing.debit.role) {
                (TransferCode::ClawBack, Role::Debt(_)) => owed = Some(Part::Owed(standing.amount)),
                (TransferCode::ClawBack, _) => {
                    taken.extend(standing.drawn.iter().map(|lot| Part::Lot(standing.debit.clone(), *lot)));
                }
                (code, _) if code.gives_back() => back += standing.amount,
                // What had to be paid down out of it is no part of it.
                _ => {}
            }
        }
        // What could not be taken is owed behind all that was.
        taken.extend(owed);
        pop(&mut taken, back);
    }
    let last = pop(&mut taken, amount).into_iter();
    let part = |part| match part {
        Part::Lot(wallet, lot) => accounts
            .slot(&wallet)
            .map_or(Taken::Owed(lot.amount), |slot| Taken::Lot(slot, lot)),
        Part::Owed(amount) => Taken::Owed(amount),
    };
    last.map(part).collect()
}

/// Takes the last `amount` off, last first. What is not there to be taken counts as owed.
fn pop(taken: &mut Vec<Part>, amount: i64) -> Vec<Part> {
    let mut left = amount;
    let mut last = Vec::new();
    while left > 0 {
        match taken.pop() {
            None => {
                last.push(Part::Owed(left));
                left = 0;
            }
            Some(Part::Lot(wallet, lot)) => {
                let part = lot.amount.min(left);
                let rest = lot.amount - part;
                if rest > 0 {
                    taken.push(Part::Lot(wallet.clone(), Lot { amount: rest, ..lot }));
                }
                last.push(Part::Lot(wallet, Lot { amount: part, ..lot }));
                left -= part;
            }
            Some(Part::Owed(owed)) => {
                let part = owed.min(left);
                if owed > part {
                    taken.push(Part::Owed(owed - part));
                }
                last.push(Part::Owed(part));
                left -= part;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use ledger::{Owner, Terms};

    use super::*;

    fn lot(wallet: &str, number: i64, amount: i64) -> Part {
        let lot = Lot {
            number,
            amount,
            terms: Terms::default(),
        };
        Part::Lot(AccountKey::credits(Role::Wallet(Owner::user(wallet))), lot)
    }

    #[test]
    fn what_was_taken_last_comes_back_first() {
        let mut taken = vec![lot("a", 1, 10), lot("b", 1, 5), Part::Owed(7)];
        assert_eq!(pop(&mut taken, 0), []);
        assert_eq!(pop(&mut taken, 3), [Part::Owed(3)]);
        assert_eq!(pop(&mut taken, 6), [Part::Owed(4), lot("b", 1, 2)]);
        assert_eq!(taken, [lot("a", 1, 10), lot("b", 1, 3)]);
        assert_eq!(pop(&mut taken, 20), [lot("b", 1, 3), lot("a", 1, 10), Part::Owed(7)]);
        assert_eq!(taken, []);
    }
}
