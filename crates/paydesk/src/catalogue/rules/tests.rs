//! The catalogue's file, read and refused.

use serde_json::json;

use super::super::{Access, CycleCredits, Interval, KeyPolicy, OnDowngrade, PastDueAccess, PausedAccess, Plan, Seed};
use super::*;

const GOOD: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[credit_pack]]
id = "starter"
name = "Starter"
credits = 100
expires_after_days = 90
priority = -5
prices = { usd = 1000, jpy = 1500 }

[[order_package]]
id = "review"
name = "Review"
prices = { usd = 4900 }
fields = [{ name = "track_url", label = "Link", kind = "url", required = true }]

[[plan]]
id = "pro"
name = "Pro"
tier = "pro_tier"
interval = "month"
interval_count = 3
prices = { usd = 2900 }
trial_days = 14
features = ["export"]
limits = { projects = 20 }
credits = { amount = 500 }
access = { past_due = "full" }
keys = { on_downgrade = "revoke" }
seeds = [{ name = "widget", value = { dark = true, since = 2026-01-02, sizes = [1, 2.5] } }]

[free]
tier = "visitor"
"#;

#[test]
fn a_good_file_is_read() {
    let catalogue = parse(GOOD, "paydesk.toml").unwrap();
    assert_eq!(catalogue.items.len(), 3);
    let amount = catalogue.items["starter"].amount("jpy".parse().unwrap(), 3).unwrap();
    assert_eq!(amount.to_string(), "4500 JPY");
    let Offer::CreditPack { terms, .. } = catalogue.items["starter"].offer else {
        panic!("a starter is a credit pack");
    };
    assert_eq!((terms.expires_after_days, terms.priority), (Some(90), -5));
    let plain = GOOD.replace("expires_after_days = 90\npriority = -5\n", "");
    let Offer::CreditPack { terms, .. } = parse(&plain, "paydesk.toml").unwrap().items["starter"].offer else {
        panic!("a starter is a credit pack");
    };
    assert_eq!(terms, PackTerms::default());
}

#[test]
fn a_plan_says_what_its_subscribers_get() {
    let catalogue = parse(GOOD, "paydesk.toml").unwrap();
    let wanted = Plan {
        group: "main".into(),
        tier: "pro_tier".into(),
        interval: Interval::Month,
        interval_count: 3,
        credits: Some(CycleCredits {
            amount: 500,
            roll_over: false,
            priority: 0,
        }),
        trial_days: 14,
        grace_days: 7,
        access: Access {
            past_due: PastDueAccess::Full,
            paused: PausedAccess::None,
        },
        keys: Some(KeyPolicy {
            on_activation: true,
            on_downgrade: OnDowngrade::Revoke,
        }),
        features: ["export".into()].into(),
        limits: [("projects".into(), 20)].into(),
        seeds: vec![Seed {
            name: "widget".into(),
            value: json!({ "dark": true, "since": "2026-01-02", "sizes": [1, 2.5] }),
        }],
        on_sale: true,
    };
    assert_eq!(catalogue.plan("pro"), Some(&wanted));
    assert_eq!(catalogue.plan("starter"), None, "a pack is no plan");
    assert_eq!(catalogue.free.tier, "visitor");

    let (packs_only, _) = GOOD.split_once("[[plan]]").unwrap();
    let free = parse(packs_only, "paydesk.toml").unwrap().free;
    assert_eq!(
        (free.tier.as_str(), free.features.len(), free.limits.len()),
        ("free", 0, 0)
    );
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let table = [
        ("currency = \"usd\"", "currency = \"usdx\"", 4, "not a currency"),
        (
            "currency = \"usd\"",
            "currency = \"eur\"",
            7,
            "no price in the shop's currency eur",
        ),
        ("credits = 100", "credits = 0", 9, "credits must be from 1"),
        ("credits = 100", "credits = 1.5", 9, "expected a whole number"),
        (
            "usd = 1000",
            "usd = 10.00",
            12,
            "a whole number of minor units, for example 9900",
        ),
        (
            "expires_after_days = 90",
            "expires_after_days = 0",
            10,
            "expires_after_days must be from 1 to 36500, not 0",
        ),
        ("expires_after_days = 90", "expires_after_days = 36501", 10, "not 36501"),
        (
            "priority = -5",
            "priority = 101",
            11,
            "priority must be from -100 to 100",
        ),
        ("usd = 1000", "usd = \"10\"", 12, "a whole number of minor units"),
        ("credits = 100", "", 6, "missing field `credits`"),
        ("jpy = 1500", "jpy = -1", 12, "a price in minor units"),
        ("jpy = 1500", "JPY = 1500", 12, "lower case"),
        ("jpy = 1500", "kwd = 1505", 12, "multiples of 10"),
        ("id = \"review\"", "id = \"starter\"", 15, "used twice"),
        ("id = \"review\"", "id = \"Review 1\"", 15, "lower-case letters"),
        ("kind = \"url\"", "kind = \"uri\"", 18, "unknown variant"),
        ("name = \"track_url\"", "name = \"track-url\"", 18, "field name"),
        ("name = \"Starter\"", "name = \" \"", 8, "characters"),
        ("name = \"Starter\"", "nam = \"Starter\"", 8, "unknown field"),
        ("[shop]", "[shop", 2, ""),
        ("id = \"pro\"", "id = \"review\"", 21, "used twice"),
        (
            "\"pro_tier\"",
            "\"Pro tier\"",
            23,
            "the tier \"Pro tier\" must be 1 to 40",
        ),
        ("interval = \"month\"", "interval = \"monthly\"", 24, "unknown variant"),
        ("interval_count = 3", "interval_count = 37", 25, "must be from 1 to 36"),
        ("usd = 2900", "eur = 2900", 21, "no price in the shop's currency usd"),
        (
            "trial_days = 14",
            "trial_days = 731",
            27,
            "trial_days must be from 0 to 730",
        ),
        (
            "trial_days = 14",
            "grace_days = 366",
            27,
            "grace_days must be from 0 to 365",
        ),
        (
            "[\"export\"]",
            "[\"export\", \"export\"]",
            28,
            "the feature \"export\" is named twice",
        ),
        ("[\"export\"]", "[\"ex port\"]", 28, "the feature \"ex port\""),
        ("projects = 20", "projects = -1", 29, "a limit must be from 0"),
        ("projects = 20", "\"my projects\" = 1", 29, "the limit \"my projects\""),
        ("amount = 500", "amount = 0", 30, "the amount of credits must be from 1"),
        (
            "amount = 500",
            "amount = 500, priority = 101",
            30,
            "priority must be from -100",
        ),
        ("past_due = \"full\"", "past_due = \"some\"", 31, "unknown variant"),
        ("past_due = \"full\"", "paused = \"grace\"", 31, "unknown variant"),
        ("\"revoke\"", "\"delete\"", 32, "unknown variant"),
        ("name = \"widget\"", "name = \"\"", 33, "the seed \"\""),
        ("dark = true", "dark = nan", 33, "JSON has no number NaN"),
        (
            "seeds = [",
            "seeds = [{ name = \"widget\", value = 1 }, ",
            33,
            "the seed \"widget\" is named twice",
        ),
        ("\"visitor\"", "\"\"", 36, "the tier"),
    ];
    for (from, to, line, message) in table {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{from}");
        let error = parse(&text, "paydesk.toml").unwrap_err();
        let found = error
            .mistakes()
            .iter()
            .any(|mistake| mistake.line == line && mistake.message.contains(message));
        assert!(found, "{to}: wanted {message:?} at line {line}, got {error}");
    }
}

#[test]
fn two_mistakes_are_both_told() {
    let text = GOOD
        .replace("credits = 100", "credits = 0")
        .replace("usd = 4900", "usd = 0");
    assert_eq!(parse(&text, "paydesk.toml").unwrap_err().mistakes().len(), 2);
}

#[test]
fn a_plan_names_no_end_of_things() {
    let features: Vec<String> = (0..101).map(|number| format!("\"f{number}\"")).collect();
    let long = format!("value = \"{}\"", "x".repeat(32_768));
    for (from, to, message) in [
        ("\"export\"", features.join(", "), "at most 100 features"),
        (
            "value = { dark = true, since = 2026-01-02, sizes = [1, 2.5] }",
            long,
            "at most 32768 bytes",
        ),
    ] {
        let text = GOOD.replacen(from, &to, 1);
        assert_ne!(text, GOOD, "{from}");
        let error = parse(&text, "paydesk.toml").unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    }
}

#[test]
fn an_empty_catalogue_is_refused() {
    let error = parse("[shop]\nname = \"A\"\ncurrency = \"usd\"\n", "paydesk.toml").unwrap_err();
    assert!(error.to_string().contains("nothing is on sale"));
}

const REFUNDS: &str = "[shop]
name = \"Acme\"
currency = \"usd\"
[refunds]
order_share_percent = 80
automatic_up_to = { usd = 2000 }
four_eyes_above = { usd = 20000, jpy = 30000 }
[[credit_pack]]
id = \"starter\"
name = \"Starter\"
credits = 100
refund_days = 14
prices = { usd = 1000 }
";

#[test]
fn what_buyers_get_back_is_read_and_checked() {
    let catalogue = parse(REFUNDS, "paydesk.toml").unwrap();
    assert_eq!(catalogue.items["starter"].refund_days, Some(14));
    let (usd, jpy): (Currency, Currency) = ("usd".parse().unwrap(), "jpy".parse().unwrap());
    let refunds = catalogue.refunds;
    assert_eq!((refunds.order_share_percent, refunds.automatic_up_to[&usd]), (80, 2000));
    assert_eq!(refunds.two_approvals_above, None);
    let above = refunds.four_eyes_above.unwrap();
    for (minor, currency, is_passed) in [(20_000, usd, false), (20_001, usd, true), (30_000, jpy, false)] {
        assert_eq!(above.is_passed(ledger::Money::new(minor, currency)), is_passed);
    }
    assert!(above.is_passed(ledger::Money::new(1, "eur".parse().unwrap())));
    for (from, to, line, message) in [
        ("= 80", "= 101", 5, "order_share_percent must be from 0 to 100"),
        ("usd = 2000 ", "usd = -1 ", 6, "automatic_up_to must be from 0"),
        ("jpy", "zzz", 7, "zzz"),
        ("= 14", "= 0", 12, "refund_days must be from 1 to 3650"),
    ] {
        let error = parse(&REFUNDS.replacen(from, to, 1), "paydesk.toml").unwrap_err();
        let found = error.mistakes().iter();
        let mut found = found.filter(|mistake| mistake.line == line && mistake.message.contains(message));
        assert!(found.next().is_some(), "{to}: {error}");
    }
}

const SESSION: &str = r#"
[shop]
name = "Acme"
currency = "usd"

[[session_type]]
id = "hour"
name = "An hour"
builder = "grace"
minutes = 60
buffer_after_minutes = 15
platform_fee_basis_points = 1500
refund_tiers = [{ hours_before = 24, percent = 50 }, { hours_before = 48, percent = 100 }]
prices = { usd = 6001 }
"#;

#[test]
fn a_session_type_is_read_and_its_fee_is_rounded_down() {
    let catalogue = parse(SESSION, "paydesk.toml").unwrap();
    let session_type = catalogue.session_type("hour").unwrap();
    assert_eq!((session_type.minutes, session_type.start_every_minutes), (60, 60));
    assert_eq!(
        (session_type.buffer_before_minutes, session_type.buffer_after_minutes),
        (0, 15)
    );
    let tiers: Vec<_> = session_type
        .refund_tiers
        .iter()
        .map(|tier| (tier.hours_before, tier.percent))
        .collect();
    assert_eq!(tiers, [(48, 100), (24, 50)], "the earliest first");
    assert_eq!(
        session_type.platform_fee_minor(catalogue.items["hour"].amount("usd".parse().unwrap(), 1).unwrap()),
        900
    );
    assert!(catalogue.has_builder(&session_type.builder_id));
    for (from, to, says) in [
        ("minutes = 60", "minutes = 62", "multiple of 5"),
        ("minutes = 60", "minutes = 0", "must be from 5 to 720"),
        (
            "platform_fee_basis_points = 1500",
            "platform_fee_basis_points = 10001",
            "from 0 to 10000",
        ),
        (
            "hours_before = 48",
            "hours_before = 24",
            "each with its own hours_before",
        ),
        ("percent = 50", "percent = 101", "from 0 to 100"),
        ("\"grace\"", "\"\"", "id of a user"),
        ("usd = 6001", "eur = 6001", "no price in the shop's currency"),
    ] {
        let error = parse(&SESSION.replacen(from, to, 1), "paydesk.toml").unwrap_err();
        assert!(error.to_string().contains(says), "{to}: {error}");
    }
}
