//! Notices in the store.

use store::{Error, Result, Row, Tx};

use super::{Kind, Notice, Subject};
use crate::ids::UserId;

/// Writes a notice. Gives whether it is new: of one purchase a user is told once.
pub(super) fn insert(tx: &mut Tx<'_>, notice: &Notice) -> Result<bool> {
    let (balance, below) = notice.subject.balance();
    let written = tx.run(
        "insert into notice (notice_id, user_id, kind, balance, below, purchase_id, reason, created_at_us, subscription_id,
                             invoice_id, ends_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
        &[
            notice.notice_id.as_str().into(),
            notice.user_id.as_str().into(),
            notice.subject.kind().word().into(),
            balance.into(),
            below.into(),
            notice.subject.purchase_id().map(str::to_owned).into(),
            notice.subject.reason().map(str::to_owned).into(),
            notice.created_at_us.into(),
            notice.subject.subscription_id().map(str::to_owned).into(),
            notice.subject.invoice_id().map(str::to_owned).into(),
            notice.subject.ends_at_us().into(),
        ],
    )?;
    Ok(written > 0)
}

/// A page of a user's notices, newest first, before the one named.
pub(super) fn notices_of_user(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Notice>> {
    let rows = tx.all(
        "select notice_id, user_id, kind, balance, below, purchase_id, reason, created_at_us, subscription_id,
                invoice_id, ends_at_us
         from notice
         where user_id = $1 and notice_id < $2 order by notice_id desc limit $3",
        &[user_id.as_str().into(), before.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<Notice> {
    let corrupt = |what: &str| Error::Corrupt(format!("notice: {what}"));
    let purchase_id = || row.opt_text(5)?.ok_or_else(|| corrupt("purchase_id"));
    let subscription_id = || row.opt_text(8)?.ok_or_else(|| corrupt("subscription_id"));
    let invoice_id = || row.opt_text(9)?.ok_or_else(|| corrupt("invoice_id"));
    let amount = |column: usize| row.opt_int(column)?.ok_or_else(|| corrupt("balance"));
    let subject = match Kind::of_word(row.text_ref(2)?).ok_or_else(|| corrupt("kind"))? {
        Kind::LowBalance => Subject::LowBalance {
            balance: amount(3)?,
            below: amount(4)?,
        },
        Kind::TopUpFailed => Subject::TopUpFailed {
            purchase_id: purchase_id()?,
            reason: row.opt_text(6)?.unwrap_or_default(),
        },
        Kind::TopUpNeedsBuyer => Subject::TopUpNeedsBuyer {
            purchase_id: purchase_id()?,
        },
        Kind::PaymentFailed => Subject::PaymentFailed {
            subscription_id: subscription_id()?,
            invoice_id: invoice_id()?,
        },
        Kind::PaymentNeedsBuyer => Subject::PaymentNeedsBuyer {
            subscription_id: subscription_id()?,
            invoice_id: invoice_id()?,
        },
        Kind::TrialWillEnd => Subject::TrialWillEnd {
            subscription_id: subscription_id()?,
            ends_at_us: row.opt_int(10)?.ok_or_else(|| corrupt("ends_at_us"))?,
        },
        Kind::GraceEnded => Subject::GraceEnded {
            subscription_id: subscription_id()?,
        },
        Kind::SubscriptionEnded => Subject::SubscriptionEnded {
            subscription_id: subscription_id()?,
        },
    };
    Ok(Notice {
        notice_id: row.text(0)?,
        user_id: UserId::parse(row.text_ref(1)?).ok_or_else(|| corrupt("user_id"))?,
        subject,
        created_at_us: row.int(7)?,
    })
}
