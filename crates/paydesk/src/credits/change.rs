//! Changes of wallets: spend, add, remove, move. Set-based: a batch costs as many statements as one change.
//!
//! A change that was made leaves no answer of its own: its transfer says whose wallet it was, how much moved and what was
//! left, and a repeat of the request is told that again, for ever. Only refusals are kept as answers.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use ledger::{AccountKey, Fill, Refusal, Role, Terms, TransferCode, TransferId};
use serde::Serialize;
use store::{Batch, BatchLimits, Error, Result, Store, Tx};

use super::{owner, refusals};
use crate::books::{self, Cause, Movement, Outcome};
use crate::clock::Clock;
use crate::idempotency::{self, Action, Answer, Reply, Turns};
use crate::ids::{KeyId, UserId};

/// What a request wants done to a wallet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Use credits.
    Spend,
    /// Give credits, by an operator.
    Add(Terms),
    /// Take credits back, by an operator.
    Remove,
    /// Move credits into another wallet of the user: that of an API key, or the user's own.
    Move(Option<KeyId>),
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
    /// Which of the user's wallets: that of an API key, or their own.
    pub key_id: Option<KeyId>,
    /// How many credits, positive.
    pub amount: i64,
    /// Why, in the caller's words.
    pub reason: Option<String>,
    /// Who asks for it, where that is kept: of all changes but uses.
    pub made_by: Option<String>,
}

/// The batch that all changes of wallets go through.
pub type Changes = Batch<Command, Reply>;

/// Opens the batch path on a store.
pub fn changes(store: &Store, clock: Clock, limits: BatchLimits) -> Changes {
    store.batch("credits change", limits, move |tx, commands| {
        change(tx, clock.now_us(), commands)
    })
}

/// What a change came to, as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// Whose wallet.
    pub user_id: UserId,
    /// The API key whose credits these are; none for the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<KeyId>,
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
fn change(tx: &mut Tx<'_>, now_us: i64, commands: &[Command]) -> Result<Vec<Reply>> {
    let actions: Vec<&Action> = commands.iter().map(|command| &command.action).collect();
    let movements: Vec<Movement> = commands.iter().map(movement).collect();
    let asked_of: Vec<&Movement> = movements.iter().collect();
    let (asked, found) = books::ask(tx, &asked_of, Some(idempotency::recalling(&actions)))?;
    let (turns, first) = Turns::of(&actions, idempotency::told_before(&actions, &found)?);
    let work: Vec<&Command> = first.iter().map(|at| &commands[*at]).collect();
    let late = late_additions(tx, now_us, &work)?;
    let is_late = |command: &&Command| late.contains(&TransferId(command.action.id));
    let mut movements: Vec<Option<Movement>> = movements.into_iter().map(Some).collect();
    let in_time = first.iter().filter(|at| !is_late(&&commands[**at]));
    let batch: Vec<Vec<Movement>> = in_time.map(|at| movements[*at].take().into_iter().collect()).collect();
    let mut outcomes = books::post_asked(tx, now_us, &batch, asked)?.into_iter();
    let mut replies = Vec::with_capacity(work.len());
    for command in &work {
        replies.push(if is_late(command) {
            Reply::Fresh(Answer::problem(&refusals::ends_in_the_past()))
        } else {
            let outcome = outcomes.next();
            let outcome = outcome.ok_or_else(|| Error::Corrupt("credits: a change has no outcome".into()))?;
            reply(command, outcome)
        });
    }
    let refused: Vec<(&Action, &Answer)> = work
        .iter()
        .zip(&replies)
        .filter_map(|(command, reply)| match reply {
            Reply::Fresh(answer) if answer.status >= 400 => Some((&command.action, answer)),
            _ => None,
        })
        .collect();
    idempotency::remember(tx, now_us, &refused)?;
    Ok(turns.tell(&actions, &replies))
}

/// Additions of credits whose end has come already. One that stands in the books is none of them: it came in time, and its
/// repeat is answered as it was, however late that comes.
fn late_additions(tx: &mut Tx<'_>, now_us: i64, work: &[&Command]) -> Result<BTreeSet<TransferId>> {
    let ended = |command: &&&Command| matches!(&command.change, Change::Add(terms) if terms.expires_at_us <= now_us);
    let late = work.iter().filter(ended);
    let mut late: BTreeSet<TransferId> = late.map(|command| TransferId(command.action.id)).collect();
    if !late.is_empty() {
        let standing = books::standing(tx, &late)?;
        late.retain(|id| !standing.contains_key(id));
    }
    Ok(late)
}

fn movement(command: &Command) -> Movement {
    let wallet = AccountKey::credits(Role::Wallet(owner(&command.user_id, command.key_id.as_ref())));
    let house = AccountKey::credits;
    let (debit, credit, code) = match &command.change {
        Change::Spend => (wallet, house(Role::Spent), TransferCode::Spend),
        Change::Add(_) => (house(Role::Issued), wallet, TransferCode::Add),
        Change::Remove => (wallet, house(Role::Withdrawn), TransferCode::Remove),
        Change::Move(to) => {
            let other = Role::Wallet(owner(&command.user_id, to.as_ref()));
            (wallet, AccountKey::credits(other), TransferCode::Move)
        }
    };
    let cause = Cause::Request {
        id: command.action.id,
        fingerprint: command.action.fingerprint,
    };
    Movement {
        memo: command.reason.clone(),
        made_by: command.made_by.clone(),
        fill: match command.change {
            Change::Add(terms) => Fill::New(terms),
            Change::Move(_) => Fill::Carry,
            Change::Spend | Change::Remove => Fill::New(Terms::default()),
        },
        ..Movement::new(cause, debit, credit, command.amount, code)
    }
}

fn reply(command: &Command, outcome: std::result::Result<Outcome, Refusal>) -> Reply {
    match outcome {
        Ok(outcome) => {
            let answer = Answer::json(StatusCode::OK, &changed(command, &outcome));
            if outcome.new {
                Reply::Fresh(answer)
            } else {
                Reply::Replayed(answer)
            }
        }
        Err(Refusal::ExistsDifferently) => Reply::KeyReused,
        Err(refusal) => {
            metrics::counter!("paydesk_credits_refused_total").increment(1);
            Reply::Fresh(Answer::problem(&refusals::problem(refusal)))
        }
    }
}

fn changed(command: &Command, outcome: &Outcome) -> Changed {
    let wallet = AccountKey::credits(Role::Wallet(owner(&command.user_id, command.key_id.as_ref())));
    let transfers = &outcome.standing;
    // The last transfer that touched the wallet left it with what it holds: a debt may have been paid down behind the first.
    let balance = transfers.iter().rev().find_map(|one| {
        if one.debit == wallet {
            one.debit_balance
        } else {
            one.credit_balance.filter(|_| one.credit == wallet)
        }
    });
    Changed {
        user_id: command.user_id.clone(),
        key_id: command.key_id.clone(),
        transfer_id: transfers.first().map(|one| hex::encode(one.id.0)).unwrap_or_default(),
        amount: command.amount,
        balance: balance.unwrap_or_default(),
    }
}
