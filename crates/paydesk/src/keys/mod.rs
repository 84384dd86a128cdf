//! API keys of the application's users: made or issued, shown once, replaced, revoked, suspended, and verified for the
//! application's own gateway.
//!
//! A key is `pdk_`, the characters of its id, `_`, and 256 random bits. It is found by the id, and only a hash of the whole is
//! kept; so nobody, the operator included, is shown it a second time. What a key may do is what its user's tier says, and
//! lives in `entitlements`; the wallet that belongs to it lives in `credits`.

mod records;
pub mod routes;
pub mod rules;
mod secret;

use axum::http::StatusCode;
use serde::Serialize;
use store::{Result, Store, Tx};

use crate::app::App;
use crate::catalogue::{Catalogue, Item, KeyPolicy};
use crate::clock::{Clock, Moment, SECOND_US};
use crate::effects::{self, ApplyError, Caused, Effect};
use crate::http::problem::Kind;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::{KeyId, UserId, id_for};
use crate::subscriptions::{self, Standing};
use crate::words::words;

use rules::{Change, Consequence, Facts, Refusal};
use secret::{Claimed, Whole};

/// The most keys of a user that are not revoked.
pub const KEYS_MAX: i64 = 100;
/// So many secrets of a key are remembered, those that have ended included.
const SECRETS_REMEMBERED: i64 = 8;

/// The secret was shown, and is shown once.
pub const SECRET_SHOWN: Kind = Kind {
    code: "secret_already_shown",
    status: 409,
    title: "The key's secret was shown already",
    explanation: "A secret is shown once, and what is kept of it is a hash. This request was answered before, or the key is \
                  in use already. If the answer was lost, replace the secret: POST /api/keys/{key_id}/rotate.",
};

/// The key was revoked.
pub const KEY_REVOKED: Kind = Kind {
    code: "key_revoked",
    status: 409,
    title: "The key is revoked",
    explanation: "A revoked key stays revoked. Make a new one: POST /api/keys.",
};

/// The user has as many keys as a user may have.
pub const TOO_MANY_KEYS: Kind = Kind {
    code: "too_many_keys",
    status: 409,
    title: "The user has as many keys as a user may have",
    explanation: "Revoke a key that is not used any more, then make the new one.",
};

/// Keys come with plans that the user does not have.
pub const NOT_INCLUDED: Kind = Kind {
    code: "keys_not_included",
    status: 403,
    title: "Keys are not included in what the user has",
    explanation: "Plans of this shop come with API keys, and the user has none of those plans now. With such a plan the \
                  request can be made again, under a new Idempotency-Key.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[SECRET_SHOWN, KEY_REVOKED, TOO_MANY_KEYS, NOT_INCLUDED];

/// Where a key stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = KeyStatus)]
pub enum Status {
    /// It was issued, and its owner has not taken it into use.
    Unrevealed,
    /// It is accepted.
    Active,
    /// It is not accepted for now, because the plan that keys come with is over.
    Suspended,
    /// It is not accepted any more.
    Revoked,
}

words!(Status {
    Unrevealed = "unrevealed",
    Active = "active",
    Suspended = "suspended",
    Revoked = "revoked",
});

impl Status {
    fn of(key: &Key) -> Self {
        if key.revoked_at_us.is_some() {
            Self::Revoked
        } else if key.suspended_at_us.is_some() {
            Self::Suspended
        } else if key.secret_made_at_us.is_none() {
            Self::Unrevealed
        } else {
            Self::Active
        }
    }
}

/// What is kept of a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Key {
    /// `key_…`.
    pub key_id: KeyId,
    /// Whose.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: String,
    /// The subscription that it was issued for; none where its owner made it.
    pub subscription_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When it was made or issued, microseconds.
    pub created_at_us: i64,
    /// When its newest secret was made, microseconds.
    pub secret_made_at_us: Option<i64>,
    /// Since when it is not accepted for now, microseconds.
    pub suspended_at_us: Option<i64>,
    /// When it was revoked, microseconds.
    pub revoked_at_us: Option<i64>,
}

/// A key as the wire shows it.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct KeyOut {
    /// `key_…`.
    pub key_id: KeyId,
    /// Whose.
    pub user_id: UserId,
    /// What its owner calls it.
    #[schema(example = "build server")]
    pub name: String,
    /// The subscription that it was issued for; absent where its owner made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sub_1PqV")]
    pub subscription_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When it was made or issued.
    pub created_at: Moment,
    /// When its newest secret was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_made_at: Option<Moment>,
    /// Since when it is not accepted for now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<Moment>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Moment>,
}

impl From<&Key> for KeyOut {
    fn from(key: &Key) -> Self {
        Self {
            key_id: key.key_id.clone(),
            user_id: key.user_id.clone(),
            name: key.name.clone(),
            subscription_id: key.subscription_id.clone(),
            status: key.status,
            created_at: Moment(key.created_at_us),
            secret_made_at: key.secret_made_at_us.map(Moment),
            suspended_at: key.suspended_at_us.map(Moment),
            revoked_at: key.revoked_at_us.map(Moment),
        }
    }
}

/// A key with its secret, which is shown this once.
#[derive(Serialize, utoipa::ToSchema)]
pub struct KeyShown {
    /// The key.
    #[serde(flatten)]
    pub key: KeyOut,
    /// What its owner sends to the application. It is not shown again.
    #[schema(
        example = "pdk_01k3vg6p9yfd5a1h0c9w8t2m4q_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    )]
    pub secret: String,
}

/// What a request wants of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// The first one of a key that was issued.
    First,
    /// A new one; those before it are accepted for so long, microseconds.
    Another(i64),
}

/// Makes a key, and shows its secret.
pub async fn create(
    app: &App,
    one_time: &OneTime,
    user_id: UserId,
    name: String,
) -> std::result::Result<Reply, Problem> {
    let now_us = app.clock.now_us();
    let key_id = KeyId::parse(&app.ids.next(secret::ID_PREFIX)).ok_or_else(|| Problem::fault("an id is no key id"))?;
    let whole = Whole::make(&app.ids, &key_id);
    let key = Key {
        key_id,
        user_id,
        name,
        subscription_id: None,
        status: Status::Active,
        created_at_us: now_us,
        secret_made_at_us: None,
        suspended_at_us: None,
        revoked_at_us: None,
    };
    let (action, parts) = (Action::of(one_time), app.clone());
    let work = app.store.write(move |tx| {
        idempotency::once_told(tx, now_us, &action, |tx| {
            // The lock first: whoever suspends the user's keys meanwhile suspends this one, or is seen here.
            records::lock_owner(tx, &key.user_id)?;
            if is_sold(&parts.catalogue) && !is_covered(tx, &parts.catalogue, now_us, &key.user_id)? {
                return Ok(refused(&Problem::of(&NOT_INCLUDED)));
            }
            if records::count_live(tx, &key.user_id)? >= KEYS_MAX {
                return Ok(refused(&Problem::of(&TOO_MANY_KEYS).with("keys_max", KEYS_MAX)));
            }
            records::insert(tx, &key)?;
            records::replace_secret(tx, now_us, &key.key_id, &whole.hash(), now_us, SECRETS_REMEMBERED)?;
            show(tx, StatusCode::CREATED, &key.key_id, &whole)
        })
    });
    Ok(one_time.until(work).await?)
}

/// Issues the key that a subscription comes with. It has no secret until its owner takes it into use, so that nobody has to
/// keep one for them. The caller's effect makes it once.
pub fn issue(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId, subscription_id: &str, name: &str) -> Result<()> {
    let key_id = id_for(secret::ID_PREFIX, now_us, subscription_id);
    let key = Key {
        key_id: KeyId::parse(&key_id).ok_or_else(|| store::Error::Corrupt("api_key: key_id".into()))?,
        user_id: user_id.clone(),
        name: name.to_owned(),
        subscription_id: Some(subscription_id.to_owned()),
        status: Status::Unrevealed,
        created_at_us: now_us,
        secret_made_at_us: None,
        suspended_at_us: None,
        revoked_at_us: None,
    };
    records::lock_owner(tx, user_id)?;
    records::insert(tx, &key)
}

/// Makes a secret of a key, and shows it.
pub async fn make_secret(
    app: &App,
    one_time: &OneTime,
    key_id: KeyId,
    wanted: Wanted,
) -> std::result::Result<Reply, Problem> {
    let now_us = app.clock.now_us();
    let whole = Whole::make(&app.ids, &key_id);
    let action = Action::of(one_time);
    let work = app.store.write(move |tx| {
        idempotency::once_told(tx, now_us, &action, |tx| {
            let Some(key) = records::lock(tx, key_id.as_str())? else {
                return Ok(refused(&Problem::of(&kinds::NOT_FOUND)));
            };
            let overlap_us = match wanted {
                _ if key.revoked_at_us.is_some() => return Ok(refused(&Problem::of(&KEY_REVOKED))),
                Wanted::First if key.secret_made_at_us.is_some() => return Ok(refused(&shown(&key_id))),
                Wanted::First => 0,
                Wanted::Another(overlap_us) => overlap_us,
            };
            let ends_at_us = now_us.saturating_add(overlap_us);
            records::replace_secret(tx, now_us, &key_id, &whole.hash(), ends_at_us, SECRETS_REMEMBERED)?;
            show(tx, StatusCode::OK, &key_id, &whole)
        })
    });
    Ok(one_time.until(work).await?)
}

/// Revokes a key for good, and says how it stands.
pub async fn revoke(app: &App, one_time: &OneTime, key_id: KeyId) -> std::result::Result<Reply, Problem> {
    let now_us = app.clock.now_us();
    let action = Action::of(one_time);
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            records::revoke(tx, now_us, key_id.as_str())?;
            Ok::<_, store::Error>(match records::key(tx, key_id.as_str())? {
                Some(key) => Answer::json(StatusCode::OK, &KeyOut::from(&key)),
                None => Answer::problem(&Problem::of(&kinds::NOT_FOUND)),
            })
        })
    });
    Ok(one_time.until(work).await?)
}

/// Revokes a key for good, for the operator. False when there is none.
pub async fn revoke_any(store: &Store, clock: &Clock, key_id: &str) -> Result<bool> {
    let (key_id, now_us) = (key_id.to_owned(), clock.now_us());
    store.write(move |tx| records::revoke(tx, now_us, &key_id)).await
}

/// Whether any plan has a say in keys, so that they come with a plan.
fn is_sold(catalogue: &Catalogue) -> bool {
    let mut plans = catalogue.items.values().filter_map(Item::plan);
    plans.any(|plan| plan.keys.is_some())
}

/// Whether a user has a plan now that keys come with.
fn is_covered(tx: &mut Tx<'_>, catalogue: &Catalogue, now_us: i64, user_id: &UserId) -> Result<bool> {
    let standings = subscriptions::standings_of_user(tx, now_us, user_id)?;
    let with_keys = |standing: &Standing| standing.access && policy(catalogue, standing).is_some();
    Ok(standings.iter().any(with_keys))
}

/// What the plan of a standing says about keys.
fn policy(catalogue: &Catalogue, standing: &Standing) -> Option<KeyPolicy> {
    catalogue.plan(standing.plan_id.as_deref()?)?.keys
}

/// Brings a user's keys to what they have now: one is issued with a subscription whose plan says so, and all of them are
/// suspended, restored or revoked as the plan says that they had.
pub fn follow(tx: &mut Tx<'_>, app: &App, now_us: i64, before: &Standing, after: &Standing) -> Result<()> {
    let (user_id, catalogue) = (&after.user_id, &app.catalogue);
    let (had, has) = (policy(catalogue, before), policy(catalogue, after));
    if let (true, Some(subscription_id), Some(item)) = (
        after.access && has.is_some_and(|policy| policy.on_activation),
        &after.subscription_id,
        after.plan_id.as_ref().and_then(|plan_id| catalogue.items.get(plan_id)),
    ) {
        let issue = Effect::IssueKey {
            user_id: user_id.clone(),
            subscription_id: subscription_id.clone(),
            name: item.name.clone(),
        };
        effects::apply(tx, now_us, &[Caused::by_nothing(issue)]).map_err(ApplyError::into_store)?;
    }
    let lost = before.access && had.is_some();
    let is_over = |status: &String| subscriptions::rules::is_terminal(status);
    let change = Change {
        covered: is_covered(tx, catalogue, now_us, user_id)?,
        lost,
        over: after.access || after.status.as_ref().is_some_and(is_over),
        policy: if lost { had } else { has }.map(|policy| policy.on_downgrade),
    };
    match rules::follow(change) {
        Consequence::Nothing => Ok(()),
        Consequence::Restore => records::restore(tx, user_id),
        Consequence::RevokeSuspended => records::revoke_suspended(tx, now_us, user_id),
        Consequence::Suspend => {
            records::lock_owner(tx, user_id)?;
            records::suspend(tx, now_us, user_id)
        }
        Consequence::Revoke => {
            records::lock_owner(tx, user_id)?;
            records::suspend(tx, now_us, user_id)?;
            records::revoke_suspended(tx, now_us, user_id)
        }
    }
}

/// A page of a user's keys, newest first, before the one named.
pub fn keys_of(tx: &mut Tx<'_>, user_id: &UserId, before: &str, limit: i64) -> Result<Vec<Key>> {
    records::keys_of_user(tx, user_id, before, limit)
}

/// Whose a key is. An id that the application has given to a wallet by itself is nobody's.
pub fn owner(tx: &mut Tx<'_>, key_id: &KeyId) -> Result<Option<UserId>> {
    Ok(records::key(tx, key_id.as_str())?.map(|key| key.user_id))
}

/// What a text comes to that somebody gives out as a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verified {
    /// It is accepted.
    Accepted(KeyId, UserId),
    /// It is not. Whose it is, is told where the secret is right.
    Refused(Refusal, Option<(KeyId, UserId)>),
}

/// Verifies what somebody gives out as a key.
pub fn verify(tx: &mut Tx<'_>, now_us: i64, text: &str) -> Result<Verified> {
    const UNKNOWN: Verified = Verified::Refused(Refusal::Unknown, None);
    let Some(claimed) = Claimed::read(text) else {
        return Ok(UNKNOWN);
    };
    let kept = records::secrets(tx, &claimed.key_id)?;
    let Some(right) = claimed.find(&kept, |one| &one.hash) else {
        return Ok(UNKNOWN);
    };
    let (Some(key_id), Some(user_id)) = (KeyId::parse(&claimed.key_id), UserId::parse(&right.user_id)) else {
        return Err(store::Error::Corrupt("api_key: user_id".into()));
    };
    let facts = Facts {
        revoked: right.revoked,
        suspended: right.suspended,
        ends_at_us: right.ends_at_us,
    };
    Ok(match rules::judge(facts, now_us) {
        Ok(()) => Verified::Accepted(key_id, user_id),
        Err(refusal) => Verified::Refused(refusal, Some((key_id, user_id))),
    })
}

type Told = (Answer, Option<Answer>);

/// A refusal, which may be told again.
fn refused(problem: &Problem) -> Told {
    (Answer::problem(problem), None)
}

fn shown(key_id: &KeyId) -> Problem {
    Problem::of(&SECRET_SHOWN).with("key_id", key_id.as_str())
}

/// The answer with the secret, and what whoever repeats the request is told in its place.
fn show(tx: &mut Tx<'_>, status: StatusCode, key_id: &KeyId, whole: &Whole) -> Result<Told> {
    let key = records::key(tx, key_id.as_str())?;
    let key = key.ok_or_else(|| store::Error::Corrupt("api_key: it is not there any more".into()))?;
    let out = KeyShown {
        key: KeyOut::from(&key),
        secret: whole.told().to_owned(),
    };
    Ok((Answer::json(status, &out), Some(Answer::problem(&shown(key_id)))))
}

/// How long a replaced secret stays valid, microseconds.
fn overlap_us(seconds: i64) -> i64 {
    seconds.saturating_mul(SECOND_US)
}
