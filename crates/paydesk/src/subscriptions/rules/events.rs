//! What an event, or a look at an invoice, says about a subscription. Money follows from the invoice alone, and only from
//! what can never change of it once it is paid.

use ledger::Currency;
use stripe::objects::{
    CheckoutMode, CheckoutSession, Invoice, InvoiceLine, InvoicePayment, InvoiceStatus, Metadata, Subscription, id_of,
};
use stripe::{Event, Malformed};

use super::user_of;
use crate::ids::{UserId, is_printable};
use crate::notices::Subject;
use crate::purchases::metadata;

/// The event types about subscriptions themselves.
const SUBSCRIPTIONS: [&str; 8] = [
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.pending_update_applied",
    "customer.subscription.pending_update_expired",
    "customer.subscription.trial_will_end",
];

/// The event types about invoices that change what a subscription is worth.
const INVOICES: [&str; 7] = [
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "invoice.overdue",
];

/// The event type about what one payment pays of an invoice.
const INVOICE_PAYMENT_PAID: &str = "invoice_payment.paid";

/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;

/// Whether something about a subscription follows from events of this type.
pub fn is_handled(kind: &str) -> bool {
    SUBSCRIPTIONS.contains(&kind) || INVOICES.contains(&kind) || kind == INVOICE_PAYMENT_PAID
}

/// What one event tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Told {
    /// The subscription, which is to be read; none where only a payment of an invoice is told of.
    pub subscription_id: Option<String>,
    /// Its customer.
    pub customer: Option<String>,
    /// Whose it is, where the event tells.
    pub user_id: Option<UserId>,
    /// An invoice of it that is paid.
    pub paid: Option<InvoicePaid>,
    /// What pays an invoice.
    pub paid_by: Vec<PaidBy>,
    /// What its user is to be told, once for this key.
    pub notice: Option<(String, Subject)>,
}

/// An invoice that is paid.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvoicePaid {
    /// `in_…`.
    pub invoice_id: String,
    /// Why it was made, in Stripe's word.
    pub billing_reason: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What was paid of it by way of Stripe, in minor units.
    pub amount_minor: i64,
    /// When it was made, microseconds.
    pub created_us: i64,
    /// What it is for, as far as it is for subscriptions.
    pub lines: Vec<Line>,
    /// Whether those are all its lines.
    pub complete: bool,
    /// The plan as the subscription's metadata names it, for prices that are not known.
    pub named_plan: Option<String>,
}

/// A line of an invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The price.
    pub price_id: Option<String>,
    /// The product of the price.
    pub product_id: Option<String>,
    /// What it comes to, in minor units; negative where something is given back.
    pub amount_minor: i64,
    /// How many.
    pub quantity: i64,
    /// The time that it is for, unix seconds.
    pub start_s: i64,
    /// The same.
    pub end_s: i64,
    /// Whether it is a part of a period.
    pub proration: bool,
}

/// What one payment pays of one invoice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaidBy {
    /// `in_…`.
    pub invoice_id: String,
    /// `pi_…`.
    pub payment_intent_id: String,
    /// How much, in minor units.
    pub amount_minor: i64,
    /// The currency of the amount.
    pub currency: Currency,
}

/// Reads an event. `None`: it is not about a subscription, or says nothing we act on. An error: it is, and cannot be trusted.
pub fn interpret(event: &Event) -> Result<Option<Told>, Malformed> {
    let kind = event.kind.as_str();
    let told = if SUBSCRIPTIONS.contains(&kind) {
        Some(of_subscription(&event.object()?, kind))
    } else if INVOICES.contains(&kind) {
        of_event_of_invoice(&event.object()?, kind)?
    } else if kind == INVOICE_PAYMENT_PAID {
        paid_by(&event.object()?)?.map(|paid_by| Told {
            paid_by: vec![paid_by],
            ..Told::default()
        })
    } else if kind == "checkout.session.completed" {
        of_session(&event.object()?)
    } else {
        None
    };
    told.map(checked).transpose()
}

fn of_subscription(subscription: &Subscription, kind: &str) -> Told {
    let ends = subscription
        .trial_end
        .filter(|_| kind == "customer.subscription.trial_will_end");
    let notice = ends.map(|ends_s| {
        let subject = Subject::TrialWillEnd {
            subscription_id: subscription.id.clone(),
            ends_at_us: ends_s.saturating_mul(SECOND_US),
        };
        (format!("trial_will_end:{}:{ends_s}", subscription.id), subject)
    });
    Told {
        subscription_id: Some(subscription.id.clone()),
        customer: id_of(subscription.customer.as_ref()).map(str::to_owned),
        user_id: user_of(&subscription.metadata),
        notice,
        ..Told::default()
    }
}

/// A checkout that is done links its user, the customer and the subscription.
fn of_session(session: &CheckoutSession) -> Option<Told> {
    if session.mode != CheckoutMode::Subscription {
        return None;
    }
    let subscription = session.subscription.as_ref()?;
    Some(Told {
        subscription_id: Some(subscription.id().to_owned()),
        customer: id_of(session.customer.as_ref()).map(str::to_owned),
        user_id: user_of(&session.metadata),
        ..Told::default()
    })
}

fn of_event_of_invoice(invoice: &Invoice, kind: &str) -> Result<Option<Told>, Malformed> {
    let Some(mut told) = of_invoice(invoice)? else {
        return Ok(None);
    };
    let subscription_id = told.subscription_id.clone().unwrap_or_default();
    let invoice_id = invoice.id.clone();
    let attempt = invoice.attempt_count.unwrap_or_default();
    told.notice = match kind {
        "invoice.payment_failed" => Some((
            format!("payment_failed:{invoice_id}:{attempt}"),
            Subject::PaymentFailed {
                subscription_id,
                invoice_id,
            },
        )),
        "invoice.payment_action_required" => Some((
            format!("payment_needs_buyer:{invoice_id}"),
            Subject::PaymentNeedsBuyer {
                subscription_id,
                invoice_id,
            },
        )),
        _ => None,
    };
    Ok(Some(told))
}

/// Reads an invoice as Stripe shows it. `None`: it is not of a subscription.
pub fn of_invoice(invoice: &Invoice) -> Result<Option<Told>, Malformed> {
    let Some(subscription_id) = invoice.subscription_id() else {
        return Ok(None);
    };
    let none = Metadata::default();
    let stated = invoice.subscription_metadata().unwrap_or(&none);
    let currency = currency(&invoice.currency)?;
    let mut told = Told {
        subscription_id: Some(subscription_id.to_owned()),
        customer: id_of(invoice.customer.as_ref()).map(str::to_owned),
        user_id: user_of(stated),
        ..Told::default()
    };
    if invoice.status != InvoiceStatus::Paid {
        return Ok(Some(told));
    }
    let paid_by = invoice
        .payment_intents()
        .into_iter()
        .map(|(intent, amount_minor)| PaidBy {
            invoice_id: invoice.id.clone(),
            payment_intent_id: intent.to_owned(),
            amount_minor,
            currency,
        });
    told.paid_by = paid_by.filter(|paid_by| paid_by.amount_minor > 0).collect();
    let lines = invoice.lines.as_ref();
    told.paid = Some(InvoicePaid {
        invoice_id: invoice.id.clone(),
        billing_reason: invoice.billing_reason.clone().unwrap_or_default(),
        currency,
        amount_minor: invoice.paid_by_stripe(),
        created_us: invoice.created.unwrap_or_default().saturating_mul(SECOND_US),
        lines: lines.iter().flat_map(|lines| &lines.data).filter_map(line).collect(),
        complete: lines.is_some_and(|lines| !lines.has_more),
        named_plan: stated.get(metadata::ITEM).cloned(),
    });
    Ok(Some(told))
}

/// Reads a line, where it is for a subscription.
pub fn line(line: &InvoiceLine) -> Option<Line> {
    let period = line.period.as_ref()?;
    line.is_of_subscription().then(|| Line {
        price_id: line.price_id().map(str::to_owned),
        product_id: line.product_id().map(str::to_owned),
        amount_minor: line.amount,
        quantity: line.quantity.unwrap_or(1),
        start_s: period.start.unwrap_or_default(),
        end_s: period.end.unwrap_or_default(),
        proration: line.is_proration(),
    })
}

/// Reads what one payment pays of one invoice. `None`: it is not a payment by way of Stripe.
pub fn paid_by(payment: &InvoicePayment) -> Result<Option<PaidBy>, Malformed> {
    let (Some(invoice), Some(intent)) = (&payment.invoice, payment.payment_intent_id()) else {
        return Ok(None);
    };
    let amount_minor = payment
        .amount_paid
        .ok_or_else(|| Malformed::new("invoice_payment", "amount_paid: missing from a payment that is paid"))?;
    Ok(Some(PaidBy {
        invoice_id: invoice.id().to_owned(),
        payment_intent_id: intent.to_owned(),
        amount_minor,
        currency: currency(&payment.currency)?,
    }))
}

fn currency(code: &str) -> Result<Currency, Malformed> {
    code.parse().map_err(|error| Malformed::new("currency", error))
}

/// Ids are short and printable; one that is not was never written by Stripe, and could not be kept.
fn checked(told: Told) -> Result<Told, Malformed> {
    let paid = told.paid.as_ref().map(|paid| paid.invoice_id.as_str());
    let ids = [told.subscription_id.as_deref(), told.customer.as_deref(), paid];
    let parts = told
        .paid_by
        .iter()
        .flat_map(|part| [Some(part.invoice_id.as_str()), Some(part.payment_intent_id.as_str())]);
    if ids.into_iter().chain(parts).flatten().all(is_printable) {
        Ok(told)
    } else {
        Err(Malformed::new("subscription", "its id is not a short printable text"))
    }
}
