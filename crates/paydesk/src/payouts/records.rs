//! Connected accounts in the store.

pub(super) mod bank;
pub(super) mod entries;
pub(super) mod lines;
pub(super) mod listing;
pub(super) mod transfers;

use std::collections::BTreeSet;

use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Account, Status, Told};
use crate::ids::UserId;

/// A look that will not come.
pub(super) const NEVER_US: i64 = i64::MAX;

/// Every query of whole accounts, with its own end.
macro_rules! select_account {
    ($end:literal) => {
        concat!(
            "select user_id, intent_id, country, account_id, status, currently_due, disabled_reason, payouts_enabled,
                    created_at_us, read_wanted, read_taken
             from payout_account ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Account> {
    let corrupt = |what: &str| Error::Corrupt(format!("payout account: {what}"));
    Ok(Account {
        user_id: UserId::parse(row.text_ref(0)?).ok_or_else(|| corrupt("user_id"))?,
        intent_id: row.text(1)?,
        country: row.opt_text(2)?,
        account_id: row.opt_text(3)?,
        status: Status::of_word(row.text_ref(4)?).ok_or_else(|| corrupt("status"))?,
        currently_due: serde_json::from_str(row.text_ref(5)?).map_err(|_| corrupt("currently_due"))?,
        disabled_reason: row.opt_text(6)?,
        payouts_enabled: row.flag(7)?,
        created_at_us: row.int(8)?,
    })
}

/// The user's account.
pub(super) fn account(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<Account>> {
    let row = tx.one(select_account!("where user_id = $1"), &[user_id.as_str().into()])?;
    row.as_ref().map(decode).transpose()
}

/// A page of accounts in the order of whose they are, after the one named: all, those of one status, or that of one user.
pub(super) fn page(
    tx: &mut Tx<'_>,
    (user_id, status): (Option<&UserId>, Option<Status>),
    after: Option<&UserId>,
    limit: i64,
) -> Result<Vec<Account>> {
    let word = status.map_or("", Status::word);
    let place = [after.map_or("", UserId::as_str).into(), limit.into()];
    let rows = match (user_id, status) {
        (Some(user_id), _) => {
            let [after, limit] = place;
            tx.all(
                select_account!(
                    "where user_id = $3 and user_id > $1 and ($4 = '' or status = $4) order by user_id limit $2"
                ),
                &[after, limit, user_id.as_str().into(), word.into()],
            )?
        }
        (None, Some(_)) => {
            let [after, limit] = place;
            tx.all(
                select_account!("where status = $3 and user_id > $1 order by user_id limit $2"),
                &[after, limit, word.into()],
            )?
        }
        (None, None) => tx.all(select_account!("where user_id > $1 order by user_id limit $2"), &place)?,
    };
    rows.iter().map(decode).collect()
}

/// An account whose row is held, with the numbers of its reads.
pub(super) struct Locked {
    pub(super) account: Account,
    /// The last wish to read it, or read of it.
    pub(super) wanted: i64,
    /// The read that was taken in last.
    pub(super) taken: i64,
}

/// The user's account, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<Locked>> {
    let row = tx.one(
        select_account!("where user_id = $1 for update"),
        &[user_id.as_str().into()],
    )?;
    let locked = |row: &Row| {
        Ok(Locked {
            account: decode(row)?,
            wanted: row.int(9)?,
            taken: row.int(10)?,
        })
    };
    row.as_ref().map(locked).transpose()
}

/// Writes the intent of an account, where the user has none or only one that is closed.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    now_us: i64,
    user_id: &UserId,
    intent_id: &str,
    country: Option<&str>,
) -> Result<()> {
    tx.run(
        "insert into payout_account (user_id, intent_id, country, status, currently_due, payouts_enabled, read_wanted,
                                     read_taken, read_due_at_us, created_at_us, updated_at_us)
         values ($1, $2, $3, 'creating', '[]', 0, 0, 0, $4, $4, $4)
         on conflict (user_id) do update
         set intent_id = excluded.intent_id, country = excluded.country, status = excluded.status, account_id = null,
             read_due_at_us = excluded.read_due_at_us, created_at_us = excluded.created_at_us,
             updated_at_us = excluded.updated_at_us
         where payout_account.status = 'closed'",
        &[user_id.as_str().into(), intent_id.into(), country.into(), now_us.into()],
    )?;
    Ok(())
}

/// Takes an intent back that Stripe refused: a new attempt has a new key.
pub(super) fn forget(tx: &mut Tx<'_>, account: &Account) -> Result<()> {
    tx.run(
        "delete from payout_account where user_id = $1 and intent_id = $2 and account_id is null",
        &[account.user_id.as_str().into(), account.intent_id.as_str().into()],
    )?;
    Ok(())
}

/// Writes what a read showed. Without `due_at_us` it stays due when it was.
pub(super) fn write(tx: &mut Tx<'_>, now_us: i64, account: &Account, taken: i64, due_at_us: Option<i64>) -> Result<()> {
    tx.run(
        "update payout_account
         set account_id = $2, status = $3, currently_due = $4, disabled_reason = $5, payouts_enabled = $6,
             read_taken = $7, read_due_at_us = coalesce($8, read_due_at_us), updated_at_us = $9
         where user_id = $1",
        &[
            account.user_id.as_str().into(),
            account.account_id.as_deref().into(),
            account.status.word().into(),
            serde_json::json!(account.currently_due).to_string().into(),
            account.disabled_reason.as_deref().into(),
            i64::from(account.payouts_enabled).into(),
            taken.into(),
            due_at_us.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// An account that is taken up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    pub(super) account: Account,
    /// Its number among the wishes and reads of the account.
    pub(super) number: i64,
}

fn claim(row: &Row) -> Result<Claim> {
    Ok(Claim {
        account: decode(row)?,
        number: row.int(9)?,
    })
}

/// Takes up accounts whose time has come, and sets when each comes again if that comes to nothing.
pub(super) fn claim_due(tx: &mut Tx<'_>, now_us: i64, again_at_us: i64, limit: i64) -> Result<Vec<Claim>> {
    let claimed = tx.all(
        "update payout_account set read_due_at_us = $2, read_wanted = read_wanted + 1
         where user_id in (select user_id from payout_account
                           where read_due_at_us < 9223372036854775807 and read_due_at_us <= $1
                           order by read_due_at_us limit $3 for update skip locked)
         returning user_id, intent_id, country, account_id, status, currently_due, disabled_reason, payouts_enabled,
                   created_at_us, read_wanted",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    claimed.iter().map(claim).collect()
}

/// Takes up the user's account now.
pub(super) fn claim_one(tx: &mut Tx<'_>, again_at_us: i64, user_id: &UserId) -> Result<Claim> {
    let claimed = tx.one(
        "update payout_account set read_due_at_us = $2, read_wanted = read_wanted + 1 where user_id = $1
         returning user_id, intent_id, country, account_id, status, currently_due, disabled_reason, payouts_enabled,
                   created_at_us, read_wanted",
        &[user_id.as_str().into(), again_at_us.into()],
    )?;
    let gone = || Error::Corrupt("payout account: it is gone".into());
    claimed.as_ref().map(claim).transpose()?.ok_or_else(gone)
}

/// Wishes to read the accounts that events are about. Accounts of others are left alone.
pub(super) fn want_told(tx: &mut Tx<'_>, now_us: i64, told: &[Told]) -> Result<()> {
    let about_themselves = told.iter().filter(|one| one.payout.is_none());
    let accounts: BTreeSet<&str> = about_themselves.map(|one| one.account_id.as_str()).collect();
    if accounts.is_empty() {
        return Ok(());
    }
    let rows = Rows::of(accounts.into_iter().map(|account_id| [Field::from(account_id)]));
    tx.run(
        "update payout_account set read_wanted = read_wanted + 1, read_due_at_us = $2
         where account_id in (select r.account_id from rows($1: account_id text))",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// Wishes to read the user's account.
pub(super) fn want(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<()> {
    tx.run(
        "update payout_account set read_wanted = read_wanted + 1, read_due_at_us = $2 where user_id = $1",
        &[user_id.as_str().into(), now_us.into()],
    )?;
    Ok(())
}
