//! What handling an event again would do. It is handled by the very code of the worker, in a transaction that is taken back:
//! so what is told is what would happen now, and nothing of it stays.

use std::convert::Infallible;
use std::sync::Arc;

use store::Tx;

use super::records::{self, DueEvent};
use super::{Status, worker};
use crate::app::App;
use crate::catalogue::Catalogue;
use crate::config::Policies;
use crate::effects;

/// What it would come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Rehearsed {
    /// Where the event would stand.
    pub(super) status: Status,
    /// What would go wrong.
    pub(super) error: Option<String>,
    /// What would happen that has not happened yet: its kind, and the key under which it happens once.
    pub(super) effects: Vec<(String, String)>,
}

/// The way out of the transaction, which keeps nothing of it.
enum Ended {
    /// With what was found out; nothing where there is no such event.
    Found(Option<Rehearsed>),
    /// Without.
    Failed(store::Error),
}

impl From<store::Error> for Ended {
    fn from(error: store::Error) -> Self {
        Self::Failed(error)
    }
}

/// Handles an event without consequences. None where there is no such event.
pub(super) async fn rehearse(app: &App, stripe_id: String) -> store::Result<Option<Rehearsed>> {
    let (now_us, livemode) = (app.clock.now_us(), app.config.livemode);
    let (policies, catalogue) = (app.config.settings.policies, Arc::clone(&app.catalogue));
    let work = app.store.write(move |tx| -> Result<Infallible, Ended> {
        let found = attempt(tx, now_us, (policies, &catalogue), (&stripe_id, livemode))?;
        Err(Ended::Found(found))
    });
    match work.await {
        Ok(never) => match never {},
        Err(Ended::Found(found)) => Ok(found),
        Err(Ended::Failed(error)) => Err(error),
    }
}

fn attempt(
    tx: &mut Tx<'_>,
    now_us: i64,
    rules: (Policies, &Catalogue),
    (stripe_id, livemode): (&str, bool),
) -> store::Result<Option<Rehearsed>> {
    if !records::replay_one(tx, now_us, stripe_id)? {
        return Ok(None);
    }
    let Some(event) = records::event(tx, stripe_id)? else {
        return Ok(None);
    };
    let event_id = event.event_id;
    let before = effects::effects_of_event(tx, event_id)?;
    let body = records::payload_of(tx, event_id)?.unwrap_or_default();
    let due = DueEvent {
        event_id,
        next_attempt_at_us: now_us,
        body: Ok(body),
    };
    match worker::handle(tx, now_us, rules, &[due.read(livemode)]) {
        Ok(_) => {}
        Err(error) if error.is_retryable() => return Err(error),
        // What the books refuse would be noted on the event, which would be tried again.
        Err(error) => {
            return Ok(Some(Rehearsed {
                status: Status::Retrying,
                error: Some(error.to_string()),
                effects: Vec::new(),
            }));
        }
    }
    let mut effects = effects::effects_of_event(tx, event_id)?;
    effects.retain(|effect| !before.contains(effect));
    let after = records::event(tx, stripe_id)?.unwrap_or(event);
    Ok(Some(Rehearsed {
        status: after.status,
        error: after.last_error,
        effects,
    }))
}
