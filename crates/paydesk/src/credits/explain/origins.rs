//! Where lots came from: the transfer that made each, and through moves between wallets back to the first.

use std::collections::BTreeSet;

use ledger::{Lot, TransferCode};
use store::{Result, Tx};

use crate::books::{self, Passage};

/// How far back moves are followed.
const ORIGINS_MAX: usize = 16;

/// A transfer that made a lot.
pub(super) struct Origin {
    /// The account of the wallet that the lot is in.
    pub(super) account_id: i64,
    /// The lot as it began.
    pub(super) lot: Lot,
    /// The transfer.
    pub(super) passage: Passage,
}

/// For each of a wallet's lots, how it came about, the last transfer first. Costs as much for many lots as for one, once for
/// each time that credits were moved.
pub(super) fn trace(tx: &mut Tx<'_>, account_id: i64, lots: &[Lot]) -> Result<Vec<Vec<Origin>>> {
    let mut origins: Vec<Vec<Origin>> = lots.iter().map(|_| Vec::new()).collect();
    // The lots that are looked for, each by the one that it is to explain.
    let mut wanted: Vec<(usize, (i64, i64))> = lots
        .iter()
        .enumerate()
        .map(|(at, lot)| (at, (account_id, lot.number)))
        .collect();
    for _ in 0..ORIGINS_MAX {
        let distinct: BTreeSet<(i64, i64)> = wanted.iter().map(|(_, lot)| *lot).collect();
        let makers = books::makers(tx, &distinct)?;
        let mut before = Vec::new();
        for (at, (account_id, number)) in wanted {
            let Some(passage) = makers.get(&(account_id, number)) else {
                continue;
            };
            let made = &passage.credit.lots;
            let Some(place) = made.iter().position(|lot| lot.number == number) else {
                continue;
            };
            origins[at].push(Origin {
                account_id,
                lot: made[place],
                passage: passage.clone(),
            });
            // A move makes one lot for each that it draws, in their order.
            let source = passage.debit.lots.get(place);
            if let (TransferCode::Move, Some(source)) = (passage.code, source) {
                before.push((at, (passage.debit.account_id, source.number)));
            }
        }
        if before.is_empty() {
            break;
        }
        wanted = before;
    }
    Ok(origins)
}
