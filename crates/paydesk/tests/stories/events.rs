//! Looking through a large inbox, and putting a part of it back.

use paydesk::inbox::{self, EventFilter, Selection, Status};
use paydesk::schema::MIGRATIONS;
use store::testing::for_each_engine;
use store::{Error, Field, Rows, Store};

const EVENTS: i64 = 120_500;

/// An inbox in which one event is of a rare type, every five-thousandth is dead, and all others are handled.
async fn fill(store: &Store) {
    store.migrate(MIGRATIONS).await.unwrap();
    store
        .write(|tx| {
            let names: Vec<String> = (1..=EVENTS).map(|number| format!("evt_{number}")).collect();
            let rows = Rows::of(names.iter().zip(1..).map(|(name, number)| {
                let kind = if number == 3 { "rare" } else { "usual" };
                let status = match number {
                    7 => "retrying",
                    _ if number % 5_000 == 0 => "dead",
                    _ => "processed",
                };
                [Field::from(name), kind.into(), status.into(), number.into()]
            }));
            tx.run(
                "insert into event (stripe_id, account, livemode, type, object_id, lane, created_s, received_at_us, status,
                                    attempts, next_attempt_at_us)
                 select r.stripe_id, '', 0, r.type, '', '', 0, r.received_at_us, r.status, 1, 0
                 from rows($1: stripe_id text, type text, status text, received_at_us bigint)",
                &[rows.into()],
            )?;
            Ok::<_, Error>(())
        })
        .await
        .unwrap();
}

/// All pages of a listing, one after the other.
async fn pages(store: &Store, filter: EventFilter, limit: i64) -> Vec<String> {
    let (mut filter, mut names) = (filter, Vec::new());
    loop {
        let wanted = filter.clone();
        let page = store
            .read(move |tx| inbox::events_page(tx, &wanted, limit))
            .await
            .unwrap();
        assert!(page.events.len() <= usize::try_from(limit).unwrap());
        names.extend(page.events.into_iter().map(|event| event.stripe_id));
        match page.next {
            Some(next) => assert!(filter.before.replace(next).is_none_or(|before| next < before)),
            None => return names,
        }
    }
}

fn filter(status: Option<Status>, kind: Option<&str>) -> EventFilter {
    EventFilter {
        status,
        kind: kind.map(str::to_owned),
        before: None,
    }
}

#[tokio::test]
async fn every_listing_shows_each_event_once_newest_first_however_rare_it_is() {
    for_each_engine(async |database| {
        let store = database.store();
        fill(store).await;
        let dead: Vec<String> = (1..=EVENTS / 5_000)
            .rev()
            .map(|n| format!("evt_{}", n * 5_000))
            .collect();
        for limit in [1, 7, 100] {
            assert_eq!(pages(store, filter(Some(Status::Dead), None), limit).await, dead);
            assert_eq!(
                pages(store, filter(Some(Status::Dead), Some("usual")), limit).await,
                dead
            );
            assert_eq!(
                pages(store, filter(Some(Status::Retrying), None), limit).await,
                ["evt_7"]
            );
            assert_eq!(pages(store, filter(None, Some("rare")), limit).await, ["evt_3"]);
            assert_eq!(
                pages(store, filter(Some(Status::Processed), Some("rare")), limit).await,
                ["evt_3"]
            );
            assert_eq!(
                pages(store, filter(Some(Status::Ignored), None), limit).await,
                Vec::<String>::new()
            );
        }
        for wanted in [filter(None, None), filter(None, Some("usual"))] {
            let all = pages(store, wanted.clone(), 50_000).await;
            let rare = usize::from(wanted.kind.is_some());
            assert_eq!(all.len(), usize::try_from(EVENTS).unwrap() - rare);
            assert_eq!(all[0], format!("evt_{EVENTS}"));
        }
        let one = filter(None, Some("rare"));
        let one = store.read(move |tx| inbox::events(tx, &one, 5)).await.unwrap();
        assert_eq!(one[0].stripe_id, "evt_3");
    })
    .await;
}

#[tokio::test]
async fn putting_back_ends_though_the_worker_handles_at_once_what_is_put_back() {
    for_each_engine(async |database| {
        let store = database.store();
        fill(store).await;
        let selection = Selection {
            status: Status::Processed,
            received_from_us: 10,
            received_until_us: 30_000,
            last_event_id: store.read(inbox::last_event_id).await.unwrap(),
        };
        let (mut put_back, mut after) = (0, Some(0));
        while let Some(from) = after {
            let step = store
                .read(move |tx| inbox::selected(tx, &selection, from))
                .await
                .unwrap();
            let ids = step.event_ids;
            put_back += store
                .write(move |tx| inbox::put_back(tx, 77, Status::Processed, &ids))
                .await
                .unwrap();
            // The worker is done with them before the next step.
            let handled = "update event set status = 'processed' where status = 'received'";
            store.write(move |tx| tx.run(handled, &[])).await.unwrap();
            after = step.next;
        }
        // The numbers 10 to 29,999 but for the five dead ones among them.
        assert_eq!(put_back, 29_990 - 5);
        let marked = "select count(*) from event where next_attempt_at_us = 77";
        let row = store.read(move |tx| tx.one(marked, &[])).await.unwrap();
        assert_eq!(row.unwrap().int(0).unwrap(), 29_985);
    })
    .await;
}
