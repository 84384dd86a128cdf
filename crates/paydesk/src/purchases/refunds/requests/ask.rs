//! Asking for a refund: judged by the policy of the purchase under the lock of its payment, and granted at once where the
//! policy and the limits allow it.

use axum::http::StatusCode;
use ledger::Money;
use store::Tx;

use super::routes::RefundRequestOut;
use super::rules::{self, Bought, Outside};
use super::{OUTSIDE_REFUND_POLICY, REFUND_REQUEST_OPEN, RefundRequest, Status, by_kind, records};
use crate::app::App;
use crate::catalogue::RefundTerms;
use crate::config::Policies;
use crate::courier::{self, TOPIC};
use crate::http::auth::Caller;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::id_for;
use crate::purchases::records::payments::PaymentRow;
use crate::purchases::refunds::make::{self, Of};
use crate::purchases::refunds::rules::Standing;
use crate::purchases::refunds::{self, NOT_REFUNDABLE, Reason, RefundIntent};
use crate::purchases::{self, Purchase};
use crate::tokens::Scope;

/// Who is said to have decided what the policy did.
const POLICY: &str = "policy";

/// What somebody asks for.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) purchase_id: String,
    /// How much, in minor units; all that can be where it is left out.
    pub(super) amount_minor: Option<i64>,
    pub(super) reason: String,
}

/// Takes a request for a refund.
pub(super) async fn ask(app: &App, one_time: &OneTime, caller: Caller, wanted: Ask) -> Result<Reply, Problem> {
    let (now_us, action, request_id) = (app.clock.now_us(), Action::of(one_time), app.ids.next("rrq"));
    let policies = app.config.settings.policies;
    let terms = app.catalogue.refunds.clone();
    let work = app.store.write(move |tx| {
        let (caller, terms, wanted, request_id) = (&caller, &terms, &wanted, &request_id);
        idempotency::once(tx, now_us, &action, |tx| {
            let purchase = of_caller(tx, caller, &wanted.purchase_id)?;
            let payment = make::payment(tx, &Of::Purchase(purchase.purchase_id.clone()))?;
            if let Some(open) = records::open_of(tx, &payment.payment_intent_id)? {
                return Err(Problem::of(&REFUND_REQUEST_OPEN).with("request_id", open));
            }
            let mut request = judged(tx, now_us, (&purchase, &payment), (caller, terms), wanted)?;
            request.request_id.clone_from(request_id);
            records::insert(tx, &request)?;
            courier::tell(tx, now_us, [request.message(courier::Kind::RefundRequested)])?;
            if request.needs.approvals == 0 {
                grant(tx, now_us, policies, &mut request, (&purchase, &payment), POLICY)?;
            }
            let shows_all = caller.holds(Scope::PurchasesRead);
            Ok::<_, Problem>(Answer::json(
                StatusCode::CREATED,
                &RefundRequestOut::of(request, Vec::new(), shows_all),
            ))
        })
    });
    let reply = one_time.until(work).await?;
    store::crash_point("refund request written");
    app.store.notify(TOPIC);
    Ok(reply)
}

/// The purchase, where the caller may ask for it. Somebody else's looks absent.
fn of_caller(tx: &mut Tx<'_>, caller: &Caller, purchase_id: &str) -> Result<Purchase, Problem> {
    let found = purchases::purchase(tx, purchase_id)?;
    found
        .filter(|purchase| caller.may_act_for(Scope::RefundsWrite, &purchase.user_id))
        .ok_or_else(|| Problem::of(&kinds::NOT_FOUND).field("purchase_id"))
}

/// The request as it is taken. Outside the policy only the shop may ask, and then somebody must approve.
fn judged(
    tx: &mut Tx<'_>,
    now_us: i64,
    (purchase, payment): (&Purchase, &PaymentRow),
    (caller, terms): (&Caller, &RefundTerms),
    wanted: &Ask,
) -> Result<RefundRequest, Problem> {
    let is_staff = caller.holds(Scope::RefundsWrite);
    let bought = Bought {
        refund_days: purchase.refund_days,
        paid_at_us: purchase.paid_at_us,
        is_delivered: by_kind::is_delivered(tx, purchase)?,
    };
    let mut outside = rules::outside(bought, now_us);
    if let Some(outside) = outside.filter(|_| !is_staff) {
        return Err(Problem::of(&OUTSIDE_REFUND_POLICY).with("reason", outside.word()));
    }
    let by_policy = make::standing(tx, payment, by_kind::is_used_up_by_parts(purchase))?;
    let standing = make::standing(tx, payment, false)?;
    let amount_minor = match by_policy.grant(wanted.amount_minor) {
        None if is_staff => {
            outside = outside.or(Some(Outside::Spent));
            standing.grant(wanted.amount_minor)
        }
        granted => granted,
    };
    let is_spent = !is_staff && standing.grant(wanted.amount_minor).is_some();
    let amount_minor = amount_minor.ok_or_else(|| {
        if !is_spent {
            return too_much(standing);
        }
        Problem::of(&OUTSIDE_REFUND_POLICY)
            .with("reason", Outside::Spent.word())
            .with("refundable_minor", by_policy.refundable_minor())
    })?;
    let currency = payment.price.currency;
    let total = Money::new(standing.total_with(amount_minor), currency);
    Ok(RefundRequest {
        request_id: String::new(),
        user_id: purchase.user_id.clone(),
        purchase_id: purchase.purchase_id.clone(),
        item_id: purchase.item_id.clone(),
        payment_intent_id: payment.payment_intent_id.clone(),
        price: Money::new(amount_minor, currency),
        reason: wanted.reason.clone(),
        requested_by: caller.identity(),
        outside,
        needs: rules::needs(terms, total, outside.is_none()),
        status: Status::Waiting,
        decided_by: None,
        decided_at_us: None,
        answer: None,
        intent_id: None,
        refund_id: None,
        refund_status: None,
        created_at_us: now_us,
    })
}

/// So much cannot be given back.
pub(super) fn too_much(standing: Standing) -> Problem {
    Problem::of(&NOT_REFUNDABLE).with("refundable_minor", standing.refundable_minor())
}

/// Grants a request: its refund is an intent from now on, which is made as any other. The caller holds the payment's row.
pub(super) fn grant(
    tx: &mut Tx<'_>,
    now_us: i64,
    policies: Policies,
    request: &mut RefundRequest,
    (purchase, payment): (&Purchase, &PaymentRow),
    by: &str,
) -> Result<(), Problem> {
    let standing = make::standing(tx, payment, false)?;
    let is_all = request.price.minor >= standing.refundable_minor();
    let intent = RefundIntent {
        intent_id: id_for("rfi", now_us, &format!("request:{}", request.request_id)),
        payment_intent_id: request.payment_intent_id.clone(),
        price: request.price,
        reason: Some(Reason::RequestedByCustomer),
        note: Some(format!("Asked for by {}.", request.request_id)),
        status: refunds::Status::Created,
        refusal: None,
        refund_id: None,
        created_at_us: now_us,
    };
    refunds::records::insert(tx, &intent, None, now_us)?;
    make::set_aside(tx, now_us, policies, &intent)?;
    if is_all {
        by_kind::give_up(tx, now_us, purchase, by)?;
    }
    request.status = Status::Approved;
    request.intent_id = Some(intent.intent_id);
    request.decided_by = Some(by.to_owned());
    request.decided_at_us = Some(now_us);
    records::update(tx, request)?;
    courier::tell(tx, now_us, [request.message(courier::Kind::RefundApproved)])?;
    Ok(())
}
