//! Lists for operators: users, payments, subscriptions, transfers of the ledger, and everything that happened to a user.
//!
//! Each goes by key from the newest down, whatever there is, and looks at a bounded number of rows.

pub mod payments;
pub mod subscriptions;
pub mod timeline;
pub mod transfers;
pub mod users;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::http::{Problem, kinds};

pub use transfers::TransferOut;

/// The routes of the lists.
pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(users::list_users))
        .routes(routes!(timeline::read_user_timeline))
        .routes(routes!(payments::list_payments))
        .routes(routes!(payments::read_payment))
        .routes(routes!(subscriptions::list_all_subscriptions))
        .routes(routes!(subscriptions::read_subscription))
        .routes(routes!(transfers::list_ledger_transfers))
        .routes(routes!(transfers::read_ledger_transfer))
}

/// A cursor that is not one of this list.
fn no_cursor() -> Problem {
    Problem::of(&kinds::BAD_QUERY)
        .field("after")
        .detail("This is not the `next` of a page of this list.")
}
