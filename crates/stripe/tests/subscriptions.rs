//! Subscriptions and invoices read from both of their shapes: that of before 2025-03-31 and that of today. Amounts are as
//! strict as everywhere.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

use serde_json::{Value, json};
use stripe::objects::{Invoice, InvoiceLine, InvoicePayment, InvoiceStatus, Object, Subscription, decode};

fn decoded<T: Object>(value: &Value) -> T {
    decode(value.to_string().as_bytes()).unwrap()
}

#[test]
fn a_period_is_read_from_the_items_or_from_the_subscription() {
    let today = json!({"id": "sub_1", "object": "subscription", "status": "active", "items": {"data": [
        {"id": "si_1", "current_period_start": 10, "current_period_end": 90},
        {"id": "si_2", "current_period_start": 20, "current_period_end": 50},
    ]}});
    let before = json!({"id": "sub_1", "object": "subscription", "status": "active",
        "current_period_start": 20, "current_period_end": 50, "items": {"data": [{"id": "si_1"}]}});
    for shape in [today, before] {
        assert_eq!(decoded::<Subscription>(&shape).period(), (Some(20), Some(50)));
    }
    assert_eq!(decoded::<Subscription>(&json!({"id": "sub_1"})).period(), (None, None));
}

#[test]
fn an_end_is_set_by_a_time_or_by_the_flag() {
    let table = [
        (json!(70), false, Some(70)),
        (Value::Null, true, Some(50)),
        (json!(70), true, Some(70)),
        (Value::Null, false, None),
    ];
    for (cancel_at, flag, wanted) in table {
        let shape =
            json!({"id": "sub_1", "cancel_at": cancel_at, "cancel_at_period_end": flag, "current_period_end": 50});
        assert_eq!(decoded::<Subscription>(&shape).scheduled_end(), wanted, "{shape}");
    }
}

#[test]
fn a_status_that_is_not_known_is_kept_and_not_over() {
    let found: Subscription = decoded(&json!({"id": "sub_1", "status": "hibernating"}));
    assert_eq!(found.status.as_str(), "hibernating");
    assert!(!found.status.is_terminal());
    assert!(
        decoded::<Subscription>(&json!({"id": "sub_1", "status": "canceled"}))
            .status
            .is_terminal()
    );
}

fn invoice(more: &Value) -> Value {
    let mut invoice = json!({"id": "in_1", "object": "invoice", "amount_due": 1000, "amount_paid": 1000, "total": 1000,
        "currency": "usd", "status": "paid"});
    for (name, value) in more.as_object().unwrap() {
        invoice[name] = value.clone();
    }
    invoice
}

#[test]
fn an_invoice_tells_its_subscription_and_payments_in_either_shape() {
    let today = invoice(&json!({
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1", "metadata": {"a": "b"}}},
        "payments": {"data": [
            {"id": "inpay_1", "object": "invoice_payment", "status": "canceled", "currency": "usd", "amount_paid": null,
                "payment": {"type": "payment_intent", "payment_intent": "pi_0"}},
            {"id": "inpay_2", "object": "invoice_payment", "status": "paid", "currency": "usd", "amount_paid": 1000,
                "payment": {"type": "payment_intent", "payment_intent": "pi_1"}},
        ]},
    }));
    let before = invoice(&json!({
        "subscription": "sub_1", "subscription_details": {"metadata": {"a": "b"}}, "payment_intent": "pi_1",
    }));
    for shape in [today, before] {
        let found: Invoice = decoded(&shape);
        assert_eq!(found.status, InvoiceStatus::Paid);
        assert_eq!(found.subscription_id(), Some("sub_1"));
        assert_eq!(found.subscription_metadata().unwrap()["a"], "b");
        assert_eq!(found.payment_intents(), [("pi_1", 1000)]);
    }
}

#[test]
fn what_was_not_paid_by_way_of_stripe_is_not_counted() {
    let table = [
        (json!({}), 1000),
        (json!({"amount_paid_off_stripe": 400}), 600),
        (json!({"amount_paid_off_stripe": null}), 1000),
        (json!({"paid_out_of_band": true}), 0),
    ];
    for (more, wanted) in table {
        assert_eq!(decoded::<Invoice>(&invoice(&more)).paid_by_stripe(), wanted, "{more}");
    }
}

#[test]
fn a_line_tells_its_price_and_whether_it_is_a_part_in_either_shape() {
    let line = |more: Value| {
        let mut line = json!({"id": "il_1", "object": "line_item", "amount": 5, "currency": "usd"});
        for (name, value) in more.as_object().unwrap() {
            line[name] = value.clone();
        }
        decoded::<InvoiceLine>(&line)
    };
    let pricing = json!({"type": "price_details", "price_details": {"price": "price_1", "product": "prod_1"}});
    let price = json!({"id": "price_1", "object": "price", "currency": "usd", "product": "prod_1"});
    let of_item = |proration: bool| json!({"subscription_item_details": {"proration": proration}});
    let table = [
        (json!({"pricing": pricing, "parent": of_item(false)}), (true, false)),
        (json!({"pricing": pricing, "parent": of_item(true)}), (true, true)),
        (
            json!({"pricing": pricing, "parent": {"invoice_item_details": {"proration": true}}}),
            (true, true),
        ),
        (
            json!({"pricing": pricing, "parent": {"invoice_item_details": {"proration": false}}}),
            (false, false),
        ),
        (
            json!({"price": price, "type": "subscription", "proration": false}),
            (true, false),
        ),
        (
            json!({"price": price, "type": "invoiceitem", "proration": true}),
            (true, true),
        ),
        (
            json!({"price": price, "type": "invoiceitem", "proration": false}),
            (false, false),
        ),
    ];
    for (shape, (of_subscription, proration)) in table {
        let found = line(shape.clone());
        assert_eq!(
            (found.price_id(), found.product_id()),
            (Some("price_1"), Some("prod_1")),
            "{shape}"
        );
        assert_eq!(
            (found.is_of_subscription(), found.is_proration()),
            (of_subscription, proration),
            "{shape}"
        );
    }
}

#[test]
fn amounts_of_invoices_are_there_and_integers() {
    let failure = |value: &Value| decode::<Invoice>(value.to_string().as_bytes()).unwrap_err().to_string();
    for field in ["amount_due", "amount_paid", "total", "currency"] {
        for wrong in [json!("1000"), json!(10.5), Value::Null] {
            if field == "currency" && wrong.is_string() {
                continue;
            }
            let told = failure(&invoice(&json!({ field: wrong })));
            assert!(told.contains(field), "{told}");
        }
    }
    let payment = json!({"id": "inpay_1", "object": "invoice_payment", "currency": "usd", "amount_paid": "1000"});
    let told = decode::<InvoicePayment>(payment.to_string().as_bytes())
        .unwrap_err()
        .to_string();
    assert!(told.contains("amount_paid"), "{told}");
}
