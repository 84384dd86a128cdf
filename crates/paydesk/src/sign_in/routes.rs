//! Signing in and out over HTTP.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Begun, Holder, Operator, Role, Session, cookie};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::auth::{Caller, check_own_page};
use crate::http::{ApiJson, Kind, Problem, kinds};
use crate::ids::UserId;

/// The kinds of problem of signing in.
pub const KINDS: &[Kind] = &[LINK_NOT_GOOD];

/// The link was used before, has ended or never was.
const LINK_NOT_GOOD: Kind = Kind {
    code: "sign_in_link_not_good",
    status: 401,
    title: "This link does not sign in any more",
    explanation: "A link signs in once, and within 15 minutes of when it was made. Ask for a new one: `paydesk operator \
                  invite` prints it.",
};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in_to_console, read_console_session, sign_out_of_console))
        .routes(routes!(sign_in_to_account, read_account_session, sign_out_of_account))
}

/// What a link brings along.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInIn {
    /// What stands behind `#sign-in=` in the link.
    #[schema(example = "link_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub secret: String,
}

/// Who is signed in at the console.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ConsoleSessionOut {
    /// Their id, under which what they do is recorded.
    #[schema(example = "op_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub operator_id: String,
    /// What they are called.
    #[schema(example = "Ada")]
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where Stripe's own pages about this shop's money begin; absent where a sandbox stands in Stripe's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://dashboard.stripe.com/test")]
    pub stripe_dashboard: Option<String>,
    /// When they have to sign in again.
    pub ends_at: Moment,
}

/// Who is signed in at the account pages.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AccountSessionOut {
    /// The user.
    pub user_id: UserId,
    /// When they have to come from the application again.
    pub ends_at: Moment,
}

/// Sign in to the console
///
/// Takes the secret of a link that `paydesk operator invite` printed, once, and sets the cookie of a session.
#[utoipa::path(put, path = "/api/console/session", tag = "sign-in", security(()), request_body = SignInIn,
    responses((status = 200, description = "Signed in.", body = ConsoleSessionOut),
              (status = 401, description = "The link was used before, or has ended.")))]
pub(crate) async fn sign_in_to_console(
    State(app): State<App>,
    headers: HeaderMap,
    ApiJson(body): ApiJson<SignInIn>,
) -> Result<Response, Problem> {
    check_own_page(&headers)?;
    let begun = super::follow_link(&app, &body.secret).await?;
    let begun = begun.ok_or_else(|| Problem::of(&LINK_NOT_GOOD))?;
    tracing::info!(holder = ?begun.session.holder, "an operator signed in");
    let out = console_session(&app, begun.session.clone())?;
    answer(&app, &begun, out)
}

/// Who is signed in to the console
#[utoipa::path(get, path = "/api/console/session", tag = "sign-in",
    responses((status = 200, description = "The session.", body = ConsoleSessionOut)))]
pub(crate) async fn read_console_session(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<ApiJson<ConsoleSessionOut>, Problem> {
    console_session(&app, session(&app, &headers).await?).map(ApiJson)
}

/// Sign out of the console
#[utoipa::path(delete, path = "/api/console/session", tag = "sign-in",
    responses((status = 204, description = "Signed out.")))]
pub(crate) async fn sign_out_of_console(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    sign_out(&app, &headers).await
}

/// Sign in to the account
///
/// Exchanges a token of the application, sent as the bearer token, for the cookie of a session on the account pages.
#[utoipa::path(put, path = "/api/account/session", tag = "sign-in",
    responses((status = 200, description = "Signed in.", body = AccountSessionOut)))]
pub(crate) async fn sign_in_to_account(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_own_page(&headers)?;
    // A session must not prolong itself.
    let Caller::User { user_id } = caller.by_token(&headers)? else {
        let detail = "The account is a user's: send a token of the application.";
        return Err(Problem::of(&kinds::FORBIDDEN).detail(detail));
    };
    let begun = super::begin_for_user(&app, user_id).await?;
    let out = account_session(begun.session.clone())?;
    answer(&app, &begun, out)
}

/// Who is signed in to the account
#[utoipa::path(get, path = "/api/account/session", tag = "sign-in",
    responses((status = 200, description = "The session.", body = AccountSessionOut)))]
pub(crate) async fn read_account_session(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<ApiJson<AccountSessionOut>, Problem> {
    account_session(session(&app, &headers).await?).map(ApiJson)
}

/// Sign out of the account
#[utoipa::path(delete, path = "/api/account/session", tag = "sign-in",
    responses((status = 204, description = "Signed out.")))]
pub(crate) async fn sign_out_of_account(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    sign_out(&app, &headers).await
}

fn console_session(app: &App, session: Session) -> Result<ConsoleSessionOut, Problem> {
    let ends_at = Moment(session.ends_at_us);
    let Holder::Operator(Operator {
        operator_id,
        name,
        role,
        ..
    }) = session.holder
    else {
        return Err(Problem::of(&kinds::UNAUTHORIZED).detail("A user is signed in, and no operator."));
    };
    Ok(ConsoleSessionOut {
        operator_id,
        name,
        role,
        stripe_dashboard: app.config.stripe_dashboard().map(str::to_owned),
        ends_at,
    })
}

fn account_session(session: Session) -> Result<AccountSessionOut, Problem> {
    let ends_at = Moment(session.ends_at_us);
    let Holder::User(user_id) = session.holder else {
        return Err(Problem::of(&kinds::UNAUTHORIZED).detail("An operator is signed in, and no user."));
    };
    Ok(AccountSessionOut { user_id, ends_at })
}

async fn session(app: &App, headers: &HeaderMap) -> Result<Session, Problem> {
    let session = super::session_of(app, headers).await?;
    session.ok_or_else(|| Problem::of(&kinds::UNAUTHORIZED).detail("Nobody is signed in here."))
}

async fn sign_out(app: &App, headers: &HeaderMap) -> Result<Response, Problem> {
    session(app, headers).await?;
    check_own_page(headers)?;
    super::sign_out(app, headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie::none())]).into_response())
}

/// The answer that signs a browser in.
fn answer(app: &App, begun: &Begun, out: impl Serialize) -> Result<Response, Problem> {
    let seconds = (begun.session.ends_at_us - app.clock.now_us()) / SECOND_US;
    let cookie = cookie::of(begun.secret.expose_secret(), seconds);
    let mut cookie = HeaderValue::try_from(cookie).map_err(Problem::fault)?;
    cookie.set_sensitive(true);
    Ok(([(header::SET_COOKIE, cookie)], ApiJson(out)).into_response())
}
