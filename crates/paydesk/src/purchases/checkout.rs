//! Checkout: from a request to a page at Stripe. The intent is written first, under the request's key; a repeat of the
//! request finds it again.

use axum::http::StatusCode;
use ledger::{Currency, Money};
use serde::Serialize;

use super::drive::{self, DriveError};
use super::{Kind, Purchase, Status, bookings, plans, records};
use crate::app::App;
use crate::bookings::{HOLD_US, SLOT_TAKEN, refused};
use crate::catalogue::{Catalogue, Item, Offer, PackTerms};
use crate::clock::SECOND_US;
use crate::http::problem::Kind as ProblemKind;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;
use crate::orders;

/// How long a request has to finish what it began before recovery takes it up.
const HEAD_START_US: i64 = 60 * SECOND_US;

/// The item is not for sale.
pub const UNKNOWN_ITEM: ProblemKind = ProblemKind {
    code: "unknown_item",
    status: 422,
    title: "There is no such item",
    explanation: "The catalogue has no item with this id, or not in this currency. GET /api/stripe/products lists what \
                  is for sale, with its prices.",
};

/// The order cannot be paid for.
pub(super) const ORDER_NOT_PAYABLE: ProblemKind = ProblemKind {
    code: "order_not_payable",
    status: 409,
    title: "The order cannot be paid for",
    explanation: "An order can be paid for while it is a draft, or while it waits for a payment that did not come. \
                  `order_status` says where it stands.",
};

/// The order's or booking's checkout under way is in another currency than the one asked for.
const OTHER_CURRENCY: ProblemKind = ProblemKind {
    code: "checkout_in_other_currency",
    status: 409,
    title: "There is a checkout in another currency",
    explanation: "A checkout of this order or this time is under way, and each has one at a time; `currency` says in which \
                  currency. Ask again with that currency, or with none, to be led back to it.",
};

/// What is said to somebody who wants several of one order.
const ORDER_QUANTITY: &str = "An order is paid for one at a time.";

/// Stripe refuses the checkout.
pub(super) const CHECKOUT_REFUSED: ProblemKind = ProblemKind {
    code: "checkout_refused",
    status: 502,
    title: "Stripe refused the checkout",
    explanation: "Stripe understood the request and will not make a checkout session for it. The server's log gives its \
                  words, for the operator to mend the cause. Then ask again with a new Idempotency-Key: this key keeps \
                  giving this answer.",
};

/// The catalogue has changed since it was pushed.
pub const CATALOGUE_NOT_PUSHED: ProblemKind = ProblemKind {
    code: "catalogue_not_pushed",
    status: 503,
    title: "The item's price is not known at Stripe yet",
    explanation: "The catalogue was changed and not pushed. The operator runs `paydesk catalog push`; then repeat the \
                  request with the same Idempotency-Key.",
};

/// All kinds of problem of this module.
pub const KINDS: &[ProblemKind] = &[
    UNKNOWN_ITEM,
    ORDER_NOT_PAYABLE,
    OTHER_CURRENCY,
    CHECKOUT_REFUSED,
    CATALOGUE_NOT_PUSHED,
];

/// How often another checkout of a plan is made to step aside for one request.
const STEPS_MAX: usize = 3;

/// What somebody wants to buy.
#[derive(Clone, Debug)]
pub struct CheckoutRequest {
    /// Who buys.
    pub user_id: UserId,
    /// The item of the catalogue; for an order, its package is taken.
    pub item_id: Option<String>,
    /// The order to pay for.
    pub order_id: Option<String>,
    /// When the session begins that is booked, microseconds.
    pub starts_at_us: Option<i64>,
    /// The booking that is to be moved to that session, for the difference in price.
    pub booking_id: Option<String>,
    /// How many pieces.
    pub quantity: i64,
    /// In which currency; the shop's own where none is named.
    pub currency: Option<Currency>,
    /// Where Stripe sends the buyer after payment; our own page where none is named.
    pub success_url: Option<String>,
    /// Where Stripe sends the buyer who turns back; our own page where none is named.
    pub cancel_url: Option<String>,
}

/// A checkout under way, as the wire shows it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Started {
    /// The checkout session at Stripe.
    #[schema(example = "cs_test_a1b2")]
    pub id: String,
    /// The page to send the buyer to.
    pub url: String,
    /// Our own id of the purchase.
    #[schema(example = "pur_01k3vg6p9yfd5a1h0c9w8t2m4q")]
    pub purchase_id: String,
    /// Where it stands.
    pub status: Status,
}

enum Begun {
    Answered(Reply),
    Intent(Box<Purchase>),
    /// The checkout of another plan of the group, or of the time that is wanted, which nobody has paid.
    InTheWay(Box<Purchase>),
    /// The time that is wanted cannot be had.
    Lost(&'static ProblemKind),
}

/// Starts a checkout, or finds the one that an earlier try of the same request started.
pub async fn start(app: &App, one_time: &OneTime, request: CheckoutRequest) -> Result<Reply, Problem> {
    one_time.until(run(app, Action::of(one_time), request)).await
}

/// The action goes into every write, so that its key stays taken while one of them goes on for a client who has gone.
async fn run(app: &App, action: Action, request: CheckoutRequest) -> Result<Reply, Problem> {
    check_return_url(app, "success_url", request.success_url.as_deref())?;
    check_return_url(app, "cancel_url", request.cancel_url.as_deref())?;
    if request.order_id.is_some() && request.quantity != 1 {
        return Err(Problem::of(&kinds::INVALID).field("quantity").detail(ORDER_QUANTITY));
    }
    let (item_id, starts_at_us) = (request.item_id.clone(), request.starts_at_us);
    let mut begun = begin(app, action.clone(), request.clone()).await?;
    for _ in 0..STEPS_MAX {
        let Begun::InTheWay(former) = begun else { break };
        plans::step_aside(app, *former).await?;
        begun = begin(app, action.clone(), request.clone()).await?;
    }
    store::crash_point("intent written");
    let intent = match begun {
        Begun::Answered(reply) => return Ok(reply),
        Begun::Intent(intent) => *intent,
        Begun::Lost(kind) => return Err(lost(app, kind, item_id, starts_at_us).await),
        Begun::InTheWay(former) if former.kind == Kind::Booking => {
            return Err(lost(app, &SLOT_TAKEN, item_id, starts_at_us).await);
        }
        Begun::InTheWay(_) => return Err(plans::busy()),
    };
    let answer = match intent {
        intent if intent.session_url.is_none() && intent.status == Status::Created => {
            match drive::drive(app, intent).await {
                Ok(purchase) => answer(&purchase),
                Err(DriveError::Refused(error)) => {
                    // Stripe's words are for the operator: they name keys and objects that are no buyer's business.
                    tracing::error!(%error, "stripe refused a checkout");
                    Answer::problem(&Problem::of(&CHECKOUT_REFUSED))
                }
                Err(error) => return Err(not_now(error)),
            }
        }
        intent => answer(&intent),
    };
    let now_us = app.clock.now_us();
    let reply = app
        .store
        .write(move |tx| idempotency::once(tx, now_us, &action, |_| Ok::<_, store::Error>(answer.clone())))
        .await?;
    store::crash_point("checkout answer kept");
    Ok(reply)
}

/// What is told of a time that cannot be had.
async fn lost(app: &App, kind: &'static ProblemKind, item_id: Option<String>, starts_at_us: Option<i64>) -> Problem {
    let session_type = item_id.and_then(|item_id| app.catalogue.session_type(&item_id));
    match session_type.zip(starts_at_us) {
        Some((session_type, starts_at_us)) => refused(app, kind, session_type, starts_at_us).await,
        None => Problem::of(kind),
    }
}

fn answer(purchase: &Purchase) -> Answer {
    match (&purchase.session_id, &purchase.session_url) {
        (Some(id), Some(url)) => Answer::json(
            StatusCode::OK,
            &Started {
                id: id.clone(),
                url: url.clone(),
                purchase_id: purchase.purchase_id.clone(),
                status: purchase.status,
            },
        ),
        _ => Answer::problem(&Problem::of(&CHECKOUT_REFUSED).detail("The checkout came to nothing.")),
    }
}

/// How a caller is told that Stripe or the store cannot do it now.
pub fn not_now(error: DriveError) -> Problem {
    match error {
        DriveError::Store(error) => error.into(),
        DriveError::Stripe(error) => {
            let seconds = error
                .retry_after()
                .map_or(2, |pause| u32::try_from(pause.as_secs()).unwrap_or(60));
            Problem::of(&kinds::UNAVAILABLE)
                .detail("Stripe did not answer. Repeat the request with the same Idempotency-Key.")
                .caused_by(error)
                .retry_after(seconds.max(1))
        }
        DriveError::NotPushed { .. } => Problem::of(&CATALOGUE_NOT_PUSHED)
            .detail(error.to_string())
            .retry_after(30),
        DriveError::Refused(error) => Problem::fault(error),
    }
}

/// What is told of a call to Stripe that came to nothing. Stripe's own words are for the operator.
pub(super) fn problem_of(error: DriveError) -> Problem {
    match error {
        DriveError::Refused(error) => {
            tracing::error!(%error, "stripe refused a checkout");
            Problem::of(&CHECKOUT_REFUSED)
        }
        error => not_now(error),
    }
}

/// A page to return to must be ours, or one the operator named: an open redirect would lend our name to anybody. `field`
/// names it in the request.
pub fn check_return_url(app: &App, field: &'static str, url: Option<&str>) -> Result<(), Problem> {
    match url {
        Some(url) if !app.config.may_return_to(url) => Err(Problem::of(&kinds::INVALID)
            .field(field)
            .detail("The address must begin with this server's public URL or with one of the allowed return origins.")),
        _ => Ok(()),
    }
}

async fn begin(app: &App, action: Action, request: CheckoutRequest) -> Result<Begun, Problem> {
    let (app_in, purchase_id, now_us) = (app.clone(), app.ids.next("pur"), app.clock.now_us());
    app.store
        .write(move |tx| -> Result<Begun, Refused> {
            if let Some(reply) = idempotency::recall(tx, &[&action])?.remove(&action.id) {
                return Ok(Begun::Answered(reply));
            }
            if let Some((purchase_id, fingerprint)) = records::purchase_of_request(tx, &action.id)? {
                if fingerprint != action.fingerprint {
                    return Ok(Begun::Answered(Reply::KeyReused));
                }
                return Ok(Begun::Intent(Box::new(known(tx, &purchase_id)?)));
            }
            let order = match &request.order_id {
                Some(order_id) => match payable(tx, order_id, &request.user_id)? {
                    Payable::Now(order) => Some(order),
                    Payable::Underway(purchase) => return resumed(purchase, request.currency),
                },
                None => None,
            };
            let mut request = request.clone();
            let moved = bookings::to_move(tx, now_us, &mut request)?;
            let mut purchase = plan(&app_in, &request, order.as_deref(), &purchase_id, now_us)?;
            if let Some(moved) = &moved {
                bookings::of_difference(&app_in, &mut purchase, moved)?;
            }
            let session_type = app_in.catalogue.session_type(&purchase.item_id);
            let booked = session_type.zip(request.starts_at_us);
            if booked.is_some() {
                purchase.expires_at_us = now_us.saturating_add(HOLD_US);
            }
            if let Some(plan) = app_in.catalogue.plan(&purchase.item_id) {
                match plans::claim(tx, plan, &purchase)? {
                    plans::Claimed::Taken => {}
                    plans::Claimed::Underway(same) => return Ok(Begun::Intent(same)),
                    plans::Claimed::InTheWay(former) => return Ok(Begun::InTheWay(former)),
                }
            }
            if let Some((session_type, starts_at_us)) = booked {
                let sold = (session_type, app_in.config.settings.payouts.buffer_us());
                match bookings::claim(tx, now_us, sold, (&purchase, starts_at_us, moved.as_ref()))? {
                    bookings::Claimed::Taken => {}
                    bookings::Claimed::Underway(same) => return resumed(same, request.currency),
                    bookings::Claimed::InTheWay(former) => return Ok(Begun::InTheWay(former)),
                    bookings::Claimed::Lost(kind) => return Ok(Begun::Lost(kind)),
                }
            }
            records::insert_intent(tx, &purchase, Some(&action), now_us + HEAD_START_US)?;
            if let Some(order) = &order {
                orders::await_payment(tx, now_us, order, &purchase.purchase_id)?;
            }
            Ok(Begun::Intent(Box::new(purchase)))
        })
        .await
        .map_err(|refused| refused.0)
}

fn known(tx: &mut store::Tx<'_>, purchase_id: &str) -> store::Result<Purchase> {
    let found = records::purchase(tx, purchase_id)?;
    found.ok_or_else(|| store::Error::Corrupt(format!("purchase {purchase_id} is gone")))
}

/// Leads back to a checkout under way, when it is in the currency that is asked for.
fn resumed(purchase: Box<Purchase>, wanted: Option<Currency>) -> Result<Begun, Refused> {
    let underway = purchase.price.currency;
    match wanted {
        Some(wanted) if wanted != underway => Err(Refused(
            Problem::of(&OTHER_CURRENCY)
                .field("currency")
                .with("currency", underway.to_string()),
        )),
        _ => Ok(Begun::Intent(purchase)),
    }
}

/// A problem on its way out of a transaction, which it undoes.
pub(super) struct Refused(pub(super) Problem);

impl From<store::Error> for Refused {
    fn from(error: store::Error) -> Self {
        Self(error.into())
    }
}

enum Payable {
    Now(Box<orders::Order>),
    Underway(Box<Purchase>),
}

/// Whether the order can be paid for. One whose checkout is under way leads back to that checkout.
fn payable(tx: &mut store::Tx<'_>, order_id: &str, user_id: &UserId) -> Result<Payable, Refused> {
    let order = orders::lock(tx, order_id)?.filter(|order| order.user_id == *user_id);
    let Some(order) = order else {
        return Err(Refused(Problem::of(&kinds::NOT_FOUND).field("order_id")));
    };
    if order.status == orders::Status::AwaitingPayment
        && let Some(purchase_id) = &order.purchase_id
        && let Some(purchase) = records::purchase(tx, purchase_id)?
        && !purchase.status.is_final()
    {
        return Ok(Payable::Underway(Box::new(purchase)));
    }
    if matches!(order.status, orders::Status::Draft | orders::Status::AwaitingPayment) {
        return Ok(Payable::Now(Box::new(order)));
    }
    Err(Refused(
        Problem::of(&ORDER_NOT_PAYABLE).with("order_status", order.status.word()),
    ))
}

/// The intent that the request asks for, priced by the catalogue.
fn plan(
    app: &App,
    request: &CheckoutRequest,
    order: Option<&orders::Order>,
    purchase_id: &str,
    now_us: i64,
) -> Result<Purchase, Refused> {
    let catalogue = &app.catalogue;
    let named = order
        .map(|order| order.package_id.as_str())
        .or(request.item_id.as_deref())
        .unwrap_or_default();
    let unknown = |detail: String| Refused(Problem::of(&UNKNOWN_ITEM).field("item_id").detail(detail));
    let item = catalogue
        .items
        .get(named)
        .ok_or_else(|| unknown(format!("There is no item {named:?}.")))?;
    let currency = request.currency.unwrap_or(catalogue.default_currency);
    let (kind, credits, terms) = offered(item, request.quantity, order.is_some())?;
    check_time(kind, request.starts_at_us)?;
    let price = item
        .amount(currency, request.quantity)
        .ok_or_else(|| unknown(format!("{named:?} has no price in {currency}.")))?;
    let public_url = app.config.public_url();
    Ok(Purchase {
        purchase_id: purchase_id.to_owned(),
        user_id: request.user_id.clone(),
        kind,
        item_id: item.id.clone(),
        quantity: request.quantity,
        credits,
        terms,
        refund_days: item.refund_days,
        order_id: order.map(|order| order.order_id.clone()),
        price,
        status: Status::Created,
        charged: None,
        failure: None,
        session_id: None,
        session_url: None,
        success_url: request
            .success_url
            .clone()
            .unwrap_or_else(|| format!("{public_url}/payment/success?session_id={{CHECKOUT_SESSION_ID}}")),
        cancel_url: request
            .cancel_url
            .clone()
            .unwrap_or_else(|| format!("{public_url}/payment/cancel?purchase_id={purchase_id}")),
        created_at_us: now_us,
        expires_at_us: now_us,
        paid_at_us: None,
    })
}

/// A session is booked at a time, and nothing else is.
fn check_time(kind: Kind, starts_at_us: Option<i64>) -> Result<(), Refused> {
    let detail = match (kind == Kind::Booking, starts_at_us.is_some()) {
        (true, false) => "Say when the session begins; GET /api/bookings/slots lists the free starts.",
        (false, true) => "Only a session begins at a time.",
        _ => return Ok(()),
    };
    Err(Refused(Problem::of(&kinds::INVALID).field("starts_at").detail(detail)))
}

/// Credit packs as they are sold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PackOffer {
    /// What so many cost.
    pub price: Money,
    /// Credits that they grant.
    pub credits: i64,
    /// What becomes of those.
    pub terms: PackTerms,
    /// For how many days from the payment its buyer may ask for the money back.
    pub refund_days: Option<i64>,
}

/// What so many packs of an item cost and grant.
pub fn pack_offer(
    catalogue: &Catalogue,
    item_id: &str,
    quantity: i64,
    currency: Currency,
) -> Result<PackOffer, Problem> {
    let unknown = |detail: String| Problem::of(&UNKNOWN_ITEM).field("item_id").detail(detail);
    let item = catalogue.items.get(item_id);
    let item = item.filter(|item| matches!(item.offer, Offer::CreditPack { .. }));
    let item = item.ok_or_else(|| unknown(format!("There is no credit pack {item_id:?}.")))?;
    let (_, credits, terms) = offered(item, quantity, false).map_err(|refused| refused.0)?;
    let price = item.amount(currency, quantity);
    let price = price.ok_or_else(|| unknown(format!("{item_id:?} has no price in {currency}.")))?;
    let refund_days = item.refund_days;
    Ok(PackOffer {
        price,
        credits,
        terms,
        refund_days,
    })
}

/// The kind of an item, the credits that so many pieces grant, and what becomes of those.
fn offered(item: &Item, quantity: i64, has_order: bool) -> Result<(Kind, i64, PackTerms), Refused> {
    let wrong = |field: &str, detail: String| Refused(Problem::of(&kinds::INVALID).field(field).detail(detail));
    match &item.offer {
        Offer::CreditPack {
            credits,
            max_quantity,
            terms,
        } => {
            if !(1..=*max_quantity).contains(&quantity) {
                return Err(wrong(
                    "quantity",
                    format!("The quantity must be from 1 to {max_quantity}."),
                ));
            }
            let credits = credits.checked_mul(quantity);
            let credits = credits.ok_or_else(|| wrong("quantity", "So many credits cannot be counted.".into()))?;
            Ok((Kind::CreditPack, credits, *terms))
        }
        Offer::OrderPackage { .. } if quantity != 1 => Err(wrong("quantity", ORDER_QUANTITY.into())),
        Offer::OrderPackage { .. } if !has_order => Err(wrong(
            "order_id",
            "Make the order first with POST /api/orders, then name it here.".into(),
        )),
        Offer::OrderPackage { .. } => Ok((Kind::Order, 0, PackTerms::default())),
        Offer::Session(_) if has_order => Err(wrong("order_id", "An order is not paid for by a session.".into())),
        Offer::Session(_) if quantity != 1 => Err(wrong("quantity", "A session is booked once.".into())),
        Offer::Session(_) => Ok((Kind::Booking, 0, PackTerms::default())),
        Offer::Plan(_) if has_order => Err(wrong("order_id", "An order is not paid for by a plan.".into())),
        Offer::Plan(plan) if !plan.on_sale => Err(Refused(
            Problem::of(&UNKNOWN_ITEM)
                .field("item_id")
                .detail(format!("{:?} is not on sale any more.", item.id)),
        )),
        Offer::Plan(_) if quantity != 1 => Err(wrong("quantity", "A plan is subscribed to once.".into())),
        Offer::Plan(_) => Ok((Kind::Plan, 0, PackTerms::default())),
    }
}
