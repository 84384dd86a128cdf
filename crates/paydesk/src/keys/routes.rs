//! API keys over HTTP.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rules::{Refusal, check_name, check_overlap};
use super::{Key, KeyOut, KeyShown, Verified, Wanted, records, secret};
use crate::app::App;
use crate::entitlements::{self, Entitlements};
use crate::http::auth::{Caller, Scoped};
use crate::http::paging::{Page, PageIn};
use crate::http::{ApiJson, ApiPath, ApiQuery, OneTimeBare, OneTimeJson, Problem, kinds};
use crate::idempotency::Reply;
use crate::ids::{KeyId, UserId};
use crate::tokens::Scope;
use crate::tokens::scope::KeysVerify;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create_key, list_keys))
        .routes(routes!(verify_key))
        .routes(routes!(read_key))
        .routes(routes!(reveal_key))
        .routes(routes!(rotate_key))
        .routes(routes!(revoke_key))
}

/// A key to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyIn {
    /// What its owner calls it, 1 to 100 characters.
    #[schema(example = "build server")]
    pub name: String,
    /// For whom; only a service names somebody.
    pub user_id: Option<UserId>,
}

/// How a secret is replaced.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateIn {
    /// For how many seconds the secrets before it stay valid, 0 to 2592000; 86400 where it is left out.
    #[schema(example = 86_400, minimum = 0, maximum = 2_592_000)]
    pub overlap_seconds: Option<i64>,
}

/// What somebody gives out as a key.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    /// The key as it was sent to the application.
    #[schema(
        example = "pdk_01k3vg6p9yfd5a1h0c9w8t2m4q_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub key: String,
}

/// Whether a key is accepted, and what its user may do.
#[derive(Serialize, utoipa::ToSchema)]
pub struct VerifyOut {
    /// Whether it is accepted.
    pub valid: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refusal>,
    /// The key, where its secret is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<KeyId>,
    /// Whose, where its secret is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The credits set apart for this key, where it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_credits: Option<entitlements::CreditsHeld>,
    /// What its user is entitled to, where it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Entitlements>,
}

/// Make a key
///
/// Makes an API key and shows its secret, this once. A user makes their own, a service with the scope `keys:write` anybody's.
/// What is kept is a hash, so a repeat of the request is answered 409 `secret_already_shown`.
#[utoipa::path(post, path = "/api/keys", tag = "keys", request_body = KeyIn,
    responses((status = 201, description = "Made. The secret is not shown again.", body = KeyShown),
              (status = 409, description = "The user has as many keys as a user may have, or the secret was shown already.")))]
pub(crate) async fn create_key(
    State(app): State<App>,
    caller: Caller,
    request: OneTimeJson<KeyIn>,
) -> Result<Reply, Problem> {
    not_the_operator(&caller)?;
    let OneTimeJson { one_time, body } = request;
    let user_id = caller.user_for(Scope::KeysWrite, body.user_id.as_ref())?;
    check_name(&body.name).map_err(|detail| invalid("name", detail))?;
    super::create(&app, &one_time, user_id, body.name).await
}

/// List keys
///
/// A user's API keys, newest first, revoked ones included and without their secrets.
#[utoipa::path(get, path = "/api/keys", tag = "keys", params(PageIn),
    responses((status = 200, description = "A page of keys.", body = Page<KeyOut>)))]
pub(crate) async fn list_keys(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(page): ApiQuery<PageIn>,
) -> Result<ApiJson<Page<KeyOut>>, Problem> {
    let user_id = caller.user_for(Scope::KeysRead, page.user_id.as_ref())?;
    let (limit, before) = (page.limit()?, page.before(secret::ID_PREFIX)?);
    let keys = app
        .store
        .read(move |tx| super::keys_of(tx, &user_id, &before, limit + 1))
        .await?;
    let data = keys.iter().map(KeyOut::from).collect();
    Ok(ApiJson(Page::of(data, limit, |key: &KeyOut| key.key_id.to_string())))
}

/// Read a key
#[utoipa::path(get, path = "/api/keys/{key_id}", tag = "keys",
    params(("key_id" = String, Path, description = "The key.")),
    responses((status = 200, description = "The key, without its secret.", body = KeyOut)))]
pub(crate) async fn read_key(
    State(app): State<App>,
    caller: Caller,
    ApiPath(key_id): ApiPath<String>,
) -> Result<ApiJson<KeyOut>, Problem> {
    let key = own(&app, &caller, Scope::KeysRead, key_id).await?;
    Ok(ApiJson(KeyOut::from(&key)))
}

/// Take an issued key into use
///
/// Makes the secret of a key that was issued with a subscription, and shows it, this once. A second time is answered 409
/// `secret_already_shown`, as is a repeat of the request.
#[utoipa::path(post, path = "/api/keys/{key_id}/reveal", tag = "keys",
    params(("key_id" = String, Path, description = "The key.")),
    responses((status = 200, description = "The secret, which is not shown again.", body = KeyShown),
              (status = 409, description = "The secret was shown already, or the key is revoked.")))]
pub(crate) async fn reveal_key(
    State(app): State<App>,
    caller: Caller,
    path: ApiPath<String>,
    request: OneTimeBare,
) -> Result<Reply, Problem> {
    not_the_operator(&caller)?;
    let key = own(&app, &caller, Scope::KeysWrite, path.0).await?;
    super::make_secret(&app, &request.0, key.key_id, Wanted::First).await
}

/// Replace a key's secret
///
/// Makes a new secret and shows it, this once. Those before it stay valid for the overlap, a day where it is left out, so
/// that whatever uses the key can be changed over; 0 ends them at once.
#[utoipa::path(post, path = "/api/keys/{key_id}/rotate", tag = "keys", request_body = RotateIn,
    params(("key_id" = String, Path, description = "The key.")),
    responses((status = 200, description = "The secret, which is not shown again.", body = KeyShown),
              (status = 409, description = "The key is revoked, or this request's secret was shown already.")))]
pub(crate) async fn rotate_key(
    State(app): State<App>,
    caller: Caller,
    path: ApiPath<String>,
    request: OneTimeJson<RotateIn>,
) -> Result<Reply, Problem> {
    not_the_operator(&caller)?;
    let seconds = check_overlap(request.body.overlap_seconds).map_err(|detail| invalid("overlap_seconds", detail))?;
    let key = own(&app, &caller, Scope::KeysWrite, path.0).await?;
    let wanted = Wanted::Another(super::overlap_us(seconds));
    super::make_secret(&app, &request.one_time, key.key_id, wanted).await
}

/// Revoke a key
///
/// For good, and at once. Credits that are set apart for it stay in its wallet, from which a service can move them.
#[utoipa::path(post, path = "/api/keys/{key_id}/revoke", tag = "keys",
    params(("key_id" = String, Path, description = "The key.")),
    responses((status = 200, description = "Revoked.", body = KeyOut)))]
pub(crate) async fn revoke_key(
    State(app): State<App>,
    caller: Caller,
    path: ApiPath<String>,
    request: OneTimeBare,
) -> Result<Reply, Problem> {
    let key = own(&app, &caller, Scope::KeysWrite, path.0).await?;
    super::revoke(&app, &request.0, key.key_id).await
}

/// Verify a key
///
/// For the application's own gateway: whether a key that somebody sent is accepted and, if so, whose it is, what they may
/// do, and the credits of the key and of its user. Changes nothing, and needs no Idempotency-Key.
#[utoipa::path(post, path = "/api/keys/verify", tag = "keys", request_body = VerifyIn,
    responses((status = 200, description = "Whether it is accepted.", body = VerifyOut)))]
pub(crate) async fn verify_key(
    State(app): State<App>,
    _service: Scoped<KeysVerify>,
    ApiJson(claimed): ApiJson<VerifyIn>,
) -> Result<ApiJson<VerifyOut>, Problem> {
    let now_us = app.clock.now_us();
    let (store, parts) = (&app.store, app.clone());
    let verified = store.read(move |tx| {
        let verified = super::verify(tx, now_us, &claimed.key)?;
        Ok::<_, store::Error>(match verified {
            Verified::Accepted(key_id, user_id) => VerifyOut {
                valid: true,
                reason: None,
                key_credits: Some(entitlements::credits_held(tx, now_us, &user_id, Some(&key_id))?),
                entitlements: Some(entitlements::read(tx, now_us, &parts.catalogue, &user_id)?),
                key_id: Some(key_id),
                user_id: Some(user_id),
            },
            Verified::Refused(refusal, of) => {
                let (key_id, user_id) = of.unzip();
                VerifyOut {
                    valid: false,
                    reason: Some(refusal),
                    key_id,
                    user_id,
                    key_credits: None,
                    entitlements: None,
                }
            }
        })
    });
    Ok(ApiJson(verified.await?))
}

fn invalid(field: &str, detail: String) -> Problem {
    Problem::of(&kinds::INVALID).field(field).detail(detail)
}

/// A secret is shown to whom it belongs, or to the application that they use; whoever runs the server has no use for it.
fn not_the_operator(caller: &Caller) -> Result<(), Problem> {
    match caller {
        Caller::Operator { .. } | Caller::Admin => {
            let detail = "A key's secret is shown to its owner, or to a service with the scope keys:write.";
            Err(Problem::of(&kinds::FORBIDDEN).detail(detail))
        }
        Caller::User { .. } | Caller::Service { .. } => Ok(()),
    }
}

/// A key that the caller may act on. A key never changes hands, so what is found now holds.
async fn own(app: &App, caller: &Caller, scope: Scope, key_id: String) -> Result<Key, Problem> {
    let key = app.store.read(move |tx| records::key(tx, &key_id)).await?;
    key.filter(|key| caller.may_act_for(scope, &key.user_id))
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}
