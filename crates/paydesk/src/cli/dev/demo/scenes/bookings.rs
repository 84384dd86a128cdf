//! Sessions: builders say when they are there, clients pick a free time and pay for it, and some cancel, move or do not come.

use serde_json::{Value, json};

use super::Scene;
use super::buying::{Basket, check_out};
use super::orders::onboard;
use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::offers::Session;
use crate::cli::dev::demo::play::{Play, Ware};
use crate::cli::dev::demo::plot::{DAY, HOUR};
use crate::clock::{Moment, SECOND_US};

/// Days among whose free times a client picks one.
const DAYS_LOOKED_AT: i64 = 10;

/// What becomes of a booking besides taking place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Change {
    Cancel,
    Move,
    /// The client did not come.
    Miss,
}

/// Builders say when they are there, and where they are paid.
pub(super) async fn open(play: &mut Play) -> Result<(), Hitch> {
    let mut builders: Vec<String> = play.offers.sessions.iter().map(|one| one.builder_id.clone()).collect();
    builders.sort_unstable();
    builders.dedup();
    let office = json!([{ "from": "09:00", "to": "12:30" }, { "from": "14:00", "to": "19:00" }]);
    let evening = json!([{ "from": "16:00", "to": "21:00" }]);
    for builder in builders {
        let path = format!("/api/builders/{builder}/availability");
        let hours = json!({
            "time_zone": "Europe/Lisbon",
            "weekly": { "monday": office, "tuesday": office, "wednesday": evening, "thursday": office, "friday": office },
        });
        play.stage.caller.put(Who::User(&builder), &path, &hours).await?;
        onboard(play, &builder).await?;
    }
    Ok(())
}

pub(super) async fn book(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    let Some(session) = play.dice.pick(&play.offers.sessions).cloned() else {
        return Ok(());
    };
    let Some(starts_at) = free_start(play, buyer, &session).await? else {
        return Ok(());
    };
    let currency = play
        .cast
        .get(buyer)
        .and_then(|member| member.currency_among(&session.currencies));
    let basket = Basket {
        ware: Ware::Session,
        wanted: json!({ "item_id": session.item_id, "starts_at": Moment(starts_at * SECOND_US) }),
        currency,
    };
    let Some(purchase_id) = check_out(play, buyer, basket).await? else {
        return Ok(());
    };
    let purchase = play
        .stage
        .caller
        .get(Who::Operator, &format!("/api/purchases/{purchase_id}"))
        .await?;
    let booking_id = text(&purchase, "booking_id");
    let until_s = starts_at - play.stage.now_s();
    let (after_s, change) = match play.dice.below(12) {
        0 | 1 => (until_s / 3, Change::Cancel),
        2 => (until_s / 2, Change::Move),
        3 => (until_s + HOUR / 2, Change::Miss),
        _ => return Ok(()),
    };
    let follows = Scene::Change {
        buyer,
        booking_id,
        change,
    };
    play.follow_up(after_s, follows);
    Ok(())
}

/// A free start of the next days, unix seconds.
async fn free_start(play: &mut Play, buyer: usize, session: &Session) -> Result<Option<i64>, Hitch> {
    let now_s = play.stage.now_s();
    let from_s = now_s + session.notice_minutes * 60 + HOUR;
    let to_s = (from_s + DAYS_LOOKED_AT * DAY).min(now_s + session.horizon_days * DAY);
    if to_s <= from_s {
        return Ok(None);
    }
    let path = format!(
        "/api/bookings/slots?session_type={}&from={}&to={}",
        session.item_id,
        Moment(from_s * SECOND_US),
        Moment(to_s * SECOND_US)
    );
    let user_id = play.user_id(buyer);
    let listed = play.stage.caller.get(Who::User(&user_id), &path).await?;
    let slots: Vec<i64> = listed["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(start)
        .collect();
    Ok(play.dice.pick(&slots).copied())
}

fn start(slot: &Value) -> Option<i64> {
    let start: Moment = serde_json::from_value(slot["starts_at"].clone()).ok()?;
    Some(start.0 / SECOND_US)
}

/// Cancels, moves or misses a booking, unless it is over already.
pub(super) async fn change(play: &mut Play, buyer: usize, booking_id: &str, change: Change) -> Result<(), Hitch> {
    let path = format!("/api/bookings/{booking_id}");
    let seen = play.stage.caller.get(Who::Operator, &path).await?;
    if seen["status"] != "confirmed" {
        return Ok(());
    }
    let (client, builder) = (play.user_id(buyer), text(&seen, "builder_id"));
    let (who, place, body) = match change {
        Change::Cancel => (Who::User(client.as_str()), "/cancel", json!({})),
        Change::Miss => (Who::User(builder.as_str()), "/no-show", json!({})),
        Change::Move => {
            let session_type = text(&seen, "session_type_id");
            let sessions = play.offers.sessions.iter();
            let Some(session) = sessions.into_iter().find(|one| one.item_id == session_type).cloned() else {
                return Ok(());
            };
            let Some(starts_at) = free_start(play, buyer, &session).await? else {
                return Ok(());
            };
            let moved = json!({ "starts_at": Moment(starts_at * SECOND_US) });
            (Who::User(client.as_str()), "/reschedule", moved)
        }
    };
    play.stage.caller.post(who, &format!("{path}{place}"), &body).await?;
    Ok(play.stage.make_refunds().await?)
}
