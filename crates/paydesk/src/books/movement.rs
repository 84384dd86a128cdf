//! What the rest of the application asks of the books.

use aws_lc_rs::digest;
use ledger::{AccountKey, Accounts, Fill, Lot, Order, Role, Shortfall, Slot, TransferCode, TransferId};

use super::Before;
use super::records::transfers::Standing;
use crate::ids::beginning;

/// What makes a movement happen once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cause {
    /// A business key, by [`Cause::key`].
    Key {
        /// The transfer's id, derived from the key once: it is asked for again and again.
        id: TransferId,
        /// A kind and a subject: `grant:pi_…`.
        key: String,
    },
    /// A request under its Idempotency-Key, by the hash of caller and key, which is the transfer's id.
    Request {
        /// The hash of caller and key.
        id: [u8; 16],
        /// The hash of what was asked for.
        fingerprint: [u8; 16],
    },
}

/// One movement of value, as the rest of the application asks for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Movement {
    /// What makes it happen once.
    pub cause: Cause,
    /// The account it comes from.
    pub debit: AccountKey,
    /// The account it goes to.
    pub credit: AccountKey,
    /// How much, in the accounts' unit.
    pub amount: i64,
    /// Why.
    pub code: TransferCode,
    /// The reason in somebody's words, where one was given.
    pub memo: Option<String>,
    /// Who asked for it, where that is kept: the caller's identity.
    pub made_by: Option<String>,
    /// The number of the event behind it; 0 where a request, a job or the success page was.
    pub event_id: i64,
    /// The business key of the grant whose credits are drawn before all others, in whichever wallet of their user they are.
    pub first_from: Option<String>,
    /// What comes of a wallet that does not hold enough.
    pub shortfall: Shortfall,
    /// What it makes in a wallet it goes to.
    pub fill: Fill,
}

impl Cause {
    /// A business key, which is a kind and a subject: `grant:pi_…`.
    pub fn key(key: impl Into<String>) -> Self {
        let key = key.into();
        let id = transfer_id(&key);
        Self::Key { id, key }
    }

    /// The id of the transfer that it makes.
    pub fn id(&self) -> TransferId {
        match self {
            Self::Key { id, .. } => *id,
            Self::Request { id, .. } => TransferId(*id),
        }
    }

    pub(super) fn business_key(&self) -> Option<String> {
        match self {
            Self::Key { key, .. } => Some(key.clone()),
            Self::Request { .. } => None,
        }
    }

    pub(super) fn fingerprint(&self) -> Option<[u8; 16]> {
        match self {
            Self::Key { .. } => None,
            Self::Request { fingerprint, .. } => Some(*fingerprint),
        }
    }
}

/// The id of the transfer with this business key, which is a kind and a subject: `grant:pi_…`.
///
/// It begins as the subject does, which is with when it was made, goes on with the subject's SHA-256, and ends with two bytes of
/// the kind's. So the index of ids grows at its end, however many there are, and what happens to one
/// subject stands side by side in it: what collects a payment and what grants its credits are found, and written, on one
/// page.
pub fn transfer_id(business_key: &str) -> TransferId {
    let (kind, subject) = business_key.split_once(':').unwrap_or(("", business_key));
    let begun = beginning(subject);
    let (kind, subject) = (sha256(kind), sha256(subject));
    let mut id = [0; 16];
    id[..4].copy_from_slice(&begun.to_be_bytes());
    id[4..13].copy_from_slice(&subject[..9]);
    id[13..15].copy_from_slice(&kind[..2]);
    // The last byte is where what follows from a transfer differs from it.
    id[15] = subject[9];
    TransferId(id)
}

fn sha256(text: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    hash
}

impl Movement {
    /// The usual movement: drawn from the wallet's lots in order, refused where it is not covered, a lot without an end.
    pub fn new(cause: Cause, debit: AccountKey, credit: AccountKey, amount: i64, code: TransferCode) -> Self {
        Self {
            cause,
            debit,
            credit,
            amount,
            code,
            memo: None,
            made_by: None,
            event_id: 0,
            first_from: None,
            shortfall: Shortfall::Refuse,
            fill: Fill::New(ledger::Terms::default()),
        }
    }

    /// Its business key; empty where a request made it.
    pub fn key(&self) -> &str {
        match &self.cause {
            Cause::Key { key, .. } => key,
            Cause::Request { .. } => "",
        }
    }

    pub(super) fn id(&self) -> TransferId {
        self.cause.id()
    }

    /// The ids of the transfers it must know before it is decided on: its own, and the grant it looks at.
    pub(super) fn ids(&self) -> impl Iterator<Item = TransferId> {
        std::iter::once(self.id()).chain(self.first_from_id())
    }

    /// The id of the grant whose credits are drawn before all others.
    pub(super) fn first_from_id(&self) -> Option<TransferId> {
        self.first_from.as_deref().map(transfer_id)
    }

    /// The ids of what follows from it where a debt is made or paid down. What is taken from the owner's other wallets is not
    /// among them.
    pub(super) fn followers(&self) -> impl Iterator<Item = TransferId> {
        let id = self.id();
        let owed = (self.shortfall == Shortfall::Owe).then(|| id.debt());
        let repaid = matches!(self.credit.role, Role::Wallet(_)).then(|| id.repayment());
        owed.into_iter().chain(repaid)
    }

    /// Whether a transfer in the books is this very movement.
    pub(super) fn is(&self, standing: &Standing) -> bool {
        if self.code == TransferCode::Reinstate {
            // What goes back to several wallets is told in full by no transfer alone.
            return standing.code.gives_back() && self.debit == standing.debit;
        }
        let alike = self.code == standing.code && self.credit == standing.credit;
        let whole = self.debit == standing.debit && self.amount == standing.amount;
        // What may become a debt in part is told in full by no transfer alone.
        alike && (whole || self.shortfall == Shortfall::Owe) && self.cause.fingerprint() == standing.request_fingerprint
    }

    /// The order, once the accounts have been read.
    pub(super) fn order(&self, accounts: &Accounts, before: &Before) -> Order {
        let slot = |key: &AccountKey| accounts.slot(key).expect("every account of the batch was read");
        let taken = before
            .taken
            .get(&self.credit)
            .filter(|_| self.code == TransferCode::Reinstate);
        let undoes = taken.map(|taken| taken.going_back(self.key(), self.amount, accounts));
        Order {
            draws_first: self.draws_first(accounts, before),
            shortfall: self.shortfall,
            fill: self.fill.clone(),
            undoes: undoes.unwrap_or_default(),
            ..Order::new(self.id(), slot(&self.debit), slot(&self.credit), self.amount, self.code)
        }
    }

    /// The open lots that are drawn from first: those that hold credits of the grant. A grant of this very batch has not been moved.
    fn draws_first(&self, accounts: &Accounts, before: &Before) -> Vec<(Slot, i64)> {
        let Some(grant) = self.first_from_id() else {
            return Vec::new();
        };
        let made = before.known.get(&grant);
        let is_of_grant = |wallet: &AccountKey, lot: &Lot| match before.first.get(&grant) {
            Some(lots) => lots.contains(&(wallet.clone(), lot.number)),
            None => made
                .is_some_and(|made| made.credit == *wallet && made.filled.iter().any(|one| one.number == lot.number)),
        };
        let own = accounts.slot(&self.debit);
        let wallets = own
            .into_iter()
            .chain(own.iter().flat_map(|own| accounts.at(*own).beside.iter().copied()));
        let lots = wallets.flat_map(|slot| accounts.at(slot).lots.open.iter().map(move |lot| (slot, lot)));
        let lots = lots.filter(|(slot, lot)| is_of_grant(&accounts.at(*slot).key, lot));
        lots.map(|(slot, lot)| (slot, lot.number)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [&str; 10] = [
        "grant",
        "collect",
        "claw_back",
        "refund",
        "freeze",
        "hold",
        "capture",
        "release",
        "expire",
        "",
    ];

    #[test]
    fn what_happens_to_one_subject_has_ids_of_its_own_that_stand_together() {
        let of = |kind: &str| transfer_id(&format!("{kind}:pi_1")).0;
        for (at, kind) in KINDS.iter().enumerate() {
            assert_eq!(of(kind)[..13], of("grant")[..13], "{kind}");
            for other in &KINDS[at + 1..] {
                // What follows from a transfer differs from it in the last byte, so they must differ before that.
                assert_ne!(of(kind)[..15], of(other)[..15], "{kind} and {other}");
            }
        }
        assert_ne!(transfer_id("grant:pi_1").0[..13], transfer_id("grant:pi_2").0[..13]);
    }

    #[test]
    fn ids_of_stripes_objects_sort_by_the_second_they_were_made_in() {
        // Both stand in Stripe's reference, the first as created three weeks before the second.
        let (earlier, later) = ("ch_3MmlLrLkdIwHu7ix0snN0B15", "pi_3MtwBwLkdIwHu7ix28a3tqPa");
        assert!(transfer_id(&format!("grant:{earlier}")).0 < transfer_id(&format!("collect:{later}")).0);
    }

    #[test]
    fn subjects_of_one_moment_differ_by_their_hash() {
        let of = |subject: &str| transfer_id(&format!("grant:{subject}")).0;
        assert_eq!(of("pi_3MtwBwA")[..4], of("pi_3MtwBwB")[..4]);
        assert_ne!(of("pi_3MtwBwA")[4..13], of("pi_3MtwBwB")[4..13]);
    }

    #[test]
    fn a_key_without_a_kind_is_a_subject() {
        assert_eq!(transfer_id("opening"), transfer_id(":opening"));
    }
}
