//! How long a delivery takes to an endpoint that is well, alone and beside endpoints that are not.

use std::time::Instant;

use super::*;

/// Deliveries of each part, where the environment does not say.
const DELIVERIES: usize = 40;
/// How often both parts follow each other.
const ROUNDS: usize = 3;

/// Tells so many things, one after another, and how long each was under way.
async fn under_way(test: &TestApp, well: &Receiver, prefix: &str, count: usize) -> Vec<Duration> {
    let mut took = Vec::with_capacity(count);
    for number in 0..count {
        let arrived = well.came().len();
        let begun = Instant::now();
        tell(test, &format!("{prefix}-{number}"), 1).await;
        test.app.store.notify(courier::TOPIC);
        well.until(arrived + 1).await;
        took.push(begun.elapsed());
    }
    took
}

#[tokio::test]
async fn a_delivery_beside_endpoints_that_fail_hang_and_are_gone_arrives_like_one_alone() {
    let count = std::env::var("PAYDESK_DELIVERIES")
        .ok()
        .map_or(DELIVERIES, |text| text.parse().unwrap());
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        let well = Receiver::begin(200).await;
        register(&test, &well.url, &[]).await;
        let (failing, hanging) = (Receiver::begin(500).await, Receiver::begin_holding().await);
        // A port that nobody listens on any more.
        let gone = {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            format!("http://{}/hook", listener.local_addr().unwrap())
        };
        let worker = tokio::spawn(courier::run(test.app.clone()));
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            alone.extend(under_way(&test, &well, &format!("alone-{round}"), count).await);
            let mut ill = Vec::new();
            for url in [&failing.url, &hanging.url, &gone] {
                ill.push(register(&test, url, &[]).await);
            }
            beside.extend(under_way(&test, &well, &format!("beside-{round}"), count).await);
            for endpoint in &ill {
                let removed = test.send(Method::DELETE, ADMIN, &path_of(endpoint), None, None).await;
                assert_eq!(removed.status, 204);
            }
        }
        assert!(
            !failing.came().is_empty() && hanging.waiting_most() > 0,
            "they were tried"
        );
        assert_eq!(well.ids().len(), 2 * ROUNDS * count);
        for took in [&mut alone, &mut beside] {
            took.sort_unstable();
        }
        let (half, last) = (alone.len() / 2, alone.len() * 99 / 100);
        let engine = database.engine_name();
        println!(
            "{} deliveries on {engine}: alone median {:?}, p99 {:?}; beside three that are ill median {:?}, p99 {:?}",
            alone.len(),
            alone[half],
            alone[last],
            beside[half],
            beside[last]
        );
        hanging.let_go();
        test.app.shutdown.begin();
        worker.await.unwrap();
    })
    .await;
}
