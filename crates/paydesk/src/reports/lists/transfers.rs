//! The ledger, as it stands.

use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::books::{self, Passage, Side};
use crate::clock::Moment;
use crate::http::auth::Scoped;
use crate::http::paging::{Page, check_limit};
use crate::http::{ApiJson, ApiPath, ApiQuery, Problem, kinds};
use crate::inbox;
use crate::tokens::scope::ReportsRead;
use ledger::{Lot, NEVER_US, TransferCode};

/// Which transfers to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LedgerTransfersIn {
    /// How many entries, 1 to 100; 20 where it is left out.
    pub limit: Option<i64>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub after: Option<i64>,
    /// Only those of this code, such as `grant`, `spend`, `collect` or `refund`.
    #[param(example = "collect")]
    pub code: Option<String>,
}

/// A transfer as it stands in the ledger.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerTransferOut)]
pub struct TransferOut {
    /// Its place in the books, in the order of posting.
    #[schema(example = 4_711)]
    pub position: i64,
    /// Its id, in hexadecimal.
    #[schema(example = "7b1d0c6f5f6e4f6b9c1f2a3b4c5d6e7f")]
    pub transfer_id: String,
    /// What made it happen once; absent where a request did.
    #[schema(example = "grant:pi_3QxYzA2eZvKYlo2C")]
    pub business_key: Option<String>,
    /// The account that it came from.
    #[schema(example = "credits:issued")]
    pub debit_account: String,
    /// The account that it went to.
    #[schema(example = "credits:wallet:ada")]
    pub credit_account: String,
    /// What was moved: `credits`, or a currency.
    #[schema(example = "credits")]
    pub unit: String,
    /// How much, in minor units where it is money.
    #[schema(example = 100)]
    pub amount: i64,
    /// Why.
    #[schema(example = "grant")]
    pub code: String,
    /// The reason in somebody's words.
    pub memo: Option<String>,
    /// Who gave the credits, took them back or moved them: `operator:…`, `service:…` with the token's id, or `admin`; absent of
    /// what else happens.
    #[schema(example = "operator:op_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub made_by: Option<String>,
    /// The number of the event behind it; absent where there was none.
    pub event_id: Option<i64>,
    /// When.
    pub posted_at: Moment,
}

impl From<Passage> for TransferOut {
    fn from(passage: Passage) -> Self {
        Self {
            position: passage.position,
            transfer_id: hex::encode(passage.transfer_id.0),
            business_key: passage.business_key,
            debit_account: passage.debit.key.to_string(),
            credit_account: passage.credit.key.to_string(),
            unit: passage.debit.key.unit.to_string(),
            amount: passage.amount,
            code: passage.code.word().to_owned(),
            memo: passage.memo,
            made_by: passage.made_by,
            event_id: Some(passage.event_id).filter(|event_id| *event_id > 0),
            posted_at: Moment(passage.posted_at_us),
        }
    }
}

/// A transfer with both of its sides.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerTransferDetailOut)]
pub struct DetailOut {
    /// The transfer.
    #[serde(flatten)]
    pub transfer: TransferOut,
    /// Stripe's id of the event behind it; absent where there was none.
    #[schema(example = "evt_1QxYzA2eZvKYlo2C")]
    pub stripe_event_id: Option<String>,
    /// Where it came from.
    pub debit: SideOut,
    /// Where it went to.
    pub credit: SideOut,
}

/// One side of a transfer.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerSideOut)]
pub struct SideOut {
    /// The account.
    #[schema(example = "credits:wallet:ada")]
    pub account: String,
    /// Whose it is; absent where it is an account of the house.
    #[schema(example = "ada")]
    pub user_id: Option<String>,
    /// The API key that it is set apart for.
    pub key_id: Option<String>,
    /// What it held afterwards; absent where it is an account of the house, which keeps no balance with its transfers.
    #[schema(example = 200)]
    pub balance: Option<i64>,
    /// The lots of a wallet that were drawn from, made or filled.
    pub lots: Vec<LotPartOut>,
}

/// What a transfer drew from a lot of a wallet, or put into it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerLotPartOut)]
pub struct LotPartOut {
    /// Its number in its wallet, in the order in which they were made.
    #[schema(example = 1)]
    pub number: i64,
    /// How much of it.
    #[schema(example = 100)]
    pub amount: i64,
    /// Lots of a lower number are used first.
    #[schema(example = 0)]
    pub priority: i64,
    /// When it ends; absent where it does not.
    pub expires_at: Option<Moment>,
}

impl From<Side> for SideOut {
    fn from(side: Side) -> Self {
        let owner = side.key.owner();
        Self {
            account: side.key.to_string(),
            user_id: owner.map(|owner| owner.user.clone()),
            key_id: owner.and_then(|owner| owner.key.clone()),
            balance: owner.map(|_| side.balance),
            lots: side.lots.iter().map(LotPartOut::from).collect(),
        }
    }
}

impl From<&Lot> for LotPartOut {
    fn from(lot: &Lot) -> Self {
        Self {
            number: lot.number,
            amount: lot.amount,
            priority: lot.terms.priority,
            expires_at: Some(lot.terms.expires_at_us)
                .filter(|ends_at_us| *ends_at_us != NEVER_US)
                .map(Moment),
        }
    }
}

/// List transfers of the ledger
///
/// Everybody's, newest first; those of one wallet are its history. Where few are of the code that is asked for, a page may
/// hold fewer than `limit`, or none: as long as there is a `next`, there may be more. A service needs the scope
/// `reports:read`.
#[utoipa::path(get, path = "/api/ledger/transfers", tag = "reports", params(LedgerTransfersIn),
    responses((status = 200, description = "A page of transfers.", body = Page<TransferOut>)))]
pub(crate) async fn list_ledger_transfers(
    State(app): State<App>,
    _permit: Scoped<ReportsRead>,
    ApiQuery(wanted): ApiQuery<LedgerTransfersIn>,
) -> Result<ApiJson<Page<TransferOut>>, Problem> {
    let limit = check_limit(wanted.limit)?;
    let code = match wanted.code.as_deref() {
        None => None,
        Some(word) => Some(TransferCode::of_word(word).ok_or_else(|| {
            let known: Vec<&str> = TransferCode::all().map(TransferCode::word).collect();
            Problem::of(&kinds::BAD_QUERY)
                .field("code")
                .detail(format!("There is no such code; choose from {}.", known.join(", ")))
        })?),
    };
    let before = wanted.after.unwrap_or(i64::MAX);
    let (passages, next) = app
        .store
        .read(move |tx| {
            let (positions, next) = books::positions(tx, before, code, limit)?;
            Ok::<_, store::Error>((books::passages(tx, &positions)?, next))
        })
        .await?;
    Ok(ApiJson(Page {
        data: passages.into_iter().map(TransferOut::from).collect(),
        next: next.map(|position| position.to_string()),
    }))
}

/// Read a transfer of the ledger
///
/// By its position, with what both accounts held afterwards, the lots it drew from or made, and the event behind it. A
/// service needs the scope `reports:read`.
#[utoipa::path(get, path = "/api/ledger/transfers/{position}", tag = "reports",
    params(("position" = i64, Path, description = "Its place in the books.")),
    responses((status = 200, description = "The transfer.", body = DetailOut)))]
pub(crate) async fn read_ledger_transfer(
    State(app): State<App>,
    _permit: Scoped<ReportsRead>,
    ApiPath(position): ApiPath<i64>,
) -> Result<ApiJson<DetailOut>, Problem> {
    let found = app
        .store
        .read(move |tx| {
            let Some(passage) = books::passages(tx, &[position])?.pop() else {
                return Ok::<_, store::Error>(None);
            };
            let stripe_event_id = inbox::stripe_id_of(tx, passage.event_id)?;
            Ok(Some((passage, stripe_event_id)))
        })
        .await?;
    let (passage, stripe_event_id) = found.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    Ok(ApiJson(DetailOut {
        debit: passage.debit.clone().into(),
        credit: passage.credit.clone().into(),
        transfer: passage.into(),
        stripe_event_id,
    }))
}
