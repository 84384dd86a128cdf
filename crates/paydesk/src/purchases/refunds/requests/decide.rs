//! Deciding a request: an approval counts once for each who gives it, and the last that is needed grants the refund on the
//! payment as it then stands.

use axum::http::StatusCode;
use store::Tx;

use super::ask::{grant, too_much};
use super::routes::RefundRequestOut;
use super::{Approval, OTHER_APPROVER_NEEDED, REFUND_REQUEST_DECIDED, RefundRequest, Status, by_kind, records, rules};
use crate::app::App;
use crate::config::Policies;
use crate::courier::{self, TOPIC};
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::purchases;
use crate::purchases::records::payments::PaymentRow;
use crate::purchases::refunds::make::{self, Of};

/// What somebody decides.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// It may be given back; with a note for the shop.
    Approve(Option<String>),
    /// It may not; with what is said to the buyer.
    Decline(String),
}

/// Takes somebody's decision on a request.
pub(super) async fn decide(
    app: &App,
    one_time: &OneTime,
    by: String,
    request_id: String,
    decision: Decision,
) -> Result<Reply, Problem> {
    let (now_us, action) = (app.clock.now_us(), Action::of(one_time));
    let policies = app.config.settings.policies;
    let work = app.store.write(move |tx| {
        let (by, request_id, decision) = (by.as_str(), request_id.as_str(), &decision);
        idempotency::once(tx, now_us, &action, |tx| {
            let (mut request, payment) = waiting(tx, request_id)?;
            match decision {
                Decision::Approve(note) => {
                    approve(tx, now_us, policies, &mut request, &payment, (by, note.as_deref()))?;
                }
                Decision::Decline(answer) => decline(tx, now_us, &mut request, (by, answer))?,
            }
            let approvals = records::approvals(tx, request_id)?;
            Ok::<_, Problem>(Answer::json(
                StatusCode::OK,
                &RefundRequestOut::of(request, approvals, true),
            ))
        })
    });
    let reply = one_time.until(work).await?;
    store::crash_point("refund request decided");
    app.store.notify(TOPIC);
    Ok(reply)
}

/// A request that waits, and its payment, both locked: the payment first, as wherever money is given back.
fn waiting(tx: &mut Tx<'_>, request_id: &str) -> Result<(RefundRequest, PaymentRow), Problem> {
    let found = records::request(tx, request_id)?.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    let payment = make::payment(tx, &Of::Payment(found.payment_intent_id))?;
    let locked = records::lock(tx, request_id)?.ok_or_else(|| Problem::of(&kinds::NOT_FOUND))?;
    if locked.status == Status::Waiting {
        Ok((locked, payment))
    } else {
        Err(Problem::of(&REFUND_REQUEST_DECIDED).with("request_status", locked.status.word()))
    }
}

fn approve(
    tx: &mut Tx<'_>,
    now_us: i64,
    policies: Policies,
    request: &mut RefundRequest,
    payment: &PaymentRow,
    (by, note): (&str, Option<&str>),
) -> Result<(), Problem> {
    let before = records::approvals(tx, &request.request_id)?;
    let before: Vec<String> = before.into_iter().map(|approval| approval.approved_by).collect();
    let is_enough = rules::approve(request.needs, &request.requested_by, &before, by)
        .ok_or_else(|| Problem::of(&OTHER_APPROVER_NEEDED))?;
    let approval = Approval {
        approved_by: by.to_owned(),
        note: note.map(str::to_owned),
        approved_at_us: now_us,
    };
    records::insert_approval(tx, &request.request_id, &approval)?;
    if !is_enough {
        return Ok(());
    }
    let gone = || store::Error::Corrupt(format!("purchase {} is gone", request.purchase_id));
    let purchase = purchases::purchase(tx, &request.purchase_id)?.ok_or_else(gone)?;
    // What was within the policy when it was asked for may be spent, refunded or disputed since.
    let is_bound = request.outside.is_none() && by_kind::is_used_up_by_parts(&purchase);
    let standing = make::standing(tx, payment, is_bound)?;
    if standing.grant(Some(request.price.minor)).is_none() {
        return Err(too_much(standing));
    }
    grant(tx, now_us, policies, request, (&purchase, payment), by)
}

fn decline(
    tx: &mut Tx<'_>,
    now_us: i64,
    request: &mut RefundRequest,
    (by, answer): (&str, &str),
) -> Result<(), Problem> {
    request.status = Status::Declined;
    request.decided_by = Some(by.to_owned());
    request.decided_at_us = Some(now_us);
    request.answer = Some(answer.to_owned());
    records::update(tx, request)?;
    courier::tell(tx, now_us, [request.message(courier::Kind::RefundDeclined)])?;
    Ok(())
}
