//! Customers.

use super::{Metadata, object};

object! {
    /// A customer. After deletion only `id` and `deleted` are left.
    Customer = "customer"
    strict {}
    tolerant {
        /// The address for receipts and invoices.
        email: Option<String>,
        /// The name.
        name: Option<String>,
        /// Whether it has been deleted.
        deleted: bool,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Whether real money is meant.
        livemode: bool,
    }
}
