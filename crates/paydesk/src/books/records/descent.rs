//! Where the credits of a grant are by now, in the store: in the lot it made, and in those that were made where some of them
//! were moved between the wallets of their user.

use std::collections::BTreeSet;

use ledger::{AccountKey, Role};
use store::{Result, Row, Tx};

use super::accounts::account_key;
use super::transfers::{Standing, lots};

/// A lot, by its wallet and its number there.
pub(in crate::books) type LotOf = (AccountKey, i64);

/// Every lot that the credits of a grant are or were in. Exact only while the user's own wallet is locked, as it is wherever
/// credits are moved.
pub(in crate::books) fn descent(tx: &mut Tx<'_>, grant: &Standing) -> Result<BTreeSet<LotOf>> {
    let made = grant.filled.iter().map(|lot| (grant.credit.clone(), lot.number));
    let mut descent: BTreeSet<LotOf> = made.collect();
    let Role::Wallet(owner) = &grant.credit.role else {
        return Ok(descent);
    };
    let moves = tx.all(
        "select debit.account_key, transfer.drawn, account.account_key, transfer.filled
         from account
         join transfer on transfer.credit_account_id = account.account_id
         join account debit on debit.account_id = transfer.debit_account_id
         where (account.account_key = $1 or account.key_of = $2) and transfer.credit_account_id > 0
               and transfer.code = 'move'
         order by transfer.position",
        &[grant.credit.to_string().into(), owner.user.as_str().into()],
    )?;
    for row in &moves {
        follow(row, &mut descent)?;
    }
    Ok(descent)
}

/// Adds what a move made of these lots: one lot for each that it was drawn from, in their order.
fn follow(row: &Row, descent: &mut BTreeSet<LotOf>) -> Result<()> {
    let (from, to) = (account_key(row.text_ref(0)?)?, account_key(row.text_ref(2)?)?);
    let (drawn, made) = (lots(row.opt_text(1)?)?, lots(row.opt_text(3)?)?);
    for (drawn, made) in drawn.iter().zip(made) {
        if descent.contains(&(from.clone(), drawn.number)) {
            descent.insert((to.clone(), made.number));
        }
    }
    Ok(())
}

/// How much is still in these lots of a grant's.
pub(in crate::books) fn left_in(tx: &mut Tx<'_>, grant: &Standing, lots: &BTreeSet<LotOf>) -> Result<i64> {
    let Role::Wallet(owner) = &grant.credit.role else {
        return Ok(0);
    };
    let open = tx.all(
        "select account_key, front_lot, front_amount from account
         where (account_key = $1 or key_of = $2) and front_lot is not null
         union all
         select account.account_key, open_lot.lot, open_lot.amount
         from account join open_lot on open_lot.account_id = account.account_id
         where account.account_key = $1 or account.key_of = $2",
        &[grant.credit.to_string().into(), owner.user.as_str().into()],
    )?;
    let mut left = 0;
    for row in &open {
        if lots.contains(&(account_key(row.text_ref(0)?)?, row.int(1)?)) {
            left += row.int(2)?;
        }
    }
    Ok(left)
}
