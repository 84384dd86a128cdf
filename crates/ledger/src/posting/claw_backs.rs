//! What is taken from all wallets of an owner at once, and how it goes back to where it was taken from. Whatever else moves
//! value is none of this.

use super::{Accounts, Entry, Fill, Order, Slot, transfer};
use crate::lots::{Lot, Terms};
use crate::transfer::{TransferCode, TransferId};

/// The leg of what is taken from the first of the other wallets, and of what is given back second.
const BESIDE_LEG: u8 = TransferId::REPAYMENT_LEG + 1;

/// A part of what was taken from an owner.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// It came out of this lot of a wallet: the order's, or one that stands beside it.
    Lot(Slot, Lot),
    /// There was nothing to take it from, or that is not known any longer.
    Owed(i64),
}

impl Taken {
    /// How much it is.
    pub fn amount(&self) -> i64 {
        match self {
            Self::Lot(_, lot) => lot.amount,
            Self::Owed(amount) => *amount,
        }
    }

    /// The same part, of this amount.
    #[must_use]
    pub fn of(self, amount: i64) -> Self {
        match self {
            Self::Lot(slot, lot) => Self::Lot(slot, Lot { amount, ..lot }),
            Self::Owed(_) => Self::Owed(amount),
        }
    }
}

/// Takes what there is from the wallet, then from those beside it: out of all of them first the lots that are drawn from
/// first. The rest is owed.
pub(super) fn take_all(accounts: &mut Accounts, order: &Order, debt: Slot, at_us: i64, entries: &mut Vec<Entry>) {
    let beside = accounts.at(order.debit).beside.iter().copied().zip(BESIDE_LEG..);
    let beside = beside.filter(|(slot, _)| *slot != order.credit);
    let wallets: Vec<(Slot, u8)> = std::iter::once((order.debit, 0)).chain(beside).collect();
    let mut left = order.amount;
    let mut take = |there: i64| {
        let taken = there.clamp(0, left);
        left -= taken;
        taken
    };
    let of_first = |slot: Slot| {
        let open = accounts.at(slot).lots.open.iter();
        let first =
            open.filter(|lot| lot.terms.expires_at_us > at_us && order.draws_first.contains(&(slot, lot.number)));
        first.map(|lot| lot.amount).sum()
    };
    let mut taken: Vec<i64> = wallets.iter().map(|(slot, _)| take(of_first(*slot))).collect();
    for ((slot, _), taken) in wallets.iter().zip(&mut taken) {
        *taken += take(accounts.at(*slot).available(at_us) - *taken);
    }
    let mut is_first = true;
    for ((slot, leg), taken) in wallets.into_iter().zip(taken).filter(|(_, taken)| *taken > 0) {
        // The first entry has the order's own id, wherever it draws from: by that the order is known again.
        let id = if is_first { order.id } else { order.id.leg(leg) };
        entries.push(transfer(accounts, order, id, (slot, taken), at_us));
        is_first = false;
    }
    if left > 0 {
        // Its owner owes now, which the wallet must say even where nothing was taken from it.
        accounts.standings[order.debit].changed = true;
        let id = if is_first { order.id } else { order.id.debt() };
        entries.push(transfer(accounts, order, id, (debt, left), at_us));
    }
}

/// Gives back what was taken: what is owed by now is owed no longer, and the rest goes into the lots that it came out of.
/// What came out of none of them and was paid down since is a lot without an end, for nobody knows any more what paid it.
pub(super) fn give_back(accounts: &mut Accounts, order: &Order, at_us: i64, entries: &mut Vec<Entry>) {
    let wallet = accounts.at(order.credit);
    let owed = wallet.debt.map_or(0, |debt| -accounts.at(debt).totals.balance());
    let forgiven = owed.min(order.amount);
    let mut skip = forgiven;
    let mut anew = 0;
    let mut lots: Vec<(Slot, Vec<Lot>)> = Vec::new();
    for part in &order.undoes {
        let skipped = skip.min(part.amount());
        skip -= skipped;
        match part.of(part.amount() - skipped) {
            Taken::Lot(_, Lot { amount: 0, .. }) => {}
            Taken::Lot(slot, lot) if slot == order.credit || wallet.beside.contains(&slot) => {
                match lots.iter_mut().find(|(known, _)| *known == slot) {
                    Some((_, parts)) => put_together(parts, lot),
                    None => lots.push((slot, vec![lot])),
                }
            }
            other => anew += other.amount(),
        }
    }
    let debt = wallet.debt.filter(|_| forgiven > 0);
    let usual = Fill::New(Terms::default());
    let forgiven = debt.map(|debt| (debt, forgiven, order.code, usual.clone()));
    let anew = (anew > 0).then_some((order.credit, anew, order.code, usual));
    let back = lots.into_iter().map(|(slot, parts)| {
        let amount = parts.iter().map(|part| part.amount).sum();
        (slot, amount, TransferCode::ClawBackReversal, Fill::Back(parts))
    });
    let all = forgiven.into_iter().chain(anew).chain(back);
    for ((credit, amount, code, fill), leg) in all.zip(BESIDE_LEG - 1..) {
        // The first entry has the order's own id: by that the order is known again.
        let id = if leg < BESIDE_LEG { order.id } else { order.id.leg(leg) };
        let part = Order {
            fill,
            ..Order::new(id, order.debit, credit, amount, code)
        };
        entries.push(transfer(accounts, &part, id, (order.debit, amount), at_us));
    }
    // Its owner may owe nothing now, which the wallet must say even where nothing came into it.
    accounts.standings[order.credit].changed = true;
}

/// Adds a part of a lot to others of the same wallet.
fn put_together(parts: &mut Vec<Lot>, lot: Lot) {
    match parts.iter_mut().find(|part| part.number == lot.number) {
        Some(part) => part.amount += lot.amount,
        None => parts.push(lot),
    }
}
