//! A receipt for a charge.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::http::{Response, StatusCode};

use super::{escape, notice, page};
use crate::Sandbox;
use crate::resources::money;
use crate::state::{flag, int, text};

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let state = sandbox.lock();
    let Some(charge) = state.find("charge", &id).filter(|charge| flag(charge, "paid")) else {
        return notice(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is no receipt under this address.",
            None,
        );
    };
    let currency = text(charge, "currency");
    let refunded = match int(charge, "amount_refunded") {
        0 => String::new(),
        amount => format!("<p>Refunded: {}</p>", escape(&money::shown(amount, currency))),
    };
    let content = format!(
        "<main class=\"notice\"><p class=\"test\">Test mode</p><h1>Receipt from {}</h1><p class=\"total\">{}</p><p>{}</p>{refunded}</main>",
        escape(&sandbox.config().merchant_name),
        escape(&money::shown(int(charge, "amount"), currency)),
        escape(&id)
    );
    page(StatusCode::OK, "Receipt", &content, &[])
}
