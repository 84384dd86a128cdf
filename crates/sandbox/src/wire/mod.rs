//! Stripe's wire: authentication, versions, forms, errors, lists, expansion, idempotency, and the dispatch of a request to
//! the operation it names.
//!
//! Promises: a request is judged before anything is executed; an operation runs whole under the state's lock; its answer is
//! kept under its idempotency key before it is sent. No resource's rules live here.

pub(crate) mod error;
pub(crate) mod expand;
pub(crate) mod form;
pub(crate) mod idempotency;
pub(crate) mod list;
pub(crate) mod shape;
pub(crate) mod version;

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use base64::Engine;
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value};

use self::error::ApiError;
use self::idempotency::Saved;
use self::shape::Fields;
use self::version::Version;
use crate::Sandbox;
use crate::control::faults::{ApiFault, HangUp};
use crate::state::{Origin, State};

/// What an operation gives: the object or list to answer with.
pub(crate) type Answer = Result<Value, ApiError>;

/// The request as an operation sees it: checked parameters, the ids of the path, the state.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) ids: Vec<String>,
    pub(crate) params: Map<String, Value>,
    pub(crate) path: &'a str,
    pub(crate) lenient: bool,
}

impl Call<'_> {
    pub(crate) fn id(&self) -> &str {
        self.ids.first().map_or("", String::as_str)
    }

    /// A parameter that is there and not null.
    pub(crate) fn given(&self, name: &str) -> Option<&Value> {
        self.params.get(name).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.params.get(name).and_then(Value::as_i64)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.params.get(name).and_then(Value::as_bool)
    }

    /// A copy of a parameter, null when absent.
    pub(crate) fn value(&self, name: &str) -> Value {
        self.params.get(name).cloned().unwrap_or_default()
    }

    /// Metadata for a new object: what was given, without the unset keys.
    pub(crate) fn metadata(&self) -> Value {
        let given = self.params.get("metadata").and_then(Value::as_object);
        Value::Object(
            given
                .into_iter()
                .flatten()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    }

    /// The object the path names.
    pub(crate) fn found(&self, noun: &'static str, param: &str) -> Result<&Value, ApiError> {
        let id = self.id();
        self.state
            .find(noun, id)
            .ok_or_else(|| ApiError::absent(&noun.replace('.', "_"), id, param).status(404))
    }
}

/// One of Stripe's operations.
pub(crate) struct Operation {
    method: Method,
    path: &'static str,
    params: &'static str,
    is_list: bool,
    run: fn(&mut Call<'_>) -> Answer,
}

impl Operation {
    pub(crate) const fn get(path: &'static str, params: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Self {
        Self {
            method: Method::GET,
            path,
            params,
            is_list: false,
            run,
        }
    }

    pub(crate) const fn list(path: &'static str, params: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Self {
        Self {
            method: Method::GET,
            path,
            params,
            is_list: true,
            run,
        }
    }

    pub(crate) const fn post(path: &'static str, params: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Self {
        Self {
            method: Method::POST,
            path,
            params,
            is_list: false,
            run,
        }
    }

    pub(crate) const fn delete(path: &'static str, run: fn(&mut Call<'_>) -> Answer) -> Self {
        Self::delete_with(path, "", run)
    }

    pub(crate) const fn delete_with(
        path: &'static str,
        params: &'static str,
        run: fn(&mut Call<'_>) -> Answer,
    ) -> Self {
        Self {
            method: Method::DELETE,
            path,
            params,
            is_list: false,
            run,
        }
    }
}

struct Route {
    operation: &'static Operation,
    segments: Vec<&'static str>,
    fields: Fields,
}

/// The operations with their shapes read. A constant table: the same for every sandbox in the process.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    crate::resources::OPERATIONS
        .iter()
        .flat_map(|operations| operations.iter())
        .map(|operation| {
            let mut fields = Fields::parse(operation.params);
            fields.extend("expand:[id]");
            if operation.is_list {
                fields.extend(list::PARAMS);
            }
            Route {
                operation,
                segments: operation.path.split('/').collect(),
                fields,
            }
        })
        .collect()
});

fn route(method: &Method, path: &str) -> Option<(&'static Route, Vec<String>)> {
    let segments: Vec<&str> = path.split('/').collect();
    ROUTES
        .iter()
        .filter(|route| route.operation.method == *method)
        .find_map(|route| {
            if route.segments.len() != segments.len() {
                return None;
            }
            let mut ids = Vec::new();
            for (pattern, segment) in route.segments.iter().zip(&segments) {
                if pattern.starts_with('{') {
                    ids.push((*segment).to_owned());
                } else if pattern != segment {
                    return None;
                }
            }
            Some((route, ids))
        })
}

/// What the operations under a path answer with.
fn noun_of(path: &str) -> &'static str {
    const NOUNS: &[(&str, &str)] = &[
        ("/reversals", "transfer_reversal"),
        ("/line_items", "item"),
        ("/lines", "line_item"),
        ("/payment_methods", "payment_method"),
        ("/v1/payment_methods/", "payment_method"),
        ("/v1/accounts", "account"),
        ("/v1/balance_transactions", "balance_transaction"),
        ("/v1/billing_portal/sessions", "billing_portal.session"),
        ("/v1/charges", "charge"),
        ("/v1/checkout/sessions", "checkout.session"),
        ("/v1/customers", "customer"),
        ("/v1/disputes", "dispute"),
        ("/v1/invoice_payments", "invoice_payment"),
        ("/v1/invoiceitems", "invoiceitem"),
        ("/v1/invoices", "invoice"),
        ("/v1/payment_intents", "payment_intent"),
        ("/v1/payment_pages", "checkout.session"),
        ("/v1/payouts", "payout"),
        ("/v1/prices", "price"),
        ("/v1/products", "product"),
        ("/v1/radar/early_fraud_warnings", "radar.early_fraud_warning"),
        ("/v1/refunds", "refund"),
        ("/v1/setup_intents", "setup_intent"),
        ("/v1/subscription_items", "subscription_item"),
        ("/v1/subscriptions", "subscription"),
        ("/v1/transfers", "transfer"),
    ];
    NOUNS
        .iter()
        .find(|(part, _)| path.contains(part))
        .map_or("", |(_, noun)| noun)
}

/// A request judged and ready to be executed.
struct Judged {
    method: Method,
    path: String,
    route: &'static Route,
    ids: Vec<String>,
    params: Map<String, Value>,
    version: Version,
    /// The connected account it is made on.
    account: Option<String>,
    key: Option<String>,
    fingerprint: String,
}

/// Answers a request under `/v1`.
pub(crate) async fn serve(sandbox: Sandbox, request: Request<Body>) -> Response<Body> {
    let (request_id, fault) = {
        let mut state = sandbox.lock();
        let fault = state.api_fault(request.method().as_str(), request.uri().path());
        (state.dice.id("req").replace("req_3", "req_"), fault)
    };
    if let Some(answer) = fault.as_ref().and_then(|fault| fault.before(&request_id)) {
        return answer;
    }
    let key = header(request.headers(), "idempotency-key").map(str::to_owned);
    let answer = match judge(&sandbox, request).await {
        Ok(request) => execute(&sandbox, &request, &request_id, fault.as_ref()).await,
        Err(error) => Reply::error(&error, &request_id, crate::API_VERSION),
    };
    sandbox.wake();
    if let Some(fault) = fault
        && let Some(answer) = fault.after(&request_id).await
    {
        return answer;
    }
    answer.into_response(&request_id, key.as_deref())
}

async fn judge(sandbox: &Sandbox, request: Request<Body>) -> Result<Judged, ApiError> {
    let (parts, body) = request.into_parts();
    authenticate(sandbox, &parts.headers, parts.uri.path())?;
    let version = version::of(header(&parts.headers, "stripe-version"))?;
    let path = parts.uri.path().trim_end_matches('/').to_owned();
    let Some((route, ids)) = route(&parts.method, &path) else {
        let message = format!(
            "Unrecognized request URL ({}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.",
            parts.method
        );
        return Err(ApiError::invalid(message).status(404));
    };
    let account = connected_account(sandbox, &parts.headers, &path)?;
    let bytes = Limited::new(body, 1 << 20)
        .collect()
        .await
        .map_err(|_| ApiError::invalid("The request body could not be read, or is too large."))?
        .to_bytes();
    let body = std::str::from_utf8(&bytes).map_err(|_| ApiError::invalid("The request body is not UTF-8."))?;
    let mut tree = Map::new();
    form::decode_into(&mut tree, parts.uri.query().unwrap_or(""))?;
    form::decode_into(&mut tree, body)?;
    let fingerprint = format!("{} {path} {}", parts.method, Value::Object(tree.clone()));
    let params = route.fields.check(&tree)?;
    let expand = params
        .get("expand")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    expand::check(noun_of(&path), route.operation.is_list, expand)?;
    let key = header(&parts.headers, "idempotency-key")
        .filter(|_| parts.method == Method::POST)
        .map(str::to_owned);
    if key.as_ref().is_some_and(|key| key.is_empty() || key.len() > 255) {
        return Err(ApiError::idempotency(
            "Idempotency keys must be between 1 and 255 characters long.",
        ));
    }
    let fingerprint = hex::encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        fingerprint.as_bytes(),
    ));
    Ok(Judged {
        method: parts.method,
        path,
        route,
        ids,
        params,
        version,
        account,
        key,
        fingerprint,
    })
}

/// What can be done on a connected account: the sandbox models its money, not what it sells.
const ON_CONNECTED: &[&str] = &[
    "/v1/account",
    "/v1/balance",
    "/v1/balance_transactions",
    "/v1/charges",
    "/v1/events",
    "/v1/payouts",
    "/v1/refunds",
];

/// The account that a request names as the one to be made on; none is the sandbox's own.
fn connected_account(sandbox: &Sandbox, headers: &HeaderMap, path: &str) -> Result<Option<String>, ApiError> {
    let Some(account) = header(headers, "stripe-account") else {
        return Ok(None);
    };
    let state = sandbox.lock();
    if account == state.account_id {
        return Ok(None);
    }
    if state
        .find("account", account)
        .is_none_or(|found| found.get("deleted").is_some())
    {
        let message = format!(
            "The provided key does not have access to account '{account}' (or that account does not exist). Application \
             access may have been revoked."
        );
        return Err(ApiError::invalid(message).code("account_invalid").status(403));
    }
    let known = |root: &str| {
        path.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if !ON_CONNECTED.iter().any(|root| known(root)) {
        let message = format!("The sandbox does not serve {path} on a connected account.");
        return Err(ApiError::invalid(message));
    }
    Ok(Some(account.to_owned()))
}

async fn execute(sandbox: &Sandbox, request: &Judged, request_id: &str, fault: Option<&ApiFault>) -> Reply {
    // Each account has its own keys.
    let kept_under = request.key.as_ref().map(|key| match &request.account {
        Some(account) => format!("{account} {key}"),
        None => key.clone(),
    });
    if let Some(key) = &kept_under {
        let mut state = sandbox.lock();
        let now = state.now();
        match state.keys.claim(key, &request.fingerprint, now) {
            Ok(None) => {}
            Ok(Some(saved)) => return Reply::replay(&saved, &request.version.name),
            Err(error) => return Reply::error(&error, request_id, &request.version.name),
        }
    }
    if let Some(fault) = fault {
        fault.wait_during().await;
    }
    let mut state = sandbox.lock();
    state.run_due();
    state.origin = Origin {
        request_id: Some(request_id.to_owned()),
        idempotency_key: request.key.clone(),
        account: request.account.clone(),
    };
    let result = if let Some(error) = fault.and_then(ApiFault::instead) {
        Err(error)
    } else {
        run(&mut state, request)
    };
    state.origin = Origin::default();
    if request.method != Method::GET {
        state.changes += 1;
    }
    state.shelf.cool();
    let (status, value, kept) = match result {
        Ok(value) => (200, value, true),
        Err(error) => (
            error.status_code(),
            error.body(request_id),
            !error.is_before_execution(),
        ),
    };
    if let Some(key) = &kept_under {
        if kept {
            let saved = Saved {
                status,
                body: value.to_string(),
                request_id: request_id.to_owned(),
            };
            state.keys.save(key, saved);
        } else {
            state.keys.release(key);
        }
    }
    drop(state);
    Reply::new(status, &value, &request.version.name)
}

fn run(state: &mut State, request: &Judged) -> Answer {
    let expand = request
        .params
        .get("expand")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut call = Call {
        state,
        ids: request.ids.clone(),
        params: request.params.clone(),
        path: &request.path,
        lenient: request.version.lenient,
    };
    let mut answer = (request.route.operation.run)(&mut call)?;
    expand::apply(state, &mut answer, &expand)?;
    Ok(answer)
}

fn authenticate(sandbox: &Sandbox, headers: &HeaderMap, path: &str) -> Result<(), ApiError> {
    let refused = |message: String| Err(ApiError::invalid(message).status(401));
    let Some(header) = header(headers, "authorization") else {
        return refused(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer \
             auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
                .to_owned(),
        );
    };
    let key = match header.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim().to_owned(),
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => {
            let decoded = base64::engine::general_purpose::STANDARD
                .decode(encoded.trim())
                .unwrap_or_default();
            let text = String::from_utf8(decoded).unwrap_or_default();
            text.split(':').next().unwrap_or_default().to_owned()
        }
        _ => return refused("Invalid Authorization header: use Bearer or Basic.".to_owned()),
    };
    let shown = format!("{}****", key.get(..8).unwrap_or_default());
    if sandbox.is_publishable(&key) {
        // A page may make a payment method and look at what it holds the client secret of; nothing else.
        let of_a_page = path == "/v1/payment_methods" || path.starts_with("/v1/payment_pages/");
        if of_a_page {
            return Ok(());
        }
        return Err(ApiError::invalid(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
        )
        .code("secret_key_required")
        .status(403));
    }
    if !sandbox.accepts_key(&key) {
        return refused(format!("Invalid API Key provided: {shown}"));
    }
    Ok(())
}

pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// An answer before it has become HTTP.
pub(crate) struct Reply {
    status: u16,
    body: String,
    version: String,
    original_request: Option<String>,
    should_retry: Option<bool>,
}

impl Reply {
    fn new(status: u16, value: &Value, version: &str) -> Self {
        let mut body = serde_json::to_string_pretty(value).unwrap_or_default();
        body.push('\n');
        let should_retry = (status >= 400).then_some(matches!(status, 409 | 429 | 500..=599));
        Self {
            status,
            body,
            version: version.to_owned(),
            original_request: None,
            should_retry,
        }
    }

    pub(crate) fn error(error: &ApiError, request_id: &str, version: &str) -> Self {
        Self::new(error.status_code(), &error.body(request_id), version)
    }

    fn replay(saved: &Saved, version: &str) -> Self {
        let value: Value = serde_json::from_str(&saved.body).unwrap_or_default();
        let mut reply = Self::new(saved.status, &value, version);
        reply.original_request = Some(saved.request_id.clone());
        reply.should_retry = (saved.status >= 400).then_some(false);
        reply
    }

    pub(crate) fn into_response(self, request_id: &str, key: Option<&str>) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let mut put = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put("content-type", "application/json");
        put("cache-control", "no-cache, no-store");
        put("request-id", request_id);
        put("stripe-version", &self.version);
        if let Some(key) = key {
            put("idempotency-key", key);
        }
        if let Some(original) = &self.original_request {
            put("idempotent-replayed", "true");
            put("original-request", original);
        }
        if let Some(should_retry) = self.should_retry {
            put("stripe-should-retry", if should_retry { "true" } else { "false" });
        }
        response
    }
}

/// An answer that the server turns into a closed connection.
pub(crate) fn hang_up() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.extensions_mut().insert(HangUp);
    response
}
