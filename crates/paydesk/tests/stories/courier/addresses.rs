//! Where webhooks never go: nothing that is not public is connected to, however it is written and whatever its name led to a
//! moment ago.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use paydesk::config::Network;
use paydesk::courier::{self, Lookup, Outcome, Parcel, Sender};
use secrecy::SecretString;
use serde_json::json;
use store::testing::for_each_engine;
use tokio::net::TcpListener;

use super::{PATH, deliveries, register, send_all, tell};
use crate::support::{ADMIN, TestApp};

/// Counts who connects to this machine.
struct Trap {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (port, counted) = (listener.local_addr().unwrap().port(), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                drop(stream);
            }
        });
        Self { port, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// A name leads to each of these in turn, then to the last for good.
fn leading_to(looks: Vec<Vec<IpAddr>>) -> Lookup {
    let turn = AtomicUsize::new(0);
    Arc::new(move |_name| {
        let look = turn.fetch_add(1, Ordering::Relaxed).min(looks.len() - 1);
        let found = looks[look].iter().map(|address| SocketAddr::new(*address, 0)).collect();
        Box::pin(async move { Ok(found) })
    })
}

async fn send(sender: &Sender, url: &str) -> Outcome {
    let parcel = Parcel {
        url,
        secrets: &[SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
        message_id: "msg_1",
        timestamp_s: 1,
        body: "{}",
    };
    sender.send(&parcel).await.outcome
}

/// Addresses of every network that is closed, from its ends and its middle.
fn closed() -> Vec<IpAddr> {
    [
        "0.0.0.0",
        "0.0.0.1",
        "0.255.255.255",
        "10.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.0",
        "100.100.100.200",
        "100.127.255.255",
        "127.0.0.0",
        "127.0.0.1",
        "127.1.2.3",
        "127.255.255.255",
        "168.63.129.16",
        "169.254.0.0",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.255.255",
        "172.16.0.0",
        "172.20.10.1",
        "172.31.255.255",
        "192.0.0.0",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.0",
        "192.168.1.1",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.0",
        "224.0.0.251",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.254",
        "255.255.255.255",
        "::",
        "::1",
        "::2",
        "::127.0.0.1",
        "::10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fd12:3456::1",
        "fe80::1",
        "fe80::a9fe:a9fe",
        "febf::1",
        "fec0::1",
        "ff00::1",
        "ff02::1",
        "ff02::fb",
        "ff05::2",
        "ffff::1",
    ]
    .iter()
    .map(|text| text.parse().unwrap())
    .collect()
}

/// Every way to write a closed address of IPv4 into an address of the web, and its mapped forms.
fn written(address: Ipv4Addr, port: u16) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let number = u32::from(address);
    [
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        number.to_string(),
        format!("0x{number:x}"),
        format!("0X{number:08X}"),
        format!("0{number:o}"),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("{a}.{b}.{}", number & 0xffff),
        format!("{a}%2e{b}%2e{c}%2e{d}"),
        format!("{a}。{b}。{c}。{d}"),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[0:0:0:0:0:ffff:{:x}:{:x}]", number >> 16, number & 0xffff),
        format!("[64:ff9b::{a}.{b}.{c}.{d}]"),
    ]
    .iter()
    .map(|host| format!("://{host}:{port}/hook"))
    .collect()
}

#[tokio::test]
async fn no_form_of_a_closed_address_is_ever_connected_to() {
    let trap = Trap::set().await;
    let (mut literals, mut names) = (0, 0);
    let never = leading_to(vec![vec![IpAddr::from([127, 0, 0, 1])]]);
    for address in closed() {
        let forms = match address {
            IpAddr::V4(address) => written(address, trap.port),
            IpAddr::V6(address) => vec![format!("://[{address}]:{}/hook", trap.port)],
        };
        // Plain http is open for one network, so that it is the address that is refused and not the scheme.
        let sender = Sender::looking_up(&["192.0.2.254".parse().unwrap()], Arc::clone(&never));
        for (form, scheme) in forms.iter().flat_map(|form| [(form, "https"), (form, "http")]) {
            let outcome = send(&sender, &format!("{scheme}{form}")).await;
            assert!(matches!(outcome, Outcome::Refused(_)), "{scheme}{form}: {outcome:?}");
            literals += 1;
        }
        for scheme in ["https", "http"] {
            let sender = Sender::looking_up(&["192.0.2.254".parse().unwrap()], leading_to(vec![vec![address]]));
            let outcome = send(&sender, &format!("{scheme}://hooks.example:{}/", trap.port)).await;
            assert!(matches!(outcome, Outcome::Refused(_)), "{address}: {outcome:?}");
            names += 1;
        }
    }
    assert!(literals >= 200 && names >= 100, "{literals} and {names}");
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn the_address_that_counts_is_the_one_connected_to() {
    let trap = Trap::set().await;
    let here = IpAddr::from([127, 0, 0, 1]);
    let url = format!("http://hooks.example:{}/", trap.port);
    let allowed: [Network; 1] = ["127.0.0.1".parse().unwrap()];

    // It led somewhere allowed when it was registered and looked at, and leads here when it is connected to.
    let sender = Sender::looking_up(&["192.0.2.1".parse().unwrap()], leading_to(vec![vec![here]]));
    assert!(sender.check(&url).is_ok(), "a name is no address yet");
    assert!(matches!(send(&sender, &url).await, Outcome::Refused(_)));
    assert_eq!(trap.connections(), 0);

    // It leads to a closed address first and to an open one behind it, and then only to the closed one.
    let closed = IpAddr::from([127, 0, 0, 2]);
    let sender = Sender::looking_up(&allowed, leading_to(vec![vec![closed, here], vec![closed]]));
    assert!(
        matches!(send(&sender, &url).await, Outcome::Failed(_)),
        "the trap answers nothing"
    );
    let connected = trap.connections();
    assert!(connected > 0, "where it is allowed it is connected to: {connected}");
    assert!(matches!(send(&sender, &url).await, Outcome::Refused(_)));
    assert_eq!(trap.connections(), connected);
}

#[tokio::test]
async fn a_refusal_is_for_good_and_a_redirect_is_not_followed() {
    for_each_engine(async |database| {
        let test = TestApp::begin_telling(database).await;
        for wrong in [
            "https://127.0.0.2/",
            "http://10.0.0.1/",
            "https://[::1]/",
            "ftp://hooks.example/",
            "hooks.example",
            "https://user:word@hooks.example/",
            "https://hooks.example/#part",
            "https://",
            "https://2130706434/",
        ] {
            let said = test.post(ADMIN, PATH, &json!({ "url": wrong })).await;
            assert_eq!((said.status, &said.json()["field"]), (422, &json!("url")), "{wrong}");
        }

        let trap = Trap::set().await;
        let named = register(&test, &format!("https://hooks.example:{}/", trap.port), &[]).await;
        tell(&test, "one", 1).await;
        let sender = Sender::looking_up(&[], leading_to(vec![vec![IpAddr::from([127, 0, 0, 1])]]));
        assert_eq!(courier::work_with(&test.app, &Arc::new(sender)).await.unwrap(), 1);
        assert_eq!((trap.connections(), send_all(&test).await), (0, 0));
        assert_eq!(deliveries(&test, &named, "refused").await.len(), 1);
        let removed = super::path_of(&named);
        test.send(reqwest::Method::DELETE, ADMIN, &removed, None, None).await;

        let to = format!("http://127.0.0.1:{}/", trap.port);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let moved = move || async move { (axum::http::StatusCode::TEMPORARY_REDIRECT, [("location", to)]) };
        tokio::spawn(async move { axum::serve(listener, axum::Router::new().fallback(moved)).await });
        let endpoint = register(&test, &url, &[]).await;
        tell(&test, "two", 1).await;
        assert_eq!(send_all(&test).await, 1);
        assert_eq!(trap.connections(), 0);
        let pending = deliveries(&test, &endpoint, "pending").await;
        assert!(
            pending[0]["last_error"].as_str().unwrap().contains("307"),
            "{pending:?}"
        );
        test.finish().await;
    })
    .await;
}
