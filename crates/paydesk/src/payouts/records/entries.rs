//! What was added to and taken from what is owed to earners, in the store: written with the books, and never changed.

use ledger::Currency;
use store::{Error, Result, Row, Tx};

use crate::ids::UserId;
use crate::payouts::{Entry, EntryKind};

fn corrupt(what: &str) -> Error {
    Error::Corrupt(format!("payout entry: {what}"))
}

fn currency(code: &str) -> Result<Currency> {
    code.parse().map_err(|_| corrupt("currency"))
}

fn decode(row: &Row) -> Result<Entry> {
    Ok(Entry {
        key: row.text(0)?,
        line_id: row.text(1)?,
        sale: row.text(2)?,
        currency: currency(row.text_ref(3)?)?,
        kind: EntryKind::of_word(row.text_ref(4)?).ok_or_else(|| corrupt("kind"))?,
        amount_minor: row.int(5)?,
        at_us: row.int(6)?,
    })
}

/// Writes an entry, unless it is there.
pub(in crate::payouts) fn insert(tx: &mut Tx<'_>, user_id: &UserId, entry: &Entry) -> Result<()> {
    tx.run(
        "insert into payout_entry (entry_key, user_id, line_id, currency, kind, amount_minor, at_us)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (entry_key) do nothing",
        &[
            entry.key.as_str().into(),
            user_id.as_str().into(),
            entry.line_id.as_str().into(),
            entry.currency.code().into(),
            entry.kind.word().into(),
            entry.amount_minor.into(),
            entry.at_us.into(),
        ],
    )?;
    Ok(())
}

/// What was owed to an earner at a moment, by currency.
pub(in crate::payouts) fn owed(tx: &mut Tx<'_>, user_id: &UserId, until_us: i64) -> Result<Vec<(Currency, i64)>> {
    let rows = tx.all(
        "select currency, cast(sum(amount_minor) as bigint) from payout_entry
         where user_id = $1 and at_us < $2 group by currency order by currency",
        &[user_id.as_str().into(), until_us.into()],
    )?;
    rows.iter()
        .map(|row| Ok((currency(row.text_ref(0)?)?, row.int(1)?)))
        .collect()
}

/// The entries of an earner within a period, the oldest first.
pub(in crate::payouts) fn between(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    (from_us, to_us): (i64, i64),
    limit: i64,
) -> Result<Vec<Entry>> {
    let rows = tx.all(
        "select e.entry_key, e.line_id, l.business_key, e.currency, e.kind, e.amount_minor, e.at_us
         from payout_entry e join payout_line l on l.line_id = e.line_id
         where e.user_id = $1 and e.at_us >= $2 and e.at_us < $3 order by e.at_us, e.entry_key limit $4",
        &[user_id.as_str().into(), from_us.into(), to_us.into(), limit.into()],
    )?;
    rows.iter().map(decode).collect()
}

/// What all entries come to, by currency.
pub(in crate::payouts) fn by_currency(tx: &mut Tx<'_>) -> Result<Vec<(String, i64)>> {
    let rows = tx.all(
        "select currency, cast(sum(amount_minor) as bigint) from payout_entry group by currency order by currency",
        &[],
    )?;
    rows.iter().map(|row| Ok((row.text(0)?, row.int(1)?))).collect()
}
