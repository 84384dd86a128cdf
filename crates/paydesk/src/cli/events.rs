//! `paydesk events`: what came in from Stripe, and bringing it to be handled again.

use clap::{Args, Subcommand};
use store::Store;

use super::{Failure, existing, note, print};
use crate::clock::{Clock, Moment};
use crate::config::Database;
use crate::effects;
use crate::inbox::{self, EventFilter, EventRow, Selection, Status};
use crate::progress::Progress;

/// Events put back in one transaction: many enough to be quick, few enough to keep nobody waiting.
const REPLAY_BATCH: usize = 500;

/// The arguments of `paydesk events`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// List events, newest first.
    List {
        /// Only those of this status: received, retrying, processed, ignored or dead.
        #[arg(long, value_parser = status)]
        status: Option<Status>,
        /// Only those of this type, for example `checkout.session.completed`.
        #[arg(long = "type", value_name = "TYPE")]
        kind: Option<String>,
        /// Only those before this number (the first column of the line before).
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
        /// How many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=1000))]
        limit: i64,
        #[command(flatten)]
        database: Database,
    },
    /// Show one event: where it stands, what it did, and its body.
    Show {
        /// Stripe's id of the event, `evt_…`.
        id: String,
        #[command(flatten)]
        database: Database,
    },
    /// Put events back to be handled. What they did before stays done: each effect happens once for its key.
    Replay(Box<Replay>),
}

/// Which events to put back: one by its id, or all of a status within a span of time.
#[derive(Args, Debug)]
struct Replay {
    /// Stripe's id of the event, `evt_…`.
    #[arg(required_unless_present = "status")]
    id: Option<String>,
    /// All events of this status instead: dead, retrying, ignored or processed.
    #[arg(long, value_parser = status, conflicts_with = "id")]
    status: Option<Status>,
    /// Only those received at or after this time, for example 2026-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME", requires = "status", value_parser = moment)]
    from: Option<i64>,
    /// Only those received before this time.
    #[arg(long, value_name = "TIME", requires = "status", value_parser = moment)]
    until: Option<i64>,
    #[command(flatten)]
    database: Database,
}

fn status(word: &str) -> Result<Status, String> {
    Status::of_word(word).ok_or_else(|| "choose from received, retrying, processed, ignored and dead".to_owned())
}

fn moment(text: &str) -> Result<i64, String> {
    let time: jiff::Timestamp = text
        .parse()
        .map_err(|_| "write a time as 2026-01-31T00:00:00Z".to_owned())?;
    Ok(time.as_microsecond())
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.action {
        Action::List {
            status,
            kind,
            before,
            limit,
            database,
        } => {
            let filter = EventFilter { status, kind, before };
            let store = existing::open(&database).await?;
            let rows = store.read(move |tx| inbox::events(tx, &filter, limit)).await?;
            if rows.is_empty() {
                note("no such events");
                return Ok(());
            }
            print(&heading());
            for row in rows {
                print(&line(&row));
            }
            Ok(())
        }
        Action::Show { id, database } => show(&existing::open(&database).await?, id).await,
        Action::Replay(replay) => {
            let store = existing::open(&replay.database).await?;
            match (replay.id, replay.status) {
                (Some(id), _) => replay_one(&store, id).await,
                (None, Some(status)) => {
                    let span = (replay.from.unwrap_or(0), replay.until.unwrap_or(i64::MAX));
                    replay_all(&store, status, span).await
                }
                (None, None) => Err(Failure::Usage("name an event or a --status".into())),
            }
        }
    }
}

/// The names of the columns of [`line()`].
fn heading() -> String {
    columns("NUMBER", "RECEIVED", "STATUS", "TYPE", "EVENT", "OBJECT AND LAST ERROR")
}

fn line(row: &EventRow) -> String {
    let error = row
        .last_error
        .as_deref()
        .map_or(String::new(), |error| format!("  {error}"));
    columns(
        &row.event_id.to_string(),
        &format!("{:.6}", Moment(row.received_at_us)),
        row.status.word(),
        &row.kind,
        &row.stripe_id,
        &format!("{}{error}", row.object_id),
    )
}

fn columns(number: &str, received: &str, status: &str, kind: &str, event: &str, object: &str) -> String {
    format!("{number:<8}  {received:<27}  {status:<9}  {kind:<40}  {event:<28}  {object}")
}

async fn show(store: &Store, id: String) -> Result<(), Failure> {
    let wanted = id.clone();
    let found = store
        .read(move |tx| {
            let Some(row) = inbox::event(tx, &wanted)? else {
                return Ok::<_, store::Error>(None);
            };
            let effects = effects::effects_of_event(tx, row.event_id)?;
            let body = inbox::payload_of(tx, row.event_id)?;
            Ok(Some((row, effects, body)))
        })
        .await?;
    let Some((row, effects, body)) = found else {
        return Err(Failure::Failed(anyhow::anyhow!("there is no event {id}")));
    };
    print(&line(&row));
    print(&format!("attempts: {}", row.attempts));
    for (kind, key) in effects {
        print(&format!("effect:   {kind}  {key}"));
    }
    print(&String::from_utf8_lossy(&body.unwrap_or_default()));
    Ok(())
}

async fn replay_one(store: &Store, id: String) -> Result<(), Failure> {
    let (wanted, now_us) = (id.clone(), Clock::system().now_us());
    if store.write(move |tx| inbox::replay_one(tx, now_us, &wanted)).await? {
        print(&format!("{id} will be handled again"));
        Ok(())
    } else {
        Err(Failure::Failed(anyhow::anyhow!("there is no event {id}")))
    }
}

async fn replay_all(
    store: &Store,
    status: Status,
    (received_from_us, received_until_us): (i64, i64),
) -> Result<(), Failure> {
    let now_us = Clock::system().now_us();
    let selection = Selection {
        status,
        received_from_us,
        received_until_us,
        last_event_id: store.read(inbox::last_event_id).await?,
    };
    let mut total = 0;
    let mut after = Some(0);
    while let Some(from) = after {
        let step = store.read(move |tx| inbox::selected(tx, &selection, from)).await?;
        total += step.event_ids.len() as u64;
        after = step.next;
    }
    let progress = Progress::begin("putting events back", total);
    let mut done = 0;
    let mut after = Some(0);
    while let Some(from) = after {
        let step = store.read(move |tx| inbox::selected(tx, &selection, from)).await?;
        for batch in step.event_ids.chunks(REPLAY_BATCH) {
            let batch = batch.to_vec();
            done += store
                .write(move |tx| inbox::put_back(tx, now_us, status, &batch))
                .await?;
            progress.at(done);
        }
        after = step.next;
    }
    progress.end();
    print(&format!("{done} events will be handled again"));
    Ok(())
}
