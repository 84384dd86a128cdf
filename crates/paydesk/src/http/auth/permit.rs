//! Authorization as extractors: a handler that names one cannot forget the check.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::{Caller, missing_scope};
use crate::app::App;
use crate::http::{Problem, kinds};
use crate::ids::UserId;
use crate::tokens::scope::Required;

/// The user that the path's `{user_id}` names, when the caller may act for them: they themselves, a service with the
/// scope `S`, or the operator. For anybody else the user does not exist.
#[derive(Debug)]
pub struct OwnUser<S> {
    /// The user.
    pub user_id: UserId,
    /// Who asked.
    pub caller: Caller,
    scope: PhantomData<S>,
}

impl<S: Required> FromRequestParts<App> for OwnUser<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if let Caller::Service { scopes, .. } = &caller
            && !scopes.contains(S::SCOPE)
        {
            return Err(missing_scope(S::SCOPE));
        }
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(Problem::fault)?;
        let named = params
            .iter()
            .find(|(name, _)| *name == "user_id")
            .and_then(|(_, value)| UserId::parse(value));
        match named {
            Some(user_id) if caller.may_act_for(S::SCOPE, &user_id) => Ok(Self {
                user_id,
                caller,
                scope: PhantomData,
            }),
            _ => Err(Problem::of(&kinds::NOT_FOUND)),
        }
    }
}

/// A service with the scope `S`, or the operator.
#[derive(Debug)]
pub struct Scoped<S> {
    /// Who asked.
    pub caller: Caller,
    scope: PhantomData<S>,
}

impl<S: Required> FromRequestParts<App> for Scoped<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        if caller.holds(S::SCOPE) {
            Ok(Self {
                caller,
                scope: PhantomData,
            })
        } else {
            Err(missing_scope(S::SCOPE))
        }
    }
}

/// The operator.
#[derive(Debug)]
pub struct AdminOnly;

impl FromRequestParts<App> for AdminOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::Admin => Ok(Self),
            Caller::User { .. } | Caller::Service { .. } => {
                Err(Problem::of(&kinds::FORBIDDEN).detail("This operation is the operator's."))
            }
        }
    }
}
