//! Posting: the one way a balance changes. A batch is decided member by member, in order, on a set of accounts that was
//! read before; the result equals running its members one after another.
//!
//! An order is what is asked for; entries are what it comes to. They are one and the same but in three cases: what a wallet
//! lacks may be taken from its owner's other wallets and then become a debt; what was taken so is given back to where it was
//! taken from; and whatever comes into an indebted owner's wallet pays the debt down first.

mod claw_backs;

use std::collections::HashMap;

use crate::account::{Account, AccountKey, Limit};
use crate::lots::{Lot, Lots, NEVER_US, Terms};
use crate::transfer::{TransferCode, TransferId};

/// Where an account stands in [`Accounts`].
pub type Slot = usize;

/// The most wallets that can stand beside one: each entry that follows from an order has an id of its own, of which the last
/// byte tells them apart.
pub const BESIDE_MAX: usize = 250;

/// One account of a batch, as read and then as moved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What identifies it.
    pub key: AccountKey,
    /// Its totals.
    pub totals: Account,
    /// What a wallet is made of; empty for every other account.
    pub lots: Lots,
    /// Whether uses of a wallet are refused for now.
    pub frozen: bool,
    /// The debt of a wallet's owner, where one may stand or come about. Wallets of one user have one debt.
    pub debt: Option<Slot>,
    /// The other wallets of a wallet's owner, which are drawn from, in this order, before a debt comes about. At most
    /// [`BESIDE_MAX`].
    pub beside: Vec<Slot>,
    /// Whether a posting moved it.
    pub changed: bool,
    limit: Limit,
}

impl Standing {
    /// An account with these totals and nothing else to it.
    pub fn new(key: AccountKey, totals: Account) -> Self {
        Self {
            limit: key.limit(),
            key,
            totals,
            lots: Lots::default(),
            frozen: false,
            debt: None,
            beside: Vec::new(),
            changed: false,
        }
    }

    fn is_wallet(&self) -> bool {
        matches!(self.key.role, crate::account::Role::Wallet(_))
    }

    /// What can be taken at a moment: for a wallet the balance less what has ended, as far as it was read.
    pub fn available(&self, at_us: i64) -> i64 {
        let balance = self.totals.balance();
        if self.is_wallet() && self.lots.none_expires_before_us <= at_us {
            self.lots.usable(at_us)
        } else {
            balance
        }
    }
}

/// The set of accounts a batch touches, as read; `post` moves them.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    standings: Vec<Standing>,
    slots: HashMap<AccountKey, Slot>,
}

impl Accounts {
    /// Puts in an account as it was read. Gives its place.
    pub fn put(&mut self, standing: Standing) -> Slot {
        if let Some(&slot) = self.slots.get(&standing.key) {
            self.standings[slot] = standing;
            return slot;
        }
        let slot = self.standings.len();
        self.slots.insert(standing.key.clone(), slot);
        self.standings.push(standing);
        slot
    }

    /// The place of an account that was put in.
    pub fn slot(&self, key: &AccountKey) -> Option<Slot> {
        self.slots.get(key).copied()
    }

    /// The account as it stands now.
    pub fn at(&self, slot: Slot) -> &Standing {
        &self.standings[slot]
    }

    /// The account, to complete what was read of it before anything is posted.
    pub fn at_mut(&mut self, slot: Slot) -> &mut Standing {
        &mut self.standings[slot]
    }

    /// All accounts with their places.
    pub fn iter(&self) -> impl Iterator<Item = (Slot, &Standing)> {
        self.standings.iter().enumerate()
    }
}

/// What comes of it where a wallet does not hold enough.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shortfall {
    /// The order is refused.
    Refuse,
    /// The rest comes from the owner's other wallets, and what they lack is owed.
    Owe,
}

/// What an inflow makes in a wallet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fill {
    /// A lot of its own.
    New(Terms),
    /// The lots these parts were drawn from have them back.
    Back(Vec<Lot>),
    /// A lot for each one drawn from the other side, under its terms.
    Carry,
}

/// Asks for `amount` to move from one account to another, both of one unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// Its identity for good.
    pub id: TransferId,
    /// The account it comes from.
    pub debit: Slot,
    /// The account it goes to.
    pub credit: Slot,
    /// How much, in the accounts' unit; always positive.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
    /// The lots of a wallet that are drawn from before the others, each by its wallet and number. Of other wallets than the
    /// debited one only with [`Shortfall::Owe`].
    pub draws_first: Vec<(Slot, i64)>,
    /// What comes of a wallet that does not hold enough.
    pub shortfall: Shortfall,
    /// What it makes, where it goes to a wallet.
    pub fill: Fill,
    /// Where what it gives back was taken from, each part by its wallet: for [`TransferCode::Reinstate`], which pays down what is
    /// owed and then puts into these lots, the first ones first, what is left of its amount.
    pub undoes: Vec<(Slot, Lot)>,
}

impl Order {
    /// The usual order: drawn in order, refused where it is not covered, a lot without an end where it comes in.
    pub fn new(id: TransferId, debit: Slot, credit: Slot, amount: i64, code: TransferCode) -> Self {
        Self {
            id,
            debit,
            credit,
            amount,
            code,
            draws_first: Vec::new(),
            shortfall: Shortfall::Refuse,
            fill: Fill::New(Terms::default()),
            undoes: Vec::new(),
        }
    }
}

/// A transfer as it stands in the books.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its identity for good.
    pub id: TransferId,
    /// The account it came from.
    pub debit: Slot,
    /// The account it went to.
    pub credit: Slot,
    /// How much.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
    /// Which lots of the debited wallet it was drawn from.
    pub drawn: Vec<Lot>,
    /// Which lots of the credited wallet it made or filled.
    pub filled: Vec<Lot>,
    /// The debited account's balance afterwards.
    pub debit_balance: i64,
    /// The credited account's balance afterwards.
    pub credit_balance: i64,
}

/// A transfer that is in the books already, as far as it must be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The account it came from.
    pub debit: AccountKey,
    /// The account it went to.
    pub credit: AccountKey,
    /// How much.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
}

/// What a posting came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Posted {
    /// Its entries are new and now stand in the books.
    Now(Vec<Entry>),
    /// It stood there already; nothing moved.
    Before,
}

/// Why a posting was refused. Checked in this order; a refused posting moves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// A transfer of this id exists with other accounts, another amount or another code, or the posting uses an id twice.
    #[error("a different transfer with this id exists")]
    ExistsDifferently,
    /// The posting holds no order, or an amount that is not positive.
    #[error("an amount must be positive")]
    AmountNotPositive,
    /// Both sides are the same account.
    #[error("a transfer needs two accounts")]
    SameAccount,
    /// The two sides count different things.
    #[error("a transfer cannot cross units")]
    UnitMismatch,
    /// The wallet may not be used for now.
    #[error("the wallet is frozen")]
    Frozen,
    /// The debited account does not hold enough.
    #[error("the balance of {available} does not cover {wanted}")]
    InsufficientBalance {
        /// What can be taken from the account.
        available: i64,
        /// What was asked for.
        wanted: i64,
    },
    /// A total would no longer fit into 64 bits.
    #[error("the account's total is full")]
    Overflow,
}

/// Posts orders that happen together or not at all. `known` finds a transfer that is in the books already, or was posted
/// earlier in this batch. On a refusal nothing has moved.
pub fn post(
    accounts: &mut Accounts,
    known: impl Fn(&TransferId) -> Option<Known>,
    orders: &[Order],
    at_us: i64,
) -> Result<Posted, Refusal> {
    if orders.is_empty() {
        return Err(Refusal::AmountNotPositive);
    }
    let twice = |at: usize| orders[..at].iter().any(|other| other.id == orders[at].id);
    if (1..orders.len()).any(twice) {
        return Err(Refusal::ExistsDifferently);
    }
    let mut existing = 0;
    for order in orders {
        match known(&order.id) {
            Some(earlier) if is_same(accounts, order, &earlier) => existing += 1,
            Some(_) => return Err(Refusal::ExistsDifferently),
            None => {}
        }
    }
    if existing == orders.len() {
        return Ok(Posted::Before);
    }
    if existing > 0 {
        // Members of a posting are written together, so a part of one can only mean that an id was reused.
        return Err(Refusal::ExistsDifferently);
    }
    orders.iter().try_for_each(|order| check_shape(accounts, order))?;
    // A lone order is checked before it moves anything, so only several need the way back.
    let before = (orders.len() > 1).then(|| touched(accounts, orders));
    let mut entries = Vec::with_capacity(orders.len());
    for order in orders {
        if let Err(refusal) = fulfil(accounts, order, at_us, &mut entries) {
            for (slot, standing) in before.into_iter().flatten() {
                accounts.standings[slot] = standing;
            }
            return Err(refusal);
        }
    }
    Ok(Posted::Now(entries))
}

/// Takes a lot whose time is over out of its wallet: the order names it and all that is left of it. Nothing but a full
/// total refuses that.
pub fn expire(accounts: &mut Accounts, order: &Order) -> Result<Entry, Refusal> {
    check_shape(accounts, order)?;
    check_totals(accounts, order)?;
    // The lot named is drawn from whether its time is over or not.
    Ok(transfer(
        accounts,
        order,
        order.id,
        (order.debit, order.amount),
        NEVER_US,
    ))
}

/// Whether an order asks for what stands in the books under its id. Of an order that may make a debt, the first entry
/// only tells what was there to be taken, so its sides and its amount say nothing; nor do they of one that undoes such an
/// order.
fn is_same(accounts: &Accounts, order: &Order, known: &Known) -> bool {
    let key = |slot: Slot| &accounts.at(slot).key;
    if order.code == TransferCode::Reinstate {
        return known.code.gives_back() && *key(order.debit) == known.debit;
    }
    let ends = order.code == known.code && *key(order.credit) == known.credit;
    ends && (order.shortfall == Shortfall::Owe || (*key(order.debit) == known.debit && order.amount == known.amount))
}

fn check_shape(accounts: &Accounts, order: &Order) -> Result<(), Refusal> {
    if order.amount <= 0 {
        Err(Refusal::AmountNotPositive)
    } else if order.debit == order.credit {
        Err(Refusal::SameAccount)
    } else if accounts.at(order.debit).key.unit != accounts.at(order.credit).key.unit {
        Err(Refusal::UnitMismatch)
    } else {
        Ok(())
    }
}

/// What is needed to undo the orders: every account they may touch, as it is.
fn touched(accounts: &Accounts, orders: &[Order]) -> Vec<(Slot, Standing)> {
    let named = orders.iter().flat_map(|order| [order.debit, order.credit]);
    let with_others = |slot: Slot| {
        let standing = accounts.at(slot);
        std::iter::once(slot)
            .chain(standing.debt)
            .chain(standing.beside.iter().copied())
    };
    let undone = orders
        .iter()
        .flat_map(|order| order.undoes.iter().map(|(slot, _)| *slot));
    let mut slots: Vec<Slot> = named.flat_map(with_others).chain(undone).collect();
    slots.sort_unstable();
    slots.dedup();
    slots
        .into_iter()
        .map(|slot| (slot, accounts.at(slot).clone()))
        .collect()
}

/// Moves what an order asks for, and what follows from it. Checks everything before it moves anything.
fn fulfil(accounts: &mut Accounts, order: &Order, at_us: i64, entries: &mut Vec<Entry>) -> Result<(), Refusal> {
    let debit = accounts.at(order.debit);
    if debit.frozen && order.code.is_use() {
        return Err(Refusal::Frozen);
    }
    // What one of an owner's wallets holds beside a debt is owed; moved to another it pays the debt down.
    let owed = debit.debt.filter(|_| order.code.uses_up());
    let owed = owed.map_or(0, |debt| -accounts.at(debt).totals.balance());
    let available = (debit.available(at_us) - owed).max(0);
    if order.code == TransferCode::Reinstate {
        check_totals(accounts, order)?;
        claw_backs::give_back(accounts, order, at_us, entries);
        return Ok(());
    }
    if let (Shortfall::Owe, Some(debt)) = (order.shortfall, debit.debt) {
        check_totals(accounts, order)?;
        claw_backs::take_all(accounts, order, debt, at_us, entries);
    } else if debit.limit != Limit::NoNegative || available >= order.amount {
        check_totals(accounts, order)?;
        entries.push(transfer(accounts, order, order.id, (order.debit, order.amount), at_us));
    } else {
        return Err(Refusal::InsufficientBalance {
            available,
            wanted: order.amount,
        });
    }
    repay(accounts, order, at_us, entries);
    Ok(())
}

/// No total may overflow, whichever account is debited and whatever is paid down: each grows by the amount at most.
fn check_totals(accounts: &Accounts, order: &Order) -> Result<(), Refusal> {
    let debit = accounts.at(order.debit);
    let credit = accounts.at(order.credit);
    let beside = debit.beside.iter().chain(&credit.beside).copied();
    let undone = order.undoes.iter().map(|(slot, _)| *slot);
    let others = beside.chain(undone).chain(debit.debt).chain(credit.debt);
    let others = others.map(|slot| accounts.at(slot));
    let fits = |standing: &Standing| {
        let totals = standing.totals;
        totals.debited(order.amount).is_some() && totals.credited(order.amount).is_some()
    };
    if [debit, credit].into_iter().chain(others).all(fits) {
        Ok(())
    } else {
        Err(Refusal::Overflow)
    }
}

/// What came into an indebted wallet pays the debt down.
fn repay(accounts: &mut Accounts, order: &Order, at_us: i64, entries: &mut Vec<Entry>) {
    let wallet = accounts.at(order.credit);
    let (Some(debt), true) = (wallet.debt, wallet.is_wallet()) else {
        return;
    };
    let owed = -accounts.at(debt).totals.balance();
    let amount = owed.min(wallet.available(at_us)).min(order.amount);
    if amount <= 0 {
        return;
    }
    let id = order.id.repayment();
    let repayment = Order::new(id, order.credit, debt, amount, TransferCode::Repay);
    entries.push(transfer(accounts, &repayment, id, (order.credit, amount), at_us));
}

/// Moves an amount that was checked.
fn transfer(accounts: &mut Accounts, order: &Order, id: TransferId, from: (Slot, i64), at_us: i64) -> Entry {
    let (debited, amount) = from;
    let debit = &mut accounts.standings[debited];
    debit.totals = debit.totals.debited(amount).expect("the totals were checked");
    debit.changed = true;
    let debit_balance = debit.totals.balance();
    let drawn = if debit.is_wallet() {
        debit
            .lots
            .draw(amount, |number| order.draws_first.contains(&(debited, number)), at_us)
    } else {
        Vec::new()
    };
    let credit = &mut accounts.standings[order.credit];
    credit.totals = credit.totals.credited(amount).expect("the totals were checked");
    credit.changed = true;
    let credit_balance = credit.totals.balance();
    let filled = if credit.is_wallet() {
        fill(&mut credit.lots, &order.fill, amount, &drawn)
    } else {
        Vec::new()
    };
    Entry {
        id,
        debit: debited,
        credit: order.credit,
        amount,
        code: order.code,
        drawn,
        filled,
        debit_balance,
        credit_balance,
    }
}

fn fill(lots: &mut Lots, fill: &Fill, amount: i64, drawn: &[Lot]) -> Vec<Lot> {
    match fill {
        Fill::New(terms) => vec![lots.make(amount, *terms)],
        Fill::Back(parts) => {
            let sum: i64 = parts.iter().map(|part| part.amount).sum();
            assert_eq!(sum, amount, "what is put back is what was drawn");
            for part in parts {
                lots.put_back(*part);
            }
            parts.clone()
        }
        // What comes out of no wallet has no terms to carry.
        Fill::Carry if drawn.is_empty() => vec![lots.make(amount, Terms::default())],
        Fill::Carry => drawn.iter().map(|part| lots.make(part.amount, part.terms)).collect(),
    }
}
