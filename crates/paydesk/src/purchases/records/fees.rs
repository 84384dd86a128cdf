//! Fees of payments in the store.

use store::{Result, Tx};

use crate::purchases::fees::Fee;

/// A time that will not come.
pub(in crate::purchases) const NEVER_US: i64 = i64::MAX;

/// Takes payments whose fee is to be asked for, and sets when each comes again if that comes to nothing. Gives how often
/// each was asked for before.
pub(in crate::purchases) fn claim(
    tx: &mut Tx<'_>,
    now_us: i64,
    again_at_us: i64,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    let claimed = tx.all(
        "update payment set fee_due_at_us = $2, fee_tries = fee_tries + 1
         where payment_intent_id in (select payment_intent_id from payment
                                     where fee_minor is null and paid_minor > 0
                                         and fee_due_at_us < 9223372036854775807 and fee_due_at_us <= $1
                                     order by fee_due_at_us limit $3 for update skip locked)
         returning payment_intent_id, fee_tries",
        &[now_us.into(), again_at_us.into(), limit.into()],
    )?;
    claimed.iter().map(|row| Ok((row.text(0)?, row.int(1)? - 1))).collect()
}

/// Sets when the fee of a payment is asked for again.
pub(in crate::purchases) fn postpone(tx: &mut Tx<'_>, payment_intent_id: &str, again_at_us: i64) -> Result<()> {
    tx.run(
        "update payment set fee_due_at_us = $2 where payment_intent_id = $1",
        &[payment_intent_id.into(), again_at_us.into()],
    )?;
    Ok(())
}

/// Writes the fee of a payment, if it is not known yet. Gives when the payment was first told of, where that was so.
pub(in crate::purchases) fn write(tx: &mut Tx<'_>, payment_intent_id: &str, fee: &Fee) -> Result<Option<i64>> {
    let row = tx.one(
        "update payment set fee_minor = $2, fee_currency = $3,
                            balance_transaction_id = coalesce(balance_transaction_id, $4)
         where payment_intent_id = $1 and fee_minor is null returning created_at_us",
        &[
            payment_intent_id.into(),
            fee.minor.into(),
            fee.currency.as_str().into(),
            fee.balance_transaction_id.as_str().into(),
        ],
    )?;
    row.map(|row| row.int(0)).transpose()
}
