//! What the configuration accepts and what it refuses, and that a refusal says how to mend it.

use std::collections::HashMap;
use std::ffi::OsString;

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    settings: Settings,
}

fn settings(flags: &[&str]) -> Settings {
    Line::try_parse_from(std::iter::once(&"paydesk").chain(flags))
        .unwrap()
        .settings
}

fn secrets(pairs: &[(&str, &str)]) -> Result<Secrets, ConfigError> {
    let map: HashMap<_, _> = pairs
        .iter()
        .map(|(name, value)| (*name, OsString::from(value)))
        .collect();
    Secrets::read(|name| map.get(name).cloned())
}

fn config(flags: &[&str], pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::new(settings(flags), secrets(pairs)?)
}

const TEST_KEY: (&str, &str) = ("STRIPE_SECRET_KEY", "sk_test_1");
const LIVE_KEY: (&str, &str) = ("STRIPE_SECRET_KEY", "sk_live_1");
const HOOK: (&str, &str) = ("STRIPE_WEBHOOK_SECRET", "whsec_0123456789abcdef0123456789abcdef");
const PUBLIC: &str = "--public-url=https://pay.example.com/";

#[test]
fn the_mode_follows_the_key() {
    let test = config(&[], &[TEST_KEY]).unwrap();
    assert!(!test.livemode);
    assert_eq!(test.stripe_dashboard(), Some("https://dashboard.stripe.com/test"));
    let sandbox = config(&["--stripe-api-base=http://127.0.0.1:12111"], &[TEST_KEY]).unwrap();
    assert_eq!(sandbox.stripe_dashboard(), None, "a sandbox has no dashboard");
    let live = config(&[PUBLIC], &[LIVE_KEY, HOOK]).unwrap();
    assert!(live.livemode);
    assert_eq!(live.public_url(), "https://pay.example.com");
    assert_eq!(live.stripe_dashboard(), Some("https://dashboard.stripe.com"));
    assert!(
        config(&[PUBLIC], &[("STRIPE_SECRET_KEY", "rk_live_1"), HOOK])
            .unwrap()
            .livemode
    );
}

/// Flags, environment, and what the message must contain.
type Refused<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);

#[test]
fn what_could_lose_money_or_trust_is_refused_with_the_remedy() {
    let short = ("PAYDESK_JWT_SECRET", "short");
    let long = ("PAYDESK_JWT_SECRET", "0123456789abcdef0123456789abcdef");
    #[rustfmt::skip]
    let cases: &[Refused<'_>] = &[
        (&[], &[], "STRIPE_SECRET_KEY"),
        (&[], &[("STRIPE_SECRET_KEY", "pk_test_1")], "sk_test_"),
        (&[PUBLIC], &[LIVE_KEY], "STRIPE_WEBHOOK_SECRET"),
        (&[PUBLIC], &[LIVE_KEY, ("STRIPE_WEBHOOK_SECRET", "x")], "cannot be guessed"),
        (&[PUBLIC], &[LIVE_KEY, ("STRIPE_WEBHOOK_SECRET", "whsec_short")], "cannot be guessed"),
        (&[], &[LIVE_KEY, HOOK], "--public-url"),
        (&[], &[TEST_KEY, short], "32 bytes"),
        (&["--jwks-url=https://a.example/jwks"], &[TEST_KEY, long], "Unset one"),
        (&[], &[TEST_KEY, ("PAYDESK_ADMIN_TOKEN", "root")], "16 characters"),
        (&[], &[TEST_KEY, ("STRIPE_WEBHOOK_SECRET", "  ")], "set but empty"),
        (&[], &[TEST_KEY, ("STRIPE_SECRET_KEY_FILE", "/nowhere")], "both set"),
        (&[], &[("STRIPE_SECRET_KEY_FILE", "/nowhere/at/all")], "cannot be read"),
        (&["--public-url=pay.example.com"], &[TEST_KEY], "web address"),
        (&["--stripe-api-base=ftp://x"], &[TEST_KEY], "web address"),
        (&["--public-url=http://pay.example.com"], &[LIVE_KEY, HOOK], "https://"),
        (&["--return-origins=app.example.com"], &[TEST_KEY], "not an origin"),
        (&["--return-origins=https://a.example,ftp://b.example"], &[TEST_KEY], "ftp://b.example"),
        (&["--return-origins=https://a.example/path"], &[TEST_KEY], "without a path"),
        (&["--database=postgress://user:canary@host/name"], &[TEST_KEY], "sqlite:<path>"),
        (&["--database=sqlite:"], &[TEST_KEY], "sqlite:<path>"),
        (&["--user-per-minute=0"], &[TEST_KEY], "--user-per-minute"),
    ];
    for (flags, pairs, expected) in cases {
        let message = config(flags, pairs).unwrap_err().to_string();
        assert!(
            message.contains(expected) && !message.contains("canary"),
            "{flags:?}: {message}"
        );
    }
}

#[test]
fn what_a_server_lacks_is_warned_about() {
    let bare = config(&[], &[TEST_KEY]).unwrap().warnings().join("\n");
    for name in ["STRIPE_WEBHOOK_SECRET", "PAYDESK_JWKS_URL", "PAYDESK_ADMIN_TOKEN"] {
        assert!(bare.contains(name), "{bare}");
    }
    let admin = ("PAYDESK_ADMIN_TOKEN", "0123456789abcdef");
    let full = config(&["--jwks-url=https://a.example/jwks"], &[TEST_KEY, HOOK, admin]).unwrap();
    assert!(full.warnings().is_empty());
}

#[test]
fn what_cannot_be_read_says_how_to_write_it() {
    for (flag, expected) in [
        ("--listen=nowhere", "127.0.0.1:9002"),
        ("--log=a=b=c", "paydesk::inbox=debug"),
        ("--log=paydesk=loud", "paydesk::inbox=debug"),
    ] {
        let error = Line::try_parse_from(["paydesk", flag])
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn an_origin_may_end_in_a_slash() {
    let config = config(
        &["--return-origins=https://a.example/,http://localhost:3000"],
        &[TEST_KEY],
    )
    .unwrap();
    assert!(config.may_return_to("https://a.example/done") && config.may_return_to("http://localhost:3000"));
}

#[test]
fn the_name_of_a_database_holds_no_password() {
    for (url, name) in [
        ("sqlite:data/paydesk.db", "data/paydesk.db"),
        ("sqlite:///data/paydesk.db", "/data/paydesk.db"),
        ("postgres://user:canary@host:5432/pay", "host/pay"),
    ] {
        let database = Database {
            database: url.to_owned(),
        };
        assert_eq!(database.name(), name);
    }
}

#[test]
fn secrets_come_from_files_too_and_are_trimmed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "sk_test_from_file\n").unwrap();
    let read = secrets(&[("STRIPE_SECRET_KEY_FILE", path.to_str().unwrap())]).unwrap();
    assert_eq!(read.stripe_secret_key.unwrap().expose_secret(), "sk_test_from_file");
}

#[test]
fn several_webhook_secrets_are_active_at_once() {
    let read = secrets(&[
        ("STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old,"),
        ("STRIPE_CONNECT_WEBHOOK_SECRET", "whsec_connect"),
    ])
    .unwrap();
    let all: Vec<_> = read
        .stripe_webhook_secrets
        .iter()
        .map(|secret| secret.expose_secret().to_owned())
        .collect();
    assert_eq!(all, ["whsec_new", "whsec_old", "whsec_connect"]);
}

#[test]
fn printing_the_configuration_shows_no_secret() {
    let config = config(&[], &[TEST_KEY, ("STRIPE_WEBHOOK_SECRET", "whsec_canary")]).unwrap();
    let text = format!("{config:?}");
    assert!(!text.contains("sk_test_1") && !text.contains("canary"), "{text}");
}

#[test]
fn networks() {
    #[rustfmt::skip]
    let cases = [
        ("10.0.0.0/8", "10.200.3.4", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.8", false),
        ("0.0.0.0/0", "8.8.8.8", true),
        ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::/32", "2001:db9::1", false),
        ("::/0", "8.8.8.8", false),
    ];
    for (network, address, inside) in cases {
        let network: Network = network.parse().unwrap();
        assert_eq!(
            network.contains(address.parse().unwrap()),
            inside,
            "{network:?} {address}"
        );
    }
    for wrong in ["10.0.0.0/33", "ten", "10.0.0.0/", "::/129", ""] {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
}
