//! `paydesk bench sell`: payments settled in this process, as if a shop had sold for many days, with what goes wrong.
//!
//! No server and no HTTP. It makes the databases that reports are measured on: the same settlement as that of events, so every
//! figure is counted as it always is.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Args;
use ledger::{Currency, Money};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use store::{Options, Store};

use super::post::dated;
use super::requests::USERS_MAX;
use crate::books;
use crate::cli::print;
use crate::clock::{Clock, SECOND_US};
use crate::config::{Database, Policies};
use crate::effects::{self, ApplyError, NO_EVENT};
use crate::ids::UserId;
use crate::progress::Progress;
use crate::purchases::{self, Told};
use crate::reports::{self, Recurring};
use crate::schema::MIGRATIONS;

/// Of a hundred payments so many fail at first.
const FAILING: u64 = 5;
/// Of a hundred payments so much of one is given back.
const REFUNDED: u64 = 4;
/// Every so many payments somebody subscribes, or changes what they pay.
const SUBSCRIBING: u64 = 20;

/// Settles payments over many days in this process, with failures, refunds and subscriptions among them
#[derive(Args, Debug, Clone)]
pub(super) struct Arguments {
    #[command(flatten)]
    database: Database,

    /// How many payments
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..))]
    payments: u64,

    /// Over how many days, the last of which is today
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=3_660))]
    days: u32,

    /// How many users buy, who are named `bench_000000` and so on
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=i64::from(USERS_MAX)))]
    users: u32,

    /// How many payments are settled together
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    batch: u64,

    /// What the choice of buyers and amounts begins with
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Settles, seals and counts, and prints how long each took.
pub(super) async fn run(arguments: Arguments) -> Result<()> {
    arguments.database.check().map_err(|error| anyhow!(error.0))?;
    let store = Store::open(&arguments.database.database, Options::default())?;
    store.migrate(MIGRATIONS).await?;
    let clock = Clock::system();
    let mut made = Made {
        rng: StdRng::seed_from_u64(arguments.seed),
        run: format!("{}-{}", clock.now_us(), arguments.seed),
        users: arguments.users,
    };
    let progress = Progress::begin("selling", arguments.payments);
    let (begun, now_us) = (Instant::now(), clock.now_us());
    let mut done = 0;
    while done < arguments.payments {
        let size = arguments.batch.min(arguments.payments - done);
        let at_us = dated(now_us, arguments.days, (done + size, arguments.payments));
        let batch = (done..done + size)
            .map(|number| made.sale(number, at_us))
            .collect::<Result<Vec<_>>>()?;
        settle(&store, at_us, batch.into()).await?;
        done += size;
        progress.at(done);
    }
    progress.end();
    tell("sold", begun);
    let begun = Instant::now();
    books::seal(&store, clock.now_us()).await?;
    tell("sealed", begun);
    let begun = Instant::now();
    reports::count(&store).await?;
    tell("counted", begun);
    Ok(())
}

fn tell(what: &str, begun: Instant) {
    print(&format!("{what} in {:.1} s", begun.elapsed().as_secs_f64()));
}

/// A payment, what goes wrong with it, and what its buyer's subscription brings in from now on.
struct Sale {
    told: Vec<Told>,
    recurring: Option<Recurring>,
}

async fn settle(store: &Store, at_us: i64, batch: Arc<[Sale]>) -> Result<()> {
    let written = store.write(move |tx| {
        let told: Vec<(i64, &Told)> = batch
            .iter()
            .flat_map(|sale| &sale.told)
            .map(|told| (NO_EVENT, told))
            .collect();
        let settled = purchases::settle(tx, at_us, Policies::default(), &told)?;
        effects::apply(tx, at_us, &settled.effects)?;
        for recurring in batch.iter().filter_map(|sale| sale.recurring.as_ref()) {
            reports::follow_subscription(tx, at_us, recurring)?;
        }
        Ok::<_, ApplyError>(())
    });
    written.await.map_err(ApplyError::into_store)?;
    Ok(())
}

/// The sales that are to be settled, one after another.
struct Made {
    rng: StdRng,
    /// What tells the sales of this run from those of others.
    run: String,
    users: u32,
}

impl Made {
    fn sale(&mut self, number: u64, at_us: i64) -> Result<Sale> {
        let user = format!("bench_{:06}", self.rng.random_range(0..self.users));
        let id = format!("{}-{number}", self.run);
        let amount = self.rng.random_range(5..=50) * 100;
        let at_s = at_us / SECOND_US;
        let mut told = Vec::new();
        if number % 100 < FAILING {
            let failed = intent(&id, &user, amount, "requires_payment_method");
            told.extend(read("payment_intent.payment_failed", at_s, &failed)?);
        }
        let paid = intent(&id, &user, amount, "succeeded");
        told.extend(read("payment_intent.succeeded", at_s, &paid)?);
        if (50..50 + REFUNDED).contains(&(number % 100)) {
            let refund = json!({ "id": format!("re_{id}"), "object": "refund", "amount": amount / 2, "currency": "usd",
                                 "payment_intent": format!("pi_{id}"), "status": "succeeded", "created": at_s });
            told.extend(read("refund.created", at_s, &refund)?);
        }
        let recurring = number
            .is_multiple_of(SUBSCRIBING)
            .then(|| self.recurring(&user, at_us))
            .transpose()?;
        Ok(Sale { told, recurring })
    }

    /// What the user's one subscription brings in from now on, which may be nothing.
    fn recurring(&mut self, user: &str, at_us: i64) -> Result<Recurring> {
        let usd: Currency = "usd".parse().map_err(|error| anyhow!("{error}"))?;
        let minor = self.rng.random_range(0..=4) * 1_000;
        Ok(Recurring {
            subscription_id: format!("sub_{user}"),
            user_id: UserId::parse(user).ok_or_else(|| anyhow!("{user} is no id of a user"))?,
            plan_id: Some("bench".into()),
            mrr: Some(Money::new(minor, usd)),
            began_us: at_us,
            ended_us: (minor == 0).then_some(at_us),
        })
    }
}

fn intent(id: &str, user: &str, amount: i64, status: &str) -> Value {
    json!({
        "id": format!("pi_{id}"),
        "object": "payment_intent",
        "amount": amount,
        "amount_received": if status == "succeeded" { amount } else { 0 },
        "currency": "usd",
        "status": status,
        "metadata": {
            "paydesk_purchase": format!("pur_{id}"),
            "paydesk_user": user,
            "paydesk_kind": "credit_pack",
            "paydesk_item": "bench",
            "paydesk_quantity": "1",
            "paydesk_credits": (amount / 10).to_string(),
            "paydesk_amount_minor": amount.to_string(),
        },
    })
}

/// What an event about the object tells.
fn read(kind: &str, at_s: i64, object: &Value) -> Result<Option<Told>> {
    let event = json!({ "id": "evt_bench", "object": "event", "api_version": stripe::API_VERSION, "created": at_s,
                        "livemode": false, "type": kind, "data": { "object": object } });
    let event = stripe::Event::parse(event.to_string().as_bytes())?;
    Ok(purchases::interpret(&event)?)
}
