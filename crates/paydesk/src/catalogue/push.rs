//! Pushing the catalogue to Stripe. It reads what is there and only adds or changes what differs, so that pushing twice
//! does nothing the second time. A changed amount or interval becomes a new Stripe price that takes over the lookup key.

use ledger::Currency;
use serde_json::{Value, json};
use store::Store;
use stripe::objects::{Price, Product};
use stripe::{Client, Error, IdempotencyKey};

use super::records::{self, PushedPrice};
use super::{Catalogue, Item, Plan};
use crate::ids::Ids;

/// What a push did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Pushed {
    /// Products made.
    pub products_created: u32,
    /// Products whose name or description was changed.
    pub products_updated: u32,
    /// Prices made.
    pub prices_created: u32,
    /// Prices that were right already.
    pub prices_unchanged: u32,
    /// Former prices that were taken out of sale.
    pub prices_retired: u32,
}

/// Why a push stopped. What was done before stands, and the next push goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// Stripe did not do it.
    #[error("stripe: {0}")]
    Stripe(#[from] Error),
    /// The store did not.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Pushes every item. `progress` hears the number of items done.
pub async fn push(
    catalogue: &Catalogue,
    client: &Client,
    store: &Store,
    ids: &Ids,
    now_us: i64,
    mut progress: impl FnMut(usize),
) -> Result<Pushed, PushError> {
    let mut pushed = Pushed::default();
    for (done, item) in catalogue.items.values().enumerate() {
        push_product(client, ids, item, &mut pushed).await?;
        for (currency, unit_minor) in &item.prices {
            let price_id = push_price(client, ids, item, *currency, *unit_minor, &mut pushed).await?;
            store::crash_point("price pushed");
            let (item, currency, unit_minor) = (item.clone(), *currency, *unit_minor);
            store
                .write(move |tx| {
                    let price = PushedPrice {
                        item: &item,
                        currency,
                        unit_minor,
                        stripe_price_id: &price_id,
                    };
                    records::record(tx, now_us, &price)
                })
                .await?;
        }
        progress(done + 1);
    }
    Ok(pushed)
}

/// A push is safe to repeat because it looks first; its keys only guard the retries of one call.
fn key(ids: &Ids) -> IdempotencyKey {
    IdempotencyKey::new(ids.next("push")).expect("our ids are fitting keys")
}

fn product_parameters(item: &Item) -> Value {
    let description = if item.description.is_empty() {
        Value::Null
    } else {
        item.description.clone().into()
    };
    json!({ "name": item.name, "description": description, "active": true, "metadata": { "paydesk_item": item.id } })
}

async fn push_product(client: &Client, ids: &Ids, item: &Item, pushed: &mut Pushed) -> Result<(), PushError> {
    let id = item.stripe_product_id();
    let mut parameters = product_parameters(item);
    match client.retrieve_product(&id, &[]).await {
        Ok(product) if differs(&product, item) => {
            client.update_product(&id, &parameters, &key(ids)).await?;
            pushed.products_updated += 1;
        }
        Ok(_) => {}
        Err(Error::NotFound { .. }) => {
            parameters["id"] = id.into();
            if item.description.is_empty()
                && let Some(parameters) = parameters.as_object_mut()
            {
                parameters.remove("description");
            }
            client.create_product(&parameters, &key(ids)).await?;
            pushed.products_created += 1;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn differs(product: &Product, item: &Item) -> bool {
    product.name.as_deref() != Some(item.name.as_str())
        || product.description.as_deref().unwrap_or_default() != item.description
        || !product.active
}

/// Whether the price comes again as that of the plan does, or once where there is no plan.
fn recurs(price: &Price, plan: Option<&Plan>) -> bool {
    match (&price.recurring, plan) {
        (None, None) => true,
        (Some(recurring), Some(plan)) => {
            recurring.interval.as_deref() == Some(plan.interval.word())
                && recurring.interval_count == Some(plan.interval_count)
        }
        _ => false,
    }
}

async fn push_price(
    client: &Client,
    ids: &Ids,
    item: &Item,
    currency: Currency,
    unit_minor: i64,
    pushed: &mut Pushed,
) -> Result<String, PushError> {
    let lookup_key = format!("paydesk_{}_{currency}", item.id);
    let known = client.list_prices_by_lookup_key(&[&lookup_key]).await?.data;
    let fits = |price: &&Price| price.active && price.unit_amount == Some(unit_minor) && recurs(price, item.plan());
    if let Some(price) = known.iter().find(fits) {
        pushed.prices_unchanged += 1;
        return Ok(price.id.clone());
    }
    let mut parameters = json!({
        "product": item.stripe_product_id(),
        "currency": currency.code(),
        "unit_amount": unit_minor,
        "lookup_key": lookup_key,
        "transfer_lookup_key": true,
        "metadata": { "paydesk_item": item.id },
    });
    if let Some(plan) = item.plan() {
        parameters["recurring"] = json!({ "interval": plan.interval.word(), "interval_count": plan.interval_count });
    }
    let made = client.create_price(&parameters, &key(ids)).await?;
    pushed.prices_created += 1;
    for former in known.iter().filter(|price| price.active) {
        client
            .update_price(&former.id, &json!({ "active": false }), &key(ids))
            .await?;
        pushed.prices_retired += 1;
    }
    Ok(made.id)
}
