//! What was taken out of the wallets of a user for reversed payments and debts, and came back, in the store.

use ledger::{AccountKey, Role};
use store::{Result, Row, Tx};

use super::accounts::account_key;
use super::transfers::{code, lots};
use crate::books::taken::Taking;

/// Every transfer that took something out of a lot of these wallets to make good for a payment or a debt, or gave such back.
macro_rules! takings {
    () => {
        "select transfer.position, transfer.code, transfer.business_key, account.account_key, transfer.amount, transfer.drawn
         from account join transfer on transfer.debit_account_id = account.account_id
         where (account.account_key = $1 or account.key_of = $2) and transfer.code in ('claw_back', 'repay')
         union all
         select transfer.position, transfer.code, transfer.business_key, account.account_key, transfer.amount, transfer.filled
         from account join transfer on transfer.credit_account_id = account.account_id
         where (account.account_key = $1 or account.key_of = $2) and transfer.credit_account_id > 0
               and transfer.code in ('claw_back_reversal', 'reinstate')
         order by 1"
    };
}

/// Those of the user whose own wallet this is, in their order.
pub(in crate::books) fn takings(tx: &mut Tx<'_>, own: &AccountKey) -> Result<Vec<Taking>> {
    let Role::Wallet(owner) = &own.role else {
        return Ok(Vec::new());
    };
    let rows = tx.all(takings!(), &[own.to_string().into(), owner.user.as_str().into()])?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<Taking> {
    Ok(Taking {
        code: code(row.text_ref(1)?)?,
        business_key: row.opt_text(2)?.unwrap_or_default(),
        wallet: account_key(row.text_ref(3)?)?,
        amount: row.int(4)?,
        lots: lots(row.opt_text(5)?)?,
    })
}

#[cfg(test)]
mod tests {
    use store::testing::TestDatabase;

    use crate::schema::MIGRATIONS;

    #[tokio::test]
    async fn what_was_taken_is_not_looked_for_among_all_that_was_used() {
        // The other engine plans by statistics, so a scratch table tells nothing about it.
        let database = TestDatabase::sqlite();
        database.store().migrate(MIGRATIONS).await.expect("it is new");
        let plan = database.store().read(|tx| {
            let sql = concat!("explain query plan ", takings!());
            let rows = tx.all(sql, &["credits:wallet:a".into(), "a".into()])?;
            rows.iter().map(|row| row.text(3)).collect::<store::Result<Vec<_>>>()
        });
        let plan = plan.await.expect("the statement is understood");
        for index in [
            "transfer_taken (debit_account_id=?)",
            "transfer_credit (credit_account_id=?",
        ] {
            let search = format!("SEARCH transfer USING INDEX {index}");
            assert!(plan.iter().any(|line| line.starts_with(&search)), "{index}: {plan:?}");
        }
        assert!(!plan.iter().any(|line| line.starts_with("SCAN")), "{plan:?}");
    }
}
