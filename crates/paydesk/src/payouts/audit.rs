//! Lines and entries held against the books: what is payable to builders is what the lines and their transfers say, and what the
//! entries of their statements come to.

use ledger::{AccountKey, Currency, Role};
use store::{Error, Result, Tx};

use super::records::{entries, lines};
use crate::books::{self, Audit};

/// Notes every currency in which the books owe builders more or less than the lines or the entries say.
pub fn audit(tx: &mut Tx<'_>, audit: &mut Audit) -> Result<()> {
    let said = [
        ("lines", lines::payable_by_currency(tx)?),
        ("entries", entries::by_currency(tx)?),
    ];
    let said = said
        .into_iter()
        .flat_map(|(who, sums)| sums.into_iter().map(move |sum| (who, sum)));
    for (who, (code, right)) in said {
        let currency: Currency = code
            .parse()
            .map_err(|_| Error::Corrupt("payout line: currency".into()))?;
        let account = AccountKey::money(currency, Role::BuilderPayable);
        let stored = books::house_balance(tx, &account)?;
        if right != stored {
            audit.note(|| format!("account {account}: the books owe builders {stored}, but the {who} say {right}"));
        }
    }
    Ok(())
}
