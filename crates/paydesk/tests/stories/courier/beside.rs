//! How long a delivery takes to an endpoint that is well, beside others that are well and beside others that are not.

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
async fn a_delivery_beside_endpoints_that_fail_hang_and_are_gone_arrives_like_one_beside_others() {
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
        let others = [Receiver::begin(200).await, Receiver::begin(200).await, Receiver::begin(200).await];
        let urls_of_well = others.each_ref().map(|other| other.url.clone());
        let urls_of_ill = [failing.url.clone(), hanging.url.clone(), gone];
        let worker = tokio::spawn(courier::run(test.app.clone()));
        let (mut beside_well, mut beside_ill) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            for (kind, urls, took) in [
                ("well", &urls_of_well, &mut beside_well),
                ("ill", &urls_of_ill, &mut beside_ill),
            ] {
                let mut registered = Vec::new();
                for url in urls {
                    registered.push(register(&test, url, &[]).await);
                }
                took.extend(under_way(&test, &well, &format!("{kind}-{round}"), count).await);
                for endpoint in &registered {
                    let removed = test.send(Method::DELETE, ADMIN, &path_of(endpoint), None, None).await;
                    assert_eq!(removed.status, 204);
                }
            }
        }
        assert!(
            !failing.came().is_empty() && hanging.waiting_most() > 0,
            "they were tried"
        );
        assert_eq!(well.ids().len(), 2 * ROUNDS * count);
        for took in [&mut beside_well, &mut beside_ill] {
            took.sort_unstable();
        }
        let (half, last) = (beside_well.len() / 2, beside_well.len() * 99 / 100);
        println!(
            "{} deliveries on {}: beside three that are well median {:?}, p99 {:?}; beside three that are ill {:?}, {:?}",
            beside_well.len(),
            database.engine_name(),
            beside_well[half],
            beside_well[last],
            beside_ill[half],
            beside_ill[last]
        );
        hanging.let_go();
        test.app.shutdown.begin();
        worker.await.unwrap();
    })
    .await;
}
