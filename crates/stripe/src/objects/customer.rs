//! Customers.

use super::{Expandable, Metadata, PaymentMethod, object, part_of_object};

object! {
    /// A customer. After deletion only `id` and `deleted` are left.
    Customer = "customer"
    strict {}
    tolerant {
        /// The address for receipts and invoices.
        email: Option<String>,
        /// The name.
        name: Option<String>,
        /// What is used where a payment names nothing else.
        invoice_settings: Option<InvoiceSettings>,
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

impl Customer {
    /// The id of the payment method that is used where nothing else is named.
    pub fn default_payment_method(&self) -> Option<&str> {
        let settings = self.invoice_settings.as_ref()?;
        settings.default_payment_method.as_ref().map(Expandable::id)
    }
}

part_of_object! {
    /// How a customer pays by default.
    InvoiceSettings {
        /// The payment method, which is attached to the customer.
        default_payment_method: Option<Expandable<PaymentMethod>> = "super::lenient::lenient",
    }
}
