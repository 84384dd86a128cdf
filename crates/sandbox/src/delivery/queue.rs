//! The queue of deliveries: one lane per endpoint, ordered by when they are due and then by when they were written.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::Outcome;
use crate::control::faults::DeliveryRule;
use crate::resources::events::matches;
use crate::state::{State, text};

/// Ended deliveries that are remembered.
const REMEMBERED: usize = 5000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Waiting,
    /// Kept back until enough have come to be shuffled.
    Held,
    Sending,
    Delivered,
    Failed,
    Dropped,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Held => "held",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

/// What is done to a delivery on purpose.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tricks {
    pub(crate) corrupt_body: bool,
    pub(crate) corrupt_signature: bool,
    pub(crate) skew_seconds: i64,
    pub(crate) wrong_secret: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) event: String,
    pub(crate) kind: String,
    pub(crate) endpoint: String,
    order: u64,
    due_ms: i64,
    pub(crate) status: Status,
    pub(crate) attempts: Vec<Outcome>,
    pub(crate) tricks: Tricks,
    /// A body of its own, for events that never happened.
    pub(crate) forged: Option<String>,
    /// Whether the event waits for it: duplicates and forgeries are not waited for.
    counted: bool,
}

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeSet<(i64, u64, u64)>,
    held: Vec<u64>,
    in_flight: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Delivery {
    rows: BTreeMap<u64, Row>,
    lanes: HashMap<String, Lane>,
    last: u64,
    in_flight: usize,
    pub(crate) paused: bool,
}

impl Delivery {
    pub(crate) fn row(&self, id: u64) -> Option<&Row> {
        self.rows.get(&id)
    }

    fn push(&mut self, row: Row) -> u64 {
        self.last += 1;
        let id = self.last;
        let lane = self.lanes.entry(row.endpoint.clone()).or_default();
        match row.status {
            Status::Waiting => {
                lane.waiting.insert((row.due_ms, row.order, id));
            }
            Status::Held => lane.held.push(id),
            _ => {}
        }
        self.rows.insert(id, row);
        if self.rows.len() > REMEMBERED {
            let ended = |row: &Row| matches!(row.status, Status::Delivered | Status::Failed | Status::Dropped);
            if let Some(oldest) = self.rows.iter().find(|(_, row)| ended(row)).map(|(id, _)| *id) {
                self.rows.remove(&oldest);
            }
        }
        id
    }

    /// Takes due deliveries out of the lanes, within the bounds.
    pub(crate) fn take(&mut self, now_ms: i64, lane_bound: usize, total_bound: usize) -> Vec<u64> {
        let mut taken = Vec::new();
        if self.paused {
            return taken;
        }
        for lane in self.lanes.values_mut() {
            while lane.in_flight < lane_bound && self.in_flight < total_bound {
                let Some(next) = lane.waiting.first().copied().filter(|(due_ms, ..)| *due_ms <= now_ms) else {
                    break;
                };
                lane.waiting.remove(&next);
                lane.in_flight += 1;
                self.in_flight += 1;
                if let Some(row) = self.rows.get_mut(&next.2) {
                    row.status = Status::Sending;
                }
                taken.push(next.2);
            }
        }
        taken
    }

    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        if self.paused || self.in_flight >= super::TOTAL_BOUND {
            return None;
        }
        let free = self.lanes.values().filter(|lane| lane.in_flight < super::LANE_BOUND);
        free.filter_map(|lane| lane.waiting.first().map(|(due_ms, ..)| *due_ms))
            .min()
    }

    /// Nothing is in flight and nothing is due; what is planned for later or held back does not count.
    pub(crate) fn is_idle(&self, now_ms: i64) -> bool {
        let due = |lane: &Lane| lane.waiting.first().is_some_and(|(due_ms, ..)| *due_ms <= now_ms);
        self.in_flight == 0 && (self.paused || !self.lanes.values().any(due))
    }

    /// Gives a place in flight back.
    fn landed(&mut self, endpoint: &str) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(lane) = self.lanes.get_mut(endpoint) {
            lane.in_flight = lane.in_flight.saturating_sub(1);
        }
    }

    pub(crate) fn abandon(&mut self, id: u64) {
        let Some(row) = self.rows.get_mut(&id) else { return };
        row.status = Status::Failed;
        let endpoint = row.endpoint.clone();
        self.landed(&endpoint);
    }

    fn plan(&mut self, id: u64, due_ms: i64, order: Option<u64>) {
        let Some(row) = self.rows.get_mut(&id) else { return };
        row.status = Status::Waiting;
        row.due_ms = due_ms;
        row.order = order.unwrap_or(row.order);
        let place = (row.due_ms, row.order, id);
        self.lanes
            .entry(row.endpoint.clone())
            .or_default()
            .waiting
            .insert(place);
    }

    /// Makes everything that waits or is held due now; gives how many.
    pub(crate) fn flush(&mut self, now_ms: i64) -> usize {
        let ids: Vec<u64> = self
            .rows
            .iter()
            .filter(|(_, row)| matches!(row.status, Status::Waiting | Status::Held))
            .map(|(id, _)| *id)
            .collect();
        for lane in self.lanes.values_mut() {
            lane.waiting.clear();
            lane.held.clear();
        }
        for id in &ids {
            self.plan(*id, now_ms, None);
        }
        ids.len()
    }

    /// The deliveries, newest first.
    pub(crate) fn list(&self, keep: impl Fn(&Row) -> bool) -> Vec<Value> {
        let rows = self.rows.iter().rev().filter(|(_, row)| keep(row)).take(1000);
        rows.map(|(id, row)| {
            let attempts: Vec<Value> = row
                .attempts
                .iter()
                .map(|attempt| json!({ "at": attempt.at, "status": attempt.status, "error": attempt.error, "answer": attempt.answer }))
                .collect();
            json!({
                "id": id, "event": row.event, "type": row.kind, "endpoint": row.endpoint, "status": row.status.name(),
                "due_ms": row.due_ms, "attempts": attempts, "duplicate_or_forged": !row.counted,
            })
        })
        .collect()
    }

    /// What has not reached its end, for the state file.
    pub(crate) fn undelivered(&self) -> Value {
        let open = self
            .rows
            .values()
            .filter(|row| row.counted && matches!(row.status, Status::Waiting | Status::Held | Status::Sending));
        open.map(|row| json!({ "event": row.event, "type": row.kind, "endpoint": row.endpoint }))
            .collect()
    }

    pub(crate) fn count(&self, status: Status) -> usize {
        self.rows.values().filter(|row| row.status == status).count()
    }
}

/// Queues an event for every endpoint that wants it; gives how many the event waits for. What happens on connected accounts
/// goes to the endpoints for them and to no other.
pub(crate) fn enqueue(state: &mut State, event: &str, kind: &str, order: u64) -> u32 {
    let is_connected = state.origin.account.is_some();
    let wanted = |endpoint: &Value| {
        let enabled = endpoint["enabled_events"].as_array();
        endpoint["status"] == "enabled"
            && (endpoint["_connect"] == true) == is_connected
            && enabled.is_some_and(|types| {
                types
                    .iter()
                    .filter_map(Value::as_str)
                    .any(|pattern| matches(pattern, kind))
            })
    };
    let mut endpoints: Vec<String> = state
        .shelf
        .newest_first("webhook_endpoint", &[])
        .filter(|e| wanted(e))
        .map(|e| text(e, "id").to_owned())
        .collect();
    endpoints.reverse();
    for endpoint in &endpoints {
        queue_one(state, event, kind, endpoint, order);
    }
    u32::try_from(endpoints.len()).unwrap_or(u32::MAX)
}

/// Queues one delivery and does to it what the rules in force say.
fn queue_one(state: &mut State, event: &str, kind: &str, endpoint: &str, order: u64) {
    let now_ms = state.clock.now_ms();
    let mut row = Row {
        event: event.to_owned(),
        kind: kind.to_owned(),
        endpoint: endpoint.to_owned(),
        order,
        due_ms: now_ms,
        status: Status::Waiting,
        attempts: Vec::new(),
        tricks: Tricks::default(),
        forged: None,
        counted: true,
    };
    let mut copies = 0;
    let mut window = 0;
    for rule in state.delivery_rules(endpoint, kind) {
        match rule {
            DeliveryRule::Duplicate { copies: more } => copies += more,
            DeliveryRule::Reorder { window: size } => {
                row.status = Status::Held;
                window = size;
            }
            DeliveryRule::Delay { ms } => row.due_ms += ms,
            DeliveryRule::Drop => row.status = Status::Dropped,
            DeliveryRule::CorruptBody => row.tricks.corrupt_body = true,
            DeliveryRule::CorruptSignature => row.tricks.corrupt_signature = true,
            DeliveryRule::Skew { seconds } => row.tricks.skew_seconds = seconds,
        }
    }
    for _ in 0..copies {
        let copy = Row {
            event: row.event.clone(),
            kind: row.kind.clone(),
            endpoint: row.endpoint.clone(),
            tricks: row.tricks.clone(),
            attempts: Vec::new(),
            forged: None,
            counted: false,
            ..row
        };
        state.delivery.push(copy);
    }
    state.delivery.push(row);
    if window > 0 {
        release_window(state, endpoint, window, now_ms);
    }
}

/// Lets held deliveries go in another order once there are enough of them.
fn release_window(state: &mut State, endpoint: &str, window: usize, now_ms: i64) {
    let Some(lane) = state
        .delivery
        .lanes
        .get_mut(endpoint)
        .filter(|lane| lane.held.len() >= window)
    else {
        return;
    };
    let mut held = std::mem::take(&mut lane.held);
    let mut orders: Vec<u64> = held
        .iter()
        .filter_map(|id| state.delivery.rows.get(id))
        .map(|row| row.order)
        .collect();
    orders.sort_unstable();
    state.fault_dice.shuffle(&mut held);
    for (id, order) in held.into_iter().zip(orders) {
        state.delivery.plan(id, now_ms, Some(order));
    }
}

/// Sends an event once more to one endpoint, or to all that want it; gives how many deliveries that makes.
pub(crate) fn resend(state: &mut State, event: &str, endpoint: Option<&str>) -> usize {
    let Some((kind, is_connected)) = state
        .events
        .get(event)
        .map(|event| (event.kind.clone(), !event.is_of(None)))
    else {
        return 0;
    };
    let endpoints: Vec<String> = state
        .newest_first("webhook_endpoint")
        .filter(|candidate| match endpoint {
            Some(id) => candidate["id"] == id,
            None => candidate["status"] == "enabled" && (candidate["_connect"] == true) == is_connected,
        })
        .map(|endpoint| text(endpoint, "id").to_owned())
        .collect();
    for endpoint in &endpoints {
        let order = state.next_sequence();
        push_extra(state, event, &kind, endpoint, order, Tricks::default(), None);
    }
    endpoints.len()
}

/// Queues a delivery the event does not wait for.
pub(crate) fn push_extra(
    state: &mut State,
    event: &str,
    kind: &str,
    endpoint: &str,
    order: u64,
    tricks: Tricks,
    forged: Option<String>,
) {
    let row = Row {
        event: event.to_owned(),
        kind: kind.to_owned(),
        endpoint: endpoint.to_owned(),
        order,
        due_ms: state.clock.now_ms(),
        status: Status::Waiting,
        attempts: Vec::new(),
        tricks,
        forged,
        counted: false,
    };
    state.delivery.push(row);
}

/// Queues a delivery again that was under way when the state was written.
pub(crate) fn requeue(state: &mut State, event: &str, kind: &str, endpoint: &str) {
    let order = state.next_sequence();
    let due_ms = state.clock.now_ms();
    let row = Row {
        event: event.to_owned(),
        kind: kind.to_owned(),
        endpoint: endpoint.to_owned(),
        order,
        due_ms,
        status: Status::Waiting,
        attempts: Vec::new(),
        tricks: Tricks::default(),
        forged: None,
        counted: true,
    };
    state.delivery.push(row);
}

/// Writes down how an attempt ended, and plans the next one if there is to be one.
pub(crate) fn record(state: &mut State, id: u64, outcome: Outcome, schedule: &[i64]) {
    state.changes += 1;
    let now_ms = state.clock.now_ms();
    let Some(row) = state.delivery.rows.get_mut(&id) else {
        return;
    };
    let endpoint = row.endpoint.clone();
    // Only 2xx is success: a redirect is not followed.
    let delivered = outcome.status.is_some_and(|status| (200..300).contains(&status));
    row.attempts.push(outcome);
    let pause = schedule.get(row.attempts.len() - 1).copied();
    let (event, counted) = (row.event.clone(), row.counted);
    match (delivered, pause) {
        (true, _) => {
            row.status = Status::Delivered;
            if counted {
                state.events.waiting(&event, -1);
            }
        }
        (false, Some(seconds)) => state.delivery.plan(id, now_ms + seconds * 1000, None),
        (false, None) => row.status = Status::Failed,
    }
    state.delivery.landed(&endpoint);
}

/// An endpoint is gone, and what waited for it with it.
pub(crate) fn forget_endpoint(state: &mut State, endpoint: &str) {
    let Some(lane) = state.delivery.lanes.get_mut(endpoint) else {
        return;
    };
    let ids: Vec<u64> = lane
        .waiting
        .iter()
        .map(|(.., id)| *id)
        .chain(lane.held.iter().copied())
        .collect();
    lane.waiting.clear();
    lane.held.clear();
    for id in ids {
        if let Some(row) = state.delivery.rows.get_mut(&id) {
            row.status = Status::Failed;
            if row.counted {
                state.events.waiting(&row.event.clone(), -1);
            }
        }
    }
}
