//! Orders in the store.

use store::{Error, Result, Row, Tx};

use super::{Order, Status};
use crate::ids::UserId;

fn decode(row: &Row) -> Result<Order> {
    let corrupt = |what: &str| Error::Corrupt(format!("order: {what}"));
    Ok(Order {
        order_id: row.text(0)?,
        user_id: UserId::parse(&row.text(1)?).ok_or_else(|| corrupt("user_id"))?,
        package_id: row.text(2)?,
        fields: serde_json::from_str(&row.text(3)?).map_err(|_| corrupt("fields"))?,
        status: Status::of_word(&row.text(4)?).ok_or_else(|| corrupt("status"))?,
        purchase_id: row.opt_text(5)?,
        created_at_us: row.int(6)?,
        updated_at_us: row.int(7)?,
    })
}

/// Every query of whole orders, with its own end.
macro_rules! select_order {
    ($end:literal) => {
        concat!(
            "select order_id, user_id, package_id, fields, status, purchase_id, created_at_us, updated_at_us
             from customer_order ",
            $end
        )
    };
}

/// One order.
pub fn order(tx: &mut Tx<'_>, order_id: &str) -> Result<Option<Order>> {
    tx.one(select_order!("where order_id = $1"), &[order_id.into()])?
        .as_ref()
        .map(decode)
        .transpose()
}

/// One order, locked until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, order_id: &str) -> Result<Option<Order>> {
    tx.one(select_order!("where order_id = $1 for update"), &[order_id.into()])?
        .as_ref()
        .map(decode)
        .transpose()
}

/// A page of a user's orders, newest first, before the one named.
pub(super) fn orders_of_user(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Order>> {
    let rows = tx.all(
        select_order!("where user_id = $1 and order_id < $2 order by order_id desc limit $3"),
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A page of a user's orders of one status, newest first, before the one named.
pub(super) fn orders_of_user_in(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    status: Status,
    before: &str,
    limit: i64,
) -> Result<Vec<Order>> {
    let rows = tx.all(
        select_order!("where user_id = $1 and order_id < $2 and status = $4 order by order_id desc limit $3"),
        &[
            user_id.as_str().into(),
            before.into(),
            limit.into(),
            status.word().into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}

/// The orders of a user that changed last, the newest change first.
pub fn latest(tx: &mut Tx<'_>, user_id: &UserId, limit: i64) -> Result<Vec<Order>> {
    let rows = tx.all(
        select_order!("where user_id = $1 order by updated_at_us desc, order_id desc limit $2"),
        &[user_id.as_str().into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A page of all users' orders of one status, newest first, before the one named.
pub(super) fn orders_in(tx: &mut Tx<'_>, status: Status, before: &str, limit: i64) -> Result<Vec<Order>> {
    let rows = tx.all(
        select_order!("where status = $1 and order_id < $2 order by order_id desc limit $3"),
        &[status.word().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Writes a new order.
pub(super) fn insert(tx: &mut Tx<'_>, order: &Order) -> Result<()> {
    let fields = serde_json::Value::Object(order.fields.clone()).to_string();
    tx.run(
        "insert into customer_order (order_id, user_id, package_id, fields, status, purchase_id, created_at_us, updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            order.order_id.as_str().into(),
            order.user_id.as_str().into(),
            order.package_id.as_str().into(),
            fields.into(),
            order.status.word().into(),
            order.purchase_id.clone().into(),
            order.created_at_us.into(),
            order.updated_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Writes a new status, with the purchase that brought it.
pub(super) fn set_status(
    tx: &mut Tx<'_>,
    now_us: i64,
    order_id: &str,
    purchase_id: &str,
    status: Status,
) -> Result<()> {
    tx.run(
        "update customer_order set status = $2, purchase_id = $3, updated_at_us = $4 where order_id = $1",
        &[order_id.into(), status.word().into(), purchase_id.into(), now_us.into()],
    )?;
    Ok(())
}
