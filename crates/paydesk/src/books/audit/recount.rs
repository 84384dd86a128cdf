//! What the transfers say of each account.

use std::collections::HashMap;

use ledger::{Account, Lot, lots_in};

use super::Audit;
use crate::books::records::audit as records;

/// Accounts that are kept together. Owners' accounts are counted up, so that those of one page are all there.
const PAGE: usize = 256;

/// What the transfers say of one account.
#[derive(Clone, Default)]
pub(super) struct Recomputed {
    pub(super) totals: Account,
    pub(super) lots_made: i64,
    /// What is left of its lots, in the order of their numbers.
    pub(super) lots: Vec<Lot>,
}

impl Recomputed {
    fn is_named(&self) -> bool {
        self.totals != Account::default() || self.lots_made > 0
    }
}

/// What is recomputed on the way through the transfers.
#[derive(Default)]
pub(super) struct Recount {
    pages: HashMap<i64, Box<[Recomputed]>>,
}

impl Recount {
    fn at(&mut self, account_id: i64) -> &mut Recomputed {
        let (page, index) = place(account_id);
        let page = self
            .pages
            .entry(page)
            .or_insert_with(|| vec![Recomputed::default(); PAGE].into_boxed_slice());
        &mut page[index]
    }

    /// What has moved through an account so far.
    pub(super) fn totals(&self, account_id: i64) -> Account {
        let (page, index) = place(account_id);
        self.pages
            .get(&page)
            .map_or(Account::default(), |page| page[index].totals)
    }

    /// Takes an account out, to be compared.
    pub(super) fn take(&mut self, account_id: i64) -> Recomputed {
        let (page, index) = place(account_id);
        let page = self.pages.get_mut(&page);
        page.map(|page| std::mem::take(&mut page[index])).unwrap_or_default()
    }

    /// What was not taken out, in the order of the numbers.
    pub(super) fn rest(self) -> Vec<(i64, Recomputed)> {
        let mut rest: Vec<(i64, Recomputed)> = self
            .pages
            .into_iter()
            .flat_map(|(page, accounts)| {
                let first = page * to_i64(PAGE);
                let numbered = accounts.into_iter().enumerate();
                numbered.map(move |(index, account)| (first + to_i64(index), account))
            })
            .filter(|(_, account)| account.is_named())
            .collect();
        rest.sort_unstable_by_key(|(number, _)| *number);
        rest
    }

    pub(super) fn add(&mut self, transfer: &records::Transfer<'_>, audit: &mut Audit) {
        // What is not positive was noted, and comes to no total.
        if transfer.amount <= 0 {
            return;
        }
        let at = transfer.position;
        let debit = self.at(transfer.debit_account_id);
        let debited = debit.totals.debited(transfer.amount);
        debit.totals = debited.unwrap_or(debit.totals);
        let balance = debit.totals.balance();
        if transfer.debit_balance.is_some_and(|told| told != balance) {
            audit.note(|| format!("transfer {at}: it left the debited account with {balance}, not with what it says"));
        }
        draw(debit, transfer, audit);
        let credit = self.at(transfer.credit_account_id);
        let credited = credit.totals.credited(transfer.amount);
        credit.totals = credited.unwrap_or(credit.totals);
        let balance = credit.totals.balance();
        if transfer.credit_balance.is_some_and(|told| told != balance) {
            audit.note(|| format!("transfer {at}: it left the credited account with {balance}, not with what it says"));
        }
        fill(credit, transfer, audit);
        if debited.is_none() || credited.is_none() {
            audit.note(|| format!("transfer {at}: the totals overflow"));
        }
    }
}

/// Takes the drawn lots out; what was not there is noted.
fn draw(account: &mut Recomputed, transfer: &records::Transfer<'_>, audit: &mut Audit) {
    let at = transfer.position;
    each_part(transfer, transfer.drawn, audit, |lot, audit| {
        account.lots_made = account.lots_made.max(lot.number);
        let Ok(index) = account.lots.binary_search_by_key(&lot.number, |known| known.number) else {
            audit.note(|| {
                format!(
                    "transfer {at}: it was drawn from lot {}, which held nothing",
                    lot.number
                )
            });
            return;
        };
        let known = &mut account.lots[index];
        note_terms(at, known, lot, audit);
        known.amount -= lot.amount;
        if known.amount < 0 {
            audit.note(|| format!("transfer {at}: more was drawn from lot {} than it held", lot.number));
        }
        if known.amount <= 0 {
            account.lots.remove(index);
        }
    });
}

/// Puts the filled lots in.
fn fill(account: &mut Recomputed, transfer: &records::Transfer<'_>, audit: &mut Audit) {
    let at = transfer.position;
    each_part(transfer, transfer.filled, audit, |lot, audit| {
        account.lots_made = account.lots_made.max(lot.number);
        match account.lots.binary_search_by_key(&lot.number, |known| known.number) {
            Ok(index) => {
                let known = &mut account.lots[index];
                note_terms(at, known, lot, audit);
                known.amount = known.amount.saturating_add(lot.amount);
            }
            Err(index) => {
                if account.lots.is_empty() {
                    // Most wallets have one.
                    account.lots.reserve_exact(1);
                }
                account.lots.insert(index, *lot);
            }
        }
    });
}

fn note_terms(at: i64, known: &Lot, lot: &Lot, audit: &mut Audit) {
    if known.terms != lot.terms {
        audit.note(|| format!("transfer {at}: lot {} had another end or priority", lot.number));
    }
}

/// Hands over the parts of lots that a side of a transfer names. What is no text of lots, or does not come to the amount, is
/// noted.
fn each_part(
    transfer: &records::Transfer<'_>,
    text: Option<&str>,
    audit: &mut Audit,
    mut work: impl FnMut(&Lot, &mut Audit),
) {
    let Some(text) = text else { return };
    let at = transfer.position;
    let mut sum = 0_i128;
    for lot in lots_in(text) {
        let Some(lot) = lot else {
            audit.note(|| format!("transfer {at}: {text:?} names no lots"));
            return;
        };
        sum += i128::from(lot.amount);
        work(&lot, audit);
    }
    if sum != i128::from(transfer.amount) {
        audit.note(|| format!("transfer {at}: its lots come to {sum}, not to {}", transfer.amount));
    }
}

fn place(account_id: i64) -> (i64, usize) {
    let size = to_i64(PAGE);
    let index = usize::try_from(account_id.rem_euclid(size)).unwrap_or_default();
    (account_id.div_euclid(size), index)
}

fn to_i64(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
