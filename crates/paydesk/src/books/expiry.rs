//! Credits whose time is over: a transfer like any other (breakage), posted by a job, and before anything else that
//! touches the wallet. So a job that was late changes nothing but the time of the transfer.

use ledger::{AccountKey, Accounts, Order, Role, Slot};
use store::{Result, Tx};

use super::Written;
use super::movement::transfer_id;
use super::records::{
    self,
    accounts::{self, Kept},
};

/// Where expired credits go.
pub(super) fn expired() -> AccountKey {
    AccountKey::credits(Role::Expired)
}

/// Whether a wallet must be looked through for lots that have ended.
pub(super) fn is_due(kept: &Kept, now_us: i64) -> bool {
    kept.lots.none_expires_before_us <= now_us
}

/// Posts what has ended in the wallets that were read.
pub(super) fn expire(accounts: &mut Accounts, kept: &[Kept], now_us: i64) -> Vec<Written> {
    let due: Vec<Slot> = (0..kept.len()).filter(|slot| is_due(&kept[*slot], now_us)).collect();
    let Some(expired) = accounts.slot(&expired()) else {
        return Vec::new();
    };
    let mut written = Vec::new();
    for slot in due {
        let wallet = accounts.at(slot);
        let ended = wallet.lots.open.iter().filter(|lot| lot.terms.expires_at_us <= now_us);
        let ended: Vec<ledger::Lot> = ended.copied().collect();
        let key = wallet.key.to_string();
        for lot in ended {
            // A lot that was given back after it had ended ends once more, so its number alone does not tell the two apart.
            let made = wallet_debits(accounts, slot);
            let business_key = format!("expire:{key}:{}:{made}", lot.number);
            let mut order = Order::new(
                transfer_id(&business_key),
                slot,
                expired,
                lot.amount,
                ledger::TransferCode::Expire,
            );
            order.draws_first = vec![(slot, lot.number)];
            // A total that is full keeps what has ended where it is; it cannot be drawn there either.
            let Ok(entry) = ledger::expire(accounts, &order) else {
                continue;
            };
            written.push(Written {
                entry,
                business_key: Some(business_key),
                request_fingerprint: None,
                memo: None,
                made_by: None,
                event_id: 0,
            });
        }
    }
    written
}

fn wallet_debits(accounts: &Accounts, slot: Slot) -> i64 {
    accounts.at(slot).totals.debits_posted
}

/// Sets the bound of wallets that were looked through to the first end that is left.
pub(super) fn renew_bounds(accounts: &mut Accounts, now_us: i64) {
    let due: Vec<Slot> = accounts
        .iter()
        .filter(|(_, standing)| standing.lots.complete && standing.lots.none_expires_before_us <= now_us)
        .map(|(slot, _)| slot)
        .collect();
    for slot in due {
        let lots = &mut accounts.at_mut(slot).lots;
        let ends = lots.open.iter().map(|lot| lot.terms.expires_at_us);
        lots.none_expires_before_us = ends.min().unwrap_or(ledger::NEVER_US);
        accounts.at_mut(slot).changed = true;
    }
}

/// What a pass through wallets came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ended {
    /// Wallets that were looked through.
    pub wallets: usize,
    /// Lots that were taken out of them.
    pub lots: usize,
}

/// Expires what is due in up to `limit` wallets.
pub fn expire_due(tx: &mut Tx<'_>, now_us: i64, limit: i64) -> Result<Ended> {
    let keys = accounts::due_to_expire(tx, now_us, limit)?;
    if keys.is_empty() {
        return Ok(Ended::default());
    }
    let mut accounts = Accounts::default();
    let kept = accounts::lock_to_expire(tx, &keys, &mut accounts)?;
    let written = expire(&mut accounts, &kept, now_us);
    renew_bounds(&mut accounts, now_us);
    super::assert_balanced(&accounts, &kept);
    records::write(tx, now_us, &written, &accounts, &kept)?;
    Ok(Ended {
        wallets: keys.len(),
        lots: written.len(),
    })
}

/// When the next lot may end, microseconds; `None` where none ever does.
pub fn next_expiry_us(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    accounts::next_expiry_us(tx)
}
