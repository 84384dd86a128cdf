//! What takes messages to others: webhooks to any endpoint, and e-mails where a mail server is configured.

use std::time::Duration;

use super::mail::{self, Mailer, Words};
use super::records::Due;
use super::send::{Attempted, Outcome, Parcel, Sender};
use super::{Endpoint, Kind, Way};
use crate::app::App;
use crate::catalogue::Catalogue;
use crate::clock::SECOND_US;
use crate::config::{Config, ConfigError};
use crate::{bookings, contacts};

/// Everything by which messages leave.
pub struct Carrier {
    webhooks: Sender,
    mailer: Option<Mailer>,
}

impl Carrier {
    /// What the configuration describes.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let courier = &config.settings.courier;
        let mailer = match (&config.secrets.smtp_url, &courier.mail_from) {
            (Some(url), Some(from)) => Some(
                Mailer::new(url, from.clone())
                    .map_err(|error| ConfigError(format!("PAYDESK_SMTP_URL cannot be used: {error}.")))?,
            ),
            _ => None,
        };
        Ok(Self {
            webhooks: Sender::new(&courier.webhook_allowed_subnets),
            mailer,
        })
    }

    /// Webhooks only, by this sender.
    pub fn of_webhooks(webhooks: Sender) -> Self {
        Self { webhooks, mailer: None }
    }

    /// Whether messages become e-mails.
    pub(super) fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    /// Whether messages can be taken to this endpoint.
    pub(super) fn serves(&self, endpoint_id: &str) -> bool {
        endpoint_id != mail::ENDPOINT || self.has_mail()
    }

    /// Makes one attempt.
    pub(super) async fn carry(&self, app: &App, endpoint: &Endpoint, due: &Due, now_us: i64) -> Attempted {
        match (endpoint.way, &self.mailer) {
            (Way::Webhook, _) => {
                let parcel = Parcel {
                    url: &endpoint.url,
                    secrets: &endpoint.secrets(now_us),
                    message_id: &due.message_id,
                    timestamp_s: now_us.div_euclid(SECOND_US),
                    body: &due.body,
                };
                self.webhooks.send(&parcel).await
            }
            (Way::Mail, Some(mailer)) => post(app, mailer, due, now_us).await,
            (Way::Mail, None) => Attempted::without_answer(Outcome::Failed("no mail server is configured".into())),
        }
    }
}

async fn post(app: &App, mailer: &Mailer, due: &Due, now_us: i64) -> Attempted {
    let user_id = due.user_id.clone();
    let to = match app.store.read(move |tx| contacts::email_of(tx, &user_id)).await {
        Ok(Some(to)) => to,
        Ok(None) => {
            return Attempted::without_answer(Outcome::Refused("the user's e-mail address is not known".into()));
        }
        Err(error) => return Attempted::without_answer(Outcome::Failed(error.to_string())),
    };
    let body: serde_json::Value = serde_json::from_str(&due.body).unwrap_or_default();
    let item = item(&app.catalogue, due.kind, &body["data"]);
    let words = Words {
        shop: &app.catalogue.shop_name,
        item,
        data: &body["data"],
        calendar: bookings::attachment(due.kind, item, &body["data"]),
    };
    let now = Duration::from_micros(u64::try_from(now_us).unwrap_or(0));
    match mail::write(due.kind, &words) {
        Ok(Some(written)) => mailer.send(written, &to, &due.message_id, now).await,
        Ok(None) => Attempted::without_answer(Outcome::Refused("no mail is written of such messages".into())),
        Err(error) => Attempted::without_answer(Outcome::Failed(error)),
    }
}

/// What the item that a message is about is called.
fn item<'a>(catalogue: &'a Catalogue, kind: Kind, data: &serde_json::Value) -> Option<&'a str> {
    let item_id = match kind {
        Kind::OrderPaid => data["package_id"].as_str(),
        Kind::RefundRequested | Kind::RefundApproved | Kind::RefundDeclined | Kind::RefundMade => {
            data["item_id"].as_str()
        }
        Kind::BookingConfirmed
        | Kind::BookingCancelled
        | Kind::BookingRescheduled
        | Kind::BookingReleased
        | Kind::BookingUnplaced => data["session_type_id"].as_str(),
        _ => None,
    };
    catalogue.items.get(item_id?).map(|item| item.name.as_str())
}
