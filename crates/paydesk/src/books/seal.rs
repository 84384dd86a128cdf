//! The chain: transfers are sealed in order, off the path that posts them. Each seal's hash covers the one before it and
//! every transfer since, so nothing that was sealed can be changed, removed or put in without the last hash telling.
//!
//! The hash is the SHA-256 of the hash before it (nothing, for the first), of each transfer's fields, and of the seal's
//! own. A number is written as eight bytes, a text as its length and its bytes, an absent value as a single zero byte
//! where a present one begins with a one.

use aws_lc_rs::digest::{Context, SHA256};
use store::{Result, Store, Tx};

use super::records::audit::{self as records, Seal, Transfer};

/// Transfers that one seal covers at most, so that each is made in bounded time and memory.
const TRANSFERS_MAX: i64 = 4096;

/// Seals what has been posted since the last time. Gives how many transfers were sealed.
pub async fn seal(store: &Store, now_us: i64) -> Result<i64> {
    // No transfer may come in behind the end of a seal: whoever is writing one now is waited for.
    let settled = store
        .write(|tx| {
            tx.wait_for_writers("transfer")?;
            records::last_position(tx)
        })
        .await?;
    let mut sealed = 0;
    loop {
        let count = store.write(move |tx| seal_next(tx, now_us, settled)).await?;
        sealed += count;
        if count < TRANSFERS_MAX {
            return Ok(sealed);
        }
    }
}

fn seal_next(tx: &mut Tx<'_>, now_us: i64, settled: i64) -> Result<i64> {
    let before = records::last_seal(tx)?;
    let after = before.as_ref().map_or(0, |seal| seal.position);
    let mut transfers = records::transfers_after(tx, after, TRANSFERS_MAX)?;
    transfers.retain(|transfer| transfer.position <= settled);
    let Some(last) = transfers.last() else { return Ok(0) };
    let mut seal = Seal {
        number: before.as_ref().map_or(0, |seal| seal.number) + 1,
        position: last.position,
        transfers: i64::try_from(transfers.len()).unwrap_or(i64::MAX),
        hash: Vec::new(),
        sealed_at_us: now_us,
    };
    let mut link = Link::after(before.as_ref());
    for transfer in &transfers {
        link.add(transfer);
    }
    seal.hash = link.end(&seal);
    records::insert_seal(tx, &seal)?;
    Ok(seal.transfers)
}

/// The hash of one seal in the making.
struct Link {
    context: Context,
    transfers: i64,
}

impl Link {
    fn after(before: Option<&Seal>) -> Self {
        let mut context = Context::new(&SHA256);
        context.update(before.map_or(&[], |seal| &seal.hash));
        Self { context, transfers: 0 }
    }

    fn add(&mut self, transfer: &Transfer) {
        self.transfers += 1;
        self.number(transfer.position);
        self.bytes(Some(&transfer.id));
        self.bytes(transfer.business_key.as_deref().map(str::as_bytes));
        self.number(transfer.debit_account_id);
        self.number(transfer.credit_account_id);
        self.number(transfer.amount);
        self.bytes(Some(transfer.code.as_bytes()));
        self.bytes(transfer.memo.as_deref().map(str::as_bytes));
        self.number(transfer.event_id);
        self.number(transfer.posted_at_us);
        self.bytes(transfer.request_fingerprint.as_deref());
        self.optional(transfer.debit_balance);
        self.optional(transfer.credit_balance);
        self.bytes(transfer.drawn.as_deref().map(str::as_bytes));
        self.bytes(transfer.filled.as_deref().map(str::as_bytes));
    }

    fn end(mut self, seal: &Seal) -> Vec<u8> {
        for number in [seal.number, seal.position, seal.transfers, seal.sealed_at_us] {
            self.number(number);
        }
        self.context.finish().as_ref().to_vec()
    }

    fn number(&mut self, number: i64) {
        self.context.update(&number.to_be_bytes());
    }

    fn optional(&mut self, number: Option<i64>) {
        self.context.update(&[u8::from(number.is_some())]);
        if let Some(number) = number {
            self.number(number);
        }
    }

    fn bytes(&mut self, bytes: Option<&[u8]>) {
        self.context.update(&[u8::from(bytes.is_some())]);
        if let Some(bytes) = bytes {
            self.number(i64::try_from(bytes.len()).unwrap_or(i64::MAX));
            self.context.update(bytes);
        }
    }
}

/// Follows the chain beside the transfers, and names the first break.
pub(super) struct Chain {
    seals: Vec<Seal>,
    at: usize,
    link: Link,
    sealed: u64,
    broken: bool,
}

impl Chain {
    pub(super) fn begin(seals: Vec<Seal>) -> Self {
        Self {
            seals,
            at: 0,
            link: Link::after(None),
            sealed: 0,
            broken: false,
        }
    }

    /// How many transfers the chain covers.
    pub(super) fn sealed(&self) -> u64 {
        self.sealed
    }

    /// Takes the next transfer in. Gives the first break, once.
    pub(super) fn take(&mut self, transfer: &Transfer) -> Option<String> {
        let mut found = None;
        while self
            .seals
            .get(self.at)
            .is_some_and(|seal| seal.position < transfer.position)
        {
            found = found.or(self.close());
        }
        if self.at < self.seals.len() {
            self.link.add(transfer);
            self.sealed += 1;
        }
        found
    }

    /// Ends the chain behind the last transfer.
    pub(super) fn end(&mut self) -> Option<String> {
        let mut found = None;
        while self.at < self.seals.len() {
            found = found.or(self.close());
        }
        found
    }

    fn close(&mut self) -> Option<String> {
        let seal = &self.seals[self.at];
        let link = std::mem::replace(&mut self.link, Link::after(Some(seal)));
        let transfers = link.transfers;
        let number = i64::try_from(self.at + 1).unwrap_or(i64::MAX);
        self.at += 1;
        let whole = seal.number == number && seal.transfers == transfers && link.end(seal) == seal.hash;
        if whole || self.broken {
            return None;
        }
        self.broken = true;
        Some(format!(
            "seal {number}: the transfers up to position {} are not those that were sealed ({} then, {transfers} now)",
            seal.position, seal.transfers
        ))
    }
}
