//! Money that goes back: refunds by the shop, refunds that buyers ask for, disputes, and a bank that warns of fraud.

use serde_json::json;

use super::{Played, Scene};
use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::play::{Bought, Play, Ware};
use crate::cli::dev::demo::plot::DAY;

const REQUESTS: &str = "/api/refund-requests";
/// Why buyers want their money back.
const REASONS: [&str; 3] = [
    "I bought it twice by mistake.",
    "It is not what I need after all.",
    "Our release was called off.",
];

/// Something that was bought in the last days and has had no trouble yet, of the first of these kinds that there is.
fn bought_lately(play: &mut Play, wares: &[Ware], days: i64) -> Option<usize> {
    let since_s = play.stage.now_s() - days * DAY;
    wares.iter().find_map(|ware| {
        let fitting = play.memory.untroubled(*ware, since_s);
        play.dice.pick(&fitting).copied()
    })
}

/// Notes that something happened to the money of a purchase.
fn trouble(play: &mut Play, index: usize) {
    if let Some(bought) = play.memory.bought.get_mut(index) {
        bought.is_troubled = true;
    }
}

fn bought(play: &Play, index: usize) -> Option<Bought> {
    play.memory.bought.get(index).cloned()
}

/// The shop gives a purchase back.
pub(super) async fn refund(play: &mut Play) -> Result<Played, Hitch> {
    let Some(index) = bought_lately(play, &[Ware::Pack, Ware::Session], 9) else {
        return Ok(Played::NotYet);
    };
    let Some(Bought { purchase_id, .. }) = bought(play, index) else {
        return Ok(Played::NotYet);
    };
    trouble(play, index);
    let wanted = json!({
        "purchase_id": purchase_id, "reason": "requested_by_customer", "note": "They wrote to us.",
    });
    match play.stage.caller.post(Who::Operator, "/api/refunds", &wanted).await {
        Ok(_) => {}
        // Money that is still on its way, say, cannot be given back: somebody else's can.
        Err(Hitch::Refused(_)) => return Ok(Played::NotYet),
        Err(broken) => return Err(broken),
    }
    play.stage.make_refunds().await?;
    Ok(Played::Done)
}

/// A buyer asks for their money. What a person has to decide is decided the day after, or waits.
pub(super) async fn ask_for_refund(play: &mut Play, approve: Option<bool>) -> Result<Played, Hitch> {
    // A small request about credits is most often granted at once, and no person decides on it.
    let wares: &[Ware] = match approve {
        Some(true) => &[Ware::Order, Ware::Pack],
        _ if play.offers.packages.is_empty() => &[Ware::Pack],
        _ => &[Ware::Order],
    };
    let Some(index) = bought_lately(play, wares, 3) else {
        return Ok(Played::NotYet);
    };
    let Some(Bought { buyer, purchase_id, .. }) = bought(play, index) else {
        return Ok(Played::NotYet);
    };
    trouble(play, index);
    let user_id = play.user_id(buyer);
    let reason = play.dice.pick(&REASONS).copied().unwrap_or(REASONS[0]);
    let wanted = json!({ "purchase_id": purchase_id, "reason": reason });
    let asked = match play.stage.caller.post(Who::User(&user_id), REQUESTS, &wanted).await {
        Ok(asked) => asked,
        // The shop's policy does not cover it: somebody else's purchase is.
        Err(Hitch::Refused(_)) => return Ok(Played::NotYet),
        Err(broken) => return Err(broken),
    };
    play.stage.make_refunds().await?;
    let waits = asked["status"] == "waiting";
    if let Some(approve) = approve.filter(|_| waits) {
        let request_id = text(&asked, "request_id");
        play.follow_up(DAY, Scene::Decision { request_id, approve });
    }
    // Where somebody is to say no, or nothing yet, one that was granted at once does not count.
    let is_as_wanted = waits || approve == Some(true);
    Ok(if is_as_wanted { Played::Done } else { Played::NotYet })
}

/// The shop decides on a request.
pub(super) async fn decide(play: &mut Play, request_id: &str, approve: bool) -> Result<(), Hitch> {
    let (place, body) = if approve {
        ("approve", json!({ "note": "Within our policy." }))
    } else {
        ("decline", json!({ "reason": "The work was done already." }))
    };
    let path = format!("{REQUESTS}/{request_id}/{place}");
    match play.stage.caller.post(Who::Operator, &path, &body).await {
        // What went back otherwise meanwhile, an order that was cancelled, say, cannot go back again.
        Err(Hitch::Refused(_)) if approve => {
            let path = format!("{REQUESTS}/{request_id}/decline");
            let body = json!({ "reason": "You have your money back already." });
            play.stage.caller.post(Who::Operator, &path, &body).await?;
        }
        answered => drop(answered?),
    }
    Ok(play.stage.make_refunds().await?)
}

/// The payment of something that was bought lately, with which something happens now.
async fn some_payment(play: &mut Play) -> Result<Option<String>, Hitch> {
    let Some(index) = bought_lately(play, &[Ware::Pack, Ware::Order, Ware::Session], 12) else {
        return Ok(None);
    };
    let Some(Bought { purchase_id, .. }) = bought(play, index) else {
        return Ok(None);
    };
    trouble(play, index);
    let path = format!("/api/purchases/{purchase_id}");
    let purchase = play.stage.caller.get(Who::Operator, &path).await?;
    let payment = &purchase["payments"][0]["payment_intent_id"];
    Ok(payment.as_str().map(str::to_owned))
}

/// A buyer takes their money back through the bank, which decides some days later, or has not yet.
pub(super) async fn dispute(play: &mut Play, won: Option<bool>) -> Result<Played, Hitch> {
    let Some(payment) = some_payment(play).await? else {
        return Ok(Played::NotYet);
    };
    let opened = json!({ "payment_intent": payment, "reason": "product_not_received" });
    let opened = match play.stage.caller.steer("/disputes", &opened).await {
        Ok(opened) => opened,
        // What has gone back already cannot be disputed: somebody else's payment can.
        Err(Hitch::Refused(_)) => return Ok(Played::NotYet),
        Err(broken) => return Err(broken),
    };
    play.stage.settle().await?;
    if let Some(won) = won {
        let dispute_id = text(&opened, "id");
        let after_s = play.dice.between(8, 14) * DAY;
        play.follow_up(after_s, Scene::EndOfDispute { dispute_id, won });
    }
    Ok(Played::Done)
}

pub(super) async fn end_dispute(play: &mut Play, dispute_id: &str, won: bool) -> Result<(), Hitch> {
    let path = format!("/disputes/{dispute_id}/close");
    play.stage.caller.steer(&path, &json!({ "won": won })).await?;
    Ok(play.stage.settle().await?)
}

/// A bank warns that a payment may have been fraud.
pub(super) async fn warn(play: &mut Play) -> Result<Played, Hitch> {
    let Some(payment) = some_payment(play).await? else {
        return Ok(Played::NotYet);
    };
    let warning = json!({ "payment_intent": payment, "fraud_type": "made_with_stolen_card" });
    match play.stage.caller.steer("/early-fraud-warnings", &warning).await {
        Ok(_) => {}
        Err(Hitch::Refused(_)) => return Ok(Played::NotYet),
        Err(broken) => return Err(broken),
    }
    play.stage.make_refunds().await?;
    Ok(Played::Done)
}
