//! Purchases, payments and customers in the store.

pub(super) mod fees;
pub(super) mod payments;

use std::collections::{BTreeMap, BTreeSet};

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Kind, Purchase, SavedMethod, Status};
use crate::catalogue::PackTerms;
use crate::idempotency::Action;
use crate::ids::UserId;

/// A check that will not come: the purchase needs no more looking after.
pub(super) const NEVER_US: i64 = i64::MAX;

/// Every query of whole purchases, with its own end.
macro_rules! select_purchase {
    ($end:literal) => {
        concat!(
            "select purchase.purchase_id, user_id, kind, item_id, quantity, credits, order_id, currency, amount_minor, status,
                    session_id, session_url, success_url, cancel_url, created_at_us, expires_at_us, paid_at_us, expires_after_days,
                    priority, stripe_customer_id, payment_method_id, failure, refund_days
             from purchase ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Purchase> {
    let corrupt = |what: &str| Error::Corrupt(format!("purchase: {what}"));
    let currency: Currency = row.text(7)?.parse().map_err(|_| corrupt("currency"))?;
    let charged = row.opt_text(19)?.zip(row.opt_text(20)?);
    Ok(Purchase {
        purchase_id: row.text(0)?,
        user_id: UserId::parse(&row.text(1)?).ok_or_else(|| corrupt("user_id"))?,
        kind: Kind::of_word(&row.text(2)?).ok_or_else(|| corrupt("kind"))?,
        item_id: row.text(3)?,
        quantity: row.int(4)?,
        credits: row.int(5)?,
        terms: PackTerms {
            expires_after_days: row.opt_int(17)?,
            priority: row.int(18)?,
        },
        refund_days: row.opt_int(22)?,
        order_id: Some(row.text(6)?).filter(|id| !id.is_empty()),
        price: Money::new(row.int(8)?, currency),
        status: Status::of_word(&row.text(9)?).ok_or_else(|| corrupt("status"))?,
        charged: charged.map(|(customer, payment_method)| SavedMethod {
            customer,
            payment_method,
        }),
        failure: row.opt_text(21)?,
        session_id: row.opt_text(10)?,
        session_url: row.opt_text(11)?,
        success_url: row.text(12)?,
        cancel_url: row.text(13)?,
        created_at_us: row.int(14)?,
        expires_at_us: row.int(15)?,
        paid_at_us: row.opt_int(16)?,
    })
}

/// One purchase by its id.
pub fn purchase(tx: &mut Tx<'_>, purchase_id: &str) -> Result<Option<Purchase>> {
    let row = tx.one(select_purchase!("where purchase_id = $1"), &[purchase_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// One purchase by its checkout session.
pub(super) fn purchase_of_session(tx: &mut Tx<'_>, session_id: &str) -> Result<Option<Purchase>> {
    let row = tx.one(select_purchase!("where session_id = $1"), &[session_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// The purchases of these ids.
pub(super) fn purchases(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Purchase>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_purchase!("join rows($1: purchase_id text) on r.purchase_id = purchase.purchase_id"),
        &[rows.into()],
    )?;
    found
        .iter()
        .map(|row| decode(row).map(|one| (one.purchase_id.clone(), one)))
        .collect()
}

/// The purchases of these checkout sessions, by them.
pub(super) fn purchases_of_sessions(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Purchase>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_purchase!("join rows($1: wanted text) on r.wanted = purchase.session_id"),
        &[rows.into()],
    )?;
    let by_session = |one: Purchase| one.session_id.clone().map(|session_id| (session_id, one));
    found
        .iter()
        .filter_map(|row| decode(row).map(by_session).transpose())
        .collect()
}

/// The purchase that a request made, and what the request asked for; found again when it is repeated.
pub(super) fn purchase_of_request(tx: &mut Tx<'_>, request_id: &[u8]) -> Result<Option<(String, Vec<u8>)>> {
    let row = tx.one(
        "select purchase_id, request_fingerprint from purchase where request_id = $1",
        &[request_id.into()],
    )?;
    row.map(|row| Ok((row.text(0)?, row.blob(1)?))).transpose()
}

/// A page of what a user set out to buy, newest first, after the one named. Invoices of subscriptions are not among it: their
/// ids sort before those of the others.
pub(super) fn purchases_of_user(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Purchase>> {
    let rows = tx.all(
        select_purchase!(
            "where user_id = $1 and purchase_id < $2 and purchase_id > 'pur_' order by purchase_id desc limit $3"
        ),
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Locks the purchases of these ids in key order.
pub(super) fn lock(tx: &mut Tx<'_>, ids: &BTreeSet<&str>) -> Result<BTreeMap<String, Purchase>> {
    let rows = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_purchase!(
            "join rows($1: purchase_id text) on r.purchase_id = purchase.purchase_id
             order by purchase.purchase_id for update"
        ),
        &[rows.into()],
    )?;
    found
        .iter()
        .map(|row| decode(row).map(|one| (one.purchase_id.clone(), one)))
        .collect()
}

/// Writes purchases that events told of and the store did not know. Gives how many were new.
pub(super) fn insert(tx: &mut Tx<'_>, purchases: &[&Purchase]) -> Result<u64> {
    let rows = Rows::of(purchases.iter().map(|one| {
        [
            Field::from(one.purchase_id.as_str()),
            one.user_id.as_str().into(),
            one.kind.word().into(),
            one.item_id.as_str().into(),
            one.quantity.into(),
            one.credits.into(),
            one.terms.expires_after_days.into(),
            one.terms.priority.into(),
            one.order_id.as_deref().unwrap_or_default().into(),
            one.price.currency.code().into(),
            one.price.minor.into(),
            one.status.word().into(),
            one.failure.as_deref().into(),
            one.session_id.as_deref().into(),
            one.created_at_us.into(),
            one.paid_at_us.into(),
            one.refund_days.into(),
        ]
    }));
    tx.run(
        "insert into purchase (purchase_id, user_id, kind, item_id, quantity, credits, expires_after_days, priority,
                               order_id, currency, amount_minor, status, failure, session_id, success_url, cancel_url,
                               created_at_us, expires_at_us, next_check_at_us, paid_at_us, refund_days)
         select r.purchase_id, r.user_id, r.kind, r.item_id, r.quantity, r.credits, r.expires_after_days, r.priority,
                r.order_id, r.currency, r.amount_minor, r.status, r.failure, r.session_id, '', '', r.created_at_us, r.created_at_us, $2, r.paid_at_us,
                r.refund_days
         from rows($1: purchase_id text, user_id text, kind text, item_id text, quantity bigint, credits bigint,
                   expires_after_days bigint, priority bigint, order_id text, currency text, amount_minor bigint, status text, failure text, session_id text,
                   created_at_us bigint, paid_at_us bigint, refund_days bigint)
         where true on conflict (purchase_id) do nothing",
        &[rows.into(), NEVER_US.into()],
    )
}

/// Writes what settlement changed: status, failure, session and time of payment.
pub(super) fn update(tx: &mut Tx<'_>, purchases: &[&Purchase]) -> Result<()> {
    let rows = Rows::of(purchases.iter().map(|one| {
        [
            Field::from(one.purchase_id.as_str()),
            one.status.word().into(),
            one.failure.as_deref().into(),
            one.session_id.as_deref().into(),
            one.paid_at_us.into(),
        ]
    }));
    tx.run(
        "update purchase set status = r.status, failure = r.failure, session_id = r.session_id, paid_at_us = r.paid_at_us
         from rows($1: purchase_id text, status text, failure text, session_id text, paid_at_us bigint)
         where purchase.purchase_id = r.purchase_id",
        &[rows.into()],
    )?;
    Ok(())
}

/// Writes the intent of a purchase that a request made, or that was begun by itself. It is looked after from `next_check_at_us` on.
pub(super) fn insert_intent(
    tx: &mut Tx<'_>,
    purchase: &Purchase,
    action: Option<&Action>,
    next_check_at_us: i64,
) -> Result<()> {
    let charged = purchase.charged.as_ref();
    tx.run(
        "insert into purchase (purchase_id, user_id, kind, item_id, quantity, credits, expires_after_days, priority,
                               order_id, currency, amount_minor, status, success_url, cancel_url, request_id,
                               request_fingerprint, created_at_us, expires_at_us, next_check_at_us,
                               stripe_customer_id, payment_method_id, refund_days)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                 $20, $21, $22)",
        &[
            purchase.purchase_id.as_str().into(),
            purchase.user_id.as_str().into(),
            purchase.kind.word().into(),
            purchase.item_id.as_str().into(),
            purchase.quantity.into(),
            purchase.credits.into(),
            purchase.terms.expires_after_days.into(),
            purchase.terms.priority.into(),
            purchase.order_id.as_deref().unwrap_or_default().into(),
            purchase.price.currency.code().into(),
            purchase.price.minor.into(),
            purchase.status.word().into(),
            purchase.success_url.as_str().into(),
            purchase.cancel_url.as_str().into(),
            action.map(|action| action.id.to_vec()).into(),
            action.map(|action| action.fingerprint.to_vec()).into(),
            purchase.created_at_us.into(),
            purchase.expires_at_us.into(),
            next_check_at_us.into(),
            charged.map(|method| method.customer.clone()).into(),
            charged.map(|method| method.payment_method.clone()).into(),
            purchase.refund_days.into(),
        ],
    )
    .map_err(|error| match error {
        // The same request writes its intent on another node in this very moment; its repeat finds that one.
        Error::Conflict { constraint } if constraint == "purchase_request" => Error::Busy,
        other => other,
    })?;
    Ok(())
}

/// Writes what Stripe answered to the intent, and when to look after it next.
pub(super) fn record_session(tx: &mut Tx<'_>, purchase: &Purchase, next_check_at_us: i64) -> Result<()> {
    tx.run(
        "update purchase set status = $2, session_id = $3, session_url = $4, expires_at_us = $5, next_check_at_us = $6
         where purchase_id = $1",
        &[
            purchase.purchase_id.as_str().into(),
            purchase.status.word().into(),
            purchase.session_id.clone().into(),
            purchase.session_url.clone().into(),
            purchase.expires_at_us.into(),
            next_check_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Ends the looking after the purchase of a session.
pub(super) fn let_rest(tx: &mut Tx<'_>, session_id: &str) -> Result<()> {
    tx.run(
        "update purchase set next_check_at_us = $2 where session_id = $1",
        &[session_id.into(), NEVER_US.into()],
    )?;
    Ok(())
}

/// Takes purchases that are due for a look, and sets their next one, so that no other node takes them meanwhile.
pub(super) fn claim_checks(tx: &mut Tx<'_>, now_us: i64, next_check_at_us: i64, limit: i64) -> Result<Vec<Purchase>> {
    let claimed = tx.all(
        "update purchase set next_check_at_us = $2
         where purchase_id in (select purchase_id from purchase
                               where (status = 'created' or status = 'open' or status = 'awaiting_funds')
                                 and next_check_at_us <= $1
                               order by next_check_at_us limit $3 for update skip locked)
         returning purchase_id",
        &[now_us.into(), next_check_at_us.into(), limit.into()],
    )?;
    let ids: Vec<String> = claimed.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
    Ok(lock(tx, &ids.iter().map(String::as_str).collect())?
        .into_values()
        .collect())
}

/// The Stripe customer of a user, where one is known, and how many there have been before.
pub(super) fn stripe_customer(tx: &mut Tx<'_>, user_id: &UserId) -> Result<(Option<String>, i64)> {
    let row = tx.one(
        "select stripe_customer_id, generation from customer where user_id = $1",
        &[user_id.as_str().into()],
    )?;
    row.map_or(Ok((None, 0)), |row| Ok((row.opt_text(0)?, row.int(1)?)))
}

/// Notes a Stripe customer that a subscription shows its user to have. One that is known stays.
pub fn link_customer(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, stripe_customer_id: &str) -> Result<()> {
    insert_customer(tx, now_us, user_id)?;
    record_customer(tx, user_id, stripe_customer_id)
}

/// The user of a Stripe customer.
pub fn user_of_customer(tx: &mut Tx<'_>, stripe_customer_id: &str) -> Result<Option<UserId>> {
    let row = tx.one(
        "select user_id from customer where stripe_customer_id = $1 order by user_id limit 1",
        &[stripe_customer_id.into()],
    )?;
    let user_id = |row: Row| {
        let parsed = UserId::parse(row.text_ref(0)?);
        parsed.ok_or_else(|| Error::Corrupt("customer: user_id".into()))
    };
    row.map(user_id).transpose()
}

/// Lets go of a customer that no longer exists at Stripe; the next purchase makes another.
pub(super) fn forget_customer(tx: &mut Tx<'_>, user_id: &UserId, stripe_customer_id: &str) -> Result<()> {
    tx.run(
        "update customer set stripe_customer_id = null, generation = generation + 1
         where user_id = $1 and stripe_customer_id = $2",
        &[user_id.as_str().into(), stripe_customer_id.into()],
    )?;
    Ok(())
}

/// Takes the right to ask Stripe about a session now. Gives whether nobody has had it since `before_us`.
pub(super) fn claim_look(tx: &mut Tx<'_>, session_id: &str, now_us: i64, before_us: i64) -> Result<bool> {
    let claimed = tx.run(
        "update purchase set looked_at_us = $2 where session_id = $1 and looked_at_us <= $3",
        &[session_id.into(), now_us.into(), before_us.into()],
    )?;
    Ok(claimed > 0)
}

/// Notes that a user is to have a Stripe customer, before Stripe is asked for one.
pub(super) fn insert_customer(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<()> {
    tx.run(
        "insert into customer (user_id, created_at_us) values ($1, $2) on conflict (user_id) do nothing",
        &[user_id.as_str().into(), now_us.into()],
    )?;
    Ok(())
}

/// Writes the user's Stripe customer; the first one stays.
pub(super) fn record_customer(tx: &mut Tx<'_>, user_id: &UserId, stripe_customer_id: &str) -> Result<()> {
    tx.run(
        "update customer set stripe_customer_id = coalesce(stripe_customer_id, $2) where user_id = $1",
        &[user_id.as_str().into(), stripe_customer_id.into()],
    )?;
    Ok(())
}

/// Sets when a purchase is looked after next.
pub(super) fn check_again(tx: &mut Tx<'_>, purchase_id: &str, next_check_at_us: i64) -> Result<()> {
    tx.run(
        "update purchase set next_check_at_us = $2 where purchase_id = $1",
        &[purchase_id.into(), next_check_at_us.into()],
    )?;
    Ok(())
}

/// Credits of a user's whose payment is on its way: the money is, or a charge may have been made.
pub fn pending_credits(tx: &mut Tx<'_>, user_id: &UserId) -> Result<i64> {
    let row = tx.one(
        "select cast(coalesce(sum(credits), 0) as bigint) from purchase
         where user_id = $1 and status in ('created', 'awaiting_funds')
               and (status = 'awaiting_funds' or payment_method_id is not null)",
        &[user_id.as_str().into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The last purchases of a user that were begun by themselves, newest first.
pub fn automatic_purchases(tx: &mut Tx<'_>, user_id: &UserId, limit: usize) -> Result<Vec<Purchase>> {
    let rows = tx.all(
        select_purchase!("where user_id = $1 and payment_method_id is not null order by purchase_id desc limit $2"),
        &[user_id.as_str().into(), i64::try_from(limit).unwrap_or(i64::MAX).into()],
    )?;
    rows.iter().map(decode).collect()
}

/// What a user pays with when they are not there.
pub fn saved_method(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Option<SavedMethod>> {
    let row = tx.one(
        "select stripe_customer_id, payment_method_id from payment_method where user_id = $1",
        &[user_id.as_str().into()],
    )?;
    row.map(|row| {
        Ok(SavedMethod {
            customer: row.text(0)?,
            payment_method: row.text(1)?,
        })
    })
    .transpose()
}

/// Keeps a payment method that a user saved, `saved_at_s` unix seconds. The last one counts, whichever is told of first.
pub fn save_method(tx: &mut Tx<'_>, user_id: &UserId, method: &SavedMethod, saved_at_s: i64) -> Result<()> {
    tx.run(
        "insert into payment_method (user_id, stripe_customer_id, payment_method_id, saved_at_s) values ($1, $2, $3, $4)
         on conflict (user_id) do update
         set stripe_customer_id = excluded.stripe_customer_id, payment_method_id = excluded.payment_method_id,
             saved_at_s = excluded.saved_at_s
         where excluded.saved_at_s > payment_method.saved_at_s
               or (excluded.saved_at_s = payment_method.saved_at_s
                   and excluded.payment_method_id > payment_method.payment_method_id)",
        &[
            user_id.as_str().into(),
            method.customer.as_str().into(),
            method.payment_method.as_str().into(),
            saved_at_s.into(),
        ],
    )?;
    Ok(())
}
