//! Which starts of a session are free: a builder's week, less what is taken, less what is too soon or too far. Pure.

use super::week::{Piece, Week};

/// Microseconds of a minute.
pub const MINUTE_US: i64 = 60_000_000;
/// Microseconds of a day.
const DAY_US: i64 = 1_440 * MINUTE_US;

/// A stretch of time: from, and until before, microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// From.
    pub from_us: i64,
    /// Until before.
    pub to_us: i64,
}

impl Span {
    /// Whether two have a moment in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.from_us < other.to_us && other.from_us < self.to_us
    }
}

/// The times of a session type, in minutes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// How long it lasts.
    pub minutes: i64,
    /// How long before it the builder is kept free.
    pub buffer_before_minutes: i64,
    /// How long after it the builder is kept free.
    pub buffer_after_minutes: i64,
    /// One begins so often, counted from the beginning of a rule.
    pub start_every_minutes: i64,
    /// How long before its start it must be booked at the latest.
    pub notice_minutes: i64,
    /// How many days before its start it can be booked at the earliest.
    pub horizon_days: i64,
}

impl Shape {
    /// The session that starts at a moment.
    pub fn session(&self, starts_at_us: i64) -> Span {
        Span {
            from_us: starts_at_us,
            to_us: starts_at_us.saturating_add(self.minutes * MINUTE_US),
        }
    }

    /// What of the builder's time that session takes, buffers included.
    pub fn claim(&self, starts_at_us: i64) -> Span {
        let session = self.session(starts_at_us);
        Span {
            from_us: session.from_us.saturating_sub(self.buffer_before_minutes * MINUTE_US),
            to_us: session.to_us.saturating_add(self.buffer_after_minutes * MINUTE_US),
        }
    }

    /// The starts that may be booked at a moment at all.
    fn bookable(&self, now_us: i64) -> Span {
        Span {
            from_us: now_us.saturating_add(self.notice_minutes * MINUTE_US),
            to_us: now_us.saturating_add(self.horizon_days * DAY_US),
        }
    }
}

/// The free starts within `wanted`, in their order. `taken` are the claims that overlap any of them, in any order.
pub fn free(week: &Week, shape: &Shape, now_us: i64, wanted: Span, taken: &[Span]) -> Vec<i64> {
    let bookable = shape.bookable(now_us);
    let starts = Span {
        from_us: wanted.from_us.max(bookable.from_us),
        to_us: wanted.to_us.min(bookable.to_us),
    };
    if starts.from_us >= starts.to_us {
        return Vec::new();
    }
    // A day more on both sides: rules that began before, and sessions that end after.
    let around = Span {
        from_us: starts.from_us.saturating_sub(DAY_US),
        to_us: starts.to_us.saturating_add(DAY_US),
    };
    let pieces = week.pieces(around);
    let open = merged(pieces.iter().map(|piece| piece.span));
    let taken = merged(taken.iter().copied());
    let mut free: Vec<i64> = pieces
        .iter()
        .flat_map(|piece| candidates(piece, shape.start_every_minutes * MINUTE_US, starts))
        .filter(|start| {
            let session = shape.session(*start);
            let holds = covering(&open, session.from_us).is_some_and(|span| session.to_us <= span.to_us);
            holds && !any_overlaps(&taken, shape.claim(*start))
        })
        .collect();
    free.sort_unstable();
    free.dedup();
    free
}

/// Whether a session may start at a moment, as far as nobody else has the time.
pub fn is_offered(week: &Week, shape: &Shape, now_us: i64, starts_at_us: i64) -> bool {
    let only = Span {
        from_us: starts_at_us,
        to_us: starts_at_us.saturating_add(1),
    };
    !free(week, shape, now_us, only, &[]).is_empty()
}

/// The starts of one piece: every so often from where its rule begins.
fn candidates(piece: &Piece, every_us: i64, starts: Span) -> impl Iterator<Item = i64> + use<> {
    let from_us = piece.span.from_us.max(starts.from_us);
    let to_us = piece.span.to_us.min(starts.to_us);
    let steps = (from_us - piece.anchor_us + every_us - 1).div_euclid(every_us);
    let first = piece.anchor_us + steps * every_us;
    std::iter::successors(Some(first), move |start| Some(start + every_us)).take_while(move |start| *start < to_us)
}

/// The same time in stretches that do not touch, in their order.
fn merged(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.collect();
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.from_us <= last.to_us => last.to_us = last.to_us.max(span.to_us),
            _ => merged.push(span),
        }
    }
    merged
}

/// The one of these that a moment lies in.
fn covering(spans: &[Span], at_us: i64) -> Option<Span> {
    let after = spans.partition_point(|span| span.from_us <= at_us);
    let last = spans.get(after.checked_sub(1)?)?;
    (at_us < last.to_us).then_some(*last)
}

fn any_overlaps(spans: &[Span], wanted: Span) -> bool {
    let first = spans.partition_point(|span| span.to_us <= wanted.from_us);
    spans.get(first).is_some_and(|span| span.overlaps(wanted))
}

#[cfg(test)]
mod tests;
