//! E-mails: to whom the application has said, once, and again only where that can help.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use paydesk::{courier, purchases};
use reqwest::Method;
use serde_json::json;
use store::testing::for_each_engine;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{order, send_all};
use crate::reversals::buy;
use crate::support::{ADMIN, TestApp};

/// A mail server that keeps what it takes.
#[derive(Clone)]
struct Post {
    url: String,
    mails: Arc<Mutex<Vec<String>>>,
    /// What it answers to a recipient.
    answer: Arc<AtomicU16>,
}

impl Post {
    async fn begin() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let post = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            mails: Arc::default(),
            answer: Arc::new(AtomicU16::new(250)),
        };
        let serving = post.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        post
    }

    async fn serve(self, stream: TcpStream) {
        let (reading, mut writing) = stream.into_split();
        let mut lines = BufReader::new(reading).lines();
        writing.write_all(b"220 mail.example\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            let answer = match verb.as_str() {
                "RCPT" => format!("{} said the test", self.answer.load(Ordering::Relaxed)),
                "DATA" => {
                    writing.write_all(b"354 go on\r\n").await.unwrap();
                    let mut mail = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            break;
                        }
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail);
                    "250 taken".to_owned()
                }
                "QUIT" => "221 bye".to_owned(),
                _ => "250 ok".to_owned(),
            };
            if writing.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}

async fn reach(test: &TestApp, token: &str, email: &str) -> u16 {
    let path = "/api/users/ada/contact";
    let wanted = json!({ "email": email });
    test.send(Method::PUT, token, path, Some(&wanted), None).await.status
}

#[tokio::test]
async fn a_buyer_is_told_by_mail_where_the_application_has_said_they_are_reached() {
    for_each_engine(async |database| {
        let post = Post::begin().await;
        let test = TestApp::begin_mailing(database, &post.url).await;
        assert_eq!(reach(&test, ADMIN, "ada@example.com").await, 200);
        let draft = order(&test).await;
        // The server asks to be tried later, and is.
        post.answer.store(451, Ordering::Relaxed);
        assert_eq!(send_all(&test).await, 1);
        post.answer.store(250, Ordering::Relaxed);
        assert_eq!(send_all(&test).await, 0);
        test.app.clock.advance(Duration::from_secs(6));
        assert_eq!(send_all(&test).await, 1);
        let mails = post.mails();
        assert_eq!(mails.len(), 1);
        let order_id = draft["order_id"].as_str().unwrap();
        for part in [
            "To: ada@example.com",
            "pay@acme.example",
            "order is paid",
            "multipart/alternative",
            order_id,
        ] {
            assert!(mails[0].contains(part), "{part}: {}", mails[0]);
        }
        assert!(mails[0].contains("Message-ID: <msg_"), "{}", mails[0]);

        let moves = format!("/api/orders/{order_id}/moves");
        let done = json!({ "to": "delivered", "links": ["https://files.example/review.pdf"], "note": "Enjoy." });
        for (key, wanted) in [
            ("begin", json!({ "to": "in_progress" })),
            ("done", done.clone()),
            ("done", done),
        ] {
            assert_eq!(test.post_once(ADMIN, &moves, &wanted, key).await.status, 200);
        }
        assert_eq!(send_all(&test).await, 1, "once for the delivery");
        let mails = post.mails();
        for part in ["order is delivered", "https://files.example/review.pdf", "Enjoy."] {
            assert!(mails[1].contains(part), "{part}: {}", mails[1]);
        }
        assert_eq!(test.app.store.read(courier::undelivered).await.unwrap(), 0);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_buyer_who_asks_for_a_refund_is_told_of_each_step_by_mail() {
    for_each_engine(async |database| {
        let post = Post::begin().await;
        let test = TestApp::begin_mailing(database, &post.url).await;
        assert_eq!(reach(&test, ADMIN, "ada@example.com").await, 200);
        let (purchase_id, _) = buy(&test, 3).await;
        let ada = test.user("ada");
        let wanted = json!({ "purchase_id": purchase_id, "reason": "It does not suit me." });
        let mut asked = Vec::new();
        for (what, body) in [
            ("decline", json!({ "reason": "Please use them first." })),
            ("approve", json!({})),
        ] {
            let request = test.post(&ada, "/api/refund-requests", &wanted).await.json();
            let path = format!(
                "/api/refund-requests/{}/{what}",
                request["request_id"].as_str().unwrap()
            );
            assert_eq!(test.post_once(ADMIN, &path, &body, what).await.status, 200);
            assert!(test.post_once(ADMIN, &path, &body, what).await.replayed);
            asked.push(request["request_id"].as_str().unwrap().to_owned());
        }
        assert_eq!(purchases::recover_refunds(&test.app).await.unwrap(), 1);
        test.settle().await;
        assert_eq!(
            send_all(&test).await,
            5,
            "twice asked, once declined, once approved and made"
        );
        let mails = post.mails();
        for (request_id, subject, words) in [
            (&asked[0], "we have your request", "30.00 USD for Starter pack"),
            (&asked[0], "about your request", "Please use them first."),
            (&asked[1], "we have your request", "30.00 USD for Starter pack"),
            (&asked[1], "refund is approved", "30.00 USD for Starter pack"),
            (&asked[1], "refund is made", "30.00 USD for Starter pack"),
        ] {
            let told = mails
                .iter()
                .filter(|mail| [request_id, subject, words].iter().all(|part| mail.contains(*part)));
            assert_eq!(told.count(), 1, "{subject}: {mails:?}");
        }
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_nobody_can_take_is_not_sent_again() {
    for_each_engine(async |database| {
        let post = Post::begin().await;
        let test = TestApp::begin_mailing(database, &post.url).await;
        // Nobody has said where ada is reached.
        order(&test).await;
        assert_eq!(send_all(&test).await, 1);
        assert_eq!(reach(&test, ADMIN, "gone@example.com").await, 200);
        order(&test).await;
        post.answer.store(550, Ordering::Relaxed);
        assert_eq!(send_all(&test).await, 1);
        test.app.clock.advance(Duration::from_hours(24));
        assert_eq!(send_all(&test).await, 0);
        assert_eq!(post.mails().len(), 0);

        assert_eq!(reach(&test, &test.user("ada"), "stranger@example.com").await, 403);
        for wrong in [
            "",
            "ada",
            "ada@example.com, bob@example.com",
            "ada@example.com\r\nBcc: b@example.com",
        ] {
            assert_eq!(reach(&test, ADMIN, wrong).await, 422, "{wrong:?}");
        }
        let read = test.get(&test.user("ada"), "/api/users/ada/contact").await;
        assert_eq!(read.json()["email"], "gone@example.com");
        assert_eq!(test.get(&test.user("bob"), "/api/users/ada/contact").await.status, 404);
        let removed = test
            .send(Method::DELETE, ADMIN, "/api/users/ada/contact", None, None)
            .await;
        assert_eq!(removed.status, 204);
        assert_eq!(test.get(ADMIN, "/api/users/ada/contact").await.status, 404);
        test.finish().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_mail_server_no_mail_is_kept() {
    for_each_engine(async |database| {
        let post = Post::begin().await;
        let with = TestApp::begin_mailing(database, &post.url).await;
        drop(with);
        let test = TestApp::begin_telling(database).await;
        courier::prepare(&test.app).await.unwrap();
        order(&test).await;
        assert_eq!(send_all(&test).await, 0);
        assert_eq!(test.app.store.read(courier::undelivered).await.unwrap(), 0);
        test.finish().await;
    })
    .await;
}
