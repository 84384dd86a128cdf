//! Intents of refunds, and lists of refunds and disputes, in the store.

use std::collections::BTreeMap;

use ledger::{Currency, Money};
use store::{Error, Field, Result, Row, Rows, Tx, Value};

use super::{Reason, RefundIntent, Status};
use crate::idempotency::Action;
use crate::ids::UserId;
use crate::purchases::records::NEVER_US;
use crate::purchases::reversals::records::{select_dispute, select_refund, select_warning};
use crate::purchases::reversals::{self, Dispute, DisputeStatus, Refund, RefundStatus, Warning};

macro_rules! select_intent {
    ($end:literal) => {
        concat!(
            "select refund_intent.intent_id, refund_intent.payment_intent_id, refund_intent.amount_minor,
                    refund_intent.currency, refund_intent.reason, refund_intent.note, refund_intent.status,
                    refund_intent.refusal, refund_intent.refund_id, refund_intent.created_at_us,
                    refund_intent.request_fingerprint ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<RefundIntent> {
    let corrupt = |what: &str| Error::Corrupt(format!("refund intent: {what}"));
    let currency: Currency = row.text_ref(3)?.parse().map_err(|_| corrupt("currency"))?;
    let reason = row.opt_text(4)?;
    Ok(RefundIntent {
        intent_id: row.text(0)?,
        payment_intent_id: row.text(1)?,
        price: Money::new(row.int(2)?, currency),
        reason: match reason {
            None => None,
            Some(word) => Some(Reason::of_word(&word).ok_or_else(|| corrupt("reason"))?),
        },
        note: row.opt_text(5)?,
        status: Status::of_word(row.text_ref(6)?).ok_or_else(|| corrupt("status"))?,
        refusal: row.opt_text(7)?,
        refund_id: row.opt_text(8)?,
        created_at_us: row.int(9)?,
    })
}

/// The intent that a request made, with the fingerprint of what was asked.
pub(super) fn of_request(tx: &mut Tx<'_>, request_id: &[u8; 16]) -> Result<Option<(RefundIntent, [u8; 16])>> {
    let row = tx.one(
        select_intent!("from refund_intent where request_id = $1"),
        &[(&request_id[..]).into()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let fingerprint = row.blob(10)?.try_into();
    let fingerprint = fingerprint.map_err(|_| Error::Corrupt("refund intent: fingerprint".into()))?;
    Ok(Some((decode(&row)?, fingerprint)))
}

/// What intents without an answer are about to give back of each of these payments, in minor units; those of which they
/// give back nothing are left out. The caller holds the payments' rows.
pub(in crate::purchases) fn asked_minor_of<'a>(
    tx: &mut Tx<'_>,
    payments: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, i64>> {
    let ids = Rows::of(payments.map(|id| [Field::from(id)]));
    let found = tx.all(
        "select refund_intent.payment_intent_id, cast(sum(refund_intent.amount_minor) as bigint)
         from rows($1: payment_intent_id text)
         join refund_intent on refund_intent.payment_intent_id = r.payment_intent_id
         where refund_intent.status = 'created' group by refund_intent.payment_intent_id",
        &[ids.into()],
    )?;
    found.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}

/// What intents without an answer are about to give back of a payment, in minor units. The caller holds its row.
pub(super) fn asked_minor(tx: &mut Tx<'_>, payment_intent_id: &str) -> Result<i64> {
    let asked = asked_minor_of(tx, std::iter::once(payment_intent_id))?;
    Ok(asked.get(payment_intent_id).copied().unwrap_or_default())
}

/// Those of these intents that have no answer yet.
pub(super) fn unanswered<'a>(tx: &mut Tx<'_>, intents: impl Iterator<Item = &'a str>) -> Result<Vec<RefundIntent>> {
    let ids = Rows::of(intents.map(|id| [Field::from(id)]));
    let found = tx.all(
        select_intent!(
            "from rows($1: intent_id text) join refund_intent on refund_intent.intent_id = r.intent_id
             where refund_intent.status = 'created'"
        ),
        &[ids.into()],
    )?;
    found.iter().map(decode).collect()
}

/// Writes an intent, of a request or of our own accord. It is looked after from `next_check_at_us` on; one that is there
/// already stays as it is.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    intent: &RefundIntent,
    action: Option<&Action>,
    next_check_at_us: i64,
) -> Result<()> {
    tx.run(
        "insert into refund_intent (intent_id, payment_intent_id, amount_minor, currency, reason, note, status,
                                    request_id, request_fingerprint, created_at_us, next_check_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (intent_id) do nothing",
        &[
            intent.intent_id.as_str().into(),
            intent.payment_intent_id.as_str().into(),
            intent.price.minor.into(),
            intent.price.currency.code().into(),
            intent.reason.map(Reason::word).into(),
            intent.note.as_deref().into(),
            intent.status.word().into(),
            action.map(|action| &action.id[..]).into(),
            action.map(|action| &action.fingerprint[..]).into(),
            intent.created_at_us.into(),
            next_check_at_us.into(),
        ],
    )?;
    Ok(())
}

/// Notes how an intent ended. One that has ended stays as it is.
pub(super) fn end(tx: &mut Tx<'_>, intent: &RefundIntent) -> Result<()> {
    tx.run(
        "update refund_intent set status = $2, refusal = $3, refund_id = $4, next_check_at_us = $5
         where intent_id = $1 and status = 'created'",
        &[
            intent.intent_id.as_str().into(),
            intent.status.word().into(),
            intent.refusal.as_deref().into(),
            intent.refund_id.as_deref().into(),
            NEVER_US.into(),
        ],
    )?;
    Ok(())
}

/// Claims intents whose time has come until `until_us`.
pub(super) fn claim(tx: &mut Tx<'_>, now_us: i64, until_us: i64, limit: i64) -> Result<Vec<RefundIntent>> {
    let due = tx.all(
        select_intent!(
            "from refund_intent where refund_intent.status = 'created' and refund_intent.next_check_at_us <= $1
             order by refund_intent.next_check_at_us limit $2 for update skip locked"
        ),
        &[now_us.into(), limit.into()],
    )?;
    let due: Vec<RefundIntent> = due.iter().map(decode).collect::<Result<_>>()?;
    for intent in &due {
        tx.run(
            "update refund_intent set next_check_at_us = $2 where intent_id = $1",
            &[intent.intent_id.as_str().into(), until_us.into()],
        )?;
    }
    Ok(due)
}

/// A refund or a dispute with whose payment it is of.
#[derive(Clone, Debug)]
pub(super) struct Listed<T> {
    pub(super) one: T,
    /// Whose; none while the payment's purchase is not known.
    pub(super) user_id: Option<UserId>,
    pub(super) purchase_id: Option<String>,
    /// What was written where it was asked for here.
    pub(super) note: Option<String>,
}

/// Which of a list are wanted, newest first.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) user_id: Option<UserId>,
    /// Only those of this payment.
    pub(super) payment_intent_id: Option<String>,
    /// The last one of the page before.
    pub(super) after: Option<String>,
    pub(super) limit: i64,
}

fn listing<T>(row: &Row, one: T, at: usize) -> Result<Listed<T>> {
    let known = |text: Option<String>| text.filter(|text| !text.is_empty());
    let user_id = known(row.opt_text(at)?);
    Ok(Listed {
        one,
        user_id: match user_id {
            None => None,
            Some(text) => Some(UserId::parse(&text).ok_or_else(|| Error::Corrupt("payment: user_id".into()))?),
        },
        purchase_id: known(row.opt_text(at + 1)?),
        note: row.opt_text(at + 2)?,
    })
}

fn listed_refund(row: &Row) -> Result<Listed<Refund>> {
    listing(row, reversals::records::refund(row)?, 8)
}

fn listed_dispute(row: &Row) -> Result<Listed<Dispute>> {
    listing(row, reversals::records::dispute(row)?, 10)
}

fn listed_warning(row: &Row) -> Result<Listed<Warning>> {
    listing(row, reversals::records::warning(row)?, 5)
}

/// One refund.
pub(super) fn listed(tx: &mut Tx<'_>, refund_id: &str) -> Result<Option<Listed<Refund>>> {
    let row = tx.one(
        select_refund!(
            ", payment.user_id, payment.purchase_id, refund_intent.note from refund
             left join payment on payment.payment_intent_id = refund.payment_intent_id
             left join refund_intent on refund_intent.refund_id = refund.refund_id
             where refund.refund_id = $1"
        ),
        &[refund_id.into()],
    )?;
    row.as_ref().map(listed_refund).transpose()
}

/// A page of refunds; none where `after` is no refund.
pub(super) fn refunds(
    tx: &mut Tx<'_>,
    filter: &Filter,
    status: Option<RefundStatus>,
) -> Result<Option<Vec<Listed<Refund>>>> {
    let all = select_refund!(
        ", payment.user_id, payment.purchase_id, refund_intent.note from refund
         left join payment on payment.payment_intent_id = refund.payment_intent_id
         left join refund_intent on refund_intent.refund_id = refund.refund_id
         where (refund.created_s, refund.refund_id) < ($2, $3)
           and ($1 = '' or payment.user_id = $1) and ($5 = '' or refund.status = $5)
         order by refund.created_s desc, refund.refund_id desc limit $4"
    );
    // Those of a payment are found along its own index.
    let of_payment = select_refund!(
        ", payment.user_id, payment.purchase_id, refund_intent.note from refund
         left join payment on payment.payment_intent_id = refund.payment_intent_id
         left join refund_intent on refund_intent.refund_id = refund.refund_id
         where refund.payment_intent_id = $6 and (refund.created_s, refund.refund_id) < ($2, $3)
           and ($1 = '' or payment.user_id = $1) and ($5 = '' or refund.status = $5)
         order by refund.created_s desc, refund.refund_id desc limit $4"
    );
    let status = status.map(RefundStatus::word).unwrap_or_default();
    let place = |tx: &mut Tx<'_>, id: &str| Ok(listed(tx, id)?.map(|last| last.one.created_s));
    page(tx, filter, place, own(filter, all, of_payment, status), listed_refund)
}

/// One dispute.
pub(super) fn listed_one_dispute(tx: &mut Tx<'_>, dispute_id: &str) -> Result<Option<Listed<Dispute>>> {
    let row = tx.one(
        select_dispute!(
            ", payment.user_id, payment.purchase_id, cast(null as text) from dispute
             left join payment on payment.payment_intent_id = dispute.payment_intent_id
             where dispute.dispute_id = $1"
        ),
        &[dispute_id.into()],
    )?;
    row.as_ref().map(listed_dispute).transpose()
}

/// A page of disputes; none where `after` is no dispute.
pub(super) fn disputes(
    tx: &mut Tx<'_>,
    filter: &Filter,
    status: Option<DisputeStatus>,
) -> Result<Option<Vec<Listed<Dispute>>>> {
    let all = select_dispute!(
        ", payment.user_id, payment.purchase_id, cast(null as text) from dispute
         left join payment on payment.payment_intent_id = dispute.payment_intent_id
         where (dispute.created_s, dispute.dispute_id) < ($2, $3)
           and ($1 = '' or payment.user_id = $1) and ($5 = '' or dispute.status = $5)
         order by dispute.created_s desc, dispute.dispute_id desc limit $4"
    );
    let of_payment = select_dispute!(
        ", payment.user_id, payment.purchase_id, cast(null as text) from dispute
         left join payment on payment.payment_intent_id = dispute.payment_intent_id
         where dispute.payment_intent_id = $6 and (dispute.created_s, dispute.dispute_id) < ($2, $3)
           and ($1 = '' or payment.user_id = $1) and ($5 = '' or dispute.status = $5)
         order by dispute.created_s desc, dispute.dispute_id desc limit $4"
    );
    let status = status.map(DisputeStatus::word).unwrap_or_default();
    let place = |tx: &mut Tx<'_>, id: &str| Ok(listed_one_dispute(tx, id)?.map(|last| last.one.created_s));
    page(tx, filter, place, own(filter, all, of_payment, status), listed_dispute)
}

/// One warning of fraud.
fn listed_one_warning(tx: &mut Tx<'_>, warning_id: &str) -> Result<Option<Listed<Warning>>> {
    let row = tx.one(
        select_warning!(
            ", payment.user_id, payment.purchase_id, cast(null as text) from fraud_warning
             left join payment on payment.payment_intent_id = fraud_warning.payment_intent_id
             where fraud_warning.warning_id = $1"
        ),
        &[warning_id.into()],
    )?;
    row.as_ref().map(listed_warning).transpose()
}

/// A page of warnings of fraud; none where `after` is no warning.
pub(super) fn warnings(tx: &mut Tx<'_>, filter: &Filter) -> Result<Option<Vec<Listed<Warning>>>> {
    let sql = select_warning!(
        ", payment.user_id, payment.purchase_id, cast(null as text) from fraud_warning
         left join payment on payment.payment_intent_id = fraud_warning.payment_intent_id
         where (fraud_warning.created_s, fraud_warning.warning_id) < ($2, $3) and ($1 = '' or payment.user_id = $1)
         order by fraud_warning.created_s desc, fraud_warning.warning_id desc limit $4"
    );
    let place = |tx: &mut Tx<'_>, id: &str| Ok(listed_one_warning(tx, id)?.map(|last| last.one.created_s));
    page(tx, filter, place, (sql, Vec::new()), listed_warning)
}

/// The query of a list, of all or of one payment, with what is its own: the status ($5) and that payment ($6).
fn own(
    filter: &Filter,
    all: &'static str,
    of_payment: &'static str,
    status: &'static str,
) -> (&'static str, Vec<Value>) {
    match filter.payment_intent_id.as_deref() {
        None => (all, vec![status.into()]),
        Some(payment_intent_id) => (of_payment, vec![status.into(), payment_intent_id.into()]),
    }
}

/// A page of a list, and one entry more. Its query gets whose ($1), before what ($2, $3) and how many ($4), and behind
/// these what is its own; `place` gives when an entry was made.
fn page<T>(
    tx: &mut Tx<'_>,
    filter: &Filter,
    place: impl FnOnce(&mut Tx<'_>, &str) -> Result<Option<i64>>,
    (sql, own): (&'static str, Vec<Value>),
    decode: fn(&Row) -> Result<Listed<T>>,
) -> Result<Option<Vec<Listed<T>>>> {
    let (created_s, id) = match &filter.after {
        None => (i64::MAX, ""),
        Some(id) => match place(tx, id)? {
            None => return Ok(None),
            Some(created_s) => (created_s, id.as_str()),
        },
    };
    let whose = filter.user_id.as_ref().map_or("", UserId::as_str);
    let mut params = vec![whose.into(), created_s.into(), id.into(), (filter.limit + 1).into()];
    params.extend(own);
    tx.all(sql, &params)?
        .iter()
        .map(decode)
        .collect::<Result<_>>()
        .map(Some)
}
