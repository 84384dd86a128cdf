//! Credits: a user's wallet. What may be spent, added and removed, each exactly once for its key.
//!
//! Buying credits is a purchase and lives in `purchases`; the wallet itself is an account in `books`. Every change made
//! by a request comes through the batch path here: many requests, one durable commit.

mod refusals;
pub mod routes;
pub mod rules;

use std::collections::HashMap;

use axum::http::StatusCode;
use ledger::{AccountKey, Role, TransferCode};
use serde::Serialize;
use store::{Batch, BatchLimits, Result, Store, Tx};

use crate::books::{self, Movement};
use crate::clock::Clock;
use crate::effects;
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;

pub use refusals::KINDS;

/// What a request wants done to a wallet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Use credits.
    Spend,
    /// Give credits, by an operator.
    Add,
    /// Take credits back, by an operator.
    Remove,
}

/// One change of one wallet, asked for once.
#[derive(Clone, Debug)]
pub struct Command {
    /// The caller's key and what was asked.
    pub action: Action,
    /// What is wanted.
    pub change: Change,
    /// Whose wallet.
    pub user_id: UserId,
    /// How many credits, positive.
    pub amount: i64,
    /// Why, in the caller's words.
    pub reason: Option<String>,
}

/// The batch that all changes of wallets go through.
pub type Changes = Batch<Command, Reply>;

/// Opens the batch path on a store.
pub fn changes(store: &Store, clock: Clock, limits: BatchLimits) -> Changes {
    store.batch("credits change", limits, move |tx, commands| {
        change(tx, clock.now_us(), commands)
    })
}

/// Tells the metrics what they mean, and begins their series at zero, once at start.
pub fn describe_metrics() {
    metrics::describe_counter!(
        "paydesk_credits_refused_total",
        "Changes of wallets that the books refused."
    );
    metrics::counter!("paydesk_credits_refused_total").increment(0);
}

/// The wallet's account.
pub fn wallet(user_id: &UserId) -> AccountKey {
    AccountKey::credits(Role::Wallet(user_id.to_string()))
}

/// What a wallet holds.
pub fn balance(tx: &mut Tx<'_>, user_id: &UserId) -> Result<i64> {
    Ok(books::account(tx, &wallet(user_id))?.balance())
}

/// A wallet as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Wallet {
    /// Whose.
    pub user_id: UserId,
    /// Credits that may be spent.
    #[schema(example = 100)]
    pub balance: i64,
}

/// What a change came to, as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// Whose wallet.
    pub user_id: UserId,
    /// The id of the transfer in the ledger.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015")]
    pub transfer_id: String,
    /// How many credits were moved.
    #[schema(example = 5)]
    pub amount: i64,
    /// What the wallet holds afterwards.
    #[schema(example = 95)]
    pub balance: i64,
}

/// Applies a batch of commands; the outcome equals applying them one after another.
pub fn change(tx: &mut Tx<'_>, now_us: i64, commands: &[Command]) -> Result<Vec<Reply>> {
    let actions: Vec<&Action> = commands.iter().map(|command| &command.action).collect();
    let mut replies: HashMap<[u8; 32], Reply> = idempotency::recall(tx, &actions)?;
    let mut work: Vec<&Command> = Vec::with_capacity(commands.len());
    let mut asked: HashMap<[u8; 32], [u8; 32]> = HashMap::new();
    for command in commands {
        let Action { id, fingerprint, .. } = command.action;
        if !replies.contains_key(&id) && asked.insert(id, fingerprint).is_none() {
            work.push(command);
        }
    }
    let movements: Vec<Vec<Movement>> = work.iter().map(|command| vec![movement(command)]).collect();
    let outcomes = books::post(tx, now_us, &movements)?;
    let mut answers: Vec<(&Action, Answer)> = Vec::with_capacity(work.len());
    for ((command, movement), outcome) in work.iter().zip(&movements).zip(outcomes) {
        answers.push((&command.action, answer(command, &movement[0].business_key, outcome)));
    }
    let kept: Vec<(&Action, &Answer)> = answers.iter().map(|(action, answer)| (*action, answer)).collect();
    idempotency::remember(tx, now_us, &kept)?;
    let mut fresh: HashMap<[u8; 32], Answer> = answers
        .into_iter()
        .map(|(action, answer)| (action.id, answer))
        .collect();
    let mut out = Vec::with_capacity(commands.len());
    for command in commands {
        let Action { id, fingerprint, .. } = command.action;
        if let Some(answer) = fresh.remove(&id) {
            replies.insert(id, Reply::Replayed(answer.clone()));
            out.push(Reply::Fresh(answer));
        } else if asked.get(&id).is_some_and(|first| *first != fingerprint) {
            out.push(Reply::KeyReused);
        } else {
            out.push(replies.get(&id).cloned().unwrap_or(Reply::KeyReused));
        }
    }
    Ok(out)
}

fn movement(command: &Command) -> Movement {
    let wallet = wallet(&command.user_id);
    let (debit, credit, code) = match command.change {
        Change::Spend => (wallet, AccountKey::credits(Role::Spent), TransferCode::Spend),
        Change::Add => (AccountKey::credits(Role::Issued), wallet, TransferCode::Add),
        Change::Remove => (wallet, AccountKey::credits(Role::Withdrawn), TransferCode::Remove),
    };
    Movement {
        business_key: format!("{}:{}", code.word(), hex::encode(command.action.id)),
        debit,
        credit,
        amount: command.amount,
        code,
        memo: command.reason.clone(),
        event_id: effects::NO_EVENT,
    }
}

fn answer(
    command: &Command,
    business_key: &str,
    outcome: std::result::Result<books::Standing, ledger::Refusal>,
) -> Answer {
    match outcome {
        Ok(standing) => {
            let balance = match command.change {
                Change::Add => standing.credit_balance,
                Change::Spend | Change::Remove => standing.debit_balance,
            };
            let transfer_id = hex::encode(books::transfer_id(business_key).0);
            let changed = Changed {
                user_id: command.user_id.clone(),
                transfer_id,
                amount: command.amount,
                balance,
            };
            Answer::json(StatusCode::OK, &changed)
        }
        Err(refusal) => {
            metrics::counter!("paydesk_credits_refused_total").increment(1);
            Answer::problem(&refusals::problem(refusal))
        }
    }
}
