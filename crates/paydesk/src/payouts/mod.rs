//! Payouts: those who earn get a connected account at Stripe, and are paid on it.
//!
//! What somebody earned of a sale is a *line* (`lines.rs`): what is earned of it follows what is given back of the sale, and
//! moves the books between the platform's revenue and what is payable to builders. What is owed on a line is transferred when its service is over
//! and the buffer has passed, and taken back when the sale is given back later (`transfers.rs`). What cannot be taken back is
//! carried: the next lines of the same earner and currency pay it first. Whatever moves the books for an earner is an *entry*, which
//! their statements are made of (`statements.rs`; as something to print, `document.rs`).
//!
//! Here lives the connected account: made once for each user from a written intent, and kept as the last read of Stripe
//! shows it. An event only says that it is to be read (`accounts.rs`); what an older read shows is never taken in after a
//! newer one. Who a builder is, their address and their bank account are told to Stripe on its own page, and are not kept here.
//! What Stripe sends on from there to their bank is told of by its events alone (`bank.rs`).

mod accounts;
mod audit;
mod bank;
mod document;
mod lines;
mod records;
pub mod routes;
pub mod rules;
mod statements;
mod transfers;

use std::time::Duration;

use crate::app::App;
use crate::http::problem::Kind;
use crate::ids::UserId;
use crate::words::words;

pub use audit::audit;
pub use lines::{Line, Sale, earn, follow, hold_back, pay_at};
pub use rules::shares::share_minor;
pub use rules::{Told, interpret, is_handled};
pub use statements::{Entry, EntryKind};
pub use transfers::{Direction, Status as TransferStatus};

/// The topic under which the work on payouts is woken.
pub const TOPIC: &str = "payouts";

/// How often work is looked for that nothing woke for.
const POLL: Duration = Duration::from_secs(5);

/// Stripe will not make the account, or the way to its page.
pub const PAYOUT_ACCOUNT_REFUSED: Kind = Kind {
    code: "payout_account_refused",
    status: 409,
    title: "Stripe refused the connected account",
    explanation: "`detail` gives Stripe's words, often that the country is not one it pays out to, or that Connect is not \
                  set up. When the cause is mended, ask again with a new Idempotency-Key.",
};

/// All kinds of problem of this module.
pub const KINDS: &[Kind] = &[PAYOUT_ACCOUNT_REFUSED];

/// Where a connected account stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PayoutAccountStatus)]
pub enum Status {
    /// Written here; Stripe has not answered yet.
    Creating,
    /// Its owner has not told Stripe everything yet.
    Onboarding,
    /// Its owner has told everything that was asked for, but it cannot be paid: Stripe checks, or wants to know more.
    Restricted,
    /// It can be paid.
    Enabled,
    /// Its owner or Stripe has closed it.
    Closed,
}

words!(Status {
    Creating = "creating",
    Onboarding = "onboarding",
    Restricted = "restricted",
    Enabled = "enabled",
    Closed = "closed",
});

/// The connected account of somebody who earns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Whose.
    pub user_id: UserId,
    /// `pac_…`; also the Idempotency-Key of the call that makes it.
    pub intent_id: String,
    /// Two letters; that of the platform where there are none.
    pub country: Option<String>,
    /// `acct_…`, once Stripe has made it.
    pub account_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// What its owner has to tell now, in Stripe's words.
    pub currently_due: Vec<String>,
    /// Why it cannot do all it should, in Stripe's word.
    pub disabled_reason: Option<String>,
    /// Whether Stripe pays out what is on it.
    pub payouts_enabled: bool,
    /// When it was asked for, microseconds.
    pub created_at_us: i64,
}

/// Takes in what events of connected accounts tell.
pub fn take_in_events(tx: &mut store::Tx<'_>, now_us: i64, told: &[Told]) -> store::Result<()> {
    records::want_told(tx, now_us, told)?;
    bank::take_in(tx, now_us, told)
}

/// Runs until told to stop.
pub async fn run(app: App) {
    let mut listener = app.store.listen(TOPIC);
    while !app.shutdown.is_requested() {
        match work(&app).await {
            // Each was given its next time, so this comes to an end.
            Ok(1..) => continue,
            Ok(0) => {}
            Err(error) => tracing::warn!(%error, "the work on payouts failed; it is tried again"),
        }
        let wait = tokio::time::timeout(POLL, listener.changed());
        tokio::select! {
            _woken_or_late = wait => {}
            () = app.shutdown.requested() => {}
        }
    }
}

/// Does what is due once: makes and reads connected accounts, transfers what is owed, takes back what was given back. Gives
/// how much was taken up.
pub async fn work(app: &App) -> Result<usize, store::Error> {
    Ok(accounts::work(app).await? + transfers::work(app).await?)
}
