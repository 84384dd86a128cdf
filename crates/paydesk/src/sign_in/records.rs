//! Operators, links and sessions in the store.

use store::{Error, Result, Row, Tx};

use super::{Holder, Role, Session};
use crate::ids::UserId;

/// Somebody who works at the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Their id, `op_…`, under which their deeds are recorded.
    pub operator_id: String,
    /// What they are called; one person's.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When they were first invited.
    pub created_at_us: i64,
    /// From when on they may not sign in.
    pub shut_out_at_us: Option<i64>,
}

/// Reads an operator from five columns, the first of which is this one.
fn operator(row: &Row, first: usize) -> Result<Operator> {
    let role = row.text_ref(first + 2)?.parse();
    Ok(Operator {
        operator_id: row.text(first)?,
        name: row.text(first + 1)?,
        role: role.map_err(|_| Error::Corrupt("operator: role".to_owned()))?,
        created_at_us: row.int(first + 3)?,
        shut_out_at_us: row.opt_int(first + 4)?,
    })
}

/// Everybody, by name.
pub(super) fn operators(tx: &mut Tx<'_>) -> Result<Vec<Operator>> {
    let rows = tx.all(
        "select operator_id, name, role, created_at_us, shut_out_at_us from operator order by name",
        &[],
    )?;
    rows.iter().map(|row| operator(row, 0)).collect()
}

/// The one of this name, locked until the transaction ends.
pub(super) fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Option<Operator>> {
    let row = tx.one(
        "select operator_id, name, role, created_at_us, shut_out_at_us from operator where name = $1 for update",
        &[name.into()],
    )?;
    row.map(|row| operator(&row, 0)).transpose()
}

/// Writes an operator down, new or changed.
pub(super) fn keep(tx: &mut Tx<'_>, operator: &Operator) -> Result<()> {
    tx.run(
        "insert into operator (operator_id, name, role, created_at_us, shut_out_at_us) values ($1, $2, $3, $4, $5)
         on conflict (operator_id) do update set role = excluded.role, shut_out_at_us = excluded.shut_out_at_us",
        &[
            operator.operator_id.as_str().into(),
            operator.name.as_str().into(),
            operator.role.as_str().into(),
            operator.created_at_us.into(),
            operator.shut_out_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Keeps a link.
pub(super) fn keep_link(tx: &mut Tx<'_>, hash: &[u8; 32], operator_id: &str, ends_at_us: i64) -> Result<()> {
    tx.run(
        "insert into sign_in_link (secret_hash, operator_id, ends_at_us) values ($1, $2, $3)",
        &[hash.to_vec().into(), operator_id.into(), ends_at_us.into()],
    )?;
    Ok(())
}

/// Uses up a link that is good, and says whose it was.
pub(super) fn take_link(tx: &mut Tx<'_>, hash: &[u8; 32], now_us: i64) -> Result<Option<Operator>> {
    let row = tx.one(
        "select operator.operator_id, operator.name, operator.role, operator.created_at_us, operator.shut_out_at_us
         from sign_in_link join operator on operator.operator_id = sign_in_link.operator_id
         where sign_in_link.secret_hash = $1 and sign_in_link.ends_at_us > $2 and operator.shut_out_at_us is null",
        &[hash.to_vec().into(), now_us.into()],
    )?;
    let taken = tx.run(
        "delete from sign_in_link where secret_hash = $1",
        &[hash.to_vec().into()],
    )?;
    match row {
        Some(row) if taken == 1 => Ok(Some(operator(&row, 0)?)),
        _ => Ok(None),
    }
}

/// Keeps a session.
pub(super) fn begin(tx: &mut Tx<'_>, hash: &[u8; 32], session: &Session, now_us: i64) -> Result<()> {
    let (operator_id, user_id) = match &session.holder {
        Holder::Operator(operator) => (Some(operator.operator_id.as_str()), None),
        Holder::User(user_id) => (None, Some(user_id.as_str())),
    };
    tx.run(
        "insert into browser_session (secret_hash, operator_id, user_id, began_at_us, ends_at_us)
         values ($1, $2, $3, $4, $5)",
        &[
            hash.to_vec().into(),
            operator_id.into(),
            user_id.into(),
            now_us.into(),
            session.ends_at_us.into(),
        ],
    )?;
    Ok(())
}

/// The session with this hash, unless it has ended.
pub(super) fn session(tx: &mut Tx<'_>, hash: &[u8; 32], now_us: i64) -> Result<Option<Session>> {
    let row = tx.one(
        "select browser_session.ends_at_us, browser_session.user_id,
                operator.operator_id, operator.name, operator.role, operator.created_at_us, operator.shut_out_at_us
         from browser_session left join operator on operator.operator_id = browser_session.operator_id
         where browser_session.secret_hash = $1 and browser_session.ends_at_us > $2
           and operator.shut_out_at_us is null",
        &[hash.to_vec().into(), now_us.into()],
    )?;
    row.map(|row| {
        let holder = match row.opt_text_ref(1)? {
            Some(user_id) => Holder::User(
                UserId::parse(user_id).ok_or_else(|| Error::Corrupt("browser_session: user_id".to_owned()))?,
            ),
            None => Holder::Operator(operator(&row, 2)?),
        };
        Ok(Session {
            holder,
            ends_at_us: row.int(0)?,
        })
    })
    .transpose()
}

/// Ends a session.
pub(super) fn end(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<()> {
    tx.run(
        "delete from browser_session where secret_hash = $1",
        &[hash.to_vec().into()],
    )?;
    Ok(())
}

/// Ends every link and every session of an operator.
pub(super) fn end_all(tx: &mut Tx<'_>, operator_id: &str) -> Result<()> {
    tx.run("delete from sign_in_link where operator_id = $1", &[operator_id.into()])?;
    tx.run(
        "delete from browser_session where operator_id = $1",
        &[operator_id.into()],
    )?;
    Ok(())
}

/// Forgets what has ended.
pub(super) fn clear_ended(tx: &mut Tx<'_>, now_us: i64) -> Result<()> {
    tx.run("delete from sign_in_link where ends_at_us <= $1", &[now_us.into()])?;
    tx.run("delete from browser_session where ends_at_us <= $1", &[now_us.into()])?;
    Ok(())
}
