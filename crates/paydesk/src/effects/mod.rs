//! Effects: the closed list of everything that an event or a request can make happen, and the one place that applies
//! them.
//!
//! An effect carries a business key that is unique: of a movement of value in the ledger itself, of everything else in
//! `effect`, written in the same transaction as what it does. So an effect that is already there does nothing, whatever
//! repeats. Which effects follow from what is decided
//! in each capability's rules, never here.

mod messages;
mod records;

use ledger::{AccountKey, Currency, Fill, Role, Shortfall, Terms, TransferCode};
use store::{Result, Tx};

use crate::books::{self, Cause, Movement};
use crate::courier;
use crate::ids::{UserId, id_for};
use crate::notices::{self, Notice, Subject};
use crate::purchases::{self, SavedMethod};
use crate::{bookings, credits, keys, orders, payouts, seeded};

pub use records::effects_of_event;

/// The number used for `event_id` where no event is behind an effect, but a request or the success page.
pub const NO_EVENT: i64 = 0;

/// Something that happens exactly once for its key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Bought credits come into a wallet.
    Grant {
        /// Whose wallet.
        user_id: UserId,
        /// How many credits.
        credits: i64,
        /// When they end, and how soon they are used.
        terms: Terms,
        /// The payment that bought them: a `PaymentIntent`, or the session where nothing was to be paid.
        payment: String,
    },
    /// A customer's money stands in the books.
    Collect {
        /// Its currency.
        currency: Currency,
        /// How much, in minor units.
        amount_minor: i64,
        /// The payment it came by.
        payment: String,
    },
    /// What a reversed payment bought is taken back, or given back where the reversal was undone: a step towards what
    /// should be taken back in all.
    ClawBack {
        /// Whose wallet.
        user_id: UserId,
        /// The payment.
        payment: String,
        /// What it granted the credits under: the payment, or the invoice that it paid.
        granted_by: String,
        /// Credits to take back; negative to give back.
        credits: i64,
        /// The currency of the money.
        currency: Currency,
        /// Money that went back to the buyer, in minor units; negative where it came back.
        amount_minor: i64,
        /// The step's number among those of the payment.
        version: i64,
    },
    /// A wallet is frozen, or free again.
    Freeze {
        /// Whose wallet.
        user_id: UserId,
        /// The payment that is disputed.
        payment: String,
        /// Whether it is frozen.
        frozen: bool,
        /// The step's number among those of the payment.
        version: i64,
    },
    /// An order is paid for and can be worked on.
    PayOrder {
        /// Which order.
        order_id: String,
        /// Whose.
        user_id: UserId,
        /// What was ordered.
        package_id: String,
        /// By which purchase.
        purchase_id: String,
    },
    /// What was paid and given back for an order is counted anew.
    CountOrder {
        /// Which order.
        order_id: String,
        /// The payment of which something is new.
        payment: String,
        /// The step's number among those of the payment; 0 when its money came.
        version: i64,
    },
    /// A booking is paid for.
    PayBooking {
        /// Which booking.
        booking_id: String,
        /// By which purchase.
        purchase_id: String,
    },
    /// What was paid and given back for a booking is counted anew.
    CountBooking {
        /// Which booking.
        booking_id: String,
        /// The payment of which something is new.
        payment: String,
        /// The step's number among those of the payment; 0 when its money came.
        version: i64,
    },
    /// A purchase came to nothing; the time that was held for it is free.
    ReleaseBooking {
        /// Which booking.
        booking_id: String,
        /// The purchase that ended.
        purchase_id: String,
    },
    /// A payment method is kept, to be charged when its user is not there.
    SaveMethod {
        /// Whose.
        user_id: UserId,
        /// What was saved.
        method: SavedMethod,
        /// When, unix seconds.
        saved_at_s: i64,
        /// The setup at Stripe.
        setup: String,
    },
    /// A user is told of something that an event tells of.
    Notify {
        /// Who.
        user_id: UserId,
        /// Of what.
        subject: Subject,
        /// What makes it one thing to tell, whatever repeats.
        about: String,
    },
    /// A purchase came to nothing; its order may be paid for anew.
    ReleaseOrder {
        /// Which order.
        order_id: String,
        /// The purchase that ended.
        purchase_id: String,
    },
    /// An API key is issued, whose secret is made when its owner takes it into use.
    IssueKey {
        /// Whose.
        user_id: UserId,
        /// The subscription that it comes with.
        subscription_id: String,
        /// What it is called.
        name: String,
    },
    /// A subscription's user gets a piece of initial data.
    SeedData {
        /// Whose.
        user_id: UserId,
        /// The subscription that it comes with.
        subscription_id: String,
        /// The name of the plan's template.
        name: String,
        /// The template, as JSON.
        value: String,
    },
    /// Somebody earned a share of a sale.
    Earn(Box<payouts::Sale>),
}

/// An effect and the event that it follows from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caused {
    /// The event's number, or `NO_EVENT`.
    pub event_id: i64,
    /// What is to happen.
    pub effect: Effect,
}

/// Why effects could not be applied. Nothing of the batch has happened then.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The books refused a movement that rules had decided on.
    #[error("the books refused {key}: {refusal}")]
    Refused {
        /// The effect's business key.
        key: String,
        /// Why.
        refusal: ledger::Refusal,
    },
}

impl ApplyError {
    /// The same as a failure of the store, which undoes the transaction. What the books refuse, they refuse for good.
    pub fn into_store(self) -> store::Error {
        match self {
            Self::Store(error) => error,
            Self::Refused { .. } => store::Error::Corrupt(self.to_string()),
        }
    }
}

/// The business key of what a payment granted.
pub fn grant_key(payment: &str) -> String {
    format!("grant:{payment}")
}

impl Effect {
    /// What makes it happen once.
    pub fn key(&self) -> String {
        match self {
            Self::Grant { payment, .. } => grant_key(payment),
            Self::Collect { payment, .. } => format!("collect:{payment}"),
            Self::ClawBack { payment, version, .. } => format!("claw_back:{payment}:{version}"),
            Self::Freeze { payment, version, .. } => format!("freeze:{payment}:{version}"),
            Self::PayOrder { purchase_id, .. } => format!("pay_order:{purchase_id}"),
            Self::CountOrder { payment, version, .. } => format!("count_order:{payment}:{version}"),
            Self::ReleaseOrder { purchase_id, .. } => format!("release_order:{purchase_id}"),
            Self::PayBooking { purchase_id, .. } => format!("pay_booking:{purchase_id}"),
            Self::CountBooking { payment, version, .. } => format!("count_booking:{payment}:{version}"),
            Self::ReleaseBooking { purchase_id, .. } => format!("release_booking:{purchase_id}"),
            Self::SaveMethod { setup, .. } => format!("save_method:{setup}"),
            Self::Notify { about, .. } => format!("notify:{about}"),
            Self::IssueKey { subscription_id, .. } => format!("issue_key:{subscription_id}"),
            Self::SeedData {
                subscription_id, name, ..
            } => format!("seed:{subscription_id}:{name}"),
            Self::Earn(sale) => format!("earn:{}", sale.business_key),
        }
    }

    /// Whether it moves value; then the ledger keeps its key.
    fn moves_value(&self) -> bool {
        matches!(self, Self::Grant { .. } | Self::Collect { .. } | Self::ClawBack { .. })
    }

    /// Its kind, as it is stored and shown.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Collect { .. } => "collect",
            Self::ClawBack { .. } => "claw_back",
            Self::Freeze { .. } => "freeze",
            Self::PayOrder { .. } => "pay_order",
            Self::CountOrder { .. } => "count_order",
            Self::ReleaseOrder { .. } => "release_order",
            Self::PayBooking { .. } => "pay_booking",
            Self::CountBooking { .. } => "count_booking",
            Self::ReleaseBooking { .. } => "release_booking",
            Self::SaveMethod { .. } => "save_method",
            Self::Notify { .. } => "notify",
            Self::IssueKey { .. } => "issue_key",
            Self::SeedData { .. } => "seed_data",
            Self::Earn(_) => "earn",
        }
    }
}

/// The payment that a business key of a movement of credits names: a `PaymentIntent`, or a session.
pub fn payment_of(business_key: &str) -> Option<&str> {
    let claw_back = || business_key.strip_prefix("claw_back:")?.rsplit_once(':');
    business_key
        .strip_prefix("grant:")
        .or_else(|| claw_back().map(|(payment, _)| payment))
}

impl Caused {
    /// An effect with no event of its own behind it.
    pub fn by_nothing(effect: Effect) -> Self {
        Self {
            event_id: NO_EVENT,
            effect,
        }
    }

    /// The movements of value that it is made of; none where it is something else.
    fn movements(&self) -> Vec<Movement> {
        let moves = match &self.effect {
            Effect::Grant {
                user_id,
                credits,
                terms,
                ..
            } => vec![Movement {
                fill: Fill::New(*terms),
                ..Movement::new(
                    Cause::key(self.effect.key()),
                    AccountKey::credits(Role::Issued),
                    credits::wallet(user_id, None),
                    *credits,
                    TransferCode::Grant,
                )
            }],
            Effect::Collect {
                currency, amount_minor, ..
            } => vec![Movement::new(
                Cause::key(self.effect.key()),
                AccountKey::money(*currency, Role::StripeClearing),
                AccountKey::money(*currency, Role::PlatformRevenue),
                *amount_minor,
                TransferCode::Collect,
            )],
            Effect::ClawBack { .. } => self.claw_back(),
            Effect::Freeze { .. }
            | Effect::PayOrder { .. }
            | Effect::CountOrder { .. }
            | Effect::ReleaseOrder { .. }
            | Effect::PayBooking { .. }
            | Effect::CountBooking { .. }
            | Effect::ReleaseBooking { .. }
            | Effect::SaveMethod { .. }
            | Effect::Notify { .. }
            | Effect::IssueKey { .. }
            | Effect::SeedData { .. }
            | Effect::Earn(_) => Vec::new(),
        };
        let caused = |movement| Movement {
            event_id: self.event_id,
            ..movement
        };
        moves.into_iter().map(caused).collect()
    }

    /// Credits out of the wallet, first of all out of what the payment bought, and a debt for what is not there; or back to
    /// where they were taken from. And the money.
    fn claw_back(&self) -> Vec<Movement> {
        let Effect::ClawBack {
            user_id,
            payment,
            granted_by,
            credits,
            currency,
            amount_minor,
            version,
        } = &self.effect
        else {
            return Vec::new();
        };
        let wallet = credits::wallet(user_id, None);
        let clawed_back = AccountKey::credits(Role::ClawedBack);
        let clearing = AccountKey::money(*currency, Role::StripeClearing);
        let revenue = AccountKey::money(*currency, Role::PlatformRevenue);
        let key = Cause::key(self.effect.key());
        let mut moves = Vec::new();
        if *credits > 0 {
            moves.push(Movement {
                first_from: Some(grant_key(granted_by)),
                shortfall: Shortfall::Owe,
                ..Movement::new(key, wallet, clawed_back, *credits, TransferCode::ClawBack)
            });
        } else if *credits < 0 {
            moves.push(Movement::new(
                key,
                clawed_back,
                wallet,
                -credits,
                TransferCode::Reinstate,
            ));
        }
        let key = Cause::key(format!("refund:{payment}:{version}"));
        if *amount_minor > 0 {
            moves.push(Movement::new(
                key,
                revenue,
                clearing,
                *amount_minor,
                TransferCode::Refund,
            ));
        } else if *amount_minor < 0 {
            let code = TransferCode::RefundReversal;
            moves.push(Movement::new(key, clearing, revenue, -amount_minor, code));
        }
        moves
    }
}

/// Applies effects that have not happened yet, in the caller's transaction. Gives how many were new.
///
/// A movement of value is its own record: the ledger keeps its business key unique, so it has no second row here.
pub fn apply(tx: &mut Tx<'_>, now_us: i64, caused: &[Caused]) -> std::result::Result<usize, ApplyError> {
    let (movers, movements): (Vec<&Caused>, Vec<Vec<Movement>>) = caused
        .iter()
        .map(|one| (one, one.movements()))
        .filter(|(_, movements)| !movements.is_empty())
        .unzip();
    let (mut new, mut happened) = (0, Vec::new());
    if !movements.is_empty() {
        let outcomes = books::post(tx, now_us, &movements)?;
        for ((mover, movement), outcome) in movers.iter().zip(&movements).zip(outcomes) {
            match outcome {
                Ok(outcome) if outcome.new => {
                    new += 1;
                    happened.push(&mover.effect);
                }
                // The same payment told by another event, or an amount it tells differently: it stands as first told.
                Ok(_) | Err(ledger::Refusal::ExistsDifferently) => {}
                Err(refusal) => {
                    return Err(ApplyError::Refused {
                        key: movement[0].key().to_owned(),
                        refusal,
                    });
                }
            }
        }
    }
    let others: Vec<&Caused> = caused.iter().filter(|one| !one.effect.moves_value()).collect();
    if !others.is_empty() {
        let fresh = records::insert_new(tx, now_us, &others)?;
        for one in &fresh {
            if apply_one(tx, now_us, &one.effect)? {
                happened.push(&one.effect);
            }
        }
        new += fresh.len();
    }
    courier::tell(tx, now_us, happened.into_iter().filter_map(messages::of))?;
    Ok(new)
}

/// What was paid for a time goes back where the time is gone.
fn pay_booking(tx: &mut Tx<'_>, now_us: i64, booking_id: &str, purchase_id: &str) -> Result<()> {
    if bookings::pay(tx, now_us, booking_id)? {
        return Ok(());
    }
    purchases::refunds::of_booking::give_back_unplaced(tx, now_us, booking_id, purchase_id)
}

/// Applies an effect that moves no value. Whether it came to what others are told of it.
fn apply_one(tx: &mut Tx<'_>, now_us: i64, effect: &Effect) -> Result<bool> {
    match effect {
        Effect::PayOrder {
            order_id,
            user_id,
            package_id,
            purchase_id,
        } => {
            let taken = orders::pay(tx, now_us, order_id, user_id, package_id, purchase_id)?;
            if !taken {
                purchases::refunds::of_order::give_back_unwanted(tx, now_us, order_id, purchase_id)?;
            }
            return Ok(taken);
        }
        Effect::CountOrder { order_id, .. } => {
            // Read behind the lock: another of its payments may have come on another node.
            orders::lock(tx, order_id)?;
            let totals = purchases::refunds::of_order::totals(tx, order_id)?;
            orders::count(tx, now_us, order_id, totals)?;
            payouts::follow(tx, now_us, &orders::sale_key(order_id), totals.1)
        }
        Effect::PayBooking {
            booking_id,
            purchase_id,
        } => pay_booking(tx, now_us, booking_id, purchase_id),
        Effect::CountBooking {
            booking_id, payment, ..
        } => bookings::count(tx, now_us, (booking_id, payment)),
        Effect::ReleaseBooking { booking_id, .. } => bookings::release(tx, now_us, booking_id),
        Effect::ReleaseOrder { order_id, purchase_id } => orders::release(tx, now_us, order_id, purchase_id),
        Effect::SaveMethod {
            user_id,
            method,
            saved_at_s,
            ..
        } => {
            purchases::save_method(tx, user_id, method, *saved_at_s)?;
            // Whatever waits for another payment method is looked at again.
            books::stir(tx, &credits::wallet(user_id, None))
        }
        Effect::Notify { user_id, subject, .. } => {
            let notice = Notice {
                notice_id: id_for("ntc", now_us, &effect.key()),
                user_id: user_id.clone(),
                subject: subject.clone(),
                created_at_us: now_us,
            };
            notices::note(tx, &notice)
        }
        Effect::Freeze { user_id, frozen, .. } => books::freeze(tx, &credits::wallet(user_id, None), *frozen),
        Effect::IssueKey {
            user_id,
            subscription_id,
            name,
        } => keys::issue(tx, now_us, user_id, subscription_id, name),
        Effect::SeedData {
            user_id,
            subscription_id,
            name,
            value,
        } => seeded::seed(tx, now_us, user_id, subscription_id, name, value),
        Effect::Earn(sale) => payouts::earn(tx, now_us, sale),
        Effect::Grant { .. } | Effect::Collect { .. } | Effect::ClawBack { .. } => Ok(()),
    }?;
    Ok(true)
}
