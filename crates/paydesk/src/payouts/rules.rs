//! What Stripe's word on a connected account means, and which events are about one. Pure.

pub mod bank;
pub mod shares;
pub mod statements;

use stripe::objects::Account as StripeAccount;
use stripe::{Event, Malformed};

use super::{Account, Status};

/// Events that tell that a connected account has changed. What it is now is read from Stripe.
const ACCOUNTS: [&str; 5] = [
    "account.updated",
    "capability.updated",
    "account.application.deauthorized",
    "account.external_account.created",
    "account.external_account.updated",
];

/// Events that tell how far money is on its way from a connected account to a bank.
const PAYOUTS: [&str; 5] = [
    "payout.created",
    "payout.updated",
    "payout.paid",
    "payout.failed",
    "payout.canceled",
];

/// A minute, in microseconds.
const MINUTE_US: i64 = 60_000_000;
/// How often an account whose owner is being asked is read without an event, and any other.
const LOOK_SOON_US: i64 = 60 * MINUTE_US;
const LOOK_LATE_US: i64 = 7 * 24 * 60 * MINUTE_US;

/// What one event tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// `acct_…`, which is about itself or about a payout of it.
    pub account_id: String,
    /// The payout; where there is none the account is to be read.
    pub payout: Option<bank::Payout>,
}

/// Whether something follows from events of this type about a connected account.
pub fn is_handled(kind: &str) -> bool {
    ACCOUNTS.contains(&kind) || PAYOUTS.contains(&kind)
}

/// Reads an event of a connected account.
pub fn interpret(event: &Event) -> Result<Option<Told>, Malformed> {
    let kind = event.kind.as_str();
    let Some(account_id) = event.account.clone().filter(|_| is_handled(kind)) else {
        return Ok(None);
    };
    if ACCOUNTS.contains(&kind) {
        let payout = None;
        return Ok(Some(Told { account_id, payout }));
    }
    let payout = bank::of_stripe(&event.object()?, event.created)?;
    Ok(payout.map(|payout| Told {
        account_id,
        payout: Some(payout),
    }))
}

/// An account as a read shows it; `None` where it is gone, or not ours to read any more. What is closed stays closed.
pub fn take(before: &Account, seen: Option<&StripeAccount>) -> Account {
    let mut after = before.clone();
    if before.status == Status::Closed {
        return after;
    }
    let Some(account) = seen.filter(|account| !account.deleted) else {
        after.status = Status::Closed;
        after.payouts_enabled = false;
        after.currently_due.clear();
        after.disabled_reason = None;
        return after;
    };
    after.account_id = Some(account.id.clone());
    after.payouts_enabled = account.payouts_enabled == Some(true);
    after.currently_due.clear();
    after.disabled_reason = None;
    if let Some(requirements) = &account.requirements {
        after.currently_due.clone_from(&requirements.currently_due);
        after.disabled_reason.clone_from(&requirements.disabled_reason);
    }
    after.status = if account.receives_transfers() && after.payouts_enabled {
        Status::Enabled
    } else if account.details_submitted == Some(true) {
        Status::Restricted
    } else {
        Status::Onboarding
    };
    after
}

/// When an account is read again where no event tells of it; none where that changes nothing any more.
pub fn next_look_us(account: &Account, now_us: i64) -> Option<i64> {
    match account.status {
        Status::Creating | Status::Onboarding | Status::Restricted => Some(now_us + LOOK_SOON_US),
        Status::Enabled => Some(now_us + LOOK_LATE_US),
        Status::Closed => None,
    }
}

/// Whether a text is a country as Stripe names it.
pub fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stripe::objects::decode;

    use super::*;
    use crate::ids::UserId;

    fn account(status: Status) -> Account {
        Account {
            user_id: UserId::parse("bo").unwrap(),
            intent_id: "pac_1".into(),
            country: None,
            account_id: Some("acct_1".into()),
            status,
            currently_due: vec!["old".into()],
            disabled_reason: Some("old".into()),
            payouts_enabled: true,
            created_at_us: 0,
        }
    }

    #[track_caller]
    fn check(seen: &Value, status: Status, due: &[&str]) {
        let seen: StripeAccount = decode(seen.to_string().as_bytes()).unwrap();
        let after = take(&account(Status::Onboarding), Some(&seen));
        assert_eq!(
            (after.status, after.currently_due),
            (status, due.iter().map(|one| (*one).to_owned()).collect())
        );
    }

    #[test]
    fn an_account_can_be_paid_once_it_takes_transfers_and_pays_out() {
        let mut seen =
            json!({ "id": "acct_1", "details_submitted": false, "requirements": { "currently_due": ["email"] } });
        check(&seen, Status::Onboarding, &["email"]);
        seen["details_submitted"] = json!(true);
        check(&seen, Status::Restricted, &["email"]);
        seen["capabilities"] = json!({ "transfers": "active" });
        check(&seen, Status::Restricted, &["email"]);
        seen["payouts_enabled"] = json!(true);
        seen["requirements"] = json!({});
        check(&seen, Status::Enabled, &[]);
        seen["deleted"] = json!(true);
        check(&seen, Status::Closed, &[]);
    }

    #[test]
    fn what_is_closed_stays_closed() {
        let seen = json!({ "id": "acct_1", "capabilities": { "transfers": "active" }, "payouts_enabled": true });
        let seen: StripeAccount = decode(seen.to_string().as_bytes()).unwrap();
        let gone = take(&account(Status::Enabled), None);
        assert_eq!((gone.status, gone.payouts_enabled), (Status::Closed, false));
        assert_eq!(take(&gone, Some(&seen)), gone);
        assert_eq!(next_look_us(&gone, 1), None);
    }
}
