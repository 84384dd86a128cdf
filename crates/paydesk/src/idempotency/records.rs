//! The answers in the store.

use std::collections::HashMap;

use store::{Error, Field, Result, Row, Rows, Statement, Tx};

use super::{Action, Answer};

/// An answer as it is kept, with the fingerprint of the request it was given to.
pub(super) type Kept = ([u8; 16], Answer);

/// Asks for the fingerprints and answers kept for these actions.
pub(super) fn select_answers(actions: &[&Action]) -> Statement {
    let rows = Rows::of(actions.iter().map(|action| [Field::from(&action.id[..])]));
    let sql = "select answer.answer_id, answer.fingerprint, answer.status, answer.body
         from rows($1: answer_id bytea) join answer on answer.answer_id = r.answer_id";
    (sql, vec![rows.into()])
}

/// The fingerprints and answers that were found.
pub(super) fn answers(found: &[Row]) -> Result<HashMap<[u8; 16], Kept>> {
    let mut kept = HashMap::with_capacity(found.len());
    for row in found {
        let status = u16::try_from(row.int(2)?).map_err(|_| Error::Corrupt("answer: status".into()))?;
        let answer = Answer {
            status,
            body: row.blob(3)?,
        };
        kept.insert(hash(&row.blob(0)?)?, (hash(&row.blob(1)?)?, answer));
    }
    Ok(kept)
}

/// Those of these actions that stand in the books as transfers.
pub(super) fn used_for_transfers(tx: &mut Tx<'_>, actions: &[&Action]) -> Result<Vec<[u8; 16]>> {
    let rows = Rows::of(actions.iter().map(|action| [Field::from(&action.id[..])]));
    let found = tx.all(
        "select transfer.transfer_id from rows($1: transfer_id bytea)
         join transfer on transfer.transfer_id = r.transfer_id",
        &[rows.into()],
    )?;
    found.iter().map(|row| hash(&row.blob(0)?)).collect()
}

fn hash(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes
        .try_into()
        .map_err(|_| Error::Corrupt(format!("answer: a hash of {} bytes", bytes.len())))
}

/// Writes answers. A key that another work answers in the same moment is [`Error::Busy`]: the batch is decided anew and
/// finds that answer, anything else tells its caller to repeat.
pub(super) fn insert(tx: &mut Tx<'_>, now_us: i64, answers: &[(&Action, &Answer)]) -> Result<()> {
    let rows = Rows::of(answers.iter().map(|(action, answer)| {
        [
            Field::from(&action.id[..]),
            (&action.fingerprint[..]).into(),
            i64::from(answer.status).into(),
            (&answer.body).into(),
        ]
    }));
    tx.run(
        "insert into answer (answer_id, fingerprint, status, body, answered_at_us)
         select r.answer_id, r.fingerprint, r.status, r.body, $2
         from rows($1: answer_id bytea, fingerprint bytea, status bigint, body bytea)",
        &[rows.into(), now_us.into()],
    )
    .map_err(|error| match error {
        // Within this node the guard of the key keeps a second work out, so this is another node that answered first.
        // Its answer is committed: whoever tries again recalls it.
        Error::Conflict { .. } => Error::Busy,
        other => other,
    })?;
    Ok(())
}
