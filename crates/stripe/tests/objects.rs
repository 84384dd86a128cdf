//! Decoding is tolerant of everything but money: every amount that is missing or no integer fails and names its field,
//! and nothing else ever fails.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

use std::fmt::Debug;

use secrecy::ExposeSecret;
use serde_json::{Value, json};
use stripe::objects::{
    Account, BalanceTransaction, Charge, CheckoutMode, CheckoutSession, CheckoutStatus, Customer, Dispute,
    DisputeStatus, EarlyFraudWarning, Expandable, LineItem, List, Object, PaymentIntent, PaymentIntentStatus,
    PaymentMethod, PaymentStatus, Price, Product, Refund, RefundStatus, SetupIntent, SetupIntentStatus,
    WebhookEndpoint, decode, id_of,
};
use stripe::{Event, Malformed};

const BODY: &[u8] = include_bytes!("data/checkout_session_completed.json");

fn decoded<T: Object>(value: &Value) -> Result<T, Malformed> {
    decode(value.to_string().as_bytes())
}

fn failure<T: Object + Debug>(value: &Value) -> String {
    decoded::<T>(value).expect_err(&value.to_string()).to_string()
}

/// Everything that a field could turn into and that is no integer.
fn not_integers() -> Vec<Value> {
    let beyond = json!(u64::MAX);
    vec![
        json!("1999"),
        json!(19.99),
        json!(2000.0),
        json!(true),
        json!([]),
        json!([1]),
        json!({}),
        beyond,
    ]
}

fn check_amounts<T: Object + Debug>(good: &Value, required: &[&str], optional: &[&str]) {
    decoded::<T>(good).unwrap();
    for field in required {
        let mut object = good.clone();
        object.as_object_mut().unwrap().shift_remove(*field);
        assert!(failure::<T>(&object).contains(field), "{} without {field}", T::KIND);
        object[*field] = Value::Null;
        assert!(
            failure::<T>(&object).contains(&format!("{field}: ")),
            "{} with a null {field}",
            T::KIND
        );
    }
    for field in required.iter().chain(optional) {
        for wrong in not_integers() {
            let mut object = good.clone();
            object[*field] = wrong;
            assert!(
                failure::<T>(&object).contains(&format!("{field}: ")),
                "{}: {}",
                T::KIND,
                object[*field]
            );
        }
    }
    for field in optional {
        let mut object = good.clone();
        object[*field] = Value::Null;
        decoded::<T>(&object).unwrap();
        object.as_object_mut().unwrap().shift_remove(*field);
        decoded::<T>(&object).unwrap();
    }
}

fn samples() -> Vec<Value> {
    vec![
        json!({"id": "pi_1", "object": "payment_intent", "amount": 1999, "currency": "usd", "status": "succeeded",
            "latest_charge": "ch_1", "customer": null, "client_secret": "pi_1_secret_x", "metadata": {"a": "b"}}),
        json!({"id": "ch_1", "object": "charge", "amount": 1999, "amount_refunded": 0, "currency": "usd", "paid": true}),
        json!({"id": "re_1", "object": "refund", "amount": 1999, "currency": "usd", "status": "pending"}),
        json!({"id": "dp_1", "object": "dispute", "amount": 1999, "currency": "usd", "status": "appeal_under_review"}),
        json!({"id": "txn_1", "object": "balance_transaction", "amount": -1999, "fee": 0, "net": -1999, "currency": "usd"}),
        json!({"id": "price_1", "object": "price", "currency": "jpy", "unit_amount": 500}),
        json!({"id": "li_1", "object": "item", "amount_total": 1998, "amount_subtotal": 1998, "currency": "usd", "quantity": 2}),
    ]
}

#[test]
fn amounts_are_there_and_integers_or_the_decode_names_them() {
    let samples = samples();
    check_amounts::<PaymentIntent>(&samples[0], &["amount"], &["amount_received", "amount_capturable"]);
    check_amounts::<Charge>(&samples[1], &["amount", "amount_refunded"], &["amount_captured"]);
    check_amounts::<Refund>(&samples[2], &["amount"], &[]);
    check_amounts::<Dispute>(&samples[3], &["amount"], &[]);
    check_amounts::<BalanceTransaction>(&samples[4], &["amount", "fee", "net"], &[]);
    check_amounts::<Price>(&samples[5], &[], &["unit_amount"]);
    check_amounts::<LineItem>(&samples[6], &["amount_total", "amount_subtotal"], &[]);
    let unpaid = json!({"id": "cs_1", "object": "checkout.session", "payment_status": "unpaid", "amount_total": 5});
    check_amounts::<CheckoutSession>(&unpaid, &[], &["amount_total"]);
}

#[test]
fn an_amount_without_a_currency_is_no_amount() {
    let check = |failure: String| assert!(failure.contains("currency"), "{failure}");
    for wrong in [Value::Null, json!(840), json!({})] {
        let mut samples = samples();
        for sample in &mut samples {
            sample["currency"] = wrong.clone();
        }
        check(failure::<PaymentIntent>(&samples[0]));
        check(failure::<Charge>(&samples[1]));
        check(failure::<Refund>(&samples[2]));
        check(failure::<Dispute>(&samples[3]));
        check(failure::<BalanceTransaction>(&samples[4]));
        check(failure::<Price>(&samples[5]));
        check(failure::<LineItem>(&samples[6]));
    }
}

#[test]
fn a_paid_session_says_how_much() {
    let paid = json!({"id": "cs_1", "payment_status": "paid", "amount_total": 1998, "currency": "usd"});
    check_amounts::<CheckoutSession>(&paid, &[], &[]);
    for field in ["amount_total", "currency"] {
        for wrong in [None, Some(Value::Null)] {
            let mut session = paid.clone();
            match wrong {
                Some(null) => session[field] = null,
                None => drop(session.as_object_mut().unwrap().shift_remove(field)),
            }
            assert!(failure::<CheckoutSession>(&session).contains(field));
            session["payment_status"] = json!("unpaid");
            decoded::<CheckoutSession>(&session).unwrap();
        }
    }
}

#[test]
fn expanded_objects_and_lists_are_as_strict() {
    let session = json!({"id": "cs_1", "payment_intent": {"id": "pi_1", "amount": "1999", "currency": "usd"}});
    assert!(failure::<CheckoutSession>(&session).contains("amount: "));
    let charge = json!({"id": "ch_1", "amount": 1, "amount_refunded": 1, "currency": "usd",
        "refunds": {"object": "list", "data": [{"id": "re_1", "currency": "usd"}]}});
    assert!(failure::<Charge>(&charge).contains("amount"));
    let list = json!({"object": "list", "data": [{"id": "cs_1", "payment_status": "paid"}], "has_more": false});
    assert!(serde_json::from_value::<List<CheckoutSession>>(list).is_err());
}

/// Puts every kind of value into every field but the strict ones, and adds unknown ones.
fn check_tolerance<T: Object + Debug>(sample: &Value, strict: &[&str], fields: &[&str]) {
    let kinds = [
        json!(null),
        json!(1),
        json!(-1.5),
        json!("?"),
        json!(false),
        json!([{"a": 1}]),
        json!(["x"]),
        json!(u64::MAX),
    ];
    for field in fields {
        for kind in &kinds {
            let mut object = sample.clone();
            object[*field] = kind.clone();
            object["brand_new"] = kind.clone();
            decoded::<T>(&object).unwrap_or_else(|error| panic!("{field} {kind}: {error}"));
        }
    }
    let mut bare = json!({ "id": sample["id"] });
    for field in strict {
        bare[*field] = sample[*field].clone();
    }
    decoded::<T>(&bare).unwrap();
    bare.as_object_mut().unwrap().shift_remove("id");
    assert!(failure::<T>(&bare).contains("id"));
}

#[test]
fn everything_else_is_tolerated() {
    let samples = samples();
    let common = [
        "status",
        "customer",
        "metadata",
        "created",
        "livemode",
        "payment_intent",
        "description",
    ];
    let and = |more: &[&'static str]| [&common[..], more].concat();
    let money = ["amount", "currency"];
    check_tolerance::<PaymentIntent>(
        &samples[0],
        &money,
        &and(&[
            "latest_charge",
            "charges",
            "client_secret",
            "last_payment_error",
            "payment_method",
            "next_action",
        ]),
    );
    check_tolerance::<Charge>(
        &samples[1],
        &["amount", "amount_refunded", "currency"],
        &and(&["paid", "refunds", "balance_transaction", "payment_method"]),
    );
    check_tolerance::<Refund>(&samples[2], &money, &and(&["charge", "reason", "failure_reason"]));
    check_tolerance::<Dispute>(
        &samples[3],
        &money,
        &and(&["evidence_details", "reason", "is_charge_refundable"]),
    );
    let net = ["amount", "fee", "net", "currency"];
    check_tolerance::<BalanceTransaction>(
        &samples[4],
        &net,
        &and(&["type", "source", "available_on", "reporting_category"]),
    );
    check_tolerance::<Price>(
        &samples[5],
        &["currency"],
        &and(&["product", "active", "recurring", "lookup_key"]),
    );
    let line = ["amount_total", "amount_subtotal", "currency"];
    check_tolerance::<LineItem>(&samples[6], &line, &and(&["quantity", "price"]));
    check_tolerance::<Customer>(
        &json!({"id": "cus_1"}),
        &[],
        &and(&["email", "name", "deleted", "invoice_settings"]),
    );
    check_tolerance::<Product>(
        &json!({"id": "prod_1"}),
        &[],
        &and(&["name", "active", "default_price"]),
    );
    check_tolerance::<Account>(
        &json!({"id": "acct_1"}),
        &[],
        &and(&["email", "charges_enabled", "country"]),
    );
    check_tolerance::<WebhookEndpoint>(&json!({"id": "we_1"}), &[], &and(&["url", "secret", "enabled_events"]));
    check_tolerance::<EarlyFraudWarning>(
        &json!({"id": "issfr_1"}),
        &[],
        &and(&["charge", "actionable", "fraud_type"]),
    );
    check_tolerance::<PaymentMethod>(&json!({"id": "pm_1"}), &[], &and(&["type", "card"]));
    check_tolerance::<SetupIntent>(
        &json!({"id": "seti_1"}),
        &[],
        &and(&[
            "payment_method",
            "client_secret",
            "last_setup_error",
            "next_action",
            "usage",
        ]),
    );
    let session: Value = serde_json::from_slice(BODY).unwrap();
    let session = &session["data"]["object"];
    let fields = [
        "mode",
        "url",
        "customer_details",
        "customer_email",
        "client_reference_id",
        "expires_at",
        "line_items",
        "total_details",
        "setup_intent",
    ];
    check_tolerance::<CheckoutSession>(session, &[], &and(&fields));
}

#[test]
fn a_session_as_stripe_sends_it() {
    let event = Event::parse(BODY).unwrap();
    assert_eq!(event.kind, "checkout.session.completed");
    assert!(event.previous_attributes().is_none());
    let session: CheckoutSession = event.object().unwrap();
    assert_eq!(
        (session.amount_total, session.currency.as_deref()),
        (Some(1998), Some("usd"))
    );
    assert_eq!(session.mode, CheckoutMode::Payment);
    assert_eq!(session.status, CheckoutStatus::Complete);
    assert_eq!(session.payment_status, PaymentStatus::Paid);
    assert!(session.payment_status.is_settled());
    assert_eq!(session.email(), Some("buyer@example.com"));
    assert_eq!(
        session.customer.as_ref().map(Expandable::id),
        Some("cus_Qk3mZ8vXw1Yt5B")
    );
    assert_eq!(
        session.payment_intent.as_ref().map(Expandable::id),
        Some("pi_3QkAbCdEfGhIjKlM0nOpQrSt")
    );
    assert_eq!(session.metadata["paydesk_credits"], "200");
    assert_eq!(session.expires_at, Some(1_795_001_790));
    assert_eq!(session.total_details.and_then(|details| details.amount_tax), Some(0));
}

#[test]
fn an_event_gives_its_object_only_as_what_it_is() {
    let event = Event::parse(BODY).unwrap();
    let wrong = event.object::<Charge>().expect_err("it is a session").to_string();
    assert!(wrong.starts_with("malformed charge"), "{wrong}");
    let other = json!({"id": "ch_1", "object": "refund", "amount": 1, "amount_refunded": 0, "currency": "usd"});
    assert!(failure::<Charge>(&other).contains("refund"));

    let updated = json!({"id": "evt_1", "object": "event", "type": "charge.updated", "created": 1, "livemode": true,
        "request": {"id": "req_1", "idempotency_key": "pur_1"},
        "data": {"object": {"id": "ch_1"}, "previous_attributes": {"balance_transaction": null}}});
    let updated = Event::parse(updated.to_string().as_bytes()).unwrap();
    assert!(
        updated
            .previous_attributes()
            .is_some_and(|before| before.contains_key("balance_transaction"))
    );
    assert_eq!(
        updated.request.and_then(|request| request.idempotency_key).as_deref(),
        Some("pur_1")
    );
}

#[test]
fn unknown_values_are_kept_as_text() {
    let session: CheckoutSession = decoded(&json!({"id": "cs_1", "payment_status": "partly", "mode": "gift"})).unwrap();
    assert_eq!(session.payment_status, PaymentStatus::Other("partly".to_owned()));
    assert_eq!(session.payment_status.as_str(), "partly");
    assert!(!session.payment_status.is_settled());
    assert_eq!(session.mode.as_str(), "gift");
    assert_eq!(session.status, CheckoutStatus::default());
    let refund: Refund = decoded(&samples()[2]).unwrap();
    assert_eq!(refund.status, RefundStatus::Pending);
    let payment: PaymentIntent = decoded(&samples()[0]).unwrap();
    assert_eq!(payment.status.as_str(), "succeeded");
    assert_eq!(payment.status, PaymentIntentStatus::Succeeded);
}

#[test]
fn disputes_stand_where_stripe_says() {
    let dispute = |status: Value| {
        let dispute = json!({"id": "dp_1", "amount": 1, "currency": "usd", "status": status,
            "evidence_details": {"due_by": 7}, "is_charge_refundable": true, "payment_intent": "pi_1"});
        decoded::<Dispute>(&dispute).unwrap()
    };
    for (text, status, inquiry) in [
        ("warning_needs_response", DisputeStatus::WarningNeedsResponse, true),
        ("warning_under_review", DisputeStatus::WarningUnderReview, true),
        ("warning_closed", DisputeStatus::WarningClosed, true),
        (
            "warning_to_come",
            DisputeStatus::Other("warning_to_come".to_owned()),
            true,
        ),
        ("needs_response", DisputeStatus::NeedsResponse, false),
        ("under_review", DisputeStatus::UnderReview, false),
        ("won", DisputeStatus::Won, false),
        ("lost", DisputeStatus::Lost, false),
        ("prevented", DisputeStatus::Prevented, false),
        ("appeal_needs_response", DisputeStatus::AppealNeedsResponse, false),
        ("appeal_under_review", DisputeStatus::AppealUnderReview, false),
        (
            "charge_refunded",
            DisputeStatus::Other("charge_refunded".to_owned()),
            false,
        ),
    ] {
        let found = dispute(json!(text)).status;
        assert_eq!((found.as_str(), found.is_inquiry()), (text, inquiry));
        assert_eq!(found, status);
    }
    let dispute = dispute(Value::Null);
    assert_eq!(dispute.status, DisputeStatus::default());
    assert_eq!(dispute.evidence_details.and_then(|details| details.due_by), Some(7));
    assert_eq!(id_of(dispute.payment_intent.as_ref()), Some("pi_1"));
    assert!(dispute.is_charge_refundable);
}

#[test]
fn a_refused_payment_says_why_and_what_was_refused() {
    let mut payment = samples()[0].clone();
    let card = json!({"id": "pm_1", "type": "card", "card": {"brand": "visa", "last4": "0341", "exp_month": 12, "exp_year": 2034}});
    payment["last_payment_error"] =
        json!({"code": "card_declined", "decline_code": "generic_decline", "message": "No.", "payment_method": card});
    let payment: PaymentIntent = decoded(&payment).unwrap();
    let error = payment.last_payment_error.unwrap();
    assert_eq!(error.code.as_deref(), Some("card_declined"));
    assert_eq!(error.decline_code.as_deref(), Some("generic_decline"));
    let method = error.payment_method.as_ref().and_then(Expandable::object).unwrap();
    let card = method.card.as_ref().unwrap();
    assert_eq!((method.id.as_str(), method.kind.as_deref()), ("pm_1", Some("card")));
    assert_eq!(
        (card.brand.as_deref(), card.last4.as_deref()),
        (Some("visa"), Some("0341"))
    );
    assert_eq!((card.exp_month, card.exp_year), (Some(12), Some(2034)));

    let mut waiting = samples()[0].clone();
    waiting["payment_method"] = json!("pm_1");
    waiting["next_action"] = json!({"type": "redirect_to_url", "redirect_to_url": {"url": "https://bank.example"}});
    let waiting: PaymentIntent = decoded(&waiting).unwrap();
    let action = waiting.next_action.unwrap();
    assert_eq!(action.kind.as_deref(), Some("redirect_to_url"));
    assert_eq!(
        action.redirect_to_url.and_then(|to| to.url).as_deref(),
        Some("https://bank.example")
    );
    assert_eq!(id_of(waiting.payment_method.as_ref()), Some("pm_1"));
}

#[test]
fn a_setup_and_the_default_that_it_leads_to() {
    let setup = json!({"id": "seti_1", "object": "setup_intent", "status": "succeeded", "customer": "cus_1",
        "payment_method": "pm_1", "client_secret": "seti_1_secret_x", "last_setup_error": null, "metadata": {"a": "b"}});
    let setup: SetupIntent = decoded(&setup).unwrap();
    assert_eq!(setup.status, SetupIntentStatus::Succeeded);
    assert_eq!(id_of(setup.payment_method.as_ref()), Some("pm_1"));
    assert!(!format!("{setup:?}").contains("secret_x"));
    let session =
        json!({"id": "cs_1", "mode": "setup", "setup_intent": "seti_1", "payment_status": "no_payment_required"});
    let session: CheckoutSession = decoded(&session).unwrap();
    assert_eq!(session.mode, CheckoutMode::Setup);
    assert_eq!(id_of(session.setup_intent.as_ref()), Some("seti_1"));
    let customer = |default: Value| {
        let customer = json!({"id": "cus_1", "invoice_settings": {"default_payment_method": default}});
        let customer: Customer = decoded(&customer).unwrap();
        customer.default_payment_method().map(str::to_owned)
    };
    assert_eq!(customer(json!("pm_1")).as_deref(), Some("pm_1"));
    assert_eq!(customer(json!({"id": "pm_1"})).as_deref(), Some("pm_1"));
    assert_eq!(customer(Value::Null), None);
    let warning = json!({"id": "issfr_1", "object": "radar.early_fraud_warning", "actionable": true, "charge": "ch_1",
        "payment_intent": "pi_1", "fraud_type": "made_with_stolen_card"});
    let warning: EarlyFraudWarning = decoded(&warning).unwrap();
    assert!(warning.actionable);
    assert_eq!(warning.fraud_type.as_deref(), Some("made_with_stolen_card"));
    assert_eq!(id_of(warning.charge.as_ref()), Some("ch_1"));
}

#[test]
fn moved_fields_are_read_in_both_places() {
    let charge = json!({"id": "ch_1", "amount": 1, "amount_refunded": 0, "currency": "usd"});
    let payment = |place: &str, value: Value| {
        let mut payment = json!({"id": "pi_1", "amount": 1, "currency": "usd"});
        payment[place] = value;
        decoded::<PaymentIntent>(&payment).unwrap().charge().map(str::to_owned)
    };
    assert_eq!(payment("latest_charge", json!("ch_1")).as_deref(), Some("ch_1"));
    assert_eq!(payment("latest_charge", charge.clone()).as_deref(), Some("ch_1"));
    assert_eq!(
        payment("charges", json!({"object": "list", "data": [charge]})).as_deref(),
        Some("ch_1")
    );
    assert_eq!(payment("charges", json!({"object": "list", "data": []})), None);
    let given: CheckoutSession = decoded(&json!({"id": "cs_1", "customer_email": "a@b.example"})).unwrap();
    assert_eq!(given.email(), Some("a@b.example"));
}

#[test]
fn secrets_of_objects_are_never_printed() {
    let endpoint: WebhookEndpoint = decoded(&json!({"id": "we_1", "secret": "whsec_hidden"})).unwrap();
    let payment: PaymentIntent = decoded(&samples()[0]).unwrap();
    assert_eq!(
        endpoint.secret.as_ref().map(ExposeSecret::expose_secret),
        Some("whsec_hidden")
    );
    assert!(!format!("{endpoint:?}").contains("hidden"));
    assert!(!format!("{payment:?}").contains("secret_x"));
}
