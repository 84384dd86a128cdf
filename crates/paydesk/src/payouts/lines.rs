//! Lines: what somebody earned of a sale. A line is made once for its sale, follows what is given back of it, and every
//! change of what is earned moves the books by the difference in the same transaction.

use ledger::{AccountKey, Currency, Role, TransferCode};
use store::{Error, Result, Tx};

use super::records::{entries, lines};
use super::rules::shares;
use super::{Entry, EntryKind};
use crate::books::{self, Cause, Movement};
use crate::ids::{UserId, id_for};

/// A sale of which somebody earns a share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sale {
    /// What makes it one sale, whatever repeats: `order:ord_…`, `booking:bkg_…`.
    pub business_key: String,
    /// Who earns.
    pub user_id: UserId,
    /// The payment that it was paid by; its charge is where the money is transferred from.
    pub payment_intent_id: Option<String>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What the buyer paid, in minor units.
    pub gross_minor: i64,
    /// What of that is given back already.
    pub refunded_minor: i64,
    /// What is earned of it while nothing is given back; the rest is the platform's fee.
    pub net_minor: i64,
    /// When it may be transferred: the end of the service and the buffer behind it, microseconds.
    pub payable_at_us: i64,
}

/// What somebody earned of a sale, and how far it is paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// `pln_…`; also the Idempotency-Key of its first transfer, and the group of all of them.
    pub line_id: String,
    /// The sale.
    pub sale: Sale,
    /// What is earned with what is given back so far.
    pub earned_minor: i64,
    /// Counts the changes of what is earned.
    pub version: i64,
    /// What was transferred, under way or done.
    pub transferred_minor: i64,
    /// What was taken back, under way or done.
    pub taken_back_minor: i64,
    /// What of it paid the debt of other lines; negative where others paid its own.
    pub offset_minor: i64,
    /// Whether what its earner owes waits for later lines.
    pub carried: bool,
    /// How many transfers and reversals were tried.
    pub attempts: i64,
    /// When it was made, microseconds.
    pub created_at_us: i64,
}

impl Line {
    /// What is owed to the earner for it; negative where they owe.
    pub(super) fn outstanding_minor(&self) -> i64 {
        self.earned_minor - self.transferred_minor + self.taken_back_minor - self.offset_minor
    }

    /// What the platform keeps of it.
    pub(super) fn fee_minor(&self) -> i64 {
        self.sale.gross_minor - self.sale.refunded_minor - self.earned_minor
    }
}

/// Makes the line of a sale, unless there is one.
pub fn earn(tx: &mut Tx<'_>, now_us: i64, sale: &Sale) -> Result<()> {
    let mut sale = sale.clone();
    sale.refunded_minor = sale.refunded_minor.clamp(0, sale.gross_minor);
    let line = Line {
        line_id: id_for("pln", now_us, &sale.business_key),
        earned_minor: shares::earned_minor(sale.net_minor, sale.gross_minor, sale.refunded_minor, sale.currency),
        sale,
        version: 0,
        transferred_minor: 0,
        taken_back_minor: 0,
        offset_minor: 0,
        carried: false,
        attempts: 0,
        created_at_us: now_us,
    };
    if !lines::insert(tx, &line)? {
        return Ok(());
    }
    let change = line.earned_minor;
    move_earned(tx, now_us, &line, change)
}

/// Takes in what is given back of a sale now, in minor units; nothing where nobody earned of it.
pub fn follow(tx: &mut Tx<'_>, now_us: i64, business_key: &str, refunded_minor: i64) -> Result<()> {
    match lines::lock_of_sale(tx, business_key)? {
        Some(line) => take_in(tx, now_us, line, refunded_minor),
        None => Ok(()),
    }
}

/// Takes in what is about to be given back of a sale, so that it is not transferred meanwhile. What is transferred already
/// is taken back only once the buyer has their money, when `follow` is told of it.
pub fn hold_back(tx: &mut Tx<'_>, now_us: i64, business_key: &str, refunded_minor: i64) -> Result<()> {
    match lines::lock_of_sale(tx, business_key)? {
        Some(line) if line.transferred_minor == line.taken_back_minor => take_in(tx, now_us, line, refunded_minor),
        _ => Ok(()),
    }
}

fn take_in(tx: &mut Tx<'_>, now_us: i64, mut line: Line, refunded_minor: i64) -> Result<()> {
    let refunded_minor = refunded_minor.clamp(0, line.sale.gross_minor);
    if refunded_minor == line.sale.refunded_minor {
        return Ok(());
    }
    let earned_minor = shares::earned_minor(
        line.sale.net_minor,
        line.sale.gross_minor,
        refunded_minor,
        line.sale.currency,
    );
    let change = earned_minor - line.earned_minor;
    line.sale.refunded_minor = refunded_minor;
    line.earned_minor = earned_minor;
    line.version += 1;
    // What could not be taken back before is tried again: the account may hold it now.
    line.carried = false;
    lines::write(tx, &line, now_us)?;
    move_earned(tx, now_us, &line, change)
}

/// Lets what is earned of a sale wait until another moment; nothing where nobody earned of it. Only before the moment that it
/// waits for now.
pub fn pay_at(tx: &mut Tx<'_>, business_key: &str, payable_at_us: i64) -> Result<()> {
    match lines::lock_of_sale(tx, business_key)? {
        Some(line) => lines::pay_at(tx, &line.line_id, payable_at_us),
        None => Ok(()),
    }
}

/// Moves the books by a change of what is earned: out of the platform's revenue, or back into it.
fn move_earned(tx: &mut Tx<'_>, now_us: i64, line: &Line, change: i64) -> Result<()> {
    let key = format!("earn:{}:{}", line.line_id, line.version);
    let (from, to) = (Role::PlatformRevenue, Role::BuilderPayable);
    match change {
        0 => Ok(()),
        1.. => post(tx, now_us, line, (key, from, to, change, TransferCode::Earn)),
        _ => post(tx, now_us, line, (key, to, from, -change, TransferCode::EarnReversal)),
    }
}

/// Posts one movement between accounts of the house, with its entry for the earner's statements, under a key that can be there
/// only if it was this very movement.
pub(super) fn post(
    tx: &mut Tx<'_>,
    now_us: i64,
    line: &Line,
    (key, debit, credit, amount, code): (String, Role, Role, i64, TransferCode),
) -> Result<()> {
    let account = |role| AccountKey::money(line.sale.currency, role);
    let movement = Movement::new(Cause::key(key.clone()), account(debit), account(credit), amount, code);
    if let Some((kind, amount_minor)) = EntryKind::of(code, amount) {
        let entry = Entry {
            key: key.clone(),
            line_id: line.line_id.clone(),
            sale: line.sale.business_key.clone(),
            currency: line.sale.currency,
            kind,
            amount_minor,
            at_us: now_us,
        };
        entries::insert(tx, &line.sale.user_id, &entry)?;
    }
    let refused = |refusal: ledger::Refusal| Error::Corrupt(format!("the books refused {key}: {refusal}"));
    for outcome in books::post(tx, now_us, &[vec![movement]])? {
        outcome.map_err(refused)?;
    }
    Ok(())
}
