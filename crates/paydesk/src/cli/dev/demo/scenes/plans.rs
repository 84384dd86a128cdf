//! Subscriptions: begun, changed, ended, kept after all, and in trouble with a card.

use serde_json::{Value, json};

use super::buying::{Basket, check_out};
use super::{Played, Scene};
use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::play::{Play, Ware};
use crate::cli::dev::demo::plot::DAY;
use crate::clock::{Moment, SECOND_US};

/// Can be saved; every payment with it is declined.
const CARD_DECLINED_LATER: &str = "4000000000000341";
const GOOD_CARD: &str = "5555555555554444";
/// The longest that somebody has a bad card before it is needed, in days.
const DAYS_AHEAD_MAX: i64 = 4;

/// The subscription that somebody has; none where it is over.
async fn live(play: &Play, user_id: &str) -> Result<Option<Value>, Hitch> {
    let path = format!("/api/stripe/subscriptions/{user_id}");
    let listed = play.stage.caller.get(Who::User(user_id), &path).await?;
    let all = listed["data"].as_array().cloned().unwrap_or_default();
    let is_live = |one: &Value| matches!(one["status"].as_str(), Some("active" | "trialing" | "past_due"));
    Ok(all.into_iter().find(is_live))
}

pub(super) async fn subscribe(play: &mut Play, buyer: usize, plan_id: &str) -> Result<(), Hitch> {
    let user_id = play.user_id(buyer);
    if live(play, &user_id).await?.is_some() {
        return Ok(());
    }
    let plan = play.offers.plans.iter().find(|plan| plan.item_id == plan_id);
    let member = play.cast.get(buyer);
    let currency = plan
        .zip(member)
        .and_then(|(plan, member)| member.currency_among(&plan.currencies));
    let basket = Basket {
        ware: Ware::Plan,
        wanted: json!({ "item_id": plan_id }),
        currency,
    };
    check_out(play, buyer, basket).await?;
    Ok(())
}

/// Brings somebody's subscription to another plan, where it is in order.
pub(super) async fn change(play: &mut Play, buyer: usize, plan_id: &str) -> Result<(), Hitch> {
    let user_id = play.user_id(buyer);
    let found = live(play, &user_id).await?;
    let Some(found) = found.filter(|one| one["status"] == "active" && one["plan_id"] != plan_id) else {
        return Ok(());
    };
    if play.memory.with_bad_card.contains(&buyer) {
        return Ok(());
    }
    let path = format!("/api/subscriptions/{}/change", text(&found, "subscription_id"));
    let wanted = json!({ "plan_id": plan_id });
    play.stage.caller.post(Who::User(&user_id), &path, &wanted).await?;
    Ok(play.stage.settle().await?)
}

pub(super) async fn end(play: &mut Play, buyer: usize, at_once: bool) -> Result<(), Hitch> {
    let user_id = play.user_id(buyer);
    let Some(found) = live(play, &user_id).await? else {
        return Ok(());
    };
    let when = if at_once { "?when=now" } else { "" };
    let path = format!("/api/stripe/subscriptions/{}{when}", text(&found, "subscription_id"));
    play.stage.caller.delete(Who::User(&user_id), &path).await?;
    Ok(play.stage.settle().await?)
}

pub(super) async fn keep(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    let user_id = play.user_id(buyer);
    let found = live(play, &user_id).await?;
    let Some(found) = found.filter(|one| one["cancel_at"].is_string()) else {
        return Ok(());
    };
    let path = format!("/api/subscriptions/{}/resume", text(&found, "subscription_id"));
    play.stage.caller.post(Who::User(&user_id), &path, &json!({})).await?;
    Ok(play.stage.settle().await?)
}

/// Whoever is billed within the next days has taken a card that will be declined, and perhaps notices so many days after that.
pub(super) async fn take_bad_card(play: &mut Play, repaired_after_days: Option<i64>) -> Result<Played, Hitch> {
    let path = "/api/subscriptions?status=active&limit=100";
    let listed = play.stage.caller.get(Who::Operator, path).await?;
    let listed = listed["data"].as_array().cloned().unwrap_or_default();
    let billed_next = listed.iter().filter_map(|one| billed_soon(play, one)).min();
    let Some((billed_at_s, buyer)) = billed_next else {
        return Ok(Played::NotYet);
    };
    save_card(play, buyer, CARD_DECLINED_LATER).await?;
    play.memory.with_bad_card.insert(buyer);
    play.memory.had_bad_card.insert(buyer);
    if let Some(days) = repaired_after_days {
        let after_s = billed_at_s - play.stage.now_s() + days * DAY;
        play.follow_up(after_s, Scene::GoodCard { buyer });
    }
    Ok(Played::Done)
}

/// When a subscription is billed, and who has it, where that is soon and they had no trouble yet.
fn billed_soon(play: &Play, subscription: &Value) -> Option<(i64, usize)> {
    if subscription["cancel_at"].is_string() {
        return None;
    }
    let user_id = subscription["user_id"].as_str()?;
    let buyer = play.cast.iter().position(|member| member.user_id == user_id)?;
    let end: Moment = serde_json::from_value(subscription["period_end_at"].clone()).ok()?;
    let end_s = end.0 / SECOND_US;
    let ahead = end_s - play.stage.now_s();
    let is_soon = (DAY..=DAYS_AHEAD_MAX * DAY).contains(&ahead);
    (is_soon && !play.memory.had_bad_card.contains(&buyer)).then_some((end_s, buyer))
}

pub(super) async fn take_good_card(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    save_card(play, buyer, GOOD_CARD).await?;
    play.memory.with_bad_card.remove(&buyer);
    Ok(())
}

/// Somebody changes what they pay with, on the pages of the billing portal.
async fn save_card(play: &Play, buyer: usize, card: &str) -> Result<(), Hitch> {
    let user_id = play.user_id(buyer);
    let name = play.cast.get(buyer).map_or("", |member| member.name);
    let opened = play
        .stage
        .caller
        .get(Who::User(&user_id), "/api/stripe/customer-portal")
        .await?;
    let fields = [
        ("action", "payment-method"),
        ("card-name", name),
        ("card-number", card),
        ("card-expiry", "12 / 40"),
        ("card-cvc", "123"),
    ];
    play.stage.caller.send_form(&text(&opened, "url"), &fields).await?;
    Ok(play.stage.settle().await?)
}
