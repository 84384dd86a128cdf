//! The kinds of problem that the HTTP layer itself makes. Capabilities declare their own beside their rules.

use super::problem::Kind;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident = $status:literal $code:literal, $title:literal, $explanation:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Kind =
            Kind { code: $code, status: $status, title: $title, explanation: $explanation };)+

        /// All kinds of this module.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    /// The body is not JSON, or is cut off.
    MALFORMED = 400 "malformed_body", "The body is not valid JSON",
        "The body could not be read as JSON. Check quotes, commas and the encoding, which must be UTF-8.";
    /// The query string has a wrong, unknown or missing parameter.
    BAD_QUERY = 400 "invalid_query", "A query parameter is wrong",
        "A parameter after the question mark is missing, unknown or not of the expected form. `detail` says which.";
    /// Idempotency-Key is missing.
    KEY_MISSING = 400 "idempotency_key_missing", "The Idempotency-Key header is missing",
        "Every POST needs an Idempotency-Key header: a value that you choose once per action (a UUID will do) and send \
         again when you repeat the request. It makes a repeat harmless.";
    /// Idempotency-Key is not of the allowed form.
    KEY_INVALID = 400 "idempotency_key_invalid", "The Idempotency-Key header is not valid",
        "The Idempotency-Key must have 1 to 255 visible ASCII characters and appear once.";
    /// No valid proof of who is calling.
    UNAUTHORIZED = 401 "unauthorized", "Authentication is required",
        "Send `Authorization: Bearer <token>` with a user token of your application, a service token (`pdk_…`) or the \
         admin token, or sign in. The token sent is missing, malformed, expired or not signed by a known key, or the \
         session has ended.";
    /// The caller is known and may not do this.
    FORBIDDEN = 403 "forbidden", "This caller may not do this",
        "The token is valid but lacks the scope or role that this operation needs.";
    /// A session's cookie came with a request that no page of this server made.
    CROSS_ORIGIN = 403 "cross_origin", "This request did not come from a page of this server",
        "A session may change something only from a page of this server, which browsers tell by the header \
         `Sec-Fetch-Site: same-origin`. Programs use a token in place of a session.";
    /// Nothing there, or nothing this caller may see.
    NOT_FOUND = 404 "not_found", "There is nothing here",
        "The address is unknown, or names something that does not exist or belongs to somebody else.";
    /// The path exists with other methods.
    METHOD_NOT_ALLOWED = 405 "method_not_allowed", "This address does not know that method",
        "The address exists, but not with this method. The Allow header lists those it knows.";
    /// The body took too long to arrive.
    BODY_TIMEOUT = 408 "body_timeout", "The body took too long to arrive",
        "The request's body did not arrive in time. Send it again over a better connection.";
    /// A request with the same key is being worked on.
    KEY_IN_USE = 409 "idempotency_key_in_use", "A request with this key is being worked on",
        "Another request with the same Idempotency-Key has not been answered yet. Wait for its answer, then repeat.";
    /// The body is larger than allowed.
    TOO_LARGE = 413 "body_too_large", "The body is too large",
        "The request's body is larger than this server accepts. `limit_bytes` says how large it may be.";
    /// The body's media type is not the expected one.
    MEDIA_TYPE = 415 "unsupported_media_type", "The body is not of the expected media type",
        "Send the body as JSON, with the header `Content-Type: application/json`.";
    /// The body is JSON, but not what this operation takes.
    INVALID = 422 "invalid_request", "A field of the request is wrong",
        "The body is JSON, but a field is missing, unknown or has a value that is not allowed. `field` names it.";
    /// The key was used for another request.
    KEY_REUSED = 422 "idempotency_key_reused", "This key was used for another request",
        "The Idempotency-Key was used before with a different method, address or body. Use a new key for a new action.";
    /// Too many requests.
    RATE_LIMITED = 429 "rate_limited", "Too many requests",
        "This user, token or address has sent too many requests. Wait as long as Retry-After says.";
    /// A bug or a broken environment on our side.
    INTERNAL = 500 "internal", "Something failed on our side",
        "The server met a condition it did not expect. Nothing was half done. Quote `request_id` to the operator.";
    /// Stripe could not be used.
    STRIPE_UNAVAILABLE = 502 "stripe_unavailable", "Stripe could not be reached or refused the call",
        "The request needs Stripe, and Stripe did not answer as expected. Repeat it with the same Idempotency-Key.";
    /// A passing inability.
    UNAVAILABLE = 503 "unavailable", "The server cannot do this at the moment",
        "The server is starting, stopping or overloaded. Repeat the request with the same Idempotency-Key after the \
         time that Retry-After gives.";
    /// The answer took too long.
    HANDLER_TIMEOUT = 503 "handler_timeout", "The answer took too long",
        "The server gave up on this request. It may or may not have taken effect: repeat it with the same \
         Idempotency-Key to learn which.";
}
