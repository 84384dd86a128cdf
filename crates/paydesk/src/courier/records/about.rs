//! Who was told of something, in the store.

use store::{Error, Field, Result, Row, Rows, Tx};

use crate::courier::Status;

/// A delivery of a message about something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// To whom.
    pub endpoint_id: String,
    /// The delivery's number.
    pub delivery_id: i64,
    /// The message.
    pub message_id: String,
    /// Its type.
    pub kind: String,
    /// Where it stands.
    pub status: Status,
    /// Attempts since it was written or replayed.
    pub attempts: i64,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at_us: i64,
    /// When it ended.
    pub ended_at_us: Option<i64>,
}

/// The deliveries of messages about what has these business keys, oldest first.
pub fn sent_about(tx: &mut Tx<'_>, keys: &[String]) -> Result<Vec<Sent>> {
    let told: Vec<String> = keys.iter().map(|key| format!("notify:{key}")).collect();
    let keys = Rows::of(told.iter().chain(keys).map(|key| [Field::from(key)]));
    let rows = tx.all(
        "select delivery.endpoint_id, delivery.delivery_id, message.message_id, message.type, delivery.status,
                delivery.attempts, delivery.last_error, delivery.created_at_us, delivery.ended_at_us
         from rows($1: message_key text) join message on message.message_key = r.message_key
         join delivery on delivery.message_id = message.message_id",
        &[keys.into()],
    )?;
    let decode = |row: &Row| {
        let status = Status::of_word(row.text_ref(4)?).ok_or_else(|| Error::Corrupt("delivery: status".into()))?;
        Ok(Sent {
            endpoint_id: row.text(0)?,
            delivery_id: row.int(1)?,
            message_id: row.text(2)?,
            kind: row.text(3)?,
            status,
            attempts: row.int(5)?,
            last_error: row.opt_text(6)?,
            created_at_us: row.int(7)?,
            ended_at_us: row.opt_int(8)?,
        })
    };
    let mut sent: Vec<Sent> = rows.iter().map(decode).collect::<Result<_>>()?;
    // Keys are matched in any order; a key may be told of under either of its two names.
    sent.sort_unstable_by_key(|one| one.delivery_id);
    sent.dedup_by_key(|one| one.delivery_id);
    Ok(sent)
}
