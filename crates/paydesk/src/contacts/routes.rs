//! Contacts over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Contact, records};
use crate::app::App;
use crate::clock::Moment;
use crate::courier;
use crate::http::auth::{OwnUser, Scoped};
use crate::http::{ApiJson, ApiPath, Problem, kinds};
use crate::ids::UserId;
use crate::tokens::scope::{ContactsRead, ContactsWrite};

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(read_contact, change_contact, remove_contact))
}

/// Where a user is reached.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactIn {
    /// Their e-mail address, which the application has made sure of.
    #[schema(example = "ada@example.com")]
    pub email: String,
}

/// A contact as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ContactOut {
    /// Who.
    pub user_id: UserId,
    /// Their e-mail address.
    #[schema(example = "ada@example.com")]
    pub email: String,
    /// When it was told.
    pub updated_at: Moment,
}

impl From<Contact> for ContactOut {
    fn from(contact: Contact) -> Self {
        Self {
            user_id: contact.user_id,
            email: contact.email,
            updated_at: Moment(contact.updated_at_us),
        }
    }
}

/// Read where a user is reached
#[utoipa::path(get, path = "/api/users/{user_id}/contact", tag = "users",
    params(("user_id" = UserId, Path, description = "Who.")),
    responses((status = 200, description = "The contact.", body = ContactOut)))]
pub(crate) async fn read_contact(
    State(app): State<App>,
    owner: OwnUser<ContactsRead>,
) -> Result<ApiJson<ContactOut>, Problem> {
    let found = app.store.read(move |tx| records::contact(tx, &owner.user_id)).await?;
    let contact = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    Ok(ApiJson(contact.into()))
}

/// Say where a user is reached
///
/// E-mails to the user go there from now on. Only a service with the scope `contacts:write` and the operator may say so.
#[utoipa::path(put, path = "/api/users/{user_id}/contact", tag = "users", request_body = ContactIn,
    params(("user_id" = UserId, Path, description = "Who.")),
    responses((status = 200, description = "The contact.", body = ContactOut)))]
pub(crate) async fn change_contact(
    State(app): State<App>,
    _permit: Scoped<ContactsWrite>,
    ApiPath(user_id): ApiPath<UserId>,
    ApiJson(wanted): ApiJson<ContactIn>,
) -> Result<ApiJson<ContactOut>, Problem> {
    if !courier::is_email(&wanted.email) {
        let problem = Problem::of(&kinds::INVALID).field("email");
        return Err(problem.detail("Write it as name@example.com, in at most 254 characters."));
    }
    let contact = Contact {
        user_id,
        email: wanted.email,
        updated_at_us: app.clock.now_us(),
    };
    let written = contact.clone();
    app.store.write(move |tx| records::put(tx, &written)).await?;
    Ok(ApiJson(contact.into()))
}

/// Forget where a user is reached
///
/// They get no e-mails any more.
#[utoipa::path(delete, path = "/api/users/{user_id}/contact", tag = "users",
    params(("user_id" = UserId, Path, description = "Who.")),
    responses((status = 204, description = "It is forgotten.")))]
pub(crate) async fn remove_contact(
    State(app): State<App>,
    _permit: Scoped<ContactsWrite>,
    ApiPath(user_id): ApiPath<UserId>,
) -> Result<StatusCode, Problem> {
    app.store.write(move |tx| records::delete(tx, &user_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
