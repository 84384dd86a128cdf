//! The demo of `paydesk dev`: made once for a new folder, whole or not at all, with books that verify.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use crate::process::{Place, ask, banner_of, dev, stop, text};

/// What the demo is made of in full: the catalogue that `dev` uses in the repository.
const CATALOGUE: &str = include_str!("../../../../paydesk.toml");
/// Enough for a renewal of every monthly plan.
const DAYS: &str = "--demo-days=45";

fn place_with_everything() -> Place {
    let place = Place::new();
    std::fs::write(place.0.path().join("paydesk.toml"), CATALOGUE).unwrap();
    place
}

/// What a GET of the operator is answered with.
fn read(banner: &str, path: &str) -> Value {
    let token = banner.lines().find_map(|line| line.trim().strip_prefix("admin token"));
    let header = format!("Authorization: Bearer {}\r\n", token.unwrap().trim());
    let answer = ask(banner, &format!("GET {path}"), &header);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    serde_json::from_str(body).unwrap()
}

fn count(banner: &str, path: &str) -> usize {
    read(banner, path)["data"].as_array().unwrap().len()
}

/// Starts a demo, and kills the process as soon as it is under way.
fn interrupt(place: &Place) {
    let mut child = dev(place, &["--demo-days=700"])
        .env("PAYDESK_LOG", "info")
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let begun = lines
        .map(Result::unwrap)
        .any(|line| line.contains("a demo is under way"));
    assert!(begun, "it ended before");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_new_folder_begins_with_a_demo_and_never_again() {
    let place = place_with_everything();
    interrupt(&place);
    let data = place.0.path().join("data");
    assert!(!data.join("paydesk.db").exists() && !data.join("sandbox.json").exists());

    let (child, banner) = banner_of(&mut dev(&place, &[DAYS]));
    let board = read(&banner, "/api/financial/admin/dashboard");
    let totals = &board["totals"];
    for figure in [
        "/revenue/payments",
        "/revenue/gross_minor",
        "/revenue/fees_minor",
        "/revenue/reversed_minor",
        "/mrr/end_minor",
        "/subscribers/end",
        "/credits/used",
        "/credits/granted",
        "/events/received",
    ] {
        assert!(
            totals.pointer(figure).and_then(Value::as_i64) > Some(0),
            "{figure}: {totals}"
        );
    }
    assert_eq!(board["webhooks"]["retrying"], 0);
    assert_eq!(board["webhooks"]["dead"], 0);
    for path in [
        "/api/users",
        "/api/orders",
        "/api/bookings",
        "/api/refunds",
        "/api/refund-requests",
        "/api/disputes?status=needs_response",
        "/api/payouts/transfers",
    ] {
        assert!(count(&banner, path) > 0, "{path}");
    }
    let demo_user = read(&banner, "/api/financial/credits/user_demo");
    assert_eq!(demo_user["balance"], 0, "the user of the shop page begins with nothing");
    let users = read(&banner, "/api/users?limit=100");
    let (_output, errors) = stop(child);
    assert!(errors.contains("was not finished the last time"), "{errors}");
    assert!(errors.contains("the demo is there"), "{errors}");
    assert!(!errors.contains("could not be done"), "{errors}");
    assert!(!data.join("demo.unfinished").exists());

    let verified = place.run(&["ledger", "verify", "--database=sqlite:data/paydesk.db"]);
    assert!(verified.status.success(), "{}", text(&verified.stdout));
    for status in ["received", "retrying", "dead"] {
        let status = format!("--status={status}");
        let listed = place.run(&["events", "list", &status, "--database=sqlite:data/paydesk.db"]);
        assert!(
            listed.status.success() && listed.stdout.is_empty(),
            "{}",
            text(&listed.stdout)
        );
    }

    let (child, banner) = banner_of(&mut dev(&place, &[DAYS]));
    assert_eq!(read(&banner, "/api/users?limit=100"), users);
    let (_output, errors) = stop(child);
    assert!(!errors.contains("demo"), "{errors}");
}

#[test]
fn a_shop_that_sells_one_kind_has_a_demo_of_that_kind() {
    let place = Place::new();
    let (child, banner) = banner_of(&mut dev(&place, &["--demo-days=20"]));
    assert!(count(&banner, "/api/payments") > 0);
    assert_eq!(count(&banner, "/api/subscriptions"), 0);
    let (_output, errors) = stop(child);
    assert!(
        errors.contains("the demo is there") && !errors.contains("could not be done"),
        "{errors}"
    );
}

#[test]
fn a_database_of_its_own_begins_without_a_demo() {
    let place = Place::new();
    let (child, banner) = banner_of(&mut dev(&place, &["--database=sqlite:own.db"]));
    assert_eq!(count(&banner, "/api/users"), 0);
    let (_output, errors) = stop(child);
    assert!(!errors.contains("demo"), "{errors}");
    assert!(!place.0.path().join("data/paydesk.db").exists());
}
