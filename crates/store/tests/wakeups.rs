//! Wake-ups are never missed, in a process and between nodes.

use store::Options;
use store::testing::{TestDatabase, for_each_engine};

#[tokio::test]
async fn a_listener_hears_what_was_told_before_it_waits() {
    for_each_engine(async |database| {
        let store = database.store();
        let mut listener = store.listen("inbox");
        let mut other = store.listen("courier");
        store.notify("inbox");
        store.notify("inbox");
        listener.changed().await;
        store.notify("inbox");
        listener.changed().await;
        store.notify("courier");
        other.changed().await;
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_handovers_miss_none() {
    for_each_engine(async |database| {
        let (asking, answering) = (database.store().clone(), database.store().clone());
        let (mut answers, mut questions) = (asking.listen("answer"), answering.listen("question"));
        let other = tokio::spawn(async move {
            loop {
                questions.changed().await;
                answering.notify("answer");
            }
        });
        for _ in 0..10_000 {
            asking.notify("question");
            answers.changed().await;
        }
        other.abort();
    })
    .await;
}

#[tokio::test]
async fn nodes_of_one_database_wake_each_other() {
    let database = TestDatabase::postgres();
    let other = store::Store::open(database.url(), Options::default()).unwrap();
    let mut there = other.listen("inbox");
    // The first wake-up says that the other node has begun to listen.
    there.changed().await;
    for _ in 0..20 {
        database.store().notify("inbox");
        there.changed().await;
    }
}
