//! Holds held against the books: each against its transfers, and all open ones against what is set aside.

use std::collections::{BTreeMap, HashMap};

use ledger::{AccountKey, Role, TransferId, write_lots};
use store::{Result, Tx};

use super::{Hold, Status, records};
use crate::books::{self, Audit, Told};

/// Holds read at a time.
const CHUNK: i64 = 1024;

/// Notes every hold that says something else than its transfers, and every account that holds something else than its open
/// holds.
pub fn audit(tx: &mut Tx<'_>, audit: &mut Audit) -> Result<()> {
    let mut open: BTreeMap<AccountKey, i64> = BTreeMap::new();
    let mut count = 0;
    let mut after = String::new();
    loop {
        let chunk = records::holds_after(tx, &after, CHUNK)?;
        let Some(last) = chunk.last() else { break };
        after.clone_from(&last.hold_id);
        count += chunk.len() as u64;
        let keys = chunk.iter().flat_map(|hold| transfer_keys(hold).into_iter());
        let ids: Vec<TransferId> = keys.map(|key| books::transfer_id(&key)).collect();
        let told = books::told(tx, &ids)?;
        for hold in &chunk {
            if let Some(what) = difference(hold, &told) {
                audit.note(|| format!("hold {}: {what}", hold.hold_id));
            }
            if hold.status == Status::Held {
                let sum = open.entry(hold.held()).or_default();
                *sum = sum.saturating_add(hold.amount);
            }
        }
    }
    if count != audit.holds {
        let posted = audit.holds;
        audit.note(|| format!("holds: {count} are there, but credits were set aside {posted} times"));
    }
    let held = std::mem::take(&mut audit.held);
    for key in open.keys().chain(held.keys().filter(|key| !open.contains_key(key))) {
        let (says, holds) = (open.get(key).copied(), held.get(key).copied());
        if says != holds {
            let (says, holds) = (says.unwrap_or_default(), holds.unwrap_or_default());
            audit.note(|| format!("account {key}: it holds {holds}, but its open holds come to {says}"));
        }
    }
    audit.held = held;
    Ok(())
}

/// The business keys of the transfers that a hold may have made: when it was placed, captured and given back.
fn transfer_keys(hold: &Hold) -> [String; 3] {
    ["hold", "capture", "release"].map(|word| format!("{word}:{}", hold.hold_id))
}

/// What a transfer of a hold must say.
struct Wanted {
    debit: AccountKey,
    credit: AccountKey,
    amount: i64,
    at_us: Option<i64>,
}

/// What a hold says that its transfers do not.
fn difference(hold: &Hold, told: &HashMap<TransferId, Told>) -> Option<String> {
    let spent = AccountKey::credits(Role::Spent);
    let rest = match hold.status {
        Status::Held => 0,
        Status::Captured | Status::Released | Status::Expired => hold.amount.saturating_sub(hold.captured),
    };
    let wanted = |debit, credit, amount, at_us| Wanted {
        debit,
        credit,
        amount,
        at_us,
    };
    let transfers = [
        wanted(hold.wallet(), hold.held(), hold.amount, Some(hold.created_at_us)),
        wanted(hold.held(), spent, hold.captured, hold.ended_at_us),
        wanted(hold.held(), hold.wallet(), rest, hold.ended_at_us),
    ];
    for (key, wanted) in transfer_keys(hold).iter().zip(&transfers) {
        let found = told.get(&books::transfer_id(key));
        let fits = match found {
            None => wanted.amount == 0,
            Some(told) => {
                told.amount == wanted.amount
                    && Some(told.posted_at_us) == wanted.at_us
                    && told.debit == wanted.debit.to_string()
                    && told.credit == wanted.credit.to_string()
            }
        };
        if !fits {
            return Some(format!("the transfer {key} says something else"));
        }
    }
    let placed = told.get(&books::transfer_id(&transfer_keys(hold)[0]))?;
    if placed.memo.as_ref() != Some(&hold.reason) {
        return Some("it was made for another reason".to_owned());
    }
    if placed.drawn.as_deref() != Some(&write_lots(&hold.drawn)) {
        return Some("it was drawn from other lots".to_owned());
    }
    end_difference(hold).map(str::to_owned)
}

/// What cannot be in how a hold ended. Its time comes before whatever else is asked of it.
fn end_difference(hold: &Hold) -> Option<&'static str> {
    let in_time = hold.ended_at_us.is_none_or(|ended_us| ended_us < hold.expires_at_us);
    match hold.status {
        _ if hold.expires_at_us <= hold.created_at_us => Some("its time was over before it was made"),
        Status::Held if hold.ended_at_us.is_some() => Some("it has ended and is held"),
        Status::Captured if hold.captured == 0 => Some("it was captured and nothing was used"),
        Status::Released | Status::Expired | Status::Held if hold.captured != 0 => {
            Some("some of it was used and it was not captured")
        }
        Status::Captured | Status::Released if !in_time => Some("it was ended after its time was over"),
        Status::Expired if in_time => Some("it has expired before its time was over"),
        Status::Held | Status::Captured | Status::Released | Status::Expired => None,
    }
}
