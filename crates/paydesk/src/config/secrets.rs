//! The secrets: read from the environment, or from a file that `<NAME>_FILE` names.
//!
//! They are never flags, because a command line can be read by every user of the machine, and they are held as
//! [`SecretString`], which prints nothing and is wiped when dropped.

use std::ffi::OsString;

use secrecy::SecretString;

use super::ConfigError;

/// The names of the secrets and what each is for; the help text is made from this table.
pub const NAMES: [(&str, &str); 6] = [
    (
        "STRIPE_SECRET_KEY",
        "Stripe's secret key; its kind (test or live) decides the mode",
    ),
    (
        "STRIPE_WEBHOOK_SECRET",
        "whsec_… of the endpoint; several, separated by commas, while one is rolled",
    ),
    (
        "STRIPE_CONNECT_WEBHOOK_SECRET",
        "whsec_… of the Connect endpoint, where there is one",
    ),
    (
        "PAYDESK_ADMIN_TOKEN",
        "bearer token of the operator, 16 characters or more",
    ),
    (
        "PAYDESK_JWT_SECRET",
        "HS256 secret of the application's user tokens, 32 bytes or more",
    ),
    (
        "PAYDESK_SMTP_URL",
        "smtps://user:password@host of the mail server; unset, no e-mails are sent",
    ),
];

/// Everything that must never be shown.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Stripe's secret key.
    pub stripe_secret_key: Option<SecretString>,
    /// The active secrets of the webhook endpoints, the Connect endpoint's included; any of them may have signed.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// The operator's bearer token.
    pub admin_token: Option<SecretString>,
    /// The HS256 secret of the application's user tokens.
    pub jwt_secret: Option<SecretString>,
    /// Where the mail server is, with its user and password.
    pub smtp_url: Option<SecretString>,
}

impl Secrets {
    /// Reads the secrets of this process.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var_os(name))
    }

    /// Reads the secrets through `lookup`, so that a test needs no environment of its own.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let one = |name: &str| read_one(&lookup, name);
        let mut stripe_webhook_secrets = Vec::new();
        for name in ["STRIPE_WEBHOOK_SECRET", "STRIPE_CONNECT_WEBHOOK_SECRET"] {
            let Some(list) = one(name)? else { continue };
            for part in list.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                stripe_webhook_secrets.push(SecretString::from(part));
            }
        }
        Ok(Self {
            stripe_secret_key: one("STRIPE_SECRET_KEY")?.map(SecretString::from),
            stripe_webhook_secrets,
            admin_token: one("PAYDESK_ADMIN_TOKEN")?.map(SecretString::from),
            jwt_secret: one("PAYDESK_JWT_SECRET")?.map(SecretString::from),
            smtp_url: one("PAYDESK_SMTP_URL")?.map(SecretString::from),
        })
    }
}

/// One secret, trimmed; an empty one counts as a mistake and not as absent, because it would verify forgeries.
fn read_one(lookup: impl Fn(&str) -> Option<OsString>, name: &str) -> Result<Option<String>, ConfigError> {
    let file_name = format!("{name}_FILE");
    let text = match (lookup(name), lookup(&file_name)) {
        (Some(_), Some(_)) => {
            return Err(ConfigError(format!(
                "{name} and {file_name} are both set. Unset one of them."
            )));
        }
        (Some(value), None) => value
            .into_string()
            .map_err(|_| ConfigError(format!("{name} is not text in UTF-8. Set it again from its source.")))?,
        (None, Some(path)) => std::fs::read_to_string(&path).map_err(|error| {
            ConfigError(format!(
                "{file_name} names a file that cannot be read ({error}). Check path and owner."
            ))
        })?,
        (None, None) => return Ok(None),
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(ConfigError(format!(
            "{name} is set but empty. Unset it, or give it its value."
        )));
    }
    Ok(Some(trimmed.to_owned()))
}

/// The part of the help text that lists the secrets.
pub fn help() -> String {
    let mut text = String::from("Secrets, from the environment, or from the file that <NAME>_FILE names:\n");
    for (name, purpose) in NAMES {
        text.push_str("  ");
        text.push_str(name);
        text.push_str("\n          ");
        text.push_str(purpose);
        text.push('\n');
    }
    text
}
