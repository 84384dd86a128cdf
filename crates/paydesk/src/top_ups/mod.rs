//! Top-ups: what happens when a user's wallet runs low. The user is told, or credits are bought with a saved payment
//! method, or both, as they wished.
//!
//! Found off the hot path: the books mark a wallet whose balance left the band in which nothing changes, and a job looks at
//! the marked ones. A top-up is a purchase like any other but for the page: written first, then charged under its own key,
//! granted by the payment's verified event alone. One at a time, at most two begin within ten minutes, and a failed one
//! stops them until the payment method changes.

mod records;
pub mod routes;
pub mod rules;
mod watch;

use ledger::Money;
use store::{Result, Tx};

use crate::app::App;
use crate::ids::UserId;
use crate::purchases::{Purchase, SavedMethod};
use crate::words::words;
use crate::{books, credits, purchases};

pub use watch::{Look, Looked, Looks, describe_metrics, look, looks, run};

/// Whether credits are bought when the wallet runs low, and what is in the way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TopUpState)]
pub enum State {
    /// Nothing is to be bought.
    Off,
    /// The next time the wallet runs low, credits are bought.
    Ready,
    /// A purchase is under way; no other begins.
    Underway,
    /// So many have begun of late that the next one waits.
    Waiting,
    /// No payment method is saved.
    NeedsPaymentMethod,
    /// The last purchase failed with the saved payment method; another one has to be saved.
    Stopped,
    /// The wallet is frozen, because a payment is disputed.
    Frozen,
    /// The item is no longer sold at the price that was agreed to.
    OfferChanged,
}

words!(State {
    Off = "off",
    Ready = "ready",
    Underway = "underway",
    Waiting = "waiting",
    NeedsPaymentMethod = "needs_payment_method",
    Stopped = "stopped",
    Frozen = "frozen",
    OfferChanged = "offer_changed",
});

/// What is to be bought when the wallet runs low.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
    /// Below which balance.
    pub below: i64,
    /// Which credit pack.
    pub item_id: String,
    /// How many of them.
    pub quantity: i64,
    /// What that cost when it was agreed to. More is never charged.
    pub price: Money,
}

/// What a user wants when their wallet runs low.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    /// Below which balance they are told.
    pub notice_below: Option<i64>,
    /// What is bought.
    pub plan: Option<Plan>,
}

/// All that is known of a user's top-ups.
#[derive(Clone, Debug)]
pub struct TopUp {
    /// What they want.
    pub settings: Settings,
    /// What they pay with.
    pub method: Option<SavedMethod>,
    /// The last attempts, newest first.
    pub attempts: Vec<Purchase>,
    /// Whether a purchase could be begun, and what is in its way.
    pub state: State,
}

/// What is read of a wallet before it is decided on.
struct Read {
    watched: books::Watched,
    pending: i64,
    method: Option<SavedMethod>,
    attempts: Vec<Purchase>,
}

impl Read {
    fn of(tx: &mut Tx<'_>, user_id: &UserId) -> Result<Self> {
        // The balance last: see `watch`.
        let method = purchases::saved_method(tx, user_id)?;
        let attempts = purchases::automatic_purchases(tx, user_id, rules::ATTEMPTS_MAX)?;
        let pending = purchases::pending_credits(tx, user_id)?;
        Ok(Self {
            watched: books::watched(tx, &credits::wallet(user_id, None))?,
            pending,
            method,
            attempts,
        })
    }

    fn standing(&self, on_offer: bool, noticed: bool) -> rules::Standing<'_> {
        rules::Standing {
            balance: self.watched.balance,
            frozen: self.watched.frozen,
            pending: self.pending,
            payment_method: self.method.as_ref().map(|method| method.payment_method.as_str()),
            attempts: &self.attempts,
            on_offer,
            noticed,
        }
    }
}

/// Whether what a plan buys is sold, and costs no more than was agreed to.
fn is_on_offer(app: &App, plan: &Plan) -> bool {
    let offer = purchases::pack_offer(&app.catalogue, &plan.item_id, plan.quantity, plan.price.currency);
    offer.is_ok_and(|offer| offer.price.minor <= plan.price.minor)
}

/// What is known of a user's top-ups.
pub async fn read(app: &App, user_id: &UserId) -> std::result::Result<TopUp, store::Error> {
    let (app_in, user_id, now_us) = (app.clone(), user_id.clone(), app.clock.now_us());
    app.store
        .read(move |tx| {
            let settings = records::settings(tx, &user_id)?.unwrap_or_default();
            let read = Read::of(tx, &user_id)?;
            let on_offer = settings.plan.as_ref().is_none_or(|plan| is_on_offer(&app_in, plan));
            let state = rules::state(&settings, &read.standing(on_offer, false), now_us);
            Ok(TopUp {
                settings,
                method: read.method,
                attempts: read.attempts,
                state,
            })
        })
        .await
}

/// Keeps what a user wants; the wallet is looked at soon.
pub async fn change(app: &App, user_id: &UserId, settings: Settings) -> std::result::Result<(), store::Error> {
    let (user_id, now_us) = (user_id.clone(), app.clock.now_us());
    app.store
        .write(move |tx| records::put(tx, now_us, &user_id, &settings))
        .await
}

/// Forgets what a user wanted. A purchase that is under way goes on.
pub async fn remove(app: &App, user_id: &UserId) -> std::result::Result<(), store::Error> {
    let user_id = user_id.clone();
    app.store
        // The wallet stays watched until it is looked at the next time.
        .write(move |tx| records::delete(tx, &user_id))
        .await
}
