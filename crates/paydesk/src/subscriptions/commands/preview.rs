//! What a change of plan would cost: Stripe reckons it, and nothing is changed.

use serde_json::json;
use stripe::IdempotencyKey;
use stripe::objects::Invoice;

use super::routes::{LineOut, PreviewOut};
use super::rules::{self, Step};
use super::{Proration, SUBSCRIPTION_NOT_CHANGEABLE, SUBSCRIPTION_REFUSED, Wanted};
use crate::app::App;
use crate::clock::{Moment, SECOND_US};
use crate::http::Problem;
use crate::purchases::{DriveError, not_now};

/// Reckons what a change would cost now.
pub(super) async fn preview(app: &App, subscription_id: &str, change: &Wanted) -> Result<PreviewOut, Problem> {
    let Wanted::Change {
        price_id, proration, ..
    } = change
    else {
        return Err(Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE));
    };
    let seen = app.stripe.retrieve_subscription(subscription_id, &[]).await;
    let seen = seen.map_err(|error| problem_of(error.into()))?;
    let item_id = match rules::change(price_id, &seen) {
        Ok(item_id) => item_id,
        Err(Step::Done) => {
            let detail = "The subscription has this plan already.";
            return Err(Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE)
                .field("plan_id")
                .detail(detail));
        }
        Err(_) => {
            let status = seen.status.as_str();
            return Err(Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE).with("subscription_status", status));
        }
    };
    // Stripe's clock may be ahead of ours, and nothing is reckoned as of before the period.
    let at_s = seen.period().0.unwrap_or_default().max(app.clock.now_seconds());
    let mut details = json!({
        "items": [{ "id": item_id, "price": price_id }],
        "proration_behavior": proration.word(),
    });
    if *proration != Proration::None {
        details["proration_date"] = at_s.into();
    }
    let parameters = json!({ "subscription": subscription_id, "subscription_details": details });
    // Looking changes nothing, so each look has a key of its own.
    let key = IdempotencyKey::new(app.ids.next("prv")).expect("our ids are fitting keys");
    let invoice = app.stripe.create_invoice_preview(&parameters, &key).await;
    let invoice = invoice.map_err(|error| problem_of(error.into()))?;
    Ok(shown(&invoice, at_s))
}

fn shown(invoice: &Invoice, at_s: i64) -> PreviewOut {
    let lines = invoice.lines.iter().flat_map(|lines| &lines.data);
    let at = |seconds: Option<i64>| seconds.map(|seconds| Moment(seconds.saturating_mul(SECOND_US)));
    let lines: Vec<LineOut> = lines
        .map(|line| LineOut {
            amount_minor: line.amount,
            is_proration: line.is_proration(),
            period_start_at: at(line.period.as_ref().and_then(|period| period.start)),
            period_end_at: at(line.period.as_ref().and_then(|period| period.end)),
        })
        .collect();
    let prorations = lines.iter().filter(|line| line.is_proration);
    PreviewOut {
        proration_minor: prorations.map(|line| line.amount_minor).fold(0, i64::saturating_add),
        total_minor: invoice.total,
        amount_due_minor: invoice.amount_due,
        currency: invoice.currency.clone(),
        proration_date: at_s,
        lines,
    }
}

/// What is told of a look at Stripe that came to nothing.
pub(super) fn problem_of(error: DriveError) -> Problem {
    match error {
        DriveError::Refused(error) => {
            tracing::error!(%error, "stripe refused a look at a subscription");
            Problem::of(&SUBSCRIPTION_REFUSED)
        }
        error => not_now(error),
    }
}
