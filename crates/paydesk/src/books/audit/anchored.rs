//! Holds the chain, and what moved through the accounts of the house, against anchors.

use std::collections::VecDeque;

use ledger::AccountKey;

use super::Audit;
use super::recount::Recount;
use crate::books::anchor::Anchor;
use crate::books::seal::Closed;

/// Anchors that the chain has not reached yet, in its order.
pub(super) struct Anchored<'a>(VecDeque<&'a Anchor>);

impl<'a> Anchored<'a> {
    pub(super) fn begin(anchors: &'a [Anchor]) -> Self {
        let mut sorted: Vec<&Anchor> = anchors.iter().collect();
        sorted.sort_by_key(|anchor| anchor.seal);
        Self(sorted.into())
    }

    /// A seal was closed, and everything up to it was counted.
    pub(super) fn reach(&mut self, closed: &Closed, sealed: u64, recount: &Recount, audit: &mut Audit) {
        while let Some(anchor) = self.0.front().filter(|anchor| anchor.seal <= closed.number) {
            let is_it = anchor.seal == closed.number
                && anchor.position == closed.position
                && anchor.account_id == closed.account_id
                && anchor.hash == hex::encode(&closed.hash)
                && u64::try_from(anchor.transfers) == Ok(sealed);
            if !is_it {
                audit.note(|| {
                    format!(
                        "anchor of {}: seal {} is not the one that was anchored; the chain was made anew",
                        anchor.anchored_at, anchor.seal
                    )
                });
            }
            for total in &anchor.totals {
                let number = total
                    .account
                    .parse::<AccountKey>()
                    .ok()
                    .and_then(|key| key.house_number());
                let counted = number.map(|number| recount.totals(number));
                if counted.is_none_or(|now| (now.debits_posted, now.credits_posted) != (total.debits, total.credits)) {
                    audit.note(|| {
                        format!(
                            "anchor of {}: account {} had debits {} and credits {} by then, and its transfers say otherwise",
                            anchor.anchored_at, total.account, total.debits, total.credits
                        )
                    });
                }
            }
            self.0.pop_front();
        }
    }

    /// The chain has ended.
    pub(super) fn end(self, audit: &mut Audit) {
        for anchor in self.0 {
            audit.note(|| {
                format!(
                    "anchor of {}: seal {} is gone, and with it whatever was posted up to position {}",
                    anchor.anchored_at, anchor.seal, anchor.position
                )
            });
        }
    }
}
