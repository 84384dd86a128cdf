//! Errors in Stripe's form: `{"error": {type, code, message, param, …}}` with the status that goes with them.

use serde_json::{Map, Value, json};

/// An error and its status. Boxed, because every operation may give one and few do.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Box<Detail>);

#[derive(Debug, Clone)]
struct Detail {
    status: u16,
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
    /// Further members: `decline_code`, `charge`, `payment_intent`, `payment_method`…
    extra: Map<String, Value>,
    /// Parameters are judged before anything is executed; such an answer is not kept under the idempotency key.
    before_execution: bool,
}

impl ApiError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self(Box::new(Detail {
            status: 400,
            kind: "invalid_request_error",
            code: None,
            message: message.into(),
            param: None,
            extra: Map::new(),
            before_execution: false,
        }))
    }

    pub(crate) fn param(param: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message);
        error.0.param = Some(param.into());
        error
    }

    pub(crate) fn missing(param: &str) -> Self {
        Self::param(param, format!("Missing required param: {param}.")).code("parameter_missing")
    }

    /// An id that names nothing. In the path this is a 404; as a parameter of a request that exists, a 400.
    pub(crate) fn absent(noun: &str, id: &str, param: &str) -> Self {
        Self::param(param, format!("No such {noun}: '{id}'")).code("resource_missing")
    }

    pub(crate) fn card(code: &str, message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message).code(code).status(402);
        error.0.kind = "card_error";
        error
    }

    pub(crate) fn idempotency(message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message);
        error.0.kind = "idempotency_error";
        error
    }

    pub(crate) fn api(status: u16, message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message).status(status);
        error.0.kind = "api_error";
        error
    }

    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.0.code = Some(code.into());
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.0.status = status;
        self
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn for_param(mut self, param: &str) -> Self {
        self.0.param = Some(param.to_owned());
        self
    }

    pub(crate) fn unexecuted(mut self) -> Self {
        self.0.before_execution = true;
        self
    }

    pub(crate) fn status_code(&self) -> u16 {
        self.0.status
    }

    pub(crate) fn is_before_execution(&self) -> bool {
        self.0.before_execution
    }

    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.0.code.as_deref() == Some(code)
    }

    /// The parameter it is about.
    pub(crate) fn at(&self) -> Option<&str> {
        self.0.param.as_deref()
    }

    /// The answer's body.
    pub(crate) fn body(&self, request_id: &str) -> Value {
        json!({ "error": self.object(Some(request_id)) })
    }

    /// The inner object, as it also stands in `last_payment_error`.
    pub(crate) fn object(&self, request_id: Option<&str>) -> Value {
        let mut error = Map::new();
        if let Some(code) = &self.0.code {
            error.insert("code".to_owned(), json!(code));
            let page = code.replace('_', "-");
            error.insert(
                "doc_url".to_owned(),
                json!(format!("https://stripe.com/docs/error-codes/{page}")),
            );
        }
        error.insert("message".to_owned(), json!(self.0.message));
        if let Some(param) = &self.0.param {
            error.insert("param".to_owned(), json!(param));
        }
        for (name, value) in &self.0.extra {
            error.insert(name.clone(), value.clone());
        }
        if let Some(id) = request_id {
            error.insert(
                "request_log_url".to_owned(),
                json!(format!("https://dashboard.stripe.com/test/logs/{id}")),
            );
        }
        error.insert("type".to_owned(), json!(self.0.kind));
        Value::Object(error)
    }
}
