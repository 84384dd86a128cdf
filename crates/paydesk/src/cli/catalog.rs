//! `paydesk catalog`: check the catalogue file, and bring it to Stripe.

use clap::{Args, Subcommand};
use std::path::PathBuf;

use super::{Failure, print, serve};
use crate::catalogue::{self, Catalogue, Offer};
use crate::config::{Config, Secrets, Settings};
use crate::progress::Progress;
use crate::telemetry;

/// The arguments of `paydesk catalog`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Check the file and list what it sells. Ends with 1 and names the lines where it has mistakes.
    Check {
        /// The catalogue file.
        #[arg(long, env = "PAYDESK_CATALOGUE", value_name = "FILE", default_value = "paydesk.toml")]
        catalogue: PathBuf,
    },
    /// Bring products and prices to Stripe. What is there already is left alone, so it can be repeated at any time.
    Push(Box<PushArguments>),
}

/// The arguments of `paydesk catalog push`.
#[derive(Args, Debug)]
struct PushArguments {
    #[command(flatten)]
    settings: Settings,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.action {
        Action::Check { catalogue } => {
            let catalogue = catalogue::load(&catalogue).map_err(|error| Failure::Failed(error.into()))?;
            list(&catalogue);
            Ok(())
        }
        Action::Push(arguments) => {
            let config = Config::new(arguments.settings, Secrets::from_environment()?)?;
            telemetry::begin_logs(&config.settings.logs, std::io::stderr);
            let catalogue = serve::load_catalogue(&config.settings)?;
            let app = serve::open(config, store::Access::Beside, catalogue).await?;
            let pushed = push(&app).await?;
            print(&format!(
                "{} products made, {} changed; {} prices made, {} unchanged, {} retired",
                pushed.products_created,
                pushed.products_updated,
                pushed.prices_created,
                pushed.prices_unchanged,
                pushed.prices_retired
            ));
            Ok(())
        }
    }
}

/// Pushes the application's catalogue, with a progress bar where somebody watches.
pub(super) async fn push(app: &crate::app::App) -> Result<catalogue::Pushed, Failure> {
    let progress = Progress::begin("pushing the catalogue", app.catalogue.items.len() as u64);
    let now_us = app.clock.now_us();
    let pushed = catalogue::push(&app.catalogue, &app.stripe, &app.store, &app.ids, now_us, |done| {
        progress.at(done as u64);
    })
    .await
    .map_err(|error| Failure::Failed(error.into()))?;
    progress.end();
    Ok(pushed)
}

fn list(catalogue: &Catalogue) {
    print(&format!(
        "{} sells, with {} as its own currency:",
        catalogue.shop_name, catalogue.default_currency
    ));
    for item in catalogue.items.values() {
        let prices: Vec<String> = item
            .prices
            .keys()
            .filter_map(|currency| item.amount(*currency, 1))
            .map(|amount| amount.to_string())
            .collect();
        let what = match &item.offer {
            Offer::CreditPack { credits, .. } => format!("{credits} credits"),
            Offer::OrderPackage { fields, .. } => format!("an order with {} fields", fields.len()),
            Offer::Session(session_type) => {
                format!("{} minutes with {}", session_type.minutes, session_type.builder_id)
            }
            Offer::Plan(plan) => {
                let (interval, count) = (plan.interval.word(), plan.interval_count);
                let on_sale = if plan.on_sale { "" } else { ", not on sale" };
                format!("the tier {} for {count} {interval}{on_sale}", plan.tier)
            }
        };
        print(&format!("  {:<24} {what}, {}", item.id, prices.join(" or ")));
    }
}
