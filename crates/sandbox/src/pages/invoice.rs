//! The page of an invoice: its lines, what is due, and how it stands.

use axum::body::Body;
use axum::extract::{Path, State as Extract};
use axum::http::{Response, StatusCode};
use serde_json::Value;

use super::{escape, fill, notice, page};
use crate::Sandbox;
use crate::resources::{calendar, money};
use crate::state::{int, text};

pub(crate) async fn show(Extract(sandbox): Extract<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let state = sandbox.lock();
    let found = state
        .find("invoice", &id)
        .filter(|invoice| invoice["status"] != "draft");
    let Some(invoice) = found else {
        return notice(
            StatusCode::NOT_FOUND,
            "Page not found",
            "There is no invoice under this address.",
            None,
        );
    };
    let currency = text(invoice, "currency");
    let standing = match text(invoice, "status") {
        "paid" => "Paid".to_owned(),
        "void" => "Void".to_owned(),
        _ => format!("{} to pay", money::shown(int(invoice, "amount_remaining"), currency)),
    };
    let content = fill(
        "<div class=\"portal\"><p class=\"test\">Test mode</p><p class=\"merchant\">{{merchant}}</p><main>\
         <h1>Invoice {{number}}</h1><p>{{date}}</p><p class=\"total\">{{total}}</p><ul class=\"items\">\n{{lines}}</ul>\n\
         <p id=\"standing\">{{standing}}</p></main></div>",
        &[
            ("merchant", &escape(&sandbox.config().merchant_name)),
            ("number", &escape(text(invoice, "number"))),
            ("date", &calendar::shown(int(invoice, "created"))),
            ("total", &escape(&money::shown(int(invoice, "total"), currency))),
            ("lines", &lines(invoice)),
            ("standing", &escape(&standing)),
        ],
    );
    page(StatusCode::OK, "Invoice", &content, &[])
}

/// The lines of an invoice as items of a list.
pub(super) fn lines(invoice: &Value) -> String {
    let currency = text(invoice, "currency");
    let mut html = String::new();
    for line in invoice["lines"]["data"].as_array().into_iter().flatten() {
        html.push_str(&fill(
            "<li><span>{{description}}</span><span class=\"amount\">{{amount}}</span></li>\n",
            &[
                ("description", &escape(text(line, "description"))),
                ("amount", &escape(&money::shown(int(line, "amount"), currency))),
            ],
        ));
    }
    html
}
