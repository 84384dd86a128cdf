//! Sizes, rates and addresses.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use paydesk::http::server::Peer;

use crate::harness::{ADMIN_TOKEN, Harness, request, user_token};

fn from(address: &str, forwarded: &str) -> Request<Body> {
    let mut request = request("GET", "/livez", "").body(Body::empty()).unwrap();
    request
        .extensions_mut()
        .insert(Peer(format!("{address}:4711").parse().unwrap()));
    if !forwarded.is_empty() {
        request
            .headers_mut()
            .insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
    }
    request
}

#[tokio::test]
async fn a_body_is_refused_beyond_its_limit_whether_announced_or_not() {
    let harness = Harness::with(&["--body-bytes-max=1000"], &[]).await;
    let body = format!("{{\"name\": \"{}\", \"items\": []}}", "a".repeat(1_000));
    let post = |body: Body| {
        request("POST", "/probe/echo", "")
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .unwrap()
    };
    let announced = post(Body::from(body.clone()));
    let mut streamed = post(Body::from(body));
    streamed.headers_mut().remove(header::CONTENT_LENGTH);
    for request in [announced, streamed] {
        let answer = harness.send(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.code().as_str()),
            (413, "body_too_large")
        );
        assert_eq!(answer.json()["limit_bytes"], 1_000);
    }
    let mut lying = post(Body::from("{}"));
    lying
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from_static("99999999999999999999"));
    assert!(harness.send(lying).await.status.is_client_error());
}

#[tokio::test]
async fn a_webhook_has_a_limit_of_its_own() {
    let harness = Harness::with(&["--body-bytes-max=1000", "--webhook-bytes-max=2000"], &[]).await;
    let send = |size: usize| {
        harness.send(
            request("POST", "/probe/raw", "")
                .body(Body::from(vec![b'a'; size]))
                .unwrap(),
        )
    };
    assert_eq!(send(2_000).await.text(), "2000");
    assert_eq!(send(2_001).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_others_do_not() {
    let harness = Harness::with(&["--address-per-minute=3"], &[]).await;
    for _ in 0..3 {
        assert_eq!(harness.send(from("192.0.2.1", "")).await.status, StatusCode::OK);
    }
    let refused = harness.send(from("192.0.2.1", "")).await;
    assert_eq!(
        (refused.status.as_u16(), refused.code().as_str()),
        (429, "rate_limited")
    );
    assert_eq!(refused.headers[header::RETRY_AFTER], "20");
    // A client may not lend itself another address, and another client is not held back.
    assert_eq!(
        harness.send(from("192.0.2.1", "198.51.100.9")).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(harness.send(from("192.0.2.2", "")).await.status, StatusCode::OK);
    harness.clock.advance(Duration::from_secs(20));
    assert_eq!(harness.send(from("192.0.2.1", "")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_webhook_is_never_rate_limited() {
    let harness = Harness::with(&["--address-per-minute=1"], &[]).await;
    for _ in 0..20 {
        let mut request = request("POST", "/probe/raw", "").body(Body::from("x")).unwrap();
        request.extensions_mut().insert(Peer("192.0.2.1:1".parse().unwrap()));
        assert_eq!(harness.send(request).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_user_is_limited_wherever_they_come_from_and_the_operator_is_not() {
    let secret = [("PAYDESK_JWT_SECRET", crate::harness::JWT_SECRET)];
    let harness = Harness::with(&["--user-per-minute=2"], &secret).await;
    let (one, two) = (user_token("user_1"), user_token("user_2"));
    for expected in [StatusCode::OK, StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
        assert_eq!(harness.get("/probe/users/user_1", &one).await.status, expected);
    }
    assert_eq!(harness.get("/probe/users/user_2", &two).await.status, StatusCode::OK);
    for _ in 0..10 {
        assert_eq!(harness.get("/probe/admin", ADMIN_TOKEN).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn the_maps_of_the_limits_stay_bounded() {
    let harness = Harness::with(&["--address-per-minute=60"], &[]).await;
    for number in 0..5_000_u32 {
        let address = IpAddr::V4((0x0a00_0000 + number).into());
        harness.app.surroundings.rates.check_address(address).unwrap();
    }
    assert!(harness.app.surroundings.rates.entries() >= 5_000);
    harness.clock.advance(Duration::from_mins(2));
    harness
        .app
        .surroundings
        .rates
        .check_address("192.0.2.1".parse().unwrap())
        .unwrap();
    assert!(
        harness.app.surroundings.rates.entries() < 10,
        "{}",
        harness.app.surroundings.rates.entries()
    );
}

#[tokio::test]
async fn a_forwarded_address_is_believed_from_trusted_proxies_only() {
    let harness = Harness::with(&["--trusted-proxies=10.0.0.0/8,192.0.2.7"], &[]).await;
    #[rustfmt::skip]
    let cases = [
        // peer, X-Forwarded-For, client
        ("203.0.113.5", "1.2.3.4",                    "203.0.113.5"),
        ("10.1.1.1",    "",                           "10.1.1.1"),
        ("10.1.1.1",    "1.2.3.4",                    "1.2.3.4"),
        ("10.1.1.1",    "6.6.6.6, 1.2.3.4",           "1.2.3.4"),
        ("10.1.1.1",    "6.6.6.6, 1.2.3.4, 192.0.2.7","1.2.3.4"),
        ("10.1.1.1",    "6.6.6.6, junk",              "10.1.1.1"),
        ("10.1.1.1",    "10.2.2.2, 10.3.3.3",         "10.2.2.2"),
        ("::ffff:10.1.1.1", "2001:db8::1",            "2001:db8::1"),
    ];
    for (peer, forwarded, client) in cases {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static(forwarded));
        let found = harness
            .app
            .surroundings
            .rates
            .client_address(peer.parse().unwrap(), &headers);
        assert_eq!(found, client.parse::<IpAddr>().unwrap(), "{peer} {forwarded}");
    }
    let mut two = HeaderMap::new();
    two.append("x-forwarded-for", HeaderValue::from_static("6.6.6.6"));
    two.append("x-forwarded-for", HeaderValue::from_static("1.2.3.4"));
    assert_eq!(
        harness
            .app
            .surroundings
            .rates
            .client_address("10.1.1.1".parse().unwrap(), &two),
        "1.2.3.4".parse::<IpAddr>().unwrap()
    );
}
