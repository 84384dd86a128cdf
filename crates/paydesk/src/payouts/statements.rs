//! Statements: what was added to and taken from what is owed to an earner within a period, with what was owed before and
//! after it. They are made of entries, which are written where the books move and never change; so a statement of a period
//! that is over says the same for ever.

use ledger::{Currency, TransferCode};

use super::records::entries;
use super::rules::statements::{Sums, sums};
use crate::app::App;
use crate::http::{Problem, kinds};
use crate::ids::UserId;
use crate::words::words;

/// The most entries of one statement.
const ENTRIES_MAX: i64 = 10_000;

/// What an entry of a statement is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayoutEntryKind)]
pub enum EntryKind {
    /// Earned of a sale, or again after a refund of it failed or a dispute was won.
    Earned,
    /// Not earned after all: the sale or a part of it was given back.
    Reversed,
    /// Transferred to the connected account.
    Transferred,
    /// Taken back from the connected account.
    TakenBack,
}

words!(EntryKind {
    Earned = "earned",
    Reversed = "reversed",
    Transferred = "transferred",
    TakenBack = "taken_back",
});

impl EntryKind {
    /// The entry of a movement in the books, and by how much that changes what is owed to the earner.
    pub(super) fn of(code: TransferCode, amount_minor: i64) -> Option<(Self, i64)> {
        match code {
            TransferCode::Earn => Some((Self::Earned, amount_minor)),
            TransferCode::EarnReversal => Some((Self::Reversed, -amount_minor)),
            TransferCode::PayOut => Some((Self::Transferred, -amount_minor)),
            TransferCode::PayOutReversal => Some((Self::TakenBack, amount_minor)),
            _ => None,
        }
    }
}

/// Something that changed what is owed to an earner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The business key of its movement in the books.
    pub key: String,
    /// The line.
    pub line_id: String,
    /// The line's sale.
    pub sale: String,
    /// The currency of the amount.
    pub currency: Currency,
    /// What it is.
    pub kind: EntryKind,
    /// By how much it changes what is owed to the earner, in minor units.
    pub amount_minor: i64,
    /// When it was, microseconds.
    pub at_us: i64,
}

/// The statement of an earner over a period.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Statement {
    /// What it comes to, by currency.
    pub(super) sums: Vec<Sums>,
    /// The entries, the oldest first.
    pub(super) entries: Vec<Entry>,
}

/// Reads a statement from one moment until before another.
pub(super) async fn read(app: &App, user_id: UserId, (from_us, to_us): (i64, i64)) -> Result<Statement, Problem> {
    let wrong = |detail: String| Problem::of(&kinds::BAD_QUERY).field("to").detail(detail);
    if to_us <= from_us {
        return Err(wrong("`to` lies after `from`.".to_owned()));
    }
    let (owed, entries) = app
        .store
        .read(move |tx| {
            let owed = entries::owed(tx, &user_id, from_us)?;
            let entries = entries::between(tx, &user_id, (from_us, to_us), ENTRIES_MAX + 1)?;
            Ok::<_, store::Error>((owed, entries))
        })
        .await?;
    if entries.len() as u64 > ENTRIES_MAX.unsigned_abs() {
        let detail = format!("The period has more than {ENTRIES_MAX} entries; ask for a shorter one.");
        return Err(wrong(detail));
    }
    Ok(Statement {
        sums: sums(&owed, &entries),
        entries,
    })
}
