//! The two pages a buyer comes back to. Neither grants anything by itself: the success page runs the same keyed
//! settlement as the events do, so it does not matter which of them comes first, nor how often.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use super::{Kind, Purchase, Status, records, recovery};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::http::{Problem, kinds};
use crate::pages;

/// The least time between two questions to Stripe about one session.
const LOOK_PAUSE_US: i64 = 3 * SECOND_US;

/// What goes back to somebody whose checkout cannot be shown: a page to a browser, the problem to everybody else.
pub(super) fn unknown(app: &App, headers: &HeaderMap, problem: Problem) -> Result<Response, Problem> {
    let accepts = headers.get_all(header::ACCEPT).iter();
    let is_browser = accepts
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"));
    if !is_browser || !problem.status().is_client_error() {
        return Err(problem);
    }
    let mut page = pages::render("unknown.html", &json!({ "shop": app.catalogue.shop_name }));
    if page.status().is_success() {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(page)
}

/// The page after payment.
pub(super) async fn success_page(app: &App, session_id: String) -> Result<Response, Problem> {
    let mut purchase = of_session(app, &session_id).await?;
    if !purchase.status.is_final() && may_look(app, &session_id).await? {
        // The event is usually quicker. Where it is not, Stripe is asked; if that fails the event will still come.
        if let Err(error) = recovery::look(app, &session_id).await {
            tracing::info!(%error, "stripe could not be asked about a session; its event will settle it");
        }
        purchase = of_session(app, &session_id).await?;
    }
    let item = app.catalogue.items.get(&purchase.item_id);
    Ok(pages::render(
        "success.html",
        &json!({
            "shop": app.catalogue.shop_name,
            "item": item.map_or(purchase.item_id.as_str(), |item| item.name.as_str()),
            "quantity": purchase.quantity,
            "credits": purchase.credits,
            "is_credits": purchase.kind == Kind::CreditPack,
            "is_plan": purchase.kind == Kind::Plan,
            "amount": purchase.price.to_string(),
            "status": purchase.status.word(),
            "session_id": session_id,
        }),
    ))
}

/// Whether Stripe may be asked about this session now. Reloading the page must not use up what Stripe answers a second.
async fn may_look(app: &App, session_id: &str) -> Result<bool, Problem> {
    let (session_id, now_us) = (session_id.to_owned(), app.clock.now_us());
    Ok(app
        .store
        .write(move |tx| records::claim_look(tx, &session_id, now_us, now_us - LOOK_PAUSE_US))
        .await?)
}

async fn of_session(app: &App, session_id: &str) -> Result<Purchase, Problem> {
    let session_id = session_id.to_owned();
    let found = app
        .store
        .read(move |tx| records::purchase_of_session(tx, &session_id))
        .await?;
    found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND).detail("There is no purchase of this session."))
}

/// The page for a buyer who turned back.
pub(super) async fn cancel_page(app: &App, purchase_id: String) -> Result<Response, Problem> {
    let found = app.store.read(move |tx| records::purchase(tx, &purchase_id)).await?;
    let purchase = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND).detail("There is no such purchase."))?;
    let item = app.catalogue.items.get(&purchase.item_id);
    let retry = purchase
        .session_url
        .as_deref()
        .filter(|_| purchase.status == Status::Open);
    Ok(pages::render(
        "cancel.html",
        &json!({
            "shop": app.catalogue.shop_name,
            "item": item.map_or(purchase.item_id.as_str(), |item| item.name.as_str()),
            "credits": purchase.credits,
            "is_credits": purchase.kind == Kind::CreditPack,
            "is_plan": purchase.kind == Kind::Plan,
            "amount": purchase.price.to_string(),
            "status": purchase.status.word(),
            "retry_url": retry,
        }),
    ))
}
