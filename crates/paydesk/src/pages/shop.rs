//! The shop of `paydesk dev`: one page on which everything that is for sale can be bought, as a user of the examples.
//!
//! It carries that user's token, so it is served by `dev` on loopback addresses and by nothing else. A real application
//! shows its own pages and calls the same API.

use axum::Router;
use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::app::App;
use crate::catalogue::{Item, Offer, Plan};
use crate::pages;

/// The route of the shop, and the way to it from the root, for the user with this id and token.
pub fn router(user_id: &str, token: &str) -> Router<App> {
    let (user_id, token) = (user_id.to_owned(), token.to_owned());
    let show = move |State(app): State<App>| {
        let page = page(&app, &user_id, &token);
        async move { page }
    };
    Router::new()
        .route("/shop", get(show))
        .route("/", get(async || Redirect::to("/shop")))
}

fn page(app: &App, user_id: &str, token: &str) -> Response {
    let (mut packs, mut plans, mut packages) = (Vec::new(), Vec::new(), Vec::new());
    for item in app.catalogue.items.values() {
        match &item.offer {
            Offer::CreditPack { credits, .. } => packs.push(described(app, item, "credits", json!(credits))),
            Offer::OrderPackage { fields, .. } => {
                let fields: Value = fields
                    .iter()
                    .map(|field| {
                        json!({
                            "name": field.name,
                            "label": field.label,
                            "kind": field.kind,
                            "required": field.required,
                        })
                    })
                    .collect();
                packages.push(described(app, item, "fields", fields));
            }
            Offer::Plan(plan) if plan.on_sale => plans.push(described(app, item, "plan", terms(plan))),
            // A session needs a time, for which the page of the examples has no form.
            Offer::Session(_) | Offer::Plan(_) => {}
        }
    }
    let values = json!({
        "shop": app.catalogue.shop_name,
        "user_id": user_id,
        "token": token,
        "packs": packs,
        "plans": plans,
        "packages": packages,
    });
    pages::render("shop.html", &values)
}

/// What a card of a plan says besides.
fn terms(plan: &Plan) -> Value {
    let interval = plan.interval.word();
    let cycle = match plan.interval_count {
        1 => interval.to_owned(),
        count => format!("{count} {interval}s"),
    };
    json!({
        "group": plan.group,
        "cycle": cycle,
        "trial_days": plan.trial_days,
        "credits": plan.credits.map(|credits| credits.amount),
    })
}

/// What every item shows, and what its kind adds.
fn described(app: &App, item: &Item, more: &str, value: Value) -> Value {
    let amount = item.amount(app.catalogue.default_currency, 1);
    let mut shown = json!({
        "id": item.id,
        "name": item.name,
        "description": item.description,
        "amount": amount.map(|amount| amount.to_string()),
    });
    shown[more] = value;
    shown
}
