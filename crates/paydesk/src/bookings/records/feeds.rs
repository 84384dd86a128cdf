//! Calendar feeds in the store.

use store::{Error, Result, Row, Tx};

use super::decode;
use crate::bookings::Booking;
use crate::bookings::feeds::Made;
use crate::bookings::rules::FeedPart;
use crate::ids::UserId;

/// Keeps the hash of a new secret in place of the one before.
pub(in crate::bookings) fn replace(
    tx: &mut Tx<'_>,
    now_us: i64,
    (owner, part): (&UserId, FeedPart),
    hash: &[u8],
) -> Result<()> {
    tx.run(
        "insert into calendar_feed (user_id, part, secret_hash, made_at_us) values ($1, $2, $3, $4)
         on conflict (user_id, part) do update set secret_hash = excluded.secret_hash, made_at_us = excluded.made_at_us",
        &[
            owner.as_str().into(),
            part.word().into(),
            hash.to_vec().into(),
            now_us.into(),
        ],
    )?;
    Ok(())
}

/// A user's feeds.
pub(in crate::bookings) fn made(tx: &mut Tx<'_>, owner: &UserId) -> Result<Vec<Made>> {
    let rows = tx.all(
        "select part, made_at_us from calendar_feed where user_id = $1 order by part",
        &[owner.as_str().into()],
    )?;
    let made = |row: &Row| {
        Ok(Made {
            part: part(row.text_ref(0)?)?,
            made_at_us: row.int(1)?,
        })
    };
    rows.iter().map(made).collect()
}

/// Forgets a feed's secret.
pub(in crate::bookings) fn delete(tx: &mut Tx<'_>, (owner, part): (&UserId, FeedPart)) -> Result<()> {
    tx.run(
        "delete from calendar_feed where user_id = $1 and part = $2",
        &[owner.as_str().into(), part.word().into()],
    )?;
    Ok(())
}

fn corrupt(what: &str) -> Error {
    Error::Corrupt(format!("calendar_feed: {what}"))
}

fn part(word: &str) -> Result<FeedPart> {
    FeedPart::of_word(word).ok_or_else(|| corrupt("part"))
}

/// Whose feed a secret with this hash opens.
pub(in crate::bookings) fn owner(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<(UserId, FeedPart)>> {
    let row = tx.one(
        "select user_id, part from calendar_feed where secret_hash = $1",
        &[hash.to_vec().into()],
    )?;
    row.map(|row| {
        let owner = UserId::parse(row.text_ref(0)?).ok_or_else(|| corrupt("user_id"))?;
        Ok((owner, part(row.text_ref(1)?)?))
    })
    .transpose()
}

/// The sessions that stand in a feed, from a moment on, the earliest first.
pub(in crate::bookings) fn sessions(
    tx: &mut Tx<'_>,
    (owner, part): (&UserId, FeedPart),
    from_us: i64,
    limit: i64,
) -> Result<Vec<Booking>> {
    let sql = match part {
        FeedPart::Client => select_booking!(
            "where client_id = $1 and starts_at_us >= $2 and place <> 'pending' and place <> 'released'
             and place <> 'paid_unplaced' and moves_booking_id is null order by starts_at_us limit $3"
        ),
        FeedPart::Builder => select_booking!(
            "where builder_id = $1 and starts_at_us >= $2 and place <> 'pending' and place <> 'released'
             and place <> 'paid_unplaced' and moves_booking_id is null order by starts_at_us limit $3"
        ),
    };
    let rows = tx.all(sql, &[owner.as_str().into(), from_us.into(), limit.into()])?;
    rows.iter().map(decode).collect()
}
