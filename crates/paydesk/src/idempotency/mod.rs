//! Answers given once: the reply to an Idempotency-Key is written in the transaction of its effect and given again,
//! byte for byte, to whoever repeats the request.
//!
//! `http::one_time` reads the key and guards one node; here is the durable half. What an answer says is the use case's.

mod records;
mod turns;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use aws_lc_rs::digest;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use store::{Result, Row, Statement, Tx};

use crate::http::kinds;
use crate::http::one_time::Guard;
use crate::http::{OneTime, Problem};
use crate::ids::beginning;

pub use turns::Turns;

/// An answer as it was or will be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body: the result, or a problem document where the status is 4xx or 5xx.
    pub body: Vec<u8>,
}

/// What to do about one action of one caller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// It has just been done.
    Fresh(Answer),
    /// It was done before; this is what was said then.
    Replayed(Answer),
    /// The key was used for another request.
    KeyReused,
}

/// What identifies an action in the store: a hash of caller and key, and what was asked. It goes with the work into the
/// store, and while any clone of it is held this node begins no second work on the same key.
#[derive(Clone, Debug)]
pub struct Action {
    /// What the key begins with, and 12 bytes of the SHA-256 over caller and key: actions whose keys begin with the time stand
    /// together in the indexes of a large store.
    pub id: [u8; 16],
    /// The first 16 bytes of the SHA-256 over the request.
    pub fingerprint: [u8; 16],
    _guard: Guard,
}

/// Two actions are the same by what they say; who guards them is no part of it.
impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.fingerprint) == (other.id, other.fingerprint)
    }
}

impl Eq for Action {}

impl Hash for Action {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.id, self.fingerprint).hash(state);
    }
}

impl Action {
    /// The action that a request asks for.
    pub fn of(one_time: &OneTime) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(&(one_time.caller.len() as u64).to_be_bytes());
        context.update(one_time.caller.as_bytes());
        context.update(one_time.key.as_bytes());
        let mut id = [0; 16];
        id[..4].copy_from_slice(&beginning(&one_time.key).to_be_bytes());
        id[4..].copy_from_slice(&context.finish().as_ref()[..12]);
        Self {
            id,
            fingerprint: one_time.fingerprint,
            _guard: one_time.guard(),
        }
    }
}

impl Answer {
    /// A success with this body.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("answers are made of strings and numbers");
        Self {
            status: status.as_u16(),
            body,
        }
    }

    /// A refusal.
    pub fn problem(problem: &Problem) -> Self {
        Self {
            status: problem.status().as_u16(),
            body: problem.document(None),
        }
    }
}

impl Reply {
    /// The same, to one who was not the first to ask.
    #[must_use]
    pub fn replayed(self) -> Self {
        match self {
            Self::Fresh(answer) => Self::Replayed(answer),
            other => other,
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let (answer, replayed) = match self {
            Self::Fresh(answer) => (answer, false),
            Self::Replayed(answer) => (answer, true),
            Self::KeyReused => return Problem::of(&kinds::KEY_REUSED).into_response(),
        };
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = if answer.status < 400 {
            "application/json"
        } else {
            "application/problem+json"
        };
        let mut response = (status, answer.body).into_response();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if replayed {
            response
                .headers_mut()
                .insert("idempotent-replayed", HeaderValue::from_static("true"));
        }
        response
    }
}

/// The replies to those of these actions that were answered before. A key that changed a wallet was used for that and
/// nothing else.
pub fn recall(tx: &mut Tx<'_>, actions: &[&Action]) -> Result<HashMap<[u8; 16], Reply>> {
    let (sql, params) = records::select_answers(actions);
    let mut replies = told_before(actions, &tx.all(sql, &params)?)?;
    for id in records::used_for_transfers(tx, actions)? {
        replies.insert(id, Reply::KeyReused);
    }
    Ok(replies)
}

/// Asks for the same where actions change wallets, whose own answers are told again by their transfers; to travel with other
/// statements. [`told_before`] reads what it finds.
pub fn recalling(actions: &[&Action]) -> Statement {
    records::select_answers(actions)
}

/// The replies to those of these actions of which an answer was found.
pub fn told_before(actions: &[&Action], found: &[Row]) -> Result<HashMap<[u8; 16], Reply>> {
    let kept = records::answers(found)?;
    let mut replies = HashMap::with_capacity(kept.len());
    for action in actions {
        if let Some((fingerprint, answer)) = kept.get(&action.id) {
            let same = *fingerprint == action.fingerprint;
            replies.insert(
                action.id,
                if same {
                    Reply::Replayed(answer.clone())
                } else {
                    Reply::KeyReused
                },
            );
        }
    }
    Ok(replies)
}

/// Keeps answers for good: call it in the transaction of their effects.
pub fn remember(tx: &mut Tx<'_>, now_us: i64, answers: &[(&Action, &Answer)]) -> Result<()> {
    records::insert(tx, now_us, answers)
}

/// Does one action once: recalls its answer, or does the work and keeps what it says, in one transaction.
pub fn once<E: From<store::Error>>(
    tx: &mut Tx<'_>,
    now_us: i64,
    action: &Action,
    work: impl FnOnce(&mut Tx<'_>) -> std::result::Result<Answer, E>,
) -> std::result::Result<Reply, E> {
    if let Some(reply) = recall(tx, &[action])?.remove(&action.id) {
        return Ok(reply);
    }
    let answer = work(tx)?;
    remember(tx, now_us, &[(action, &answer)])?;
    Ok(Reply::Fresh(answer))
}

/// The same where the answer holds a secret that must not be kept: the work gives what is told now and, where that differs,
/// what whoever repeats the request is told.
pub fn once_told<E: From<store::Error>>(
    tx: &mut Tx<'_>,
    now_us: i64,
    action: &Action,
    work: impl FnOnce(&mut Tx<'_>) -> std::result::Result<(Answer, Option<Answer>), E>,
) -> std::result::Result<Reply, E> {
    if let Some(reply) = recall(tx, &[action])?.remove(&action.id) {
        return Ok(reply);
    }
    let (told, kept) = work(tx)?;
    remember(tx, now_us, &[(action, kept.as_ref().unwrap_or(&told))])?;
    Ok(Reply::Fresh(told))
}
