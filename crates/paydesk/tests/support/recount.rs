//! The figures of reports counted again, slowly, from the rows they are made of, by other means than the product's.

use std::collections::BTreeMap;

use paydesk::{books, reports};
use store::{Result, Store, Tx};

/// Amounts and numbers by unit, figure and day.
pub(crate) type Figures = BTreeMap<(String, String, i64), (i64, i64)>;

const DAY_US: i64 = 86_400_000_000;

/// Counts what is there, and holds every figure against a recount.
pub(crate) async fn check(store: &Store, now_us: i64) -> Figures {
    books::seal(store, now_us).await.unwrap();
    reports::count(store).await.unwrap();
    let (kept, counted) = store
        .read(|tx| Ok::<_, store::Error>((kept(tx)?, recount(tx)?)))
        .await
        .unwrap();
    assert_eq!(kept, counted, "what is kept, and what a recount comes to");
    store.read(levels).await.unwrap();
    kept
}

/// The sum of a figure over days, both included: amount, and number.
pub(crate) fn sum(figures: &Figures, unit: &str, figure: &str, (from, to): (i64, i64)) -> (i64, i64) {
    let of = figures
        .iter()
        .filter(|((one, name, day), _)| one == unit && name == figure && (from..=to).contains(day));
    of.fold((0, 0), |(amount, things), (_, sum)| (amount + sum.0, things + sum.1))
}

fn kept(tx: &mut Tx<'_>) -> Result<Figures> {
    let rows = tx.all(
        "select unit, figure, day, amount, things from report_day where amount <> 0 or things <> 0",
        &[],
    )?;
    rows.iter()
        .map(|row| Ok(((row.text(0)?, row.text(1)?, row.int(2)?), (row.int(3)?, row.int(4)?))))
        .collect()
}

fn recount(tx: &mut Tx<'_>) -> Result<Figures> {
    let mut figures = Figures::new();
    transfers(tx, &mut figures)?;
    reversals(tx, &mut figures)?;
    payments(tx, &mut figures)?;
    revenue(tx, &mut figures)?;
    for row in &tx.all("select received_at_us from event", &[])? {
        add(&mut figures, "events", "received", row.int(0)? / DAY_US, 1);
    }
    figures.retain(|_, sum| *sum != (0, 0));
    Ok(figures)
}

fn add(figures: &mut Figures, unit: &str, figure: &str, day: i64, amount: i64) {
    let known = figures.entry((unit.to_owned(), figure.to_owned(), day)).or_default();
    known.0 += amount;
    known.1 += 1;
}

fn transfers(tx: &mut Tx<'_>, figures: &mut Figures) -> Result<()> {
    let rows = tx.all(
        "select transfer.code, debit.account_key, transfer.amount, transfer.posted_at_us from transfer
         join account debit on debit.account_id = transfer.debit_account_id order by transfer.position",
        &[],
    )?;
    for row in &rows {
        let (figure, sign) = match row.text_ref(0)? {
            "collect" => ("collected", 1),
            "refund" => ("reversed", 1),
            "refund_reversal" => ("reversed", -1),
            "grant" => ("granted", 1),
            "add" => ("added", 1),
            "spend" | "capture" => ("used", 1),
            "expire" => ("expired", 1),
            "remove" => ("removed", 1),
            "claw_back" => ("clawed_back", 1),
            "reinstate" | "claw_back_reversal" => ("clawed_back", -1),
            _ => continue,
        };
        let unit = row.text_ref(1)?.split(':').next().unwrap().to_owned();
        let known = figures
            .entry((unit, figure.to_owned(), row.int(3)? / DAY_US))
            .or_default();
        known.0 += sign * row.int(2)?;
        known.1 += sign;
    }
    Ok(())
}

fn reversals(tx: &mut Tx<'_>, figures: &mut Figures) -> Result<()> {
    let refunds = tx.all(
        "select refund.currency, refund.status, refund.amount_minor, refund.created_s from refund
         join payment on payment.payment_intent_id = refund.payment_intent_id
         join purchase on purchase.purchase_id = payment.purchase_id",
        &[],
    )?;
    for row in &refunds {
        if ["pending", "requires_action", "succeeded"].contains(&row.text_ref(1)?) {
            add(figures, row.text_ref(0)?, "refunded", row.int(3)? / 86_400, row.int(2)?);
        }
    }
    let disputes = tx.all(
        "select dispute.currency, dispute.status, dispute.amount_minor, dispute.created_s, dispute.withdrawn,
                dispute.reinstated from dispute
         join payment on payment.payment_intent_id = dispute.payment_intent_id
         join purchase on purchase.purchase_id = payment.purchase_id",
        &[],
    )?;
    for row in &disputes {
        let status = row.text_ref(1)?;
        let is_inquiry = status.starts_with("warning_") && !row.flag(4)?;
        let is_over = row.flag(5)? || ["won", "prevented"].contains(&status);
        if !is_inquiry && !is_over {
            add(figures, row.text_ref(0)?, "disputed", row.int(3)? / 86_400, row.int(2)?);
        }
    }
    Ok(())
}

/// Of failed payments the events tell that they are.
fn payments(tx: &mut Tx<'_>, figures: &mut Figures) -> Result<()> {
    let failed = tx.all(
        "select payment.currency, payment.amount_minor, payment.status, payment.created_at_us from payment
         join purchase on purchase.purchase_id = payment.purchase_id
         where exists (select 1 from event where event.type = 'payment_intent.payment_failed'
                           and event.object_id = payment.payment_intent_id and event.status = 'processed')",
        &[],
    )?;
    for row in &failed {
        let (currency, minor, day) = (row.text_ref(0)?, row.int(1)?, row.int(3)? / DAY_US);
        add(figures, currency, "failed", day, minor);
        if row.text_ref(2)? == "succeeded" {
            add(figures, currency, "recovered", day, minor);
        }
    }
    let charged = tx.all(
        "select fee_currency, fee_minor, created_at_us from payment where fee_minor is not null",
        &[],
    )?;
    for row in &charged {
        add(figures, row.text_ref(0)?, "fees", row.int(2)? / DAY_US, row.int(1)?);
    }
    Ok(())
}

/// The month of a day, as the day that it begins with.
fn month(day: i64) -> (String, i64) {
    let date = jiff::Timestamp::from_microsecond(day * DAY_US)
        .unwrap()
        .to_zoned(jiff::tz::TimeZone::UTC);
    let first = date.first_of_month().unwrap();
    (first.date().to_string(), first.timestamp().as_microsecond() / DAY_US)
}

fn revenue(tx: &mut Tx<'_>, figures: &mut Figures) -> Result<()> {
    let rows = tx.all(
        "select revenue_change.currency, revenue_change.movement, revenue_change.from_minor, revenue_change.to_minor,
                revenue_change.changed_at_us, subscriber.first_at_us
         from revenue_change join subscriber on subscriber.user_id = revenue_change.user_id
              and subscriber.currency = revenue_change.currency
         order by revenue_change.change_id",
        &[],
    )?;
    for row in &rows {
        let (currency, movement, delta) = (row.text_ref(0)?, row.text_ref(1)?, row.int(3)? - row.int(2)?);
        let (at, first) = (row.int(4)? / DAY_US, row.int(5)? / DAY_US);
        add(figures, currency, movement, at, delta);
        let things = match movement {
            "mrr_new" | "mrr_reactivation" => 1,
            "mrr_churn" => -1,
            _ => 0,
        };
        let cohort = format!("cohort:{}", month(first).0);
        let known = figures
            .entry((currency.to_owned(), cohort, month(at.max(first)).1))
            .or_default();
        known.0 += delta;
        known.1 += things;
    }
    Ok(())
}

/// Levels that figures add up to, held against what is there now.
fn levels(tx: &mut Tx<'_>) -> Result<()> {
    let figures = kept(tx)?;
    let all = (i64::MIN, i64::MAX);
    let whole = |unit: &str, names: &[&str]| names.iter().map(|name| sum(&figures, unit, name, all).0).sum::<i64>();
    let credits =
        whole("credits", &["granted", "added"]) - whole("credits", &["used", "expired", "removed", "clawed_back"]);
    let owned = tx.one(
        "select cast(coalesce(sum(credits_posted - debits_posted), 0) as bigint) from account
         where account_id > 0 and account_key like 'credits:%'",
        &[],
    )?;
    assert_eq!(credits, owned.unwrap().int(0)?, "credits that users have");

    let mut now: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut of_users: BTreeMap<(String, String), i64> = BTreeMap::new();
    let subscriptions = tx.all(
        "select subscription.user_id, plan_price.currency, plan_price.amount_minor, plan_price.interval_unit,
                plan_price.interval_count, subscription.quantity
         from subscription join plan_price on plan_price.stripe_price_id = subscription.price_id
         where subscription.user_id is not null and subscription.status in ('active', 'past_due')
             and subscription.pause_collection is null",
        &[],
    )?;
    for row in &subscriptions {
        let of = match row.text_ref(3)? {
            "month" => row.int(4)?,
            "year" => 12 * row.int(4)?,
            unit => panic!("a price by {unit} is not among those of the tests"),
        };
        let mrr = (row.int(2)? * row.int(5)? + of / 2) / of;
        *of_users.entry((row.text(1)?, row.text(0)?)).or_default() += mrr;
    }
    for (unit, name, _) in figures.keys() {
        if name.starts_with("mrr_") {
            now.entry(unit.clone()).or_default();
        }
    }
    for ((currency, _), mrr) in of_users {
        let known = now.entry(currency).or_default();
        known.0 += mrr;
        known.1 += 1;
    }
    for (currency, (mrr, users)) in now {
        let names = [
            "mrr_new",
            "mrr_expansion",
            "mrr_contraction",
            "mrr_churn",
            "mrr_reactivation",
        ];
        assert_eq!(whole(&currency, &names), mrr, "monthly revenue in {currency}");
        let things = |name: &str| sum(&figures, &currency, name, all).1;
        let active = things("mrr_new") + things("mrr_reactivation") - things("mrr_churn");
        assert_eq!(active, users, "subscribers in {currency}");
    }
    Ok(())
}
