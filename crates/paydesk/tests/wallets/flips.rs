//! No bit of the books can turn without the audit telling.

use ledger::{AccountKey, Fill, NEVER_US, Owner, Role, Shortfall, Terms, TransferCode};
use paydesk::audit::audit;
use paydesk::books::{self, Cause, Movement};
use paydesk::clock::Clock;
use paydesk::credits::holds::{self, Wanted};
use paydesk::http::one_time::InFlight;
use paydesk::idempotency::{Action, Reply};
use paydesk::ids::UserId;
use paydesk::schema::MIGRATIONS;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use store::testing::TestDatabase;
use store::{BatchLimits, Error, Result, Row, Store, Tx, Value};

use crate::{seed, size};

const START_US: i64 = 1_790_000_000_000_000;

/// The tables of the books, with what identifies a row first.
const TABLES: [(&str, &[&str], &[&str]); 6] = [
    (
        "account",
        &["account_id"],
        &[
            "account_id",
            "account_key",
            "debits_posted",
            "credits_posted",
            "lots_made",
            "lots_open",
            "front_lot",
            "front_amount",
            "front_priority",
            "front_expires_at_us",
            "none_expires_before_us",
            "frozen",
            "indebted",
            "key_of",
        ],
    ),
    (
        "open_lot",
        &["account_id", "lot"],
        &["account_id", "priority", "expires_at_us", "lot", "amount"],
    ),
    (
        "transfer",
        &["position"],
        &[
            "position",
            "transfer_id",
            "business_key",
            "debit_account_id",
            "credit_account_id",
            "amount",
            "code",
            "memo",
            "event_id",
            "posted_at_us",
            "request_fingerprint",
            "debit_balance",
            "credit_balance",
            "drawn",
            "filled",
        ],
    ),
    (
        "seal",
        &["seal_id"],
        &["seal_id", "position", "account_id", "transfers", "hash", "sealed_at_us"],
    ),
    (
        "hold",
        &["hold_id"],
        &[
            "hold_id",
            "user_id",
            "key_id",
            "amount",
            "captured",
            "status",
            "drawn",
            "reason",
            "expires_at_us",
            "created_at_us",
            "ended_at_us",
        ],
    ),
    ("payment", &["payment_intent_id"], &["user_id", "frozen"]),
];

/// What only one place says, so that nothing can be held against it: when a hold would have expired.
const TOLD_ONCE: [&str; 1] = ["hold.expires_at_us"];

/// One bit of one value.
#[derive(Clone)]
struct Flip {
    column: String,
    update: &'static str,
    keys: Vec<Value>,
    value: Value,
}

/// Rolls a flip back, with whether it was found.
enum Seen {
    Found(bool),
    Refused,
    Failed(Error),
}

impl From<Error> for Seen {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

#[tokio::test]
async fn every_bit_that_turns_is_found() {
    let database = TestDatabase::sqlite();
    let store = database.store();
    fill(store).await;
    let mut flips = store.read(flips).await.unwrap();
    let (all, seed) = (flips.len(), seed());
    flips.shuffle(&mut StdRng::seed_from_u64(seed));
    flips.truncate(size("PAYDESK_FLIPS", 2_500));
    println!("{} of {all} bits, seed {seed}", flips.len());
    let mut lost = Vec::new();
    for flip in flips {
        let column = flip.column.clone();
        let told = format!("{} of {:?} as {:?}", flip.column, flip.keys, flip.value);
        match store.write(move |tx| turn(tx, &flip)).await {
            Err(Seen::Found(true) | Seen::Refused) => {}
            Err(Seen::Found(false)) if TOLD_ONCE.contains(&column.as_str()) => {}
            Err(Seen::Found(false)) => lost.push(told),
            Err(Seen::Failed(error)) => panic!("{told}: {error}"),
            Ok(()) => panic!("a flip is never kept"),
        }
    }
    assert!(lost.is_empty(), "seed {seed}, {} not found: {lost:#?}", lost.len());
    let audit = store.read(|tx| audit(tx, &[], |_, _| {})).await.unwrap();
    assert_eq!(audit.findings, Vec::<String>::new());
}

/// Turns one bit, looks, and undoes it.
fn turn(tx: &mut Tx<'_>, flip: &Flip) -> std::result::Result<(), Seen> {
    let mut params = vec![flip.value.clone()];
    params.extend(flip.keys.iter().cloned());
    match tx.run(flip.update, &params) {
        // The schema does not let it be.
        Err(Error::Conflict { .. }) => return Err(Seen::Refused),
        done => assert_eq!(done?, 1, "{}", flip.update),
    }
    match audit(tx, &[], |_, _| {}) {
        Ok(audit) => Err(Seen::Found(audit.wrong > 0)),
        Err(Error::Corrupt(_)) => Err(Seen::Found(true)),
        Err(error) => Err(Seen::Failed(error)),
    }
}

fn flips(tx: &mut Tx<'_>) -> Result<Vec<Flip>> {
    let mut flips = Vec::new();
    for (table, keys, columns) in TABLES {
        let names = format!("{}, {}", keys.join(", "), columns.join(", "));
        let query: &'static str = format!("select {names} from {table}").leak();
        let kinds: Vec<String> = columns.iter().map(|column| format!("typeof({column})")).collect();
        let kinds: &'static str = format!("select {} from {table}", kinds.join(", ")).leak();
        let (rows, kinds) = (tx.all(query, &[])?, tx.all(kinds, &[])?);
        let found: Vec<String> = keys.iter().zip(2..).map(|(key, at)| format!("{key} = ${at}")).collect();
        for (at, column) in columns.iter().enumerate() {
            let update = |value: &str| -> &'static str {
                format!("update {table} set {column} = {value} where {}", found.join(" and ")).leak()
            };
            let (plain, text) = (update("$1"), update("cast($1 as text)"));
            for (row, kinds) in rows.iter().zip(&kinds) {
                let kind = kinds.text_ref(at)?;
                let update = if kind == "text" { text } else { plain };
                let key = |at| row.int(at).map(Value::from).or_else(|_| row.text(at).map(Value::from));
                let keys: Vec<Value> = (0..keys.len()).map(key).collect::<Result<_>>()?;
                for value in turned(row, keys.len() + at, kind)? {
                    let column = format!("{table}.{column}");
                    flips.push(Flip {
                        column,
                        update,
                        keys: keys.clone(),
                        value,
                    });
                }
            }
        }
    }
    Ok(flips)
}

/// A value with each of its bits turned.
fn turned(row: &Row, at: usize, kind: &str) -> Result<Vec<Value>> {
    let bytes = match kind {
        "integer" => {
            let value = row.int(at)?;
            return Ok((0..64).map(|bit| Value::from(value ^ (1 << bit))).collect());
        }
        "text" => row.text(at)?.into_bytes(),
        "blob" => row.blob(at)?,
        _ => Vec::new(),
    };
    let turn = |bit: usize| {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        Value::from(bytes)
    };
    Ok((0..bytes.len() * 8).map(turn).collect())
}

/// Books in which everything happened once: lots with and without an end, spends over several of them, moves, debts that
/// were paid down and one that was not, an end of a lot; all of it sealed.
async fn fill(store: &Store) {
    store.migrate(MIGRATIONS).await.unwrap();
    let wallet = |user: &str, key: Option<&str>| {
        AccountKey::credits(Role::Wallet(Owner {
            user: user.to_owned(),
            key: key.map(str::to_owned),
        }))
    };
    let [ada, bob, dora] = ["ada", "bob", "dora"].map(|user| wallet(user, None));
    let add = |name: &str, to: &AccountKey, amount, terms| {
        let cause = Cause::Request {
            id: books::transfer_id(name).0,
            fingerprint: [0x5a; 16],
        };
        Movement {
            memo: Some("a gift".to_owned()),
            fill: Fill::New(terms),
            ..Movement::new(
                cause,
                AccountKey::credits(Role::Issued),
                to.clone(),
                amount,
                TransferCode::Add,
            )
        }
    };
    let out = |name: &str, from: &AccountKey, to: AccountKey, amount, code| {
        Movement::new(Cause::key(name.to_owned()), from.clone(), to, amount, code)
    };
    let house = |role| AccountKey::credits(role);
    let terms = |priority, expires_at_us| Terms {
        priority,
        expires_at_us,
    };
    let claw_back = |name: &str, from: &AccountKey, amount| Movement {
        shortfall: Shortfall::Owe,
        event_id: 9,
        ..out(name, from, house(Role::ClawedBack), amount, TransferCode::ClawBack)
    };
    let steps = vec![
        add("1", &ada, 40, terms(0, NEVER_US)),
        add("2", &ada, 30, terms(-1, START_US + 50)),
        add("3", &ada, 20, terms(1, START_US + 900_000_000)),
        add("4", &ada, 10, terms(2, NEVER_US)),
        out("spend:1", &ada, house(Role::Spent), 35, TransferCode::Spend),
        add("5", &ada, 7, terms(-1, START_US + 5)),
        Movement {
            fill: Fill::Carry,
            ..out("move:1", &ada, wallet("ada", Some("k")), 12, TransferCode::Move)
        },
        add("6", &bob, 5, terms(0, NEVER_US)),
        claw_back("claw:1", &bob, 9),
        add("7", &bob, 2, terms(0, NEVER_US)),
        claw_back("claw:2", &wallet("cleo", None), 3),
        // Of nine that were taken five came out of a lot, two were paid down, and two are owed still.
        add("dora:1", &dora, 5, terms(0, NEVER_US)),
        claw_back("claw:dora:1", &dora, 9),
        add("dora:2", &dora, 2, terms(0, NEVER_US)),
        out(
            "claw:dora:2",
            &house(Role::ClawedBack),
            dora.clone(),
            9,
            TransferCode::Reinstate,
        ),
        add("8", &ada, 3, terms(-2, START_US + 7)),
        out("spend:2", &ada, house(Role::Spent), 4, TransferCode::Spend),
    ];
    for (step, now_us) in steps.into_iter().zip(START_US..) {
        let batch = vec![vec![step]];
        let outcomes = store.write(move |tx| books::post(tx, now_us, &batch)).await.unwrap();
        assert!(outcomes.iter().all(std::result::Result::is_ok), "{outcomes:?}");
        books::seal(store, now_us).await.unwrap();
    }
    let add = vec![vec![add("9", &bob, 1, terms(0, NEVER_US))]];
    store
        .write(move |tx| books::post(tx, START_US + 60, &add))
        .await
        .unwrap()
        .remove(0)
        .unwrap();
    hold(store).await;
    freeze(store).await;
    books::seal(store, START_US + 60).await.unwrap();
}

/// Holds of every end, and one that has none yet.
async fn hold(store: &Store) {
    let clock = Clock::manual(START_US + 70);
    let (holds, in_flight) = (
        holds::holds(store, clock.clone(), BatchLimits::default()),
        InFlight::default(),
    );
    let placed = |amount, for_us| Wanted::Place {
        key_id: None,
        amount,
        reason: "a render".to_owned(),
        for_us,
    };
    let steps = [
        ("hold_1", placed(5, 1_000)),
        ("hold_2", placed(4, 1_000)),
        ("hold_3", placed(3, 1_000)),
        ("hold_4", placed(2, 10)),
        ("hold_2", Wanted::Capture(Some(3))),
        ("hold_3", Wanted::Release),
    ];
    for (step, (hold_id, wanted)) in steps.into_iter().enumerate() {
        let one_time = in_flight.enter("flips".to_owned(), step.to_string(), [1; 16]).unwrap();
        let command = holds::Command {
            action: Action::of(&one_time),
            user_id: UserId::parse("ada").unwrap(),
            hold_id: hold_id.to_owned(),
            wanted,
        };
        let Ok(Reply::Fresh(answer)) = holds.submit(command).await else {
            panic!("{hold_id} is asked once");
        };
        assert!(answer.status < 300, "{hold_id}");
    }
    let expired = store.write(|tx| holds::expire_due(tx, START_US + 90, 10)).await;
    assert_eq!(expired, Ok(1));
}

/// A wallet that a payment freezes.
async fn freeze(store: &Store) {
    let frozen = store.write(|tx| {
        tx.run(
            "insert into payment (purchase_id, payment_intent_id, user_id, currency, amount_minor, status, updated_at_us,
                                  freezes, frozen)
             values ('pur_1', 'pi_1', 'ada', 'usd', 500, 'succeeded', $1, 1, 1)",
            &[START_US.into()],
        )?;
        books::freeze(tx, &AccountKey::credits(Role::Wallet(Owner::user("ada"))), true)
    });
    frozen.await.unwrap();
}
