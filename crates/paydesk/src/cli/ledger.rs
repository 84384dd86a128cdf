//! `paydesk ledger`: hold the books against themselves.

use std::sync::Arc;

use clap::{Args, Subcommand};

use super::{Failure, existing, print};
use crate::books;
use crate::config::Database;
use crate::progress::Progress;

/// The arguments of `paydesk ledger`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Recompute every balance, lot and seal from the transfers alone. Ends with 1 and names what differs where anything does.
    Verify {
        #[command(flatten)]
        database: Database,
    },
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let Action::Verify { database } = arguments.action;
    let store = existing::open(&database).await?;
    let progress = Arc::new(Progress::begin("reading transfers", 0));
    let shown = Arc::clone(&progress);
    let audit = store
        .read(move |tx| books::audit(tx, |done, total| shown.of(done, total)))
        .await?;
    if let Some(progress) = Arc::into_inner(progress) {
        progress.end();
    }
    for finding in &audit.findings {
        print(finding);
    }
    if !audit.findings.is_empty() {
        return Err(Failure::Failed(anyhow::anyhow!(
            "the books do not verify: {} findings in {} transfers of {} accounts",
            audit.wrong,
            audit.transfers,
            audit.accounts
        )));
    }
    print(&format!(
        "the books verify: {} transfers, {} accounts, every unit sums to zero; {} transfers are sealed",
        audit.transfers, audit.accounts, audit.sealed
    ));
    Ok(())
}
