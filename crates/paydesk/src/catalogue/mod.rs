//! The catalogue: what is sold, declared in one file, checked as a whole, and pushed to Stripe.
//!
//! Here live its types, the reading of the file and the push. What a sale does lives with the kind that is sold. A price
//! is never edited at Stripe: a changed amount becomes a new Stripe price, and what was sold before keeps the old one.

mod plans;
mod push;
mod records;
pub mod routes;
pub mod rules;
mod sessions;

use std::collections::BTreeMap;
use std::path::Path;

use ledger::{Currency, Money, NEVER_US, Terms};

use crate::clock::DAY_US;
use crate::ids::UserId;

pub use plans::{
    Access, CycleCredits, Free, Interval, KeyPolicy, OnDowngrade, PastDueAccess, PausedAccess, Plan, Seed,
};
pub use push::{PushError, Pushed, push};
pub use records::{currency_of_price, plan_of_price, stripe_plan_price, stripe_price};
pub use rules::{CatalogueError, EXPIRES_AFTER_DAYS_MAX, REFUND_DAYS_MAX, parse};
pub use sessions::{RefundTier, SessionType};

/// How the ids of products at Stripe begin.
const PRODUCT_PREFIX: &str = "paydesk_";

/// Everything that is on sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catalogue {
    /// The shop's name, shown on its pages.
    pub shop_name: String,
    /// The currency used where a request names none.
    pub default_currency: Currency,
    /// Credit packs, order packages, session types and plans by their id.
    pub items: BTreeMap<String, Item>,
    /// What somebody without a live subscription has.
    pub free: Free,
    /// What buyers get back on their own.
    pub refunds: RefundTerms,
}

/// What buyers get back on their own, and who else must agree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundTerms {
    /// The share of the price, in percent, that goes back where a buyer cancels an order on which no work began.
    pub order_share_percent: i64,
    /// Up to how much a buyer's request is granted at once, in minor units by currency; nothing where there is none.
    pub automatic_up_to: BTreeMap<Currency, i64>,
    /// Above how much somebody else must approve than who asks.
    pub four_eyes_above: Option<Above>,
    /// Above how much two must approve.
    pub two_approvals_above: Option<Above>,
}

/// A limit in minor units by currency. A currency that is not named is always above it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Above(pub BTreeMap<Currency, i64>);

impl Above {
    /// Whether an amount is above the limit.
    pub fn is_passed(&self, amount: Money) -> bool {
        self.0.get(&amount.currency).is_none_or(|limit| amount.minor > *limit)
    }
}

impl Catalogue {
    /// The plan of this id.
    pub fn plan(&self, plan_id: &str) -> Option<&Plan> {
        self.items.get(plan_id).and_then(Item::plan)
    }

    /// What a reviewer earns of an order of this package, in percent.
    pub fn reviewer_share_percent(&self, package_id: &str) -> i64 {
        match self.items.get(package_id).map(|item| &item.offer) {
            Some(Offer::OrderPackage {
                reviewer_share_percent, ..
            }) => *reviewer_share_percent,
            _ => 0,
        }
    }

    /// The session type of this id.
    pub fn session_type(&self, session_type_id: &str) -> Option<&SessionType> {
        self.items.get(session_type_id).and_then(Item::session_type)
    }

    /// Whether a user gives sessions.
    pub fn has_builder(&self, user_id: &UserId) -> bool {
        let mut given = self.items.values().filter_map(Item::session_type);
        given.any(|session_type| session_type.builder_id == *user_id)
    }

    /// The plan whose product at Stripe this is.
    pub fn plan_of_product(&self, stripe_product_id: &str) -> Option<String> {
        let plan_id = stripe_product_id.strip_prefix(PRODUCT_PREFIX)?;
        self.plan(plan_id).map(|_| plan_id.to_owned())
    }
}

/// One thing on sale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Its id in the file, in requests and in Stripe's metadata.
    pub id: String,
    /// The name a buyer reads.
    pub name: String,
    /// A sentence about it; may be empty.
    pub description: String,
    /// Minor units of one piece, by currency.
    pub prices: BTreeMap<Currency, i64>,
    /// For how many days from the payment its buyer may ask for the money back; not at all where there is none.
    pub refund_days: Option<i64>,
    /// What a buyer gets.
    pub offer: Offer,
}

/// What a buyer gets for the price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Offer {
    /// Prepaid credits; a purchase may hold up to `max_quantity` packs.
    CreditPack {
        /// Credits of one pack.
        credits: i64,
        /// The most packs in one purchase.
        max_quantity: i64,
        /// What becomes of the credits.
        terms: PackTerms,
    },
    /// A piece of work, described by the buyer in these fields.
    OrderPackage {
        /// What the reviewer who delivers it earns of the price, in percent; 0 where nobody does.
        reviewer_share_percent: i64,
        /// The fields, in the order of the form.
        fields: Vec<Field>,
    },
    /// A session with a builder.
    Session(Box<SessionType>),
    /// A subscription.
    Plan(Box<Plan>),
}

/// When the credits of a pack end, and how soon they are used. Fixed when the pack is bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct PackTerms {
    /// After how many days from the payment they end; never where there is none.
    pub expires_after_days: Option<i64>,
    /// Credits of a lower number are used first.
    pub priority: i64,
}

impl PackTerms {
    /// The terms of credits that were paid for at a moment, microseconds.
    pub fn since(self, paid_at_us: i64) -> Terms {
        let end = |days: i64| paid_at_us.saturating_add(days.saturating_mul(DAY_US));
        Terms {
            priority: self.priority,
            expires_at_us: self.expires_after_days.map_or(NEVER_US, end),
        }
    }
}

/// One field that the buyer of an order fills in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name in requests and records.
    pub name: String,
    /// What the form shows.
    pub label: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
}

/// What may be entered into a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line, up to 200 characters.
    Text,
    /// Several lines, up to 5,000 characters.
    LongText,
    /// An http or https address, up to 2,000 characters.
    Url,
}

impl Item {
    /// The price of `quantity` pieces in `currency`, or `None` where it is not sold in that currency or the amount
    /// would not fit.
    pub fn amount(&self, currency: Currency, quantity: i64) -> Option<Money> {
        let minor = *self.prices.get(&currency)?;
        Money::new(minor, currency).times(quantity).ok()
    }

    /// The plan that it is, where it is one.
    pub fn plan(&self) -> Option<&Plan> {
        match &self.offer {
            Offer::Plan(plan) => Some(plan),
            Offer::CreditPack { .. } | Offer::OrderPackage { .. } | Offer::Session(_) => None,
        }
    }

    /// The session type that it is, where it is one.
    pub fn session_type(&self) -> Option<&SessionType> {
        match &self.offer {
            Offer::Session(session_type) => Some(session_type),
            Offer::CreditPack { .. } | Offer::OrderPackage { .. } | Offer::Plan(_) => None,
        }
    }

    /// The id that the item's product has at Stripe.
    pub fn stripe_product_id(&self) -> String {
        format!("{PRODUCT_PREFIX}{}", self.id)
    }
}

/// Reads and checks the catalogue file.
pub fn load(path: &Path) -> Result<Catalogue, CatalogueError> {
    let text = std::fs::read_to_string(path).map_err(|error| CatalogueError::unreadable(path, &error))?;
    parse(&text, &path.display().to_string())
}
