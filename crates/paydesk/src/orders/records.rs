//! Orders and their history in the store.

use store::{Error, Result, Row, Tx};

use super::{Change, Delivery, Order, Status};
use crate::ids::UserId;

fn corrupt(what: &str) -> Error {
    Error::Corrupt(format!("order: {what}"))
}

fn status(word: &str) -> Result<Status> {
    Status::of_word(word).ok_or_else(|| corrupt("status"))
}

fn user(id: Option<String>) -> Result<Option<UserId>> {
    let parse = |id: String| UserId::parse(&id).ok_or_else(|| corrupt("user"));
    id.map(parse).transpose()
}

fn decode(row: &Row) -> Result<Order> {
    let links = row.opt_text(10)?;
    let delivery = match (links, row.opt_int(12)?) {
        (Some(links), Some(delivered_at_us)) => Some(Delivery {
            links: serde_json::from_str(&links).map_err(|_| corrupt("links"))?,
            note: row.opt_text(11)?,
            delivered_at_us,
        }),
        _ => None,
    };
    Ok(Order {
        order_id: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        package_id: row.text(2)?,
        fields: serde_json::from_str(row.text_ref(3)?).map_err(|_| corrupt("fields"))?,
        status: status(row.text_ref(4)?)?,
        work: status(row.text_ref(5)?)?,
        purchase_id: row.opt_text(6)?,
        reviewer_id: user(row.opt_text(7)?)?,
        paid_minor: row.int(8)?,
        refunded_minor: row.int(9)?,
        delivery,
        changes: row.int(13)?,
        created_at_us: row.int(14)?,
        updated_at_us: row.int(15)?,
        currency: row.opt_text(16)?,
    })
}

/// Every query of whole orders, with its own end.
macro_rules! select_order {
    ($end:literal) => {
        concat!(
            "select order_id, user_id, package_id, fields, status, work_status, purchase_id, reviewer_id, paid_minor,
                    refunded_minor, delivered_links, delivered_note, delivered_at_us, changes, created_at_us,
                    updated_at_us,
                    (select currency from purchase where purchase.purchase_id = customer_order.purchase_id)
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

/// Which orders are wanted, newest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Whose.
    pub(super) user_id: Option<UserId>,
    /// Who does the work.
    pub(super) reviewer_id: Option<UserId>,
    /// Where they stand.
    pub(super) status: Option<Status>,
    /// What was ordered.
    pub(super) package_id: Option<String>,
}

/// A page of orders, newest first, before the one named. The narrowest of what is asked for leads, by an index of its own;
/// the rest is looked at row by row.
pub(super) fn orders(tx: &mut Tx<'_>, filter: &Filter, before: &str, limit: i64) -> Result<Vec<Order>> {
    let sql = match (&filter.user_id, &filter.reviewer_id, filter.status) {
        (Some(_), ..) => select_order!(
            "where user_id = $1 and order_id < $5 and ($2 = '' or reviewer_id = $2) and ($3 = '' or status = $3)
             and ($4 = '' or package_id = $4) order by order_id desc limit $6"
        ),
        (None, Some(_), _) => select_order!(
            "where reviewer_id = $2 and order_id < $5 and ($1 = '' or user_id = $1) and ($3 = '' or status = $3)
             and ($4 = '' or package_id = $4) order by order_id desc limit $6"
        ),
        (None, None, Some(_)) => select_order!(
            "where status = $3 and order_id < $5 and ($1 = '' or user_id = $1) and ($2 = '' or reviewer_id = $2)
             and ($4 = '' or package_id = $4) order by order_id desc limit $6"
        ),
        (None, None, None) => select_order!(
            "where order_id < $5 and ($1 = '' or user_id = $1) and ($2 = '' or reviewer_id = $2)
             and ($3 = '' or status = $3) and ($4 = '' or package_id = $4) order by order_id desc limit $6"
        ),
    };
    let rows = tx.all(
        sql,
        &[
            filter.user_id.as_ref().map_or("", UserId::as_str).into(),
            filter.reviewer_id.as_ref().map_or("", UserId::as_str).into(),
            filter.status.map_or("", Status::word).into(),
            filter.package_id.as_deref().unwrap_or_default().into(),
            before.into(),
            limit.into(),
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

/// Writes a new order.
pub(super) fn insert(tx: &mut Tx<'_>, order: &Order) -> Result<()> {
    let fields = serde_json::Value::Object(order.fields.clone()).to_string();
    tx.run(
        "insert into customer_order (order_id, user_id, package_id, fields, status, work_status, created_at_us,
                                     updated_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            order.order_id.as_str().into(),
            order.user_id.as_str().into(),
            order.package_id.as_str().into(),
            fields.into(),
            order.status.word().into(),
            order.work.word().into(),
            order.created_at_us.into(),
            order.updated_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Writes what changed of an order and, where that is its status or its reviewer, who changed it and what they said about
/// it. Gives the order as it now stands. The caller holds its row.
pub(super) fn change(
    tx: &mut Tx<'_>,
    now_us: i64,
    before: &Order,
    mut after: Order,
    (by, note): (&str, Option<&str>),
) -> Result<Order> {
    if after == *before {
        return Ok(after);
    }
    after.updated_at_us = now_us;
    if (after.status, &after.reviewer_id) != (before.status, &before.reviewer_id) {
        after.changes += 1;
        note_change(tx, now_us, before, &after, (by, note))?;
    }
    let links = after
        .delivery
        .as_ref()
        .map(|one| serde_json::json!(one.links).to_string());
    let delivery = after.delivery.as_ref();
    tx.run(
        "update customer_order
         set status = $2, work_status = $3, purchase_id = $4, reviewer_id = $5, paid_minor = $6, refunded_minor = $7,
             delivered_links = $8, delivered_note = $9, delivered_at_us = $10, changes = $11, updated_at_us = $12
         where order_id = $1",
        &[
            after.order_id.as_str().into(),
            after.status.word().into(),
            after.work.word().into(),
            after.purchase_id.as_deref().into(),
            after.reviewer_id.as_ref().map(UserId::as_str).into(),
            after.paid_minor.into(),
            after.refunded_minor.into(),
            links.into(),
            delivery.and_then(|one| one.note.as_deref()).into(),
            delivery.map(|one| one.delivered_at_us).into(),
            after.changes.into(),
            after.updated_at_us.into(),
        ],
    )?;
    Ok(after)
}

fn note_change(
    tx: &mut Tx<'_>,
    now_us: i64,
    before: &Order,
    after: &Order,
    (by, note): (&str, Option<&str>),
) -> Result<()> {
    tx.run(
        "insert into order_change (order_id, number, from_status, to_status, reviewer_id, changed_by, note, changed_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            after.order_id.as_str().into(),
            after.changes.into(),
            before.status.word().into(),
            after.status.word().into(),
            after.reviewer_id.as_ref().map(UserId::as_str).into(),
            by.into(),
            note.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// A page of an order's changes, newest first, before the number named.
pub(super) fn changes(tx: &mut Tx<'_>, order_id: &str, before: i64, limit: i64) -> Result<Vec<Change>> {
    let rows = tx.all(
        "select number, from_status, to_status, reviewer_id, changed_by, note, changed_at_us
         from order_change where order_id = $1 and number < $2 order by number desc limit $3",
        &[order_id.into(), before.into(), limit.into()],
    )?;
    let decode = |row: &Row| {
        Ok(Change {
            number: row.int(0)?,
            from: status(row.text_ref(1)?)?,
            to: status(row.text_ref(2)?)?,
            reviewer_id: user(row.opt_text(3)?)?,
            changed_by: row.text(4)?,
            note: row.opt_text(5)?,
            changed_at_us: row.int(6)?,
        })
    };
    rows.iter().map(decode).collect()
}
