//! The client against the sandbox over HTTP, each of which knows only the wire: money that goes back, cards that are saved,
//! and payments without the buyer.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

use std::sync::Arc;

use sandbox::{Config, DEFAULT_SECRET_KEY, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use stripe::objects::{
    CheckoutMode, CheckoutStatus, Dispute, DisputeStatus, EarlyFraudWarning, Object, PaymentIntent,
    PaymentIntentStatus, RefundStatus, SetupIntentStatus, id_of,
};
use stripe::{Client, ClientConfig, Error, Event, IdempotencyKey};

/// A sandbox whose clock stands still, on a socket of its own, and a client of it that attempts everything once.
struct Shop {
    sandbox: Sandbox,
    client: Client,
    http: reqwest::Client,
    url: String,
}

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

impl Shop {
    async fn open() -> Self {
        let sandbox = Sandbox::new(Config {
            seed: Some(7),
            deterministic: true,
            ..Config::default()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = sandbox.clone();
        tokio::spawn(async move { server.serve(listener, std::future::pending()).await });
        let mut config = ClientConfig::new(&url, SecretString::from(DEFAULT_SECRET_KEY));
        config.max_attempts = 1;
        Self {
            sandbox,
            client: Client::new(config, Arc::new(|| 0)).unwrap(),
            http: reqwest::Client::builder()
                .no_proxy()
                .tls_certs_only([])
                .build()
                .unwrap(),
            url,
        }
    }

    /// Steers the sandbox as a buyer or a bank would.
    async fn control(&self, path: &str, body: Value) -> Value {
        let request = self.http.post(format!("{}/_sandbox{path}", self.url));
        let answer = request.body(body.to_string()).send().await.unwrap();
        let said = answer.text().await.unwrap();
        let said: Value = serde_json::from_str(&said).unwrap();
        assert!(said["error"].is_null(), "{path}: {said}");
        said
    }

    async fn customer(&self) -> String {
        let parameters = json!({ "email": "buyer@example.com" });
        let made = self.client.create_customer(&parameters, &key("usr_1")).await;
        made.unwrap().id
    }

    /// A payment by somebody who is there.
    async fn paid(&self, method: &str) -> PaymentIntent {
        let parameters = json!({ "amount": 1000, "currency": "usd", "payment_method": method, "confirm": true });
        let made = self.client.create_payment_intent(&parameters, &key("pay_1")).await;
        made.unwrap()
    }

    /// A payment of a customer who is not.
    async fn charge_later(&self, customer: &str, method: &str, top_up: &str) -> Result<PaymentIntent, Error> {
        let parameters = json!({
            "amount": 1000, "currency": "usd", "customer": customer, "payment_method": method, "off_session": true,
            "confirm": true, "description": "Top-up", "metadata": { "top_up": top_up },
        });
        self.client.create_payment_intent(&parameters, &key(top_up)).await
    }

    async fn attached(&self, customer: &str, test_name: &str) -> String {
        let (parameters, key) = (json!({ "customer": customer }), key("pm_1"));
        let attached = self.client.attach_payment_method(test_name, &parameters, &key).await;
        attached.unwrap().id
    }

    /// The objects that the events of a type tell of, oldest first.
    async fn told<T: Object>(&self, kind: &str) -> Vec<T> {
        let parameters = json!({ "type": kind });
        let (events, _) = self.client.pages::<Event>(&parameters, 1).collect().await.unwrap();
        events.iter().rev().map(|event| event.object().unwrap()).collect()
    }
}

#[tokio::test]
async fn a_refund_is_made_once_and_fails_after_all() {
    let shop = Shop::open().await;
    let payment = shop.paid("pm_card_visa").await;
    let parameters = json!({
        "payment_intent": payment.id, "amount": 400, "reason": "requested_by_customer", "metadata": { "order": "ord_1" },
    });
    let made = shop.client.create_refund(&parameters, &key("ref_1")).await.unwrap();
    assert_eq!((made.amount, made.currency.as_str()), (400, "usd"));
    assert_eq!(made.status, RefundStatus::Succeeded);
    assert_eq!(made.metadata["order"], "ord_1");
    assert_eq!(id_of(made.payment_intent.as_ref()), Some(payment.id.as_str()));
    let again = shop.client.create_refund(&parameters, &key("ref_1")).await.unwrap();
    assert_eq!(again.id, made.id);

    let settle = format!("/refunds/{}/settle", made.id);
    shop.control(&settle, json!({ "outcome": "failed" })).await;
    let failed = shop.client.retrieve_refund(&made.id, &[]).await.unwrap();
    assert_eq!(failed.status, RefundStatus::Failed);
    assert_eq!(failed.failure_reason.as_deref(), Some("expired_or_canceled_card"));
    let listed = shop.client.list_refunds_of_payment(&payment.id).await.unwrap();
    assert_eq!((listed.data.len(), listed.has_more), (1, false));
    let charge = shop
        .client
        .retrieve_charge(payment.charge().unwrap(), &[])
        .await
        .unwrap();
    assert_eq!(charge.amount_refunded, 0);

    let too_much = json!({ "payment_intent": payment.id, "amount": 1001 });
    let refused = shop.client.create_refund(&too_much, &key("ref_2")).await.unwrap_err();
    assert!(matches!(refused, Error::Rejected { status: 400, .. }), "{refused}");
}

#[tokio::test]
async fn a_refund_that_takes_its_time() {
    let shop = Shop::open().await;
    let payment = shop.paid("pm_card_pendingRefund").await;
    let parameters = json!({ "payment_intent": payment.id });
    let made = shop.client.create_refund(&parameters, &key("ref_1")).await.unwrap();
    assert_eq!(made.status, RefundStatus::Pending);
    shop.sandbox.advance(60);
    let ended = shop.client.retrieve_refund(&made.id, &[]).await.unwrap();
    assert_eq!((ended.status, ended.amount), (RefundStatus::Succeeded, 1000));
}

#[tokio::test]
async fn a_dispute_takes_the_money_and_brings_it_back() {
    let shop = Shop::open().await;
    let payment = shop.paid("pm_card_visa").await;
    shop.control("/disputes", json!({ "payment_intent": payment.id })).await;
    let listed = shop.client.list_disputes_of_payment(&payment.id).await.unwrap();
    let dispute = &listed.data[0];
    assert_eq!((dispute.amount, dispute.currency.as_str()), (1000, "usd"));
    assert_eq!(dispute.status, DisputeStatus::NeedsResponse);
    assert_eq!(dispute.reason.as_deref(), Some("fraudulent"));
    assert_eq!(id_of(dispute.charge.as_ref()), payment.charge());
    assert!(dispute.evidence_details.as_ref().unwrap().due_by.unwrap() > shop.sandbox.now());
    assert!(!dispute.is_charge_refundable);
    let withdrawn = shop.told::<Dispute>("charge.dispute.funds_withdrawn").await;
    assert_eq!(withdrawn[0].balance_transactions[0].amount, -1000);

    shop.control(&format!("/disputes/{}/close", dispute.id), json!({ "won": true }))
        .await;
    let won = shop.client.retrieve_dispute(&dispute.id, &[]).await.unwrap();
    assert_eq!((won.status, won.is_charge_refundable), (DisputeStatus::Won, true));
    let back: i64 = won.balance_transactions.iter().map(|row| row.amount).sum();
    assert_eq!(back, 0);
    let reinstated = shop.told::<Dispute>("charge.dispute.funds_reinstated").await;
    assert_eq!(reinstated[0].id, dispute.id);
    let closed = shop.told::<Dispute>("charge.dispute.closed").await;
    assert_eq!(closed[0].status, DisputeStatus::Won);
}

#[tokio::test]
async fn a_bank_warns_of_fraud() {
    let shop = Shop::open().await;
    let payment = shop.paid("pm_card_createIssuerFraudRecord").await;
    assert_eq!(payment.status, PaymentIntentStatus::Succeeded);
    let told = shop
        .told::<EarlyFraudWarning>("radar.early_fraud_warning.created")
        .await;
    let warning = &told[0];
    assert!(warning.actionable);
    assert_eq!(warning.fraud_type.as_deref(), Some("misc"));
    assert_eq!(id_of(warning.payment_intent.as_ref()), Some(payment.id.as_str()));
    let refund = json!({ "payment_intent": payment.id });
    shop.client.create_refund(&refund, &key("ref_1")).await.unwrap();
    let read = shop
        .client
        .retrieve_early_fraud_warning(&warning.id, &[])
        .await
        .unwrap();
    assert!(!read.actionable);
    let listed = shop.client.list_early_fraud_warnings_of_payment(&payment.id).await;
    assert_eq!(listed.unwrap().data[0].id, warning.id);
}

#[tokio::test]
async fn a_card_saved_by_a_setup_pays_without_the_buyer() {
    let shop = Shop::open().await;
    let customer = shop.customer().await;
    let parameters = json!({
        "mode": "setup", "customer": customer, "success_url": "https://shop.example/ok",
        "setup_intent_data": { "metadata": { "user": "usr_1" } },
    });
    let session = shop
        .client
        .create_checkout_session(&parameters, &key("set_1"))
        .await
        .unwrap();
    assert_eq!((session.mode, session.amount_total), (CheckoutMode::Setup, None));
    let form = json!({ "card": "4000002500003155", "challenge": "complete" });
    shop.control(&format!("/checkout/{}/pay", session.id), form).await;
    let session = shop
        .client
        .retrieve_checkout_session(&session.id, &["setup_intent"])
        .await
        .unwrap();
    assert_eq!(session.status, CheckoutStatus::Complete);
    let setup = id_of(session.setup_intent.as_ref()).unwrap();
    let setup = shop.client.retrieve_setup_intent(setup, &[]).await.unwrap();
    assert_eq!(setup.status, SetupIntentStatus::Succeeded);
    assert_eq!(setup.metadata["user"], "usr_1");
    let method = id_of(setup.payment_method.as_ref()).unwrap().to_owned();

    let listed = shop
        .client
        .list_payment_methods(&customer, &json!({ "type": "card" }))
        .await;
    let listed = listed.unwrap().data;
    assert_eq!((listed.len(), listed[0].id.as_str()), (1, method.as_str()));
    let card = listed[0].card.as_ref().unwrap();
    assert_eq!(
        (card.brand.as_deref(), card.last4.as_deref()),
        (Some("visa"), Some("3155"))
    );
    assert_eq!((card.exp_month, card.exp_year), (Some(12), Some(2034)));
    let changed = shop
        .client
        .set_default_payment_method(&customer, &method, &key("def_1"))
        .await;
    assert_eq!(changed.unwrap().default_payment_method(), Some(method.as_str()));

    let paid = shop.charge_later(&customer, &method, "top_1").await.unwrap();
    assert_eq!(
        (paid.status, paid.amount_received),
        (PaymentIntentStatus::Succeeded, Some(1000))
    );
    assert_eq!(id_of(paid.customer.as_ref()), Some(customer.as_str()));
    assert_eq!(id_of(paid.payment_method.as_ref()), Some(method.as_str()));

    shop.client
        .detach_payment_method(&method, &Value::Null, &key("det_1"))
        .await
        .unwrap();
    let left = shop.client.retrieve_customer(&customer, &[]).await.unwrap();
    assert_eq!(left.default_payment_method(), None);
}

#[tokio::test]
async fn a_card_saved_by_a_purchase_pays_without_the_buyer() {
    let shop = Shop::open().await;
    let customer = shop.customer().await;
    let parameters = json!({
        "mode": "payment", "customer": customer, "success_url": "https://shop.example/ok",
        "line_items": [{ "quantity": 1, "price_data": { "currency": "usd", "unit_amount": 500, "product_data": { "name": "A" } } }],
        "payment_intent_data": { "setup_future_usage": "off_session" },
    });
    let session = shop
        .client
        .create_checkout_session(&parameters, &key("pur_1"))
        .await
        .unwrap();
    shop.control(&format!("/checkout/{}/pay", session.id), json!({})).await;
    let methods = shop.client.list_payment_methods(&customer, &Value::Null).await.unwrap();
    let paid = shop
        .charge_later(&customer, &methods.data[0].id, "top_1")
        .await
        .unwrap();
    assert_eq!(paid.status, PaymentIntentStatus::Succeeded);
}

#[tokio::test]
async fn a_refused_payment_without_the_buyer_says_why_and_which() {
    for (name, code, decline_code) in [
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
        (
            "pm_card_authenticationRequiredOnSetup",
            "authentication_required",
            "authentication_required",
        ),
    ] {
        let shop = Shop::open().await;
        let customer = shop.customer().await;
        let method = shop.attached(&customer, name).await;
        let error = shop.charge_later(&customer, &method, "top_1").await.unwrap_err();
        assert!(!error.may_retry() && !error.outcome_unknown(), "{error}");
        let Error::Declined {
            code: found,
            decline_code: reason,
            payment_intent: Some(id),
            ..
        } = &error
        else {
            panic!("{name}: {error:?}");
        };
        assert_eq!((found.as_str(), reason.as_deref()), (code, Some(decline_code)));
        // The same key gives the same refusal, and no second attempt.
        assert_eq!(
            shop.charge_later(&customer, &method, "top_1")
                .await
                .unwrap_err()
                .to_string(),
            error.to_string()
        );
        let payment = shop.client.retrieve_payment_intent(id, &[]).await.unwrap();
        assert_eq!(payment.status, PaymentIntentStatus::RequiresPaymentMethod);
        assert_eq!(payment.metadata["top_up"], "top_1");
        let why = payment.last_payment_error.unwrap();
        assert_eq!(why.decline_code.as_deref(), Some(decline_code));
        assert_eq!(id_of(why.payment_method.as_ref()), Some(method.as_str()));
        let failed = shop.told::<PaymentIntent>("payment_intent.payment_failed").await;
        assert_eq!((failed.len(), failed[0].id.as_str()), (1, id.as_str()));
    }
}

#[tokio::test]
async fn a_payment_whose_answer_was_lost_is_found_by_its_metadata() {
    let shop = Shop::open().await;
    let customer = shop.customer().await;
    let method = shop.attached(&customer, "pm_card_visa").await;
    let since = shop.sandbox.now();
    shop.charge_later(&customer, &method, "top_1").await.unwrap();
    let fault =
        json!({ "kind": "timeout_after", "ms": 1, "count": 1, "method": "POST", "path": "/v1/payment_intents" });
    shop.control("/faults", fault).await;
    let error = shop.charge_later(&customer, &method, "top_2").await.unwrap_err();
    assert!(error.outcome_unknown(), "{error}");
    let find = |top_up: &'static str| {
        shop.client
            .find_payments_by_metadata(&customer, ("top_up", top_up), since, 5)
    };
    let (found, complete) = find("top_2").await.unwrap();
    assert_eq!((found.len(), complete), (1, true));
    assert_eq!(found[0].status, PaymentIntentStatus::Succeeded);
    // The key leads to the same one while Stripe remembers it.
    let again = shop.charge_later(&customer, &method, "top_2").await.unwrap();
    assert_eq!(again.id, found[0].id);
    let (absent, complete) = find("top_3").await.unwrap();
    assert_eq!((absent.len(), complete), (0, true));
}
