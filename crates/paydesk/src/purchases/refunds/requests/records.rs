//! Requests for refunds, and who approved them, in the store.

use ledger::{Currency, Money};
use store::{Error, Result, Row, Tx};

use super::rules::{Needs, Outside};
use super::{Approval, RefundRequest, Status};
use crate::ids::UserId;
use crate::purchases::reversals::RefundStatus;

macro_rules! select_request {
    ($end:literal) => {
        concat!(
            "select request_id, user_id, purchase_id, item_id, payment_intent_id, amount_minor, currency, reason,
                    requested_by, outside, approvals_needed, other_eyes, status, decided_by, decided_at_us, answer,
                    intent_id, created_at_us,
                    (select i.refund_id from refund_intent i where i.intent_id = refund_request.intent_id),
                    (select refund.status from refund_intent i join refund on refund.refund_id = i.refund_id
                     where i.intent_id = refund_request.intent_id)
             from refund_request ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<RefundRequest> {
    let corrupt = |what: &str| Error::Corrupt(format!("refund request: {what}"));
    let currency: Currency = row.text_ref(6)?.parse().map_err(|_| corrupt("currency"))?;
    let outside = row.opt_text(9)?;
    let outside = outside.map(|word| Outside::of_word(&word).ok_or_else(|| corrupt("outside")));
    let refund_status = row.opt_text(19)?;
    let refund_status = refund_status.map(|word| RefundStatus::of_word(&word).ok_or_else(|| corrupt("refund")));
    Ok(RefundRequest {
        request_id: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        purchase_id: row.text(2)?,
        item_id: row.text(3)?,
        payment_intent_id: row.text(4)?,
        price: Money::new(row.int(5)?, currency),
        reason: row.text(7)?,
        requested_by: row.text(8)?,
        outside: outside.transpose()?,
        needs: Needs {
            approvals: row.int(10)?,
            other_eyes: row.flag(11)?,
        },
        status: Status::of_word(row.text_ref(12)?).ok_or_else(|| corrupt("status"))?,
        decided_by: row.opt_text(13)?,
        decided_at_us: row.opt_int(14)?,
        answer: row.opt_text(15)?,
        intent_id: row.opt_text(16)?,
        refund_id: row.opt_text(18)?,
        refund_status: refund_status.transpose()?,
        created_at_us: row.int(17)?,
    })
}

/// One request.
pub(super) fn request(tx: &mut Tx<'_>, request_id: &str) -> Result<Option<RefundRequest>> {
    let row = tx.one(select_request!("where request_id = $1"), &[request_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// One request, locked until the transaction ends.
pub(super) fn lock(tx: &mut Tx<'_>, request_id: &str) -> Result<Option<RefundRequest>> {
    let row = tx.one(
        select_request!("where request_id = $1 for update"),
        &[request_id.into()],
    )?;
    row.as_ref().map(decode).transpose()
}

/// The request that an intent was made for, locked.
pub(super) fn of_intent(tx: &mut Tx<'_>, intent_id: &str) -> Result<Option<RefundRequest>> {
    let row = tx.one(select_request!("where intent_id = $1 for update"), &[intent_id.into()])?;
    row.as_ref().map(decode).transpose()
}

/// The open request of a payment, whose row the caller holds.
pub(super) fn open_of(tx: &mut Tx<'_>, payment_intent_id: &str) -> Result<Option<String>> {
    let row = tx.one(
        "select request_id from refund_request
         where payment_intent_id = $1 and (status = 'waiting' or status = 'approved')",
        &[payment_intent_id.into()],
    )?;
    row.map(|row| row.text(0)).transpose()
}

/// Writes a new request.
pub(super) fn insert(tx: &mut Tx<'_>, request: &RefundRequest) -> Result<()> {
    tx.run(
        "insert into refund_request (request_id, user_id, purchase_id, item_id, payment_intent_id, amount_minor, currency,
                                     reason, requested_by, outside, approvals_needed, other_eyes, status, created_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            request.request_id.as_str().into(),
            request.user_id.as_str().into(),
            request.purchase_id.as_str().into(),
            request.item_id.as_str().into(),
            request.payment_intent_id.as_str().into(),
            request.price.minor.into(),
            request.price.currency.code().into(),
            request.reason.as_str().into(),
            request.requested_by.as_str().into(),
            request.outside.map(Outside::word).into(),
            request.needs.approvals.into(),
            i64::from(request.needs.other_eyes).into(),
            request.status.word().into(),
            request.created_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Writes how a request was decided. The caller holds its row.
pub(super) fn update(tx: &mut Tx<'_>, request: &RefundRequest) -> Result<()> {
    tx.run(
        "update refund_request set status = $2, decided_by = $3, decided_at_us = $4, answer = $5, intent_id = $6
         where request_id = $1",
        &[
            request.request_id.as_str().into(),
            request.status.word().into(),
            request.decided_by.as_deref().into(),
            request.decided_at_us.into(),
            request.answer.as_deref().into(),
            request.intent_id.as_deref().into(),
        ],
    )?;
    Ok(())
}

/// Writes an approval. The caller holds the request's row.
pub(super) fn insert_approval(tx: &mut Tx<'_>, request_id: &str, approval: &Approval) -> Result<()> {
    tx.run(
        "insert into refund_approval (request_id, approved_by, note, approved_at_us) values ($1, $2, $3, $4)",
        &[
            request_id.into(),
            approval.approved_by.as_str().into(),
            approval.note.as_deref().into(),
            approval.approved_at_us.into(),
        ],
    )?;
    Ok(())
}

/// The approvals of a request, the first one first.
pub(super) fn approvals(tx: &mut Tx<'_>, request_id: &str) -> Result<Vec<Approval>> {
    let rows = tx.all(
        "select approved_by, note, approved_at_us from refund_approval where request_id = $1
         order by approved_at_us, approved_by",
        &[request_id.into()],
    )?;
    let decode = |row: &Row| {
        Ok(Approval {
            approved_by: row.text(0)?,
            note: row.opt_text(1)?,
            approved_at_us: row.int(2)?,
        })
    };
    rows.iter().map(decode).collect()
}

/// Which requests are wanted, newest first.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) user_id: Option<UserId>,
    pub(super) status: Option<Status>,
    /// Before which one.
    pub(super) before: String,
    pub(super) limit: i64,
}

/// A page of requests and one more. The narrowest of what is asked for leads, by an index of its own.
pub(super) fn requests(tx: &mut Tx<'_>, filter: &Filter) -> Result<Vec<RefundRequest>> {
    let sql = match (&filter.user_id, filter.status) {
        (Some(_), _) => select_request!(
            "where user_id = $1 and request_id < $3 and ($2 = '' or status = $2) order by request_id desc limit $4"
        ),
        (None, Some(_)) => select_request!(
            "where status = $2 and request_id < $3 and ($1 = '' or user_id = $1) order by request_id desc limit $4"
        ),
        (None, None) => select_request!(
            "where request_id < $3 and ($1 = '' or user_id = $1) and ($2 = '' or status = $2)
             order by request_id desc limit $4"
        ),
    };
    let rows = tx.all(
        sql,
        &[
            filter.user_id.as_ref().map_or("", UserId::as_str).into(),
            filter.status.map(Status::word).unwrap_or_default().into(),
            filter.before.as_str().into(),
            (filter.limit + 1).into(),
        ],
    )?;
    rows.iter().map(decode).collect()
}
