//! Somebody who owns the database makes another history of it, whole in itself: no bit of it contradicts another, and
//! only what was signed and kept elsewhere tells.

use ledger::{AccountKey, Owner, Role, TransferCode};
use paydesk::audit::audit;
use paydesk::books::{self, Anchor, AnchorKey, Cause, Movement};
use paydesk::schema::MIGRATIONS;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use store::Store;
use store::testing::TestDatabase;

use crate::{seed, size};

const STEPS: usize = 60;
const START_US: i64 = 1_790_000_000_000_000;

/// What is done to a history.
#[derive(Clone, Copy, Debug)]
enum Forgery {
    /// The tail is cut off, from a step on.
    Cut(usize),
    /// A step never was.
    Remove(usize),
    /// A step was of another amount.
    Change(usize),
    /// A step was another's.
    Redirect(usize),
    /// A step had another reason.
    Reword(usize),
    /// A step stands before the one it followed.
    Swap(usize),
    /// A step came in between.
    Insert(usize),
    /// A step was later.
    Delay(usize),
}

/// A step: what was posted, and when.
type Step = (i64, Movement);

#[tokio::test]
async fn a_history_made_anew_is_found_by_what_was_anchored() {
    let mut rng = StdRng::seed_from_u64(seed());
    let key = AnchorKey::generate().unwrap();
    for round in 0..size("PAYDESK_FORGERIES", 16) {
        let history = history(&mut rng);
        let (honest, anchored) = (TestDatabase::sqlite(), rng.random_range(2..=STEPS));
        let store = honest.store();
        write(store, &history[..anchored]).await;
        let now_us = START_US + 1_000_000;
        let signer = AnchorKey::of_text(&key.text().unwrap()).unwrap();
        let anchor = store
            .read(move |tx| Anchor::of_head(tx, &signer, now_us))
            .await
            .unwrap();
        let anchor = anchor.unwrap();
        anchor.check(&key.public()).unwrap();
        assert_eq!(anchor.transfers, i64::try_from(anchored).unwrap());

        // The honest history goes on, and goes through the anchor.
        let later = TestDatabase::sqlite();
        write(later.store(), &history).await;
        assert_eq!(
            found(later.store(), std::slice::from_ref(&anchor)).await,
            Vec::<String>::new()
        );

        let forgery = forgery(&mut rng, round, anchored);
        let forged = TestDatabase::sqlite();
        write(forged.store(), &forge(&history, forgery)).await;
        assert_eq!(
            found(forged.store(), &[]).await,
            Vec::<String>::new(),
            "{forgery:?} is whole in itself"
        );
        let told = found(forged.store(), &[anchor]).await;
        assert!(
            told.iter().any(|finding| finding.starts_with("anchor of")),
            "seed {}, round {round}: {forgery:?} before {anchored} was not found",
            seed()
        );
    }
}

async fn found(store: &Store, anchors: &[Anchor]) -> Vec<String> {
    let anchors = anchors.to_vec();
    let audit = store.read(move |tx| audit(tx, &anchors, |_, _| {})).await;
    audit.unwrap().findings
}

/// Additions and spends that are always covered, each with a reason.
fn history(rng: &mut StdRng) -> Vec<Step> {
    let house = |role| AccountKey::credits(role);
    let step = |number: usize, rng: &mut StdRng| {
        let (own, amount) = (wallet(rng.random_range(0..4)), rng.random_range(2..50));
        let movement = if number < 4 {
            let cause = Cause::key(format!("add:{number}"));
            Movement::new(cause, house(Role::Issued), wallet(number), 100_000, TransferCode::Add)
        } else if rng.random_bool(0.5) {
            let cause = Cause::key(format!("add:{number}"));
            Movement::new(cause, house(Role::Issued), own, amount, TransferCode::Add)
        } else {
            let cause = Cause::key(format!("spend:{number}"));
            Movement::new(cause, own, house(Role::Spent), amount, TransferCode::Spend)
        };
        let memo = Some(format!("reason {number}"));
        (at_us(number), Movement { memo, ..movement })
    };
    (0..STEPS).map(|number| step(number, rng)).collect()
}

fn wallet(user: usize) -> AccountKey {
    AccountKey::credits(Role::Wallet(Owner::user(format!("u{user}"))))
}

fn at_us(number: usize) -> i64 {
    START_US + i64::try_from(number).unwrap() * 1_000
}

/// Every kind in turn, of a step that was anchored.
fn forgery(rng: &mut StdRng, round: usize, anchored: usize) -> Forgery {
    // The first additions cover all spends.
    let step = if anchored > 5 {
        rng.random_range(4..anchored - 1)
    } else {
        0
    };
    match round % 8 {
        0 => Forgery::Cut(step),
        1 if step > 0 => Forgery::Remove(step),
        2 => Forgery::Change(step),
        3 if step > 0 => Forgery::Redirect(step),
        4 => Forgery::Reword(step),
        5 => Forgery::Swap(step),
        6 => Forgery::Insert(step),
        _ => Forgery::Delay(step),
    }
}

fn forge(history: &[Step], forgery: Forgery) -> Vec<Step> {
    let mut forged = history.to_vec();
    match forgery {
        Forgery::Cut(step) => forged.truncate(step),
        Forgery::Remove(step) => drop(forged.remove(step)),
        Forgery::Change(step) => forged[step].1.amount += 1,
        Forgery::Redirect(step) => {
            let movement = &mut forged[step].1;
            let other = |key: &AccountKey| (0..4).map(wallet).find(|other| other != key);
            match movement.code {
                TransferCode::Spend => movement.debit = other(&movement.debit).unwrap(),
                _ => movement.credit = other(&movement.credit).unwrap(),
            }
        }
        Forgery::Reword(step) => forged[step].1.memo = Some("another reason".to_owned()),
        Forgery::Swap(step) => {
            forged.swap(step, step + 1);
            // The times stay where they are, so that they still grow.
            let (first, second) = (forged[step].0, forged[step + 1].0);
            (forged[step].0, forged[step + 1].0) = (second, first);
        }
        Forgery::Insert(step) => {
            let cause = Cause::key("add:between".to_owned());
            let issued = AccountKey::credits(Role::Issued);
            let between = Movement::new(cause, issued, wallet(0), 5, TransferCode::Add);
            forged.insert(step, (forged[step].0, between));
        }
        Forgery::Delay(step) => forged[step].0 += 1,
    }
    forged
}

/// Posts a history, and seals it step by step: the seals of two histories are the same up to where they part.
async fn write(store: &Store, history: &[Step]) {
    store.migrate(MIGRATIONS).await.unwrap();
    for (now_us, movement) in history.iter().cloned() {
        let batch = vec![vec![movement]];
        let outcomes = store.write(move |tx| books::post(tx, now_us, &batch)).await.unwrap();
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        books::seal(store, now_us).await.unwrap();
    }
}
