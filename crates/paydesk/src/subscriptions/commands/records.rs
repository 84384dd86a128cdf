//! Commands and slots in the store.

use store::{Error, Result, Row, Tx};

use super::{Command, Refusal, Status};
use crate::idempotency::Action;
use crate::ids::UserId;

/// A look that will not come.
const NEVER_US: i64 = i64::MAX;

/// Every query of whole commands, with its own end.
macro_rules! select_command {
    ($end:literal) => {
        concat!(
            "select command_id, user_id, subscription_id, wanted, status, refusal, created_at_us, request_fingerprint
             from subscription_command ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Command> {
    let corrupt = |what: &str| Error::Corrupt(format!("subscription command: {what}"));
    let refusal = row.opt_text(5)?;
    let refusal: Option<Refusal> = refusal
        .map(|text| serde_json::from_str(&text).map_err(|_| corrupt("refusal")))
        .transpose()?;
    Ok(Command {
        command_id: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        subscription_id: row.opt_text(2)?,
        wanted: serde_json::from_str(row.text_ref(3)?).map_err(|_| corrupt("wanted"))?,
        status: Status::of_word(row.text_ref(4)?).ok_or_else(|| corrupt("status"))?,
        refusal,
        created_at_us: row.int(6)?,
    })
}

/// One command by its id.
pub(super) fn command(tx: &mut Tx<'_>, command_id: &str) -> Result<Option<Command>> {
    let row = tx.one(select_command!("where command_id = $1"), &[command_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// The command that a request made, with the fingerprint of what was asked.
pub(super) fn of_request(tx: &mut Tx<'_>, request_id: &[u8]) -> Result<Option<(Command, Vec<u8>)>> {
    let row = tx.one(select_command!("where request_id = $1"), &[request_id.into()])?;
    row.map(|row| Ok((decode(&row)?, row.blob(7)?))).transpose()
}

/// The command about a subscription that is under way.
pub(super) fn underway(tx: &mut Tx<'_>, subscription_id: &str) -> Result<Option<Command>> {
    let row = tx.one(
        select_command!("where subscription_id = $1 and status = 'created'"),
        &[subscription_id.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// Writes a command, of a request where it has a key. It is looked after from `next_check_at_us` on.
pub(super) fn insert(tx: &mut Tx<'_>, command: &Command, action: Option<&Action>, next_check_at_us: i64) -> Result<()> {
    let wanted = serde_json::to_string(&command.wanted).expect("a command is made of strings and numbers");
    tx.run(
        "insert into subscription_command (command_id, user_id, subscription_id, wanted, status, request_id,
                                           request_fingerprint, created_at_us, next_check_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            command.command_id.as_str().into(),
            command.user_id.as_str().into(),
            command.subscription_id.as_deref().into(),
            wanted.into(),
            command.status.word().into(),
            action.map(|action| &action.id[..]).into(),
            action.map(|action| &action.fingerprint[..]).into(),
            command.created_at_us.into(),
            next_check_at_us.into(),
        ],
    )
    .map_err(|error| match error {
        // Another one is written in this very moment; the same request or the next look finds it.
        Error::Conflict { .. } => Error::Busy,
        other => other,
    })?;
    Ok(())
}

/// Notes how a command ended. One that has ended stays as it is.
pub(super) fn end(tx: &mut Tx<'_>, command: &Command) -> Result<()> {
    let refusal = command
        .refusal
        .as_ref()
        .map(|refusal| serde_json::to_string(refusal).expect("a refusal is made of strings"));
    tx.run(
        "update subscription_command set status = $2, refusal = $3, subscription_id = $4, next_check_at_us = $5
         where command_id = $1 and status = 'created'",
        &[
            command.command_id.as_str().into(),
            command.status.word().into(),
            refusal.into(),
            command.subscription_id.as_deref().into(),
            NEVER_US.into(),
        ],
    )?;
    Ok(())
}

/// Claims commands whose time has come, and sets when each comes again.
pub(super) fn claim(tx: &mut Tx<'_>, now_us: i64, again_at_us: i64, limit: i64) -> Result<Vec<Command>> {
    let claimed = tx.all(
        "update subscription_command set next_check_at_us = $2
         where command_id in (select command_id from subscription_command
                              where status = 'created' and next_check_at_us <= $1
                              order by next_check_at_us limit $3 for update skip locked)
         returning command_id, user_id, subscription_id, wanted, status, refusal, created_at_us",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    claimed.iter().map(decode).collect()
}

/// A user's slot in a group of plans.
pub(super) struct Slot {
    /// Who has it: a purchase or a command; empty where nobody ever had.
    pub(super) holder_id: String,
    /// The subscription that came of it.
    pub(super) subscription_id: Option<String>,
}

/// Locks a user's slot in a group of plans.
pub(super) fn lock_slot(tx: &mut Tx<'_>, user_id: &UserId, group: &str) -> Result<Slot> {
    tx.run(
        "insert into subscription_slot (user_id, plan_group, holder_id, trial_days, begun) values ($1, $2, '', 0, 0)
         on conflict (user_id, plan_group) do nothing",
        &[user_id.as_str().into(), group.into()],
    )?;
    let row = tx.one(
        "select holder_id, subscription_id from subscription_slot where user_id = $1 and plan_group = $2 for update",
        &[user_id.as_str().into(), group.into()],
    )?;
    let row = row.ok_or_else(|| Error::Corrupt("subscription slot: a row that was written is not there".into()))?;
    Ok(Slot {
        holder_id: row.text(0)?,
        subscription_id: row.opt_text(1)?,
    })
}

/// Gives a slot to somebody, whose trial lasts so many days if none of the group began before.
pub(super) fn take_slot(
    tx: &mut Tx<'_>,
    (user_id, group): (&UserId, &str),
    holder_id: &str,
    trial_days: i64,
) -> Result<i64> {
    let row = tx.one(
        "update subscription_slot
         set holder_id = $3, subscription_id = null,
             begun = case when subscription_id is null then begun else 1 end,
             trial_days = case when begun = 1 or subscription_id is not null
                                    or exists (select 1 from subscription
                                               where subscription.user_id = $1 and subscription.plan_group = $2)
                               then 0 else $4 end
         where user_id = $1 and plan_group = $2
         returning trial_days",
        &[
            user_id.as_str().into(),
            group.into(),
            holder_id.into(),
            trial_days.into(),
        ],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Days of trial of whoever has a slot.
pub(super) fn trial_days_of(tx: &mut Tx<'_>, holder_id: &str) -> Result<i64> {
    let row = tx.one(
        "select trial_days from subscription_slot where holder_id = $1",
        &[holder_id.into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Notes the subscription that came of whoever has a slot.
pub(super) fn note_begun(tx: &mut Tx<'_>, holder_id: &str, subscription_id: &str) -> Result<()> {
    tx.run(
        "update subscription_slot set subscription_id = $2 where holder_id = $1",
        &[holder_id.into(), subscription_id.into()],
    )?;
    Ok(())
}
