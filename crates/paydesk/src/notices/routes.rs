//! Notices over HTTP.

use axum::extract::State;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Kind, Notice, records};
use crate::app::App;
use crate::clock::Moment;
use crate::http::auth::Caller;
use crate::http::paging::{Page, PageIn};
use crate::http::{ApiJson, ApiQuery, Problem};
use crate::ids::UserId;
use crate::tokens::Scope;

/// The routes of this capability.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_notices))
}

/// A notice as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NoticeOut {
    /// `ntc_…`.
    #[schema(example = "ntc_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub notice_id: String,
    /// Who is told.
    pub user_id: UserId,
    /// What kind of thing is told.
    pub kind: Kind,
    /// What the wallet held, where it is told that it runs low.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub balance: Option<i64>,
    /// The balance they wanted to be told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<i64>,
    /// The purchase, where it is told of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchase_id: Option<String>,
    /// Why that failed, in Stripe's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "insufficient_funds")]
    pub reason: Option<String>,
    /// The subscription, where it is told of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription_id: Option<String>,
    /// The invoice, where it is told of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_id: Option<String>,
    /// When the trial ends that it tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Moment>,
    /// When it was written.
    pub created_at: Moment,
}

impl From<Notice> for NoticeOut {
    fn from(notice: Notice) -> Self {
        let (balance, below) = notice.subject.balance();
        Self {
            kind: notice.subject.kind(),
            balance,
            below,
            purchase_id: notice.subject.purchase_id().map(str::to_owned),
            reason: notice.subject.reason().map(str::to_owned),
            subscription_id: notice.subject.subscription_id().map(str::to_owned),
            invoice_id: notice.subject.invoice_id().map(str::to_owned),
            ends_at: notice.subject.ends_at_us().map(Moment),
            notice_id: notice.notice_id,
            user_id: notice.user_id,
            created_at: Moment(notice.created_at_us),
        }
    }
}

/// List notices
///
/// What a user is to be told, newest first: that their wallet runs low or a top-up failed, that a payment of their
/// subscription failed or its trial ends, or that access ended.
#[utoipa::path(get, path = "/api/notices", tag = "credits", params(PageIn),
    responses((status = 200, description = "A page of notices.", body = Page<NoticeOut>)))]
pub(crate) async fn list_notices(
    State(app): State<App>,
    caller: Caller,
    ApiQuery(page): ApiQuery<PageIn>,
) -> Result<ApiJson<Page<NoticeOut>>, Problem> {
    let user_id = caller.user_for(Scope::CreditsRead, page.user_id.as_ref())?;
    let (limit, before) = (page.limit()?, page.before("ntc")?);
    let notices = app
        .store
        .read(move |tx| records::notices_of_user(tx, &user_id, &before, limit + 1))
        .await?;
    let data = notices.into_iter().map(NoticeOut::from).collect();
    Ok(ApiJson(Page::of(data, limit, |notice: &NoticeOut| {
        notice.notice_id.clone()
    })))
}
