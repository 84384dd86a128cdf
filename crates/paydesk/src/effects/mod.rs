//! Effects: the closed list of everything that an event or a request can make happen, and the one place that applies
//! them.
//!
//! An effect carries a business key that is unique: of a movement of value in the ledger itself, of everything else in
//! `effect`, written in the same transaction as what it does. So an effect that is already there does nothing, whatever
//! repeats. Which effects follow from what is decided
//! in each capability's rules, never here.

mod records;

use ledger::{AccountKey, Currency, Posted, Role, TransferCode};
use store::{Result, Tx};

use crate::books::{self, Movement};
use crate::ids::UserId;
use crate::orders;

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
    /// A purchase came to nothing; its order may be paid for anew.
    ReleaseOrder {
        /// Which order.
        order_id: String,
        /// The purchase that ended.
        purchase_id: String,
    },
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

impl Effect {
    /// What makes it happen once.
    pub fn key(&self) -> String {
        match self {
            Self::Grant { payment, .. } => format!("grant:{payment}"),
            Self::Collect { payment, .. } => format!("collect:{payment}"),
            Self::PayOrder { purchase_id, .. } => format!("pay_order:{purchase_id}"),
            Self::ReleaseOrder { purchase_id, .. } => format!("release_order:{purchase_id}"),
        }
    }

    /// Its kind, as it is stored and shown.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Collect { .. } => "collect",
            Self::PayOrder { .. } => "pay_order",
            Self::ReleaseOrder { .. } => "release_order",
        }
    }
}

impl Caused {
    fn movement(&self) -> Option<Movement> {
        match &self.effect {
            Effect::Grant { user_id, credits, .. } => Some(Movement {
                business_key: self.effect.key(),
                debit: AccountKey::credits(Role::Issued),
                credit: AccountKey::credits(Role::Wallet(user_id.to_string())),
                amount: *credits,
                code: TransferCode::Grant,
                memo: None,
                event_id: self.event_id,
            }),
            Effect::Collect {
                currency, amount_minor, ..
            } => Some(Movement {
                business_key: self.effect.key(),
                debit: AccountKey::money(*currency, Role::StripeClearing),
                credit: AccountKey::money(*currency, Role::PlatformRevenue),
                amount: *amount_minor,
                code: TransferCode::Collect,
                memo: None,
                event_id: self.event_id,
            }),
            Effect::PayOrder { .. } | Effect::ReleaseOrder { .. } => None,
        }
    }
}

/// Applies effects that have not happened yet, in the caller's transaction. Gives how many were new.
///
/// A movement of value is its own record: the ledger keeps its business key unique, so it has no second row here.
pub fn apply(tx: &mut Tx<'_>, now_us: i64, caused: &[Caused]) -> std::result::Result<usize, ApplyError> {
    let movements: Vec<Vec<Movement>> = caused
        .iter()
        .filter_map(Caused::movement)
        .map(|movement| vec![movement])
        .collect();
    let mut new = 0;
    if !movements.is_empty() {
        let outcomes = books::post(tx, now_us, &movements)?;
        for (movement, outcome) in movements.iter().zip(outcomes) {
            match outcome {
                Ok(standing) if standing.posted == Posted::Now => new += 1,
                // The same payment told by another event, or an amount it tells differently: it stands as first told.
                Ok(_) | Err(ledger::Refusal::ExistsDifferently) => {}
                Err(refusal) => {
                    return Err(ApplyError::Refused {
                        key: movement[0].business_key.clone(),
                        refusal,
                    });
                }
            }
        }
    }
    let others: Vec<&Caused> = caused.iter().filter(|one| one.movement().is_none()).collect();
    if !others.is_empty() {
        let fresh = records::insert_new(tx, now_us, &others)?;
        apply_to_orders(tx, now_us, &fresh)?;
        new += fresh.len();
    }
    Ok(new)
}

fn apply_to_orders(tx: &mut Tx<'_>, now_us: i64, fresh: &[&Caused]) -> Result<()> {
    for one in fresh {
        match &one.effect {
            Effect::PayOrder {
                order_id,
                user_id,
                package_id,
                purchase_id,
            } => {
                orders::pay(tx, now_us, order_id, user_id, package_id, purchase_id)?;
            }
            Effect::ReleaseOrder { order_id, purchase_id } => orders::release(tx, now_us, order_id, purchase_id)?,
            Effect::Grant { .. } | Effect::Collect { .. } => {}
        }
    }
    Ok(())
}
