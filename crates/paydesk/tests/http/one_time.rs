//! Idempotency-Key: who called, with what, and not twice at once.

use axum::body::Body;
use axum::http::{StatusCode, header};

use crate::harness::{ADMIN_TOKEN, Harness, keyed, request, user_token};

const BODY: &str = "{\"name\": \"a\", \"items\": []}";

#[tokio::test]
async fn a_post_without_a_good_key_is_refused() {
    let harness = Harness::new().await;
    let token = user_token("user_1");
    let build = |keys: &[&str]| {
        let mut builder = request("POST", "/probe/once", &token).header(header::CONTENT_TYPE, "application/json");
        for key in keys {
            builder = builder.header("idempotency-key", *key);
        }
        builder.body(Body::from(BODY)).unwrap()
    };
    let missing = harness.send(build(&[])).await;
    assert_eq!(
        (missing.status.as_u16(), missing.code().as_str()),
        (400, "idempotency_key_missing")
    );
    for keys in [&[""][..], &["a b"], &["k\u{e9}y"], &[&"k".repeat(256)], &["one", "two"]] {
        let answer = harness.send(build(keys)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (400, "idempotency_key_invalid"),
            "{keys:?}"
        );
    }
    assert_eq!(harness.send(build(&[&"k".repeat(255)])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_caller_is_refused_before_anything_is_read() {
    let harness = Harness::new().await;
    let answer = harness.send(keyed("/probe/once", "", "k1", "not json")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test]
async fn the_fingerprint_tells_requests_apart_and_repeats_together() {
    let harness = Harness::new().await;
    let print = async |path: &str, body: &str| {
        let answer = harness.post(path, "k1", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()["fingerprint"].as_str().unwrap().to_owned()
    };
    let first = print("/probe/once", BODY).await;
    assert_eq!(first, print("/probe/once", BODY).await);
    assert_ne!(first, print("/probe/once", "{\"name\": \"b\", \"items\": []}").await);
    assert_ne!(first, print("/probe/once", "{\"name\":\"a\",\"items\":[]}").await);
    assert_ne!(first, print("/probe/other", BODY).await);
    assert_ne!(first, print("/probe/once?x=1", BODY).await);
}

#[tokio::test]
async fn the_same_key_of_other_callers_is_another_action() {
    let harness = Harness::new().await;
    let mut callers = Vec::new();
    for token in [user_token("user_1"), user_token("user_2"), ADMIN_TOKEN.to_owned()] {
        let answer = harness.send(keyed("/probe/once", &token, "k1", BODY)).await;
        callers.push(answer.json()["caller"].as_str().unwrap().to_owned());
    }
    assert_eq!(callers, ["user:user_1", "user:user_2", "admin"]);
}

#[tokio::test]
async fn a_key_that_is_being_worked_on_is_a_conflict_until_the_work_ends() {
    let harness = std::sync::Arc::new(Harness::new().await);
    let first = tokio::spawn({
        let harness = std::sync::Arc::clone(&harness);
        async move { harness.post("/probe/hold", "k1", BODY).await }
    });
    harness.arrived.notified().await;
    let second = harness.post("/probe/once", "k1", BODY).await;
    assert_eq!(
        (second.status.as_u16(), second.code().as_str()),
        (409, "idempotency_key_in_use")
    );
    assert_eq!(second.headers[header::RETRY_AFTER], "1");
    assert_eq!(harness.post("/probe/once", "k2", BODY).await.status, StatusCode::OK);
    harness.release.notify_one();
    assert_eq!(first.await.unwrap().status, StatusCode::OK);
    assert_eq!(harness.post("/probe/once", "k1", BODY).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_is_given_up_frees_its_key() {
    let harness = std::sync::Arc::new(Harness::new().await);
    let first = tokio::spawn({
        let harness = std::sync::Arc::clone(&harness);
        async move { harness.post("/probe/hold", "k1", BODY).await }
    });
    harness.arrived.notified().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(harness.post("/probe/once", "k1", BODY).await.status, StatusCode::OK);
}

const GIFT: &str = "{\"amount\": 5, \"reason\": \"a gift\"}";
const ADD: &str = "/api/financial/credits/user_1/add";

#[tokio::test]
async fn a_key_stays_taken_while_the_store_works_for_a_client_who_has_gone() {
    let harness = Harness::new().await;
    let (release, held) = std::sync::mpsc::sync_channel::<()>(1);
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (mut begun, store) = (Some(begun), harness.app.store.clone());
    let blocking = tokio::spawn(async move {
        let hold = move |_tx: &mut store::Tx<'_>| {
            if let Some(begun) = begun.take() {
                begun.send(()).unwrap();
            }
            held.recv().unwrap();
            Ok::<_, store::Error>(())
        };
        store.write(hold).await
    });
    has_begun.await.unwrap();
    {
        let first = harness.send(keyed(ADD, ADMIN_TOKEN, "k1", GIFT));
        // Polled once, it goes as far as the store, which is busy; then the client is gone.
        tokio::select! {
            biased;
            answer = first => panic!("answered while the store was held: {answer:?}"),
            () = std::future::ready(()) => {}
        }
    }
    let second = harness.send(keyed(ADD, ADMIN_TOKEN, "k1", GIFT)).await;
    assert_eq!(
        (second.status.as_u16(), second.code().as_str()),
        (409, "idempotency_key_in_use")
    );
    release.send(()).unwrap();
    blocking.await.unwrap().unwrap();
    let repeated = loop {
        let answer = harness.send(keyed(ADD, ADMIN_TOKEN, "k1", GIFT)).await;
        if answer.status != StatusCode::CONFLICT {
            break answer;
        }
    };
    assert_eq!(repeated.status, StatusCode::OK, "{}", repeated.text());
    assert_eq!(repeated.headers["idempotent-replayed"], "true");
    assert_eq!(repeated.json()["balance"], 5);
}

#[tokio::test]
async fn a_key_is_free_in_the_moment_its_answer_is_there() {
    let harness = Harness::new().await;
    for number in 0..200 {
        let key = format!("k{number}");
        for _ in 0..2 {
            let answer = harness.send(keyed(ADD, ADMIN_TOKEN, &key, GIFT)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        }
    }
}
