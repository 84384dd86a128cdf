//! Accounts and open lots in the store.
//!
//! A wallet's next lot stands in its account, so that a spend reads and writes one row; the others are read only where a
//! batch may get to them.

use std::collections::{BTreeSet, HashMap};

use ledger::{
    Account, AccountKey, Accounts, Fill, Lot, Lots, NEVER_US, Role, Shortfall, Slot, Standing, Terms, TransferCode,
};
use store::{Error, Field, Result, Row, Rows, Statement, Tx, Value};

use super::wallets;
use crate::books::movement::Movement;
use crate::books::{Watched, expiry};

/// Lots read at first of a wallet that may need more than its next one.
const LOTS_READ: i64 = 64;

/// An account as it was read: locked, with the number it is stored under.
#[derive(Clone, Debug)]
pub(in crate::books) struct Kept {
    /// Its number in the store.
    pub(in crate::books) account_id: i64,
    /// Its totals.
    pub(in crate::books) totals: Account,
    /// Its open lots, as far as they were read.
    pub(in crate::books) lots: Lots,
    /// How many lots are open in all.
    lots_open: i64,
    indebted: bool,
    /// The balances between which nobody needs to look at it.
    calm: (i64, i64),
    stirred: bool,
}

impl Kept {
    /// Whether somebody is to look at the wallet, now that it holds this.
    fn is_stirred(&self, balance: i64) -> bool {
        self.stirred || balance < self.calm.0 || balance >= self.calm.1
    }
}

pub(in crate::books) fn account_key(text: &str) -> Result<AccountKey> {
    text.parse()
        .map_err(|error| Error::Corrupt(format!("account: {error}")))
}

/// Every query of whole accounts, with its own end.
macro_rules! select_account {
    ($end:literal) => {
        concat!(
            "select account.account_id, account.account_key, account.debits_posted, account.credits_posted,
                    account.lots_made, account.lots_open, account.front_lot, account.front_amount,
                    account.front_priority, account.front_expires_at_us, account.none_expires_before_us,
                    account.frozen, account.indebted, account.calm_from, account.calm_below, account.stirred ",
            $end
        )
    };
}

fn decode(row: &Row) -> Result<(Standing, Kept)> {
    let totals = Account {
        debits_posted: row.int(2)?,
        credits_posted: row.int(3)?,
    };
    let front = match row.opt_int(6)? {
        Some(number) => vec![Lot {
            number,
            amount: row.int(7)?,
            terms: Terms {
                priority: row.int(8)?,
                expires_at_us: row.int(9)?,
            },
        }],
        None => Vec::new(),
    };
    let lots_open = row.int(5)?;
    let lots = Lots {
        made: row.int(4)?,
        open: front,
        complete: lots_open <= 1,
        behind: Vec::new(),
        none_expires_before_us: row.int(10)?,
    };
    let mut standing = Standing::new(account_key(row.text_ref(1)?)?, totals);
    standing.frozen = row.int(11)? > 0;
    standing.lots = lots.clone();
    let kept = Kept {
        account_id: row.int(0)?,
        totals,
        lots,
        lots_open,
        indebted: row.int(12)? > 0,
        calm: (row.int(13)?, row.int(14)?),
        stirred: row.int(15)? > 0,
    };
    Ok((standing, kept))
}

/// The keys of the accounts that the movements name, but for debts, which are locked behind all others. Beside a wallet
/// that is set apart for an API key goes its user's own, which says whether it may be used.
pub(in crate::books) fn keys<'a>(wanted: impl Iterator<Item = &'a Movement>) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for key in wanted.flat_map(|movement| [&movement.debit, &movement.credit]) {
        if !matches!(key.role, Role::Debt(_)) {
            keys.insert(key.to_string());
            keys.extend(wallets::own_of(key).map(|own| own.to_string()));
        }
    }
    keys
}

/// Locks what the movements touch, of which `found` is there, and reads as many lots as they may get to. Gives the
/// accounts as they were.
pub(in crate::books) fn lock(
    tx: &mut Tx<'_>,
    now_us: i64,
    wanted: &[&Movement],
    (keys, found): (&BTreeSet<String>, &[Row]),
    accounts: &mut Accounts,
) -> Result<Vec<Kept>> {
    let mut kept = Vec::with_capacity(keys.len() + 1);
    put_found(tx, keys, found, accounts, &mut kept)?;
    if kept.iter().any(|one| expiry::is_due(one, now_us)) {
        lock_expired(tx, accounts, &mut kept)?;
    }
    lock_debts(tx, wanted, accounts, &mut kept)?;
    wallets::join(accounts);
    read_lots(tx, now_us, wanted, accounts, &mut kept)?;
    Ok(kept)
}

/// Where expired credits go is locked behind the wallets they come from, always, so that nobody waits in a circle.
fn lock_expired(tx: &mut Tx<'_>, accounts: &mut Accounts, kept: &mut Vec<Kept>) -> Result<()> {
    put_locked(tx, &BTreeSet::from([expiry::expired().to_string()]), accounts, kept)
}

/// Reads and locks these wallets with all their lots, and where what has ended of them goes.
pub(in crate::books) fn lock_to_expire(
    tx: &mut Tx<'_>,
    keys: &BTreeSet<String>,
    accounts: &mut Accounts,
) -> Result<Vec<Kept>> {
    let mut kept = Vec::with_capacity(keys.len() + 1);
    put_locked(tx, keys, accounts, &mut kept)?;
    lock_expired(tx, accounts, &mut kept)?;
    let all: Vec<Slot> = (0..kept.len()).filter(|slot| !kept[*slot].lots.complete).collect();
    read_lots_of(tx, &all, i64::MAX, accounts, &mut kept)?;
    Ok(kept)
}

/// Locks the accounts of these keys in key order, creating those that do not exist yet.
fn put_locked(tx: &mut Tx<'_>, keys: &BTreeSet<String>, accounts: &mut Accounts, kept: &mut Vec<Kept>) -> Result<()> {
    let (sql, params) = select_locked(keys.iter());
    let found = tx.all(sql, &params)?;
    put_found(tx, keys, &found, accounts, kept)
}

/// Puts in what was found under these keys, and what was not there yet.
fn put_found(
    tx: &mut Tx<'_>,
    keys: &BTreeSet<String>,
    found: &[Row],
    accounts: &mut Accounts,
    kept: &mut Vec<Kept>,
) -> Result<()> {
    let mut found: Vec<(Standing, Kept)> = found.iter().map(decode).collect::<Result<_>>()?;
    if found.len() < keys.len() {
        let known: BTreeSet<String> = found.iter().map(|(standing, _)| standing.key.to_string()).collect();
        let missing: Vec<&String> = keys.difference(&known).collect();
        create(tx, &missing)?;
        let (sql, params) = select_locked(missing.into_iter());
        for row in tx.all(sql, &params)? {
            found.push(decode(&row)?);
        }
    }
    for (standing, one) in found {
        let slot = accounts.put(standing);
        assert_eq!(slot, kept.len(), "every account is read once");
        kept.push(one);
    }
    Ok(())
}

/// Asks for the accounts of these keys, and locks them in key order.
pub(in crate::books) fn select_locked<'a>(keys: impl Iterator<Item = &'a String>) -> Statement {
    let rows = Rows::of(keys.map(|key| [Field::from(key.as_str())]));
    let sql = select_account!(
        "from rows($1: account_key text) join account on account.account_key = r.account_key
         order by account.account_key for update"
    );
    (sql, vec![rows.into()])
}

fn create(tx: &mut Tx<'_>, keys: &[&String]) -> Result<()> {
    let mut owned = Rows::new();
    let mut house = Rows::new();
    let parsed: Vec<AccountKey> = keys.iter().map(|key| account_key(key)).collect::<Result<_>>()?;
    for (key, parsed) in keys.iter().zip(&parsed) {
        let key_of = wallets::key_of(parsed);
        match parsed.house_number() {
            Some(number) => house.push([Field::from(number), key.as_str().into()]),
            None => owned.push([Field::from(key.as_str()), key_of.into()]),
        }
    }
    tx.run(
        "insert into account (account_key, debits_posted, credits_posted, key_of)
         select r.account_key, 0, 0, r.key_of from rows($1: account_key text, key_of text)
         where true on conflict (account_key) do nothing",
        &[owned.into()],
    )?;
    tx.run(
        "insert into account (account_id, account_key, debits_posted, credits_posted)
         select r.account_id, r.account_key, 0, 0 from rows($1: account_id bigint, account_key text)
         where true on conflict (account_key) do nothing",
        &[house.into()],
    )?;
    Ok(())
}

/// Locks the debts that may come about or be paid down. Always after all wallets, so that two batches that need the same
/// ones cannot wait for each other.
fn lock_debts(tx: &mut Tx<'_>, wanted: &[&Movement], accounts: &mut Accounts, kept: &mut Vec<Kept>) -> Result<()> {
    let mut wallets: BTreeSet<Slot> = (0..kept.len()).filter(|slot| kept[*slot].indebted).collect();
    let owing = wanted.iter().filter(|movement| movement.shortfall == Shortfall::Owe);
    wallets.extend(owing.filter_map(|movement| accounts.slot(&movement.debit)));
    if wallets.is_empty() {
        return Ok(());
    }
    let mut debts: HashMap<Slot, AccountKey> = HashMap::with_capacity(wallets.len());
    for slot in wallets {
        let key = &accounts.at(slot).key;
        if let Role::Wallet(owner) = &key.role {
            debts.insert(slot, key.beside(Role::Debt(owner.clone())));
        }
    }
    let keys = debts.values().map(ToString::to_string).collect();
    put_locked(tx, &keys, accounts, kept)?;
    for (wallet, debt) in debts {
        accounts.at_mut(wallet).debt = accounts.slot(&debt);
    }
    Ok(())
}

/// Reads the lots behind the next one where the movements may get to them: where more is taken than the next one holds,
/// where something is put back, where something has ended, and beside a wallet whose owner may come to owe.
fn read_lots(
    tx: &mut Tx<'_>,
    now_us: i64,
    wanted: &[&Movement],
    accounts: &mut Accounts,
    kept: &mut [Kept],
) -> Result<()> {
    let mut demand: HashMap<Slot, i64> = HashMap::new();
    let mut whole: BTreeSet<Slot> = (0..kept.len())
        .filter(|slot| expiry::is_due(&kept[*slot], now_us) || accounts.at(*slot).debt.is_some())
        .collect();
    for movement in wanted {
        let (debit, credit) = (accounts.slot(&movement.debit), accounts.slot(&movement.credit));
        if let Some(debit) = debit {
            let sum = demand.entry(debit).or_default();
            *sum = sum.saturating_add(movement.amount);
            if movement.first_from.is_some() {
                whole.insert(debit);
            }
            if movement.shortfall == Shortfall::Owe {
                whole.extend(&accounts.at(debit).beside);
            }
        }
        if let (Some(credit), Fill::Back(_)) = (credit, &movement.fill) {
            whole.insert(credit);
        }
        if let (Some(own), TransferCode::Reinstate) = (credit, movement.code) {
            let of_user = |key: &AccountKey| wallets::own_of(key).as_ref() == Some(&movement.credit);
            whole.insert(own);
            whole.extend(
                accounts
                    .iter()
                    .filter(|(_, one)| of_user(&one.key))
                    .map(|(slot, _)| slot),
            );
        }
    }
    let incomplete = |slot: &Slot| !accounts.at(*slot).lots.complete;
    let whole: Vec<Slot> = whole.into_iter().filter(incomplete).collect();
    let front = |slot: Slot| accounts.at(slot).lots.open.first().map_or(0, |lot| lot.amount);
    let some: Vec<Slot> = demand
        .iter()
        .filter(|(slot, sum)| incomplete(slot) && !whole.contains(slot) && **sum >= front(**slot))
        .map(|(slot, _)| *slot)
        .collect();
    read_lots_of(tx, &whole, i64::MAX, accounts, kept)?;
    read_lots_of(tx, &some, LOTS_READ, accounts, kept)?;
    // A wallet of very many small lots may need more than were read at first.
    let short: Vec<Slot> = some
        .into_iter()
        .filter(|slot| {
            let lots = &accounts.at(*slot).lots;
            !lots.complete && lots.usable(now_us) <= demand[slot]
        })
        .collect();
    read_lots_of(tx, &short, i64::MAX, accounts, kept)
}

/// Reads the lots behind the next one, `limit` of each wallet.
fn read_lots_of(tx: &mut Tx<'_>, slots: &[Slot], limit: i64, accounts: &mut Accounts, kept: &mut [Kept]) -> Result<()> {
    let values: Vec<[store::Value; 2]> = slots
        .iter()
        .map(|slot| [kept[*slot].account_id.into(), limit.into()])
        .collect();
    let steps: Vec<store::Step<'_>> = values
        .iter()
        .map(|values| {
            let sql = "select lot, amount, priority, expires_at_us from open_lot where account_id = $1
                       order by priority, expires_at_us, lot limit $2";
            (sql, &values[..])
        })
        .collect();
    for (&slot, rows) in slots.iter().zip(tx.pipeline(&steps)?) {
        let lots = &mut accounts.at_mut(slot).lots;
        lots.open.truncate(1);
        for row in &rows {
            lots.open.push(decode_lot(row)?);
        }
        lots.complete = i64::try_from(lots.open.len()).unwrap_or(i64::MAX) >= kept[slot].lots_open;
        kept[slot].lots = lots.clone();
    }
    Ok(())
}

fn decode_lot(row: &Row) -> Result<Lot> {
    Ok(Lot {
        number: row.int(0)?,
        amount: row.int(1)?,
        terms: Terms {
            priority: row.int(2)?,
            expires_at_us: row.int(3)?,
        },
    })
}

/// Writes the accounts that changed, and their lots.
pub(in crate::books) fn updates(accounts: &Accounts, kept: &[Kept]) -> [Statement; 4] {
    let mut plain = Rows::new();
    let mut wallets = Rows::new();
    let mut gone = Rows::new();
    let mut left = Rows::new();
    for (slot, now) in accounts.iter() {
        let was = &kept[slot];
        let owes = owes(accounts, now, was);
        // A debt may come about without the wallet being moved: there was nothing in it.
        if !now.changed && owes == was.indebted {
            continue;
        }
        let totals = now.totals;
        if !matches!(now.key.role, Role::Wallet(_)) {
            plain.push([
                Field::from(was.account_id),
                totals.debits_posted.into(),
                totals.credits_posted.into(),
            ]);
            continue;
        }
        let (lots_open, front) = changes_of_lots(was, &now.lots, &mut gone, &mut left);
        wallets.push(wallet_row(was, now, owes, (lots_open, front)));
    }
    [
        (
            "update account set debits_posted = r.debits_posted, credits_posted = r.credits_posted
             from rows($1: account_id bigint, debits_posted bigint, credits_posted bigint)
             where account.account_id = r.account_id",
            vec![plain.into()],
        ),
        (
            "update account set debits_posted = r.debits_posted, credits_posted = r.credits_posted,
                    lots_made = r.lots_made, lots_open = r.lots_open, front_lot = r.front_lot,
                    front_amount = r.front_amount, front_priority = r.front_priority,
                    front_expires_at_us = r.front_expires_at_us, none_expires_before_us = r.none_expires_before_us,
                    indebted = r.indebted, stirred = r.stirred
             from rows($1: account_id bigint, debits_posted bigint, credits_posted bigint, lots_made bigint,
                       lots_open bigint, front_lot bigint, front_amount bigint, front_priority bigint,
                       front_expires_at_us bigint, none_expires_before_us bigint, indebted bigint,
                       stirred bigint)
             where account.account_id = r.account_id",
            vec![wallets.into()],
        ),
        (
            "delete from open_lot using rows($1: account_id bigint, priority bigint, expires_at_us bigint, lot bigint)
             where open_lot.account_id = r.account_id and open_lot.priority = r.priority
                   and open_lot.expires_at_us = r.expires_at_us and open_lot.lot = r.lot",
            vec![gone.into()],
        ),
        (
            "insert into open_lot (account_id, priority, expires_at_us, lot, amount)
             select r.account_id, r.priority, r.expires_at_us, r.lot, r.amount
             from rows($1: account_id bigint, priority bigint, expires_at_us bigint, lot bigint, amount bigint)
             where true on conflict (account_id, priority, expires_at_us, lot) do update set amount = excluded.amount",
            vec![left.into()],
        ),
    ]
}

/// What is written of a wallet: its totals, how many lots are open and the next one, and whether it is to be looked at.
fn wallet_row(was: &Kept, now: &Standing, owes: bool, (lots_open, front): (i64, Option<Lot>)) -> [Field<'static>; 12] {
    [
        Field::from(was.account_id),
        now.totals.debits_posted.into(),
        now.totals.credits_posted.into(),
        now.lots.made.into(),
        lots_open.into(),
        front.map(|lot| lot.number).into(),
        front.map(|lot| lot.amount).into(),
        front.map(|lot| lot.terms.priority).into(),
        front.map(|lot| lot.terms.expires_at_us).into(),
        now.lots.none_expires_before_us.into(),
        owes.into(),
        was.is_stirred(now.totals.balance()).into(),
    ]
}

/// Whether a wallet's owner owes something, which their own wallet says; as before where the debt was not read.
fn owes(accounts: &Accounts, now: &Standing, was: &Kept) -> bool {
    let debt = now.debt.filter(|_| wallets::key_of(&now.key).is_none());
    debt.map_or(was.indebted, |debt| accounts.at(debt).totals.balance() < 0)
}

/// What has to be taken out of and put into `open_lot`. Gives how many lots are open now, and the next one.
fn changes_of_lots(was: &Kept, now: &Lots, gone: &mut Rows, left: &mut Rows) -> (i64, Option<Lot>) {
    let waited = was.lots.open.get(1..).unwrap_or_default();
    let front = now.open.first().copied();
    let waiting = now.open.get(1..).unwrap_or_default();
    let row = |lot: &Lot| {
        [
            Field::from(was.account_id),
            lot.terms.priority.into(),
            lot.terms.expires_at_us.into(),
            lot.number.into(),
        ]
    };
    for lot in waited
        .iter()
        .filter(|lot| !waiting.iter().any(|other| other.number == lot.number))
    {
        gone.push(row(lot));
    }
    for lot in waiting.iter().chain(&now.behind).filter(|lot| !waited.contains(lot)) {
        let [account_id, priority, expires_at_us, number] = row(lot);
        left.push([account_id, priority, expires_at_us, number, lot.amount.into()]);
    }
    let unread = was.lots_open - i64::try_from(was.lots.open.len()).unwrap_or_default();
    let read = i64::try_from(now.open.len() + now.behind.len()).unwrap_or_default();
    (unread + read, front)
}

/// Adds a reason to freeze a wallet, or takes one away. The caller keeps each reason to one of both.
pub fn freeze(tx: &mut Tx<'_>, wallet: &AccountKey, frozen: bool) -> Result<()> {
    let key = wallet.to_string();
    create(tx, &[&key])?;
    let change = if frozen { 1 } else { -1 };
    tx.run(
        "update account set frozen = frozen + $2 where account_key = $1",
        &[key.into(), Value::Int(change)],
    )?;
    Ok(())
}

/// What an owner has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Balance {
    /// What may be spent now.
    pub available: i64,
    /// What is reserved.
    pub held: i64,
    /// What is owed. A user owes beside their own wallet, never beside one of an API key.
    pub owed: i64,
    /// Whether the wallet is frozen. One that is set apart for an API key is when its user's own is.
    pub frozen: bool,
}

/// What came into an account of the house, less what left it.
pub fn house_balance(tx: &mut Tx<'_>, account: &AccountKey) -> Result<i64> {
    let row = tx.one(
        "select credits_posted - debits_posted from account where account_key = $1",
        &[account.to_string().into()],
    )?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// What the owner of a wallet has at a moment.
pub fn balance(tx: &mut Tx<'_>, now_us: i64, wallet: &AccountKey) -> Result<Balance> {
    let Role::Wallet(owner) = &wallet.role else {
        return Ok(Balance::default());
    };
    let last = wallets::own_of(wallet).unwrap_or_else(|| wallet.beside(Role::Debt(owner.clone())));
    let mut keys = [wallet.clone(), wallet.beside(Role::Held(owner.clone())), last].map(|key| key.to_string());
    keys.sort();
    let rows = Rows::of(keys.iter().map(|key| [Field::from(key.as_str())]));
    let found = tx.all(
        select_account!("from rows($1: account_key text) join account on account.account_key = r.account_key"),
        &[rows.into()],
    )?;
    let mut balance = Balance::default();
    for row in &found {
        let (standing, kept) = decode(row)?;
        let sum = standing.totals.balance();
        match standing.key.role {
            Role::Wallet(_) => {
                balance.frozen |= standing.frozen;
                if standing.key == *wallet {
                    balance.available = sum - ended(tx, now_us, &kept)?;
                }
            }
            Role::Held(_) => balance.held = sum,
            _ => balance.owed = -sum,
        }
    }
    Ok(balance)
}

/// What has ended and was not posted yet.
fn ended(tx: &mut Tx<'_>, now_us: i64, kept: &Kept) -> Result<i64> {
    if !expiry::is_due(kept, now_us) {
        return Ok(0);
    }
    let front = kept.lots.open.iter().filter(|lot| lot.terms.expires_at_us <= now_us);
    let front: i64 = front.map(|lot| lot.amount).sum();
    let behind = tx.one(
        "select cast(coalesce(sum(amount), 0) as bigint) from open_lot where account_id = $1 and expires_at_us <= $2",
        &[kept.account_id.into(), now_us.into()],
    )?;
    Ok(front + behind.map_or(Ok(0), |row| row.int(0))?)
}

/// The wallets in which something has ended.
pub(in crate::books) fn due_to_expire(tx: &mut Tx<'_>, now_us: i64, limit: i64) -> Result<BTreeSet<String>> {
    let rows = tx.all(
        "select account_key from account
         where none_expires_before_us < 9223372036854775807 and none_expires_before_us <= $1
         order by none_expires_before_us limit $2",
        &[now_us.into(), limit.into()],
    )?;
    rows.iter().map(|row| row.text(0)).collect()
}

pub(in crate::books) fn next_expiry_us(tx: &mut Tx<'_>) -> Result<Option<i64>> {
    let row = tx.one(
        "select min(none_expires_before_us) from account where none_expires_before_us < 9223372036854775807",
        &[],
    )?;
    let next = row.map_or(Ok(None), |row| row.opt_int(0))?;
    Ok(next.filter(|at_us| *at_us < NEVER_US))
}

/// What a wallet holds, by what was posted.
pub(in crate::books) fn watched(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<Option<Watched>> {
    let row = tx.one(
        "select credits_posted - debits_posted, frozen from account where account_key = $1",
        &[wallet.to_string().into()],
    )?;
    row.map(|row| {
        Ok(Watched {
            balance: row.int(0)?,
            frozen: row.int(1)? > 0,
        })
    })
    .transpose()
}

pub(in crate::books) fn watch(tx: &mut Tx<'_>, wallet: &AccountKey, (from, below): (i64, i64)) -> Result<()> {
    let key = wallet.to_string();
    create(tx, &[&key])?;
    // Whoever moved it since it was read is seen here.
    tx.run(
        "update account set calm_from = $2, calm_below = $3,
                stirred = case when credits_posted - debits_posted >= $2 and credits_posted - debits_posted < $3
                               then 0 else 1 end
         where account_key = $1",
        &[key.into(), from.into(), below.into()],
    )?;
    Ok(())
}

pub(in crate::books) fn stir(tx: &mut Tx<'_>, wallet: &AccountKey) -> Result<()> {
    tx.run(
        "update account set stirred = 1 where account_key = $1",
        &[wallet.to_string().into()],
    )?;
    Ok(())
}

pub(in crate::books) fn stirred(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<AccountKey>> {
    let rows = tx.all(
        "select account_key from account where stirred > 0 order by account_id limit $1",
        &[limit.into()],
    )?;
    rows.iter().map(|row| account_key(row.text_ref(0)?)).collect()
}
