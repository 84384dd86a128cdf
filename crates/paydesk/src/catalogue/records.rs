//! What the catalogue's prices are called at Stripe.

use ledger::Currency;
use store::{Result, Tx};

/// The Stripe price of one piece of an item, where exactly this amount was pushed.
pub fn stripe_price(tx: &mut Tx<'_>, item_id: &str, currency: Currency, unit_minor: i64) -> Result<Option<String>> {
    let row = tx.one(
        "select stripe_price_id from catalogue_price where item_id = $1 and currency = $2 and amount_minor = $3",
        &[item_id.into(), currency.code().into(), unit_minor.into()],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// A price as it was pushed.
pub(super) struct PushedPrice<'a> {
    pub(super) item_id: &'a str,
    pub(super) currency: Currency,
    pub(super) unit_minor: i64,
    pub(super) stripe_product_id: &'a str,
    pub(super) stripe_price_id: &'a str,
}

/// Writes what a price is called at Stripe, in place of what it was called before.
pub(super) fn record(tx: &mut Tx<'_>, now_us: i64, price: &PushedPrice<'_>) -> Result<()> {
    tx.run(
        "insert into catalogue_price (item_id, currency, amount_minor, stripe_product_id, stripe_price_id, pushed_at_us)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (item_id, currency) do update
         set amount_minor = excluded.amount_minor, stripe_product_id = excluded.stripe_product_id,
             stripe_price_id = excluded.stripe_price_id, pushed_at_us = excluded.pushed_at_us",
        &[
            price.item_id.into(),
            price.currency.code().into(),
            price.unit_minor.into(),
            price.stripe_product_id.into(),
            price.stripe_price_id.into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}
