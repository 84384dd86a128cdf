//! Test clocks: a time of their own for some customers, turned by whoever tests.
//!
//! Turning happens within the request; the answer still says `advancing`, as at Stripe, and the next look says `ready`.

use serde_json::{Value, json};

use crate::state::{State, int, rendered, text};
use crate::wire::error::ApiError;
use crate::wire::{Answer, Call, Operation, list};

/// Stripe deletes a test clock after thirty days.
const LIFE_SECONDS: i64 = 30 * 86_400;

/// Two years at a time are a bound of ours: Stripe's is two of the shortest intervals.
const LONGEST_STEP: i64 = 2 * 366 * 86_400;

/// The years 2000 to 2100.
const TIMES: std::ops::Range<i64> = 946_684_800..4_102_444_800;

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation::post("/v1/test_helpers/test_clocks", "frozen_time*:int name", |call| {
        if !TIMES.contains(&call.int("frozen_time").unwrap_or(0)) {
            let message = "A test clock starts between the years 2000 and 2100.";
            return Err(ApiError::param("frozen_time", message));
        }
        let id = create(call);
        Ok(rendered(call.state.own(&id)))
    }),
    Operation::list("/v1/test_helpers/test_clocks", "", |call| {
        list::page(call.state, "test_helpers.test_clock", call.path, &call.params, |_| true)
    }),
    Operation::get("/v1/test_helpers/test_clocks/{test_clock}", "", |call| {
        call.found("test_helpers.test_clock", "test_clock").map(rendered)
    }),
    Operation::post(
        "/v1/test_helpers/test_clocks/{test_clock}/advance",
        "frozen_time*:int",
        advance,
    ),
    Operation::delete("/v1/test_helpers/test_clocks/{test_clock}", delete),
];

fn create(call: &mut Call<'_>) -> String {
    let now = call.state.clock.now();
    let value = json!({
        "id": call.state.dice.id("clock").replace("clock_3", "clock_1"),
        "object": "test_helpers.test_clock",
        "created": now,
        "deletes_after": now + LIFE_SECONDS,
        "frozen_time": call.int("frozen_time"),
        "livemode": false,
        "name": call.value("name"),
        "status": "ready",
        "status_details": {},
    });
    let id = call.state.insert("test_helpers.test_clock", value);
    call.state.emit("test_helpers.test_clock.created", &id);
    id
}

fn advance(call: &mut Call<'_>) -> Answer {
    let clock = call.found("test_helpers.test_clock", "test_clock")?;
    let (from, to) = (int(clock, "frozen_time"), call.int("frozen_time").unwrap_or(0));
    if to <= from || to - from > LONGEST_STEP {
        let message = format!("A test clock moves forward by at most two years at a time; this one is at {from}.");
        return Err(ApiError::param("frozen_time", message));
    }
    let id = call.id().to_owned();
    call.state.update(&id, |clock| {
        clock.insert("status".to_owned(), json!("advancing"));
        clock.insert(
            "status_details".to_owned(),
            json!({ "advancing": { "target_frozen_time": to } }),
        );
    });
    call.state.emit("test_helpers.test_clock.advancing", &id);
    let answer = rendered(call.state.own(&id));
    turn(call.state, &id, to);
    Ok(answer)
}

/// Lets the clock's time pass, and what falls due in it happen at its own time.
fn turn(state: &mut State, id: &str, to: i64) {
    let origin = std::mem::take(&mut state.origin);
    while let Some((time, due)) = state.clock_schedules.get_mut(id).and_then(|schedule| {
        let time = schedule.next_time()?;
        schedule.take(to).map(|due| (time, due))
    }) {
        let time = time.max(int(state.own(id), "frozen_time"));
        state.set(id, "frozen_time", time);
        state.keep_time(id);
        state.perform(due);
    }
    state.frozen = None;
    state.origin = origin;
    state.update(id, |clock| {
        clock.insert("frozen_time".to_owned(), json!(to));
        clock.insert("status".to_owned(), json!("ready"));
        clock.insert("status_details".to_owned(), json!({}));
    });
    state.emit("test_helpers.test_clock.ready", id);
}

/// A clock takes its customers and their subscriptions with it.
fn delete(call: &mut Call<'_>) -> Answer {
    call.found("test_helpers.test_clock", "test_clock")?;
    let id = call.id().to_owned();
    call.state.clock_schedules.remove(&id);
    for noun in ["subscription", "customer"] {
        let owned = call.state.naming(noun, "test_clock", &id);
        let ids: Vec<String> = owned.into_iter().map(|value| text(value, "id").to_owned()).collect();
        for owned in ids {
            let gone: Value = json!({ "id": owned, "object": noun, "deleted": true });
            call.state.remove(&owned, (noun == "customer").then_some(gone));
        }
    }
    call.state.emit("test_helpers.test_clock.deleted", &id);
    call.state.remove(&id, None);
    Ok(json!({ "id": id, "object": "test_helpers.test_clock", "deleted": true }))
}
