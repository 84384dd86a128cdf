//! Going to the checkout and paying there: at once, at the second try, after the bank has asked, by bank debit, or not at all.

use ledger::Currency;
use serde_json::{Value, json};

use crate::cli::dev::demo::caller::{Hitch, Who, text};
use crate::cli::dev::demo::play::{Bought, Play, Ware};

const CHECKOUT: &str = "/api/stripe/create-checkout-session";
/// Cards that are paid with.
const GOOD_CARDS: [&str; 4] = [
    "4242424242424242",
    "5555555555554444",
    "378282246310005",
    "4000056655665556",
];
/// Cards that are declined, each for another reason.
const DECLINED_CARDS: [&str; 4] = [
    "4000000000000002",
    "4000000000009995",
    "4000000000000069",
    "4000000000000119",
];
/// The bank asks the buyer, who confirms.
const ASKING_CARD: &str = "4000002760003184";
/// An account that a debit succeeds on, in the United States, and one in the euro area.
const BANK_ACCOUNT: &str = "000123456789";
const IBAN: &str = "DE89370400440532013000";

/// How somebody behaves at the checkout.
enum Manner {
    Pays(&'static str),
    /// The first card is declined, the second one pays.
    PaysAtSecondTry(&'static str, &'static str),
    ConfirmsAtBank,
    PaysByDebit(&'static str),
    /// The card is declined, and they leave it at that.
    GivesUp(&'static str),
    GoesAway,
}

/// What somebody goes to the checkout with.
pub(super) struct Basket {
    pub(super) ware: Ware,
    /// What is asked of the application.
    pub(super) wanted: Value,
    /// The currency where it is not the shop's own.
    pub(super) currency: Option<Currency>,
}

/// Sends somebody to the checkout, and lets them pay. Gives the purchase where they did.
pub(super) async fn check_out(play: &mut Play, buyer: usize, basket: Basket) -> Result<Option<String>, Hitch> {
    let Basket {
        ware,
        mut wanted,
        currency,
    } = basket;
    if let Some(currency) = currency {
        wanted["currency"] = json!(currency);
    }
    let user_id = play.user_id(buyer);
    let started = play.stage.caller.post(Who::User(&user_id), CHECKOUT, &wanted).await?;
    let (session, purchase_id) = (text(&started, "id"), text(&started, "purchase_id"));
    let currency = currency.unwrap_or(play.offers.currency);
    let manner = manner(play, ware, currency);
    let paid = behave(play, buyer, &session, &manner).await?;
    play.stage.settle().await?;
    if !paid {
        return Ok(None);
    }
    play.memory.bought.push(Bought {
        buyer,
        ware,
        purchase_id: purchase_id.clone(),
        at_s: play.stage.now_s(),
        is_troubled: false,
    });
    Ok(Some(purchase_id))
}

fn manner(play: &mut Play, ware: Ware, currency: Currency) -> Manner {
    let dice = &mut play.dice;
    let good = dice.pick(&GOOD_CARDS).copied().unwrap_or(GOOD_CARDS[0]);
    let declined = dice.pick(&DECLINED_CARDS).copied().unwrap_or(DECLINED_CARDS[0]);
    match dice.below(28) {
        // A subscription that somebody was invented to have begins.
        _ if ware == Ware::Plan => Manner::Pays(good),
        0..=2 => Manner::PaysAtSecondTry(declined, good),
        3 => Manner::GivesUp(declined),
        4 => Manner::GoesAway,
        5 | 6 => Manner::ConfirmsAtBank,
        7 if ware == Ware::Pack && currency.code() == "usd" => Manner::PaysByDebit(BANK_ACCOUNT),
        7 if ware == Ware::Pack && currency.code() == "eur" => Manner::PaysByDebit(IBAN),
        _ => Manner::Pays(good),
    }
}

/// Does what somebody does on the page. Whether they paid.
async fn behave(play: &Play, buyer: usize, session: &str, manner: &Manner) -> Result<bool, Hitch> {
    match manner {
        Manner::Pays(card) => pay(play, buyer, session, json!({ "card": card })).await?,
        Manner::PaysAtSecondTry(declined, good) => {
            be_declined(play, buyer, session, declined).await?;
            pay(play, buyer, session, json!({ "card": good })).await?;
        }
        Manner::ConfirmsAtBank => {
            let card = json!({ "card": ASKING_CARD, "challenge": "complete" });
            pay(play, buyer, session, card).await?;
        }
        Manner::PaysByDebit(account) => {
            pay(play, buyer, session, json!({ "bank_account": account })).await?;
        }
        Manner::GivesUp(declined) => {
            be_declined(play, buyer, session, declined).await?;
            return Ok(false);
        }
        Manner::GoesAway => return Ok(false),
    }
    Ok(true)
}

/// Pays on the page.
pub(super) async fn pay(play: &Play, buyer: usize, session: &str, mut by: Value) -> Result<(), Hitch> {
    if let Some(member) = play.cast.get(buyer) {
        by["email"] = json!(member.email);
        by["name"] = json!(member.name);
    }
    play.stage
        .caller
        .steer(&format!("/checkout/{session}/pay"), &by)
        .await?;
    Ok(())
}

/// Tries to pay with a card that is declined, which is told to the buyer and no more.
async fn be_declined(play: &Play, buyer: usize, session: &str, card: &str) -> Result<(), Hitch> {
    match pay(play, buyer, session, json!({ "card": card })).await {
        Ok(()) | Err(Hitch::Refused(_)) => Ok(()),
        Err(broken) => Err(broken),
    }
}
