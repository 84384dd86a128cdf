//! Lists over many pages, with a bound: a loop over somebody else's pages must end by itself.

use serde_json::{Map, Value};

use super::send::{Method, Request, send};
use super::{Client, Error, form};
use crate::malformed::Malformed;
use crate::objects::{
    BalanceTransaction, Charge, CheckoutSession, Dispute, EarlyFraudWarning, List, Object, PaymentIntent, Price,
    Product, Refund, SetupIntent, WebhookEndpoint,
};
use crate::{Event, objects};

/// Objects that Stripe lists under one path, newest first.
pub trait Listed: Object {
    /// Where.
    const PATH: &'static str;
}

macro_rules! listed {
    ($($object:ty = $path:literal,)*) => { $(
        impl Listed for $object {
            const PATH: &'static str = $path;
        }
    )* };
}

listed! {
    BalanceTransaction = "/v1/balance_transactions",
    Charge = "/v1/charges",
    CheckoutSession = "/v1/checkout/sessions",
    Dispute = "/v1/disputes",
    EarlyFraudWarning = "/v1/radar/early_fraud_warnings",
    Event = "/v1/events",
    objects::Customer = "/v1/customers",
    objects::Invoice = "/v1/invoices",
    objects::InvoicePayment = "/v1/invoice_payments",
    PaymentIntent = "/v1/payment_intents",
    Price = "/v1/prices",
    Product = "/v1/products",
    Refund = "/v1/refunds",
    SetupIntent = "/v1/setup_intents",
    objects::Account = "/v1/accounts",
    objects::Subscription = "/v1/subscriptions",
    objects::Transfer = "/v1/transfers",
    WebhookEndpoint = "/v1/webhook_endpoints",
}

/// The pages of a list, read one after another.
#[derive(Debug)]
pub struct Pages<T> {
    client: Client,
    parameters: Map<String, Value>,
    bound_left: usize,
    has_more: bool,
    listed: std::marker::PhantomData<fn() -> T>,
}

impl<T: Listed> Pages<T> {
    pub(super) fn new(client: &Client, parameters: &Value, pages_max: usize) -> Self {
        let mut parameters = parameters.as_object().cloned().unwrap_or_default();
        parameters.entry("limit").or_insert(Value::from(100));
        Self {
            client: client.clone(),
            parameters,
            bound_left: pages_max,
            has_more: true,
            listed: std::marker::PhantomData,
        }
    }

    /// The next page, or `None` after the last one or at the bound; [`Pages::is_complete`] tells which.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>, Error> {
        if !self.has_more || self.bound_left == 0 {
            return Ok(None);
        }
        let page: List<T> = self
            .client
            .list_at(T::PATH.to_owned(), &Value::Object(self.parameters.clone()))
            .await?;
        match page.data.last() {
            Some(last) => self
                .parameters
                .insert("starting_after".to_owned(), Value::from(last.id())),
            // More is promised, and there is nothing to go on from: without this the same page would come for ever.
            None if page.has_more => {
                let malformed = Malformed::new(T::KIND, "an empty page that is not the last");
                return Err(Error::Malformed {
                    malformed,
                    request_id: None,
                });
            }
            None => None,
        };
        self.bound_left -= 1;
        self.has_more = page.has_more;
        Ok(Some(page.data))
    }

    /// Whether the last page has been read. What was cut off at the bound must not be taken for the whole.
    pub fn is_complete(&self) -> bool {
        !self.has_more
    }

    /// All that is left up to the bound, and whether that is the whole list.
    pub async fn collect(mut self) -> Result<(Vec<T>, bool), Error> {
        let mut all = Vec::new();
        while let Some(page) = self.next().await? {
            all.extend(page);
        }
        Ok((all, self.is_complete()))
    }
}

impl Client {
    /// One page of a list. Parameters as Stripe names them: `limit`, `starting_after`, `created[gte]`, filters.
    pub async fn list<T: Listed>(&self, parameters: &Value) -> Result<List<T>, Error> {
        self.list_at(T::PATH.to_owned(), parameters).await
    }

    /// The pages of a list, at most `pages_max` of them, a hundred objects each unless `limit` says otherwise.
    pub fn pages<T: Listed>(&self, parameters: &Value, pages_max: usize) -> Pages<T> {
        Pages::new(self, parameters, pages_max)
    }

    pub(super) async fn list_at<T: Object>(&self, path: String, parameters: &Value) -> Result<List<T>, Error> {
        let request = Request {
            method: Method::Get,
            path,
            form: form::encode(parameters),
            key: None,
        };
        let answer = send(self, &request).await?;
        serde_json::from_slice(&answer.body).map_err(|error| Error::Malformed {
            malformed: Malformed::new(T::KIND, format_args!("list: {error}")),
            request_id: answer.request_id,
        })
    }
}
