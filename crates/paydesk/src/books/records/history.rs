//! What happened to an owner's accounts, in the store: the transfers that touched them, newest first.
//!
//! Every statement takes the two indexes of transfers by account, and never looks at more rows than it is told to; but
//! for the count, which reads the indexes alone.

use ledger::{AccountKey, Lot, Role, TransferCode, TransferId};
use store::{Field, Result, Row, Rows, Tx};

use super::accounts::account_key;
use super::transfers::{code, lots, sixteen};

/// The numbers under which the accounts of one owner are stored; 0 for one that nothing ever touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Owned {
    /// What may be spent.
    pub wallet: i64,
    /// What is set aside.
    pub held: i64,
    /// What is owed.
    pub debt: i64,
}

/// A transfer that touched an owner's accounts, as far as a walk must know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// Its place in the books.
    pub position: i64,
    /// Why value moved.
    pub code: TransferCode,
    /// When.
    pub posted_at_us: i64,
}

/// A transfer as it is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passage {
    /// Its place in the books.
    pub position: i64,
    /// Its id.
    pub transfer_id: TransferId,
    /// What made it happen once; none where a request did.
    pub business_key: Option<String>,
    /// The account it came from.
    pub debit: Side,
    /// The account it went to.
    pub credit: Side,
    /// How much.
    pub amount: i64,
    /// Why value moved.
    pub code: TransferCode,
    /// The reason in somebody's words.
    pub memo: Option<String>,
    /// Who asked for it, where that is kept.
    pub made_by: Option<String>,
    /// The number of the event behind it; 0 where there is none.
    pub event_id: i64,
    /// When.
    pub posted_at_us: i64,
}

/// One side of a transfer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Side {
    /// The number of the account.
    pub account_id: i64,
    /// The account.
    pub key: AccountKey,
    /// What it held afterwards, where it has an owner.
    pub balance: i64,
    /// The lots of a wallet that were drawn from, made or filled.
    pub lots: Vec<Lot>,
}

impl Passage {
    /// The side of this account, with what came in there; negative where it went out.
    pub fn side(&self, account_id: i64) -> Option<(i64, &Side)> {
        if self.debit.account_id == account_id {
            Some((-self.amount, &self.debit))
        } else if self.credit.account_id == account_id {
            Some((self.amount, &self.credit))
        } else {
            None
        }
    }
}

/// The numbers of the accounts of a wallet's owner.
pub fn owned(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<Owned> {
    let Role::Wallet(owner) = &wallet.role else {
        return Ok(Owned::default());
    };
    let keys = [
        wallet.clone(),
        wallet.beside(Role::Held(owner.clone())),
        wallet.beside(Role::Debt(owner.clone())),
    ]
    .map(|key| key.to_string());
    let rows = Rows::of(keys.iter().map(|key| [Field::from(key.as_str())]));
    let found = tx.all(
        "select account.account_id, account.account_key from rows($1: account_key text)
         join account on account.account_key = r.account_key",
        &[rows.into()],
    )?;
    let mut owned = Owned::default();
    for row in &found {
        match account_key(row.text_ref(1)?)?.role {
            Role::Wallet(_) => owned.wallet = row.int(0)?,
            Role::Held(_) => owned.held = row.int(0)?,
            _ => owned.debt = row.int(0)?,
        }
    }
    Ok(owned)
}

/// A walk along the index of one side of one account.
macro_rules! walk {
    ($side:literal, $account:literal, $name:literal) => {
        concat!(
            "select * from (select position, code, posted_at_us from transfer where ",
            $side,
            "_account_id = ",
            $account,
            " and ",
            $side,
            "_account_id > 0 and position < $4 order by position desc limit $5) ",
            $name
        )
    };
}

/// The walks of the three accounts put together: none goes further than the limit. A transfer between two of them is met
/// twice, and told once.
macro_rules! steps {
    () => {
        concat!(
            "select position, code, posted_at_us from (",
            walk!("debit", "$1", "a"),
            " union ",
            walk!("credit", "$1", "b"),
            " union ",
            walk!("debit", "$2", "c"),
            " union ",
            walk!("credit", "$2", "d"),
            " union ",
            walk!("debit", "$3", "e"),
            " union ",
            walk!("credit", "$3", "f"),
            ") passed order by position desc limit $5"
        )
    };
}

/// The last transfers that touched an owner's accounts before a place in the books, newest first.
pub fn steps(tx: &mut Tx<'_>, owned: Owned, before: i64, limit: i64) -> Result<Vec<Step>> {
    let rows = tx.all(
        steps!(),
        &[
            owned.wallet.into(),
            owned.held.into(),
            owned.debt.into(),
            before.into(),
            limit.into(),
        ],
    )?;
    let step = |row: &Row| {
        Ok(Step {
            position: row.int(0)?,
            code: code(row.text_ref(1)?)?,
            posted_at_us: row.int(2)?,
        })
    };
    rows.iter().map(step).collect()
}

/// How many transfers touched an owner's accounts.
pub fn count(tx: &mut Tx<'_>, owned: Owned) -> Result<i64> {
    let row = tx.one(
        "select (select count(*) from transfer where debit_account_id in ($1, $2, $3) and debit_account_id > 0)
              + (select count(*) from transfer where credit_account_id in ($1, $2, $3) and credit_account_id > 0
                 and debit_account_id not in ($1, $2, $3))",
        &[owned.wallet.into(), owned.held.into(), owned.debt.into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

fn decode(row: &Row) -> Result<Passage> {
    Ok(Passage {
        position: row.int(0)?,
        transfer_id: TransferId(sixteen(row.blob_ref(1)?)?),
        business_key: row.opt_text(2)?,
        debit: Side {
            account_id: row.int(3)?,
            key: account_key(row.text_ref(4)?)?,
            balance: row.opt_int(5)?.unwrap_or_default(),
            lots: lots(row.opt_text(6)?)?,
        },
        credit: Side {
            account_id: row.int(7)?,
            key: account_key(row.text_ref(8)?)?,
            balance: row.opt_int(9)?.unwrap_or_default(),
            lots: lots(row.opt_text(10)?)?,
        },
        amount: row.int(11)?,
        code: code(row.text_ref(12)?)?,
        memo: row.opt_text(13)?,
        event_id: row.int(14)?,
        posted_at_us: row.int(15)?,
        made_by: row.opt_text(16)?,
    })
}

/// The transfers at these places, newest first.
pub fn passages(tx: &mut Tx<'_>, positions: &[i64]) -> Result<Vec<Passage>> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Rows::of(positions.iter().map(|position| [Field::from(*position)]));
    let found = tx.all(
        "select transfer.position, transfer.transfer_id, transfer.business_key, transfer.debit_account_id,
                debit.account_key, transfer.debit_balance, transfer.drawn, transfer.credit_account_id,
                credit.account_key, transfer.credit_balance, transfer.filled, transfer.amount, transfer.code,
                transfer.memo, transfer.event_id, transfer.posted_at_us, transfer_maker.made_by
         from rows($1: position bigint)
         join transfer on transfer.position = r.position
         join account debit on debit.account_id = transfer.debit_account_id
         join account credit on credit.account_id = transfer.credit_account_id
         left join transfer_maker on transfer_maker.transfer_id = transfer.transfer_id",
        &[rows.into()],
    )?;
    let mut passages: Vec<Passage> = found.iter().map(decode).collect::<Result<_>>()?;
    // On one engine the rows come in the order of what was asked for, on the other in any.
    passages.sort_unstable_by_key(|passage| std::cmp::Reverse(passage.position));
    Ok(passages)
}

/// The places of the last transfers that went out of an owner's account, newest first.
pub fn debits(tx: &mut Tx<'_>, account_id: i64, limit: i64) -> Result<Vec<i64>> {
    let rows = tx.all(
        "select position from transfer where debit_account_id = $1 and debit_account_id > 0
         order by position desc limit $2",
        &[account_id.into(), limit.into()],
    )?;
    rows.iter().map(|row| row.int(0)).collect()
}

/// How much of a debt was given up because a payment came back, by the business keys that did it.
pub fn given_up(tx: &mut Tx<'_>, debt_account_id: i64) -> Result<Vec<(String, i64)>> {
    let rows = tx.all(
        "select business_key, amount from transfer
         where credit_account_id = $1 and credit_account_id > 0 and code = 'reinstate'",
        &[debt_account_id.into()],
    )?;
    let one = |row: &Row| Ok((row.opt_text(0)?.unwrap_or_default(), row.int(1)?));
    rows.iter().map(one).collect()
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
            let rows = tx.all(sql, &[1.into(), 2.into(), 3.into(), 10.into(), 10.into()])?;
            rows.iter().map(|row| row.text(3)).collect::<store::Result<Vec<_>>>()
        });
        let plan = plan.await.expect("the statement is understood");
        for index in ["transfer_debit", "transfer_credit"] {
            let search = format!("SEARCH transfer USING INDEX {index} ");
            let searches = plan.iter().filter(|line| line.starts_with(&search));
            assert_eq!(searches.count(), 3, "{index}: {plan:?}");
        }
        let scans = plan.iter().filter(|line| line.starts_with("SCAN transfer"));
        assert_eq!(scans.count(), 0, "{plan:?}");
    }
}
