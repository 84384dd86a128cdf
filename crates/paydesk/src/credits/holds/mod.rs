//! Holds: credits set aside for a use that is not certain yet. Each is captured, released or expired, and ends once.
//!
//! What ends a hold is decided under the lock of its row, so of a capture, a release and the expiry job at one moment one
//! comes first, and the others are told how the hold ended. Set-based: a batch costs as many statements as one request.

mod audit;
mod records;
pub mod routes;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use ledger::{AccountKey, Lot, Refusal, Role};
use serde::Serialize;
use store::{Batch, BatchLimits, Error, Result, Store, Tx};

use super::{owner, refusals, wallet};
use crate::books::{self, Movements, Outcome};
use crate::clock::{Clock, Moment};
use crate::http::{Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply, Turns};
use crate::ids::{KeyId, UserId};
use crate::words::words;

pub use audit::audit;
pub use records::{next_expiry_us, open_of};

/// Where a hold stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HoldStatus)]
pub enum Status {
    /// The credits are set aside.
    Held,
    /// Used, all of it or a part; the rest went back.
    Captured,
    /// Given back on request.
    Released,
    /// Given back because its time was over.
    Expired,
}

words!(Status {
    Held = "held",
    Captured = "captured",
    Released = "released",
    Expired = "expired",
});

/// Credits set aside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hold {
    /// `hold_…`.
    pub hold_id: String,
    /// Whose credits.
    pub user_id: UserId,
    /// The API key whose credits they are; none for the user's own.
    pub key_id: Option<KeyId>,
    /// How many were set aside.
    pub amount: i64,
    /// How many of them were used.
    pub captured: i64,
    /// Where it stands.
    pub status: Status,
    /// The lots it was drawn from, in the order in which they are used.
    pub drawn: Vec<Lot>,
    /// Why, in the caller's words.
    pub reason: String,
    /// When it expires, microseconds.
    pub expires_at_us: i64,
    /// When it was made, microseconds.
    pub created_at_us: i64,
    /// When it ended, microseconds.
    pub ended_at_us: Option<i64>,
}

impl Hold {
    /// The wallet it was drawn from.
    pub(super) fn wallet(&self) -> AccountKey {
        wallet(&self.user_id, self.key_id.as_ref())
    }

    /// Where its credits are meanwhile.
    pub(super) fn held(&self) -> AccountKey {
        AccountKey::credits(Role::Held(owner(&self.user_id, self.key_id.as_ref())))
    }
}

/// A hold as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct HoldOut {
    /// `hold_…`.
    #[schema(example = "hold_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub hold_id: String,
    /// Whose credits.
    pub user_id: UserId,
    /// The API key whose credits they are; none for the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<KeyId>,
    /// How many credits were set aside.
    #[schema(example = 5)]
    pub amount: i64,
    /// How many of them were used.
    #[schema(example = 0)]
    pub captured: i64,
    /// Where it stands.
    pub status: Status,
    /// Why it was made.
    #[schema(example = "a long render")]
    pub reason: String,
    /// When it expires, or would have.
    pub expires_at: Moment,
    /// When it was made.
    pub created_at: Moment,
    /// When it was captured, released or expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
}

impl From<&Hold> for HoldOut {
    fn from(hold: &Hold) -> Self {
        Self {
            hold_id: hold.hold_id.clone(),
            user_id: hold.user_id.clone(),
            key_id: hold.key_id.clone(),
            amount: hold.amount,
            captured: hold.captured,
            status: hold.status,
            reason: hold.reason.clone(),
            expires_at: Moment(hold.expires_at_us),
            created_at: Moment(hold.created_at_us),
            ended_at: hold.ended_at_us.map(Moment),
        }
    }
}

/// What a request wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Set credits aside.
    Place {
        /// The API key whose credits are meant; the user's own where there is none.
        key_id: Option<KeyId>,
        /// How many credits.
        amount: i64,
        /// Why.
        reason: String,
        /// For how long, microseconds.
        for_us: i64,
    },
    /// Use what was set aside: so much, or all of it.
    Capture(Option<i64>),
    /// Give back what was set aside.
    Release,
}

/// One request about one hold.
#[derive(Clone, Debug)]
pub struct Command {
    /// The caller's key and what was asked.
    pub action: Action,
    /// Whose credits.
    pub user_id: UserId,
    /// The hold, also where it is to be made.
    pub hold_id: String,
    /// What is wanted.
    pub wanted: Wanted,
}

/// The batch that all requests about holds go through.
pub type Holds = Batch<Command, Reply>;

/// The hold that a business key of one of its movements names.
pub fn hold_of(business_key: &str) -> Option<&str> {
    ["hold:", "capture:", "release:"]
        .iter()
        .find_map(|prefix| business_key.strip_prefix(prefix))
}

/// Opens the batch path on a store.
pub fn holds(store: &Store, clock: Clock, limits: BatchLimits) -> Holds {
    store.batch("credits hold", limits, move |tx, commands| {
        hold(tx, clock.now_us(), commands)
    })
}

/// What one command comes to before the books are asked.
enum Decided {
    /// A hold is made, where the wallet holds enough.
    Places(Hold),
    /// A hold has ended by this command.
    Ends(Hold),
    /// Nothing of what was asked is done.
    Refused(Problem),
}

/// Applies a batch of commands; the outcome equals applying them one after another.
fn hold(tx: &mut Tx<'_>, now_us: i64, commands: &[Command]) -> Result<Vec<Reply>> {
    let actions: Vec<&Action> = commands.iter().map(|command| &command.action).collect();
    let kept = idempotency::recall(tx, &actions)?;
    let (turns, first) = Turns::of(&actions, kept);
    let work: Vec<&Command> = first.into_iter().map(|at| &commands[at]).collect();
    let named = work.iter().filter(|one| !matches!(one.wanted, Wanted::Place { .. }));
    let ids: BTreeSet<&str> = named.map(|one| one.hold_id.as_str()).collect();
    let mut holds = records::lock(tx, &ids)?;
    let mut movements: Vec<Movements> = Vec::with_capacity(work.len());
    // The posting that each command makes, if it makes one, by its place among all of them.
    let mut decided: Vec<(Decided, Option<usize>)> = Vec::with_capacity(work.len());
    for command in &work {
        let (decision, moves) = decide(&mut holds, command, now_us);
        let posting = (!moves.is_empty()).then_some(movements.len());
        movements.extend(posting.map(|_| moves));
        decided.push((decision, posting));
    }
    let outcomes = books::post(tx, now_us, &movements)?;
    let mut placed = Vec::new();
    let mut replies = Vec::with_capacity(work.len());
    for (decision, posting) in decided {
        let answer = conclude(decision, posting.map(|at| &outcomes[at]), &mut placed)?;
        replies.push(Reply::Fresh(answer));
    }
    records::insert(tx, &placed)?;
    let ended: Vec<&Hold> = holds.values().filter(|hold| hold.ended_at_us == Some(now_us)).collect();
    records::end(tx, &ended)?;
    let answers = work.iter().zip(&replies).filter_map(|(command, reply)| match reply {
        Reply::Fresh(answer) => Some((&command.action, answer)),
        Reply::Replayed(_) | Reply::KeyReused => None,
    });
    let answers: Vec<(&Action, &Answer)> = answers.collect();
    idempotency::remember(tx, now_us, &answers)?;
    Ok(turns.tell(&actions, &replies))
}

/// Decides one command on the holds as they stand, and says what is to be posted for it.
fn decide(holds: &mut BTreeMap<String, Hold>, command: &Command, now_us: i64) -> (Decided, Movements) {
    if let Wanted::Place { .. } = command.wanted {
        let hold = rules::place(command, now_us);
        let moves = vec![rules::reservation(&hold)];
        return (Decided::Places(hold), moves);
    }
    let own = holds
        .get_mut(&command.hold_id)
        .filter(|hold| hold.user_id == command.user_id);
    let Some(hold) = own else {
        return (Decided::Refused(Problem::of(&kinds::NOT_FOUND)), Vec::new());
    };
    // Its time comes before whatever else is asked of it, so a job that was late changes nothing.
    let mut moves = rules::expire(hold, now_us);
    let ended = match command.wanted {
        Wanted::Capture(amount) => rules::capture(hold, amount, now_us),
        Wanted::Release | Wanted::Place { .. } => rules::release(hold, now_us),
    };
    match ended {
        Ok(more) => {
            moves.extend(more);
            (Decided::Ends(hold.clone()), moves)
        }
        Err(refusal) => (Decided::Refused(refusals::hold_problem(refusal)), moves),
    }
}

type Posted = std::result::Result<Outcome, Refusal>;

/// What a command is answered, now that the books have spoken.
fn conclude(decision: Decided, posted: Option<&Posted>, placed: &mut Vec<Hold>) -> Result<Answer> {
    match (decision, posted) {
        (Decided::Places(mut hold), Some(Ok(outcome))) => {
            hold.drawn = outcome
                .standing
                .first()
                .map(|one| one.drawn.clone())
                .unwrap_or_default();
            let answer = Answer::json(StatusCode::CREATED, &HoldOut::from(&hold));
            placed.push(hold);
            Ok(answer)
        }
        (Decided::Places(_), Some(Err(refusal))) => {
            metrics::counter!("paydesk_credits_refused_total").increment(1);
            Ok(Answer::problem(&refusals::problem(*refusal)))
        }
        // Held credits are there to be moved: what the books say against it is a fault, and nothing of the batch is kept.
        (_, Some(Err(refusal))) => Err(Error::Corrupt(format!("hold: the books refuse its end: {refusal}"))),
        (Decided::Ends(hold), _) => Ok(Answer::json(StatusCode::OK, &HoldOut::from(&hold))),
        (Decided::Refused(problem), _) => Ok(Answer::problem(&problem)),
        (Decided::Places(_), None) => Err(Error::Corrupt("hold: nothing was posted for it".into())),
    }
}

/// Expires up to `limit` holds whose time is over, those that nobody else is working on. Gives how many.
pub fn expire_due(tx: &mut Tx<'_>, now_us: i64, limit: i64) -> Result<usize> {
    let mut due = records::lock_due(tx, now_us, limit)?;
    let movements: Vec<Movements> = due.iter_mut().map(|hold| rules::expire(hold, now_us)).collect();
    let outcomes = books::post(tx, now_us, &movements)?;
    let mut ended = Vec::with_capacity(due.len());
    for (hold, outcome) in due.iter().zip(outcomes) {
        match outcome {
            Ok(_) => ended.push(hold),
            // Only a full total can refuse it. One such wallet must not keep the others from getting theirs back.
            Err(refusal) => {
                tracing::error!(hold_id = hold.hold_id, %refusal, "the books refuse to release an expired hold");
            }
        }
    }
    records::end(tx, &ended)?;
    Ok(ended.len())
}
