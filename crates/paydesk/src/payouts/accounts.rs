//! Connected accounts: made once for each user, read again whenever an event tells of a change or their time has come.
//!
//! Making and reading are one act: whoever takes up an account gets a number, and what Stripe shows is taken in under it,
//! unless a later one was taken in before. Stripe is asked outside of any transaction.

use axum::http::StatusCode;
use serde_json::{Value, json};
use stripe::objects::Account as StripeAccount;

use super::records::{self, Claim};
use super::routes::{OnboardingIn, OnboardingOut};
use super::{Account, PAYOUT_ACCOUNT_REFUSED, Status, TOPIC, rules};
use crate::app::App;
use crate::clock::SECOND_US;
use crate::http::{OneTime, Problem};
use crate::idempotency::{self, Action, Answer, Reply};
use crate::ids::UserId;
use crate::purchases::{DriveError, not_now};
use crate::stripe_calls::Call;

/// The name under which the intent's id stands in the account's metadata.
const METADATA_INTENT: &str = "paydesk_payout_account";
/// The name under which the user's id stands there.
const METADATA_USER: &str = "paydesk_user";
/// What was taken up is taken up again after this long, where it comes to nothing.
const LEASE_US: i64 = 60 * SECOND_US;
/// Accounts taken up at a time; well under Stripe's limit of reads.
const BATCH: i64 = 20;
/// Pages of accounts that are searched for a lost one.
const LOOKUP_PAGES_MAX: usize = 50;

/// Makes sure of the user's account, and of a way to the page where they tell Stripe what is due. A repeat of the request
/// gives the same way.
pub(super) async fn onboard(
    app: &App,
    one_time: &OneTime,
    user_id: UserId,
    wanted: OnboardingIn,
) -> Result<Reply, Problem> {
    one_time
        .until(begin_onboarding(app, Action::of(one_time), user_id, wanted))
        .await
}

async fn begin_onboarding(app: &App, action: Action, user_id: UserId, wanted: OnboardingIn) -> Result<Reply, Problem> {
    let (asked, intent_id, now_us) = (action.clone(), app.ids.next("pac"), app.clock.now_us());
    let country = wanted.country.clone();
    let begun = app.store.write(move |tx| {
        if let Some(reply) = idempotency::recall(tx, &[&asked])?.remove(&asked.id) {
            return Ok::<_, store::Error>(Err(reply));
        }
        records::insert(tx, now_us, &user_id, &intent_id, country.as_deref())?;
        let account = records::lock(tx, &user_id)?.map(|locked| locked.account);
        let account = account.ok_or_else(|| store::Error::Corrupt("payout account: it is gone".into()))?;
        // One that Stripe has made is read when an event tells of it, and not for every link.
        let claim = match account.account_id {
            None => Some(records::claim_one(tx, now_us + LEASE_US, &account.user_id)?),
            Some(_) => None,
        };
        Ok(Ok((account, claim)))
    });
    let (account, claim) = match begun.await? {
        Err(reply) => return Ok(reply),
        Ok(begun) => begun,
    };
    let linked = async {
        let account = match claim {
            Some(claim) => drive(app, claim).await?,
            None => account,
        };
        link(app, &account, &action, &wanted).await
    };
    let answer = match linked.await {
        Ok(out) => Answer::json(StatusCode::OK, &out),
        Err(DriveError::Refused(error)) => {
            Answer::problem(&Problem::of(&PAYOUT_ACCOUNT_REFUSED).detail(error.to_string()))
        }
        Err(error) => return Err(not_now(error)),
    };
    let now_us = app.clock.now_us();
    let kept = app
        .store
        .write(move |tx| idempotency::once(tx, now_us, &action, |_| Ok::<_, store::Error>(answer.clone())));
    Ok(kept.await?)
}

/// A way to Stripe's page. Its key is that of the request, so a repeat leads to the same page, whatever was cut off.
async fn link(
    app: &App,
    account: &Account,
    action: &Action,
    wanted: &OnboardingIn,
) -> Result<OnboardingOut, DriveError> {
    let home = || format!("{}/account", app.config.public_url());
    let parameters = json!({
        "account": account.account_id,
        "type": "account_onboarding",
        "refresh_url": wanted.refresh_url.clone().unwrap_or_else(home),
        "return_url": wanted.return_url.clone().unwrap_or_else(home),
    });
    // A link too many is no harm, so none is looked for.
    let name = format!("onboarding-{}", hex::encode(action.id));
    let call = Call::of(app, &name, app.clock.now_us()).await?;
    let link = app.stripe.create_account_link(&parameters, call.key()).await;
    let link = call.answered(app, link).await?;
    Ok(OnboardingOut::of(account, link.url, link.expires_at))
}

/// Takes up accounts that are due. Gives how many.
pub(super) async fn work(app: &App) -> Result<usize, store::Error> {
    let now_us = app.clock.now_us();
    let due = app
        .store
        .write(move |tx| records::claim_due(tx, now_us, now_us + LEASE_US, BATCH))
        .await?;
    let count = due.len();
    for claim in due {
        let user_id = claim.account.user_id.clone();
        if let Err(error) = drive(app, claim).await {
            tracing::warn!(%error, %user_id, "a connected account could not be read now");
        }
    }
    Ok(count)
}

/// Sees to it that an account is there, and takes in what Stripe shows of it. Gives it as it then stands.
async fn drive(app: &App, claim: Claim) -> Result<Account, DriveError> {
    let seen = match &claim.account.account_id {
        None => match make(app, &claim.account).await {
            Err(DriveError::Refused(error)) => {
                let refused = claim.account;
                app.store.write(move |tx| records::forget(tx, &refused)).await?;
                return Err(DriveError::Refused(error));
            }
            made => Some(made?),
        },
        Some(account_id) => match app.stripe.retrieve_connected_account(account_id, &[]).await {
            Ok(account) => Some(account),
            // One that is gone, or that its owner has parted from us, is closed. That is a fact, not a failure.
            Err(stripe::Error::NotFound { .. }) => None,
            Err(stripe::Error::Rejected { code: Some(code), .. }) if code == "account_invalid" => None,
            Err(error) => return Err(error.into()),
        },
    };
    let now_us = app.clock.now_us();
    let taken = app
        .store
        .write(move |tx| take(tx, now_us, &claim, seen.as_ref()))
        .await?;
    app.store.notify(TOPIC);
    Ok(taken)
}

/// Takes in what a read showed, unless one that began later was taken in before. Gives the account as it then stands.
fn take(tx: &mut store::Tx<'_>, now_us: i64, claim: &Claim, seen: Option<&StripeAccount>) -> store::Result<Account> {
    let Some(locked) = records::lock(tx, &claim.account.user_id)? else {
        return Ok(claim.account.clone());
    };
    let before = locked.account;
    if claim.number <= locked.taken || before.intent_id != claim.account.intent_id {
        return Ok(before);
    }
    let after = rules::take(&before, seen);
    // A wish that came since the read began is still to be fulfilled, and stays due.
    let next_us = rules::next_look_us(&after, now_us).unwrap_or(records::NEVER_US);
    let due_at_us = (locked.wanted == claim.number).then_some(next_us);
    records::write(tx, now_us, &after, claim.number, due_at_us)?;
    if after.is_payable() && !before.is_payable() {
        records::lines::wake(tx, now_us, &after.user_id)?;
    }
    Ok(after)
}

async fn make(app: &App, account: &Account) -> Result<StripeAccount, DriveError> {
    let call = Call::of(app, &account.intent_id, account.created_at_us).await?;
    if call.looks_up
        && let Some(found) = look_up(app, account).await?
    {
        return Ok(found);
    }
    let parameters = parameters(account);
    let made = app.stripe.create_account(&parameters, call.key()).await;
    Ok(call.answered(app, made).await?)
}

fn parameters(account: &Account) -> Value {
    let mut parameters = json!({
        "type": "express",
        "capabilities": { "transfers": { "requested": true } },
        "metadata": { METADATA_INTENT: account.intent_id, METADATA_USER: account.user_id.as_str() },
    });
    if let Some(country) = &account.country {
        parameters["country"] = country.as_str().into();
    }
    parameters
}

/// Finds the account that an old attempt may have made, by what we wrote into it.
async fn look_up(app: &App, account: &Account) -> Result<Option<StripeAccount>, DriveError> {
    let since = json!({ "created": { "gte": account.created_at_us / SECOND_US - 600 } });
    let mut pages = app.stripe.pages::<StripeAccount>(&since, LOOKUP_PAGES_MAX);
    let is_ours = |made: &StripeAccount| made.metadata.get(METADATA_INTENT) == Some(&account.intent_id);
    while let Some(accounts) = pages.next().await? {
        if let Some(found) = accounts.into_iter().find(is_ours) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The user's account.
pub(super) async fn read(app: &App, user_id: UserId) -> Result<Option<Account>, store::Error> {
    app.store.read(move |tx| records::account(tx, &user_id)).await
}

impl Account {
    /// Whether money can be transferred to it now.
    pub(super) fn is_payable(&self) -> bool {
        self.status == Status::Enabled
    }
}
