//! The secrets: read from the environment, or from a file that `<NAME>_FILE` names.
//!
//! They are never flags, because a command line can be read by every user of the machine, and they are held as
//! [`SecretString`], which prints nothing and is wiped when dropped.

use std::ffi::OsString;

use secrecy::{ExposeSecret, SecretString};
use stripe::signature::SigningSecret;

use super::ConfigError;
use crate::hop::proof;

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
        "PAYDESK_INTERNAL_SECRET",
        "shared by edges and core, 32 bytes or more; several, separated by commas, while one is rolled",
    ),
];

/// The secrets that an edge holds.
const EDGE_NAMES: [&str; 3] = [
    "STRIPE_WEBHOOK_SECRET",
    "STRIPE_CONNECT_WEBHOOK_SECRET",
    "PAYDESK_INTERNAL_SECRET",
];

/// Everything that must never be shown.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// Stripe's secret key.
    pub stripe_secret_key: Option<SecretString>,
    /// The active secrets of the webhook endpoints, the Connect endpoint's included; any of them may have signed.
    pub stripe_webhook_secrets: Vec<SecretString>,
    /// The active secrets that edges and core share; any of them may have signed.
    pub internal_secrets: Vec<SecretString>,
    /// The operator's bearer token.
    pub admin_token: Option<SecretString>,
    /// The HS256 secret of the application's user tokens.
    pub jwt_secret: Option<SecretString>,
}

impl Secrets {
    /// Reads the secrets of this process.
    pub fn from_environment() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var_os(name))
    }

    /// Reads those secrets that an edge holds, and looks at no other.
    pub fn of_edge_from_environment() -> Result<Self, ConfigError> {
        Self::read(|name| {
            let base = name.strip_suffix("_FILE").unwrap_or(name);
            EDGE_NAMES.contains(&base).then(|| std::env::var_os(name)).flatten()
        })
    }

    /// The webhook secrets, ready to verify with.
    pub fn webhook_keys(&self) -> Result<Vec<SigningSecret>, ConfigError> {
        let secrets = self.stripe_webhook_secrets.iter();
        secrets
            .map(|secret| {
                SigningSecret::new(secret.expose_secret())
                    .map_err(|error| ConfigError(format!("A webhook secret cannot be used: {error}.")))
            })
            .collect()
    }

    /// The internal secrets, ready to sign and verify with.
    pub fn internal_keys(&self) -> Result<Vec<proof::Secret>, ConfigError> {
        let secrets = self.internal_secrets.iter();
        secrets
            .map(|secret| {
                let text = secret.expose_secret();
                let is_stripes = self
                    .stripe_webhook_secrets
                    .iter()
                    .any(|one| one.expose_secret() == text);
                let key = proof::Secret::new(text).filter(|_| !is_stripes);
                key.ok_or_else(|| {
                    ConfigError(format!(
                        "A secret of PAYDESK_INTERNAL_SECRET is too short to resist guessing, or is a webhook secret. \
                         Make one of its own, of {} bytes at least, for example with `openssl rand -hex 32`.",
                        proof::SECRET_BYTES_MIN
                    ))
                })
            })
            .collect()
    }

    /// Reads the secrets through `lookup`, so that a test needs no environment of its own.
    pub fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let one = |name: &str| read_one(&lookup, name);
        let several = |name: &str| Ok::<_, ConfigError>(one(name)?.as_deref().map(parts).unwrap_or_default());
        let mut stripe_webhook_secrets = several("STRIPE_WEBHOOK_SECRET")?;
        stripe_webhook_secrets.extend(several("STRIPE_CONNECT_WEBHOOK_SECRET")?);
        Ok(Self {
            stripe_secret_key: one("STRIPE_SECRET_KEY")?.map(SecretString::from),
            stripe_webhook_secrets,
            internal_secrets: several("PAYDESK_INTERNAL_SECRET")?,
            admin_token: one("PAYDESK_ADMIN_TOKEN")?.map(SecretString::from),
            jwt_secret: one("PAYDESK_JWT_SECRET")?.map(SecretString::from),
        })
    }
}

/// The secrets of a list, separated by commas.
fn parts(list: &str) -> Vec<SecretString> {
    let parts = list.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(SecretString::from).collect()
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
    listed(|_| true)
}

/// The same for an edge.
pub fn edge_help() -> String {
    listed(|name| EDGE_NAMES.contains(&name))
}

fn listed(is_wanted: impl Fn(&str) -> bool) -> String {
    let mut text = String::from("Secrets, from the environment, or from the file that <NAME>_FILE names:\n");
    for (name, purpose) in NAMES.into_iter().filter(|(name, _)| is_wanted(name)) {
        text.push_str("  ");
        text.push_str(name);
        text.push_str("\n          ");
        text.push_str(purpose);
        text.push('\n');
    }
    text
}
