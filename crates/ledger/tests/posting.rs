//! What posting promises, as a table of refusals and as properties over generated batches.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a missing value is a failure like any other"
)]

use std::collections::{BTreeMap, HashMap};

use ledger::{
    Account, AccountKey, Accounts, BESIDE_MAX, Entry, Fill, Known, Lot, NEVER_US, Order, Owner, Posted, Refusal, Role,
    Shortfall, Slot, Standing, Terms, TransferCode, TransferId, expire, post,
};
use proptest::prelude::*;

const NOW_US: i64 = 1_000;
/// Users' own wallets, and one that is set apart for a key of the first user.
const WALLETS: [&str; 4] = ["a", "b", "c", "a/key"];

/// Books in memory: the accounts of every test, and what was posted on them.
struct Books {
    accounts: Accounts,
    known: HashMap<TransferId, Known>,
    entries: Vec<Entry>,
}

impl Books {
    fn new() -> Self {
        let mut accounts = Accounts::default();
        let usd = "usd".parse().unwrap();
        let house = [Role::Issued, Role::Spent, Role::Expired, Role::ClawedBack].map(AccountKey::credits);
        for key in house.into_iter().chain([AccountKey::money(usd, Role::StripeClearing)]) {
            accounts.put(Standing::new(key, Account::default()));
        }
        for name in WALLETS {
            let key = debt(name);
            let known = accounts.slot(&key);
            let debt = known.unwrap_or_else(|| accounts.put(Standing::new(key, Account::default())));
            let mut wallet = Standing::new(wallet(name), Account::default());
            wallet.debt = Some(debt);
            accounts.put(wallet);
        }
        let [own, of_key] = ["a", "a/key"].map(|name| accounts.slot(&wallet(name)).unwrap());
        accounts.at_mut(own).beside = vec![of_key];
        accounts.at_mut(of_key).beside = vec![own];
        Self {
            accounts,
            known: HashMap::new(),
            entries: Vec::new(),
        }
    }

    fn slot(&self, key: &AccountKey) -> Slot {
        self.accounts.slot(key).unwrap()
    }

    fn house(&self, role: Role) -> Slot {
        self.slot(&AccountKey::credits(role))
    }

    fn wallet(&self, name: &str) -> Slot {
        self.slot(&wallet(name))
    }

    fn balance(&self, slot: Slot) -> i64 {
        self.accounts.at(slot).totals.balance()
    }

    fn post(&mut self, orders: &[Order], at_us: i64) -> Result<bool, Refusal> {
        let posted = post(&mut self.accounts, |id| self.known.get(id).cloned(), orders, at_us)?;
        let Posted::Now(entries) = posted else {
            return Ok(false);
        };
        for entry in entries {
            let known = Known {
                debit: self.accounts.at(entry.debit).key.clone(),
                credit: self.accounts.at(entry.credit).key.clone(),
                amount: entry.amount,
                code: entry.code,
            };
            assert!(
                self.known.insert(entry.id, known).is_none(),
                "every entry has an id of its own"
            );
            self.entries.push(entry);
        }
        Ok(true)
    }

    /// Everything that must hold whatever was posted.
    fn check(&self) {
        let mut totals: HashMap<Slot, Account> = HashMap::new();
        let mut lots: BTreeMap<(Slot, i64), i64> = BTreeMap::new();
        for entry in &self.entries {
            totals.entry(entry.debit).or_default().debits_posted += entry.amount;
            totals.entry(entry.credit).or_default().credits_posted += entry.amount;
            for (slot, moved, sign) in [(entry.debit, &entry.drawn, -1), (entry.credit, &entry.filled, 1)] {
                for lot in moved {
                    *lots.entry((slot, lot.number)).or_default() += sign * lot.amount;
                }
                let is_wallet = matches!(self.accounts.at(slot).key.role, Role::Wallet(_));
                let sum: i64 = moved.iter().map(|lot| lot.amount).sum();
                assert_eq!(sum, if is_wallet { entry.amount } else { 0 });
            }
        }
        lots.retain(|_, left| *left != 0);
        let mut open = BTreeMap::new();
        let mut sum = 0;
        for (slot, standing) in self.accounts.iter() {
            assert_eq!(standing.totals, totals.get(&slot).copied().unwrap_or_default());
            let balance = standing.totals.balance();
            sum += balance;
            match standing.key.role {
                Role::Wallet(_) => {
                    assert!(balance >= 0);
                    let debt = self.balance(standing.debt.unwrap());
                    assert!(
                        balance == 0 || debt == 0 || has_ended(standing),
                        "{balance} beside a debt of {debt}"
                    );
                    assert_eq!(standing.lots.open.iter().map(|lot| lot.amount).sum::<i64>(), balance);
                    assert!(standing.lots.open.is_sorted_by_key(Lot::order));
                    open.extend(standing.lots.open.iter().map(|lot| ((slot, lot.number), lot.amount)));
                }
                Role::Debt(_) => assert!(balance <= 0),
                _ => {}
            }
        }
        assert_eq!(sum, 0);
        assert_eq!(open, lots);
    }
}

fn has_ended(standing: &Standing) -> bool {
    standing.lots.open.iter().any(|lot| lot.terms.expires_at_us < NEVER_US)
}

fn owner(name: &str) -> Owner {
    let (user, key) = name
        .split_once('/')
        .map_or((name, None), |(user, key)| (user, Some(key)));
    Owner {
        user: user.to_owned(),
        key: key.map(str::to_owned),
    }
}

fn wallet(name: &str) -> AccountKey {
    AccountKey::credits(Role::Wallet(owner(name)))
}

fn debt(name: &str) -> AccountKey {
    AccountKey::credits(Role::Debt(Owner::user(owner(name).user)))
}

fn id(number: u8) -> TransferId {
    TransferId([number; 16])
}

#[test]
fn refusals_by_descending_precedence() {
    let mut books = Books::new();
    let (a, issued, spent) = (books.wallet("a"), books.house(Role::Issued), books.house(Role::Spent));
    let usd = "usd".parse().unwrap();
    let clearing = books.slot(&AccountKey::money(usd, Role::StripeClearing));
    let order = |number, debit, credit, amount| Order::new(id(number), debit, credit, amount, TransferCode::Spend);
    let grant = order(1, issued, a, 10);
    books.post(std::slice::from_ref(&grant), NOW_US).unwrap();
    let insufficient = |available, wanted| Err(Refusal::InsufficientBalance { available, wanted });
    let table = [
        ("the same again", vec![grant.clone()], Ok(false)),
        (
            "the same id, another amount",
            vec![order(1, issued, a, 11)],
            Err(Refusal::ExistsDifferently),
        ),
        (
            "a part of it known",
            vec![grant.clone(), order(2, issued, a, 1)],
            Err(Refusal::ExistsDifferently),
        ),
        (
            "an id twice",
            vec![order(2, issued, a, 1), order(2, issued, a, 1)],
            Err(Refusal::ExistsDifferently),
        ),
        ("no order", vec![], Err(Refusal::AmountNotPositive)),
        ("zero", vec![order(3, a, spent, 0)], Err(Refusal::AmountNotPositive)),
        (
            "negative",
            vec![order(3, a, spent, -1)],
            Err(Refusal::AmountNotPositive),
        ),
        ("to itself", vec![order(3, a, a, 1)], Err(Refusal::SameAccount)),
        (
            "across units",
            vec![order(3, a, clearing, 1)],
            Err(Refusal::UnitMismatch),
        ),
        ("more than there is", vec![order(3, a, spent, 11)], insufficient(10, 11)),
        (
            "the second fails, so the first does not stand",
            vec![order(3, a, spent, 10), order(4, a, spent, 1)],
            insufficient(0, 1),
        ),
        (
            "too large a total",
            vec![order(3, issued, a, i64::MAX)],
            Err(Refusal::Overflow),
        ),
    ];
    for (case, orders, expected) in table {
        assert_eq!(books.post(&orders, NOW_US), expected, "{case}");
        assert_eq!(books.balance(a), 10, "{case}: a refusal moves nothing");
        books.check();
    }
    books.accounts.at_mut(a).frozen = true;
    assert_eq!(books.post(&[order(3, a, spent, 1)], NOW_US), Err(Refusal::Frozen));
    books.accounts.at_mut(a).frozen = false;
    assert_eq!(books.post(&[order(3, a, spent, 10)], NOW_US), Ok(true));
}

#[test]
fn lots_are_used_by_priority_then_by_their_end_then_by_their_age() {
    let mut books = Books::new();
    let (a, issued, spent) = (books.wallet("a"), books.house(Role::Issued), books.house(Role::Spent));
    let lot = |number, amount, priority, expires_at_us| Lot {
        number,
        amount,
        terms: Terms {
            priority,
            expires_at_us,
        },
    };
    let made = [
        lot(1, 5, 0, NEVER_US),
        lot(2, 5, 0, 9_000),
        lot(3, 5, 0, 8_000),
        lot(4, 5, -1, NEVER_US),
        lot(5, 5, 0, NEVER_US),
    ];
    for one in made {
        let number = u8::try_from(one.number).unwrap();
        let mut grant = Order::new(id(number), issued, a, one.amount, TransferCode::Add);
        grant.fill = Fill::New(one.terms);
        books.post(&[grant], NOW_US).unwrap();
    }
    books
        .post(&[Order::new(id(100), a, spent, 22, TransferCode::Spend)], NOW_US)
        .unwrap();
    let drawn: Vec<(i64, i64)> = books
        .entries
        .last()
        .unwrap()
        .drawn
        .iter()
        .map(|lot| (lot.number, lot.amount))
        .collect();
    assert_eq!(drawn, [(4, 5), (3, 5), (2, 5), (1, 5), (5, 2)]);
    books.check();
}

#[test]
fn what_has_ended_cannot_be_used_and_leaves_as_a_transfer() {
    let mut books = Books::new();
    let (a, issued, spent) = (books.wallet("a"), books.house(Role::Issued), books.house(Role::Spent));
    let mut grant = Order::new(id(1), issued, a, 5, TransferCode::Add);
    grant.fill = Fill::New(Terms {
        priority: 0,
        expires_at_us: 2_000,
    });
    books.post(&[grant], NOW_US).unwrap();
    let spend = Order::new(id(2), a, spent, 1, TransferCode::Spend);
    let refused = Err(Refusal::InsufficientBalance {
        available: 0,
        wanted: 1,
    });
    assert_eq!(books.post(std::slice::from_ref(&spend), 2_000), refused);
    let mut end = Order::new(id(3), a, books.house(Role::Expired), 5, TransferCode::Expire);
    end.draws_first = vec![(end.debit, 1)];
    let entry = expire(&mut books.accounts, &end).unwrap();
    books.entries.push(entry);
    assert_eq!(books.balance(a), 0);
    books.check();
}

#[test]
fn what_a_wallet_lacks_is_taken_from_those_beside_it_before_anything_is_owed() {
    let mut books = Books::new();
    let (own, of_key) = (books.wallet("a"), books.wallet("a/key"));
    let (issued, clawed_back) = (books.house(Role::Issued), books.house(Role::ClawedBack));
    let give = |number, to, amount| Order::new(id(number), issued, to, amount, TransferCode::Add);
    let take = |number, amount| Order {
        draws_first: vec![(own, 1)],
        shortfall: Shortfall::Owe,
        ..Order::new(id(number), own, clawed_back, amount, TransferCode::ClawBack)
    };
    books.post(&[give(1, own, 5), give(2, of_key, 7)], NOW_US).unwrap();
    books.post(&[take(3, 9)], NOW_US).unwrap();
    assert_eq!((books.balance(own), books.balance(of_key)), (0, 3));
    books.post(&[take(4, 10)], NOW_US).unwrap();
    let owed = books.slot(&debt("a"));
    assert_eq!((books.balance(of_key), books.balance(owed)), (0, -7));
    assert_eq!(books.post(&[take(4, 10)], NOW_US), Ok(false), "it stands there already");
    books.post(&[give(5, of_key, 9)], NOW_US).unwrap();
    assert_eq!((books.balance(of_key), books.balance(owed)), (2, 0));
    let mut ids: Vec<TransferId> = books.entries.iter().map(|entry| entry.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), books.entries.len(), "every entry has an id of its own");
    books.check();
}

#[test]
fn what_is_to_be_taken_first_is_taken_from_whichever_wallet_it_is_in() {
    let mut books = Books::new();
    let (own, of_key, issued) = (books.wallet("a"), books.wallet("a/key"), books.house(Role::Issued));
    let give = |number, to, amount| Order::new(id(number), issued, to, amount, TransferCode::Add);
    books
        .post(&[give(1, own, 5), give(2, of_key, 4), give(3, of_key, 3)], NOW_US)
        .unwrap();
    let taken = Order {
        draws_first: vec![(of_key, 2)],
        ..take(4, &books, "a", 4)
    };
    books.post(&[taken], NOW_US).unwrap();
    let open = |slot: Slot| {
        let lots = books.accounts.at(slot).lots.open.iter();
        lots.map(|lot| (lot.number, lot.amount)).collect::<Vec<_>>()
    };
    assert_eq!((open(own), open(of_key)), (vec![(1, 4)], vec![(1, 4)]));
    books.check();
}

#[test]
fn what_stands_beside_a_debt_is_not_used_but_pays_it_down() {
    let mut books = Books::new();
    let (own, of_key) = (books.wallet("a"), books.wallet("a/key"));
    let [issued, spent, clawed_back] = [Role::Issued, Role::Spent, Role::ClawedBack].map(|role| books.house(role));
    let order = |number, debit, credit, amount, code| Order::new(id(number), debit, credit, amount, code);
    books
        .post(&[order(1, issued, of_key, 10, TransferCode::Add)], NOW_US)
        .unwrap();
    // As where more wallets stand beside one than can be drawn from at once.
    books.accounts.at_mut(own).beside.clear();
    let taken = Order {
        shortfall: Shortfall::Owe,
        ..order(2, own, clawed_back, 4, TransferCode::ClawBack)
    };
    books.post(&[taken], NOW_US).unwrap();
    let refused = Err(Refusal::InsufficientBalance {
        available: 6,
        wanted: 7,
    });
    for code in [TransferCode::Spend, TransferCode::Hold] {
        assert_eq!(books.post(&[order(3, of_key, spent, 7, code)], NOW_US), refused);
    }
    books
        .post(&[order(3, of_key, spent, 6, TransferCode::Spend)], NOW_US)
        .unwrap();
    books
        .post(&[order(4, of_key, own, 4, TransferCode::Move)], NOW_US)
        .unwrap();
    assert_eq!(books.balance(books.slot(&debt("a"))), 0);
    books.check();
}

/// The order that takes an amount from a user and owes the rest.
fn take(number: u8, books: &Books, name: &str, amount: i64) -> Order {
    let clawed_back = books.house(Role::ClawedBack);
    Order {
        shortfall: Shortfall::Owe,
        ..Order::new(
            id(number),
            books.wallet(name),
            clawed_back,
            amount,
            TransferCode::ClawBack,
        )
    }
}

/// The order that gives back an amount, into these lots.
fn give_back(number: u8, books: &Books, name: &str, amount: i64, undoes: Vec<(Slot, Lot)>) -> Order {
    let clawed_back = books.house(Role::ClawedBack);
    Order {
        undoes,
        ..Order::new(
            id(number),
            clawed_back,
            books.wallet(name),
            amount,
            TransferCode::Reinstate,
        )
    }
}

/// What these entries took out of lots, the last first.
fn taken_by(entries: &[Entry]) -> Vec<(Slot, Lot)> {
    let last = entries.iter().rev();
    last.flat_map(|entry| entry.drawn.iter().rev().map(|lot| (entry.debit, *lot)))
        .collect()
}

#[test]
fn what_is_given_back_ends_the_debt_and_goes_into_its_lots() {
    let mut books = Books::new();
    let (own, of_key, issued) = (books.wallet("a"), books.wallet("a/key"), books.house(Role::Issued));
    let ending = Terms {
        priority: 0,
        expires_at_us: NOW_US + 1,
    };
    let give = |number, wallet, amount, terms| Order {
        fill: Fill::New(terms),
        ..Order::new(id(number), issued, wallet, amount, TransferCode::Grant)
    };
    books.post(&[give(1, own, 5, ending)], NOW_US).unwrap();
    books.post(&[give(2, of_key, 7, Terms::default())], NOW_US).unwrap();
    books.post(&[take(3, &books, "a", 16)], NOW_US).unwrap();
    // One credit of the four that are owed is paid down meanwhile.
    books.post(&[give(4, own, 1, ending)], NOW_US).unwrap();
    let taken = taken_by(&books.entries[2..]);
    assert_eq!(taken.iter().map(|(_, lot)| lot.amount).collect::<Vec<_>>(), [1, 7, 5]);
    let back = give_back(5, &books, "a", 16, taken);
    books.post(std::slice::from_ref(&back), NOW_US).unwrap();
    assert_eq!(books.balance(books.slot(&debt("a"))), 0);
    let open = |slot: Slot| {
        let lots = books.accounts.at(slot).lots.open.iter();
        lots.map(|lot| (lot.amount, lot.terms)).collect::<Vec<_>>()
    };
    // Three were owed still; what paid the other one down is there again.
    assert_eq!(open(own), [(5, ending), (1, ending)]);
    assert_eq!(open(of_key), [(7, Terms::default())]);
    assert_eq!(books.post(&[back], NOW_US), Ok(false), "it stands there already");
    books.check();
}

#[test]
fn what_goes_back_to_more_wallets_than_can_be_reached_comes_to_the_own_one() {
    let mut books = Books::new();
    let own = books.wallet("a");
    let keyed: Vec<Slot> = (0..=BESIDE_MAX)
        .map(|number| {
            let key = wallet(&format!("a/k{number}"));
            books.accounts.put(Standing::new(key, Account::default()))
        })
        .collect();
    let lot = Lot {
        number: 1,
        amount: 2,
        terms: Terms::default(),
    };
    let undoes: Vec<(Slot, Lot)> = keyed.iter().map(|slot| (*slot, lot)).collect();
    let amount = 2 * i64::try_from(undoes.len()).unwrap();
    let back = give_back(1, &books, "a", amount, undoes);
    books.post(&[back], NOW_US).unwrap();
    let last = books.entries.last().unwrap();
    assert_eq!((last.credit, last.amount, books.balance(own)), (own, 2, 2));
    let reached = keyed.iter().filter(|slot| books.balance(**slot) == 2);
    assert_eq!((reached.count(), books.entries.len()), (BESIDE_MAX, BESIDE_MAX + 1));
}

/// One thing that may be asked of the books.
#[derive(Clone, Debug)]
struct Ask {
    id: u8,
    debit: usize,
    credit: usize,
    amount: i64,
    owe: bool,
    first: Option<i64>,
    priority: i64,
    carry: bool,
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let numbers = (any::<u8>(), 0..7_usize, 0..7_usize, -2..50_i64);
    let kinds = (
        prop::bool::weighted(0.3),
        prop::option::of(1..6_i64),
        -1..2_i64,
        any::<bool>(),
    );
    (numbers, kinds).prop_map(|((id, debit, credit, amount), (owe, first, priority, carry))| Ask {
        id,
        debit,
        credit,
        amount,
        owe,
        first,
        priority,
        carry,
    })
}

impl Ask {
    fn order(&self, books: &Books) -> Order {
        let account = |number: usize| match number {
            0 => books.house(Role::Issued),
            1 => books.house(Role::Spent),
            2 => books.house(Role::ClawedBack),
            other => books.wallet(WALLETS[other - 3]),
        };
        Order {
            draws_first: self
                .first
                .map(|number| (account(self.debit), number))
                .into_iter()
                .collect(),
            shortfall: if self.owe { Shortfall::Owe } else { Shortfall::Refuse },
            fill: if self.carry && self.debit >= 3 {
                Fill::Carry
            } else {
                Fill::New(Terms {
                    priority: self.priority,
                    expires_at_us: NEVER_US,
                })
            },
            ..Order::new(
                id(self.id),
                account(self.debit),
                account(self.credit),
                self.amount,
                TransferCode::Move,
            )
        }
    }
}

proptest! {
    #[test]
    fn books_always_sum_to_zero_and_lots_to_balances(
        postings in prop::collection::vec(prop::collection::vec(any_ask(), 0..3), 0..80)
    ) {
        let mut books = Books::new();
        for asks in &postings {
            let orders: Vec<Order> = asks.iter().map(|ask| ask.order(&books)).collect();
            let before = books.accounts.clone();
            if books.post(&orders, NOW_US).is_err() {
                for ((_, now), (_, was)) in books.accounts.iter().zip(before.iter()) {
                    prop_assert_eq!(now, was);
                }
            }
            books.check();
        }
    }

    #[test]
    fn what_is_taken_and_given_back_leaves_all_as_it_was(
        asks in prop::collection::vec(any_ask(), 0..40), amount in 1..200_i64
    ) {
        let mut books = Books::new();
        for ask in &asks {
            let _ = books.post(&[ask.order(&books)], NOW_US);
        }
        let standing = |books: &Books| {
            let all = books.accounts.iter();
            all.map(|(slot, standing)| (books.balance(slot), standing.lots.open.clone())).collect::<Vec<_>>()
        };
        let (before, entries) = (standing(&books), books.entries.len());
        // So that an id that was used before is free.
        books.known.clear();
        prop_assert_eq!(books.post(&[take(7, &books, "a", amount)], NOW_US), Ok(true));
        let owed = before[books.slot(&debt("a"))].0;
        let taken = taken_by(&books.entries[entries..]);
        prop_assert_eq!(books.post(&[give_back(8, &books, "a", amount, taken)], NOW_US), Ok(true));
        if owed == 0 {
            prop_assert_eq!(standing(&books), before);
        }
        books.check();
    }

    #[test]
    fn a_replay_of_everything_changes_nothing(asks in prop::collection::vec(any_ask(), 0..40)) {
        let mut books = Books::new();
        let orders: Vec<Order> = asks.iter().map(|ask| ask.order(&books)).collect();
        let accepted: Vec<&Order> =
            orders.iter().filter(|order| books.post(std::slice::from_ref(*order), NOW_US) == Ok(true)).collect();
        let count = books.entries.len();
        for order in accepted {
            prop_assert_eq!(books.post(std::slice::from_ref(order), NOW_US), Ok(false));
        }
        prop_assert_eq!(books.entries.len(), count);
    }
}
