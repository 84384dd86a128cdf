//! E-mails: what users are told of messages, in words, by the operator's mail server.
//!
//! A mail is a delivery like any other, to the one endpoint that stands for the mail server. Which messages become mails
//! is the list of templates here; whom they go to is the user's address as the application has told it.

use std::sync::LazyLock;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message as Mail, Tokio1Executor};
use minijinja::Environment;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::send::{Attempted, Outcome};
use super::{Endpoint, Health, Kind, Standing, Way};

/// The id of the endpoint that stands for the mail server.
pub(super) const ENDPOINT: &str = "mail";
/// How long one conversation with the server may take. Shorter than the lease of a delivery.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Connections that are kept open between mails.
const CONNECTIONS_MAX: u32 = 4;
/// A server that knows the address, or the mail, not to be good says so with 55x; the same mail will not be better later.
const REJECTED: std::ops::RangeInclusive<u16> = 550..=559;

/// A kind of message that becomes a mail: its templates, of which the first line of the plain one is the subject.
struct Template {
    kind: Kind,
    text: &'static str,
    html: &'static str,
}

macro_rules! templates {
    ($($kind:ident = $name:literal,)+) => {
        const TEMPLATES: &[Template] = &[$(Template {
            kind: Kind::$kind,
            text: concat!($name, ".txt"),
            html: concat!($name, ".html"),
        }),+];

        static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
            let mut environment = Environment::new();
            for (name, text) in [
                ("layout.html", include_str!("templates/layout.html")),
                $((concat!($name, ".txt"), include_str!(concat!("templates/", $name, ".txt"))),
                  (concat!($name, ".html"), include_str!(concat!("templates/", $name, ".html"))),)+
            ] {
                environment.add_template(name, text).expect("the templates are part of the binary and tested");
            }
            environment
        });
    };
}

templates! {
    OrderPaid = "order_paid",
    OrderDelivered = "order_delivered",
    BookingConfirmed = "booking_confirmed",
    BookingCancelled = "booking_cancelled",
    BookingRescheduled = "booking_rescheduled",
    BookingReleased = "booking_released",
    BookingUnplaced = "booking_unplaced",
    RefundRequested = "refund_requested",
    RefundApproved = "refund_approved",
    RefundDeclined = "refund_declined",
    RefundMade = "refund_made",
    PayoutFailed = "payout_failed",
    LowBalance = "low_balance",
    TopUpFailed = "top_up_failed",
    TopUpNeedsBuyer = "top_up_needs_buyer",
}

/// The kinds of messages that become mails.
pub(super) fn kinds() -> Vec<Kind> {
    TEMPLATES.iter().map(|template| template.kind).collect()
}

/// The endpoint that stands for the mail server.
pub(super) fn endpoint(now_us: i64) -> Endpoint {
    Endpoint {
        endpoint_id: ENDPOINT.to_owned(),
        way: Way::Mail,
        url: String::new(),
        description: None,
        event_types: kinds(),
        secret: SecretString::from(""),
        former_secret: None,
        former_until_us: None,
        standing: Standing::Enabled,
        disabled_because: None,
        health: Health::default(),
        created_at_us: now_us,
    }
}

/// Whether a text is one address of e-mail, and nothing else.
pub fn is_email(text: &str) -> bool {
    text.len() <= 254 && text.parse::<lettre::Address>().is_ok()
}

/// What a template is filled with.
#[derive(Serialize)]
pub(super) struct Words<'a> {
    /// What the shop is called.
    pub(super) shop: &'a str,
    /// What the item that was bought is called, where it is about one.
    pub(super) item: Option<&'a str>,
    /// What the message tells.
    pub(super) data: &'a serde_json::Value,
    /// What goes with the mail for the reader's calendar.
    #[serde(skip)]
    pub(super) calendar: Option<String>,
}

/// A mail, written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Written {
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// What goes with it for the reader's calendar.
    pub(super) calendar: Option<String>,
}

/// Writes the mail about a message; nothing where such messages become none.
pub(super) fn write(kind: Kind, words: &Words<'_>) -> Result<Option<Written>, String> {
    let Some(template) = TEMPLATES.iter().find(|template| template.kind == kind) else {
        return Ok(None);
    };
    let render = |name: &str| {
        let template = ENVIRONMENT.get_template(name)?;
        template.render(minijinja::value::Serde(words))
    };
    let text = render(template.text).map_err(|error| error.to_string())?;
    let html = render(template.html).map_err(|error| error.to_string())?;
    let (subject, text) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(Some(Written {
        // A line break in a value would begin another header.
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        text: text.trim_start().to_owned(),
        html,
        calendar: words.calendar.clone(),
    }))
}

/// The way to the mail server.
pub(super) struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// A mailer over this server. The address is not repeated in errors: it may hold a password.
    pub(super) fn new(url: &SecretString, from: Mailbox) -> Result<Self, String> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| "it is not the address of a mail server".to_owned())?;
        let pool = PoolConfig::new().max_size(CONNECTIONS_MAX);
        Ok(Self {
            transport: builder.pool_config(pool).timeout(Some(TIMEOUT)).build(),
            from,
        })
    }

    /// Makes one attempt.
    pub(super) async fn send(&self, written: Written, to: &str, message_id: &str, now: Duration) -> Attempted {
        let mail = match self.mail(written, to, message_id, now) {
            Ok(mail) => mail,
            Err(error) => return Attempted::without_answer(Outcome::Refused(error)),
        };
        match self.transport.send(mail).await {
            Ok(response) => {
                let answer = response.message().collect::<Vec<_>>().join(" ");
                Attempted {
                    outcome: Outcome::Sent,
                    status_code: Some(response.code().into()),
                    answer: Some(answer),
                }
            }
            Err(error) => {
                let code = error.status().map(u16::from);
                let outcome = match code {
                    Some(code) if REJECTED.contains(&code) => Outcome::Refused(error.to_string()),
                    _ => Outcome::Failed(error.to_string()),
                };
                Attempted {
                    status_code: code,
                    ..Attempted::without_answer(outcome)
                }
            }
        }
    }

    fn mail(&self, written: Written, to: &str, message_id: &str, now: Duration) -> Result<Mail, String> {
        let to: Mailbox = to
            .parse()
            .map_err(|_| "the user's address is not one of e-mail".to_owned())?;
        let domain = self.from.email.domain();
        Mail::builder()
            .from(self.from.clone())
            .to(to)
            .subject(written.subject)
            .date(std::time::UNIX_EPOCH + now)
            .message_id(Some(format!("<{message_id}@{domain}>")))
            .multipart(parts(written.text, written.html, written.calendar)?)
            .map_err(|error| error.to_string())
    }
}

/// The mail's words in both forms, and what goes with them.
fn parts(text: String, html: String, calendar: Option<String>) -> Result<MultiPart, String> {
    let words = MultiPart::alternative_plain_html(text, html);
    let Some(calendar) = calendar else {
        return Ok(words);
    };
    let kind = ContentType::parse("text/calendar; charset=utf-8; method=PUBLISH").map_err(|error| error.to_string())?;
    let attachment = Attachment::new("booking.ics".to_owned()).body(calendar, kind);
    Ok(MultiPart::mixed().multipart(words).singlepart(attachment))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_is_written_in_words_and_escaped_in_html() {
        let data = json!({
            "order_id": "ord_1", "balance": 3, "below": 5, "purchase_id": "pur_1", "reason": "<b>insufficient_funds</b>",
            "links": ["https://files.example/one"], "note": "<b>louder</b>",
            "local_time": "2026-01-31 12:00 <b>UTC</b>", "booking_id": "bkg_1", "request_id": "rrq_1", "amount": "10.00 USD", "answer": "<b>used</b>",
        });
        let words = Words {
            shop: "Acme & Sons\nBcc: everybody@example.com",
            item: Some("Track <review>"),
            data: &data,
            calendar: None,
        };
        for kind in kinds() {
            let written = write(kind, &words).unwrap().unwrap();
            assert!(
                !written.subject.contains('\n') && written.subject.contains("Acme & Sons"),
                "{written:?}"
            );
            assert!(
                written.html.contains("Acme &amp; Sons") && written.text.contains("Acme & Sons"),
                "{written:?}"
            );
            for tag in ["<b>", "<review>"] {
                assert!(!written.html.contains(tag), "{written:?}");
            }
        }
        assert_eq!(write(Kind::CreditsGranted, &words), Ok(None));
    }
}
