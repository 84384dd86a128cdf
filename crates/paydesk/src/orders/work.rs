//! What people do with an order: they move it on, and say who is to do the work. Each is decided on the order as it stands
//! under its lock, and written with who did it.

use std::sync::Arc;

use axum::http::StatusCode;
use store::Tx;

use super::routes::OrderOut;
use super::rules::Part;
use super::{Delivery, MOVE_NOT_ALLOWED, Order, Status, records, sale_key};
use crate::app::App;
use crate::courier::{self, Kind, Message, TOPIC};
use crate::effects::{self, ApplyError, Caused, Effect};
use crate::http::auth::Caller;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;
use crate::payouts::{self, Sale};
use crate::purchases::{self, refunds};
use crate::tokens::Scope;

/// A move that somebody wants.
#[derive(Clone, Debug)]
pub(super) struct Move {
    pub(super) to: Status,
    /// What is delivered; empty for other moves.
    pub(super) links: Vec<String>,
    pub(super) note: Option<String>,
}

/// The parts that a caller has in an order; none for whom it does not exist.
pub(super) fn parts(caller: &Caller, scope: Scope, order: &Order) -> Vec<Part> {
    let mut parts = Vec::new();
    if caller.holds(scope) {
        parts.push(Part::Staff);
    }
    if let Caller::User { user_id } = caller {
        if order.user_id == *user_id {
            parts.push(Part::Owner);
        }
        if order.reviewer_id.as_ref() == Some(user_id) {
            parts.push(Part::Reviewer);
        }
    }
    parts
}

/// Moves an order on.
pub(super) async fn move_on(
    app: &App,
    one_time: &OneTime,
    caller: Caller,
    order_id: String,
    wanted: Move,
) -> Result<Reply, Problem> {
    let (now_us, action) = (app.clock.now_us(), Action::of(one_time));
    let share_percent = app.catalogue.refunds.order_share_percent;
    let (catalogue, buffer_us) = (Arc::clone(&app.catalogue), app.config.settings.payouts.buffer_us());
    let (is_cancelled, moved_id) = (wanted.to == Status::Cancelled, order_id.clone());
    let work = app.store.write(move |tx| {
        let (order_id, caller) = (moved_id.as_str(), &caller);
        idempotency::once(tx, now_us, &action, |tx| {
            // Payments are locked before the order, as wherever what Stripe says is taken in.
            let payments = refunds::of_order::lock(tx, order_id)?;
            let (order, parts) = locked(tx, caller, order_id)?;
            if !parts.iter().any(|part| order.status.moves(*part).contains(&wanted.to)) {
                return Err(not_allowed(&order, &parts));
            }
            let by = caller.identity();
            let after = moved(&order, &wanted, now_us);
            let after = records::change(tx, now_us, &order, after, (&by, wanted.note.as_deref()))?;
            if wanted.to == Status::Cancelled {
                // Whoever cancels their own order gets the share of the policy; whom the shop lets down gets all.
                let own = !parts.contains(&Part::Staff);
                let share = if own {
                    (share_percent, Some(refunds::Reason::RequestedByCustomer))
                } else {
                    (refunds::of_order::ALL_PERCENT, None)
                };
                payments.give_back(tx, now_us, (order_id, after.changes), share)?;
            }
            if wanted.to == Status::Delivered {
                courier::tell(tx, now_us, [delivered(&after)])?;
                let percent = catalogue.reviewer_share_percent(&after.package_id);
                if let Some(sale) = earned(&after, &payments, percent, now_us + buffer_us) {
                    let earn = Caused::by_nothing(Effect::Earn(Box::new(sale)));
                    effects::apply(tx, now_us, &[earn]).map_err(ApplyError::into_store)?;
                }
            }
            Ok(Answer::json(StatusCode::OK, &OrderOut::from(after)))
        })
    });
    let reply = one_time.until(work).await?;
    if is_cancelled {
        end_checkout(app, &order_id).await?;
    }
    app.store.notify(TOPIC);
    Ok(reply)
}

/// Says who is to do the work, or that nobody is.
pub(super) async fn assign(
    app: &App,
    one_time: &OneTime,
    caller: Caller,
    order_id: String,
    reviewer_id: Option<UserId>,
) -> Result<Reply, Problem> {
    let (now_us, action) = (app.clock.now_us(), Action::of(one_time));
    let work = app.store.write(move |tx| {
        idempotency::once(tx, now_us, &action, |tx| {
            let (order, parts) = locked(tx, &caller, &order_id)?;
            if matches!(order.status, Status::Cancelled | Status::Refunded) {
                return Err(not_allowed(&order, &parts).detail("Nobody works on an order that is given up."));
            }
            let mut after = order.clone();
            after.reviewer_id.clone_from(&reviewer_id);
            let after = records::change(tx, now_us, &order, after, (&caller.identity(), None))?;
            Ok(Answer::json(StatusCode::OK, &OrderOut::from(after)))
        })
    });
    one_time.until(work).await
}

/// Ends the checkout that an order waited for, so that nobody pays for what is given up. Where it cannot be ended now, it
/// ends by itself; what is paid until then goes back.
async fn end_checkout(app: &App, order_id: &str) -> Result<(), Problem> {
    let order_id = order_id.to_owned();
    let open = app.store.read(move |tx| {
        let order = records::order(tx, &order_id)?.filter(|order| order.work == Status::Cancelled);
        match order.and_then(|order| order.purchase_id) {
            Some(purchase_id) => purchases::purchase(tx, &purchase_id),
            None => Ok(None),
        }
    });
    let open = open.await?.filter(|purchase| !purchase.status.is_final());
    if let Some(purchase) = open
        && let Err(problem) = purchases::step_aside(app, purchase).await
    {
        tracing::warn!(?problem, "the checkout of a cancelled order could not be ended");
    }
    Ok(())
}

/// The order under its lock, and the parts that the caller has in it.
fn locked(tx: &mut Tx<'_>, caller: &Caller, order_id: &str) -> Result<(Order, Vec<Part>), Problem> {
    let found = records::lock(tx, order_id)?.map(|order| {
        let parts = parts(caller, Scope::OrdersWrite, &order);
        (order, parts)
    });
    found
        .filter(|(_, parts)| !parts.is_empty())
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND))
}

fn not_allowed(order: &Order, parts: &[Part]) -> Problem {
    let mut allowed: Vec<&str> = Vec::new();
    for status in parts.iter().flat_map(|part| order.status.moves(*part)) {
        if !allowed.contains(&status.word()) {
            allowed.push(status.word());
        }
    }
    Problem::of(&MOVE_NOT_ALLOWED)
        .with("order_status", order.status.word())
        .with("allowed", allowed)
}

/// The order after a move that is allowed.
fn moved(order: &Order, wanted: &Move, now_us: i64) -> Order {
    let mut after = order.at(wanted.to);
    if wanted.to == Status::Delivered {
        after.delivery = Some(Delivery {
            links: wanted.links.clone(),
            note: wanted.note.clone(),
            delivered_at_us: now_us,
        });
    }
    after
}

/// What the reviewer earns of an order that they delivered: their share of what was paid. Nobody earns of one without a
/// reviewer, or whose package gives no share.
fn earned(order: &Order, payments: &refunds::of_order::Payments, percent: i64, payable_at_us: i64) -> Option<Sale> {
    let (payment_intent_id, currency) = payments.paid()?;
    let net_minor = payouts::share_minor(order.paid_minor, percent, currency);
    if net_minor == 0 {
        return None;
    }
    Some(Sale {
        business_key: sale_key(&order.order_id),
        user_id: order.reviewer_id.clone()?,
        payment_intent_id: Some(payment_intent_id),
        currency,
        gross_minor: order.paid_minor,
        refunded_minor: order.refunded_minor,
        net_minor,
        payable_at_us,
    })
}

/// What others are told of a delivery: once for each, since each is a change of its own.
fn delivered(order: &Order) -> Message {
    let delivery = order.delivery.as_ref();
    let data = serde_json::json!({
        "user_id": order.user_id, "order_id": order.order_id, "package_id": order.package_id,
        "links": delivery.map(|one| &one.links), "note": delivery.and_then(|one| one.note.as_ref()),
    });
    let key = format!("deliver_order:{}:{}", order.order_id, order.changes);
    Message::about(&key, Kind::OrderDelivered, &order.user_id, data)
}
