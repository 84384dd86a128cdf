//! What is taken from all wallets of an owner at once, and how it goes back to where it was taken from. Whatever else moves
//! value is none of this.

use super::{Accounts, BESIDE_MAX, Entry, Fill, Order, Slot, transfer};
use crate::lots::{Lot, Terms};
use crate::transfer::{TransferCode, TransferId};

/// Takes what there is from the wallet, then from those beside it: out of all of them first the lots that are drawn from
/// first. The rest is owed. Wallets with such lots come first, so that what was taken last can be told from the entries.
pub(super) fn take_all(accounts: &mut Accounts, order: &Order, debt: Slot, at_us: i64, entries: &mut Vec<Entry>) {
    let beside = accounts.at(order.debit).beside.iter().copied();
    let beside = beside.filter(|slot| *slot != order.credit);
    let wallets = std::iter::once(order.debit).chain(beside);
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
    let named: Vec<(Slot, i64)> = wallets.map(|slot| (slot, take(of_first(slot)))).collect();
    let more = |(slot, named)| (slot, named, take(accounts.at(slot).available(at_us) - named));
    let mut parts: Vec<(Slot, i64, i64)> = named.into_iter().map(more).collect();
    parts.sort_by_key(|(_, named, _)| *named == 0);
    let parts = parts.into_iter().map(|(slot, named, more)| (slot, named + more));
    let before = entries.len();
    for ((slot, taken), id) in parts.filter(|(_, taken)| *taken > 0).zip(ids(order)) {
        entries.push(transfer(accounts, order, id, (slot, taken), at_us));
    }
    if left > 0 {
        // Its owner owes now, which the wallet must say even where nothing was taken from it.
        accounts.standings[order.debit].changed = true;
        let is_first = entries.len() == before;
        let id = if is_first { order.id } else { order.id.debt() };
        entries.push(transfer(accounts, order, id, (debt, left), at_us));
    }
}

/// Gives back what was taken: what is owed by now is owed no longer, and the rest goes into the lots that it came out of. What
/// came out of none that is known, or out of more wallets than one order can reach, is a lot without an end.
pub(super) fn give_back(accounts: &mut Accounts, order: &Order, at_us: i64, entries: &mut Vec<Entry>) {
    let wallet = accounts.at(order.credit);
    let owed = wallet.debt.map_or(0, |debt| -accounts.at(debt).totals.balance());
    let forgiven = owed.min(order.amount);
    let mut anew = order.amount - forgiven;
    let mut lots: Vec<(Slot, Vec<Lot>)> = Vec::new();
    for (slot, lot) in &order.undoes {
        let amount = lot.amount.min(anew);
        if amount == 0 {
            break;
        }
        let part = Lot { amount, ..*lot };
        match lots.iter().position(|(known, _)| known == slot) {
            Some(at) => put_together(&mut lots[at].1, part),
            None if lots.len() < BESIDE_MAX => lots.push((*slot, vec![part])),
            None => continue,
        }
        anew -= amount;
    }
    let debt = wallet.debt.filter(|_| forgiven > 0);
    let usual = Fill::New(Terms::default());
    let forgiven = debt.map(|debt| (debt, forgiven, order.code, usual.clone()));
    let anew = (anew > 0).then_some((order.credit, anew, order.code, usual));
    let back = lots.into_iter().map(|(slot, parts)| {
        let amount = parts.iter().map(|part| part.amount).sum();
        (slot, amount, TransferCode::ClawBackReversal, Fill::Back(parts))
    });
    // Last, so that whoever reads the entries in their order knows by then what is left of what was taken.
    let all = forgiven.into_iter().chain(back).chain(anew);
    for ((credit, amount, code, fill), id) in all.zip(ids(order)) {
        let part = Order {
            fill,
            ..Order::new(id, order.debit, credit, amount, code)
        };
        entries.push(transfer(accounts, &part, id, (order.debit, amount), at_us));
    }
    // Its owner may owe nothing now, which the wallet must say even where nothing came into it.
    accounts.standings[order.credit].changed = true;
}

/// The ids of what an order comes to. The first entry has the order's own, by which the order is known again.
fn ids(order: &Order) -> impl Iterator<Item = TransferId> {
    let others = TransferId::REPAYMENT_LEG + 1..=u8::MAX;
    let id = order.id;
    std::iter::once(id).chain(others.map(move |leg| id.leg(leg)))
}

/// Adds a part of a lot to others of the same wallet.
fn put_together(parts: &mut Vec<Lot>, lot: Lot) {
    match parts.iter_mut().find(|part| part.number == lot.number) {
        Some(part) => part.amount += lot.amount,
        None => parts.push(lot),
    }
}
