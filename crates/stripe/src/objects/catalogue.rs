//! Products and prices.

use super::{Expandable, Metadata, object, part_of_object};

object! {
    /// What is sold.
    Product = "product"
    strict {}
    tolerant {
        /// What the buyer reads.
        name: Option<String>,
        /// More of it.
        description: Option<String>,
        /// Whether it can be bought.
        active: bool,
        /// Whether it has been deleted.
        deleted: bool,
        /// The price to use where none is named.
        default_price: Option<Expandable<Price>>,
        /// Our own keys and values.
        metadata: super::Metadata,
        /// Whether real money is meant.
        livemode: bool,
    }
}

object! {
    /// What a product costs. Its amount never changes; another amount is another price.
    Price = "price"
    strict {
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
        /// What one costs, in minor units; `None` for tiers, for an amount of the buyer's choice, and for fractions of
        /// a minor unit.
        #[serde(default)]
        unit_amount: Option<i64> = "super::amounts::unit_amount",
    }
    tolerant {
        /// The product.
        product: Option<Expandable<Product>>,
        /// Whether it can be used for new purchases.
        active: bool,
        /// Our name for it, unique among the prices, which can be moved to a newer one.
        lookup_key: Option<String>,
        /// What the operator reads.
        nickname: Option<String>,
        /// How often it is billed, for a plan.
        recurring: Option<Recurring>,
        /// Whether the amount has the tax in it.
        tax_behavior: Option<String>,
        /// Our own keys and values.
        metadata: Metadata,
        /// Whether real money is meant.
        livemode: bool,
    }
}

part_of_object! {
    /// How often a price is billed.
    Recurring {
        /// `day`, `week`, `month` or `year`.
        interval: Option<String> = "super::lenient::lenient",
        /// How many of them.
        interval_count: Option<i64> = "super::lenient::lenient",
    }
}
