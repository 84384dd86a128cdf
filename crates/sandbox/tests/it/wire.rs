//! Hostile input: whatever comes in, the answer is a 4xx in Stripe's form, and nothing has changed.

use axum::http::Method;
use proptest::prelude::*;
use sandbox::DEFAULT_SECRET_KEY;

use crate::desk::Desk;

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
