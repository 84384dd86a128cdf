//! What a subscription's periods are billed by, and which payments pay it.
//!
//! Since 2025-03 the subscription, the payments and the prices of an invoice are told in other places than before; the
//! methods read both.

use super::{
    Charge, Customer, Expandable, List, Metadata, PaymentIntent, Price, Subscription, object, part_of_object, text_enum,
};

object! {
    /// What a customer owes.
    Invoice = "invoice"
    strict {
        /// What is to be paid, in minor units.
        amount_due: i64 = "super::amounts::amount_due",
        /// What has been paid, in minor units.
        amount_paid: i64 = "super::amounts::required::amount_paid",
        /// What it comes to, in minor units.
        total: i64 = "super::amounts::total",
        /// The currency of the amounts, in lower case.
        currency: String = "super::amounts::currency",
        /// What of `amount_paid` was not paid by way of Stripe, in minor units.
        #[serde(default)]
        amount_paid_off_stripe: Option<i64> = "super::amounts::amount_paid_off_stripe",
    }
    tolerant {
        /// Where it stands.
        status: InvoiceStatus,
        /// Why it was made, such as `subscription_cycle`.
        billing_reason: Option<String>,
        /// Who owes.
        customer: Option<Expandable<Customer>>,
        /// What it is for.
        lines: Option<List<InvoiceLine>>,
        /// What made it; read through [`Invoice::subscription_id`].
        parent: Option<InvoiceParent>,
        /// The payments, only when expanded; read through [`Invoice::payment_intents`].
        payments: Option<List<InvoicePayment>>,
        /// How often its payment was tried.
        attempt_count: Option<i64>,
        /// When it is tried next, in unix seconds.
        next_payment_attempt: Option<i64>,
        /// Stripe's page, where it can be paid and read.
        hosted_invoice_url: Option<String>,
        /// The same to print.
        invoice_pdf: Option<String>,
        /// Its number, as the customer reads it.
        number: Option<String>,
        /// When it came to be what it is.
        status_transitions: Option<InvoiceTransitions>,
        /// Our own keys and values.
        metadata: Metadata,
        /// When it was made, in unix seconds.
        created: Option<i64>,
        /// Where API versions before 2025-03-31 have the subscription.
        subscription: Option<Expandable<Subscription>>,
        /// Where they have a copy of its metadata.
        subscription_details: Option<SubscriptionDetails>,
        /// Where they have the payment.
        payment_intent: Option<Expandable<PaymentIntent>>,
        /// Where they have the charge.
        charge: Option<Expandable<Charge>>,
        /// Where they say that it was not paid by way of Stripe.
        paid_out_of_band: bool,
    }
}

text_enum! {
    /// Where an invoice stands.
    InvoiceStatus {
        /// Not final yet.
        Draft = "draft",
        /// To be paid.
        Open = "open",
        /// Given up.
        Uncollectible = "uncollectible",
        /// It should not have been.
        Void = "void",
        /// Paid.
        Paid = "paid",
    }
}

impl Invoice {
    /// The subscription that it bills.
    pub fn subscription_id(&self) -> Option<&str> {
        let details = self.details().and_then(|details| details.subscription.as_ref());
        details.or(self.subscription.as_ref()).map(Expandable::id)
    }

    /// Our own keys and values of the subscription, as they were when it was billed.
    pub fn subscription_metadata(&self) -> Option<&Metadata> {
        let details = self.details().or(self.subscription_details.as_ref());
        details.map(|details| &details.metadata)
    }

    fn details(&self) -> Option<&SubscriptionDetails> {
        self.parent.as_ref()?.subscription_details.as_ref()
    }

    /// The payments that it is paid by, as far as it tells of them: all that have paid, or the one that is told in the
    /// place of before 2025-03-31.
    pub fn payment_intents(&self) -> Vec<(&str, i64)> {
        let paid = self.payments.iter().flat_map(|payments| &payments.data);
        let mut paid: Vec<(&str, i64)> = paid
            .filter(|payment| payment.status.as_deref() == Some("paid"))
            .filter_map(|payment| Some((payment.payment_intent_id()?, payment.amount_paid?)))
            .collect();
        if let Some(intent) = &self.payment_intent
            && paid.is_empty()
        {
            paid.push((intent.id(), self.paid_by_stripe()));
        }
        paid
    }

    /// What of it was paid by way of Stripe, in minor units.
    pub fn paid_by_stripe(&self) -> i64 {
        if self.paid_out_of_band {
            return 0;
        }
        let elsewhere = self.amount_paid_off_stripe.unwrap_or_default();
        self.amount_paid.saturating_sub(elsewhere).max(0)
    }
}

part_of_object! {
    /// What made an invoice.
    InvoiceParent {
        /// The subscription, where it was one.
        subscription_details: Option<SubscriptionDetails> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// The subscription that an invoice bills.
    SubscriptionDetails {
        /// Which.
        subscription: Option<Expandable<Subscription>> = "super::lenient::lenient",
        /// Our own keys and values of it, as they were when it was billed.
        metadata: Metadata = "super::lenient::lenient",
    }
}

part_of_object! {
    /// When an invoice came to be what it is, in unix seconds.
    InvoiceTransitions {
        /// When it became final.
        finalized_at: Option<i64> = "super::lenient::lenient",
        /// When it was paid.
        paid_at: Option<i64> = "super::lenient::lenient",
    }
}

object! {
    /// One line of an invoice.
    InvoiceLine = "line_item"
    strict {
        /// What it comes to, in minor units; negative where something is given back.
        amount: i64 = "super::amounts::amount",
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
    }
    tolerant {
        /// The time that it is for.
        period: Option<LinePeriod>,
        /// How many.
        quantity: Option<i64>,
        /// The price; read through [`InvoiceLine::price_id`].
        pricing: Option<LinePricing>,
        /// What made it; read through [`InvoiceLine::is_of_subscription`] and [`InvoiceLine::is_proration`].
        parent: Option<LineParent>,
        /// Our own keys and values.
        metadata: Metadata,
        /// Where API versions before 2025-03-31 have the price.
        price: Option<Expandable<Price>>,
        /// Where they say that it is a part of a period.
        proration: bool,
        /// Where they say what made it: `subscription` or `invoiceitem`.
        #[serde(rename = "type")]
        kind: Option<String>,
        /// The subscription.
        subscription: Option<String>,
    }
}

impl InvoiceLine {
    /// Whether it is for what a subscription has, and not for something that was put beside.
    pub fn is_of_subscription(&self) -> bool {
        let item = |parent: &LineParent| parent.subscription_item_details.is_some();
        self.parent.as_ref().is_some_and(item) || self.kind.as_deref() == Some("subscription") || self.is_proration()
    }

    /// Whether it is a part of a period, taken or given back because something was changed in between.
    pub fn is_proration(&self) -> bool {
        let details = |parent: &LineParent| {
            [&parent.subscription_item_details, &parent.invoice_item_details]
                .into_iter()
                .flatten()
                .any(|details| details.proration)
        };
        self.proration || self.parent.as_ref().is_some_and(details)
    }

    /// The price.
    pub fn price_id(&self) -> Option<&str> {
        let details = || self.pricing.as_ref()?.price_details.as_ref()?.price.as_ref();
        details().or(self.price.as_ref()).map(Expandable::id)
    }

    /// The product of the price.
    pub fn product_id(&self) -> Option<&str> {
        let details = || self.pricing.as_ref()?.price_details.as_ref()?.product.as_deref();
        let of_price = || self.price.as_ref()?.object()?.product.as_ref().map(Expandable::id);
        details().or_else(of_price)
    }
}

part_of_object! {
    /// The time that a line is for, in unix seconds.
    LinePeriod {
        /// From.
        start: Option<i64> = "super::lenient::lenient",
        /// Until.
        end: Option<i64> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// How the price of a line is told.
    LinePricing {
        /// The price.
        price_details: Option<LinePriceDetails> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// The price of a line.
    LinePriceDetails {
        /// Which.
        price: Option<Expandable<Price>> = "super::lenient::lenient",
        /// What it is a price of.
        product: Option<String> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// What made a line.
    LineParent {
        /// An item of a subscription.
        subscription_item_details: Option<LineDetails> = "super::lenient::lenient",
        /// Something that was put beside.
        invoice_item_details: Option<LineDetails> = "super::lenient::lenient",
    }
}

part_of_object! {
    /// How a line came about.
    LineDetails {
        /// Whether it is a part of a period.
        proration: bool = "super::lenient::lenient",
    }
}

object! {
    /// What one payment pays of one invoice.
    InvoicePayment = "invoice_payment"
    strict {
        /// The currency of the amount, in lower case.
        currency: String = "super::amounts::currency",
        /// How much it has paid, in minor units; nothing before it has.
        #[serde(default)]
        amount_paid: Option<i64> = "super::amounts::amount_paid",
    }
    tolerant {
        /// The invoice.
        invoice: Option<Expandable<Invoice>>,
        /// By what.
        payment: Option<InvoicePaymentBy>,
        /// `open`, `paid` or `canceled`.
        status: Option<String>,
        /// When it was made, in unix seconds.
        created: Option<i64>,
    }
}

impl InvoicePayment {
    /// The payment, where it was one.
    pub fn payment_intent_id(&self) -> Option<&str> {
        self.payment.as_ref()?.payment_intent.as_ref().map(Expandable::id)
    }
}

part_of_object! {
    /// What pays an invoice.
    InvoicePaymentBy {
        /// The payment.
        payment_intent: Option<Expandable<PaymentIntent>> = "super::lenient::lenient",
    }
}
