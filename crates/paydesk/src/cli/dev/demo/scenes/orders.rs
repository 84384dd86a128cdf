//! Orders: somebody describes a piece of work and pays for it; the shop gives it to its reviewer, who begins and delivers.

use serde_json::{Map, Value, json};

use super::Scene;
use super::buying::{Basket, check_out};
use crate::catalogue::{Field, FieldKind};
use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::cast::REVIEWER;
use crate::cli::dev::demo::dice::Dice;
use crate::cli::dev::demo::play::{Play, Ware};
use crate::cli::dev::demo::plot::{DAY, HOUR};

/// What is written where a form asks for a word or two.
const WORDS: [&str; 5] = ["Ambient", "Folk", "House", "Jazz", "Chamber pop"];

/// What is done with an order next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in super::super) enum Step {
    /// Who ordered has changed their mind.
    Cancel,
    /// The shop says who does the work.
    Assign,
    Begin,
    Deliver,
}

/// The reviewer says where they are paid.
pub(super) async fn open(play: &mut Play) -> Result<(), Hitch> {
    if play.offers.packages.is_empty() {
        return Ok(());
    }
    onboard(play, REVIEWER).await
}

/// Somebody who earns something tells Stripe who they are.
pub(super) async fn onboard(play: &Play, user_id: &str) -> Result<(), Hitch> {
    let path = format!("/api/payouts/accounts/{user_id}/onboarding");
    let begun = play.stage.caller.post(Who::User(user_id), &path, &json!({})).await?;
    let account = format!("/accounts/{}/onboard", text(&begun, "account_id"));
    play.stage.caller.steer(&account, &json!({})).await?;
    Ok(play.stage.settle().await?)
}

pub(super) async fn order(play: &mut Play, buyer: usize) -> Result<(), Hitch> {
    let Some(package) = play.dice.pick(&play.offers.packages).cloned() else {
        return Ok(());
    };
    let user_id = play.user_id(buyer);
    let fields = filled_in(&package.fields, &mut play.dice);
    let wanted = json!({ "package_id": package.item_id, "fields": fields });
    let draft = play
        .stage
        .caller
        .post(Who::User(&user_id), "/api/orders", &wanted)
        .await?;
    let order_id = text(&draft, "order_id");
    let currency = play
        .cast
        .get(buyer)
        .and_then(|member| member.currency_among(&package.currencies));
    let basket = Basket {
        ware: Ware::Order,
        wanted: json!({ "order_id": order_id }),
        currency,
    };
    if check_out(play, buyer, basket).await?.is_some() {
        let step = if play.dice.one_in(9) {
            Step::Cancel
        } else {
            Step::Assign
        };
        let after_s = play.dice.between(3 * HOUR, DAY);
        play.follow_up(after_s, Scene::Work { order_id, step });
    }
    Ok(())
}

/// Something for each field of a form.
fn filled_in(fields: &[Field], dice: &mut Dice) -> Map<String, Value> {
    let mut filled = Map::new();
    for field in fields {
        let number = dice.between(100, 999);
        let value = match field.kind {
            FieldKind::Url => format!("https://music.example/tracks/{number}"),
            FieldKind::Text => dice.pick(&WORDS).copied().unwrap_or_default().to_owned(),
            FieldKind::LongText => format!("Please listen to the bridge from bar {number} on."),
        };
        filled.insert(field.name.clone(), json!(value));
    }
    filled
}

/// Takes the next step with an order, unless it went another way meanwhile.
pub(super) async fn work(play: &mut Play, order_id: &str, step: Step) -> Result<(), Hitch> {
    let path = format!("/api/orders/{order_id}");
    let seen = play.stage.caller.get(Who::Operator, &path).await?;
    let expected = if step == Step::Deliver { "in_progress" } else { "paid" };
    if seen["status"] != expected {
        return Ok(());
    }
    let owner = text(&seen, "user_id");
    let (who, place, body) = match step {
        Step::Cancel => (Who::User(owner.as_str()), "/moves", json!({ "to": "cancelled" })),
        Step::Assign => (Who::Operator, "/assignment", json!({ "reviewer_id": REVIEWER })),
        Step::Begin => (Who::User(REVIEWER), "/moves", json!({ "to": "in_progress" })),
        Step::Deliver => {
            let link = format!("https://files.example/{order_id}.pdf");
            let delivered = json!({ "to": "delivered", "links": [link], "note": "Have fun with it." });
            (Who::User(REVIEWER), "/moves", delivered)
        }
    };
    play.stage.caller.post(who, &format!("{path}{place}"), &body).await?;
    let next = match step {
        Step::Cancel => return Ok(play.stage.make_refunds().await?),
        Step::Assign => Step::Begin,
        Step::Begin => Step::Deliver,
        Step::Deliver => return Ok(()),
    };
    let after_s = play.dice.between(DAY / 2, 2 * DAY);
    play.follow_up(
        after_s,
        Scene::Work {
            order_id: order_id.to_owned(),
            step: next,
        },
    );
    Ok(())
}
