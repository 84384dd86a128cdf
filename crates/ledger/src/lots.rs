//! Lots: what a wallet's balance is made of. Every inflow makes one, with its own end and priority, and keeps what is left
//! of it; whatever leaves the wallet is drawn from them in order.
//!
//! A wallet's lots are read only as far as a batch may need them: a [`Lots`] holds the first ones in their order, and
//! knows whether it holds all.

use std::fmt;

/// The end of a lot that has none.
pub const NEVER_US: i64 = i64::MAX;

/// When a lot ends, and how soon it is used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Terms {
    /// Lots of a lower number are used first.
    pub priority: i64,
    /// From this moment on nothing can be drawn from it; microseconds, [`NEVER_US`] for no end.
    pub expires_at_us: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            priority: 0,
            expires_at_us: NEVER_US,
        }
    }
}

/// A lot with what is left of it, or a part of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lot {
    /// Its number in its wallet, from 1 on, in the order in which they were made.
    pub number: i64,
    /// How much.
    pub amount: i64,
    /// When it ends and how soon it is used.
    pub terms: Terms,
}

impl Lot {
    /// The order of use: priority, then the earliest end, then the oldest.
    pub fn order(&self) -> (i64, i64, i64) {
        (self.terms.priority, self.terms.expires_at_us, self.number)
    }
}

/// Written `number:amount`, with `:priority:expires_at_us` behind it where the terms are not the usual ones.
impl fmt::Display for Lot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.amount)?;
        if self.terms == Terms::default() {
            Ok(())
        } else {
            write!(f, ":{}:{}", self.terms.priority, self.terms.expires_at_us)
        }
    }
}

/// Parts of lots as one text, in their order, separated by spaces; empty for none.
pub fn write_lots(lots: &[Lot]) -> String {
    use fmt::Write as _;
    let mut text = String::with_capacity(lots.len() * 12);
    for lot in lots {
        let gap = if text.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{gap}{lot}");
    }
    text
}

/// Reads what [`write_lots`] wrote; `None` for anything else.
pub fn read_lots(text: &str) -> Option<Vec<Lot>> {
    lots_in(text).collect()
}

/// Reads what [`write_lots`] wrote, one lot after another; `None` for what is no lot.
pub fn lots_in(text: &str) -> impl Iterator<Item = Option<Lot>> {
    text.split(' ').filter(|part| !part.is_empty()).map(read_lot)
}

fn read_lot(text: &str) -> Option<Lot> {
    let mut numbers = text.split(':').map(str::parse::<i64>);
    let mut next = || numbers.next().transpose().ok();
    let (number, amount) = (next()??, next()??);
    let terms = match (next()?, next()?) {
        (None, None) => Terms::default(),
        (Some(priority), Some(expires_at_us)) => Terms {
            priority,
            expires_at_us,
        },
        _ => return None,
    };
    let lot = Lot { number, amount, terms };
    (next()?.is_none() && number > 0 && amount > 0).then_some(lot)
}

/// The open lots of one wallet, as far as they were read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lots {
    /// How many lots the wallet has ever had.
    pub made: i64,
    /// The first open ones, in the order of use.
    pub open: Vec<Lot>,
    /// Whether `open` holds all of them.
    pub complete: bool,
    /// Made in this batch behind the last one that was read, where not all were.
    pub behind: Vec<Lot>,
    /// No open lot ends before this moment; microseconds. A bound, which may be too early.
    pub none_expires_before_us: i64,
}

impl Default for Lots {
    fn default() -> Self {
        Self {
            made: 0,
            open: Vec::new(),
            complete: true,
            behind: Vec::new(),
            none_expires_before_us: NEVER_US,
        }
    }
}

impl Lots {
    /// What can be drawn at a moment from the lots that were read.
    pub fn usable(&self, at_us: i64) -> i64 {
        let usable = self.open.iter().filter(|lot| lot.terms.expires_at_us > at_us);
        usable.fold(0_i64, |sum, lot| sum.saturating_add(lot.amount))
    }

    /// The lot of this number, if it is open and was read.
    pub fn lot(&self, number: i64) -> Option<&Lot> {
        self.open.iter().find(|lot| lot.number == number)
    }

    /// Makes a lot.
    pub(crate) fn make(&mut self, amount: i64, terms: Terms) -> Lot {
        self.made += 1;
        let lot = Lot {
            number: self.made,
            amount,
            terms,
        };
        self.put(lot);
        lot
    }

    /// Puts back what was drawn from a lot.
    pub(crate) fn put_back(&mut self, part: Lot) {
        assert!(self.complete, "lots are put back where all were read");
        let known = self.open.iter_mut().chain(&mut self.behind);
        match known.into_iter().find(|lot| lot.number == part.number) {
            Some(lot) => lot.amount += part.amount,
            None => self.put(part),
        }
    }

    fn put(&mut self, lot: Lot) {
        self.none_expires_before_us = self.none_expires_before_us.min(lot.terms.expires_at_us);
        let at = self.open.partition_point(|other| other.order() < lot.order());
        // What was not read stands behind what was, so a lot that would come last may not be the next one.
        if at == self.open.len() && !self.complete {
            self.behind.push(lot);
        } else {
            self.open.insert(at, lot);
        }
    }

    /// Draws an amount that is there: from those lots first that are said to be, whether their time is over or not, then in
    /// order. The caller has checked `usable`.
    pub(crate) fn draw(&mut self, amount: i64, is_first: impl Fn(i64) -> bool, at_us: i64) -> Vec<Lot> {
        let mut drawn = Vec::with_capacity(1);
        let mut wanted = amount;
        for first in [true, false] {
            let mut at = 0;
            while wanted > 0 && at < self.open.len() {
                let lot = &self.open[at];
                let is_turn = is_first(lot.number) == first && (first || lot.terms.expires_at_us > at_us);
                if is_turn && lot.amount > 0 {
                    wanted -= self.draw_from(at, wanted, &mut drawn);
                }
                at += 1;
            }
        }
        assert_eq!(wanted, 0, "what is drawn was counted before");
        self.open.retain(|lot| lot.amount > 0);
        drawn
    }

    fn draw_from(&mut self, at: usize, wanted: i64, drawn: &mut Vec<Lot>) -> i64 {
        let lot = &mut self.open[at];
        let amount = wanted.min(lot.amount);
        lot.amount -= amount;
        drawn.push(Lot { amount, ..*lot });
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_read_back_as_they_were_written() {
        let plain = Lot {
            number: 3,
            amount: 40,
            terms: Terms::default(),
        };
        let ending = Lot {
            number: 12,
            amount: 1,
            terms: Terms {
                priority: -2,
                expires_at_us: 77,
            },
        };
        for lots in [vec![], vec![plain], vec![plain, ending]] {
            assert_eq!(read_lots(&write_lots(&lots)), Some(lots));
        }
        for wrong in ["3", "3:", "3:4:5", "3:4:5:6:7", "x:1", "0:1", "1:0", "1:-4", "3:4,5:6"] {
            assert_eq!(read_lots(wrong), None, "{wrong}");
        }
    }
}
