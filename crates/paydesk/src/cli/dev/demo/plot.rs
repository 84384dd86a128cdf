//! The plot: what happens when. Pure: the people, the offers and a generator in, moments with scenes out. What follows from a
//! scene (work on an order, the end of a dispute) is added while it is played.

use super::cast::{Habit, Member};
use super::dice::Dice;
use super::offers::Offers;
use super::scenes::Scene;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;
/// Seconds of a day.
pub(super) const DAY: i64 = 24 * HOUR;
/// When the day's work is done, in seconds from midnight.
const NIGHT: i64 = DAY - 60;
/// The days between two visits of one person, least and most.
const PAUSE_DAYS: (i64, i64) = (5, 12);

/// A span below so many days is a short one.
const SHORT_DAYS: i64 = 120;

/// When cards are declined that a plan is to be paid with, in thousandths of the span, and after how many days that is mended.
const BAD_CARDS: [(i64, Option<i64>); 6] = [
    (200, Some(2)),
    (340, None),
    (460, Some(5)),
    (600, Some(1)),
    (730, None),
    (850, Some(4)),
];

/// When money goes back, in thousandths of the span.
const TROUBLE: [(i64, Scene); 11] = [
    (150, Scene::RefundRequest { approve: Some(true) }),
    (240, Scene::Refund),
    (310, Scene::Dispute { won: Some(true) }),
    (420, Scene::RefundRequest { approve: Some(false) }),
    (540, Scene::Refund),
    (580, Scene::Dispute { won: Some(false) }),
    (660, Scene::RefundRequest { approve: Some(true) }),
    (760, Scene::Warning),
    (820, Scene::Refund),
    (900, Scene::Dispute { won: Some(true) }),
    (930, Scene::Refund),
];

/// The time that the demo tells of, unix seconds: from a midnight, UTC, until now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) begin_s: i64,
    pub(super) end_s: i64,
    pub(super) days: i64,
}

impl Span {
    /// So many whole days, and what has passed of the one that it is now.
    pub(super) fn until(now_s: i64, days: i64) -> Self {
        Self {
            begin_s: now_s - now_s.rem_euclid(DAY) - days * DAY,
            end_s: now_s,
            days,
        }
    }

    /// When so many thousandths of it have passed.
    fn at_permille(self, permille: i64) -> i64 {
        self.begin_s + (self.end_s - self.begin_s) / 1_000 * permille
    }

    /// The day that a moment is in, from 0 on.
    pub(super) fn day(self, at_s: i64) -> i64 {
        (at_s - self.begin_s) / DAY
    }
}

/// Something that is to happen, and when, unix seconds.
pub(super) type Moment = (i64, Scene);

/// Writes down what is to happen, in no order.
pub(super) fn plot(span: Span, cast: &[Member], offers: &Offers, dice: &mut Dice) -> Vec<Moment> {
    let mut moments = vec![(span.begin_s + HOUR, Scene::Opening)];
    moments.extend((0..=span.days).map(|day| (span.begin_s + day * DAY + NIGHT, Scene::Night)));
    let mut subscribers = 0;
    for (buyer, member) in cast.iter().enumerate() {
        moments.push((member.arrives_s, Scene::Arrival { buyer }));
        visits(&mut moments, span, (buyer, member), dice);
        match member.habit {
            Habit::Packs => {}
            Habit::TopUp => {
                let pack = offers.packs.first();
                moments.extend(pack.map(|_| (member.arrives_s + HOUR, Scene::TopUp { buyer })));
            }
            Habit::Plan => {
                let begins_s = member.arrives_s + dice.between(0, 3) * DAY + HOUR;
                plan(&mut moments, (buyer, begins_s), subscribers, offers, dice);
                subscribers += 1;
            }
            Habit::LongPlan => {
                let plan = offers.long_plan().or(offers.bigger_plan());
                moments.extend(plan.map(|plan| {
                    let plan_id = plan.item_id.clone();
                    (member.arrives_s + HOUR, Scene::Subscription { buyer, plan_id })
                }));
            }
            Habit::Client => commissions(&mut moments, span, (buyer, member), offers, dice),
        }
    }
    trouble(&mut moments, span, offers);
    last_hours(&mut moments, span, cast, offers);
    moments.retain(|(at_s, _)| (span.begin_s..span.end_s).contains(at_s));
    moments
}

/// An hour of the day at which people are about.
fn waking(dice: &mut Dice) -> i64 {
    dice.between(7 * HOUR, 21 * HOUR)
}

fn visits(moments: &mut Vec<Moment>, span: Span, (buyer, member): (usize, &Member), dice: &mut Dice) {
    let mut at_s = member.arrives_s + 2 * HOUR;
    while at_s < span.end_s.min(member.leaves_s) {
        moments.push((at_s, Scene::Visit { buyer }));
        let midnight_s = at_s - at_s.rem_euclid(DAY);
        at_s = midnight_s + dice.between(PAUSE_DAYS.0, PAUSE_DAYS.1) * DAY + waking(dice);
    }
}

/// The life of a subscription to the usual plan. Lives come in turns (`turn`), so that few people have them all as well.
fn plan(moments: &mut Vec<Moment>, (buyer, begins_s): (usize, i64), turn: usize, offers: &Offers, dice: &mut Dice) {
    let Some(usual) = offers.usual_plan() else { return };
    let plan_id = usual.item_id.clone();
    let bigger = offers.bigger_plan().map(|plan| plan.item_id.clone());
    let mut after = |days: i64, scene| moments.push((begins_s + days * DAY, scene));
    let begun = plan_id.clone();
    after(0, Scene::Subscription { buyer, plan_id: begun });
    match (turn % 9, bigger) {
        (1 | 6, Some(bigger)) => {
            after(dice.between(35, 110), Scene::OtherPlan { buyer, plan_id: bigger });
        }
        (2, _) => {
            let ended = dice.between(50, 90);
            after(ended, Scene::EndOfPlan { buyer, at_once: false });
            // Back again, some time behind the end of what was paid for.
            after(ended + dice.between(45, 80), Scene::Subscription { buyer, plan_id });
        }
        (3, Some(bigger)) => {
            let grown = dice.between(25, 60);
            after(grown, Scene::OtherPlan { buyer, plan_id: bigger });
            after(grown + dice.between(70, 120), Scene::OtherPlan { buyer, plan_id });
        }
        (4, _) => after(dice.between(40, 90), Scene::EndOfPlan { buyer, at_once: true }),
        (5, _) => {
            let ended = dice.between(40, 100);
            after(ended, Scene::EndOfPlan { buyer, at_once: false });
            after(ended + 2, Scene::PlanAfterAll { buyer });
        }
        (8, _) => after(dice.between(60, 120), Scene::EndOfPlan { buyer, at_once: false }),
        _ => {}
    }
}

/// Orders and sessions, in turns.
fn commissions(
    moments: &mut Vec<Moment>,
    span: Span,
    (buyer, member): (usize, &Member),
    offers: &Offers,
    dice: &mut Dice,
) {
    let mut is_order = dice.one_in(2);
    let mut at_s = member.arrives_s + 3 * HOUR;
    while at_s < span.end_s.min(member.leaves_s) {
        if is_order && !offers.packages.is_empty() {
            moments.push((at_s, Scene::Order { buyer }));
        } else if !is_order && !offers.sessions.is_empty() {
            moments.push((at_s, Scene::Booking { buyer }));
        }
        is_order = !is_order;
        at_s += dice.between(8, 22) * DAY + dice.below(5 * HOUR);
    }
}

/// What goes wrong, here and there over the whole span, and at its end, so that something waits for whoever looks first. In a
/// short span a third of it is enough.
fn trouble(moments: &mut Vec<Moment>, span: Span, offers: &Offers) {
    let step = if span.days < SHORT_DAYS { 3 } else { 1 };
    let before_end = |days: i64| (span.end_s - days * DAY).max(span.at_permille(500));
    if !offers.plans.is_empty() {
        for (permille, repaired_after_days) in BAD_CARDS.into_iter().step_by(step) {
            moments.push((span.at_permille(permille), Scene::BadCard { repaired_after_days }));
        }
        // Of this one the last attempt is still to come.
        let repaired_after_days = None;
        moments.push((before_end(9), Scene::BadCard { repaired_after_days }));
    }
    for (permille, scene) in TROUBLE.into_iter().step_by(step) {
        moments.push((span.at_permille(permille), scene));
    }
    moments.push((before_end(8), Scene::RefundRequest { approve: Some(true) }));
    moments.push((before_end(5), Scene::Dispute { won: None }));
    moments.push((before_end(4), Scene::RefundRequest { approve: None }));
    moments.push((before_end(2), Scene::RefundRequest { approve: None }));
}

/// The last hours: something to be worked on, and a session to come, where there are such things.
fn last_hours(moments: &mut Vec<Moment>, span: Span, cast: &[Member], offers: &Offers) {
    let clients = cast.iter().enumerate().filter(|(_, one)| one.habit == Habit::Client);
    let mut clients = clients.map(|(buyer, _)| buyer);
    if !offers.packages.is_empty() {
        let order = clients
            .next()
            .map(|buyer| (span.end_s - 2 * HOUR, Scene::Order { buyer }));
        moments.extend(order);
    }
    if !offers.sessions.is_empty() {
        let booking = clients
            .next()
            .map(|buyer| (span.end_s - HOUR, Scene::Booking { buyer }));
        moments.extend(booking);
    }
}

#[cfg(test)]
mod tests {
    use super::super::cast;
    use super::*;
    use crate::catalogue;

    const EVERYTHING: &str = include_str!("../../../../../../paydesk.toml");
    const PACKS_ONLY: &str = "[shop]\nname = \"Acme\"\ncurrency = \"usd\"\n\n[[credit_pack]]\nid = \"starter\"\n\
                              name = \"Starter\"\ncredits = 100\nprices = { usd = 1000 }\n";

    /// The plot of a year that ends at this moment, in a shop that sells this.
    fn written(text: &str, days: i64) -> (Span, Vec<Moment>) {
        let span = Span::until(1_769_860_800 + 11 * HOUR, days);
        let offers = Offers::of(&catalogue::parse(text, "paydesk.toml").unwrap());
        let mut dice = Dice::new(1);
        let cast = cast::invent(span, &offers, &mut dice);
        (span, plot(span, &cast, &offers, &mut dice))
    }

    /// Whether a scene is of some kind.
    type Kind = fn(&Scene) -> bool;

    fn count(moments: &[Moment], is_wanted: impl Fn(&Scene) -> bool) -> usize {
        moments.iter().filter(|(_, scene)| is_wanted(scene)).count()
    }

    #[test]
    fn a_plot_repeats_and_stays_within_its_time() {
        for days in [1, 40, 365] {
            let (span, moments) = written(EVERYTHING, days);
            assert_eq!(moments, written(EVERYTHING, days).1);
            assert!(
                moments
                    .iter()
                    .all(|(at_s, _)| (span.begin_s..span.end_s).contains(at_s))
            );
            assert_eq!(span.begin_s % DAY, 0);
            assert_eq!(span.day(span.end_s), days);
        }
    }

    #[test]
    fn every_kind_that_is_sold_is_bought_and_no_other() {
        let (_, all) = written(EVERYTHING, 40);
        let (_, packs) = written(PACKS_ONLY, 40);
        let kinds: [(Kind, bool); 6] = [
            (|scene| matches!(scene, Scene::Visit { .. }), true),
            (|scene| matches!(scene, Scene::TopUp { .. }), true),
            (|scene| matches!(scene, Scene::Subscription { .. }), false),
            (|scene| matches!(scene, Scene::BadCard { .. }), false),
            (|scene| matches!(scene, Scene::Order { .. }), false),
            (|scene| matches!(scene, Scene::Booking { .. }), false),
        ];
        for (index, (is_kind, with_packs)) in kinds.into_iter().enumerate() {
            assert!(count(&all, is_kind) > 0, "{index}");
            assert_eq!(count(&packs, is_kind) > 0, with_packs, "{index}");
        }
    }
}
