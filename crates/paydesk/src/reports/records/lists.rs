//! Users, payments and what subscriptions bring in, for lists.

use std::collections::{BTreeMap, HashMap};

use store::{Error, Field, Result, Row, Rows, Tx};

use crate::clock::Moment;
use crate::ids::UserId;
use crate::purchases::{Kind, PaymentStatus};
use crate::reports::lists::payments::ListedPaymentOut;
use crate::reports::lists::users::UserOut;

/// Sorts after everything that begins with what stands before it.
const LAST: char = '\u{10FFFF}';
/// What the key of a user's own wallet begins with.
const WALLET: &str = "credits:wallet:";

fn user(text: &str) -> Result<UserId> {
    UserId::parse(text).ok_or_else(|| Error::Corrupt("customer: user_id".into()))
}

/// Users whose id begins with the text, or whose e-mail address it is, after the one named, in the order of their ids.
pub(in crate::reports) fn users(
    tx: &mut Tx<'_>,
    now_us: i64,
    search: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<UserOut>> {
    let until = format!("{search}{LAST}");
    // Each of the four gives no more than a page, along its key.
    let rows = tx.all(
        "select users.user_id, contact.email, customer.stripe_customer_id,
                account.credits_posted - account.debits_posted
         from (select user_id from (select user_id from customer
                                    where user_id > $1 and user_id >= $2 and user_id < $3
                                    order by user_id limit $4) a
               union select user_id from (select user_id from contact
                                          where user_id > $1 and user_id >= $2 and user_id < $3
                                          order by user_id limit $4) b
               union select substr(account_key, 16) from (select account_key from account
                                                          where account_key > $5 and account_key >= $6
                                                              and account_key < $7
                                                          order by account_key limit $4) c
               union select user_id from (select user_id from contact
                                          where email = $2 and user_id > $1
                                          order by user_id limit $4) d) users
         left join contact on contact.user_id = users.user_id
         left join customer on customer.user_id = users.user_id
         left join account on account.account_key = 'credits:wallet:' || users.user_id
         order by users.user_id limit $4",
        &[
            after.into(),
            search.into(),
            until.as_str().into(),
            limit.into(),
            format!("{WALLET}{after}").into(),
            format!("{WALLET}{search}").into(),
            format!("{WALLET}{until}").into(),
        ],
    )?;
    let decode = |row: &Row| {
        Ok(UserOut {
            user_id: user(row.text_ref(0)?)?,
            email: row.opt_text(1)?,
            stripe_customer_id: row.opt_text(2)?,
            balance: row.opt_int(3)?.unwrap_or_default(),
            tiers: Vec::new(),
        })
    };
    let mut users: Vec<UserOut> = rows.iter().map(decode).collect::<Result<_>>()?;
    let mut tiers = tiers(tx, now_us, &users)?;
    for one in &mut users {
        one.tiers = tiers.remove(one.user_id.as_str()).unwrap_or_default();
    }
    Ok(users)
}

/// The tiers of these users now.
fn tiers(tx: &mut Tx<'_>, now_us: i64, users: &[UserOut]) -> Result<BTreeMap<String, Vec<String>>> {
    let ids = Rows::of(users.iter().map(|one| [Field::from(one.user_id.as_str())]));
    let rows = tx.all(
        "select standing.user_id, standing.tier from rows($1: user_id text) join standing on standing.user_id = r.user_id
         where standing.access = 1 and standing.tier is not null
             and (standing.until_us is null or standing.until_us > $2)
         order by standing.user_id, standing.plan_group",
        &[ids.into(), now_us.into()],
    )?;
    let mut tiers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in &rows {
        tiers.entry(row.text(0)?).or_default().push(row.text(1)?);
    }
    Ok(tiers)
}

/// Every query of listed payments, with its own end.
macro_rules! select_listed {
    ($end:literal) => {
        concat!(
            "select payment.payment_intent_id, payment.charge_id, payment.user_id, payment.purchase_id, purchase.kind,
                    purchase.item_id, payment.amount_minor, payment.paid_minor, payment.clawed_minor, payment.currency,
                    payment.fee_minor, payment.fee_currency, payment.status, payment.failed, payment.created_at_us ",
            $end
        )
    };
}

fn listed(row: &Row) -> Result<ListedPaymentOut> {
    let corrupt = |what: &str| Error::Corrupt(format!("payment: {what}"));
    let known = |text: String| Some(text).filter(|text| !text.is_empty());
    let user_id = known(row.text(2)?);
    let kind = row.opt_text(4)?;
    Ok(ListedPaymentOut {
        payment_intent_id: row.text(0)?,
        charge_id: row.opt_text(1)?,
        user_id: match user_id {
            None => None,
            Some(text) => Some(UserId::parse(&text).ok_or_else(|| corrupt("user_id"))?),
        },
        purchase_id: known(row.text(3)?),
        kind: match kind {
            None => None,
            Some(word) => Some(Kind::of_word(&word).ok_or_else(|| corrupt("kind"))?),
        },
        item_id: row.opt_text(5)?,
        amount_minor: row.int(6)?,
        paid_minor: row.int(7)?,
        reversed_minor: row.int(8)?,
        currency: row.text(9)?,
        fee_minor: row.opt_int(10)?,
        fee_currency: row.opt_text(11)?,
        status: PaymentStatus::of_word(row.text_ref(12)?).ok_or_else(|| corrupt("status"))?,
        has_failed: row.flag(13)?,
        created_at: Moment(row.int(14)?),
    })
}

/// One payment.
pub(in crate::reports) fn payment(tx: &mut Tx<'_>, payment_intent_id: &str) -> Result<Option<ListedPaymentOut>> {
    let row = tx.one(
        select_listed!(
            "from payment left join purchase on purchase.purchase_id = payment.purchase_id
             where payment.payment_intent_id = $1"
        ),
        &[payment_intent_id.into()],
    )?;
    row.as_ref().map(listed).transpose()
}

/// The payment of a charge.
pub(in crate::reports) fn payment_of_charge(tx: &mut Tx<'_>, charge_id: &str) -> Result<Option<ListedPaymentOut>> {
    let row = tx.one(
        select_listed!(
            "from payment left join purchase on purchase.purchase_id = payment.purchase_id
             where payment.charge_id = $1 and payment.charge_id is not null order by payment.payment_intent_id limit 1"
        ),
        &[charge_id.into()],
    )?;
    row.as_ref().map(listed).transpose()
}

/// Payments before a moment and an id, newest first. Each filter has its own index to walk along.
pub(in crate::reports) fn payments(
    tx: &mut Tx<'_>,
    user_id: Option<&UserId>,
    status: Option<PaymentStatus>,
    (before_us, before_id): &(i64, String),
    limit: i64,
) -> Result<Vec<ListedPaymentOut>> {
    let word = status.map_or("", PaymentStatus::word);
    let place = [(*before_us).into(), before_id.as_str().into(), limit.into()];
    let rows = match (user_id, status) {
        (Some(user_id), _) => {
            let [before_us, before_id, limit] = place;
            tx.all(
                select_listed!(
                    "from purchase join payment on payment.purchase_id = purchase.purchase_id
                     where purchase.user_id = $4 and ($5 = '' or payment.status = $5)
                         and (payment.created_at_us, payment.payment_intent_id) < ($1, $2)
                     order by payment.created_at_us desc, payment.payment_intent_id desc limit $3"
                ),
                &[before_us, before_id, limit, user_id.as_str().into(), word.into()],
            )?
        }
        (None, Some(PaymentStatus::Succeeded)) => tx.all(
            select_listed!(
                "from payment left join purchase on purchase.purchase_id = payment.purchase_id
                 where (payment.created_at_us, payment.payment_intent_id) < ($1, $2) and payment.status = 'succeeded'
                 order by payment.created_at_us desc, payment.payment_intent_id desc limit $3"
            ),
            &place,
        )?,
        (None, Some(_)) => {
            let [before_us, before_id, limit] = place;
            tx.all(
                select_listed!(
                    "from payment left join purchase on purchase.purchase_id = payment.purchase_id
                     where (payment.created_at_us, payment.payment_intent_id) < ($1, $2)
                         and payment.status <> 'succeeded' and payment.status = $4
                     order by payment.created_at_us desc, payment.payment_intent_id desc limit $3"
                ),
                &[before_us, before_id, limit, word.into()],
            )?
        }
        (None, None) => tx.all(
            select_listed!(
                "from payment left join purchase on purchase.purchase_id = payment.purchase_id
                 where (payment.created_at_us, payment.payment_intent_id) < ($1, $2)
                 order by payment.created_at_us desc, payment.payment_intent_id desc limit $3"
            ),
            &place,
        )?,
    };
    rows.iter().map(listed).collect()
}

/// What these subscriptions bring in, each with its currency, by their ids.
pub(in crate::reports) fn revenue_of(tx: &mut Tx<'_>, ids: &[&str]) -> Result<HashMap<String, (String, i64)>> {
    let ids = Rows::of(ids.iter().map(|id| [Field::from(*id)]));
    let rows = tx.all(
        "select subscription_revenue.subscription_id, subscription_revenue.currency, subscription_revenue.mrr_minor
         from rows($1: subscription_id text)
         join subscription_revenue on subscription_revenue.subscription_id = r.subscription_id",
        &[ids.into()],
    )?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, (row.text(1)?, row.int(2)?))))
        .collect()
}
