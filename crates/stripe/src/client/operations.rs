//! The operations that paydesk uses, one line each. Parameters are given as Stripe names and nests them.

use serde_json::{Value, json};

use super::{Client, Error, IdempotencyKey, form};
use crate::Event;
use crate::objects::{
    Account, BalanceTransaction, Charge, CheckoutSession, Customer, Dispute, LineItem, List, PaymentIntent, Price,
    Product, Refund, WebhookEndpoint,
};

/// Declares the calls that make or change an object, and those that read one.
macro_rules! operations {
    (
        $($(#[$about:meta])* $name:ident $method:ident $object:ty = $path:literal $([$suffix:literal])?;)*
    ) => { impl Client { $( operations!(@$method $(#[$about])* $name, $object, $path, concat!("" $(, $suffix)?)); )* } };
    (@create $(#[$about:meta])* $name:ident, $object:ty, $path:literal, $suffix:expr) => {
        $(#[$about])*
        pub async fn $name(&self, parameters: &Value, key: &IdempotencyKey) -> Result<$object, Error> {
            self.post($path.to_owned(), parameters, key).await
        }
    };
    (@change $(#[$about:meta])* $name:ident, $object:ty, $path:literal, $suffix:expr) => {
        $(#[$about])*
        pub async fn $name(&self, id: &str, parameters: &Value, key: &IdempotencyKey) -> Result<$object, Error> {
            self.post(path_of($path, id, $suffix), parameters, key).await
        }
    };
    (@retrieve $(#[$about:meta])* $name:ident, $object:ty, $path:literal, $suffix:expr) => {
        $(#[$about])* ///
        /// `expand` names references to be given as objects.
        pub async fn $name(&self, id: &str, expand: &[&str]) -> Result<$object, Error> {
            self.get(path_of($path, id, $suffix), &expanding(expand)).await
        }
    };
    (@delete $(#[$about:meta])* $name:ident, $object:ty, $path:literal, $suffix:expr) => {
        $(#[$about])*
        pub async fn $name(&self, id: &str) -> Result<$object, Error> {
            self.delete(path_of($path, id, $suffix)).await
        }
    };
}

operations! {
    /// Makes a customer.
    create_customer create Customer = "/v1/customers";
    /// Changes a customer.
    update_customer change Customer = "/v1/customers";
    /// Reads a customer, which may be `deleted`.
    retrieve_customer retrieve Customer = "/v1/customers";

    /// Makes a product. With an `id` of our own among the parameters, a repeat is a refusal even after the key is gone.
    create_product create Product = "/v1/products";
    /// Changes a product.
    update_product change Product = "/v1/products";
    /// Reads a product.
    retrieve_product retrieve Product = "/v1/products";

    /// Makes a price.
    create_price create Price = "/v1/prices";
    /// Changes what can be changed of a price, which is not its amount.
    update_price change Price = "/v1/prices";
    /// Reads a price.
    retrieve_price retrieve Price = "/v1/prices";

    /// Makes a checkout session.
    create_checkout_session create CheckoutSession = "/v1/checkout/sessions";
    /// Reads a checkout session.
    retrieve_checkout_session retrieve CheckoutSession = "/v1/checkout/sessions";
    /// Ends an open checkout session. Refused where it is complete, which means that it is paid or about to be.
    expire_checkout_session change CheckoutSession = "/v1/checkout/sessions" ["/expire"];

    /// Makes a payment.
    create_payment_intent create PaymentIntent = "/v1/payment_intents";
    /// Reads a payment.
    retrieve_payment_intent retrieve PaymentIntent = "/v1/payment_intents";
    /// Calls a payment off. Refused once it has succeeded.
    cancel_payment_intent change PaymentIntent = "/v1/payment_intents" ["/cancel"];

    /// Reads a charge.
    retrieve_charge retrieve Charge = "/v1/charges";
    /// Reads a dispute.
    retrieve_dispute retrieve Dispute = "/v1/disputes";

    /// Gives money back.
    create_refund create Refund = "/v1/refunds";
    /// Reads a refund.
    retrieve_refund retrieve Refund = "/v1/refunds";

    /// Reads a movement on Stripe's balance.
    retrieve_balance_transaction retrieve BalanceTransaction = "/v1/balance_transactions";

    /// Reads an event; Stripe keeps them for 30 days.
    retrieve_event retrieve Event = "/v1/events";

    /// Registers a webhook endpoint. The answer is the only one that has its secret.
    create_webhook_endpoint create WebhookEndpoint = "/v1/webhook_endpoints";
    /// Changes a webhook endpoint.
    update_webhook_endpoint change WebhookEndpoint = "/v1/webhook_endpoints";
    /// Removes a webhook endpoint.
    delete_webhook_endpoint delete WebhookEndpoint = "/v1/webhook_endpoints";
}

impl Client {
    /// What was bought in a checkout session.
    pub async fn list_line_items(&self, session: &str, parameters: &Value) -> Result<List<LineItem>, Error> {
        self.list_at(path_of("/v1/checkout/sessions", session, "/line_items"), parameters)
            .await
    }

    /// The prices that carry one of our names, whether active or not.
    pub async fn list_prices_by_lookup_key(&self, lookup_keys: &[&str]) -> Result<List<Price>, Error> {
        self.list(&json!({ "lookup_keys": lookup_keys, "limit": 100 })).await
    }

    /// The account that the key belongs to, which also tells whether the key works.
    pub async fn retrieve_account(&self) -> Result<Account, Error> {
        self.get("/v1/account".to_owned(), &Value::Null).await
    }
}

fn path_of(collection: &str, id: &str, suffix: &str) -> String {
    let mut path = format!("{collection}/");
    form::write_segment(&mut path, id);
    path.push_str(suffix);
    path
}

fn expanding(expand: &[&str]) -> Value {
    if expand.is_empty() {
        Value::Null
    } else {
        json!({ "expand": expand })
    }
}
