//! The audit of the whole: the books, and the rows elsewhere that say the same as they do.
//!
//! The books know nothing of holds and payments, so what those say is held against them here, in the same snapshot.

use store::{Result, Tx};

use crate::books::{self, Anchor, Audit};
use crate::{credits, payouts, purchases};

/// Recomputes the books, holds them against the anchors, whose signatures the caller has checked, and the holds and the
/// reasons to freeze wallets against them. `progress` hears how many positions of how many have been read.
pub fn audit(tx: &mut Tx<'_>, anchors: &[Anchor], progress: impl FnMut(u64, u64)) -> Result<Audit> {
    let mut audit = books::audit(tx, anchors, progress)?;
    credits::holds::audit(tx, &mut audit)?;
    purchases::audit(tx, &mut audit)?;
    payouts::audit(tx, &mut audit)?;
    Ok(audit)
}
