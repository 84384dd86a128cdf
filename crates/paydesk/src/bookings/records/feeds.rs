//! Calendar feeds in the store.

use store::{Error, Result, Tx};

use super::decode;
use crate::bookings::Booking;
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

/// Whose feed a secret with this hash opens.
pub(in crate::bookings) fn owner(tx: &mut Tx<'_>, hash: &[u8]) -> Result<Option<(UserId, FeedPart)>> {
    let row = tx.one(
        "select user_id, part from calendar_feed where secret_hash = $1",
        &[hash.to_vec().into()],
    )?;
    let corrupt = |what: &str| Error::Corrupt(format!("calendar_feed: {what}"));
    row.map(|row| {
        let owner = UserId::parse(row.text_ref(0)?).ok_or_else(|| corrupt("user_id"))?;
        let part = FeedPart::of_word(row.text_ref(1)?).ok_or_else(|| corrupt("part"))?;
        Ok((owner, part))
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
             and place <> 'paid_unplaced' order by starts_at_us limit $3"
        ),
        FeedPart::Builder => select_booking!(
            "where builder_id = $1 and starts_at_us >= $2 and place <> 'pending' and place <> 'released'
             and place <> 'paid_unplaced' order by starts_at_us limit $3"
        ),
    };
    let rows = tx.all(sql, &[owner.as_str().into(), from_us.into(), limit.into()])?;
    rows.iter().map(decode).collect()
}
