//! Errors in Stripe's form: `{"error": {type, code, message, param, …}}` with the status that goes with them.

use serde_json::{Map, Value, json};

#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    kind: &'static str,
    code: Option<String>,
    message: String,
    param: Option<String>,
    /// Further members: `decline_code`, `charge`, `payment_intent`, `payment_method`…
    extra: Map<String, Value>,
    /// Parameters are judged before anything is executed; such an answer is not kept under the idempotency key.
    pub(crate) before_execution: bool,
}

impl ApiError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            kind: "invalid_request_error",
            code: None,
            message: message.into(),
            param: None,
            extra: Map::new(),
            before_execution: false,
        }
    }

    pub(crate) fn param(param: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message);
        error.param = Some(param.into());
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
        error.kind = "card_error";
        error
    }

    pub(crate) fn idempotency(message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message);
        error.kind = "idempotency_error";
        error
    }

    pub(crate) fn api(status: u16, message: impl Into<String>) -> Self {
        let mut error = Self::invalid(message).status(status);
        error.kind = "api_error";
        error
    }

    pub(crate) fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    pub(crate) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(name.to_owned(), value.into());
        self
    }

    pub(crate) fn for_param(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    pub(crate) fn unexecuted(mut self) -> Self {
        self.before_execution = true;
        self
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The parameter it is about.
    pub(crate) fn at(&self) -> Option<&str> {
        self.param.as_deref()
    }

    /// The answer's body.
    pub(crate) fn body(&self, request_id: &str) -> Value {
        json!({ "error": self.object(Some(request_id)) })
    }

    /// The inner object, as it also stands in `last_payment_error`.
    pub(crate) fn object(&self, request_id: Option<&str>) -> Value {
        let mut error = Map::new();
        if let Some(code) = &self.code {
            error.insert("code".to_owned(), json!(code));
            let page = code.replace('_', "-");
            error.insert("doc_url".to_owned(), json!(format!("https://stripe.com/docs/error-codes/{page}")));
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(param) = &self.param {
            error.insert("param".to_owned(), json!(param));
        }
        for (name, value) in &self.extra {
            error.insert(name.clone(), value.clone());
        }
        if let Some(id) = request_id {
            error.insert("request_log_url".to_owned(), json!(format!("https://dashboard.stripe.com/test/logs/{id}")));
        }
        error.insert("type".to_owned(), json!(self.kind));
        Value::Object(error)
    }
}
