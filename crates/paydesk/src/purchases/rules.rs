//! What Stripe's events say about purchases, and what follows from it. Pure: values in, effects out.
//!
//! A fact only ever adds: the status is the greatest of what was said, and each payment has its own business key. That
//! is why any order and any repetition of the same facts ends in the same state.

mod claw_backs;
mod figures;
mod invoices;
pub(super) mod methods;
mod plans;
mod terms;

use std::collections::BTreeMap;

use ledger::{Currency, Money};
use stripe::objects::{Charge, CheckoutMode, CheckoutSession, CheckoutStatus, PaymentIntent, PaymentIntentStatus};
use stripe::{Event, Malformed};

pub use invoices::{InvoicePart, PaidInvoice};
pub use methods::Saved;

pub(super) use claw_backs::reverse;
pub(super) use figures::figures;
pub(super) use invoices::{of_invoice, pay_invoice};

use super::reversals::{self, Reversal};
use super::{Kind, Purchase, Status};
use crate::catalogue::PackTerms;
use crate::effects::Effect;
use crate::ids::{UserId, is_printable as printable};
use crate::words::words;

/// Microseconds of a second.
const SECOND_US: i64 = 1_000_000;

/// Names under which a purchase is written into Stripe's metadata, so that every event about it finds it again, even
/// in a store that was restored from before the purchase.
pub mod metadata {
    /// The purchase's id.
    pub const PURCHASE: &str = "paydesk_purchase";
    /// Who buys.
    pub const USER: &str = "paydesk_user";
    /// The kind's word.
    pub const KIND: &str = "paydesk_kind";
    /// The item of the catalogue.
    pub const ITEM: &str = "paydesk_item";
    /// How many pieces.
    pub const QUANTITY: &str = "paydesk_quantity";
    /// Credits that payment grants.
    pub const CREDITS: &str = "paydesk_credits";
    /// After how many days from the payment those end; empty where they do not.
    pub const EXPIRES_AFTER_DAYS: &str = "paydesk_expires_after_days";
    /// How soon those are used.
    pub const PRIORITY: &str = "paydesk_priority";
    /// For how many days from the payment the buyer may ask for the money back; empty where not at all.
    pub const REFUND_DAYS: &str = "paydesk_refund_days";
    /// The expected amount in minor units.
    pub const AMOUNT_MINOR: &str = "paydesk_amount_minor";
    /// The order it pays for.
    pub const ORDER: &str = "paydesk_order";
    /// The booking it pays for, for people who read it at Stripe.
    pub const BOOKING: &str = "bookingId";
    /// Who gives that booking's session.
    pub const BUILDER: &str = "builderId";
    /// Who comes to it.
    pub const CLIENT: &str = "clientId";
    /// Not empty where the purchase was begun by itself.
    pub const AUTOMATIC: &str = "paydesk_automatic";
    /// The intent of ours that a refund was made for.
    pub const REFUND_INTENT: &str = "paydesk_refund";
    /// The command that began a subscription.
    pub const COMMAND: &str = "paydesk_command";
    /// The user who saves a payment method.
    pub const SETUP: &str = "paydesk_setup";
}

/// The purchase as Stripe's metadata states it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stated {
    /// `pur_…`.
    pub purchase_id: String,
    /// Who buys.
    pub user_id: UserId,
    /// What kind of thing.
    pub kind: Kind,
    /// Which item.
    pub item_id: String,
    /// How many pieces.
    pub quantity: i64,
    /// Credits that payment grants.
    pub credits: i64,
    /// What becomes of those credits.
    pub terms: PackTerms,
    /// For how many days from the payment its buyer may ask for the money back.
    pub refund_days: Option<i64>,
    /// The expected amount, in minor units.
    pub amount_minor: i64,
    /// The order it pays for.
    pub order_id: Option<String>,
    /// Whether it was begun by itself, so that its one payment is tried once.
    pub automatic: bool,
}

/// Where a payment stands; ordered, like the purchase's status, by certainty.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// An attempt failed; the buyer may try again.
    RequiresPaymentMethod,
    /// On its way.
    Processing,
    /// It was on its way and did not arrive; nothing comes of it any more.
    Failed,
    /// Given up.
    Canceled,
    /// The money is there.
    Succeeded,
}

words!(PaymentStatus {
    RequiresPaymentMethod = "requires_payment_method",
    Processing = "processing",
    Failed = "failed",
    Canceled = "canceled",
    Succeeded = "succeeded",
});

/// What an event says about one payment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentFact {
    /// `pi_…`.
    pub payment_intent_id: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much, in minor units of the fact's currency.
    pub amount_minor: i64,
    /// `ch_…`, where the event tells.
    pub charge_id: Option<String>,
    /// `txn_…`, where the event tells.
    pub balance_transaction_id: Option<String>,
}

/// What one event, or one look at Stripe, tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Told {
    /// About a purchase that it states.
    Purchase(Fact),
    /// About a refund or a dispute of a payment.
    Reversal(Reversal),
    /// About a payment method that a user saved.
    Saved(Saved),
    /// About an invoice of a subscription that is paid.
    Invoice(PaidInvoice),
    /// About what one payment pays of an invoice.
    InvoicePart(InvoicePart),
    /// Not by Stripe but here: that a refund of this payment was asked for, or came to nothing.
    Asked(String),
}

impl Told {
    /// The payment it is about.
    pub fn payment_intent_id(&self) -> Option<&str> {
        match self {
            Self::Purchase(fact) => fact.payment.as_ref().map(|payment| payment.payment_intent_id.as_str()),
            Self::Reversal(reversal) => Some(reversal.payment_intent_id()),
            Self::InvoicePart(part) => Some(&part.payment_intent_id),
            Self::Asked(payment_intent_id) => Some(payment_intent_id),
            Self::Saved(_) | Self::Invoice(_) => None,
        }
    }

    /// The purchase it is about, where it says which.
    pub fn purchase_id(&self) -> Option<&str> {
        match self {
            Self::Purchase(fact) => Some(&fact.stated.purchase_id),
            Self::Invoice(paid) => Some(&paid.invoice_id),
            Self::InvoicePart(part) => Some(&part.invoice_id),
            Self::Reversal(_) | Self::Saved(_) | Self::Asked(_) => None,
        }
    }
}

/// What one event, or one look at Stripe, says about a purchase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fact {
    /// The purchase it is about.
    pub stated: Stated,
    /// The currency of its amounts.
    pub currency: Currency,
    /// The session, where the event is about one.
    pub session_id: Option<String>,
    /// What it says about the purchase's status; nothing for facts about attempts.
    pub status: Option<Status>,
    /// Why a charge failed, in Stripe's word.
    pub failure: Option<String>,
    /// What it says about the payment.
    pub payment: Option<Box<PaymentFact>>,
    /// The money that is there.
    pub funds: Option<Funds>,
    /// The subscription that came of it.
    pub subscription_id: Option<String>,
}

/// Money that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Funds {
    /// The key of the payment: its `PaymentIntent`, or the session where nothing was to be paid.
    pub payment: String,
    /// How much, in minor units of the fact's currency.
    pub amount_minor: i64,
    /// Since when, microseconds. The same whichever event tells of it first, where the credits that were bought end.
    pub at_us: i64,
}

/// Reads an event. `None`: it is not about one of ours, or says nothing we act on. An error: it is about one of ours and
/// cannot be trusted.
pub fn interpret(event: &Event) -> Result<Option<Told>, Malformed> {
    let fact = match event.kind.as_str() {
        "checkout.session.completed" | "checkout.session.async_payment_succeeded" => {
            of_session(&event.object()?, None)?
        }
        "checkout.session.async_payment_failed" => of_session(&event.object()?, Some(Status::Failed))?,
        "checkout.session.expired" => of_session(&event.object()?, Some(Status::Expired))?,
        "payment_intent.succeeded"
        | "payment_intent.processing"
        | "payment_intent.payment_failed"
        | "payment_intent.canceled" => of_payment_intent(&event.object()?, event.created)?,
        "setup_intent.succeeded" => {
            let saved = methods::of_setup(&event.object()?, event.created)?;
            return Ok(saved.map(Told::Saved));
        }
        "charge.succeeded" | "charge.updated" => of_charge(&event.object()?)?,
        _ => return of_reversal(event),
    };
    Ok(fact.map(Told::Purchase))
}

fn of_reversal(event: &Event) -> Result<Option<Told>, Malformed> {
    let Some(reversal) = reversals::rules::interpret(event)? else {
        return Ok(None);
    };
    if let Some(named) = reversal.currency() {
        currency(named)?;
    }
    if [reversal.id(), reversal.payment_intent_id()]
        .iter()
        .all(|id| printable(id))
    {
        Ok(Some(Told::Reversal(reversal)))
    } else {
        Err(Malformed::new(
            "refund, dispute or warning",
            "its id is not a short printable text",
        ))
    }
}

/// Reads a checkout session: from an event that ends it (`ended`), or as Stripe shows it now.
///
/// Credits that end are counted from the moment of the payment, which a session does not know. So a paid session of such
/// credits says no more than that money is on its way; the payment's own event says that it is there.
pub fn of_session(session: &CheckoutSession, ended: Option<Status>) -> Result<Option<Fact>, Malformed> {
    let Some(stated) = stated(&session.metadata)? else {
        return Ok(None);
    };
    match (&session.mode, stated.kind) {
        (CheckoutMode::Subscription, Kind::Plan) => return plans::of_session(session, stated, ended),
        (CheckoutMode::Payment, Kind::Booking | Kind::CreditPack | Kind::Order) => {}
        _ => return Ok(None),
    }
    let currency = currency(session.currency.as_deref().unwrap_or_default())?;
    let amount_minor = session.amount_total.unwrap_or(stated.amount_minor);
    let payment_intent = session
        .payment_intent
        .as_ref()
        .map(|reference| reference.id().to_owned());
    let settled = ended.is_none()
        && session.payment_status.is_settled()
        && session.status != CheckoutStatus::Open
        && dated_by(session, &stated).is_none();
    let status = match (ended, &session.status) {
        (Some(ended), _) => ended,
        (None, _) if settled => Status::Paid,
        (None, CheckoutStatus::Complete) => Status::AwaitingFunds,
        (None, CheckoutStatus::Expired) => Status::Expired,
        (None, _) => Status::Open,
    };
    let payment = payment_intent.clone().and_then(|payment_intent_id| {
        let status = match status {
            Status::Paid => PaymentStatus::Succeeded,
            Status::AwaitingFunds => PaymentStatus::Processing,
            Status::Failed => PaymentStatus::Failed,
            Status::Created | Status::Open | Status::Expired => return None,
        };
        Some(Box::new(PaymentFact {
            payment_intent_id,
            status,
            amount_minor,
            charge_id: None,
            balance_transaction_id: None,
        }))
    });
    if settled && amount_minor > 0 && payment_intent.is_none() {
        return Err(Malformed::new(
            "checkout.session",
            "payment_intent: missing from a session paid with money",
        ));
    }
    if settled && stated.terms.expires_after_days.is_some() && session.created.is_none() {
        return Err(Malformed::new(
            "checkout.session",
            "created: missing, and what was bought ends",
        ));
    }
    let funds = settled.then(|| Funds {
        payment: payment_intent.unwrap_or_else(|| session.id.clone()),
        amount_minor,
        at_us: session.created.unwrap_or_default().saturating_mul(SECOND_US),
    });
    checked(Fact {
        stated,
        currency,
        session_id: Some(session.id.clone()),
        status: Some(status),
        failure: None,
        payment,
        funds,
        subscription_id: None,
    })
}

/// The payment whose own event tells since when the money of a paid session is there, where that matters.
pub fn dated_by<'a>(session: &'a CheckoutSession, stated: &Stated) -> Option<&'a str> {
    let matters = stated.terms.expires_after_days.is_some() && session.payment_status.is_settled();
    let payment = session.payment_intent.as_ref().filter(|_| matters);
    payment.map(stripe::objects::Expandable::id)
}

/// Reads a payment from an event that was made at a time, unix seconds.
fn of_payment_intent(intent: &PaymentIntent, at_s: i64) -> Result<Option<Fact>, Malformed> {
    let Some(stated) = stated(&intent.metadata)? else {
        return Ok(None);
    };
    let currency = currency(&intent.currency)?;
    let error = intent.last_payment_error.as_ref();
    let failure = error.and_then(|error| failure_of(error.code.as_deref(), error.decline_code.as_deref()));
    // What a buyer's page may try again is over where nobody is there to do so.
    let given_up = stated.automatic.then_some(Status::Failed);
    let (status, payment_status) = match intent.status {
        PaymentIntentStatus::Succeeded => (Some(Status::Paid), PaymentStatus::Succeeded),
        PaymentIntentStatus::Processing => (Some(Status::AwaitingFunds), PaymentStatus::Processing),
        PaymentIntentStatus::Canceled => (given_up, PaymentStatus::Canceled),
        PaymentIntentStatus::RequiresPaymentMethod => (given_up, PaymentStatus::RequiresPaymentMethod),
        _ => return Ok(None),
    };
    let amount_minor = match payment_status {
        PaymentStatus::Succeeded => intent
            .amount_received
            .ok_or_else(|| Malformed::new("payment_intent", "amount_received: missing from a succeeded payment"))?,
        _ => intent.amount,
    };
    let funds = (payment_status == PaymentStatus::Succeeded).then(|| Funds {
        payment: intent.id.clone(),
        amount_minor,
        at_us: at_s.saturating_mul(SECOND_US),
    });
    let payment = PaymentFact {
        payment_intent_id: intent.id.clone(),
        status: payment_status,
        amount_minor,
        charge_id: None,
        balance_transaction_id: None,
    };
    checked(Fact {
        stated,
        currency,
        session_id: None,
        status,
        failure: failure.filter(|_| status == Some(Status::Failed)),
        payment: Some(Box::new(payment)),
        funds,
        subscription_id: None,
    })
}

fn of_charge(charge: &Charge) -> Result<Option<Fact>, Malformed> {
    let Some(stated) = stated(&charge.metadata)? else {
        return Ok(None);
    };
    let (Some(intent), Some("succeeded")) = (&charge.payment_intent, charge.status.as_deref()) else {
        return Ok(None);
    };
    let payment = PaymentFact {
        payment_intent_id: intent.id().to_owned(),
        status: PaymentStatus::Processing,
        amount_minor: charge.amount,
        charge_id: Some(charge.id.clone()),
        balance_transaction_id: charge
            .balance_transaction
            .as_ref()
            .map(|reference| reference.id().to_owned()),
    };
    let currency = currency(&charge.currency)?;
    checked(Fact {
        stated,
        currency,
        session_id: None,
        status: None,
        failure: None,
        payment: Some(Box::new(payment)),
        funds: None,
        subscription_id: None,
    })
}

/// Ids are short and printable; one that is not was never written by us or by Stripe, and could not be kept.
fn checked(fact: Fact) -> Result<Option<Fact>, Malformed> {
    let Fact { stated, payment, .. } = &fact;
    let payment = payment.as_ref();
    let ids = [
        ("purchase", Some(&stated.purchase_id)),
        ("item", Some(&stated.item_id)),
        ("order", stated.order_id.as_ref()),
        ("session", fact.session_id.as_ref()),
        ("subscription", fact.subscription_id.as_ref()),
        ("payment_intent", payment.map(|payment| &payment.payment_intent_id)),
        ("charge", payment.and_then(|payment| payment.charge_id.as_ref())),
        (
            "balance_transaction",
            payment.and_then(|payment| payment.balance_transaction_id.as_ref()),
        ),
    ];
    match ids.iter().find(|(_, id)| id.is_some_and(|id| !printable(id))) {
        Some((what, _)) => Err(Malformed::new(what, "its id is not a short printable text")),
        None => Ok(Some(fact)),
    }
}

/// The purchase that metadata names, `None` where it names none of ours.
fn stated(metadata: &BTreeMap<String, String>) -> Result<Option<Stated>, Malformed> {
    let Some(purchase_id) = metadata.get(metadata::PURCHASE) else {
        return Ok(None);
    };
    let text = |name: &str| {
        metadata
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Malformed::new("metadata", format!("{name} is missing")))
    };
    let integer = |name: &str| {
        let value = text(name)?.parse::<i64>().ok().filter(|value| *value >= 0);
        value.ok_or_else(|| Malformed::new("metadata", format!("{name} is not a number")))
    };
    let wrong = |name: &str| Malformed::new("metadata", format!("{name} has a value we never wrote"));
    let kind = Kind::of_word(text(metadata::KIND)?).ok_or_else(|| wrong(metadata::KIND))?;
    let order_id = metadata.get(metadata::ORDER).filter(|id| !id.is_empty()).cloned();
    if kind == Kind::Order && order_id.is_none() {
        return Err(wrong(metadata::ORDER));
    }
    let terms = terms::of_credits(metadata)?;
    let credits = integer(metadata::CREDITS)?;
    if kind == Kind::CreditPack && credits == 0 {
        return Err(wrong(metadata::CREDITS));
    }
    Ok(Some(Stated {
        purchase_id: purchase_id.clone(),
        user_id: UserId::parse(text(metadata::USER)?).ok_or_else(|| wrong(metadata::USER))?,
        kind,
        item_id: text(metadata::ITEM)?.to_owned(),
        quantity: integer(metadata::QUANTITY)?,
        credits,
        terms,
        refund_days: terms::refund_days(metadata)?,
        amount_minor: integer(metadata::AMOUNT_MINOR)?,
        order_id,
        automatic: metadata.get(metadata::AUTOMATIC).is_some_and(|text| !text.is_empty()),
    }))
}

/// Why a charge failed, in the most telling of Stripe's words.
pub(super) fn failure_of(code: Option<&str>, decline_code: Option<&str>) -> Option<String> {
    let telling = decline_code.filter(|_| code.is_none_or(|code| code == "card_declined"));
    let word = telling.or(code).filter(|word| printable(word));
    word.map(str::to_owned)
}

/// What follows from a payment method that was saved.
pub fn save(saved: &Saved) -> Effect {
    Effect::SaveMethod {
        user_id: saved.user_id.clone(),
        method: saved.method.clone(),
        saved_at_s: saved.saved_at_s,
        setup: saved.setup_intent_id.clone(),
    }
}

fn currency(code: &str) -> Result<Currency, Malformed> {
    code.parse().map_err(|error| Malformed::new("currency", error))
}

/// The purchase as it is stated, for a store that has no row of it: restored from before, or the row was lost.
pub fn adopted(fact: &Fact, now_us: i64) -> Purchase {
    let stated = fact.stated.clone();
    Purchase {
        purchase_id: stated.purchase_id,
        user_id: stated.user_id,
        kind: stated.kind,
        item_id: stated.item_id,
        quantity: stated.quantity,
        credits: stated.credits,
        terms: stated.terms,
        refund_days: stated.refund_days,
        order_id: stated.order_id,
        price: Money::new(stated.amount_minor, fact.currency),
        status: Status::Created,
        charged: None,
        failure: None,
        session_id: None,
        session_url: None,
        success_url: String::new(),
        cancel_url: String::new(),
        created_at_us: now_us,
        expires_at_us: now_us,
        paid_at_us: None,
    }
}

/// Takes a fact into a purchase and gives what follows from it.
pub fn settle(purchase: &mut Purchase, fact: &Fact, now_us: i64) -> Vec<Effect> {
    if let Some(status) = fact.status {
        purchase.status = purchase.status.max(status);
    }
    if purchase.session_id.is_none() {
        purchase.session_id.clone_from(&fact.session_id);
    }
    purchase.failure = purchase.failure.take().max(fact.failure.clone());
    let mut effects = Vec::new();
    if let Some(funds) = &fact.funds {
        purchase.status = Status::Paid;
        purchase.paid_at_us.get_or_insert(now_us);
        effects.extend(fulfil(purchase, funds));
        if funds.amount_minor > 0 {
            effects.push(Effect::Collect {
                currency: fact.currency,
                amount_minor: funds.amount_minor,
                payment: funds.payment.clone(),
            });
            effects.extend(claw_backs::count(purchase, &funds.payment, 0));
        }
    }
    if matches!(fact.status, Some(Status::Expired | Status::Failed)) {
        effects.extend(release(purchase));
    }
    effects
}

/// What the buyer gets for a payment.
fn fulfil(purchase: &Purchase, funds: &Funds) -> Option<Effect> {
    match (purchase.kind, &purchase.order_id) {
        (Kind::Booking, _) => Some(Effect::PayBooking {
            booking_id: purchase.booking_id()?,
            purchase_id: purchase.purchase_id.clone(),
        }),
        (Kind::CreditPack, _) => Some(Effect::Grant {
            user_id: purchase.user_id.clone(),
            credits: purchase.credits,
            terms: purchase.terms.since(funds.at_us),
            payment: funds.payment.clone(),
        }),
        (Kind::Order, Some(order_id)) => Some(Effect::PayOrder {
            order_id: order_id.clone(),
            user_id: purchase.user_id.clone(),
            package_id: purchase.item_id.clone(),
            purchase_id: purchase.purchase_id.clone(),
        }),
        // What a plan gives follows from its subscription.
        (Kind::Order, None) | (Kind::Plan, _) => None,
    }
}

/// What is given free again when a purchase came to nothing.
fn release(purchase: &Purchase) -> Option<Effect> {
    match (purchase.kind, &purchase.order_id) {
        (Kind::Order, Some(order_id)) => Some(Effect::ReleaseOrder {
            order_id: order_id.clone(),
            purchase_id: purchase.purchase_id.clone(),
        }),
        (Kind::Booking, _) => Some(Effect::ReleaseBooking {
            booking_id: purchase.booking_id()?,
            purchase_id: purchase.purchase_id.clone(),
        }),
        (Kind::Order | Kind::CreditPack | Kind::Plan, _) => None,
    }
}
