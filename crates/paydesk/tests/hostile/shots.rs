//! Whole requests: a path, headers and a body, each of them right or wrong in its own way.

use paydesk::clock::Clock;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::{Value, json};
use stripe::signature::{SigningSecret, sign};

use crate::bodies;
use crate::support::{ADMIN, WEBHOOK_SECRET};

const WEBHOOKS: [&str; 4] = [
    "/api/stripe/webhook",
    "/api/webhooks/stripe",
    "/api/payments/webhook",
    "/stripe-webhook",
];
const CHECKOUTS: [&str; 3] = [
    "/api/stripe/create-checkout-session",
    "/api/payments/create-checkout-session",
    "/checkout",
];

/// A request that is about to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Shot {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// Whether it goes where Stripe delivers.
    pub(crate) webhook: bool,
}

/// An endless supply of requests from one seed.
pub(crate) struct Gun {
    rng: StdRng,
    number: u64,
    secret: SigningSecret,
    other_secret: SigningSecret,
    clock: Clock,
    /// Tokens of users, as the application signs them.
    tokens: Vec<String>,
}

impl Gun {
    /// `lane` tells the requests of guns apart that fire at the same server.
    pub(crate) fn new(seed: u64, lane: u64, tokens: Vec<String>) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed ^ (lane << 40)),
            number: lane << 40,
            secret: SigningSecret::new(WEBHOOK_SECRET).unwrap(),
            other_secret: SigningSecret::new("whsec_of_somebody_else").unwrap(),
            clock: Clock::system(),
            tokens,
        }
    }

    /// A request that must be refused: nobody in particular sends it, or nothing can be made of its body.
    pub(crate) fn refused(&mut self) -> Shot {
        if self.rng.random_bool(0.4) {
            return self.forged();
        }
        self.number += 1;
        let (path, base) = self.operation();
        let known = self.rng.random_bool(0.6);
        let body = if known {
            bodies::never_valid(&mut self.rng, &base)
        } else if self.rng.random_bool(0.5) {
            base.to_string().into_bytes()
        } else {
            bodies::hostile(&mut self.rng, &base)
        };
        let token = if known {
            Some(self.known_token())
        } else {
            self.unknown_token()
        };
        let key = self.key();
        self.call(path, token, key, body)
    }

    /// A request from somebody who may, with a body that may or may not be taken.
    pub(crate) fn admitted(&mut self) -> Shot {
        if self.rng.random_bool(0.5) {
            return self.delivered();
        }
        self.number += 1;
        let (path, base) = self.operation();
        let body = bodies::hostile(&mut self.rng, &base);
        let token = Some(self.known_token());
        let key = vec![("idempotency-key", format!("key-{}", self.number).into_bytes())];
        self.call(path, token, key, body)
    }

    /// A delivery that Stripe has not signed.
    pub(crate) fn forged(&mut self) -> Shot {
        self.number += 1;
        let event = bodies::event(&mut self.rng, self.number);
        let body = if self.rng.random_bool(0.5) {
            event.to_string().into_bytes()
        } else {
            bodies::hostile(&mut self.rng, &event)
        };
        let headers = self.forged_signature(&body);
        self.webhook(headers, body)
    }

    /// A delivery that Stripe has signed, whatever it holds.
    pub(crate) fn delivered(&mut self) -> Shot {
        self.number += 1;
        let event = bodies::event(&mut self.rng, self.number);
        let body = bodies::hostile(&mut self.rng, &event);
        let header = sign(&body, &self.secret, self.clock.now_seconds());
        self.webhook(vec![("stripe-signature", header.into_bytes())], body)
    }

    fn webhook(&mut self, headers: Vec<(&'static str, Vec<u8>)>, body: Vec<u8>) -> Shot {
        let path = (*WEBHOOKS.choose(&mut self.rng).unwrap()).to_owned();
        Shot {
            path,
            headers,
            body,
            webhook: true,
        }
    }

    fn call(
        &mut self,
        path: String,
        token: Option<Vec<u8>>,
        mut headers: Vec<(&'static str, Vec<u8>)>,
        body: Vec<u8>,
    ) -> Shot {
        headers.extend(token.map(|token| ("authorization", token)));
        let kinds = [
            "application/json",
            "application/json; charset=utf-8",
            "application/merge-patch+json",
        ];
        headers.push(("content-type", kinds.choose(&mut self.rng).unwrap().as_bytes().to_vec()));
        Shot {
            path,
            headers,
            body,
            webhook: false,
        }
    }

    /// A POST of the API, with a body that fits it. Nothing of Stripe's is reached: what the bodies name is not there.
    fn operation(&mut self) -> (String, Value) {
        let user = format!("user-{}", self.number % 50);
        let change = json!({ "amount": 5, "reason": "one song" });
        let checkout = json!({ "order_id": "ord_none", "quantity": 1, "currency": "usd", "user_id": user,
            "success_url": "http://127.0.0.1/ok", "cancel_url": "http://127.0.0.1/no" });
        let order = json!({ "package_id": "track-review", "user_id": user,
            "fields": { "track_url": "https://music.example/one", "genre": "techno", "notes": "loud" } });
        match self.rng.random_range(0..6) {
            0 => (format!("/api/financial/credits/{user}/spend"), change),
            1 => (format!("/api/financial/credits/{user}/add"), change),
            2 => (format!("/api/financial/credits/{user}/remove"), change),
            3 => ((*CHECKOUTS.choose(&mut self.rng).unwrap()).to_owned(), checkout),
            4 => ("/api/orders".to_owned(), order),
            _ => (format!("/api/events/{}/replay", self.wild_id()), json!({})),
        }
    }

    fn wild_id(&mut self) -> String {
        let ids = [
            "evt_none",
            "%00",
            "evt%00x",
            "%ff%fe",
            "..%2f..",
            "%F0%9F%98%80",
            "a%0d%0ab",
            "1%27%20or%201",
        ];
        (*ids.choose(&mut self.rng).unwrap()).to_owned()
    }

    fn known_token(&mut self) -> Vec<u8> {
        let token = if self.rng.random_bool(0.7) {
            ADMIN
        } else {
            self.tokens.choose(&mut self.rng).unwrap()
        };
        format!("Bearer {token}").into_bytes()
    }

    fn unknown_token(&mut self) -> Option<Vec<u8>> {
        let user = self.tokens.choose(&mut self.rng).unwrap();
        let mut parts = user.split('.');
        let (head, claims, mac) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        match self.rng.random_range(0..8) {
            0 => None,
            1 => Some(b"Bearer ".to_vec()),
            2 => Some(format!("Basic {ADMIN}").into_bytes()),
            3 => Some(format!("Bearer {}", &ADMIN[..ADMIN.len() - 1]).into_bytes()),
            4 => Some(format!("Bearer {head}.{claims}.{}", &mac[..mac.len() / 2]).into_bytes()),
            5 => Some(format!("Bearer eyJhbGciOiJub25lIn0.{claims}.").into_bytes()),
            6 => Some(format!("Bearer pdk_{}", "x".repeat(self.rng.random_range(0..300))).into_bytes()),
            _ => Some([b"Bearer ".to_vec(), self.header_noise(40)].concat()),
        }
    }

    fn key(&mut self) -> Vec<(&'static str, Vec<u8>)> {
        let name = "idempotency-key";
        match self.rng.random_range(0..8) {
            0 => vec![],
            1 => vec![(name, b"".to_vec())],
            2 => vec![(name, vec![b'k'; 256])],
            3 => vec![(name, b"a b".to_vec())],
            4 => vec![(name, b"one".to_vec()), (name, b"two".to_vec())],
            5 => vec![(name, self.header_noise(20))],
            _ => vec![(name, format!("key-{}", self.number).into_bytes())],
        }
    }

    fn forged_signature(&mut self, body: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
        let name = "stripe-signature";
        let now_s = self.clock.now_seconds();
        let good = sign(body, &self.secret, now_s);
        match self.rng.random_range(0..7) {
            0 => vec![],
            1 => vec![(name, sign(body, &self.other_secret, now_s).into_bytes())],
            2 => vec![(name, sign(body, &self.secret, now_s - 400).into_bytes())],
            3 => vec![(name, sign(&[body, b" "].concat(), &self.secret, now_s).into_bytes())],
            4 => vec![(name, good.replace("v1=", "v0=").into_bytes())],
            5 => vec![(name, good.clone().into_bytes()), (name, good.into_bytes())],
            _ => vec![(name, self.header_noise(300))],
        }
    }

    /// Bytes that a header may carry, most of them no text.
    fn header_noise(&mut self, length_max: usize) -> Vec<u8> {
        let mut bytes = vec![0; self.rng.random_range(1..length_max)];
        self.rng.fill_bytes(&mut bytes);
        for byte in &mut bytes {
            if *byte < 0x21 || *byte == 0x7f {
                *byte = b'x';
            }
        }
        bytes
    }
}
