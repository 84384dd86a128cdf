//! Clients that change wallets at once, through the same batch path as the API, and through the books where events would.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ledger::{AccountKey, NEVER_US, Owner, Refusal, Role, Shortfall, Terms, TransferCode, TransferId};
use paydesk::books::{self, Cause, Movement, Movements, Outcome};
use paydesk::clock::Clock;
use paydesk::credits::holds::{self, Holds, Wanted};
use paydesk::credits::{self, Change, Changes, Command};
use paydesk::http::one_time::InFlight;
use paydesk::idempotency::{Action, Reply};
use paydesk::ids::{KeyId, UserId};
use paydesk::schema::MIGRATIONS;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use store::{Batch, BatchLimits, Store};

use crate::meant::Asked;

const CLIENTS: usize = 64;
/// Half of them are users' own, half are set apart for an API key.
const WALLETS: usize = 1_000;
/// The first users are asked more than the others, so that clients meet.
const BUSY: usize = 8;
const START_US: i64 = 1_790_000_000_000_000;

/// What was asked, and what was said to it.
pub(crate) struct Told {
    pub(crate) asked: Asked,
    /// Whether it was done.
    pub(crate) done: bool,
    /// What the wallet was said to hold afterwards.
    pub(crate) balance: Option<i64>,
}

#[derive(Clone)]
struct Client {
    store: Store,
    changes: Changes,
    holds: Holds,
    /// What was set aside, whoever did, with how much.
    placed: Arc<Mutex<Vec<(String, UserId, i64)>>>,
    posts: Batch<Movements, std::result::Result<Outcome, Refusal>>,
    clock: Clock,
    in_flight: InFlight,
    number: usize,
}

/// Runs so many operations from all clients at once. Gives everything that was asked, by the id of its transfer.
pub(crate) async fn run(store: &Store, operations: usize, seed: u64) -> HashMap<TransferId, Told> {
    store.migrate(MIGRATIONS).await.unwrap();
    let clock = Clock::manual(START_US);
    let posting = clock.clone();
    let client = Client {
        posts: store.batch(
            "wallets post",
            BatchLimits::default(),
            move |tx, batch: &[Movements]| books::post(tx, posting.now_us(), batch),
        ),
        store: store.clone(),
        changes: credits::changes(store, clock.clone(), BatchLimits::default()),
        holds: holds::holds(store, clock.clone(), BatchLimits::default()),
        placed: Arc::default(),
        clock,
        in_flight: InFlight::default(),
        number: 0,
    };
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = Client {
                number,
                ..client.clone()
            };
            tokio::spawn(client.work(operations / CLIENTS, seed))
        })
        .collect();
    let mut told = HashMap::with_capacity(operations);
    for client in clients {
        told.extend(client.await.unwrap());
    }
    told
}

/// A grant of one client's, and how much is taken back of what it paid for.
struct Granted {
    user: usize,
    name: String,
    taken: i64,
}

impl Client {
    async fn work(self, operations: usize, seed: u64) -> Vec<(TransferId, Told)> {
        let mut rng = StdRng::seed_from_u64(seed ^ ((self.number as u64) << 32));
        let mut told = Vec::with_capacity(operations);
        let mut grants: Vec<Granted> = Vec::new();
        for step in 0..operations {
            self.clock
                .advance(std::time::Duration::from_micros(rng.random_range(0..2_000)));
            let name = format!("{}-{step}", self.number);
            let users = if rng.random_bool(0.2) { BUSY } else { WALLETS / 2 };
            let user = rng.random_range(0..users);
            match rng.random_range(0..100) {
                0..10 => {
                    told.push(self.grant(&mut rng, user, &name).await);
                    grants.push(Granted { user, name, taken: 0 });
                }
                10..20 if !grants.is_empty() => {
                    let at = rng.random_range(0..grants.len());
                    told.push(self.reverse(&mut rng, &name, &mut grants[at]).await);
                }
                20..22 => {
                    let now_us = self.clock.now_us();
                    // The jobs come again.
                    let due = self.store.write(move |tx| books::expire_due(tx, now_us, 50));
                    let done = due.await;
                    assert!(done.as_ref().err().is_none_or(store::Error::is_retryable), "{done:?}");
                    let due = self.store.write(move |tx| holds::expire_due(tx, now_us, 50));
                    let done = due.await;
                    assert!(done.as_ref().err().is_none_or(store::Error::is_retryable), "{done:?}");
                }
                22..28 => told.push(self.place(&mut rng, user, &name).await),
                28..33 => told.extend(self.end(&mut rng, &name).await),
                _ => told.push(self.change(&mut rng, user, &name).await),
            }
        }
        told
    }

    /// A change as the API makes it, now and then repeated.
    async fn change(&self, rng: &mut StdRng, user: usize, name: &str) -> (TransferId, Told) {
        let of_key = rng.random_bool(0.4);
        let (own, other) = (wallet(user, of_key), wallet(user, !of_key));
        let amount = rng.random_range(1..120);
        let (change, asked) = match rng.random_range(0..100) {
            0..35 => {
                let ends = rng.random_bool(0.6);
                let end_us = self.clock.now_us() + rng.random_range(1..3_000_000);
                let terms = Terms {
                    priority: rng.random_range(-1..=1),
                    expires_at_us: if ends { end_us } else { NEVER_US },
                };
                let (priority, end_us) = (terms.priority, terms.expires_at_us);
                (
                    Change::Add(terms),
                    Asked::Add {
                        to: text(&own),
                        amount,
                        priority,
                        end_us,
                    },
                )
            }
            35..75 => (
                Change::Spend,
                Asked::Spend {
                    from: text(&own),
                    amount,
                },
            ),
            75..83 => (
                Change::Remove,
                Asked::Remove {
                    from: text(&own),
                    amount,
                },
            ),
            _ => {
                let to = (!of_key).then(|| KeyId::parse("k").unwrap());
                let (from, into) = (text(&own), text(&other));
                (Change::Move(to), Asked::Move { from, to: into, amount })
            }
        };
        let one_time = self
            .in_flight
            .enter("clients".to_owned(), name.to_owned(), [7; 16])
            .unwrap();
        let command = Command {
            action: Action::of(&one_time),
            change,
            user_id: UserId::parse(&format!("u{user}")).unwrap(),
            key_id: of_key.then(|| KeyId::parse("k").unwrap()),
            amount,
            reason: None,
            made_by: None,
        };
        let id = TransferId(command.action.id);
        let (status, body) = self.submit(&command).await;
        if rng.random_bool(0.05) {
            assert_eq!(
                self.submit(&command).await,
                (status, body.clone()),
                "a repeat is told the same"
            );
        }
        // A lot may have ended before its addition came to be looked at.
        let may_be_late = matches!(command.change, Change::Add(terms) if terms.expires_at_us < NEVER_US);
        assert!(
            matches!(status, 200 | 402) || (may_be_late && status == 422),
            "{status} {}",
            String::from_utf8_lossy(&body)
        );
        let said: Value = serde_json::from_slice(&body).unwrap();
        let balance = said["balance"].as_i64().filter(|_| status == 200);
        (
            id,
            Told {
                asked,
                done: status == 200,
                balance,
            },
        )
    }

    /// Sets credits aside.
    async fn place(&self, rng: &mut StdRng, user: usize, name: &str) -> (TransferId, Told) {
        let of_key = rng.random_bool(0.4);
        let (amount, for_us) = (rng.random_range(1..120), rng.random_range(1..3_000_000));
        let hold_id = format!("hold_{name}");
        let user_id = UserId::parse(&format!("u{user}")).unwrap();
        let wanted = Wanted::Place {
            key_id: of_key.then(|| KeyId::parse("k").unwrap()),
            amount,
            reason: "a render".to_owned(),
            for_us,
        };
        let status = self.hold(rng, name, &user_id, &hold_id, wanted).await;
        assert!(matches!(status, 201 | 402), "{status}");
        let told = Told {
            asked: Asked::Hold {
                from: text(&wallet(user, of_key)),
                amount,
                name: hold_id.clone(),
                for_us,
            },
            done: status == 201,
            balance: None,
        };
        let id = books::transfer_id(&format!("hold:{hold_id}"));
        if told.done {
            self.placed.lock().unwrap().push((hold_id, user_id, amount));
        }
        (id, told)
    }

    /// Captures or releases what somebody has set aside; others may come first. Gives what was done, if it was.
    async fn end(&self, rng: &mut StdRng, name: &str) -> Option<(TransferId, Told)> {
        let (hold_id, user_id, amount) = {
            let placed = self.placed.lock().unwrap();
            // One of the last ones, which is likely to be there still.
            let first = placed.len().saturating_sub(50);
            placed.get(rng.random_range(first..=placed.len()))?.clone()
        };
        let used = rng.random_bool(0.5).then(|| rng.random_range(1..=amount));
        let capture = rng.random_bool(0.6);
        let wanted = if capture {
            Wanted::Capture(used)
        } else {
            Wanted::Release
        };
        let status = self.hold(rng, name, &user_id, &hold_id, wanted).await;
        assert!(matches!(status, 200 | 409), "{status}");
        let (word, asked) = if capture {
            let name = hold_id.clone();
            ("capture", Asked::Capture { name, amount: used })
        } else {
            ("release", Asked::Release { name: hold_id.clone() })
        };
        let told = Told {
            asked,
            done: true,
            balance: None,
        };
        (status == 200).then(|| (books::transfer_id(&format!("{word}:{hold_id}")), told))
    }

    /// Asks for something about a hold, now and then twice. Gives the status of the answer.
    async fn hold(&self, rng: &mut StdRng, name: &str, user_id: &UserId, hold_id: &str, wanted: Wanted) -> u16 {
        let one_time = self
            .in_flight
            .enter("clients".to_owned(), name.to_owned(), [8; 16])
            .unwrap();
        let command = holds::Command {
            action: Action::of(&one_time),
            user_id: user_id.clone(),
            hold_id: hold_id.to_owned(),
            wanted,
        };
        let (status, body) = self.submit_hold(&command).await;
        if rng.random_bool(0.05) {
            let again = self.submit_hold(&command).await;
            assert_eq!(again, (status, body), "a repeat is told the same");
        }
        status
    }

    async fn submit_hold(&self, command: &holds::Command) -> (u16, Vec<u8>) {
        loop {
            match self.holds.submit(command.clone()).await {
                Ok(Reply::Fresh(answer) | Reply::Replayed(answer)) => return (answer.status, answer.body),
                Ok(Reply::KeyReused) => panic!("every key is used for one request"),
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
    }

    async fn submit(&self, command: &Command) -> (u16, Vec<u8>) {
        loop {
            match self.changes.submit(command.clone()).await {
                Ok(Reply::Fresh(answer) | Reply::Replayed(answer)) => return (answer.status, answer.body),
                Ok(Reply::KeyReused) => panic!("every key is used for one request"),
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
    }

    async fn grant(&self, rng: &mut StdRng, user: usize, name: &str) -> (TransferId, Told) {
        let amount = rng.random_range(1..200);
        let to = wallet(user, false);
        let asked = Asked::Grant {
            to: text(&to),
            amount,
            name: name.to_owned(),
        };
        let cause = Cause::key(format!("grant:{name}"));
        let issued = AccountKey::credits(Role::Issued);
        self.post(Movement::new(cause, issued, to, amount, TransferCode::Grant), asked)
            .await
    }

    /// A refund of what a grant was paid with, or the end of one.
    async fn reverse(&self, rng: &mut StdRng, name: &str, granted: &mut Granted) -> (TransferId, Told) {
        let amount = rng.random_range(1..200);
        let own = wallet(granted.user, false);
        let clawed_back = AccountKey::credits(Role::ClawedBack);
        let cause = Cause::key(format!("reverse:{}:{name}", granted.name));
        let grant = granted.name.clone();
        let (movement, asked) = if granted.taken == 0 || rng.random_bool(0.5) {
            granted.taken += amount;
            let asked = Asked::ClawBack {
                from: text(&own),
                amount,
                grant,
            };
            let movement = Movement {
                first_from: Some(format!("grant:{}", granted.name)),
                shortfall: Shortfall::Owe,
                ..Movement::new(cause, own, clawed_back, amount, TransferCode::ClawBack)
            };
            (movement, asked)
        } else {
            let amount = amount.min(granted.taken);
            granted.taken -= amount;
            let asked = Asked::Reinstate {
                to: text(&own),
                amount,
                grant,
            };
            let movement = Movement::new(cause, clawed_back, own, amount, TransferCode::Reinstate);
            (movement, asked)
        };
        self.post(movement, asked).await
    }

    async fn post(&self, movement: Movement, asked: Asked) -> (TransferId, Told) {
        let id = movement.cause.id();
        let told = Told {
            asked,
            done: true,
            balance: None,
        };
        loop {
            match self.posts.submit(vec![movement.clone()]).await {
                Ok(outcome) => {
                    assert!(outcome.unwrap().new);
                    return (id, told);
                }
                Err(error) => assert!(error.is_retryable(), "{error}"),
            }
        }
    }
}

fn wallet(user: usize, of_key: bool) -> AccountKey {
    AccountKey::credits(Role::Wallet(Owner {
        user: format!("u{user}"),
        key: of_key.then(|| "k".to_owned()),
    }))
}

fn text(key: &AccountKey) -> String {
    key.to_string()
}
