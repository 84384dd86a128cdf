//! Which transfer made a lot, in the store.
//!
//! A lot's row does not say so: it would cost every inflow more than the few questions are worth. Lots are numbered in the
//! order of the transfers that make them, so each is found by halving, all of them at once: a wallet with a long past costs a
//! few steps more than a new one.

use std::collections::{BTreeSet, HashMap};

use store::{Error, Result, Row, Step, Tx, Value};

use super::history::{Passage, passages};
use super::transfers::lots;

/// The last inflow within a span of places.
macro_rules! inflow {
    () => {
        "select position, filled from transfer
         where credit_account_id = $1 and credit_account_id > 0 and code not in ('hold', 'release', 'repay', 'claw_back_reversal')
               and position >= $2 and position <= $3
         order by position desc limit 1"
    };
}

/// A lot, by its wallet's account and its number there.
type LotOf = (i64, i64);

/// Where the transfer that made a lot may still be.
struct Search {
    lot: LotOf,
    low: i64,
    high: i64,
}

impl Search {
    fn middle(&self) -> i64 {
        self.low + (self.high - self.low) / 2
    }

    /// Takes in the last inflow up to the middle. Gives its place where it made the lot.
    fn narrow(&mut self, found: Option<&Row>) -> Result<Option<i64>> {
        let Some(row) = found else {
            self.low = self.middle() + 1;
            return Ok(None);
        };
        let position = row.int(0)?;
        let made = lots(row.opt_text(1)?)?;
        let number = self.lot.1;
        if made.iter().any(|lot| lot.number == number) {
            return Ok(Some(position));
        }
        if made.first().is_some_and(|first| number < first.number) {
            self.high = position - 1;
        } else {
            self.low = self.middle() + 1;
        }
        Ok(None)
    }
}

/// The transfers that made these lots. A lot that none made is a broken store.
pub fn makers(tx: &mut Tx<'_>, wanted: &BTreeSet<LotOf>) -> Result<HashMap<LotOf, Passage>> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let last = tx.one("select coalesce(max(position), 0) from transfer", &[])?;
    let high = last.map_or(Ok(0), |row| row.int(0))?;
    let searches = wanted.iter().map(|lot| Search {
        lot: *lot,
        low: 1,
        high,
    });
    let mut searches: Vec<Search> = searches.collect();
    let mut places: HashMap<LotOf, i64> = HashMap::with_capacity(wanted.len());
    while !searches.is_empty() {
        let probes: Vec<[Value; 3]> = searches
            .iter()
            .map(|search| [search.lot.0.into(), search.low.into(), search.middle().into()])
            .collect();
        let steps: Vec<Step<'_>> = probes.iter().map(|probe| (inflow!(), &probe[..])).collect();
        let found = tx.pipeline(&steps)?;
        for (search, rows) in searches.iter_mut().zip(found) {
            if let Some(position) = search.narrow(rows.first())? {
                places.insert(search.lot, position);
            } else if search.low > search.high {
                let (account_id, lot) = search.lot;
                return Err(Error::Corrupt(format!(
                    "account {account_id}: no transfer made lot {lot}"
                )));
            }
        }
        searches.retain(|search| !places.contains_key(&search.lot));
    }
    let positions: BTreeSet<i64> = places.values().copied().collect();
    let positions: Vec<i64> = positions.into_iter().collect();
    let told = passages(tx, &positions)?.into_iter();
    let told: HashMap<i64, Passage> = told.map(|passage| (passage.position, passage)).collect();
    let maker = |(lot, position): (LotOf, i64)| told.get(&position).map(|passage| (lot, passage.clone()));
    Ok(places.into_iter().filter_map(maker).collect())
}

#[cfg(test)]
mod tests {
    use store::testing::TestDatabase;

    use crate::schema::MIGRATIONS;

    #[tokio::test]
    async fn a_lot_is_looked_for_in_the_index_of_what_came_in() {
        // The other engine plans by statistics, so a scratch table tells nothing about it.
        let database = TestDatabase::sqlite();
        database.store().migrate(MIGRATIONS).await.expect("it is new");
        let plan = database.store().read(|tx| {
            let sql = concat!("explain query plan ", inflow!());
            let rows = tx.all(sql, &[1.into(), 1.into(), 10.into()])?;
            rows.iter().map(|row| row.text(3)).collect::<store::Result<Vec<_>>>()
        });
        let plan = plan.await.expect("the statement is understood");
        assert_eq!(plan.len(), 1, "{plan:?}");
        let search = "SEARCH transfer USING INDEX transfer_credit ";
        assert!(plan[0].starts_with(search), "{plan:?}");
    }
}
