//! Live updates: what has changed for a user, told while they look.
//!
//! A stream reads the store when something was committed, and every moment besides, and tells what differs from what it told
//! last. Nothing is remembered between streams but the time that the last update bore, which a client gives when it comes
//! back. Streams are bounded, in number and in time: one that ends is simply asked for again, with a token that is checked
//! anew.

mod body;
pub mod routes;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde_json::json;
use store::{Result, Tx};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::entitlements::Subscribed;
use crate::ids::UserId;
use crate::{bookings, courier, credits, entitlements, notices, orders};

/// Streams of one process at once, and of one user.
const STREAMS_MAX: usize = 1_024;
const STREAMS_OF_USER_MAX: usize = 8;
/// How long a stream lasts.
const LASTS: Duration = Duration::from_secs(55);
/// How often something is sent though nothing has changed, so that nobody in between takes the stream for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often it looks by itself.
const POLL: Duration = Duration::from_secs(1);
/// Orders, bookings and notices that are looked at.
const LATEST: i64 = 50;
/// What was written by clocks that differ may be seen later than it says.
const OVERLAP_US: i64 = 10 * SECOND_US;

/// The streams that are open, by user.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<UserId, usize>>>);

/// One open stream; it is closed when this is dropped.
struct Open {
    streams: Streams,
    user_id: UserId,
}

/// Why there is no room for one more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Full {
    /// The user has as many as one may have.
    OfUser,
    /// The process has.
    OfAll,
}

impl Streams {
    /// Room for one more, where there is.
    fn enter(&self, user_id: &UserId) -> std::result::Result<Open, Full> {
        let mut open = self.lock();
        let of_user = open.get(user_id).copied().unwrap_or_default();
        if of_user >= STREAMS_OF_USER_MAX {
            return Err(Full::OfUser);
        }
        if open.values().sum::<usize>() >= STREAMS_MAX {
            return Err(Full::OfAll);
        }
        open.insert(user_id.clone(), of_user + 1);
        Ok(Open {
            streams: self.clone(),
            user_id: user_id.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        let left = open.get(&self.user_id).copied().unwrap_or_default().saturating_sub(1);
        if left == 0 {
            open.remove(&self.user_id);
        } else {
            open.insert(self.user_id.clone(), left);
        }
    }
}

/// What there is to tell a user at a moment.
struct Seen {
    at_us: i64,
    wallet: serde_json::Value,
    subscriptions: Vec<Subscribed>,
    orders: Vec<orders::Order>,
    bookings: Vec<bookings::Booking>,
    notices: Vec<notices::Notice>,
}

fn see(tx: &mut Tx<'_>, now_us: i64, user_id: &UserId) -> Result<Seen> {
    let wallet = credits::balance(tx, now_us, user_id, None)?;
    Ok(Seen {
        at_us: now_us,
        wallet: json!({
            "balance": wallet.available, "held": wallet.held, "owed": wallet.owed, "frozen": wallet.frozen,
        }),
        subscriptions: entitlements::subscriptions_of_user(tx, now_us, user_id)?,
        orders: orders::latest(tx, user_id, LATEST)?,
        bookings: bookings::of_client(tx, user_id, "~", LATEST)?,
        notices: notices::latest(tx, user_id, LATEST)?,
    })
}

/// What a stream has told.
struct Told {
    /// What is older was told by the stream before.
    since_us: i64,
    wallet: Option<serde_json::Value>,
    /// What was told of each group of plans.
    subscriptions: HashMap<String, Subscribed>,
    /// What was told of each order, booking and notice.
    entries: HashMap<String, serde_json::Value>,
}

impl Told {
    /// A stream that begins now, or goes on after what another told.
    fn since(since_us: i64) -> Self {
        Self {
            since_us,
            wallet: None,
            subscriptions: HashMap::new(),
            entries: HashMap::new(),
        }
    }

    /// The events about what differs from what was told, and notes them as told.
    fn tell(&mut self, seen: &Seen) -> String {
        let mut text = String::new();
        if self.wallet.as_ref() != Some(&seen.wallet) {
            self.wallet = Some(seen.wallet.clone());
            write_event(&mut text, seen.at_us, "wallet", &seen.wallet);
        }
        for one in &seen.subscriptions {
            if self.subscriptions.get(&one.group) != Some(one) {
                self.subscriptions.insert(one.group.clone(), one.clone());
                write_event(&mut text, seen.at_us, "subscription", one);
            }
        }
        for order in seen.orders.iter().rev() {
            let data = json!({
                "order_id": order.order_id, "status": order.status, "updated_at": Moment(order.updated_at_us),
            });
            self.tell_entry(
                &mut text,
                seen.at_us,
                "order",
                (&order.order_id, order.updated_at_us),
                data,
            );
        }
        for booking in seen.bookings.iter().rev() {
            let data = json!({
                "booking_id": booking.booking_id, "status": booking.status,
                "starts_at": Moment(booking.starts_at_us), "updated_at": Moment(booking.updated_at_us),
            });
            self.tell_entry(
                &mut text,
                seen.at_us,
                "booking",
                (&booking.booking_id, booking.updated_at_us),
                data,
            );
        }
        for notice in seen.notices.iter().rev() {
            let data = json!(notices::routes::NoticeOut::from(notice.clone()));
            self.tell_entry(
                &mut text,
                seen.at_us,
                "notice",
                (&notice.notice_id, notice.created_at_us),
                data,
            );
        }
        text
    }

    /// Tells an entry that says something else than it did. Not the time of its change decides: two changes may bear the same.
    fn tell_entry(
        &mut self,
        text: &mut String,
        at_us: i64,
        kind: &str,
        (id, changed_at_us): (&str, i64),
        data: serde_json::Value,
    ) {
        if changed_at_us >= self.since_us && self.entries.get(id) != Some(&data) {
            write_event(text, at_us, kind, &data);
            self.entries.insert(id.to_owned(), data);
        }
    }
}

/// One event, as `text/event-stream` writes it. Its id is the moment at which it was seen.
fn write_event(text: &mut String, at_us: i64, kind: &str, data: &impl Serialize) {
    let data = serde_json::to_string(data).expect("updates are made of strings and numbers");
    let _infallible = write!(text, "id: {at_us}\nevent: {kind}\ndata: {data}\n\n");
}

/// Feeds a stream until its reader is gone, its time is over, or the process stops.
async fn feed(app: App, open: Open, mut told: Told, lines: mpsc::Sender<Bytes>) {
    let mut listener = app.store.listen(courier::TOPIC);
    let ends = Instant::now() + LASTS;
    let mut beats = Instant::now() + HEARTBEAT;
    if lines.send(Bytes::from_static(b"retry: 1000\n\n")).await.is_err() {
        return;
    }
    while !app.shutdown.is_requested() && Instant::now() < ends {
        let (user_id, now_us) = (open.user_id.clone(), app.clock.now_us());
        let text = match app.store.read(move |tx| see(tx, now_us, &user_id)).await {
            Ok(seen) => told.tell(&seen),
            Err(error) => {
                tracing::warn!(%error, "updates could not be read; the client asks again");
                return;
            }
        };
        let is_quiet = text.is_empty() && Instant::now() >= beats;
        let text = if is_quiet { ": nothing new\n\n".to_owned() } else { text };
        if !text.is_empty() {
            beats = Instant::now() + HEARTBEAT;
            if lines.send(Bytes::from(text)).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = listener.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = lines.closed() => return,
            () = app.shutdown.requested() => {}
        }
    }
}
