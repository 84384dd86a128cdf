//! What the catalogue's prices are called at Stripe.

use ledger::{Currency, Money};
use store::{Error, Result, Tx};

use super::{Item, Plan};

/// The Stripe price of one piece of an item, where exactly this amount was pushed.
pub fn stripe_price(tx: &mut Tx<'_>, item_id: &str, currency: Currency, unit_minor: i64) -> Result<Option<String>> {
    let row = tx.one(
        "select stripe_price_id from catalogue_price where item_id = $1 and currency = $2 and amount_minor = $3",
        &[item_id.into(), currency.code().into(), unit_minor.into()],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// The plan that a Stripe price is or was a price of.
pub fn plan_of_price(tx: &mut Tx<'_>, stripe_price_id: &str) -> Result<Option<String>> {
    let row = tx.one(
        "select plan_id from plan_price where stripe_price_id = $1",
        &[stripe_price_id.into()],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// The currency of a Stripe price that is or was one of a plan.
pub fn currency_of_price(tx: &mut Tx<'_>, stripe_price_id: &str) -> Result<Option<Currency>> {
    let row = tx.one(
        "select currency from plan_price where stripe_price_id = $1",
        &[stripe_price_id.into()],
    )?;
    let decoded = |row: store::Row| {
        let parsed = row.text_ref(0)?.parse();
        parsed.map_err(|_| Error::Corrupt("plan price: currency".into()))
    };
    row.map(decoded).transpose()
}

/// The Stripe price of a plan, where exactly this amount and interval were pushed.
pub fn stripe_plan_price(tx: &mut Tx<'_>, plan_id: &str, plan: &Plan, amount: Money) -> Result<Option<String>> {
    let row = tx.one(
        "select stripe_price_id from plan_price
         where plan_id = $1 and currency = $2 and amount_minor = $3 and interval_unit = $4 and interval_count = $5
         order by pushed_at_us desc limit 1",
        &[
            plan_id.into(),
            amount.currency.code().into(),
            amount.minor.into(),
            plan.interval.word().into(),
            plan.interval_count.into(),
        ],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// A price as it was pushed.
pub(super) struct PushedPrice<'a> {
    pub(super) item: &'a Item,
    pub(super) currency: Currency,
    pub(super) unit_minor: i64,
    pub(super) stripe_price_id: &'a str,
}

/// Writes what a price is called at Stripe. That of a plan stands beside what it was called before, any other in place of it.
pub(super) fn record(tx: &mut Tx<'_>, now_us: i64, price: &PushedPrice<'_>) -> Result<()> {
    match price.item.plan() {
        Some(plan) => record_of_plan(tx, now_us, price, plan),
        None => record_in_place(tx, now_us, price),
    }
}

fn record_of_plan(tx: &mut Tx<'_>, now_us: i64, price: &PushedPrice<'_>, plan: &Plan) -> Result<()> {
    tx.run(
        "insert into plan_price (stripe_price_id, plan_id, currency, amount_minor, interval_unit, interval_count, pushed_at_us)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (stripe_price_id) do update set pushed_at_us = excluded.pushed_at_us",
        &[
            price.stripe_price_id.into(),
            price.item.id.as_str().into(),
            price.currency.code().into(),
            price.unit_minor.into(),
            plan.interval.word().into(),
            plan.interval_count.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

fn record_in_place(tx: &mut Tx<'_>, now_us: i64, price: &PushedPrice<'_>) -> Result<()> {
    tx.run(
        "insert into catalogue_price (item_id, currency, amount_minor, stripe_product_id, stripe_price_id, pushed_at_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (item_id, currency) do update
         set amount_minor = excluded.amount_minor, stripe_product_id = excluded.stripe_product_id,
             stripe_price_id = excluded.stripe_price_id, pushed_at_us = excluded.pushed_at_us",
        &[
            price.item.id.as_str().into(),
            price.currency.code().into(),
            price.unit_minor.into(),
            price.item.stripe_product_id().into(),
            price.stripe_price_id.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}
