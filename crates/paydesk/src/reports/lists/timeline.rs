//! Everything that happened to a user, in one list.

use axum::extract::State;
use ledger::{AccountKey, TransferCode};
use serde::{Deserialize, Serialize};
use store::Tx;

use super::no_cursor;
use crate::app::App;
use crate::books;
use crate::clock::Moment;
use crate::credits::{self, history};
use crate::effects;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem};
use crate::ids::UserId;
use crate::reports::records::timeline as records;
use crate::tokens::scope::ReportsRead;

/// What kind of thing happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TimelineKind)]
pub enum Happening {
    /// A purchase was begun. Its status is that of now.
    Purchase,
    /// An invoice of a subscription was paid: the first one, one of a renewal or of a change.
    Invoice,
    /// A payment of a purchase was first told of. Its status is that of now.
    Payment,
    /// A refund was made. Its status is that of now.
    Refund,
    /// A dispute was opened. Its status is that of now.
    Dispute,
    /// An order changed: its status is that after the change.
    Order,
    /// What a subscription brings in changed: its status is the movement, such as `mrr_new` or `mrr_churn`.
    Subscription,
    /// Credits moved: its status is the code of the transfer.
    Credits,
    /// The user was told of something: its status is what.
    Notice,
}

/// Something that happened to a user.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TimelineEntryOut)]
pub struct Entry {
    /// When.
    pub at: Moment,
    /// What kind of thing.
    pub kind: Happening,
    /// The id of what it happened to: of a purchase, invoice, payment, refund, dispute, order, subscription or notice, or the position
    /// of a transfer.
    #[schema(example = "pur_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub id: String,
    /// Where that stands, or how it moved.
    #[schema(example = "paid")]
    pub status: String,
    /// How much, in minor units where it is money; negative where credits went out, or a subscription brings in less.
    #[schema(example = 2_000)]
    pub amount: Option<i64>,
    /// The unit of the amount: a currency, or `credits`.
    #[schema(example = "usd")]
    pub unit: Option<String>,
    /// More in words: the item bought, the plan, the reason, what credits moved for, or who did it.
    #[schema(example = "starter")]
    pub detail: Option<String>,
    /// The id of what it is about besides: of the purchase that a payment is for, the payment that a refund, a dispute or credits are
    /// of, the invoice that credits are of, or the subscription or purchase that a notice tells of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pi_3QxYzA2eZvKYlo2C")]
    pub about: Option<String>,
}

/// Which page of a timeline.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TimelineIn {
    /// How many entries at least, 1 to 100; 20 where it is left out. What happened in one moment is on one page.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// How far a timeline was told: to which moment, and to which place in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Place {
    before_us: i64,
    position: i64,
}

impl Place {
    const NOW: Self = Self {
        before_us: i64::MAX,
        position: i64::MAX,
    };

    fn parse(text: &str) -> Option<Self> {
        let (before_us, position) = text.split_once('-')?;
        Some(Self {
            before_us: before_us.parse().ok()?,
            position: position.parse().ok()?,
        })
    }
}

/// Read what happened to a user
///
/// Purchases, paid invoices, payments, refunds, disputes, changes of orders, of subscriptions and of credits, and notices,
/// newest first. A service needs the scope `reports:read`.
#[utoipa::path(get, path = "/api/users/{user_id}/timeline", tag = "reports",
    params(("user_id" = UserId, Path, description = "The user."), TimelineIn),
    responses((status = 200, description = "A page of what happened.", body = Page<Entry>)))]
pub(crate) async fn read_user_timeline(
    State(app): State<App>,
    _permit: Scoped<ReportsRead>,
    ApiPath(user_id): ApiPath<UserId>,
    ApiQuery(wanted): ApiQuery<TimelineIn>,
) -> Result<ApiJson<Page<Entry>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let place = match wanted.after.as_deref() {
        None => Place::NOW,
        Some(after) => Place::parse(after).ok_or_else(no_cursor)?,
    };
    let (mut entries, more) = app.store.read(move |tx| read(tx, &user_id, place, limit)).await?;
    let next = cut(&mut entries, place, (limit, more));
    Ok(ApiJson(Page { data: entries, next }))
}

/// What each source has before a place, as much as a page can take of it; and whether any of them has more.
fn read(tx: &mut Tx<'_>, user_id: &UserId, place: Place, limit: i64) -> store::Result<(Vec<Entry>, bool)> {
    // A source that is read this far has told everything of the moment at which a page is cut.
    let wanted = limit + records::OF_ONE_MOMENT;
    let (mut entries, mut more) = (Vec::new(), false);
    for source in records::SOURCES {
        let found = source(tx, user_id, place.before_us, wanted)?;
        more |= i64::try_from(found.len()).is_ok_and(|count| count >= wanted);
        entries.extend(found);
    }
    let wallet = credits::wallet(user_id, None);
    let owned = books::owned(tx, &wallet)?;
    let steps = books::steps(tx, owned, place.position, wanted)?;
    more |= i64::try_from(steps.len()).is_ok_and(|count| count >= wanted);
    let positions: Vec<i64> = steps.iter().map(|step| step.position).collect();
    let passages = books::passages(tx, &positions)?;
    entries.extend(passages.into_iter().map(|passage| moved(passage, &wallet, owned)));
    entries.sort_by(|left, right| (right.at, right.kind, &right.id).cmp(&(left.at, left.kind, &left.id)));
    Ok((entries, more))
}

/// A transfer, as its owner sees it: what came into the wallet, or went out of it or of a hold.
fn moved(passage: books::Passage, wallet: &AccountKey, owned: books::Owned) -> Entry {
    // What is owed no longer is as good as what comes in.
    let comes_in = passage.credit.key == *wallet || passage.code == TransferCode::Reinstate;
    let words = history::what(&passage, owned);
    let payment = passage.business_key.as_deref().and_then(effects::payment_of);
    let is_kept = matches!(passage.code, TransferCode::Release | TransferCode::Capture);
    let amount = if comes_in || (is_kept && passage.debit.key == *wallet) {
        passage.amount
    } else {
        -passage.amount
    };
    Entry {
        at: Moment(passage.posted_at_us),
        kind: Happening::Credits,
        id: passage.position.to_string(),
        status: passage.code.word().to_owned(),
        amount: Some(amount),
        unit: Some(passage.debit.key.unit.to_string()),
        detail: passage.memo.or(Some(words)),
        about: payment.map(str::to_owned),
    }
}

/// Cuts a page off behind the moment of its last entry, and gives where the next one begins.
fn cut(entries: &mut Vec<Entry>, place: Place, (limit, more): (i64, bool)) -> Option<String> {
    let last = usize::try_from(limit).unwrap_or(1).saturating_sub(1);
    let at = entries.get(last).map(|entry| entry.at)?;
    let end = entries.partition_point(|entry| entry.at >= at);
    if end == entries.len() && !more {
        return None;
    }
    entries.truncate(end);
    let told = entries.iter().filter(|entry| entry.kind == Happening::Credits);
    let position = told
        .filter_map(|entry| entry.id.parse().ok())
        .min()
        .unwrap_or(place.position);
    Some(format!("{}-{position}", at.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at_us: i64) -> Entry {
        Entry {
            at: Moment(at_us),
            kind: Happening::Credits,
            id: at_us.to_string(),
            status: String::new(),
            amount: None,
            unit: None,
            detail: None,
            about: None,
        }
    }

    #[test]
    fn a_page_ends_between_two_moments() {
        for (moments, limit, more, left, next) in [
            (&[9, 8, 7][..], 2, false, 2, Some("8-8")),
            (&[9, 8, 8, 8, 7], 2, false, 4, Some("8-8")),
            (&[9, 8], 2, false, 2, None),
            (&[9, 8], 2, true, 2, Some("8-8")),
            (&[9], 2, false, 1, None),
            (&[], 2, false, 0, None),
        ] {
            let mut entries: Vec<Entry> = moments.iter().copied().map(entry).collect();
            let cut = cut(&mut entries, Place::NOW, (limit, more));
            assert_eq!((entries.len(), cut.as_deref()), (left, next), "{moments:?} by {limit}");
        }
        assert_eq!(
            Place::parse("8-7"),
            Some(Place {
                before_us: 8,
                position: 7
            })
        );
        for wrong in ["", "8", "8-", "x-1"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }
}
