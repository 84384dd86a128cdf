//! Lines held against the books: what is payable to builders is what the lines and their transfers say.

use ledger::{AccountKey, Currency, Role};
use store::{Error, Result, Tx};

use super::records::lines;
use crate::books::{self, Audit};

/// Notes every currency in which the books owe builders more or less than the lines say.
pub fn audit(tx: &mut Tx<'_>, audit: &mut Audit) -> Result<()> {
    for (code, right) in lines::payable_by_currency(tx)? {
        let currency: Currency = code
            .parse()
            .map_err(|_| Error::Corrupt("payout line: currency".into()))?;
        let account = AccountKey::money(currency, Role::BuilderPayable);
        let stored = books::house_balance(tx, &account)?;
        if right != stored {
            audit.note(|| format!("account {account}: the books owe builders {stored}, but the lines say {right}"));
        }
    }
    Ok(())
}
