//! A wallet's past in the store: the transfers that touched it, newest first.
//!
//! Every statement takes the two indexes of transfers by account, and never looks at more rows than it is told to.

use ledger::{AccountKey, Lot, TransferCode, TransferId};
use store::{Field, Result, Row, Rows, Tx};

use super::accounts::account_key;
use super::transfers::{code, lots, sixteen};

/// A transfer that touched a wallet, as far as a walk must know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its place in the books.
    pub position: i64,
    /// Why value moved.
    pub code: TransferCode,
    /// When.
    pub posted_at_us: i64,
}

/// A transfer as one of its accounts sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// Its place in the books.
    pub position: i64,
    /// Its id.
    pub transfer_id: TransferId,
    /// What made it happen once; none where a request did.
    pub business_key: Option<String>,
    /// The account on the other side.
    pub other: AccountKey,
    /// What came in; negative where it went out.
    pub amount: i64,
    /// What the account held afterwards.
    pub balance: i64,
    /// Why value moved.
    pub code: TransferCode,
    /// The reason in somebody's words.
    pub memo: Option<String>,
    /// The number of the event behind it; 0 where there is none.
    pub event_id: i64,
    /// When.
    pub posted_at_us: i64,
    /// The account's lots that were drawn from, made or filled.
    pub lots: Vec<Lot>,
}

/// The number a wallet's account is stored under; none where nothing ever touched it.
pub fn account_id(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<Option<i64>> {
    let row = tx.one(
        "select account_id from account where account_key = $1",
        &[wallet.to_string().into()],
    )?;
    row.map(|row| row.int(0)).transpose()
}

/// Two walks, each along the index of one side, put together: neither goes further than the limit.
macro_rules! steps {
    () => {
        "select position, code, posted_at_us from (
             select * from (
                 select position, code, posted_at_us from transfer
                 where debit_account_id = $1 and debit_account_id > 0 and position < $2 order by position desc limit $3
             ) debited
             union all
             select * from (
                 select position, code, posted_at_us from transfer
                 where credit_account_id = $1 and credit_account_id > 0 and position < $2 order by position desc limit $3
             ) credited
         ) passed order by position desc limit $3"
    };
}

/// The last transfers that touched an account before a place in the books, newest first.
pub fn steps(tx: &mut Tx<'_>, account_id: i64, before: i64, limit: i64) -> Result<Vec<Step>> {
    let rows = tx.all(steps!(), &[account_id.into(), before.into(), limit.into()])?;
    let step = |row: &Row| {
        Ok(Step {
            position: row.int(0)?,
            code: code(row.text_ref(1)?)?,
            posted_at_us: row.int(2)?,
        })
    };
    rows.iter().map(step).collect()
}

fn decode(row: &Row, account_id: i64) -> Result<Passage> {
    let out = row.int(3)? == account_id;
    let amount = row.int(5)?;
    let balance = if out { row.opt_int(6)? } else { row.opt_int(7)? };
    Ok(Passage {
        position: row.int(0)?,
        transfer_id: TransferId(sixteen(row.blob_ref(1)?)?),
        business_key: row.opt_text(2)?,
        other: account_key(row.text_ref(4)?)?,
        amount: if out { -amount } else { amount },
        balance: balance.unwrap_or_default(),
        code: code(row.text_ref(8)?)?,
        memo: row.opt_text(9)?,
        event_id: row.int(10)?,
        posted_at_us: row.int(11)?,
        lots: lots(if out { row.opt_text(12)? } else { row.opt_text(13)? })?,
    })
}

/// The transfers at these places, as one account sees them, newest first.
pub fn passages(tx: &mut Tx<'_>, account_id: i64, positions: &[i64]) -> Result<Vec<Passage>> {
    let rows = Rows::of(positions.iter().map(|position| [Field::from(*position)]));
    let found = tx.all(
        "select transfer.position, transfer.transfer_id, transfer.business_key, transfer.debit_account_id,
                other.account_key, transfer.amount, transfer.debit_balance, transfer.credit_balance, transfer.code,
                transfer.memo, transfer.event_id, transfer.posted_at_us, transfer.drawn, transfer.filled
         from rows($1: position bigint)
         join transfer on transfer.position = r.position
         join account other on other.account_id = case when transfer.debit_account_id = $2
              then transfer.credit_account_id else transfer.debit_account_id end",
        &[rows.into(), account_id.into()],
    )?;
    let mut passages: Vec<Passage> = found.iter().map(|row| decode(row, account_id)).collect::<Result<_>>()?;
    // On one engine the rows come in the order of what was asked for, on the other in any.
    passages.sort_unstable_by_key(|passage| std::cmp::Reverse(passage.position));
    Ok(passages)
}

#[cfg(test)]
mod tests {
    use store::testing::TestDatabase;

    use crate::schema::MIGRATIONS;

    #[tokio::test]
    async fn a_history_is_read_along_its_indexes() {
        // The other engine plans by statistics, so a scratch table tells nothing about it.
        let database = TestDatabase::sqlite();
        database.store().migrate(MIGRATIONS).await.expect("it is new");
        let plan = database.store().read(|tx| {
            let sql = concat!("explain query plan ", steps!());
            let rows = tx.all(sql, &[1.into(), 10.into(), 10.into()])?;
            rows.iter().map(|row| row.text(3)).collect::<store::Result<Vec<_>>>()
        });
        let plan = plan.await.expect("the statement is understood");
        for index in ["transfer_debit", "transfer_credit"] {
            let search = format!("SEARCH transfer USING INDEX {index} ");
            assert!(plan.iter().any(|line| line.starts_with(&search)), "{index}: {plan:?}");
        }
        let scans = plan.iter().filter(|line| line.starts_with("SCAN transfer"));
        assert_eq!(scans.count(), 0, "{plan:?}");
    }
}
