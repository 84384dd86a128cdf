//! The same seed and the same calls give the same bytes, in answers and in deliveries.

use sandbox::Config;
use serde_json::json;

use crate::desk::{Desk, Endpoint};

async fn story(seed: u64) -> Vec<String> {
    let desk = Desk::with(Config {
        seed: Some(seed),
        deterministic: true,
        ..Config::default()
    });
    let endpoint = Endpoint::start().await;
    desk.sandbox.add_webhook_endpoint(&endpoint.url);
    let mut told = Vec::new();
    let customer = desk.post("/v1/customers", &[("name", "Ada")]).await;
    told.push(format!("{} {}", customer.header("request-id"), customer.text));
    let session = desk.session(&[("customer", &customer.id())]).await;
    desk.control(
        &format!("/checkout/{session}/pay"),
        json!({ "card": "4242424242424242" }),
    )
    .await;
    desk.sandbox.advance(100_000);
    let declined: &[(&str, &str)] = &[
        ("amount", "700"),
        ("currency", "eur"),
        ("confirm", "true"),
        ("payment_method", "pm_card_chargeDeclined"),
    ];
    told.push(desk.post("/v1/payment_intents", declined).await.text);
    told.push(desk.get("/v1/events", &[("limit", "100")]).await.text);
    desk.drain().await;
    told.extend(
        endpoint
            .received()
            .into_iter()
            .map(|one| format!("{} {}", one.signature, one.body)),
    );
    told
}

#[tokio::test]
async fn one_seed_one_history() {
    let first = story(42).await;
    assert!(first.len() > 8);
    // The endpoint's address differs between the two, and appears nowhere.
    assert_eq!(first, story(42).await);
    assert_ne!(first, story(43).await);
}
