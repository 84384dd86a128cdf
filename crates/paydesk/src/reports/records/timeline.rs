//! What happened to a user, by where it is kept.

use store::{Result, Row, Tx};

use crate::clock::Moment;
use crate::ids::UserId;
use crate::reports::lists::timeline::{Entry, Happening};

/// How much of one kind can happen to a user in one moment: what one batch of events does.
pub(in crate::reports) const OF_ONE_MOMENT: i64 = 256;

/// Reads what happened to a user before a moment, the newest first, so much at most.
type Source = fn(&mut Tx<'_>, &UserId, i64, i64) -> Result<Vec<Entry>>;

/// Every source but the ledger.
pub(in crate::reports) const SOURCES: [Source; 8] = [
    purchases,
    invoices,
    payments,
    refunds,
    disputes,
    orders,
    subscriptions,
    notices,
];

/// A query of one source: its columns are when, id, status, amount, unit, detail and what it is about.
fn read(
    tx: &mut Tx<'_>,
    sql: &'static str,
    kind: Happening,
    (user_id, before_us, limit): (&UserId, i64, i64),
) -> Result<Vec<Entry>> {
    let rows = tx.all(sql, &[user_id.as_str().into(), before_us.into(), limit.into()])?;
    let entry = |row: &Row| {
        Ok(Entry {
            at: Moment(row.int(0)?),
            kind,
            id: row.text(1)?,
            status: row.text(2)?,
            amount: row.opt_int(3)?,
            unit: row.opt_text(4)?,
            detail: row.opt_text(5)?,
            about: row.opt_text(6)?,
        })
    };
    rows.iter().map(entry).collect()
}

fn purchases(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql =
        "select created_at_us, purchase_id, status, amount_minor, currency, item_id, cast(null as text) from purchase
               where user_id = $1 and created_at_us < $2 and purchase_id > 'pur_' order by created_at_us desc limit $3";
    read(tx, sql, Happening::Purchase, (user_id, before_us, limit))
}

/// Invoices of subscriptions. That one is paid tells of its payment too.
fn invoices(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql =
        "select created_at_us, purchase_id, status, amount_minor, currency, item_id, cast(null as text) from purchase
               where user_id = $1 and created_at_us < $2 and purchase_id < 'pur_' order by created_at_us desc limit $3";
    read(tx, sql, Happening::Invoice, (user_id, before_us, limit))
}

fn payments(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select payment.created_at_us, payment.payment_intent_id, payment.status, payment.amount_minor, payment.currency,
                      cast(null as text), payment.purchase_id
               from purchase join payment on payment.purchase_id = purchase.purchase_id
               where purchase.user_id = $1 and payment.created_at_us < $2 and purchase.purchase_id > 'pur_'
               order by payment.created_at_us desc limit $3";
    read(tx, sql, Happening::Payment, (user_id, before_us, limit))
}

fn refunds(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql =
        "select refund.created_s * 1000000, refund.refund_id, refund.status, refund.amount_minor, refund.currency,
                      refund.reason, refund.payment_intent_id
               from purchase join payment on payment.purchase_id = purchase.purchase_id
               join refund on refund.payment_intent_id = payment.payment_intent_id
               where purchase.user_id = $1 and refund.created_s * 1000000 < $2 order by refund.created_s desc limit $3";
    read(tx, sql, Happening::Refund, (user_id, before_us, limit))
}

fn disputes(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select dispute.created_s * 1000000, dispute.dispute_id, dispute.status, dispute.amount_minor, dispute.currency,
                      dispute.reason, dispute.payment_intent_id
               from purchase join payment on payment.purchase_id = purchase.purchase_id
               join dispute on dispute.payment_intent_id = payment.payment_intent_id
               where purchase.user_id = $1 and dispute.created_s * 1000000 < $2 order by dispute.created_s desc limit $3";
    read(tx, sql, Happening::Dispute, (user_id, before_us, limit))
}

fn orders(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select order_change.changed_at_us, order_change.order_id, order_change.to_status, cast(null as bigint),
                      cast(null as text), order_change.changed_by, cast(null as text)
               from customer_order join order_change on order_change.order_id = customer_order.order_id
               where customer_order.user_id = $1 and order_change.changed_at_us < $2
               order by order_change.changed_at_us desc limit $3";
    read(tx, sql, Happening::Order, (user_id, before_us, limit))
}

fn subscriptions(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql =
        "select changed_at_us, subscription_id, movement, to_minor - from_minor, currency, plan_id, cast(null as text) from revenue_change
               where user_id = $1 and changed_at_us < $2 order by changed_at_us desc limit $3";
    read(tx, sql, Happening::Subscription, (user_id, before_us, limit))
}

fn notices(tx: &mut Tx<'_>, user_id: &UserId, before_us: i64, limit: i64) -> Result<Vec<Entry>> {
    let sql = "select created_at_us, notice_id, kind, cast(null as bigint), cast(null as text),
                      reason, coalesce(subscription_id, purchase_id)
               from notice where user_id = $1 and created_at_us < $2 order by created_at_us desc limit $3";
    read(tx, sql, Happening::Notice, (user_id, before_us, limit))
}
