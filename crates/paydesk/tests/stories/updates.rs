//! Live updates: a user sees what changes for them, and nobody else does.

use serde_json::{Value, json};
use store::testing::for_each_engine;

use crate::support::{ADMIN, TestApp};

/// A stream that is being read. Where it ends because its time is over, it is asked for again, as a client would.
pub(crate) struct Stream {
    http: reqwest::Client,
    url: String,
    token: String,
    last: Option<String>,
    response: reqwest::Response,
    text: String,
    /// How often its time was over.
    pub(crate) ended: u32,
}

impl Stream {
    pub(crate) async fn open(test: &TestApp, token: &str, last: Option<&str>) -> Self {
        let (http, url) = (test.http.clone(), format!("{}/api/updates", test.base));
        Self {
            response: ask(&http, &url, token, last).await,
            http,
            url,
            token: token.to_owned(),
            last: last.map(str::to_owned),
            text: String::new(),
            ended: 0,
        }
    }

    /// The next event of a kind that a condition fits, with its id.
    pub(crate) async fn next(&mut self, kind: &str, fits: impl Fn(&Value) -> bool) -> (String, Value) {
        loop {
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let part = |name: &str| {
                    let mut lines = event.lines();
                    lines
                        .find_map(|line| line.strip_prefix(name))
                        .unwrap_or_default()
                        .trim()
                        .to_owned()
                };
                let (id, named, data) = (part("id:"), part("event:"), part("data:"));
                self.text = String::from(rest);
                if !id.is_empty() {
                    self.last = Some(id.clone());
                }
                if named == kind {
                    let data: Value = serde_json::from_str(&data).unwrap();
                    if fits(&data) {
                        return (id, data);
                    }
                }
            }
            if let Some(chunk) = self.response.chunk().await.unwrap() {
                self.text.push_str(std::str::from_utf8(&chunk).unwrap());
            } else {
                self.ended += 1;
                self.response = ask(&self.http, &self.url, &self.token, self.last.as_deref()).await;
            }
        }
    }
}

async fn ask(http: &reqwest::Client, url: &str, token: &str, last: Option<&str>) -> reqwest::Response {
    let mut request = http.get(url).bearer_auth(token);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

#[tokio::test]
async fn what_changes_for_a_user_is_told_while_they_look_and_after_they_come_back() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let (ada, bob) = (test.user("ada"), test.user("bob"));
        let mut stream = Stream::open(&test, &ada, None).await;
        let (before, wallet) = stream.next("wallet", |_| true).await;
        assert_eq!(wallet, json!({ "balance": 0, "held": 0, "owed": 0, "frozen": false }));
        let gift = json!({ "amount": 7, "reason": "a gift" });
        test.post(ADMIN, "/api/financial/credits/ada/add", &gift).await;
        stream.next("wallet", |wallet| wallet["balance"] == 7).await;

        let wanted = json!({ "package_id": "track-review", "fields": { "track_url": "https://music.example/one" } });
        let draft = test.post(&ada, "/api/orders", &wanted).await.json();
        let (_, order) = stream.next("order", |_| true).await;
        assert_eq!(
            (&order["order_id"], &order["status"]),
            (&draft["order_id"], &json!("draft"))
        );
        drop(stream);

        // Whoever comes back learns what they missed; whoever comes anew, and somebody else, do not.
        let mut again = Stream::open(&test, &ada, Some(&before)).await;
        let (_, order) = again.next("order", |_| true).await;
        assert_eq!(order["order_id"], draft["order_id"]);
        let mut others = Stream::open(&test, &bob, Some(&before)).await;
        let (_, wallet) = others.next("wallet", |_| true).await;
        assert_eq!(wallet["balance"], 0);
        test.post(ADMIN, "/api/financial/credits/bob/add", &gift).await;
        others.next("wallet", |wallet| wallet["balance"] == 7).await;
        assert!(!others.text.contains("ord_"), "{}", others.text);

        assert_eq!(test.get("", "/api/updates").await.status, 401);
        assert_eq!(test.get(&bob, "/api/updates?user_id=ada").await.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_user_has_only_so_many_streams() {
    for_each_engine(async |database| {
        let test = TestApp::begin(database).await;
        let ada = test.user("ada");
        let mut open = Vec::new();
        for _ in 0..8 {
            open.push(Stream::open(&test, &ada, None).await);
        }
        let ninth = test.get(&ada, "/api/updates").await;
        assert_eq!((ninth.status, &ninth.json()["code"]), (429, &json!("rate_limited")));
        drop(Stream::open(&test, &test.user("bob"), None).await);
        let request = test.http.get(format!("{}/api/updates", test.base)).bearer_auth(&ada);
        let wrong = request.header("last-event-id", "yesterday").send().await.unwrap();
        assert_eq!(wrong.status(), 400);
        test.finish().await;
    })
    .await;
}
