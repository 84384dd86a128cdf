//! Hostile input: whatever comes in, the answer is a 4xx in Stripe's form, and nothing has changed.

use axum::http::Method;
use proptest::prelude::*;
use sandbox::DEFAULT_SECRET_KEY;

use crate::desk::Desk;
use crate::subscriptions::{DAY, START, price_per, subscribed};

#[tokio::test]
async fn malformed_requests_are_refused_and_change_nothing() {
    let desk = Desk::new();
    let key = format!("Bearer {DEFAULT_SECRET_KEY}");
    let deep = format!("metadata{}=x", "[a]".repeat(40));
    let many = "expand[]=x&".repeat(3000);
    let large = format!("name={}", "x".repeat(2 << 20));
    let long = format!("name={}", "x".repeat(6000));
    for body in [
        "a=%",
        "a=%zz",
        "a=%ff",
        "metadata[a=1",
        "=&=&=",
        "name=%00",
        "{\"name\":\"x\"}",
        &deep,
        &many,
        &large,
        &long,
    ] {
        let reply = desk
            .send(
                Method::POST,
                "/v1/customers",
                &[("authorization", &key)],
                body.to_owned(),
            )
            .await;
        assert_eq!(reply.status, 400, "{}", &body[..body.len().min(40)]);
        assert_eq!(reply.error("type"), "invalid_request_error");
    }
    for (method, path) in [
        (Method::PUT, "/v1/customers"),
        (Method::GET, "/v1/"),
        (Method::GET, "/v1/customers/a/b/c/d"),
        (Method::DELETE, "/v1/balance"),
    ] {
        let reply = desk.send(method, path, &[("authorization", &key)], String::new()).await;
        assert_eq!(reply.status, 404, "{path}");
    }
    assert_eq!(desk.event_types().await, Vec::<String>::new());
}

const PATHS: &[&str] = &[
    "/v1/customers",
    "/v1/products",
    "/v1/prices",
    "/v1/checkout/sessions",
    "/v1/payment_intents",
    "/v1/setup_intents",
    "/v1/payment_methods",
    "/v1/refunds",
    "/v1/charges",
    "/v1/webhook_endpoints",
    "/v1/payment_intents/pi_x/confirm",
    "/v1/disputes/dp_x",
];

const NAMES: &[&str] = &[
    "amount",
    "currency",
    "name",
    "email",
    "metadata",
    "metadata[a]",
    "expand[]",
    "expand[0][x]",
    "payment_method",
    "confirm",
    "mode",
    "line_items",
    "line_items[0][price]",
    "line_items[0][quantity]",
    "line_items[x]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][currency]",
    "success_url",
    "url",
    "enabled_events[]",
    "type",
    "card",
    "card[number]",
    "card[exp_month]",
    "unit_amount",
    "unit_amount_decimal",
    "product",
    "product_data[name]",
    "customer",
    "source",
    "created[gt]",
    "limit",
    "expires_at",
    "payment_method_data[type]",
    "payment_method_data[card][number]",
    "payment_method_data[card]",
    "evidence",
    "shipping",
    "description",
];

const VALUES: &[&str] = &[
    "",
    "1",
    "-1",
    "0",
    "1000",
    "9223372036854775807",
    "-9223372036854775808",
    "1e9",
    "usd",
    "jpy",
    "true",
    "maybe",
    "payment",
    "card",
    "sepa_debit",
    "pm_card_visa",
    "tok_visa",
    "4242424242424242",
    "https://x.example/{CHECKOUT_SESSION_ID}",
    "cus_x",
    "\u{202e}",
    "é",
    "'; drop table",
    "<script>",
    "12.50",
    "data.x.y.z",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_combination_of_parameters_is_a_fault(
        path in prop::sample::select(PATHS),
        pairs in prop::collection::vec((prop::sample::select(NAMES), prop::sample::select(VALUES)), 0..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let status = runtime.block_on(async { Desk::new().post(path, &pairs).await.status });
        prop_assert!(matches!(status, 200 | 400 | 402 | 404), "{} on {} {:?}", status, path, pairs);
    }
}

/// Changes of a subscription that is there: `{clock}` and the like stand for its ids.
const CHANGES: &[&str] = &[
    "/v1/subscriptions",
    "/v1/subscriptions/{subscription}",
    "/v1/subscriptions/{subscription}/pause",
    "/v1/subscriptions/{subscription}/resume",
    "/v1/subscription_items",
    "/v1/subscription_items/{item}",
    "/v1/invoices",
    "/v1/invoices/create_preview",
    "/v1/invoiceitems",
    "/v1/billing_portal/configurations",
    "/v1/billing_portal/sessions",
    "/v1/test_helpers/test_clocks",
    "/v1/test_helpers/test_clocks/{clock}/advance",
];

/// Fields with what they may plausibly be given, and what they may not.
const GIVEN: &[(&str, &[&str])] = &[
    ("customer", &["{customer}", "cus_x"]),
    ("subscription", &["{subscription}", ""]),
    ("items[0][id]", &["{item}", "si_x"]),
    ("items[0][price]", &["{yearly}", "price_x"]),
    ("items[0][quantity]", &["0", "3", "-1", "9223372036854775807"]),
    ("items[0][deleted]", &["true"]),
    ("items[1][price]", &["{yearly}"]),
    ("price", &["{yearly}"]),
    ("quantity", &["0", "7", "9223372036854775807", "-9223372036854775808"]),
    ("amount", &["-500", "9223372036854775807", "-9223372036854775808"]),
    ("currency", &["usd", "eur"]),
    ("proration_behavior", &["none", "always_invoice"]),
    ("proration_date", &["1793500000", "0", "9223372036854775807"]),
    ("trial_end", &["now", "1794000000", "9223372036854775807"]),
    ("trial_period_days", &["5", "-1", "9223372036854775807"]),
    ("billing_cycle_anchor", &["1794000000", "9223372036854775807"]),
    ("billing_cycle_anchor[type]", &["now", "unchanged"]),
    (
        "cancel_at",
        &["", "min_period_end", "1794000000", "9223372036854775807"],
    ),
    ("cancel_at_period_end", &["true", "false"]),
    ("payment_behavior", &["error_if_incomplete", "default_incomplete"]),
    ("pause_collection[behavior]", &["void"]),
    ("pause_collection[resumes_at]", &["1794000000", "9223372036854775807"]),
    ("subscription_details[items][0][price]", &["{yearly}"]),
    ("subscription_details[items][0][id]", &["{item}"]),
    ("subscription_details[cancel_now]", &["true"]),
    ("pending_invoice_items_behavior", &["include"]),
    ("days_until_due", &["9223372036854775807", "-9223372036854775808"]),
    ("features[subscription_update][enabled]", &["true"]),
    ("features[subscription_update][products][0][prices][]", &["{yearly}"]),
    ("flow_data[type]", &["subscription_cancel"]),
    ("flow_data[subscription_cancel][subscription]", &["{subscription}"]),
    (
        "frozen_time",
        &["1794000000", "9223372036854775807", "-9223372036854775808"],
    ),
    ("invoicing_behavior", &["invoice"]),
];

fn given() -> impl Strategy<Value = (&'static str, &'static str)> {
    prop::sample::select(GIVEN).prop_flat_map(|(name, values)| (Just(name), prop::sample::select(values)))
}

/// Sends the requests one after the other, and lets time pass after each; gives the statuses that are faults.
async fn faults(requests: &[(&'static str, Vec<(&'static str, &'static str)>)]) -> Vec<u16> {
    let desk = Desk::new();
    let (clock, customer, subscription) = subscribed(&desk, "pm_card_visa", &[]).await;
    let yearly = price_per(&desk, "30000", "year").await;
    let found = desk.get(&format!("/v1/subscriptions/{subscription}"), &[]).await;
    let item = found.body["items"]["data"][0]["id"].as_str().unwrap();
    let named = |text: &str| {
        text.replace("{clock}", &clock)
            .replace("{customer}", &customer)
            .replace("{subscription}", &subscription)
            .replace("{yearly}", &yearly)
            .replace("{item}", item)
    };
    let mut faults = Vec::new();
    let mut time = START;
    for (path, pairs) in requests {
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), named(value)))
            .collect();
        let form: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let status = desk.post(&named(path), &form).await.status;
        time += 9 * DAY;
        let advanced = [("frozen_time", &*time.to_string())];
        let passed = desk
            .post(&format!("/v1/test_helpers/test_clocks/{clock}/advance"), &advanced)
            .await
            .status;
        faults.extend(
            [status, passed]
                .into_iter()
                .filter(|status| !matches!(status, 200 | 400 | 402 | 404)),
        );
    }
    faults
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn no_history_of_changes_is_a_fault(
        requests in prop::collection::vec(
            (prop::sample::select(CHANGES), prop::collection::vec(given(), 0..4)),
            1..6,
        ),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let faults = runtime.block_on(faults(&requests));
        prop_assert_eq!(faults, Vec::<u16>::new(), "{:?}", requests);
    }
}
