//! Refunds and disputes in the store.

use std::collections::{BTreeMap, BTreeSet};

use store::{Error, Field, Result, Row, Rows, Tx};

use super::{Dispute, DisputeStatus, Refund, RefundStatus, Warning};

macro_rules! select_refund {
    ($end:literal) => {
        concat!(
            "select refund.refund_id, refund.payment_intent_id, refund.amount_minor, refund.currency, refund.status,
                    refund.reason, refund.failure_reason, refund.created_s ",
            $end
        )
    };
}

macro_rules! select_dispute {
    ($end:literal) => {
        concat!(
            "select dispute.dispute_id, dispute.payment_intent_id, dispute.amount_minor, dispute.currency, dispute.status,
                    dispute.reason, dispute.withdrawn, dispute.reinstated, dispute.evidence_due_s, dispute.created_s ",
            $end
        )
    };
}

macro_rules! select_warning {
    ($end:literal) => {
        concat!(
            "select fraud_warning.warning_id, fraud_warning.payment_intent_id, fraud_warning.fraud_type,
                    fraud_warning.is_moot, fraud_warning.created_s ",
            $end
        )
    };
}

pub(in crate::purchases) use {select_dispute, select_refund, select_warning};

pub(in crate::purchases) fn warning(row: &Row) -> Result<Warning> {
    Ok(Warning {
        warning_id: row.text(0)?,
        payment_intent_id: row.text(1)?,
        fraud_type: row.opt_text(2)?,
        is_moot: row.flag(3)?,
        created_s: row.int(4)?,
    })
}

pub(in crate::purchases) fn refund(row: &Row) -> Result<Refund> {
    let status = RefundStatus::of_word(row.text_ref(4)?).ok_or_else(|| Error::Corrupt("refund: status".into()))?;
    Ok(Refund {
        refund_id: row.text(0)?,
        payment_intent_id: row.text(1)?,
        amount_minor: row.int(2)?,
        currency: row.text(3)?,
        status,
        reason: row.opt_text(5)?,
        failure_reason: row.opt_text(6)?,
        created_s: row.int(7)?,
        intent_id: None,
    })
}

pub(in crate::purchases) fn dispute(row: &Row) -> Result<Dispute> {
    let status = DisputeStatus::of_word(row.text_ref(4)?).ok_or_else(|| Error::Corrupt("dispute: status".into()))?;
    Ok(Dispute {
        dispute_id: row.text(0)?,
        payment_intent_id: row.text(1)?,
        amount_minor: row.int(2)?,
        currency: row.text(3)?,
        status,
        reason: row.opt_text(5)?,
        withdrawn: row.flag(6)?,
        reinstated: row.flag(7)?,
        evidence_due_s: row.opt_int(8)?,
        created_s: row.int(9)?,
    })
}

/// Writes refunds, merged with what is known of them. The caller holds their payments' rows.
pub(in crate::purchases) fn merge_refunds(
    tx: &mut Tx<'_>,
    now_us: i64,
    mut told: BTreeMap<String, Refund>,
) -> Result<()> {
    let ids = Rows::of(told.keys().map(|id| [Field::from(id)]));
    let known = tx.all(
        select_refund!("from rows($1: refund_id text) join refund on refund.refund_id = r.refund_id"),
        &[ids.into()],
    )?;
    for row in &known {
        let known = refund(row)?;
        if let Some(one) = told.get_mut(&known.refund_id) {
            one.merge(&known);
        }
    }
    let rows = Rows::of(told.values().map(|one| {
        [
            Field::from(&one.refund_id),
            (&one.payment_intent_id).into(),
            one.amount_minor.into(),
            (&one.currency).into(),
            one.status.word().into(),
            one.reason.as_deref().into(),
            one.failure_reason.as_deref().into(),
            one.created_s.into(),
        ]
    }));
    tx.run(
        "insert into refund (refund_id, payment_intent_id, amount_minor, currency, status, reason, failure_reason,
                             created_s, updated_at_us)
         select r.refund_id, r.payment_intent_id, r.amount_minor, r.currency, r.status, r.reason, r.failure_reason,
                r.created_s, $2
         from rows($1: refund_id text, payment_intent_id text, amount_minor bigint, currency text, status text,
                   reason text, failure_reason text, created_s bigint)
         where true on conflict (refund_id) do update
         set amount_minor = excluded.amount_minor, status = excluded.status, reason = excluded.reason,
             failure_reason = excluded.failure_reason, created_s = excluded.created_s,
             updated_at_us = excluded.updated_at_us",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// Writes disputes, merged with what is known of them. The caller holds their payments' rows.
pub(in crate::purchases) fn merge_disputes(
    tx: &mut Tx<'_>,
    now_us: i64,
    mut told: BTreeMap<String, Dispute>,
) -> Result<()> {
    let ids = Rows::of(told.keys().map(|id| [Field::from(id)]));
    let known = tx.all(
        select_dispute!("from rows($1: dispute_id text) join dispute on dispute.dispute_id = r.dispute_id"),
        &[ids.into()],
    )?;
    for row in &known {
        let known = dispute(row)?;
        if let Some(one) = told.get_mut(&known.dispute_id) {
            one.merge(&known);
        }
    }
    let rows = Rows::of(told.values().map(|one| {
        [
            Field::from(&one.dispute_id),
            (&one.payment_intent_id).into(),
            one.amount_minor.into(),
            (&one.currency).into(),
            one.status.word().into(),
            one.reason.as_deref().into(),
            one.withdrawn.into(),
            one.reinstated.into(),
            one.evidence_due_s.into(),
            one.created_s.into(),
        ]
    }));
    tx.run(
        "insert into dispute (dispute_id, payment_intent_id, amount_minor, currency, status, reason, withdrawn, reinstated,
                              evidence_due_s, created_s, updated_at_us)
         select r.dispute_id, r.payment_intent_id, r.amount_minor, r.currency, r.status, r.reason, r.withdrawn,
                r.reinstated, r.evidence_due_s, r.created_s, $2
         from rows($1: dispute_id text, payment_intent_id text, amount_minor bigint, currency text, status text,
                   reason text, withdrawn bigint, reinstated bigint, evidence_due_s bigint, created_s bigint)
         where true on conflict (dispute_id) do update
         set amount_minor = excluded.amount_minor, status = excluded.status, reason = excluded.reason,
             withdrawn = excluded.withdrawn, reinstated = excluded.reinstated, evidence_due_s = excluded.evidence_due_s,
             created_s = excluded.created_s, updated_at_us = excluded.updated_at_us",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// All refunds of these payments.
pub(in crate::purchases) fn refunds_of(tx: &mut Tx<'_>, payments: &BTreeSet<&str>) -> Result<Vec<Refund>> {
    let ids = Rows::of(payments.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_refund!(
            "from rows($1: payment_intent_id text) join refund on refund.payment_intent_id = r.payment_intent_id
             order by refund.refund_id"
        ),
        &[ids.into()],
    )?;
    found.iter().map(refund).collect()
}

/// All disputes of these payments.
pub(in crate::purchases) fn disputes_of(tx: &mut Tx<'_>, payments: &BTreeSet<&str>) -> Result<Vec<Dispute>> {
    let ids = Rows::of(payments.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_dispute!(
            "from rows($1: payment_intent_id text) join dispute on dispute.payment_intent_id = r.payment_intent_id
             order by dispute.dispute_id"
        ),
        &[ids.into()],
    )?;
    found.iter().map(dispute).collect()
}

/// Writes warnings, merged with what is known of them. The caller holds their payments' rows.
pub(in crate::purchases) fn merge_warnings(
    tx: &mut Tx<'_>,
    now_us: i64,
    mut told: BTreeMap<String, Warning>,
) -> Result<()> {
    let ids = Rows::of(told.keys().map(|id| [Field::from(id)]));
    let known = tx.all(
        select_warning!("from rows($1: warning_id text) join fraud_warning on fraud_warning.warning_id = r.warning_id"),
        &[ids.into()],
    )?;
    for row in &known {
        let known = warning(row)?;
        if let Some(one) = told.get_mut(&known.warning_id) {
            one.merge(&known);
        }
    }
    let rows = Rows::of(told.values().map(|one| {
        [
            Field::from(&one.warning_id),
            (&one.payment_intent_id).into(),
            one.fraud_type.as_deref().into(),
            one.is_moot.into(),
            one.created_s.into(),
        ]
    }));
    tx.run(
        "insert into fraud_warning (warning_id, payment_intent_id, fraud_type, is_moot, created_s, updated_at_us)
         select r.warning_id, r.payment_intent_id, r.fraud_type, r.is_moot, r.created_s, $2
         from rows($1: warning_id text, payment_intent_id text, fraud_type text, is_moot bigint, created_s bigint)
         where true on conflict (warning_id) do update
         set fraud_type = excluded.fraud_type, is_moot = excluded.is_moot, created_s = excluded.created_s,
             updated_at_us = excluded.updated_at_us",
        &[rows.into(), now_us.into()],
    )?;
    Ok(())
}

/// The warnings of these payments after which a refund can still prevent a dispute.
pub(in crate::purchases) fn actionable_warnings(tx: &mut Tx<'_>, payments: &BTreeSet<&str>) -> Result<Vec<Warning>> {
    let ids = Rows::of(payments.iter().map(|id| [Field::from(*id)]));
    let found = tx.all(
        select_warning!(
            "from rows($1: payment_intent_id text)
             join fraud_warning on fraud_warning.payment_intent_id = r.payment_intent_id
             where fraud_warning.is_moot = 0 order by fraud_warning.warning_id"
        ),
        &[ids.into()],
    )?;
    found.iter().map(warning).collect()
}
