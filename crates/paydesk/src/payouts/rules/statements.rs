//! What a statement comes to. Pure.

use std::collections::BTreeMap;

use ledger::Currency;

use crate::payouts::{Entry, EntryKind};

/// What a statement comes to in one currency, in minor units.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sums {
    /// The currency.
    pub currency: Currency,
    /// What was owed to the earner before; negative where they owed.
    pub opening_minor: i64,
    /// What was earned.
    pub earned_minor: i64,
    /// What of that was not earned after all.
    pub reversed_minor: i64,
    /// What was transferred.
    pub transferred_minor: i64,
    /// What of that was taken back.
    pub taken_back_minor: i64,
    /// What was owed to them afterwards.
    pub closing_minor: i64,
}

/// Adds up what was owed before a period and the entries within it, by currency.
pub fn sums(owed: &[(Currency, i64)], entries: &[Entry]) -> Vec<Sums> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    let mut of = |currency: Currency, change: &dyn Fn(&mut Sums)| {
        let one = sums.entry(currency.to_string()).or_insert(Sums {
            currency,
            opening_minor: 0,
            earned_minor: 0,
            reversed_minor: 0,
            transferred_minor: 0,
            taken_back_minor: 0,
            closing_minor: 0,
        });
        change(one);
    };
    for (currency, minor) in owed {
        of(*currency, &|one: &mut Sums| {
            one.opening_minor = *minor;
            one.closing_minor = *minor;
        });
    }
    for entry in entries {
        of(entry.currency, &|one: &mut Sums| {
            let size = entry.amount_minor.saturating_abs();
            let field = match entry.kind {
                EntryKind::Earned => &mut one.earned_minor,
                EntryKind::Reversed => &mut one.reversed_minor,
                EntryKind::Transferred => &mut one.transferred_minor,
                EntryKind::TakenBack => &mut one.taken_back_minor,
            };
            *field = field.saturating_add(size);
            one.closing_minor = one.closing_minor.saturating_add(entry.amount_minor);
        });
    }
    let is_empty = |one: &Sums| one.opening_minor == 0 && one.closing_minor == 0 && one.earned_minor == 0;
    let nothing_moved = |one: &Sums| one.reversed_minor == 0 && one.transferred_minor == 0 && one.taken_back_minor == 0;
    sums.into_values()
        .filter(|one| !(is_empty(one) && nothing_moved(one)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_goes_from_what_was_owed_to_what_is_owed() {
        let (usd, jpy): (Currency, Currency) = ("usd".parse().unwrap(), "jpy".parse().unwrap());
        let entry = |currency, kind, amount_minor| Entry {
            key: String::new(),
            line_id: String::new(),
            sale: String::new(),
            currency,
            kind,
            amount_minor,
            at_us: 0,
        };
        let entries = [
            entry(usd, EntryKind::Earned, 5101),
            entry(usd, EntryKind::Reversed, -2551),
            entry(usd, EntryKind::Transferred, -3000),
            entry(usd, EntryKind::TakenBack, 100),
        ];
        let sums = sums(&[(jpy, 0), (usd, 450)], &entries);
        assert_eq!(
            sums,
            [Sums {
                currency: usd,
                opening_minor: 450,
                earned_minor: 5101,
                reversed_minor: 2551,
                transferred_minor: 3000,
                taken_back_minor: 100,
                closing_minor: 100,
            }]
        );
    }
}
