//! From a request to a written command: the key is looked up, the subscription or the slot is checked, and the command is
//! written, in one transaction.

use ledger::Currency;
use store::Tx;

use super::make;
use super::{
    ALREADY_SUBSCRIBED, Command, Holder, NO_PAYMENT_METHOD, Proration, SUBSCRIPTION_BUSY, SUBSCRIPTION_NOT_CHANGEABLE,
    Status, Wanted, records, rules, slots,
};
use crate::app::App;
use crate::catalogue::{self, Item, Plan};
use crate::clock::SECOND_US;
use crate::http::auth::Caller;
use crate::http::{OneTime, Problem, kinds};
use crate::idempotency::{self, Action, Reply};
use crate::ids::UserId;
use crate::purchases::{self, CATALOGUE_NOT_PUSHED, Purchase, UNKNOWN_ITEM};
use crate::subscriptions::{self, Subscription};

/// How often others that hold a slot are asked to leave it, for one request.
const STEPS_MAX: usize = 3;
/// When somebody who found the subscription busy may ask again.
const BUSY_SECONDS: u32 = 2;

/// What begins or ends by a request.
pub(super) enum Begun {
    /// It was answered before.
    Answered(Reply),
    /// It is written.
    Command(Box<Command>),
    /// A checkout that nobody has paid has the slot.
    InTheWay(Box<Purchase>),
}

/// A subscription that somebody wants to begin.
#[derive(Clone, Debug)]
pub(super) struct BeginRequest {
    /// For whom.
    pub(super) user_id: UserId,
    /// Which plan.
    pub(super) plan_id: String,
    /// In which currency; the shop's own where none is named.
    pub(super) currency: Option<Currency>,
}

/// Begins a subscription with the payment method that the user saved, or finds the one that an earlier try began.
pub(super) async fn begin(app: &App, one_time: &OneTime, request: BeginRequest) -> Result<Reply, Problem> {
    let action = Action::of(one_time);
    let work = async {
        for _ in 0..STEPS_MAX {
            match write_begin(app, action.clone(), request.clone()).await? {
                Begun::Answered(reply) => return Ok(reply),
                Begun::Command(command) => return make::finish(app, Some(action), *command).await,
                Begun::InTheWay(purchase) => purchases::step_aside(app, *purchase).await?,
            }
        }
        Err(busy())
    };
    one_time.until(work).await
}

async fn write_begin(app: &App, action: Action, request: BeginRequest) -> Result<Begun, Problem> {
    let (app_in, command_id, now_us) = (app.clone(), app.ids.next("sbc"), app.clock.now_us());
    app.store
        .write(move |tx| {
            if let Some(begun) = known(tx, &action)? {
                return Ok(begun);
            }
            let (item, plan) = on_sale(&app_in, &request.plan_id)?;
            let currency = request.currency.unwrap_or(app_in.catalogue.default_currency);
            let price_id = price_of(tx, item, plan, currency)?;
            match slots::holder(tx, &request.user_id, &plan.group)? {
                Holder::Nobody => slots::check_currency(tx, &request.user_id, currency)?,
                Holder::Subscription(subscription_id) => {
                    return Err(Problem::of(&ALREADY_SUBSCRIBED).with("subscription_id", subscription_id));
                }
                Holder::Command(other) => {
                    let same = matches!(&other.wanted, Wanted::Begin { price_id: theirs, .. } if *theirs == price_id);
                    return if same { Ok(Begun::Command(other)) } else { Err(busy()) };
                }
                Holder::Checkout(purchase) => return Ok(Begun::InTheWay(purchase)),
            }
            let method = purchases::saved_method(tx, &request.user_id)?;
            let method = method.ok_or_else(|| Problem::of(&NO_PAYMENT_METHOD))?;
            let trial_days = slots::take(tx, &request.user_id, &plan.group, &command_id, plan.trial_days)?;
            let command = Command {
                command_id: command_id.clone(),
                user_id: request.user_id.clone(),
                subscription_id: None,
                wanted: Wanted::Begin {
                    plan_id: item.id.clone(),
                    price_id,
                    customer: method.customer,
                    payment_method: method.payment_method,
                    trial_days,
                },
                status: Status::Created,
                refusal: None,
                created_at_us: now_us,
            };
            records::insert(tx, &command, Some(&action), now_us + make::LEASE_US)?;
            Ok(Begun::Command(Box::new(command)))
        })
        .await
}

/// Does something with a subscription that is there, once for its key where it has one. The caller may act for its owner.
pub(super) async fn act(
    app: &App,
    one_time: Option<&OneTime>,
    subscription: Subscription,
    wanted: Wanted,
) -> Result<Reply, Problem> {
    let action = one_time.map(Action::of);
    let work = async {
        match write_act(app, action.clone(), &subscription, wanted).await? {
            Begun::Answered(reply) => Ok(reply),
            Begun::Command(command) => make::finish(app, action, *command).await,
            Begun::InTheWay(_) => Err(busy()),
        }
    };
    match one_time {
        Some(one_time) => one_time.until(work).await,
        None => work.await,
    }
}

async fn write_act(
    app: &App,
    action: Option<Action>,
    subscription: &Subscription,
    wanted: Wanted,
) -> Result<Begun, Problem> {
    let (command_id, now_us) = (app.ids.next("sbc"), app.clock.now_us());
    let user_id = subscription.user_id.clone();
    let user_id = user_id.ok_or_else(|| Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE))?;
    let command = Command {
        command_id,
        user_id,
        subscription_id: Some(subscription.subscription_id.clone()),
        wanted,
        status: Status::Created,
        refusal: None,
        created_at_us: now_us,
    };
    let subscription_id = subscription.subscription_id.clone();
    app.store
        .write(move |tx| {
            if let Some(action) = &action
                && let Some(begun) = known(tx, action)?
            {
                return Ok(begun);
            }
            match records::underway(tx, &subscription_id)? {
                Some(other) if other.wanted == command.wanted => return Ok(Begun::Command(Box::new(other))),
                Some(_) => return Err(busy()),
                None => {}
            }
            records::insert(tx, &command, action.as_ref(), now_us + make::LEASE_US)?;
            Ok(Begun::Command(Box::new(command.clone())))
        })
        .await
}

/// What became of a request that was there before.
fn known(tx: &mut Tx<'_>, action: &Action) -> Result<Option<Begun>, Problem> {
    if let Some(reply) = idempotency::recall(tx, &[action])?.remove(&action.id) {
        return Ok(Some(Begun::Answered(reply)));
    }
    let Some((command, fingerprint)) = records::of_request(tx, &action.id)? else {
        return Ok(None);
    };
    Ok(Some(if fingerprint == action.fingerprint {
        Begun::Command(Box::new(command))
    } else {
        Begun::Answered(Reply::KeyReused)
    }))
}

/// Refuses terms that are not the caller's to choose: a user who could would say themselves what they pay.
pub(super) fn check_terms(
    app: &App,
    caller: &Caller,
    subscription: &Subscription,
    (proration, proration_date): (Proration, Option<i64>),
) -> Result<(), Problem> {
    let is_user = matches!(caller, Caller::User { .. });
    if is_user && proration != Proration::default() {
        let detail = "What becomes of the rest of the period is chosen by the application's back end.";
        return Err(Problem::of(&kinds::FORBIDDEN)
            .field("proration_behavior")
            .detail(detail));
    }
    let seconds = |at_us: Option<i64>| at_us.map(|at_us| at_us.div_euclid(SECOND_US));
    let period = (
        seconds(subscription.period_start_us),
        seconds(subscription.period_end_us),
    );
    let allowed = rules::proration_dates(period, app.clock.now_seconds(), is_user);
    if proration_date.is_some_and(|date| !allowed.contains(&date)) {
        let detail = if is_user {
            "Give what a preview of the last hour gave."
        } else {
            "It lies outside the period that is paid for."
        };
        return Err(Problem::of(&kinds::INVALID).field("proration_date").detail(detail));
    }
    Ok(())
}

/// The change to a plan that somebody wants: it is of the same group, and has a price in the currency that is paid.
pub(super) async fn change(
    app: &App,
    subscription: &Subscription,
    plan_id: &str,
    (proration, proration_date): (Proration, Option<i64>),
) -> Result<Wanted, Problem> {
    let (item, plan) = on_sale(app, plan_id)?;
    let (item, plan) = (item.clone(), plan.clone());
    if subscription.group.as_deref() != Some(plan.group.as_str()) {
        let detail = format!("{plan_id:?} is of the group {:?}.", plan.group);
        return Err(Problem::of(&SUBSCRIPTION_NOT_CHANGEABLE)
            .field("plan_id")
            .detail(detail));
    }
    let paid = subscription.price_id.clone().unwrap_or_default();
    let default = app.catalogue.default_currency;
    app.store
        .read(move |tx| {
            // A subscription keeps its currency.
            let currency = catalogue::currency_of_price(tx, &paid)?.unwrap_or(default);
            Ok(Wanted::Change {
                plan_id: item.id.clone(),
                price_id: price_of(tx, &item, &plan, currency)?,
                proration,
                proration_date,
            })
        })
        .await
}

/// A plan that somebody may go over to.
fn on_sale<'a>(app: &'a App, plan_id: &str) -> Result<(&'a Item, &'a Plan), Problem> {
    let item = app.catalogue.items.get(plan_id);
    let found = item.and_then(|item| Some((item, item.plan().filter(|plan| plan.on_sale)?)));
    found.ok_or_else(|| {
        let detail = format!("There is no plan {plan_id:?} on sale.");
        Problem::of(&UNKNOWN_ITEM).field("plan_id").detail(detail)
    })
}

/// What the price of a plan is called at Stripe.
fn price_of(tx: &mut Tx<'_>, item: &Item, plan: &Plan, currency: Currency) -> Result<String, Problem> {
    let Some(amount) = item.amount(currency, 1) else {
        let detail = format!("{:?} has no price in {currency}.", item.id);
        return Err(Problem::of(&UNKNOWN_ITEM).field("currency").detail(detail));
    };
    let price_id = catalogue::stripe_plan_price(tx, &item.id, plan, amount)?;
    price_id.ok_or_else(|| {
        let detail = format!("The price of {:?}, {amount}, was not pushed to Stripe.", item.id);
        Problem::of(&CATALOGUE_NOT_PUSHED).detail(detail).retry_after(30)
    })
}

fn busy() -> Problem {
    Problem::of(&SUBSCRIPTION_BUSY).retry_after(BUSY_SECONDS)
}

/// A subscription of the user's that is there, where the caller may know of it.
pub(super) async fn owned(
    app: &App,
    subscription_id: String,
    may: impl FnOnce(&UserId) -> bool,
) -> Result<Subscription, Problem> {
    let found = app
        .store
        .read(move |tx| subscriptions::subscription(tx, &subscription_id))
        .await?;
    let found = found.filter(|one| one.user_id.as_ref().is_some_and(may));
    found.ok_or_else(|| Problem::of(&crate::http::kinds::NOT_FOUND))
}
