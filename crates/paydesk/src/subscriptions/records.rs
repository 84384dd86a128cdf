//! Subscriptions, their paid invoices and standings in the store.

use std::collections::{BTreeMap, BTreeSet};

use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Standing, Subscription};
use crate::ids::UserId;

/// A look that will not come.
pub(super) const NEVER_US: i64 = i64::MAX;

/// Every query of whole subscriptions, with its own end.
macro_rules! select_subscription {
    ($end:literal) => {
        concat!(
            "select subscription_id, user_id, customer, plan_id, plan_group, tier, price_id, quantity, status, cancel_at_us,
                    cancel_at_period_end, canceled_at_us, ended_at_us, period_start_us, period_end_us, trial_end_us,
                    pause_collection, pause_resumes_at_us, past_due_since_us, latest_invoice_id, created_s, version,
                    sync_wanted, sync_taken
             from subscription ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<Subscription> {
    Ok(Subscription {
        subscription_id: row.text(0)?,
        user_id: user(row.opt_text(1)?)?,
        customer: row.opt_text(2)?,
        plan_id: row.opt_text(3)?,
        group: row.opt_text(4)?,
        tier: row.opt_text(5)?,
        price_id: row.opt_text(6)?,
        quantity: row.int(7)?,
        status: row.text(8)?,
        cancel_at_us: row.opt_int(9)?,
        cancel_at_period_end: row.flag(10)?,
        canceled_at_us: row.opt_int(11)?,
        ended_at_us: row.opt_int(12)?,
        period_start_us: row.opt_int(13)?,
        period_end_us: row.opt_int(14)?,
        trial_end_us: row.opt_int(15)?,
        pause_collection: row.opt_text(16)?,
        pause_resumes_at_us: row.opt_int(17)?,
        past_due_since_us: row.opt_int(18)?,
        latest_invoice_id: row.opt_text(19)?,
        created_s: row.int(20)?,
        version: row.int(21)?,
    })
}

fn user(text: Option<String>) -> Result<Option<UserId>> {
    let parsed = |text: String| UserId::parse(&text).ok_or_else(|| Error::Corrupt("subscription: user_id".into()));
    text.map(parsed).transpose()
}

/// One subscription by its id.
pub fn subscription(tx: &mut Tx<'_>, subscription_id: &str) -> Result<Option<Subscription>> {
    let row = tx.one(
        select_subscription!("where subscription_id = $1"),
        &[subscription_id.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// All subscriptions of a user, the newest first, those that are over too.
pub fn subscriptions_of_user(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Vec<Subscription>> {
    let rows = tx.all(
        select_subscription!("where user_id = $1 order by created_s desc, subscription_id desc"),
        &[user_id.as_str().into()],
    )?;
    rows.iter().map(decode).collect()
}

/// Which subscriptions to list.
pub struct SubscriptionFilter<'a> {
    /// Only those of this user.
    pub user_id: Option<&'a UserId>,
    /// Only those of this status, in Stripe's word.
    pub status: Option<&'a str>,
}

/// Subscriptions made before a second and an id, newest first; those that were never read are left out.
pub fn subscriptions_page(
    tx: &mut Tx<'_>,
    filter: &SubscriptionFilter<'_>,
    (before_s, before_id): &(i64, String),
    limit: i64,
) -> Result<Vec<Subscription>> {
    let mut params = vec![(*before_s).into(), before_id.as_str().into(), limit.into()];
    let rows = match (filter.user_id, filter.status) {
        (Some(user_id), status) => {
            params.extend([user_id.as_str().into(), status.unwrap_or_default().into()]);
            let sql = select_subscription!(
                "where user_id = $4 and ($5 = '' or status = $5) and status <> ''
                     and (created_s, subscription_id) < ($1, $2) order by created_s desc, subscription_id desc limit $3"
            );
            tx.all(sql, &params)?
        }
        (None, Some(status)) => {
            params.push(status.into());
            let sql = select_subscription!(
                "where status = $4 and (created_s, subscription_id) < ($1, $2)
                 order by created_s desc, subscription_id desc limit $3"
            );
            tx.all(sql, &params)?
        }
        (None, None) => {
            let sql = select_subscription!(
                "where (created_s, subscription_id) < ($1, $2) and status <> ''
                 order by created_s desc, subscription_id desc limit $3"
            );
            tx.all(sql, &params)?
        }
    };
    rows.iter().map(decode).collect()
}

/// Those of a user in a group of plans.
pub(super) fn subscriptions_in_group(tx: &mut Tx<'_>, user_id: &UserId, group: &str) -> Result<Vec<Subscription>> {
    let rows = tx.all(
        select_subscription!("where user_id = $1 and plan_group = $2"),
        &[user_id.as_str().into(), group.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// A wish to read a subscription, with what was told of it besides.
pub(super) struct Wish<'a> {
    pub(super) subscription_id: &'a str,
    pub(super) user_id: Option<&'a UserId>,
    pub(super) customer: Option<&'a str>,
}

/// Notes wishes to read subscriptions, one for each id, in the order of ids; their rows are locked from then on. Gives whose
/// they are, as far as it is known.
pub(super) fn want(tx: &mut Tx<'_>, now_us: i64, wishes: &[Wish<'_>]) -> Result<BTreeMap<String, Option<UserId>>> {
    let rows = Rows::of(wishes.iter().map(|wish| {
        [
            Field::from(wish.subscription_id),
            wish.user_id.map(UserId::as_str).into(),
            wish.customer.into(),
        ]
    }));
    let written = tx.all(
        "insert into subscription (subscription_id, user_id, customer, sync_wanted, sync_due_at_us, updated_at_us)
         select r.subscription_id, r.user_id, r.customer, 1, $2, $2
         from rows($1: subscription_id text, user_id text, customer text)
         where true on conflict (subscription_id) do update
         set user_id = coalesce(subscription.user_id, excluded.user_id),
             customer = coalesce(subscription.customer, excluded.customer),
             sync_wanted = subscription.sync_wanted + 1, sync_due_at_us = excluded.sync_due_at_us
         returning subscription_id, user_id",
        &[rows.into(), now_us.into()],
    )?;
    written
        .iter()
        .map(|row| Ok((row.text(0)?, user(row.opt_text(1)?)?)))
        .collect()
}

/// A read of a subscription that begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    pub(super) subscription_id: String,
    /// Its number among the wishes and reads of the subscription.
    pub(super) number: i64,
}

/// Takes subscriptions that are to be read, and sets when each comes again if that comes to nothing.
pub(super) fn claim_due(tx: &mut Tx<'_>, now_us: i64, again_at_us: i64, limit: i64) -> Result<Vec<Claim>> {
    let claimed = tx.all(
        "update subscription set sync_due_at_us = $2, sync_wanted = sync_wanted + 1
         where subscription_id in (select subscription_id from subscription
                                   where sync_due_at_us < 9223372036854775807 and sync_due_at_us <= $1
                                   order by sync_due_at_us limit $3 for update skip locked)
         returning subscription_id, sync_wanted",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    claimed.iter().map(claim).collect()
}

/// Begins a read of one subscription now, whether or not it is known.
pub(super) fn claim_one(tx: &mut Tx<'_>, now_us: i64, again_at_us: i64, subscription_id: &str) -> Result<Claim> {
    let row = tx.one(
        "insert into subscription (subscription_id, sync_wanted, sync_due_at_us, updated_at_us) values ($1, 1, $2, $3)
         on conflict (subscription_id) do update
         set sync_wanted = subscription.sync_wanted + 1, sync_due_at_us = excluded.sync_due_at_us
         returning subscription_id, sync_wanted",
        &[subscription_id.into(), again_at_us.into(), now_us.into()],
    )?;
    claim(&row.ok_or_else(|| Error::Corrupt("subscription: a row that was written is not there".into()))?)
}

fn claim(row: &Row) -> Result<Claim> {
    Ok(Claim {
        subscription_id: row.text(0)?,
        number: row.int(1)?,
    })
}

/// A subscription whose row is locked, with the number of the last wish or read, and of the last read that was taken in.
pub(super) struct Locked {
    pub(super) subscription: Subscription,
    pub(super) wanted: i64,
    pub(super) taken: i64,
}

/// Locks a subscription.
pub(super) fn lock(tx: &mut Tx<'_>, subscription_id: &str) -> Result<Option<Locked>> {
    let row = tx.one(
        select_subscription!("where subscription_id = $1 for update"),
        &[subscription_id.into()],
    )?;
    let locked = |row: Row| {
        Ok(Locked {
            subscription: decode(&row)?,
            wanted: row.int(22)?,
            taken: row.int(23)?,
        })
    };
    row.map(locked).transpose()
}

/// Writes what a read showed, and when the subscription is read next; nothing where that stands already.
pub(super) fn write(
    tx: &mut Tx<'_>,
    now_us: i64,
    one: &Subscription,
    taken: i64,
    due_at_us: Option<i64>,
) -> Result<()> {
    tx.run(
        "update subscription
         set user_id = $2, customer = $3, plan_id = $4, plan_group = $5, tier = $6, price_id = $7, quantity = $8, status = $9,
             cancel_at_us = $10, cancel_at_period_end = $11, canceled_at_us = $12, ended_at_us = $13, period_start_us = $14,
             period_end_us = $15, trial_end_us = $16, pause_collection = $17, pause_resumes_at_us = $18,
             past_due_since_us = $19, latest_invoice_id = $20, created_s = $21, version = $22, sync_taken = $23,
             sync_due_at_us = coalesce($24, sync_due_at_us), updated_at_us = $25
         where subscription_id = $1",
        &[
            one.subscription_id.as_str().into(),
            one.user_id.as_ref().map(UserId::as_str).into(),
            one.customer.as_deref().into(),
            one.plan_id.as_deref().into(),
            one.group.as_deref().into(),
            one.tier.as_deref().into(),
            one.price_id.as_deref().into(),
            one.quantity.into(),
            one.status.as_str().into(),
            one.cancel_at_us.into(),
            one.cancel_at_period_end.into(),
            one.canceled_at_us.into(),
            one.ended_at_us.into(),
            one.period_start_us.into(),
            one.period_end_us.into(),
            one.trial_end_us.into(),
            one.pause_collection.as_deref().into(),
            one.pause_resumes_at_us.into(),
            one.past_due_since_us.into(),
            one.latest_invoice_id.as_deref().into(),
            one.created_s.into(),
            one.version.into(),
            taken.into(),
            due_at_us.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// What an event told of an invoice.
pub(super) struct InvoiceTold<'a> {
    pub(super) invoice_id: &'a str,
    pub(super) subscription_id: Option<&'a str>,
    /// Whether it is paid.
    pub(super) paid: bool,
    /// Whether its payments are known.
    pub(super) linked: bool,
}

/// Writes what was told of invoices, one for each id, in the order of ids; their rows are locked from then on. Gives those
/// whose goods were handed over before.
pub(super) fn tell_invoices(
    tx: &mut Tx<'_>,
    check_due_at_us: i64,
    told: &[InvoiceTold<'_>],
) -> Result<BTreeSet<String>> {
    let rows = Rows::of(told.iter().map(|one| {
        [
            Field::from(one.invoice_id),
            one.subscription_id.into(),
            one.paid.into(),
            one.linked.into(),
        ]
    }));
    let written = tx.all(
        "insert into subscription_invoice (invoice_id, subscription_id, paid, settled, linked, check_due_at_us)
         select r.invoice_id, r.subscription_id, r.paid, 0, r.linked, $2
         from rows($1: invoice_id text, subscription_id text, paid bigint, linked bigint)
         where true on conflict (invoice_id) do update
         set subscription_id = coalesce(subscription_invoice.subscription_id, excluded.subscription_id),
             paid = case when excluded.paid = 1 then 1 else subscription_invoice.paid end,
             linked = case when excluded.linked = 1 then 1 else subscription_invoice.linked end
         returning invoice_id, settled",
        &[rows.into(), check_due_at_us.into()],
    )?;
    let settled = written.iter().filter_map(|row| match row.flag(1) {
        Ok(true) => Some(row.text(0)),
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    });
    settled.collect()
}

/// Notes that what some of these invoices pay for was handed over, and sets when each is read from Stripe: soon where its
/// lines are too many for an event, after a while where its payments are not known, and never where all is known, or it
/// is not known whose it is.
pub(super) fn settle_invoices(
    tx: &mut Tx<'_>,
    now_us: i64,
    told: &[InvoiceTold<'_>],
    (settled, cut): (&BTreeSet<&str>, &BTreeSet<&str>),
) -> Result<()> {
    let rows = Rows::of(told.iter().map(|one| {
        [
            Field::from(one.invoice_id),
            settled.contains(one.invoice_id).into(),
            cut.contains(one.invoice_id).into(),
        ]
    }));
    tx.run(
        "update subscription_invoice
         set settled = case when r.settled = 1 then 1 else subscription_invoice.settled end,
             check_due_at_us = case
                 when r.cut = 1 and subscription_invoice.settled = 0 then $2
                 when (r.settled = 1 or subscription_invoice.settled = 1) and subscription_invoice.linked = 0
                     then subscription_invoice.check_due_at_us
                 else 9223372036854775807 end
         from rows($1: invoice_id text, settled bigint, cut bigint)
         where subscription_invoice.invoice_id = r.invoice_id",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// Lets paid invoices of a subscription be read again whose goods were not handed over yet.
pub(super) fn check_unsettled(tx: &mut Tx<'_>, now_us: i64, subscription_id: &str) -> Result<u64> {
    tx.run(
        "update subscription_invoice set check_due_at_us = $2 where subscription_id = $1 and paid = 1 and settled = 0",
        &[subscription_id.into(), now_us.into()],
    )
}

/// The subscription that an invoice bills, where it is known.
pub fn subscription_of_invoice(tx: &mut Tx<'_>, invoice_id: &str) -> Result<Option<String>> {
    let row = tx.one(
        "select subscription_id from subscription_invoice where invoice_id = $1",
        &[invoice_id.into()],
    )?;
    row.map_or(Ok(None), |row| row.opt_text(0))
}

/// The subscription that a user began with a plan: that of the first invoice they paid for the plan since then. Nothing else
/// tells for good which one came of a checkout.
pub fn subscription_begun(tx: &mut Tx<'_>, user_id: &UserId, plan_id: &str, since_us: i64) -> Result<Option<String>> {
    let row = tx.one(
        "select subscription_invoice.subscription_id
         from purchase join subscription_invoice on subscription_invoice.invoice_id = purchase.purchase_id
         where purchase.user_id = $1 and purchase.purchase_id < 'pur_' and purchase.item_id = $2
             and purchase.created_at_us >= $3
         order by purchase.created_at_us, purchase.purchase_id limit 1",
        &[user_id.as_str().into(), plan_id.into(), since_us.into()],
    )?;
    row.map_or(Ok(None), |row| row.opt_text(0))
}

/// Takes invoices that are to be read, and sets when each comes again.
pub(super) fn claim_invoices(tx: &mut Tx<'_>, now_us: i64, again_at_us: i64, limit: i64) -> Result<Vec<String>> {
    let claimed = tx.all(
        "update subscription_invoice set check_due_at_us = $2
         where invoice_id in (select invoice_id from subscription_invoice
                              where check_due_at_us < 9223372036854775807 and check_due_at_us <= $1
                              order by check_due_at_us limit $3 for update skip locked)
         returning invoice_id",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    claimed.iter().map(|row| row.text(0)).collect()
}

/// Lets an invoice rest that cannot be read any more.
pub(super) fn forget_invoice(tx: &mut Tx<'_>, invoice_id: &str) -> Result<()> {
    tx.run(
        "update subscription_invoice set check_due_at_us = $2 where invoice_id = $1",
        &[invoice_id.into(), NEVER_US.into()],
    )?;
    Ok(())
}

fn decode_standing(row: &Row) -> Result<Standing> {
    let user_id = UserId::parse(row.text_ref(0)?).ok_or_else(|| Error::Corrupt("standing: user_id".into()))?;
    Ok(Standing {
        user_id,
        group: row.text(1)?,
        subscription_id: row.opt_text(2)?,
        plan_id: row.opt_text(3)?,
        tier: row.opt_text(4)?,
        status: row.opt_text(5)?,
        access: row.flag(6)?,
        until_us: row.opt_int(7)?,
    })
}

/// What a user has in a group of plans at a moment.
pub fn standing(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, group: &str) -> Result<Standing> {
    let row = tx.one(
        "select user_id, plan_group, subscription_id, plan_id, tier, status, access, until_us from standing
         where user_id = $1 and plan_group = $2",
        &[user_id.as_str().into(), group.into()],
    )?;
    let standing = row.as_ref().map(decode_standing).transpose()?;
    Ok(standing.map_or_else(|| Standing::free(user_id, group), |standing| standing.at(now_us)))
}

/// What a user has in every group in which they ever had a subscription, at a moment.
pub fn standings_of_user(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<Vec<Standing>> {
    let rows = tx.all(
        "select user_id, plan_group, subscription_id, plan_id, tier, status, access, until_us from standing
         where user_id = $1 order by plan_group",
        &[user_id.as_str().into()],
    )?;
    let decoded = rows.iter().map(decode_standing);
    decoded.map(|standing| Ok(standing?.at(now_us))).collect()
}

/// Locks what a user has in a group, as everything was last brought to.
pub(super) fn lock_standing(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, group: &str) -> Result<Standing> {
    tx.run(
        "insert into standing (user_id, plan_group, access, changed_at_us, version) values ($1, $2, 0, $3, 0)
         on conflict (user_id, plan_group) do nothing",
        &[user_id.as_str().into(), group.into(), now_us.into()],
    )?;
    let row = tx.one(
        "select user_id, plan_group, subscription_id, plan_id, tier, status, access, until_us from standing
         where user_id = $1 and plan_group = $2 for update",
        &[user_id.as_str().into(), group.into()],
    )?;
    let standing = row.as_ref().map(decode_standing).transpose()?;
    Ok(standing.unwrap_or_else(|| Standing::free(user_id, group)))
}

/// Writes what a user has in a group from now on.
pub(super) fn write_standing(tx: &mut Tx<'_>, now_us: i64, standing: &Standing) -> Result<()> {
    tx.run(
        "update standing set subscription_id = $3, plan_id = $4, tier = $5, status = $6, access = $7, until_us = $8,
                changed_at_us = $9, version = version + 1
         where user_id = $1 and plan_group = $2",
        &[
            standing.user_id.as_str().into(),
            standing.group.as_str().into(),
            standing.subscription_id.as_deref().into(),
            standing.plan_id.as_deref().into(),
            standing.tier.as_deref().into(),
            standing.status.as_deref().into(),
            standing.access.into(),
            standing.until_us.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}
