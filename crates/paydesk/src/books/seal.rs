//! The chain: transfers are sealed in order, off the path that posts them, and with them the accounts that were opened
//! since. Each seal's hash covers the one before it and everything since, so nothing that was sealed can be changed,
//! removed or put in without the last hash telling.
//!
//! The hash is the SHA-256 of the hash before it (nothing, for the first), of each transfer's fields, of each account's
//! number and key, and of the seal's own fields. A number is written as eight bytes, a text as its length and its bytes, an
//! absent value as a single zero byte where a present one begins with a one. Accounts of the house are not in it: their
//! numbers follow from their keys.

use std::collections::VecDeque;

use aws_lc_rs::digest::{Context, SHA256};
use store::{Result, Store, Tx};

use super::records::audit::{self as records, Opened, Seal, Transfer};

/// Transfers that one seal covers at most, and accounts, so that each is made in bounded time and memory.
const MEMBERS_MAX: i64 = 4096;
/// Seals, and accounts, that are read at a time while the chain is followed.
const CHUNK: i64 = 4096;

/// How far the books go: the last transfer and the last account.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Reach {
    position: i64,
    account_id: i64,
}

/// Seals what has been posted since the last time. Gives how many transfers were sealed.
pub async fn seal(store: &Store, now_us: i64) -> Result<i64> {
    // Where nothing is new, nobody has to wait.
    if store.read(is_whole).await? {
        return Ok(0);
    }
    // Nothing may come in behind the end of a seal: whoever is writing now is waited for. One table at a time, so that it
    // does not matter in which order a writer takes them.
    let position = store
        .write(|tx| {
            tx.wait_for_writers("transfer")?;
            records::last_position(tx)
        })
        .await?;
    let account_id = store
        .write(|tx| {
            tx.wait_for_writers("account")?;
            records::last_account(tx)
        })
        .await?;
    let settled = Reach { position, account_id };
    let mut sealed = 0;
    // What is to be sealed is read and hashed beside the writers. The seal's number keeps another node from writing the same.
    while let Some(seal) = store.read(move |tx| next_seal(tx, now_us, settled)).await? {
        sealed += seal.transfers;
        store.write(move |tx| records::insert_seal(tx, &seal)).await?;
    }
    Ok(sealed)
}

/// Whether everything is sealed.
fn is_whole(tx: &mut Tx<'_>) -> Result<bool> {
    let sealed = reach(records::last_seal(tx)?.as_ref());
    let there = Reach {
        position: records::last_position(tx)?,
        account_id: records::last_account(tx)?,
    };
    Ok(there.position <= sealed.position && there.account_id <= sealed.account_id)
}

fn reach(seal: Option<&Seal>) -> Reach {
    seal.map_or(Reach::default(), |seal| Reach {
        position: seal.position,
        account_id: seal.account_id,
    })
}

/// The next seal; none where everything up to `settled` is sealed.
fn next_seal(tx: &mut Tx<'_>, now_us: i64, settled: Reach) -> Result<Option<Seal>> {
    let before = records::last_seal(tx)?;
    let sealed = reach(before.as_ref());
    let mut link = Link::after(before.as_ref());
    let mut position = sealed.position;
    records::each_transfer(tx, (sealed.position, settled.position), MEMBERS_MAX, |transfer| {
        position = transfer.position;
        link.add(transfer);
    })?;
    let mut accounts = records::opened_after(tx, sealed.account_id, MEMBERS_MAX)?;
    accounts.retain(|account| account.number <= settled.account_id);
    for account in &accounts {
        link.open(account);
    }
    if link.transfers == 0 && accounts.is_empty() {
        return Ok(None);
    }
    let mut seal = Seal {
        number: before.as_ref().map_or(0, |seal| seal.number) + 1,
        position,
        account_id: accounts.last().map_or(sealed.account_id, |account| account.number),
        transfers: link.transfers,
        hash: Vec::new(),
        sealed_at_us: now_us,
    };
    seal.hash = link.end(&seal);
    Ok(Some(seal))
}

/// The hash of one seal in the making. What it covers is gathered first: a hash is made fastest of much at a time.
struct Link {
    context: Context,
    gathered: Vec<u8>,
    transfers: i64,
}

/// How much is gathered before it is hashed, bytes.
const GATHERED_MAX: usize = 16 * 1024;

impl Link {
    fn after(before: Option<&Seal>) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(before.map_or(&[], |seal| &seal.hash));
        Self {
            context,
            gathered: Vec::with_capacity(2 * GATHERED_MAX),
            transfers: 0,
        }
    }

    fn add(&mut self, transfer: &Transfer<'_>) {
        self.transfers += 1;
        self.number(transfer.position);
        self.bytes(Some(transfer.id));
        self.bytes(transfer.business_key.map(str::as_bytes));
        self.number(transfer.debit_account_id);
        self.number(transfer.credit_account_id);
        self.number(transfer.amount);
        self.bytes(Some(transfer.code.as_bytes()));
        self.bytes(transfer.memo.map(str::as_bytes));
        self.number(transfer.event_id);
        self.number(transfer.posted_at_us);
        self.bytes(transfer.request_fingerprint);
        self.optional(transfer.debit_balance);
        self.optional(transfer.credit_balance);
        self.bytes(transfer.drawn.map(str::as_bytes));
        self.bytes(transfer.filled.map(str::as_bytes));
        self.hash_at(GATHERED_MAX);
    }

    fn open(&mut self, account: &Opened) {
        self.number(account.number);
        self.bytes(Some(account.key.as_bytes()));
        self.hash_at(GATHERED_MAX);
    }

    fn end(mut self, seal: &Seal) -> Vec<u8> {
        for number in [
            seal.number,
            seal.position,
            seal.account_id,
            seal.transfers,
            seal.sealed_at_us,
        ] {
            self.number(number);
        }
        self.hash_at(0);
        self.context.finish().as_ref().to_vec()
    }

    fn number(&mut self, number: i64) {
        self.gathered.extend_from_slice(&number.to_be_bytes());
    }

    fn optional(&mut self, number: Option<i64>) {
        self.gathered.push(u8::from(number.is_some()));
        if let Some(number) = number {
            self.number(number);
        }
    }

    fn bytes(&mut self, bytes: Option<&[u8]>) {
        self.gathered.push(u8::from(bytes.is_some()));
        if let Some(bytes) = bytes {
            self.number(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            self.gathered.extend_from_slice(bytes);
        }
    }

    fn hash_at(&mut self, length: usize) {
        if self.gathered.len() > length {
            self.context.update(&self.gathered);
            self.gathered.clear();
        }
    }
}

/// A seal whose end was reached.
pub(super) struct Closed {
    pub(super) number: i64,
    pub(super) position: i64,
    pub(super) account_id: i64,
    pub(super) hash: Vec<u8>,
    /// The first break of the chain, where this is it.
    pub(super) broken: Option<String>,
}

/// Follows the chain beside the transfers, and names the first break.
pub(super) struct Chain {
    /// Seals that were read and are not reached yet.
    seals: VecDeque<Seal>,
    /// Whether all that follow `seals` were read.
    read: bool,
    before: Option<Seal>,
    link: Link,
    sealed: u64,
    broken: bool,
}

impl Chain {
    pub(super) fn begin(tx: &mut Tx<'_>) -> Result<Self> {
        let mut chain = Self {
            seals: VecDeque::new(),
            read: false,
            before: None,
            link: Link::after(None),
            sealed: 0,
            broken: false,
        };
        chain.read_on(tx, i64::MIN)?;
        Ok(chain)
    }

    /// How many transfers the chain covers.
    pub(super) fn sealed(&self) -> u64 {
        self.sealed
    }

    /// The last position that can be taken before a seal must be closed; `None` behind the last seal.
    pub(super) fn next_end(&self) -> Option<i64> {
        self.seals.front().map(|seal| seal.position)
    }

    /// Takes the next transfer in, which stands before the end of the seal that is under way.
    pub(super) fn take(&mut self, transfer: &Transfer<'_>) {
        if !self.seals.is_empty() {
            self.link.add(transfer);
            self.sealed += 1;
        }
    }

    /// Ends the seal that is under way: every transfer it covers was taken. `None` behind the last one.
    pub(super) fn close(&mut self, tx: &mut Tx<'_>) -> Result<Option<Closed>> {
        let Some(seal) = self.seals.pop_front() else {
            return Ok(None);
        };
        let mut account_id = self.before.as_ref().map_or(0, |before| before.account_id);
        while account_id < seal.account_id {
            let opened = records::opened_after(tx, account_id, CHUNK)?;
            let Some(last) = opened.last() else { break };
            account_id = last.number;
            for account in opened.iter().filter(|account| account.number <= seal.account_id) {
                self.link.open(account);
            }
        }
        let link = std::mem::replace(&mut self.link, Link::after(Some(&seal)));
        let transfers = link.transfers;
        let number = self.before.as_ref().map_or(0, |before| before.number) + 1;
        let grows = reach(self.before.as_ref()).account_id <= seal.account_id;
        let whole = seal.number == number && seal.transfers == transfers && grows && link.end(&seal) == seal.hash;
        let broken = (!whole && !self.broken).then(|| {
            format!(
                "seal {}: the transfers up to position {}, or the accounts up to {}, are not those that were sealed ({} \
                 transfers then, {transfers} now)",
                seal.number, seal.position, seal.account_id, seal.transfers
            )
        });
        self.broken |= !whole;
        if self.seals.is_empty() && !self.read {
            self.read_on(tx, seal.number)?;
        }
        let closed = Closed {
            number: seal.number,
            position: seal.position,
            account_id: seal.account_id,
            hash: seal.hash.clone(),
            broken,
        };
        self.before = Some(seal);
        Ok(Some(closed))
    }

    fn read_on(&mut self, tx: &mut Tx<'_>, number: i64) -> Result<()> {
        self.seals = records::seals_after(tx, number, CHUNK)?.into();
        self.read = i64::try_from(self.seals.len()).unwrap_or(i64::MAX) < CHUNK;
        Ok(())
    }
}
