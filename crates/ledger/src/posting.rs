//! Posting: the one way a balance changes. A batch is decided member by member, in order, on a set of accounts that was
//! read before; the result equals running its members one after another.

use std::collections::{BTreeSet, HashMap};

use crate::account::{Account, AccountKey, Limit};

/// Identifies a transfer for good; derived by the caller from the transfer's business key, so that a repeat of the same
/// cause is the same transfer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TransferId(pub [u8; 16]);

/// Why value moved.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TransferCode {
    /// Credits bought and paid for.
    Grant,
    /// Credits used.
    Spend,
    /// Credits given by an operator.
    Add,
    /// Credits taken back by an operator.
    Remove,
    /// Money a customer paid.
    Collect,
}

impl TransferCode {
    /// All codes, with the words they are stored and shown under.
    const WORDS: [(Self, &'static str); 5] = [
        (Self::Grant, "grant"),
        (Self::Spend, "spend"),
        (Self::Add, "add"),
        (Self::Remove, "remove"),
        (Self::Collect, "collect"),
    ];

    /// The word it is stored and shown under.
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(code, _)| *code == self)
            .map_or("", |(_, word)| word)
    }

    /// The code of a stored word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(code, _)| *code)
    }
}

/// Moves `amount` from one account to another, both of one unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transfer {
    /// Its identity for good.
    pub id: TransferId,
    /// The account it comes from.
    pub debit: AccountKey,
    /// The account it goes to.
    pub credit: AccountKey,
    /// How much, in the accounts' unit; always positive.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
}

/// One or more transfers that happen together or not at all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Posting(pub Vec<Transfer>);

/// What a posting came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posted {
    /// Its transfers are new and now stand in the books.
    Now,
    /// The very same transfers stood there already; nothing moved.
    Before,
}

/// Why a posting was refused. Checked in this order; a refused posting moves nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// A transfer of this id exists with other accounts, another amount or another code, or the posting uses an id twice.
    #[error("a different transfer with this id exists")]
    ExistsDifferently,
    /// The posting holds no transfer, or an amount that is not positive.
    #[error("an amount must be positive")]
    AmountNotPositive,
    /// Both sides are the same account.
    #[error("a transfer needs two accounts")]
    SameAccount,
    /// The two sides count different things.
    #[error("a transfer cannot cross units")]
    UnitMismatch,
    /// The debited account does not hold enough.
    #[error("the balance of {available} does not cover {wanted}")]
    InsufficientBalance {
        /// What the account holds.
        available: i64,
        /// What was asked for.
        wanted: i64,
    },
    /// A total would no longer fit into 64 bits.
    #[error("the account's total is full")]
    Overflow,
}

/// The set of accounts a batch touches, as read; `post` moves their totals and remembers which changed.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    accounts: HashMap<AccountKey, Account>,
    changed: BTreeSet<AccountKey>,
}

impl Accounts {
    /// Puts in an account as it was read. An account never put in is one without any transfer yet.
    pub fn put(&mut self, key: AccountKey, account: Account) {
        self.accounts.insert(key, account);
    }

    /// The account as it stands now.
    pub fn get(&self, key: &AccountKey) -> Account {
        self.accounts.get(key).copied().unwrap_or_default()
    }

    /// The accounts that postings changed, in key order, with their new totals.
    pub fn changed(&self) -> impl Iterator<Item = (&AccountKey, Account)> {
        self.changed.iter().map(|key| (key, self.get(key)))
    }

    fn set(&mut self, key: &AccountKey, account: Account) {
        self.accounts.insert(key.clone(), account);
        self.changed.insert(key.clone());
    }
}

/// Posts `posting` on `accounts`. `known` finds a transfer that is in the books already, or was posted earlier in this
/// batch. On a refusal nothing has moved.
pub fn post<'a>(
    accounts: &mut Accounts,
    known: impl Fn(&TransferId) -> Option<&'a Transfer>,
    posting: &Posting,
) -> Result<Posted, Refusal> {
    if posting.0.is_empty() {
        return Err(Refusal::AmountNotPositive);
    }
    let ids: BTreeSet<TransferId> = posting.0.iter().map(|transfer| transfer.id).collect();
    if ids.len() < posting.0.len() {
        return Err(Refusal::ExistsDifferently);
    }
    let mut existing = 0;
    for transfer in &posting.0 {
        match known(&transfer.id) {
            Some(earlier) if earlier == transfer => existing += 1,
            Some(_) => return Err(Refusal::ExistsDifferently),
            None => {}
        }
    }
    if existing == posting.0.len() {
        return Ok(Posted::Before);
    }
    if existing > 0 {
        // Members of a posting are written together, so a part of one can only mean that an id was reused.
        return Err(Refusal::ExistsDifferently);
    }
    posting.0.iter().try_for_each(check_shape)?;
    let before = touched(accounts, posting);
    for transfer in &posting.0 {
        if let Err(refusal) = apply(accounts, transfer) {
            restore(accounts, before);
            return Err(refusal);
        }
    }
    Ok(Posted::Now)
}

fn check_shape(transfer: &Transfer) -> Result<(), Refusal> {
    if transfer.amount <= 0 {
        Err(Refusal::AmountNotPositive)
    } else if transfer.debit == transfer.credit {
        Err(Refusal::SameAccount)
    } else if transfer.debit.unit != transfer.credit.unit {
        Err(Refusal::UnitMismatch)
    } else {
        Ok(())
    }
}

fn apply(accounts: &mut Accounts, transfer: &Transfer) -> Result<(), Refusal> {
    let debit = accounts.get(&transfer.debit);
    let credit = accounts.get(&transfer.credit);
    if transfer.debit.limit() == Limit::NoNegative && debit.balance() < transfer.amount {
        return Err(Refusal::InsufficientBalance {
            available: debit.balance(),
            wanted: transfer.amount,
        });
    }
    let debit = debit.debited(transfer.amount).ok_or(Refusal::Overflow)?;
    let credit = credit.credited(transfer.amount).ok_or(Refusal::Overflow)?;
    accounts.set(&transfer.debit, debit);
    accounts.set(&transfer.credit, credit);
    Ok(())
}

/// What `restore` needs to undo a posting: the totals before, and whether an earlier posting had changed them.
fn touched(accounts: &Accounts, posting: &Posting) -> Vec<(AccountKey, Account, bool)> {
    let keys: BTreeSet<&AccountKey> = posting
        .0
        .iter()
        .flat_map(|transfer| [&transfer.debit, &transfer.credit])
        .collect();
    keys.into_iter()
        .map(|key| (key.clone(), accounts.get(key), accounts.changed.contains(key)))
        .collect()
}

fn restore(accounts: &mut Accounts, before: Vec<(AccountKey, Account, bool)>) {
    for (key, account, was_changed) in before {
        if !was_changed {
            accounts.changed.remove(&key);
        }
        accounts.accounts.insert(key, account);
    }
}
