//! What was moved on each day, added up.

use ledger::{AccountKey, TransferCode, Unit};
use store::{Error, Result, Row, Tx};

use super::accounts::account_key;
use super::{audit, transfers};

/// What was moved by transfers of one code and unit on one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MovedByDay {
    /// What was moved.
    pub unit: Unit,
    /// Why.
    pub code: TransferCode,
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// How much, in minor units where it is money.
    pub amount: i64,
    /// By how many transfers.
    pub transfers: i64,
}

/// Up to which position transfers are sealed: nothing comes in before it any more.
pub fn sealed_position(tx: &mut Tx<'_>) -> Result<i64> {
    Ok(audit::last_seal(tx)?.map_or(0, |seal| seal.position))
}

/// What transfers behind the first position and up to the second moved between owners and the house, or within it. What an
/// owner moved between accounts of their own is left out: it changes nothing for the house.
pub fn moved_by_day(tx: &mut Tx<'_>, (after, until): (i64, i64)) -> Result<Vec<MovedByDay>> {
    let rows = tx.all(
        "select account.account_key, moved.code, moved.day, moved.amount, moved.transfers
         from (select case when debit_account_id < credit_account_id then debit_account_id else credit_account_id end as house,
                      code, posted_at_us / 86400000000 as day, cast(sum(amount) as bigint) as amount, count(*) as transfers
               from transfer
               where position > $1 and position <= $2 and (debit_account_id < 0 or credit_account_id < 0)
               group by 1, 2, 3) moved
         join account on account.account_id = moved.house",
        &[after.into(), until.into()],
    )?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<MovedByDay> {
    let key: AccountKey = account_key(&row.text(0)?)?;
    if key.owner().is_some() {
        return Err(Error::Corrupt("transfer: an account of the house has an owner".into()));
    }
    Ok(MovedByDay {
        unit: key.unit,
        code: transfers::code(row.text_ref(1)?)?,
        day: row.int(2)?,
        amount: row.int(3)?,
        transfers: row.int(4)?,
    })
}
