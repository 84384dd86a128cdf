//! What posting promises, as a table of refusals and as properties over generated batches.

use std::collections::HashMap;

use ledger::{
    Account, AccountKey, Accounts, Posted, Posting, Refusal, Role, Transfer, TransferCode, TransferId, post, verify,
};
use proptest::prelude::*;

fn wallet(name: &str) -> AccountKey {
    AccountKey::credits(Role::Wallet(name.into()))
}

fn issued() -> AccountKey {
    AccountKey::credits(Role::Issued)
}

fn spent() -> AccountKey {
    AccountKey::credits(Role::Spent)
}

fn transfer(id: u8, debit: AccountKey, credit: AccountKey, amount: i64) -> Transfer {
    Transfer {
        id: TransferId([id; 16]),
        debit,
        credit,
        amount,
        code: TransferCode::Spend,
    }
}

/// Posts in order on empty books and gives each outcome.
fn run(postings: &[Posting]) -> (Vec<Result<Posted, Refusal>>, Accounts) {
    let mut accounts = Accounts::default();
    let mut books: HashMap<TransferId, Transfer> = HashMap::new();
    let outcomes = postings
        .iter()
        .map(|posting| {
            let outcome = post(&mut accounts, |id| books.get(id), posting);
            if outcome == Ok(Posted::Now) {
                books.extend(posting.0.iter().map(|transfer| (transfer.id, transfer.clone())));
            }
            outcome
        })
        .collect();
    (outcomes, accounts)
}

/// Adds a transfer to totals, as an auditor would.
fn recompute(totals: &mut HashMap<AccountKey, Account>, transfer: &Transfer) {
    totals.entry(transfer.debit.clone()).or_default().debits_posted += transfer.amount;
    totals.entry(transfer.credit.clone()).or_default().credits_posted += transfer.amount;
}

#[test]
fn refusals_by_descending_precedence() {
    let usd = "usd".parse().unwrap();
    let clearing = AccountKey::money(usd, Role::StripeClearing);
    let grant = transfer(1, issued(), wallet("a"), 10);
    let table = [
        ("the same again", vec![grant.clone()], Ok(Posted::Before)),
        (
            "the same id, another amount",
            vec![transfer(1, issued(), wallet("a"), 11)],
            Err(Refusal::ExistsDifferently),
        ),
        (
            "a part of it known, another part new",
            vec![grant.clone(), transfer(2, issued(), wallet("a"), 1)],
            Err(Refusal::ExistsDifferently),
        ),
        ("no transfer", vec![], Err(Refusal::AmountNotPositive)),
        (
            "zero",
            vec![transfer(3, wallet("a"), spent(), 0)],
            Err(Refusal::AmountNotPositive),
        ),
        (
            "negative",
            vec![transfer(3, wallet("a"), spent(), -1)],
            Err(Refusal::AmountNotPositive),
        ),
        (
            "to itself",
            vec![transfer(3, wallet("a"), wallet("a"), 1)],
            Err(Refusal::SameAccount),
        ),
        (
            "across units",
            vec![transfer(3, wallet("a"), clearing, 1)],
            Err(Refusal::UnitMismatch),
        ),
        (
            "more than there is",
            vec![transfer(3, wallet("a"), spent(), 11)],
            Err(Refusal::InsufficientBalance {
                available: 10,
                wanted: 11,
            }),
        ),
        (
            "the second member fails, so the first does not stand",
            vec![
                transfer(3, wallet("a"), spent(), 10),
                transfer(4, wallet("a"), spent(), 1),
            ],
            Err(Refusal::InsufficientBalance {
                available: 0,
                wanted: 1,
            }),
        ),
        (
            "too large a total",
            vec![transfer(3, issued(), wallet("a"), i64::MAX)],
            Err(Refusal::Overflow),
        ),
        (
            "all there is",
            vec![transfer(3, wallet("a"), spent(), 10)],
            Ok(Posted::Now),
        ),
    ];
    for (case, transfers, expected) in table {
        let (outcomes, accounts) = run(&[Posting(vec![grant.clone()]), Posting(transfers)]);
        assert_eq!(outcomes[1], expected, "{case}");
        if expected.is_err() {
            assert_eq!(
                accounts.get(&wallet("a")).balance(),
                10,
                "{case}: a refusal moves nothing"
            );
        }
    }
}

#[test]
fn a_refused_posting_leaves_no_account_marked_as_changed() {
    let (_, accounts) = run(&[Posting(vec![
        transfer(1, issued(), wallet("a"), 5),
        transfer(2, wallet("b"), spent(), 1),
    ])]);
    assert_eq!(accounts.changed().count(), 0);
}

fn any_posting() -> impl Strategy<Value = Posting> {
    let account = prop_oneof![
        Just(issued()),
        Just(spent()),
        Just(wallet("a")),
        Just(wallet("b")),
        Just(wallet("c")),
    ];
    let one = (any::<u8>(), account.clone(), account, -2..50_i64)
        .prop_map(|(id, debit, credit, amount)| transfer(id, debit, credit, amount));
    prop::collection::vec(one, 0..3).prop_map(Posting)
}

proptest! {
    #[test]
    fn books_always_sum_to_zero_and_no_wallet_is_negative(postings in prop::collection::vec(any_posting(), 0..80)) {
        let (outcomes, accounts) = run(&postings);
        let mut totals = HashMap::new();
        for (posting, outcome) in postings.iter().zip(&outcomes) {
            if *outcome == Ok(Posted::Now) {
                posting.0.iter().for_each(|transfer| recompute(&mut totals, transfer));
            }
        }
        let stored: HashMap<AccountKey, Account> = accounts.changed().map(|(key, account)| (key.clone(), account)).collect();
        prop_assert_eq!(verify(&stored, &totals), vec![]);
    }

    #[test]
    fn a_replay_of_everything_changes_nothing(postings in prop::collection::vec(any_posting(), 0..40)) {
        let (first, once) = run(&postings);
        let accepted: Vec<Posting> = postings
            .into_iter()
            .zip(first)
            .filter(|(_, outcome)| *outcome == Ok(Posted::Now))
            .map(|(posting, _)| posting)
            .collect();
        let twice: Vec<Posting> = accepted.iter().chain(&accepted).cloned().collect();
        let (outcomes, accounts) = run(&twice);
        prop_assert!(outcomes[accepted.len()..].iter().all(|outcome| *outcome == Ok(Posted::Before)));
        let now: Vec<_> = accounts.changed().map(|(key, account)| (key.clone(), account)).collect();
        let then: Vec<_> = once.changed().map(|(key, account)| (key.clone(), account)).collect();
        prop_assert_eq!(now, then);
    }

    #[test]
    fn the_auditor_finds_any_changed_total(
        postings in prop::collection::vec(any_posting(), 1..40), pick: prop::sample::Index, off in 1..100_i64, debit: bool,
    ) {
        let (outcomes, accounts) = run(&postings);
        let mut totals = HashMap::new();
        for (posting, outcome) in postings.iter().zip(&outcomes) {
            if *outcome == Ok(Posted::Now) {
                posting.0.iter().for_each(|transfer| recompute(&mut totals, transfer));
            }
        }
        let mut stored: HashMap<AccountKey, Account> = accounts.changed().map(|(key, account)| (key.clone(), account)).collect();
        prop_assume!(!stored.is_empty());
        let mut keys: Vec<_> = stored.keys().cloned().collect();
        keys.sort();
        let account = stored.get_mut(&keys[pick.index(keys.len())]).unwrap();
        if debit { account.debits_posted += off } else { account.credits_posted += off }
        prop_assert!(!verify(&stored, &totals).is_empty());
    }
}
