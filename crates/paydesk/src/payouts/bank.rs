//! Payouts to banks: how far the money that a builder was transferred is on its way from their connected account. Stripe
//! makes them; here they are only told of. Nothing in the books follows from one.

use std::collections::BTreeMap;

use serde_json::json;
use store::{Error, Result, Tx};

use super::Told;
use super::records::bank as records;
use super::rules::bank::{Payout, Status};
use crate::clock::{Moment, SECOND_US};
use crate::courier::{self, Kind, Message};
use crate::ids::UserId;

/// Takes in what events tell of payouts. Those of accounts that are not ours are left alone. Its owner is told, once, of one
/// that came back.
pub(super) fn take_in(tx: &mut Tx<'_>, now_us: i64, told: &[Told]) -> Result<()> {
    let mut payouts: BTreeMap<&str, (&str, Payout)> = BTreeMap::new();
    for one in told {
        let Some(payout) = &one.payout else { continue };
        let known = payouts.remove(payout.payout_id.as_str());
        let further = match known {
            Some((_, known)) => known.or_further(payout.clone()),
            None => payout.clone(),
        };
        payouts.insert(&payout.payout_id, (&one.account_id, further));
    }
    if payouts.is_empty() {
        return Ok(());
    }
    let owners = records::owners(tx, payouts.values().map(|(account_id, _)| *account_id))?;
    let known = records::lock(tx, payouts.keys().copied())?;
    let mut messages = Vec::new();
    for (payout_id, (account_id, told)) in payouts {
        let Some(user_id) = owners.get(account_id) else {
            continue;
        };
        let before = known.get(payout_id);
        let after = match before {
            Some(before) => before.clone().or_further(told),
            None => told,
        };
        match before {
            Some(before) if *before == after => {}
            Some(_) => records::update(tx, &after)?,
            None if records::insert(tx, (user_id, account_id), &after)? => {}
            None => return Err(Error::Busy),
        }
        if after.status == Status::Failed {
            // Told once, by its key.
            messages.push(message(user_id, &after));
        }
    }
    courier::tell(tx, now_us, messages)
}

/// What is told of a payout that the bank sent back.
fn message(user_id: &UserId, payout: &Payout) -> Message {
    let data = json!({
        "user_id": user_id,
        "payout_id": payout.payout_id,
        "amount_minor": payout.amount.minor,
        "currency": payout.amount.currency.code(),
        "amount": payout.amount.to_string(),
        "reason": payout.failure_message.as_ref().or(payout.failure_code.as_ref()),
        "created_at": Moment(payout.created_s.saturating_mul(SECOND_US)),
    });
    Message::about(
        &format!("payout_failed:{}", payout.payout_id),
        Kind::PayoutFailed,
        user_id,
        data,
    )
}
