//! The configuration: one documented struct, read once at start and passed down.
//!
//! What is not secret is a flag with an environment variable beside it ([`Settings`]); what is secret comes from the
//! environment or from a file that the environment names, never from a flag ([`Secrets`]). [`Config::new`] joins the
//! two and refuses combinations that could lose money or trust, with a message that says how to mend them. Nothing
//! else in the program reads the environment.

mod checks;
mod courier;
mod edge;
mod network;
mod payouts;
mod policies;
pub mod secrets;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use secrecy::{ExposeSecret, SecretString};

pub use checks::socket_address;
use checks::{check_limits, check_live_url, check_mail, check_origins, check_url, livemode_of, log_filter, refuse};
pub use courier::Courier;
pub use edge::{EdgeConfig, EdgeSettings};
pub use network::Network;
pub use payouts::Payouts;
pub use policies::{OnDispute, OnFraudWarning, Policies};
pub use secrets::Secrets;

/// Where the data is kept. Every command that opens the store takes this.
#[derive(Args, Clone)]
pub struct Database {
    /// Where the data is kept: `sqlite:<path>` or `postgres://…`.
    #[arg(
        long,
        env = "DATABASE_URL",
        value_name = "URL",
        default_value = "sqlite:paydesk.db",
        hide_env_values = true
    )]
    pub database: String,
}

impl Database {
    /// Refuses an address that names no engine. It is not repeated: it may hold a password.
    pub fn check(&self) -> Result<(), ConfigError> {
        let engines = ["sqlite:", "postgres://", "postgresql://"];
        let named = |engine: &&str| self.database.strip_prefix(engine).is_some_and(|rest| !rest.is_empty());
        if engines.iter().any(named) {
            Ok(())
        } else {
            refuse(
                "--database (DATABASE_URL) is not an address. Write it as sqlite:<path> or postgres://user@host/name.",
            )
        }
    }

    /// Whether the environment names a database.
    pub fn is_in_environment() -> bool {
        std::env::var_os("DATABASE_URL").is_some()
    }

    /// What to call the database in a message: the file, or the server's host and database without user and password.
    pub fn name(&self) -> String {
        if let Some(path) = self.database.strip_prefix("sqlite:") {
            return path.strip_prefix("//").unwrap_or(path).to_owned();
        }
        match reqwest::Url::parse(&self.database) {
            Ok(url) => format!("{}{}", url.host_str().unwrap_or_default(), url.path()),
            Err(_) => "the database".to_owned(),
        }
    }

    /// The flag by which other commands find the same data, to be copied from a terminal. An address of a server may hold
    /// a password and is not shown.
    pub fn flag(&self) -> String {
        match self.database.strip_prefix("sqlite:") {
            Some(path) if path.contains(char::is_whitespace) => format!("--database 'sqlite:{path}'"),
            Some(path) => format!("--database sqlite:{path}"),
            None => "the same --database as here".to_owned(),
        }
    }

    /// Keeps the data in a file, on the embedded engine.
    pub fn in_file(path: &Path) -> Self {
        Self {
            database: format!("sqlite:{}", path.display()),
        }
    }
}

impl fmt::Debug for Database {
    /// Shows the engine only: the rest of the address may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Database({}:…)", self.database.split(':').next().unwrap_or_default())
    }
}

/// How log lines look.
#[derive(Args, Clone, Debug)]
pub struct Logs {
    /// How log lines look; they go to the standard error stream.
    #[arg(long, env = "PAYDESK_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Which log lines to keep, for example `info` or `warn,paydesk::inbox=debug`.
    #[arg(long, env = "PAYDESK_LOG", value_name = "FILTER", default_value = "info", value_parser = log_filter)]
    pub log: String,

    /// Log every call to Stripe with method, path, status, duration and Stripe's request id.
    #[arg(
        long,
        env = "STRIPE_DEBUG",
        value_name = "BOOL",
        default_value_t = false,
        action = clap::ArgAction::Set,
        num_args = 0..=1,
        default_missing_value = "true",
        value_parser = clap::builder::BoolishValueParser::new()
    )]
    pub stripe_debug: bool,
}

/// The two shapes of log lines.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line per entry.
    Text,
    /// One JSON object per entry.
    Json,
}

/// What this process does.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Answer requests only.
    Http,
    /// Handle events and deliveries only; health and metrics are still served.
    Worker,
    /// Both.
    All,
}

impl Role {
    /// Whether this process serves the API.
    pub fn serves(self) -> bool {
        matches!(self, Self::Http | Self::All)
    }

    /// Whether this process handles events and deliveries.
    pub fn works(self) -> bool {
        matches!(self, Self::Worker | Self::All)
    }
}

/// Everything that is not secret.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// The address to listen on.
    #[arg(
        long,
        env = "PAYDESK_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:9002",
        value_parser = socket_address
    )]
    pub listen: SocketAddr,

    /// A second address, on which events are taken from edges (`paydesk edge`), and which only they should reach. Without it
    /// they are taken on the first one, where `PAYDESK_INTERNAL_SECRET` is set.
    #[arg(
        long,
        env = "PAYDESK_INTERNAL_LISTEN",
        value_name = "ADDRESS",
        value_parser = socket_address
    )]
    pub internal_listen: Option<SocketAddr>,

    /// The data.
    #[command(flatten)]
    pub database: Database,

    /// The catalogue: what is for sale.
    #[arg(long, env = "PAYDESK_CATALOGUE", value_name = "FILE", default_value = "paydesk.toml")]
    pub catalogue: PathBuf,

    /// The address under which buyers reach this server, for example `https://pay.example.com`. Without it the listen
    /// address is used, which is right only on a developer's machine.
    #[arg(long, env = "PAYDESK_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,

    /// Origins of the application, for example `https://app.example.com`: a checkout may send buyers back to them, as to
    /// the public URL, and their pages may call the API from a browser.
    #[arg(long, env = "PAYDESK_RETURN_ORIGINS", value_name = "URL", value_delimiter = ',')]
    pub return_origins: Vec<String>,

    /// What this process does.
    #[arg(long, env = "PAYDESK_ROLE", value_enum, default_value_t = Role::All)]
    pub role: Role,

    /// Log lines.
    #[command(flatten)]
    pub logs: Logs,

    /// Stripe.
    #[command(flatten)]
    pub stripe: Stripe,

    /// Callers.
    #[command(flatten)]
    pub callers: Callers,

    /// Limits.
    #[command(flatten)]
    pub limits: Limits,

    /// What follows from trouble with a payment.
    #[command(flatten)]
    pub policies: Policies,

    /// What is passed on to others.
    #[command(flatten)]
    pub payouts: Payouts,

    /// What leaves for others.
    #[command(flatten)]
    pub courier: Courier,

    /// Serve `/metrics` to anybody who can reach it. Without it, a server with a public address asks for the admin
    /// token or a service token with the scope `metrics:read`.
    #[arg(long, env = "PAYDESK_OPEN_METRICS")]
    pub open_metrics: bool,

    /// Stops the process at the named point, as a power failure would. Only for the tests that prove recovery.
    #[arg(long, env = "PAYDESK_CRASH_POINT", value_name = "NAME", hide = true)]
    pub crash_point: Option<String>,
}

/// Where Stripe is and how we speak to it.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Stripe")]
pub struct Stripe {
    /// Where Stripe's API is; the sandbox's address for development.
    #[arg(
        long,
        env = "STRIPE_API_BASE",
        value_name = "URL",
        default_value = "https://api.stripe.com"
    )]
    pub stripe_api_base: String,

    /// The API version to pin on every call; the default is the version this release was built against.
    #[arg(long, env = "STRIPE_API_VERSION", value_name = "VERSION", default_value = stripe::API_VERSION)]
    pub stripe_api_version: String,

    /// The publishable key, shown to browsers.
    #[arg(long, env = "STRIPE_PUBLISHABLE_KEY", value_name = "KEY")]
    pub stripe_publishable_key: Option<String>,
}

/// How callers prove who they are.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Callers")]
pub struct Callers {
    /// Where the application publishes its signing keys (JWKS). Either this or the secret `PAYDESK_JWT_SECRET`.
    #[arg(long, env = "PAYDESK_JWKS_URL", value_name = "URL")]
    pub jwks_url: Option<String>,

    /// The issuer (`iss`) that user tokens must carry.
    #[arg(long, env = "PAYDESK_JWT_ISSUER", value_name = "ISSUER")]
    pub jwt_issuer: Option<String>,

    /// The audience (`aud`) that user tokens must carry.
    #[arg(long, env = "PAYDESK_JWT_AUDIENCE", value_name = "AUDIENCE")]
    pub jwt_audience: Option<String>,

    /// Proxies whose X-Forwarded-For is believed: addresses or networks, separated by commas.
    #[arg(
        long,
        env = "PAYDESK_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<Network>,
}

/// Bounds on what a caller may ask for. The defaults are generous; none of them may be switched off.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Limits")]
pub struct Limits {
    /// The largest request body, in bytes; larger ones are refused with 413.
    #[arg(long, env = "PAYDESK_BODY_BYTES_MAX", value_name = "BYTES", default_value_t = 256 * 1024)]
    pub body_bytes_max: usize,

    /// The largest webhook body, in bytes. Stripe's events carry whole objects and can be large.
    #[arg(long, env = "PAYDESK_WEBHOOK_BYTES_MAX", value_name = "BYTES", default_value_t = 1024 * 1024)]
    pub webhook_bytes_max: usize,

    /// The most memory, in bytes, that the bodies of all requests in flight may take together; beyond it requests with a
    /// body are answered 503.
    #[arg(
        long,
        env = "PAYDESK_BODIES_BYTES_MAX",
        value_name = "BYTES",
        default_value_t = 64 * 1024 * 1024
    )]
    pub bodies_bytes_max: usize,

    /// How long a client may take to send the head of a request, in milliseconds.
    #[arg(long, env = "PAYDESK_HEAD_TIMEOUT_MS", value_name = "MS", default_value_t = 10_000)]
    pub head_timeout_ms: u64,

    /// How long a client may take to send a body, in milliseconds.
    #[arg(long, env = "PAYDESK_BODY_TIMEOUT_MS", value_name = "MS", default_value_t = 30_000)]
    pub body_timeout_ms: u64,

    /// How long an answer may take, in milliseconds; after that it is 503.
    #[arg(
        long,
        env = "PAYDESK_HANDLER_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 30_000
    )]
    pub handler_timeout_ms: u64,

    /// How long an idle connection is kept, in milliseconds.
    #[arg(long, env = "PAYDESK_IDLE_TIMEOUT_MS", value_name = "MS", default_value_t = 75_000)]
    pub idle_timeout_ms: u64,

    /// How long requests in flight may take to finish when the process is asked to stop, in milliseconds.
    #[arg(long, env = "PAYDESK_DRAIN_TIMEOUT_MS", value_name = "MS", default_value_t = 20_000)]
    pub drain_timeout_ms: u64,

    /// How many connections may be open at once; more wait to be accepted.
    #[arg(long, env = "PAYDESK_CONNECTIONS_MAX", value_name = "COUNT", default_value_t = 4_096)]
    pub connections_max: usize,

    /// Requests per minute from one address; bursts up to the same number.
    #[arg(
        long,
        env = "PAYDESK_ADDRESS_PER_MINUTE",
        value_name = "COUNT",
        default_value_t = 6_000
    )]
    pub address_per_minute: u32,

    /// Requests per minute for one user; bursts up to the same number.
    #[arg(long, env = "PAYDESK_USER_PER_MINUTE", value_name = "COUNT", default_value_t = 600)]
    pub user_per_minute: u32,

    /// Requests per minute for one service token; bursts up to the same number.
    #[arg(
        long,
        env = "PAYDESK_SERVICE_PER_MINUTE",
        value_name = "COUNT",
        default_value_t = 60_000
    )]
    pub service_per_minute: u32,
}

impl Limits {
    /// How long a client may take to send the head of a request.
    pub fn head_timeout(&self) -> Duration {
        Duration::from_millis(self.head_timeout_ms)
    }

    /// How long a client may take to send a body.
    pub fn body_timeout(&self) -> Duration {
        Duration::from_millis(self.body_timeout_ms)
    }

    /// How long an answer may take.
    pub fn handler_timeout(&self) -> Duration {
        Duration::from_millis(self.handler_timeout_ms)
    }

    /// How long an idle connection is kept.
    pub fn idle_timeout(&self) -> Duration {
        Duration::from_millis(self.idle_timeout_ms)
    }

    /// How long requests in flight may take to finish at the end.
    pub fn drain_timeout(&self) -> Duration {
        Duration::from_millis(self.drain_timeout_ms)
    }
}

/// The whole configuration of a running server, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is not secret.
    pub settings: Settings,
    /// What is secret; printing it shows nothing.
    pub secrets: Secrets,
    /// Whether real money moves: derived from the kind of the Stripe key, so that the two cannot disagree.
    pub livemode: bool,
}

/// Why a configuration is refused. The message says what to change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// Stripe's secrets are `whsec_` and 32 characters.
fn is_of_stripe(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.strip_prefix("whsec_").is_some_and(|random| random.len() >= 32)
}

impl Config {
    /// Joins settings and secrets, refusing what could lose money or trust.
    pub fn new(settings: Settings, secrets: Secrets) -> Result<Self, ConfigError> {
        let key = secrets.stripe_secret_key.as_ref().ok_or_else(|| {
            ConfigError(
                "No Stripe key. Set STRIPE_SECRET_KEY (sk_test_… for tests), or STRIPE_SECRET_KEY_FILE to a file that \
                 holds it. To try paydesk without Stripe, run `paydesk dev`."
                    .to_owned(),
            )
        })?;
        let livemode = livemode_of(key.expose_secret())?;
        if livemode && secrets.stripe_webhook_secrets.is_empty() {
            return refuse(
                "A live Stripe key needs a webhook secret, else events could be forged. Set STRIPE_WEBHOOK_SECRET to \
                 the whsec_… of the endpoint in Stripe's dashboard.",
            );
        }
        if livemode && !secrets.stripe_webhook_secrets.iter().all(is_of_stripe) {
            return refuse(
                "A live Stripe key needs webhook secrets that cannot be guessed: STRIPE_WEBHOOK_SECRET holds one that is \
                 not Stripe's. Copy the whsec_… of the endpoint from Stripe's dashboard.",
            );
        }
        if secrets.jwt_secret.is_some() && settings.callers.jwks_url.is_some() {
            return refuse("PAYDESK_JWT_SECRET and PAYDESK_JWKS_URL exclude each other. Unset one of them.");
        }
        if secrets
            .jwt_secret
            .as_ref()
            .is_some_and(|secret| secret.expose_secret().len() < 32)
        {
            return refuse("PAYDESK_JWT_SECRET is too short to resist guessing. Use at least 32 bytes.");
        }
        if secrets
            .admin_token
            .as_ref()
            .is_some_and(|token| token.expose_secret().len() < 16)
        {
            return refuse("PAYDESK_ADMIN_TOKEN is too short to resist guessing. Use at least 16 characters.");
        }
        check_mail(&settings.courier, &secrets)?;
        secrets.internal_keys()?;
        if settings.internal_listen.is_some() && secrets.internal_secrets.is_empty() {
            return refuse(
                "--internal-listen (PAYDESK_INTERNAL_LISTEN) takes events from edges, and without a secret nobody could \
                 prove to be one. Set PAYDESK_INTERNAL_SECRET to the secret that the edges have.",
            );
        }
        check_url("--public-url", settings.public_url.as_deref())?;
        check_url("--stripe-api-base", Some(&settings.stripe.stripe_api_base))?;
        check_url("--jwks-url", settings.callers.jwks_url.as_deref())?;
        check_origins(&settings.return_origins)?;
        settings.database.check()?;
        if livemode {
            check_live_url(settings.public_url.as_deref())?;
        }
        check_limits(&settings.limits)?;
        Ok(Self {
            settings,
            secrets,
            livemode,
        })
    }

    /// What a server can do without, but hardly on purpose: one sentence for each, for the log at start.
    pub fn warnings(&self) -> Vec<&'static str> {
        let mut warnings = Vec::new();
        if self.secrets.stripe_webhook_secrets.is_empty() {
            warnings.push("STRIPE_WEBHOOK_SECRET is not set: every webhook will be refused");
        }
        if self.secrets.jwt_secret.is_none() && self.settings.callers.jwks_url.is_none() {
            warnings.push("neither PAYDESK_JWT_SECRET nor PAYDESK_JWKS_URL is set: no user can authenticate");
        }
        if self.secrets.admin_token.is_none() {
            warnings.push("PAYDESK_ADMIN_TOKEN is not set: nobody can act as the operator");
        }
        warnings
    }

    /// Whether events are taken from edges on the address that everybody reaches.
    pub fn takes_events_of_edges_in_public(&self) -> bool {
        !self.secrets.internal_secrets.is_empty() && self.settings.internal_listen.is_none()
    }

    /// Whether a buyer may be sent to this address after checkout: our own pages, or an origin the operator allowed.
    pub fn may_return_to(&self, url: &str) -> bool {
        if !is_plain_address(url) {
            return false;
        }
        let own = self.public_url();
        let mut allowed = std::iter::once(own.as_str()).chain(self.settings.return_origins.iter().map(String::as_str));
        allowed.any(|origin| {
            let rest = url.strip_prefix(origin.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        })
    }

    /// The address under which buyers reach this server, without a slash at the end.
    pub fn public_url(&self) -> String {
        match &self.settings.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.settings.listen),
        }
    }

    /// Where Stripe's own pages about this shop's money begin; there are none of a server in Stripe's place.
    pub fn stripe_dashboard(&self) -> Option<&'static str> {
        let host = reqwest::Url::parse(&self.settings.stripe.stripe_api_base).ok()?;
        match (host.host_str(), self.livemode) {
            (Some("api.stripe.com"), true) => Some("https://dashboard.stripe.com"),
            (Some("api.stripe.com"), false) => Some("https://dashboard.stripe.com/test"),
            _ => None,
        }
    }
}

/// The longest address that a buyer may be sent back to, in bytes.
const RETURN_URL_BYTES_MAX: usize = 2_048;

/// Whether an address is one that Stripe and every browser read alike: short, printable ASCII, nothing odd in braces but
/// Stripe's own placeholder.
fn is_plain_address(url: &str) -> bool {
    let filled = url.replace("{CHECKOUT_SESSION_ID}", "cs");
    filled.len() <= RETURN_URL_BYTES_MAX
        && filled
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}' | b'\\' | b'<' | b'>' | b'"'))
        && reqwest::Url::parse(&filled).is_ok()
}

#[cfg(test)]
mod tests;
