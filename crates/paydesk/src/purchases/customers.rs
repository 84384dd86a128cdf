//! One Stripe customer for each user, however many requests ask for it at once: the call to Stripe has a key of its own
//! that depends on nothing but the user.

use aws_lc_rs::digest;
use serde_json::json;

use super::drive::DriveError;
use super::records;
use crate::app::App;
use crate::ids::UserId;
use crate::stripe_calls::Call;

/// The user's Stripe customer, made at the first purchase.
pub(super) async fn ensure(app: &App, user_id: &UserId) -> Result<String, DriveError> {
    let wanted = user_id.clone();
    let known = app.store.read(move |tx| records::stripe_customer(tx, &wanted)).await?;
    let generation = match known {
        (Some(customer), _) => return Ok(customer),
        (None, generation) => generation,
    };
    let (wanted, now_us) = (user_id.clone(), app.clock.now_us());
    app.store
        .write(move |tx| records::insert_customer(tx, now_us, &wanted))
        .await?;
    store::crash_point("customer noted");
    let parameters = json!({ "metadata": { "paydesk_user": user_id.as_str() } });
    // A customer too many is no harm, so none is looked for.
    let call = Call::of(app, &name_of(user_id, generation), now_us).await?;
    let made = app.stripe.create_customer(&parameters, call.key()).await;
    let made = call.answered(app, made).await?;
    store::crash_point("customer made");
    let (wanted, id) = (user_id.clone(), made.id.clone());
    app.store
        .write(move |tx| records::record_customer(tx, &wanted, &id))
        .await?;
    store::crash_point("customer recorded");
    Ok(made.id)
}

/// The user's Stripe customer, where there is one.
pub async fn of(app: &App, user_id: UserId) -> Result<Option<String>, store::Error> {
    let (customer, _) = app.store.read(move |tx| records::stripe_customer(tx, &user_id)).await?;
    Ok(customer)
}

/// A customer that was deleted needs another key, or Stripe would answer with the deleted one. User ids belong to the
/// application and may have characters that no header carries, hence the hash.
fn name_of(user_id: &UserId, generation: i64) -> String {
    let hash = digest::digest(&digest::SHA256, user_id.as_str().as_bytes());
    format!("customer-{}-{generation}", hex::encode(hash))
}
