//! The open lots of a wallet in the store: a page of them, and what all of them come to.

use ledger::{Lot, Terms};
use store::{Error, Result, Row, Tx};

/// Where a lot stands in the order of use: priority, end, number.
pub type Order = (i64, i64, i64);

/// How many lots, and what is left in them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    /// How many.
    pub lots: i64,
    /// How many credits.
    pub amount: i64,
}

/// The open lots of a wallet at a moment, in the order of their use. What has ended and was not taken out yet is none of
/// them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenLots {
    /// All of them.
    pub all: Sum,
    /// Those before the page.
    pub before: Sum,
    /// The page.
    pub page: Vec<Lot>,
    /// What has ended and was not taken out yet.
    pub ended: Sum,
}

/// A page of a wallet's open lots behind a place in their order, and the sums. Lots that do not come to the balance are a
/// broken store, and no answer is made from them.
pub fn open_lots(tx: &mut Tx<'_>, account_id: i64, now_us: i64, after: Option<Order>, limit: i64) -> Result<OpenLots> {
    let Some(account) = tx.one(
        "select front_lot, front_amount, front_priority, front_expires_at_us, credits_posted - debits_posted
         from account where account_id = $1",
        &[account_id.into()],
    )?
    else {
        return Ok(OpenLots::default());
    };
    let after = after.unwrap_or((i64::MIN, i64::MIN, i64::MIN));
    let mut open = sums(tx, account_id, now_us, after)?;
    if account.opt_int(0)?.is_some() {
        let front = lot(&account)?;
        if front.terms.expires_at_us <= now_us {
            open.ended.add(front);
        } else {
            open.all.add(front);
            if front.order() <= after {
                open.before.add(front);
            } else {
                open.page.push(front);
            }
        }
    }
    let (balance, lots) = (account.int(4)?, open.all.amount + open.ended.amount);
    if lots != balance {
        let broken = format!("account {account_id}: its lots come to {lots}, its balance is {balance}");
        return Err(Error::Corrupt(broken));
    }
    let rows = tx.all(
        "select lot, amount, priority, expires_at_us from open_lot
         where account_id = $1 and (priority, expires_at_us, lot) > ($2, $3, $4) and expires_at_us > $5
         order by priority, expires_at_us, lot limit $6",
        &[
            account_id.into(),
            after.0.into(),
            after.1.into(),
            after.2.into(),
            now_us.into(),
            limit.into(),
        ],
    )?;
    for row in &rows {
        open.page.push(lot(row)?);
    }
    open.page.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(open)
}

/// What the lots behind the one used next come to.
fn sums(tx: &mut Tx<'_>, account_id: i64, now_us: i64, after: Order) -> Result<OpenLots> {
    let row = tx.one(
        "select count(*) filter (where expires_at_us > $2),
                cast(coalesce(sum(amount) filter (where expires_at_us > $2), 0) as bigint),
                count(*) filter (where expires_at_us > $2 and (priority, expires_at_us, lot) <= ($3, $4, $5)),
                cast(coalesce(sum(amount) filter (where expires_at_us > $2
                     and (priority, expires_at_us, lot) <= ($3, $4, $5)), 0) as bigint),
                count(*) filter (where expires_at_us <= $2),
                cast(coalesce(sum(amount) filter (where expires_at_us <= $2), 0) as bigint)
         from open_lot where account_id = $1",
        &[
            account_id.into(),
            now_us.into(),
            after.0.into(),
            after.1.into(),
            after.2.into(),
        ],
    )?;
    let Some(row) = row else {
        return Ok(OpenLots::default());
    };
    let sum = |at: usize| {
        Ok::<_, Error>(Sum {
            lots: row.int(at)?,
            amount: row.int(at + 1)?,
        })
    };
    Ok(OpenLots {
        all: sum(0)?,
        before: sum(2)?,
        page: Vec::new(),
        ended: sum(4)?,
    })
}

impl Sum {
    fn add(&mut self, lot: Lot) {
        self.lots += 1;
        self.amount += lot.amount;
    }
}

fn lot(row: &Row) -> Result<Lot> {
    Ok(Lot {
        number: row.int(0)?,
        amount: row.int(1)?,
        terms: Terms {
            priority: row.int(2)?,
            expires_at_us: row.int(3)?,
        },
    })
}
