//! Payments held against the books: a wallet is frozen for as many reasons as payments of its owner say.

use std::collections::BTreeMap;

use ledger::AccountKey;
use store::{Result, Tx};

use super::records::payments;
use crate::books::Audit;
use crate::credits;

/// Payments read at a time.
const CHUNK: i64 = 4096;

/// Notes every wallet that is frozen for more or fewer reasons than there are.
pub fn audit(tx: &mut Tx<'_>, audit: &mut Audit) -> Result<()> {
    let mut reasons: BTreeMap<AccountKey, i64> = BTreeMap::new();
    let mut after = String::new();
    loop {
        let chunk = payments::freezes_after(tx, &after, CHUNK)?;
        let Some((last, _)) = chunk.last() else { break };
        after.clone_from(last);
        for user_id in chunk.into_iter().filter_map(|(_, frozen)| frozen) {
            *reasons.entry(credits::wallet(&user_id, None)).or_default() += 1;
        }
    }
    let frozen = std::mem::take(&mut audit.frozen);
    for key in reasons
        .keys()
        .chain(frozen.keys().filter(|key| !reasons.contains_key(key)))
    {
        let count = |from: &BTreeMap<AccountKey, i64>| from.get(key).copied().unwrap_or_default();
        let (right, stored) = (count(&reasons), count(&frozen));
        if right != stored {
            audit.note(|| format!("account {key}: it is frozen {stored} times, but {right} payments freeze it"));
        }
    }
    audit.frozen = frozen;
    Ok(())
}
