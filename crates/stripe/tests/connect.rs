//! The client against the sandbox over HTTP, where money is passed on: an account that is connected, a transfer that is made
//! once, and what can be taken back of it.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as loudly as the test")]

use std::sync::Arc;

use sandbox::{Config, DEFAULT_SECRET_KEY, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use stripe::objects::{Account, Transfer, decode, id_of};
use stripe::{Client, ClientConfig, Error, IdempotencyKey};

fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::new(text).unwrap()
}

struct Platform {
    client: Client,
    url: String,
}

impl Platform {
    async fn open() -> Self {
        let sandbox = Sandbox::new(Config {
            seed: Some(7),
            deterministic: true,
            ..Config::default()
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { sandbox.serve(listener, std::future::pending()).await });
        let mut config = ClientConfig::new(&url, SecretString::from(DEFAULT_SECRET_KEY));
        config.max_attempts = 1;
        let client = Client::new(config, Arc::new(|| 0)).unwrap();
        Self { client, url }
    }

    async fn control(&self, path: &str) {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .build()
            .unwrap();
        let answer = http.post(format!("{}/_sandbox{path}", self.url)).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}");
    }

    async fn account(&self) -> Account {
        let parameters = json!({ "type": "express", "capabilities": { "transfers": { "requested": true } } });
        self.client.create_account(&parameters, &key("acc_1")).await.unwrap()
    }

    /// A charge whose money is there at once.
    async fn charge(&self) -> String {
        let parameters = json!({
            "amount": 1000, "currency": "usd", "payment_method": "pm_card_bypassPending", "confirm": true,
        });
        let paid = self
            .client
            .create_payment_intent(&parameters, &key("pay_1"))
            .await
            .unwrap();
        id_of(paid.latest_charge.as_ref()).unwrap().to_owned()
    }

    async fn transfer(&self, account: &str, source: &str, line: &str) -> Result<Transfer, Error> {
        let parameters = json!({
            "amount": 800, "currency": "usd", "destination": account, "source_transaction": source, "transfer_group": "g_1",
            "metadata": { "line": line },
        });
        self.client.create_transfer(&parameters, &key(line)).await
    }
}

fn code(error: &Error) -> Option<&str> {
    match error {
        Error::Rejected { code, .. } => code.as_deref(),
        _ => None,
    }
}

#[tokio::test]
async fn an_account_receives_transfers_once_its_owner_has_told_everything() {
    let platform = Platform::open().await;
    let account = platform.account().await;
    assert!(!account.receives_transfers());
    assert!(!account.requirements.unwrap().currently_due.is_empty());
    let parameters = json!({
        "account": account.id, "type": "account_onboarding", "refresh_url": "http://127.0.0.1/again",
        "return_url": "http://127.0.0.1/done",
    });
    let link = platform
        .client
        .create_account_link(&parameters, &key("link_1"))
        .await
        .unwrap();
    assert!(link.url.starts_with(&platform.url) && link.expires_at.is_some());
    let source = platform.charge().await;
    let early = platform.transfer(&account.id, &source, "line_1").await.unwrap_err();
    assert_eq!(code(&early), Some("insufficient_capabilities_for_transfer"));

    platform.control(&format!("/accounts/{}/onboard", account.id)).await;
    let ready = platform
        .client
        .retrieve_connected_account(&account.id, &[])
        .await
        .unwrap();
    assert!(ready.receives_transfers() && ready.payouts_enabled == Some(true));
}

#[tokio::test]
async fn a_transfer_is_made_once_and_taken_back_as_far_as_it_is_there() {
    let platform = Platform::open().await;
    let account = platform.account().await.id;
    platform.control(&format!("/accounts/{account}/onboard")).await;
    let source = platform.charge().await;
    let made = platform.transfer(&account, &source, "line_1").await.unwrap();
    let again = platform.transfer(&account, &source, "line_1").await.unwrap();
    assert_eq!(made.id, again.id);
    assert_eq!(
        (made.amount, made.amount_reversed, made.currency.as_str()),
        (800, 0, "usd")
    );
    assert_eq!(id_of(made.destination.as_ref()), Some(account.as_str()));
    assert_eq!(id_of(made.source_transaction.as_ref()), Some(source.as_str()));
    let found = platform.client.list_transfers_of_group("g_1").await.unwrap();
    assert_eq!((found.data.len(), found.has_more), (1, false));
    assert_eq!(found.data[0].metadata["line"], "line_1");

    let part = json!({ "amount": 300, "metadata": { "line": "line_2" } });
    let taken = platform
        .client
        .reverse_transfer(&made.id, &part, &key("line_2"))
        .await
        .unwrap();
    assert_eq!(
        (taken.amount, id_of(taken.transfer.as_ref())),
        (300, Some(made.id.as_str()))
    );
    let beyond = json!({ "amount": 501 });
    let refused = platform
        .client
        .reverse_transfer(&made.id, &beyond, &key("line_3"))
        .await;
    assert!(
        matches!(refused, Err(Error::Rejected { status: 400, .. })),
        "{refused:?}"
    );
    let read = platform.client.retrieve_transfer(&made.id, &[]).await.unwrap();
    assert_eq!((read.amount_reversed, read.reversed), (300, false));
    let reversals = platform.client.list_reversals_of_transfer(&made.id).await.unwrap();
    assert_eq!(reversals.data[0].metadata["line"], "line_2");
}

#[test]
fn an_account_that_says_nothing_receives_nothing_and_a_transfer_must_say_its_amounts() {
    let decoded = |value: Value| decode::<Account>(value.to_string().as_bytes()).unwrap();
    assert!(!decoded(json!({"id": "acct_1"})).receives_transfers());
    let odd = json!({"id": "acct_1", "capabilities": {"transfers": 7}, "requirements": [1]});
    assert!(!decoded(odd).receives_transfers());
    let gone = json!({"id": "acct_1", "deleted": true, "capabilities": {"transfers": "active"}});
    assert!(!decoded(gone).receives_transfers());
    let unsaid = decode::<Transfer>(br#"{"id": "tr_1", "amount": 5, "currency": "usd"}"#);
    assert!(unsaid.unwrap_err().to_string().contains("amount_reversed"));
}
