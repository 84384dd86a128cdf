//! The envelope is read from whatever the network sends: right where it should be, refused where it must be, and never
//! a panic, whatever the bytes.

use proptest::prelude::*;
use serde_json::{Value, json};
use stripe::event::{Form, ObjectReference};
use stripe::{Envelope, Event};

const BODY: &[u8] = include_bytes!("data/checkout_session_completed.json");

fn event_about(object: Value) -> Vec<u8> {
    let mut event = json!({
        "id": "evt_1", "object": "event", "api_version": "2026-10-28.endive", "created": 1_795_000_000,
        "livemode": false, "pending_webhooks": 1, "request": null, "type": "charge.refunded", "data": {}
    });
    event["data"]["object"] = object;
    event.to_string().into_bytes()
}

fn text(text: impl Into<Option<&'static str>>) -> Option<String> {
    text.into().map(str::to_owned)
}

#[test]
fn a_whole_event_as_stripe_sends_it() {
    let expected = Envelope {
        id: "evt_1QkAbCdEfGhIjKlMnOpQrStU".to_owned(),
        kind: "checkout.session.completed".to_owned(),
        form: Form::Snapshot,
        created_s: 1_794_999_999,
        livemode: false,
        account: None,
        api_version: text("2026-10-28.endive"),
        object: ObjectReference {
            id: text("cs_test_a1Kd9Vw3bQxRr7TzMfYpLh2NcUeJs6GiO0XkBt5WqZvAy8DmPl"),
            kind: text("checkout.session"),
            customer: text("cus_Qk3mZ8vXw1Yt5B"),
            payment_intent: text("pi_3QkAbCdEfGhIjKlM0nOpQrSt"),
        },
    };
    assert_eq!(Envelope::parse(BODY), Ok(expected));
}

#[test]
fn references_are_read_in_every_form_that_stripe_gives_them() {
    let reference = |id: Option<&str>, kind: Option<&str>, customer: Option<&str>, payment_intent: Option<&str>| {
        let own = |text: Option<&str>| text.map(str::to_owned);
        ObjectReference {
            id: own(id),
            kind: own(kind),
            customer: own(customer),
            payment_intent: own(payment_intent),
        }
    };
    let table = [
        (
            json!({"id": "ch_1", "object": "charge", "customer": "cus_1"}),
            reference(Some("ch_1"), Some("charge"), Some("cus_1"), None),
        ),
        (
            json!({"id": "ch_1", "object": "charge", "customer": null}),
            reference(Some("ch_1"), Some("charge"), None, None),
        ),
        (
            json!({"id": "ch_1", "object": "charge", "customer": {"object": "customer", "x": [{}], "id": "cus_1"}}),
            reference(Some("ch_1"), Some("charge"), Some("cus_1"), None),
        ),
        (
            json!({"id": "ch_1", "object": "charge", "customer": {"deleted": true}}),
            reference(Some("ch_1"), Some("charge"), None, None),
        ),
        (
            json!({"id": "ch_1", "object": "charge", "customer": 7}),
            reference(Some("ch_1"), Some("charge"), None, None),
        ),
        (
            json!({"id": "ch_1", "object": "charge", "customer": ["cus_1"]}),
            reference(Some("ch_1"), Some("charge"), None, None),
        ),
        (
            json!({"id": "re_1", "object": "refund", "payment_intent": "pi_1"}),
            reference(Some("re_1"), Some("refund"), None, Some("pi_1")),
        ),
        (
            json!({"id": "pi_1", "object": "payment_intent", "customer": "cus_1"}),
            reference(Some("pi_1"), Some("payment_intent"), Some("cus_1"), Some("pi_1")),
        ),
        (
            json!({"id": "cus_1", "object": "customer"}),
            reference(Some("cus_1"), Some("customer"), Some("cus_1"), None),
        ),
        (
            json!({"object": "invoice", "customer": "cus_1"}),
            reference(None, Some("invoice"), Some("cus_1"), None),
        ),
        (json!({"id": 5, "object": []}), reference(None, None, None, None)),
        (json!({}), reference(None, None, None, None)),
        (json!(null), reference(None, None, None, None)),
    ];
    for (object, expected) in table {
        let envelope = Envelope::parse(&event_about(object.clone())).unwrap();
        assert_eq!(envelope.object, expected, "{object}");
    }
}

#[test]
fn connected_accounts_and_thin_events() {
    let mut event: Value = serde_json::from_slice(&event_about(json!({}))).unwrap();
    event["account"] = json!("acct_1");
    assert_eq!(
        Envelope::parse(event.to_string().as_bytes()).unwrap().account,
        text("acct_1")
    );

    let thin = json!({
        "id": "evt_65Rk", "object": "v2.core.event", "type": "v1.billing.meter.error_report_triggered", "livemode": true,
        "created": "2026-11-20T10:00:00.123Z", "related_object": {"id": "mtr_1", "type": "billing.meter", "url": "/v1/x"}
    });
    let envelope = Envelope::parse(thin.to_string().as_bytes()).unwrap();
    assert_eq!(
        (envelope.form, envelope.created_s, envelope.livemode),
        (Form::Thin, 1_795_168_800, true)
    );
    assert_eq!(envelope.object.id, text("mtr_1"));
    assert_eq!(envelope.object.kind, text("billing.meter"));
}

#[test]
fn one_that_only_names_its_object_is_no_whole_event_whatever_it_carries() {
    let whole = event_about(json!({"id": "ch_1", "object": "charge"}));
    assert!(Event::parse(&whole).is_ok());
    let thin = String::from_utf8(whole)
        .unwrap()
        .replace(r#""object":"event""#, r#""object":"v2.core.event""#);
    assert_eq!(Envelope::parse(thin.as_bytes()).unwrap().origin().form, Form::Thin);
    assert!(Event::parse(thin.as_bytes()).is_err());
}

#[test]
fn what_cannot_be_routed_is_refused() {
    let good: Value = serde_json::from_slice(&event_about(json!({}))).unwrap();
    for field in ["id", "object", "type", "created", "livemode"] {
        for wrong in [
            None,
            Some(json!(null)),
            Some(json!({})),
            Some(json!([])),
            Some(json!(1.5)),
            Some(json!("")),
        ] {
            let mut event = good.clone();
            match &wrong {
                Some(value) => event[field] = value.clone(),
                None => drop(event.as_object_mut().unwrap().shift_remove(field)),
            }
            assert!(
                Envelope::parse(event.to_string().as_bytes()).is_err(),
                "{field}: {wrong:?}"
            );
        }
    }
    for id in ["evt 1", "evt_1\n", "evt_\u{0}", "évt_1", &"e".repeat(256)] {
        let mut event = good.clone();
        event["id"] = json!(id);
        assert!(Envelope::parse(event.to_string().as_bytes()).is_err(), "{id:?}");
    }
    let whole = good.to_string();
    let twice = whole.replacen("\"id\":\"evt_1\"", "\"id\":\"evt_1\",\"id\":\"evt_2\"", 1);
    let array = format!("[{whole}]");
    let trailing = format!("{whole} {{}}");
    let huge = whole.replace("1795000000", "99999999999999999999");
    for body in [
        "",
        " ",
        "{",
        "null",
        "\"evt_1\"",
        "[\"evt_1\"]",
        &twice,
        &array,
        &trailing,
        &huge,
    ] {
        assert!(Envelope::parse(body.as_bytes()).is_err(), "{body}");
    }
    let not_text = [&whole.as_bytes()[..whole.len() - 1], b",\"x\":\"\xff\"}"].concat();
    assert!(Envelope::parse(&not_text).is_err());
}

#[test]
fn nesting_costs_no_stack_wherever_it_is() {
    let deep = |open: &str, close: &str| open.repeat(200_000) + "0" + &close.repeat(200_000);
    let frame = event_about(json!("HERE"));
    let frame = String::from_utf8(frame).unwrap();
    for nested in [deep("[", "]"), deep("{\"a\":", "}"), deep("[{\"customer\":", "}]")] {
        let bodies = [
            nested.clone(),
            frame.replace("\"HERE\"", &nested),
            frame.replace("\"HERE\"", &format!("{{\"customer\":{nested}}}")),
            frame.replace("\"HERE\"", &format!("{{\"customer\":{{\"id\":{nested}}}}}")),
            frame.replace("\"HERE\"", &format!("{{\"id\":{nested},\"unknown\":{nested}}}")),
            frame.replace("\"request\":null", &format!("\"request\":{nested}")),
            frame.replace(
                "\"api_version\":\"2026-10-28.endive\"",
                &format!("\"api_version\":{nested}"),
            ),
        ];
        for body in bodies {
            // Whether it is taken or refused does not matter here; that both readers come back does.
            drop(Envelope::parse(body.as_bytes()));
            if let Ok(event) = Event::parse(body.as_bytes()) {
                drop(event.object::<stripe::objects::PaymentIntent>());
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("(id|object|customer|data|type|[a-z]{1,4})", inner), 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_never_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        drop(Envelope::parse(&body));
        drop(Event::parse(&body));
    }

    #[test]
    fn random_json_never_panics(value in any_json()) {
        let body = value.to_string();
        drop(Envelope::parse(body.as_bytes()));
        drop(Envelope::parse(&event_about(value)));
    }

    #[test]
    fn damaged_events_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        length in any::<prop::sample::Index>(),
        cut in any::<bool>(),
    ) {
        let mut body = BODY.to_vec();
        for (at, byte) in damage {
            let index = at.index(body.len());
            body[index] = byte;
        }
        if cut {
            body.truncate(length.index(body.len()));
        }
        drop(Envelope::parse(&body));
        if let Ok(event) = Event::parse(&body) {
            drop(event.object::<stripe::objects::CheckoutSession>());
        }
    }

    #[test]
    fn noise_around_the_envelope_changes_nothing(
        noise in prop::collection::vec(("x[a-z]{1,6}", any_json()), 0..8),
        object_noise in prop::collection::vec(("x[a-z]{1,6}", any_json()), 0..8),
        pretty in any::<bool>(),
    ) {
        let object: serde_json::Map<_, _> = object_noise
            .into_iter()
            .chain([("customer".to_owned(), json!("cus_1")), ("id".to_owned(), json!("ch_1"))])
            .collect();
        let plain: Value = serde_json::from_slice(&event_about(Value::Object(object))).unwrap();
        let noisy: serde_json::Map<_, _> =
            noise.into_iter().chain(plain.as_object().cloned().unwrap_or_default()).collect();
        let body = if pretty { serde_json::to_vec_pretty(&noisy).unwrap() } else { serde_json::to_vec(&noisy).unwrap() };
        let envelope = Envelope::parse(&body).unwrap();
        prop_assert_eq!(envelope.id, "evt_1");
        prop_assert_eq!(envelope.kind, "charge.refunded");
        prop_assert_eq!(envelope.object.id.as_deref(), Some("ch_1"));
        prop_assert_eq!(envelope.object.customer.as_deref(), Some("cus_1"));
    }
}
