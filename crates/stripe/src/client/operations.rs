//! The operations that paydesk uses, one line each. Parameters are given as Stripe names and nests them.

use serde_json::{Value, json};

use super::{Client, Error, IdempotencyKey, Pages, form};
use crate::Event;
use crate::objects::{
    Account, AccountLink, BalanceTransaction, Charge, CheckoutSession, Customer, Dispute, EarlyFraudWarning, Invoice,
    InvoiceLine, LineItem, List, PaymentIntent, PaymentMethod, PortalSession, Price, Product, Refund, SetupIntent,
    Subscription, Transfer, TransferReversal, WebhookEndpoint,
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

    /// Makes a checkout session; in mode `setup` it saves a payment method and takes no money.
    create_checkout_session create CheckoutSession = "/v1/checkout/sessions";
    /// Reads a checkout session.
    retrieve_checkout_session retrieve CheckoutSession = "/v1/checkout/sessions";
    /// Ends an open checkout session. Refused where it is complete, which means that it is paid or about to be.
    expire_checkout_session change CheckoutSession = "/v1/checkout/sessions" ["/expire"];

    /// Makes a payment. With `off_session` and `confirm` it is made without the buyer, and a card that the bank refuses or
    /// wants to ask the buyer about is [`Error::Declined`], which names the payment.
    create_payment_intent create PaymentIntent = "/v1/payment_intents";
    /// Reads a payment.
    retrieve_payment_intent retrieve PaymentIntent = "/v1/payment_intents";
    /// Calls a payment off. Refused once it has succeeded.
    cancel_payment_intent change PaymentIntent = "/v1/payment_intents" ["/cancel"];

    /// Begins to set a payment method up for later.
    create_setup_intent create SetupIntent = "/v1/setup_intents";
    /// Reads a setup.
    retrieve_setup_intent retrieve SetupIntent = "/v1/setup_intents";
    /// Calls a setup off. Refused once it has succeeded.
    cancel_setup_intent change SetupIntent = "/v1/setup_intents" ["/cancel"];

    /// Reads a payment method.
    retrieve_payment_method retrieve PaymentMethod = "/v1/payment_methods";
    /// Gives a payment method to a customer, for good.
    attach_payment_method change PaymentMethod = "/v1/payment_methods" ["/attach"];
    /// Takes a payment method from its customer, after which nobody can use it again.
    detach_payment_method change PaymentMethod = "/v1/payment_methods" ["/detach"];

    /// Reads a charge.
    retrieve_charge retrieve Charge = "/v1/charges";
    /// Reads a dispute.
    retrieve_dispute retrieve Dispute = "/v1/disputes";
    /// Reads a bank's early warning.
    retrieve_early_fraud_warning retrieve EarlyFraudWarning = "/v1/radar/early_fraud_warnings";

    /// Gives money back.
    create_refund create Refund = "/v1/refunds";
    /// Reads a refund.
    retrieve_refund retrieve Refund = "/v1/refunds";

    /// Begins a subscription.
    create_subscription create Subscription = "/v1/subscriptions";
    /// Changes a subscription.
    update_subscription change Subscription = "/v1/subscriptions";
    /// Lets a paused subscription go on.
    resume_subscription change Subscription = "/v1/subscriptions" ["/resume"];
    /// Ends a subscription at once. Refused where it is over already.
    cancel_subscription delete Subscription = "/v1/subscriptions";
    /// Reads a subscription. One that is over can be read as well.
    retrieve_subscription retrieve Subscription = "/v1/subscriptions";
    /// Reckons an invoice as it would be; nothing is changed by it.
    create_invoice_preview create Invoice = "/v1/invoices/create_preview";
    /// Makes a way into the customer portal.
    create_portal_session create PortalSession = "/v1/billing_portal/sessions";
    /// Reads an invoice.
    retrieve_invoice retrieve Invoice = "/v1/invoices";

    /// Makes an account of somebody else's, connected to ours.
    create_account create Account = "/v1/accounts";
    /// Reads a connected account.
    retrieve_connected_account retrieve Account = "/v1/accounts";
    /// Makes a way to the page where the owner of a connected account tells what is due.
    create_account_link create AccountLink = "/v1/account_links";
    /// Passes money on to a connected account.
    create_transfer create Transfer = "/v1/transfers";
    /// Reads a transfer.
    retrieve_transfer retrieve Transfer = "/v1/transfers";
    /// Takes money of a transfer back. Refused where the account does not have it any more.
    reverse_transfer change TransferReversal = "/v1/transfers" ["/reversals"];

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

    /// The lines of an invoice, at most `pages_max` hundreds, and whether those are all.
    pub async fn list_invoice_lines(&self, invoice: &str, pages_max: usize) -> Result<(Vec<InvoiceLine>, bool), Error> {
        let mut lines: Vec<InvoiceLine> = Vec::new();
        for _ in 0..pages_max {
            let mut parameters = json!({ "limit": 100 });
            if let Some(last) = lines.last() {
                parameters["starting_after"] = Value::from(last.id.as_str());
            }
            let page: List<InvoiceLine> = self
                .list_at(path_of("/v1/invoices", invoice, "/lines"), &parameters)
                .await?;
            let last = page.data.is_empty() || !page.has_more;
            lines.extend(page.data);
            if last {
                return Ok((lines, true));
            }
        }
        Ok((lines, false))
    }

    /// The transfers that share a group, newest first; `has_more` where a hundred are not all.
    pub async fn list_transfers_of_group(&self, transfer_group: &str) -> Result<List<Transfer>, Error> {
        self.list(&json!({ "transfer_group": transfer_group, "limit": 100 }))
            .await
    }

    /// What was taken back of a transfer, newest first; `has_more` where a hundred are not all.
    pub async fn list_reversals_of_transfer(&self, transfer: &str) -> Result<List<TransferReversal>, Error> {
        self.list_at(
            path_of("/v1/transfers", transfer, "/reversals"),
            &json!({ "limit": 100 }),
        )
        .await
    }

    /// The prices that carry one of our names, whether active or not.
    pub async fn list_prices_by_lookup_key(&self, lookup_keys: &[&str]) -> Result<List<Price>, Error> {
        self.list(&json!({ "lookup_keys": lookup_keys, "limit": 100 })).await
    }

    /// The refunds of a payment, newest first; `has_more` where a hundred are not all.
    pub async fn list_refunds_of_payment(&self, payment_intent: &str) -> Result<List<Refund>, Error> {
        self.list(&of_payment(payment_intent)).await
    }

    /// The disputes about a payment, newest first; there may be several, one after another.
    pub async fn list_disputes_of_payment(&self, payment_intent: &str) -> Result<List<Dispute>, Error> {
        self.list(&of_payment(payment_intent)).await
    }

    /// The early warnings about a payment, newest first.
    pub async fn list_early_fraud_warnings_of_payment(
        &self,
        payment_intent: &str,
    ) -> Result<List<EarlyFraudWarning>, Error> {
        self.list(&of_payment(payment_intent)).await
    }

    /// The payments of a customer since a time in unix seconds, newest first, at most `pages_max` hundreds.
    pub fn payments_of_customer(&self, customer: &str, created_from: i64, pages_max: usize) -> Pages<PaymentIntent> {
        let parameters = json!({ "customer": customer, "created": { "gte": created_from } });
        self.pages(&parameters, pages_max)
    }

    /// Those of a customer's payments that carry one of our own values under a key, and whether all were looked at: what
    /// became of a payment whose outcome is not known and whose idempotency key may be forgotten. That there is none is
    /// proven only where all were looked at, and only for a request that is not still on its way.
    pub async fn find_payments_by_metadata(
        &self,
        customer: &str,
        (key, value): (&str, &str),
        created_from: i64,
        pages_max: usize,
    ) -> Result<(Vec<PaymentIntent>, bool), Error> {
        let pages = self.payments_of_customer(customer, created_from, pages_max);
        let (mut payments, complete) = pages.collect().await?;
        payments.retain(|payment| payment.metadata.get(key).is_some_and(|kept| kept == value));
        Ok((payments, complete))
    }

    /// What a customer can pay with, newest first. Parameters as Stripe names them, such as `type`.
    pub async fn list_payment_methods(&self, customer: &str, parameters: &Value) -> Result<List<PaymentMethod>, Error> {
        self.list_at(path_of("/v1/customers", customer, "/payment_methods"), parameters)
            .await
    }

    /// Makes a payment method, attached to the customer before, the one that is used where nothing else is named.
    pub async fn set_default_payment_method(
        &self,
        customer: &str,
        payment_method: &str,
        key: &IdempotencyKey,
    ) -> Result<Customer, Error> {
        let parameters = json!({ "invoice_settings": { "default_payment_method": payment_method } });
        self.update_customer(customer, &parameters, key).await
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

fn of_payment(payment_intent: &str) -> Value {
    json!({ "payment_intent": payment_intent, "limit": 100 })
}

fn expanding(expand: &[&str]) -> Value {
    if expand.is_empty() {
        Value::Null
    } else {
        json!({ "expand": expand })
    }
}
