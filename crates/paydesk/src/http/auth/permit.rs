//! Authorization as extractors: a handler that names one cannot forget the check.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use super::Caller;
use crate::app::App;
use crate::http::{Problem, kinds};
use crate::ids::UserId;
use crate::sign_in::Role;
use crate::tokens::scope::Required;

/// The user that the path's `{user_id}` names, when the caller may act for them: they themselves, a service with the
/// scope `S`, or an operator whose role allows it. For anybody else the user does not exist.
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
        if !matches!(caller, Caller::User { .. }) && !caller.holds(S::SCOPE) {
            return Err(caller.lacks(S::SCOPE));
        }
        // What is no text names nobody.
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::of(&kinds::NOT_FOUND))?;
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

/// A service with the scope `S`, or an operator whose role allows it.
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
            Err(caller.lacks(S::SCOPE))
        }
    }
}

/// Whoever runs the server, or an operator with the role admin.
#[derive(Debug)]
pub struct AdminOnly;

impl FromRequestParts<App> for AdminOnly {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Caller::from_request_parts(parts, app).await? {
            Caller::Admin | Caller::Operator { role: Role::Admin, .. } => Ok(Self),
            Caller::User { .. } | Caller::Service { .. } | Caller::Operator { .. } => {
                Err(Problem::of(&kinds::FORBIDDEN).detail("This operation is the administrator's."))
            }
        }
    }
}
