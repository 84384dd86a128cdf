//! Every named crash point: the process dies there, is started again, whoever was not answered asks again, and the end is
//! the same as if nothing had happened.

use std::collections::BTreeSet;
use std::path::Path;

use store::testing::TestDatabase;

use crate::journey::{Death, Journey};
use crate::server::Place;
use crate::size;

/// Where in the life of the program a point is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
    /// While the catalogue is brought to Stripe, on a database that is still empty.
    Push,
    /// While requests are answered and events handled.
    Serve,
    /// When Stripe refuses what it is asked for.
    Refusal,
    /// While what has ended is taken back.
    Expiry,
    /// While somebody subscribes with a saved card, and buys more when the credits run low.
    Membership,
    /// While a session is booked, paid for and cancelled.
    Booking,
    /// While what is earned of a session is transferred, and taken back.
    Payout,
    /// While something that was cut off before is taken up again.
    Recovery,
}

/// Every crash point of the program.
pub(crate) const POINTS: [(&str, Moment); 51] = [
    ("store.migrated", Moment::Push),
    ("price pushed", Moment::Push),
    ("store.before_commit", Moment::Serve),
    ("store.after_commit", Moment::Serve),
    ("order written", Moment::Serve),
    ("intent written", Moment::Serve),
    ("customer noted", Moment::Serve),
    ("customer made", Moment::Serve),
    ("customer recorded", Moment::Serve),
    ("session made", Moment::Serve),
    ("session recorded", Moment::Serve),
    ("checkout answer kept", Moment::Serve),
    ("inbox verified", Moment::Serve),
    ("inbox appended", Moment::Serve),
    ("group verified", Moment::Serve),
    ("group appended", Moment::Serve),
    ("inbox claimed", Moment::Serve),
    ("inbox settled", Moment::Serve),
    ("inbox applied", Moment::Serve),
    ("inbox marked", Moment::Serve),
    ("inbox handled", Moment::Serve),
    ("credits changed", Moment::Serve),
    ("credits held", Moment::Serve),
    ("refund written", Moment::Serve),
    ("refund made", Moment::Serve),
    ("refund recorded", Moment::Serve),
    ("refund answer kept", Moment::Serve),
    ("refund request written", Moment::Serve),
    ("refund request decided", Moment::Serve),
    ("delivery taken", Moment::Serve),
    ("delivery sent", Moment::Serve),
    ("delivery marked", Moment::Serve),
    ("holds expired", Moment::Expiry),
    ("lots expired", Moment::Expiry),
    ("intent given up", Moment::Refusal),
    ("command written", Moment::Membership),
    ("command carried out", Moment::Membership),
    ("command ended", Moment::Membership),
    ("command answer kept", Moment::Membership),
    ("subscription read", Moment::Membership),
    ("subscription taken in", Moment::Membership),
    ("top-up written", Moment::Membership),
    ("charge made", Moment::Membership),
    ("charge recorded", Moment::Membership),
    ("booking cancelled", Moment::Booking),
    ("transfer written", Moment::Payout),
    ("transfer made", Moment::Payout),
    ("transfer recorded", Moment::Payout),
    ("recovery claimed", Moment::Recovery),
    ("session looked at", Moment::Recovery),
    ("session settled", Moment::Recovery),
];

/// Those that are passed by a booking as well.
const OF_BOOKINGS: [&str; 9] = [
    "store.after_commit",
    "intent written",
    "session made",
    "session recorded",
    "checkout answer kept",
    "inbox settled",
    "inbox applied",
    "refund made",
    "refund recorded",
];

#[test]
fn every_crash_point_in_the_sources_is_listed() {
    let mut found = BTreeSet::new();
    for folder in ["src", "../store/src"] {
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    }
    let listed = POINTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed, "a new crash point needs its place in this list");
}

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = text.split("crash_point(\"").skip(1);
            found.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_point_changes_nothing_on_the_embedded_engine() {
    die_everywhere(TestDatabase::sqlite, size("PAYDESK_PASSES", 2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_point_changes_nothing_on_the_server_engine() {
    die_everywhere(TestDatabase::postgres, size("PAYDESK_PASSES", 1)).await;
}

/// Two journeys at a time: most of one is waiting for processes to start and to end.
async fn die_everywhere(database: impl Fn() -> TestDatabase, passes: usize) {
    let of_bookings = OF_BOOKINGS.map(|name| (name, Moment::Booking));
    let wanted = std::env::var("PAYDESK_MOMENT").unwrap_or_default();
    let points = POINTS.into_iter().chain(of_bookings);
    let points: Vec<_> = points
        .filter(|(_, moment)| format!("{moment:?}").contains(&wanted))
        .collect();
    let (some, others) = points.split_at(points.len() / 2);
    let (first, second) = tokio::join!(die_at(some, &database, passes), die_at(others, &database, passes));
    let engine = database().engine_name();
    println!("{engine}: {} deaths at {} points", first + second, points.len());
}

/// Dies at each of these, at its first passes; returns how often.
async fn die_at(points: &[(&str, Moment)], database: &impl Fn() -> TestDatabase, passes: usize) -> usize {
    let mut deaths = 0;
    for &(name, moment) in points {
        for pass in 1..=passes {
            let place = Place::prepare(database()).await;
            let engine = place.database.engine_name();
            let death = Death {
                point: format!("{name}:{pass}"),
                moment,
            };
            let journey = Journey::begin(&place, death).await;
            let died = match moment {
                Moment::Membership => journey.become_member().await,
                Moment::Booking => journey.book().await,
                Moment::Payout => journey.earn().await,
                _ => journey.travel().await,
            };
            assert!(died > 0 || pass > 1, "{engine}: nothing died at {name:?}");
            deaths += died;
            if died == 0 {
                // The journey does not pass here so often.
                break;
            }
        }
    }
    deaths
}
