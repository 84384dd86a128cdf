//! What is refused in a setting, each with how to mend it: values in, a verdict out.

use std::net::SocketAddr;

use secrecy::ExposeSecret;

use super::{ConfigError, Courier, Limits, Secrets};

pub(super) fn refuse<T>(message: &str) -> Result<T, ConfigError> {
    Err(ConfigError(message.to_owned()))
}

/// An address to listen on, or how to write one.
pub fn socket_address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write address:port, for example 127.0.0.1:9002".to_owned())
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::builder().parse(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{error}; write for example info, or warn,paydesk::inbox=debug")),
    }
}

pub(super) fn livemode_of(key: &str) -> Result<bool, ConfigError> {
    if key.starts_with("sk_live_") || key.starts_with("rk_live_") {
        Ok(true)
    } else if key.starts_with("sk_test_") || key.starts_with("rk_test_") {
        Ok(false)
    } else {
        refuse("STRIPE_SECRET_KEY is not a secret key: it must begin with sk_test_, sk_live_, rk_test_ or rk_live_.")
    }
}

pub(super) fn check_url(name: &str, url: Option<&str>) -> Result<(), ConfigError> {
    let Some(url) = url else { return Ok(()) };
    match reqwest::Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.host_str().is_some() => Ok(()),
        _ => Err(ConfigError(format!(
            "{name} is not a web address: `{url}`. Write it as https://host[:port]."
        ))),
    }
}

/// An origin is compared with the beginning of an address, so nothing may follow its host and port.
pub(super) fn check_origins(origins: &[String]) -> Result<(), ConfigError> {
    for origin in origins {
        let parsed = reqwest::Url::parse(origin).ok();
        let is_origin = parsed.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.origin().ascii_serialization() == origin.trim_end_matches('/')
        });
        if !is_origin {
            return Err(ConfigError(format!(
                "--return-origins holds `{origin}`, which is not an origin. Write it as https://host[:port], without a path."
            )));
        }
    }
    Ok(())
}

pub(super) fn check_live_url(url: Option<&str>) -> Result<(), ConfigError> {
    match url {
        None => {
            refuse("A live Stripe key needs --public-url (PAYDESK_PUBLIC_URL): buyers are sent back to that address.")
        }
        Some(url) if !url.starts_with("https://") => refuse(
            "A live Stripe key needs a --public-url (PAYDESK_PUBLIC_URL) that begins with https://: what buyers do there \
             must not be read on the way.",
        ),
        Some(_) => Ok(()),
    }
}

/// Either both are said, or there are no e-mails. The address is not repeated: it may hold a password.
pub(super) fn check_mail(courier: &Courier, secrets: &Secrets) -> Result<(), ConfigError> {
    match (&secrets.smtp_url, &courier.mail_from) {
        (None, None) => Ok(()),
        (Some(url), Some(_))
            if ["smtp://", "smtps://"]
                .iter()
                .any(|scheme| url.expose_secret().starts_with(scheme)) =>
        {
            Ok(())
        }
        (Some(_), Some(_)) => refuse(
            "PAYDESK_SMTP_URL is not the address of a mail server. Write it as smtps://user:password@host, or as smtp://user:password@host:587?tls=required.",
        ),
        (Some(_), None) => {
            refuse("PAYDESK_SMTP_URL needs --mail-from (PAYDESK_MAIL_FROM): every e-mail is from somebody.")
        }
        (None, Some(_)) => refuse(
            "--mail-from (PAYDESK_MAIL_FROM) needs PAYDESK_SMTP_URL: the server that takes e-mails. Unset it to send none.",
        ),
    }
}

pub(super) fn check_limits(limits: &Limits) -> Result<(), ConfigError> {
    let zero = [
        ("--body-bytes-max", limits.body_bytes_max == 0),
        ("--webhook-bytes-max", limits.webhook_bytes_max == 0),
        ("--head-timeout-ms", limits.head_timeout_ms == 0),
        ("--body-timeout-ms", limits.body_timeout_ms == 0),
        ("--handler-timeout-ms", limits.handler_timeout_ms == 0),
        ("--idle-timeout-ms", limits.idle_timeout_ms == 0),
        ("--connections-max", limits.connections_max == 0),
        ("--address-per-minute", limits.address_per_minute == 0),
        ("--user-per-minute", limits.user_per_minute == 0),
        ("--service-per-minute", limits.service_per_minute == 0),
    ];
    if let Some((name, _)) = zero.iter().find(|(_, is_zero)| *is_zero) {
        return Err(ConfigError(format!(
            "{name} is zero, which would refuse everything. Use 1 or more."
        )));
    }
    if limits.bodies_bytes_max < limits.body_bytes_max.max(limits.webhook_bytes_max) {
        return refuse(
            "--bodies-bytes-max is smaller than one body may be (--body-bytes-max, --webhook-bytes-max), so that some \
             could never be taken. Make it larger.",
        );
    }
    Ok(())
}
