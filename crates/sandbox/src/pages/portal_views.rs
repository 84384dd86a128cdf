//! What the billing portal looks like: plain pages with headings, lists, forms and a table, which need no script.

use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::{Map, Value};

use super::{escape, field, fill, invoice, page};
use crate::Config;
use crate::resources::{calendar, money, portal_sessions as sessions, subscription_items as items};
use crate::state::{State, int, text};

/// Invoices that are listed.
const INVOICES: usize = 24;

/// A session as a page sees it.
pub(crate) struct View<'a> {
    pub(crate) session: &'a Value,
    merchant: &'a str,
}

impl<'a> View<'a> {
    pub(crate) fn of(config: &'a Config, session: &'a Value) -> Self {
        Self {
            session,
            merchant: &config.merchant_name,
        }
    }

    /// The path of a page of this session.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/p/session/{}{rest}", text(self.session, "_token"))
    }

    fn page(&self, status: StatusCode, heading: &str, content: &str, back: (&str, &str)) -> Response<Body> {
        let (url, label) = back;
        let back = match url {
            "" => String::new(),
            url => format!(
                "<a class=\"back\" id=\"back\" href=\"{}\"><span aria-hidden=\"true\">←</span> {}</a>",
                escape(url),
                escape(label)
            ),
        };
        let content = fill(
            include_str!("portal.html"),
            &[
                ("back", &back),
                ("merchant", &escape(self.merchant)),
                ("heading", &escape(heading)),
                ("content", content),
            ],
        );
        let flow = &self.session["flow"]["after_completion"]["redirect"];
        let then = [text(self.session, "return_url"), text(flow, "return_url")];
        page(status, &format!("{heading} – {}", self.merchant), &content, &then)
    }

    /// A form of one button that does something to a subscription. `of` are attributes that say to which, where there are
    /// several.
    fn button(&self, action: &str, subscription: &str, hidden: &str, label: &str, of: &str) -> String {
        fill(
            "<form method=\"post\" action=\"{{path}}\"><input type=\"hidden\" name=\"subscription\" value=\"{{subscription}}\">\
             {{hidden}}<button id=\"{{action}}-{{subscription}}\"{{of}} name=\"action\" value=\"{{action}}\" type=\"submit\">{{label}}</button></form>\n",
            &[
                ("path", &self.path("")),
                ("subscription", &escape(subscription)),
                ("hidden", hidden),
                ("action", action),
                ("label", &escape(label)),
                ("of", of),
            ],
        )
    }
}

/// What a price costs and how often.
fn cost(price: &Value, quantity: i64) -> String {
    let each = money::shown(
        int(price, "unit_amount").saturating_mul(quantity),
        text(price, "currency"),
    );
    format!("{each} {}", every(price))
}

/// How often a price is paid.
pub(super) fn every(price: &Value) -> String {
    let interval = text(&price["recurring"], "interval");
    match int(&price["recurring"], "interval_count") {
        0 | 1 => format!("per {interval}"),
        count => format!("every {count} {interval}s"),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

fn plan_name(state: &State, subscription: &Value) -> String {
    let names: Vec<String> = items::of(subscription)
        .iter()
        .map(|item| items::name(state, &item["price"]))
        .collect();
    names.join(", ")
}

/// How a subscription stands, in a sentence.
fn standing(subscription: &Value) -> String {
    let ends = items::of(subscription)
        .iter()
        .map(|item| int(item, "current_period_end"));
    let next = calendar::shown(ends.min().unwrap_or(0));
    if let Some(time) = subscription["cancel_at"].as_i64() {
        return format!("Ends on {}.", calendar::shown(time));
    }
    match text(subscription, "status") {
        "trialing" => format!("Free trial until {next}."),
        "past_due" | "unpaid" => "The last payment failed. Please change your payment method.".to_owned(),
        "paused" => "Paused.".to_owned(),
        "incomplete" => "Waits for its first payment.".to_owned(),
        _ => format!("Renews on {next}."),
    }
}

pub(crate) fn home(state: &State, view: &View<'_>, done: &str) -> Response<Body> {
    let session = view.session;
    let mut content = format!("<p id=\"done\" class=\"done\" role=\"status\">{}</p>\n", escape(done));
    content.push_str("<section aria-labelledby=\"subscriptions\"><h2 id=\"subscriptions\">Subscriptions</h2>\n");
    let subscriptions = sessions::subscriptions(state, session);
    if subscriptions.is_empty() {
        content.push_str("<p>You have no subscription.</p>\n");
    }
    for subscription in &subscriptions {
        content.push_str(&card_of(state, view, subscription));
    }
    content.push_str("</section>\n");
    content.push_str(&method_section(state, view));
    if sessions::allows(state, session, "invoice_history") {
        content.push_str(&invoices(state, session));
    }
    let back = text(session, "return_url");
    view.page(StatusCode::OK, "Your billing", &content, (back, "Back to the shop"))
}

fn card_of(state: &State, view: &View<'_>, subscription: &Value) -> String {
    let id = text(subscription, "id");
    let costs: Vec<String> = items::of(subscription)
        .iter()
        .map(|item| cost(&item["price"], int(item, "quantity")))
        .collect();
    let of = format!(" aria-describedby=\"name-{}\"", escape(id));
    let link = |word: &str, label: &str| {
        let path = view.path(&format!("/subscriptions/{id}/{word}"));
        format!("<a class=\"button quiet\"{of} href=\"{}\">{label}</a>\n", escape(&path))
    };
    let mut ways = String::new();
    let changeable = items::of(subscription).len() == 1 && text(subscription, "status") != "incomplete";
    if changeable && sessions::allows(state, view.session, "subscription_update") {
        ways.push_str(&link("plan", "Change plan"));
    }
    if sessions::allows(state, view.session, "subscription_cancel") {
        if subscription["cancel_at"].is_null() {
            ways.push_str(&link("cancel", "Cancel subscription"));
        } else {
            ways.push_str(&view.button("renew", id, "", "Do not cancel", &of));
        }
    }
    fill(
        "<article class=\"plan\" id=\"{{id}}\" aria-labelledby=\"name-{{id}}\"><h3 id=\"name-{{id}}\">{{name}}</h3>\n\
         <p class=\"cost\">{{cost}}</p><p class=\"standing\">{{standing}}</p>\n{{ways}}</article>\n",
        &[
            ("id", &escape(id)),
            ("name", &escape(&plan_name(state, subscription))),
            ("cost", &escape(&costs.join(" and "))),
            ("standing", &escape(&standing(subscription))),
            ("ways", &ways),
        ],
    )
}

/// What the customer pays with: their default, or the method of their newest subscription.
fn method_section(state: &State, view: &View<'_>) -> String {
    let customer = state.own(text(view.session, "customer"));
    let own = sessions::subscriptions(state, view.session)
        .into_iter()
        .find_map(|subscription| subscription["default_payment_method"].as_str().map(str::to_owned));
    let id = customer["invoice_settings"]["default_payment_method"]
        .as_str()
        .map(str::to_owned)
        .or(own);
    let method = state.own(id.as_deref().unwrap_or_default());
    let shown = match text(method, "type") {
        "card" => {
            let card = &method["card"];
            format!(
                "{} ending in {}, valid until {:02}/{}",
                capital(&text(card, "display_brand").replace('_', " ")),
                text(card, "last4"),
                int(card, "exp_month"),
                int(card, "exp_year")
            )
        }
        "" => "None is saved.".to_owned(),
        kind => format!("Bank account ending in {}", text(&method[kind], "last4")),
    };
    let way = if sessions::allows(state, view.session, "payment_method_update") {
        let path = view.path("/payment-method");
        format!("<a class=\"button quiet\" href=\"{path}\">Change payment method</a>\n")
    } else {
        String::new()
    };
    format!(
        "<section aria-labelledby=\"methods\"><h2 id=\"methods\">Payment method</h2>\n<p id=\"method\">{}</p>\n{way}</section>\n",
        escape(&shown)
    )
}

fn invoices(state: &State, session: &Value) -> String {
    let mut rows = String::new();
    let found = state.naming("invoice", "customer", text(session, "customer"));
    let final_ones = found.into_iter().filter(|invoice| invoice["status"] != "draft");
    for invoice in final_ones.take(INVOICES) {
        let status = match text(invoice, "status") {
            "paid" => "Paid",
            "void" => "Void",
            _ => "Unpaid",
        };
        rows.push_str(&fill(
            "<tr><td>{{date}}</td><td><a href=\"{{url}}\">{{number}}</a></td><td class=\"amount\">{{amount}}</td><td>{{status}}</td></tr>\n",
            &[
                ("date", &calendar::shown(int(invoice, "created"))),
                ("url", &escape(&format!("/i/{}", text(invoice, "id")))),
                ("number", &escape(text(invoice, "number"))),
                ("amount", &escape(&money::shown(int(invoice, "total"), text(invoice, "currency")))),
                ("status", status),
            ],
        ));
    }
    let table = if rows.is_empty() {
        "<p>There are none yet.</p>".to_owned()
    } else {
        format!(
            "<table><thead><tr><th scope=\"col\">Date</th><th scope=\"col\">Invoice</th>\
             <th scope=\"col\" class=\"amount\">Amount</th><th scope=\"col\">Status</th></tr></thead>\n<tbody>{rows}</tbody></table>"
        )
    };
    format!("<section aria-labelledby=\"invoices\"><h2 id=\"invoices\">Invoices</h2>\n{table}</section>\n")
}

/// The plans that can be chosen.
pub(crate) fn plans(state: &State, view: &View<'_>, subscription: &Value) -> Response<Body> {
    let current = &items::of(subscription)[0];
    let quantity = int(current, "quantity");
    let mut choices = String::new();
    let offered = sessions::choices(state, view.session, subscription);
    if offered.iter().all(|price| price["id"] == current["price"]["id"]) {
        let content = "<p>There is no other plan.</p>\n";
        return view.page(StatusCode::OK, "Change plan", content, (&view.path(""), "Back"));
    }
    for (index, price) in offered.iter().enumerate() {
        let is_current = price["id"] == current["price"]["id"];
        choices.push_str(&fill(
            "<label class=\"method\" for=\"price-{{index}}\"><input type=\"radio\" id=\"price-{{index}}\" name=\"price\" \
             value=\"{{price}}\" required{{state}}><span>{{name}}<small>{{cost}}{{note}}</small></span></label>\n",
            &[
                ("index", &index.to_string()),
                ("price", &escape(text(price, "id"))),
                ("state", if is_current { " disabled" } else { "" }),
                ("name", &escape(&items::name(state, price))),
                ("cost", &escape(&cost(price, quantity))),
                ("note", if is_current { ", your plan now" } else { "" }),
            ],
        ));
    }
    let content = fill(
        "<form method=\"post\" action=\"{{path}}\">\n<input type=\"hidden\" name=\"subscription\" value=\"{{id}}\">\n\
         <fieldset class=\"choices\"><legend>Choose a plan</legend>\n{{choices}}</fieldset>\n\
         <button id=\"preview\" name=\"action\" value=\"preview\" type=\"submit\">Continue</button>\n</form>\n",
        &[
            ("path", &view.path("")),
            ("id", &escape(text(subscription, "id"))),
            ("choices", &choices),
        ],
    );
    view.page(StatusCode::OK, "Change plan", &content, (&view.path(""), "Back"))
}

/// What a chosen plan costs, and the button that takes it.
pub(crate) fn confirmation(
    state: &State,
    view: &View<'_>,
    subscription: &str,
    price: &str,
    preview: &Value,
) -> Response<Body> {
    let chosen = state.own(price);
    let quantity = items::of(state.own(subscription))
        .first()
        .map_or(1, |item| int(item, "quantity"));
    let mut content = format!(
        "<p><strong>{}</strong>, {}</p>\n",
        escape(&items::name(state, chosen)),
        escape(&cost(chosen, quantity))
    );
    if preview.is_object() {
        let now = state.now();
        let when = if int(preview, "created") > now {
            format!("On {} you pay", calendar::shown(int(preview, "created")))
        } else {
            "Today you pay".to_owned()
        };
        content.push_str(&fill(
            "<p>{{when}}:</p><p class=\"total\" id=\"due\">{{due}}</p>\n<ul class=\"items\">\n{{lines}}</ul>\n",
            &[
                ("when", &when),
                (
                    "due",
                    &escape(&money::shown(int(preview, "amount_due"), text(preview, "currency"))),
                ),
                ("lines", &invoice::lines(preview)),
            ],
        ));
    }
    let hidden = format!("<input type=\"hidden\" name=\"price\" value=\"{}\">", escape(price));
    content.push_str(&view.button("plan", subscription, &hidden, "Confirm", ""));
    let back = view.path(&format!("/subscriptions/{subscription}/plan"));
    view.page(StatusCode::OK, "Confirm your new plan", &content, (&back, "Back"))
}

pub(crate) fn cancellation(state: &State, view: &View<'_>, subscription: &Value) -> Response<Body> {
    let feature = sessions::feature(state, view.session, "subscription_cancel");
    let ends = items::of(subscription)
        .iter()
        .map(|item| int(item, "current_period_end"))
        .max();
    let sentence = if feature["mode"] == "immediately" {
        "It ends at once.".to_owned()
    } else {
        let date = calendar::shown(ends.unwrap_or(0));
        format!("You keep it until {date}, and nothing more is charged.")
    };
    let content = format!(
        "<p>You are about to cancel {}. {}</p>\n{}",
        escape(&plan_name(state, subscription)),
        escape(&sentence),
        view.button("cancel", text(subscription, "id"), "", "Cancel subscription", "")
    );
    view.page(
        StatusCode::OK,
        "Cancel subscription",
        &content,
        (&view.path(""), "Back"),
    )
}

pub(crate) fn method_form(
    view: &View<'_>,
    form: &Map<String, Value>,
    error: &str,
    status: StatusCode,
) -> Response<Body> {
    let card = fill(
        include_str!("card.html"),
        &[("name", &escape(field(form, "card-name")))],
    );
    let content = fill(
        "<form id=\"payment-form\" method=\"post\" action=\"{{path}}\" novalidate data-enhanced>\n\
         <div id=\"error\" class=\"error\" role=\"alert\" aria-live=\"assertive\" tabindex=\"-1\">{{error}}</div>\n{{card}}\
         <button id=\"save\" name=\"action\" value=\"payment-method\" type=\"submit\">Save</button>\n</form>\n",
        &[("path", &view.path("")), ("error", &escape(error)), ("card", &card)],
    );
    view.page(status, "Change payment method", &content, (&view.path(""), "Back"))
}
