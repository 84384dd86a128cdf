//! Credits: somebody comes, uses what is in the wallet for one thing or another, and buys more when it runs low.

use serde_json::{Value, json};

use super::buying::{Basket, check_out, pay};
use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::cast::Habit;
use crate::cli::dev::demo::offers::Pack;
use crate::cli::dev::demo::play::{Play, Ware};

/// What credits are used for.
const USES: [&str; 6] = [
    "Mastering preview",
    "Stem separation",
    "Mix analysis",
    "Export in high quality",
    "Reference match",
    "Noise removal",
];
/// What anything takes at least.
const SPEND_MIN: i64 = 5;
/// Credits given to some who come.
const WELCOME: i64 = 25;
/// A card that pays without its buyer once it is saved.
const SAVED_CARD: &str = "4242424242424242";

/// Somebody comes for the first time: the application says where they are reached, and gives some of them a present.
pub(super) async fn arrive(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    let Some(member) = play.cast.get(buyer) else {
        return Ok(());
    };
    let caller = &play.stage.caller;
    let contact = format!("/api/users/{}/contact", member.user_id);
    caller
        .put(Who::Operator, &contact, &json!({ "email": member.email }))
        .await?;
    if play.offers.has_credits() && buyer.is_multiple_of(3) {
        let gift = json!({ "amount": WELCOME, "reason": "Welcome" });
        caller
            .post(Who::Operator, &wallet(&member.user_id, "/add"), &gift)
            .await?;
    }
    Ok(())
}

fn wallet(user_id: &str, rest: &str) -> String {
    format!("/api/financial/credits/{user_id}{rest}")
}

/// Somebody comes to use credits.
pub(super) async fn visit(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    if !play.offers.has_credits() {
        return Ok(());
    }
    let user_id = play.user_id(buyer);
    let seen = play
        .stage
        .caller
        .get(Who::User(&user_id), &wallet(&user_id, ""))
        .await?;
    if seen["frozen"] == true {
        return Ok(());
    }
    let balance = seen["balance"].as_i64().unwrap_or(0);
    if let Some((pack, quantity)) = wanted_pack(play, buyer, balance) {
        return buy(play, buyer, &pack, quantity).await;
    }
    if balance >= SPEND_MIN {
        let share = play.dice.between(20, 50);
        spend(play, &user_id, (balance * share / 100).max(SPEND_MIN)).await?;
    }
    if habit(play, buyer) == Some(Habit::TopUp) {
        play.stage.look_at_wallets().await?;
    }
    Ok(())
}

fn habit(play: &Play, buyer: usize) -> Option<Habit> {
    play.cast.get(buyer).map(|member| member.habit)
}

/// What somebody buys who has so many credits left; nothing where that is enough, or comes another way.
fn wanted_pack(play: &mut Play, buyer: usize, balance: i64) -> Option<(Pack, i64)> {
    let is_buyer = matches!(habit(play, buyer), Some(Habit::Packs | Habit::Client));
    let first = play.offers.packs.first().filter(|_| is_buyer)?.clone();
    if balance > first.credits / 4 {
        return None;
    }
    let bought = play.memory.bought.iter();
    let is_regular = bought
        .filter(|one| one.buyer == buyer && one.ware == Ware::Pack)
        .count()
        > 1;
    let larger = play.offers.packs.get(1).cloned();
    match larger {
        Some(larger) if is_regular && play.dice.one_in(6) => Some((larger, 1)),
        _ => {
            let quantity = if is_regular { play.dice.between(1, 4) } else { 1 };
            let most = first.max_quantity;
            Some((first, quantity.min(most)))
        }
    }
}

async fn buy(play: &mut Play, buyer: usize, pack: &Pack, quantity: i64) -> Result<(), Hitch> {
    let currency = play
        .cast
        .get(buyer)
        .and_then(|member| member.currency_among(&pack.currencies));
    let wanted = json!({ "item_id": pack.item_id, "quantity": quantity });
    let basket = Basket {
        ware: Ware::Pack,
        wanted,
        currency,
    };
    check_out(play, buyer, basket).await?;
    Ok(())
}

/// Uses credits at once, or sets them aside first where it is not known yet how many it takes.
async fn spend(play: &mut Play, user_id: &str, amount: i64) -> Result<(), Hitch> {
    let reason = play.dice.pick(&USES).copied().unwrap_or(USES[0]);
    let used = json!({ "amount": amount, "reason": reason });
    let caller = &play.stage.caller;
    if !play.dice.one_in(8) {
        caller.post(Who::Operator, &wallet(user_id, "/spend"), &used).await?;
        return Ok(());
    }
    let hold = caller.post(Who::Operator, &wallet(user_id, "/holds"), &used).await?;
    let hold_id = text(&hold, "hold_id");
    if play.dice.one_in(5) {
        let released = wallet(user_id, &format!("/holds/{hold_id}/release"));
        play.stage.caller.post(Who::Operator, &released, &json!({})).await?;
        return Ok(());
    }
    let share = play.dice.between(50, 100);
    let captured = wallet(user_id, &format!("/holds/{hold_id}/capture"));
    let taken = json!({ "amount": (amount * share / 100).max(1) });
    play.stage.caller.post(Who::Operator, &captured, &taken).await?;
    Ok(())
}

/// Somebody saves a card, and has the cheapest pack bought whenever credits run low.
pub(super) async fn set_up_top_up(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    let Some(pack) = play.offers.packs.first().cloned() else {
        return Ok(());
    };
    let user_id = play.user_id(buyer);
    let who = Who::User(&user_id);
    let page: Value = play
        .stage
        .caller
        .post(who, &wallet(&user_id, "/top-up/setup"), &json!({}))
        .await?;
    let card = json!({ "card": SAVED_CARD, "challenge": "complete" });
    pay(play, buyer, &text(&page, "id"), card).await?;
    play.stage.settle().await?;
    let below = pack.credits / 4 + 1;
    let wanted = json!({
        "low_balance_notice_below": below * 2, "below": below, "item_id": pack.item_id, "quantity": 1,
    });
    play.stage
        .caller
        .put(who, &wallet(&user_id, "/top-up"), &wanted)
        .await?;
    Ok(play.stage.look_at_wallets().await?)
}
