//! Who is calling, and what they may do.
//!
//! A handler asks for what it needs by type: [`Caller`] for anybody known, [`OwnUser`] for a path about one user,
//! [`Scoped`] for back ends and operators, [`AdminOnly`] for administrators. A request proves who makes it by a bearer token,
//! or, from a page of this server, by the cookie of a session; where there is a token, the cookie is not looked at. A handler that asks for none is public, and the coverage test
//! over the OpenAPI document lists those. Somebody else's data looks like absent data: 404, never 403.

mod jwks;
mod jwt;
mod permit;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

pub use jwt::Verifier;
pub use permit::{AdminOnly, OwnUser, Scoped};

use super::{Problem, kinds};
use crate::app::App;
use crate::ids::UserId;
use crate::sign_in::{self, Holder, Role};
use crate::tokens::{self, Scope, Scopes};

/// The longest bearer token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A user of the application, proved by the application's own token.
    User {
        /// The `sub` of the token.
        user_id: UserId,
    },
    /// The application's back end, by a service token.
    Service {
        /// The token's id, which is not secret.
        token_id: String,
        /// What the token may do.
        scopes: Scopes,
    },
    /// Somebody at the console, by the cookie of their session.
    Operator {
        /// Their id.
        operator_id: String,
        /// What they may do.
        role: Role,
    },
    /// Whoever runs the server, by the admin token.
    Admin,
}

impl Caller {
    /// A stable name of this caller, for idempotency keys, limits and the audit log.
    pub fn identity(&self) -> String {
        match self {
            Self::User { user_id } => format!("user:{user_id}"),
            Self::Service { token_id, .. } => format!("service:{token_id}"),
            Self::Operator { operator_id, .. } => format!("operator:{operator_id}"),
            Self::Admin => "admin".to_owned(),
        }
    }

    /// Whether this caller may see or change what belongs to `owner`: the owner, a service with `scope`, the operator.
    pub fn may_act_for(&self, scope: Scope, owner: &UserId) -> bool {
        match self {
            Self::User { user_id } => user_id == owner,
            Self::Service { .. } | Self::Operator { .. } | Self::Admin => self.holds(scope),
        }
    }

    /// The user whom a request is about, where the body may name one. A user stands for themselves and may leave the
    /// name out; a service or the operator must give it; a service needs `scope`.
    pub fn user_for(&self, scope: Scope, named: Option<&UserId>) -> Result<UserId, Problem> {
        match (self, named) {
            (Self::User { user_id }, None) => Ok(user_id.clone()),
            (Self::User { user_id }, Some(named)) if user_id == named => Ok(named.clone()),
            (Self::User { .. }, Some(_)) => Err(Problem::of(&kinds::NOT_FOUND)),
            (_, _) if !self.holds(scope) => Err(self.lacks(scope)),
            (_, Some(named)) => Ok(named.clone()),
            (_, None) => Err(Problem::of(&kinds::INVALID)
                .field("user_id")
                .detail("Say for which user with user_id.")),
        }
    }

    /// Whether this caller is a back end with `scope`, or an operator whose role allows it.
    pub fn holds(&self, scope: Scope) -> bool {
        match self {
            Self::User { .. } => false,
            Self::Service { scopes, .. } => scopes.contains(scope),
            Self::Operator { role, .. } => role.may(scope),
            Self::Admin => true,
        }
    }

    /// The refusal of a caller who does not hold `scope`.
    fn lacks(&self, scope: Scope) -> Problem {
        let detail = match self {
            Self::Operator { role, .. } => format!("The role {role} may not do this."),
            Self::User { .. } | Self::Service { .. } | Self::Admin => format!("The token lacks the scope {scope}."),
        };
        Problem::of(&kinds::FORBIDDEN).detail(detail)
    }

    /// This caller, where a token proved them and not the cookie of a session.
    pub fn by_token(self, headers: &HeaderMap) -> Result<Self, Problem> {
        if headers.contains_key(header::AUTHORIZATION) {
            Ok(self)
        } else {
            Err(unauthorized("a session stands where a token is needed"))
        }
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    /// Authenticates once per request, whichever extractors ask for it, and counts the call against its caller's limit.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(Known(caller)) = parts.extensions.get::<Known>() {
            return Ok(Self::clone(caller));
        }
        let caller = match signed_in(parts, app).await? {
            Some(caller) => caller,
            None => authenticate(bearer(parts)?, app).await?,
        };
        app.surroundings.rates.check_caller(&caller)?;
        parts.extensions.insert(Known(Arc::new(caller.clone())));
        Ok(caller)
    }
}

/// The caller of this request, once known.
#[derive(Clone)]
struct Known(Arc<Caller>);

/// The caller whom the cookie of a session proves, where there is one and no token. What changes something must come from a
/// page of this server, so that no other site's page acts in its reader's name.
async fn signed_in(parts: &Parts, app: &App) -> Result<Option<Caller>, Problem> {
    if parts.headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let Some(session) = sign_in::session_of(app, &parts.headers).await? else {
        return Ok(None);
    };
    if !parts.method.is_safe() {
        check_own_page(&parts.headers)?;
    }
    Ok(Some(match session.holder {
        Holder::User(user_id) => Caller::User { user_id },
        Holder::Operator(operator) => Caller::Operator {
            operator_id: operator.operator_id,
            role: operator.role,
        },
    }))
}

/// Refuses what no page of this server asks for.
pub fn check_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    if sign_in::is_from_own_page(headers) {
        Ok(())
    } else {
        Err(Problem::of(&kinds::CROSS_ORIGIN))
    }
}

/// The bearer token of the request. More than one Authorization header is ambiguous, and refused.
fn bearer(parts: &Parts) -> Result<&str, Problem> {
    let mut values = parts.headers.get_all(header::AUTHORIZATION).iter();
    let value = values
        .next()
        .ok_or_else(|| unauthorized("there is no Authorization header"))?
        .to_str()
        .map_err(|_| unauthorized("the Authorization header is not visible ASCII"))?;
    if values.next().is_some() {
        return Err(unauthorized("there are several Authorization headers"));
    }
    if value.len() > TOKEN_BYTES_MAX {
        return Err(unauthorized("the Authorization header is too long"));
    }
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => Ok(token),
        _ => Err(unauthorized("the Authorization header holds no bearer token")),
    }
}

/// 401 for this reason. The reason is for the log only, and never holds any part of the token.
#[track_caller]
fn unauthorized(reason: &'static str) -> Problem {
    Problem::of(&kinds::UNAUTHORIZED).caused_by(reason)
}

async fn authenticate(token: &str, app: &App) -> Result<Caller, Problem> {
    if let Some(admin) = &app.config.secrets.admin_token
        && bool::from(admin.expose_secret().as_bytes().ct_eq(token.as_bytes()))
    {
        return Ok(Caller::Admin);
    }
    if token.starts_with(tokens::PREFIX) {
        return match app.tokens.verify(&app.store, &app.clock, token).await? {
            Some(verified) => Ok(Caller::Service {
                token_id: verified.token_id,
                scopes: verified.scopes,
            }),
            None => Err(unauthorized("the service token is unknown or revoked")),
        };
    }
    let user_id = app.verifier.verify(token).await?;
    Ok(Caller::User { user_id })
}
