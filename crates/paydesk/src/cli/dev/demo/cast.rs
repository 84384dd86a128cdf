//! The people of the demo: invented, with addresses that nobody can have, and each with habits. Who they are follows from
//! the generator, and from what the shop sells.

use std::collections::BTreeSet;

use ledger::Currency;

use super::dice::Dice;
use super::offers::Offers;
use super::plot::{DAY, HOUR, Span};

/// The user who delivers what is ordered.
pub(super) const REVIEWER: &str = "user_noor";

/// First names become user ids. None of them is the user of the shop page or one that the documentation buys for.
const NAMES: [(&str, &str); 44] = [
    ("ada", "Ada Quill"),
    ("bruno", "Bruno Larkspur"),
    ("celia", "Celia Undertow"),
    ("dario", "Dario Fennel"),
    ("edda", "Edda Windrose"),
    ("farid", "Farid Copperfield"),
    ("gwen", "Gwen Saltmarsh"),
    ("hugo", "Hugo Tanglewood"),
    ("ines", "Ines Moonraker"),
    ("jonas", "Jonas Pepperbush"),
    ("kaia", "Kaia Thistledown"),
    ("luca", "Luca Brasswell"),
    ("mira", "Mira Foxglove"),
    ("nils", "Nils Driftwood"),
    ("odile", "Odile Starling"),
    ("pavel", "Pavel Quicksand"),
    ("quinn", "Quinn Hazelnut"),
    ("rosa", "Rosa Bellweather"),
    ("samir", "Samir Goldfinch"),
    ("tilda", "Tilda Overtone"),
    ("ugo", "Ugo Marigold"),
    ("vera", "Vera Nightjar"),
    ("wanda", "Wanda Silverlake"),
    ("xaver", "Xaver Cloudberry"),
    ("yara", "Yara Tamarind"),
    ("zeno", "Zeno Juniper"),
    ("amara", "Amara Sundial"),
    ("basil", "Basil Crosswind"),
    ("cleo", "Cleo Evensong"),
    ("dunja", "Dunja Wildrye"),
    ("emil", "Emil Lamplight"),
    ("flora", "Flora Backbeat"),
    ("goran", "Goran Millstream"),
    ("hedda", "Hedda Kingcup"),
    ("igor", "Igor Plainsong"),
    ("juno", "Juno Riverstone"),
    ("kofi", "Kofi Snowdrop"),
    ("lena", "Lena Halftone"),
    ("marek", "Marek Sandpiper"),
    ("nadia", "Nadia Downbeat"),
    ("oskar", "Oskar Honeycomb"),
    ("petra", "Petra Longshore"),
    ("remy", "Remy Counterpoint"),
    ("saskia", "Saskia Lantern"),
];

/// Somebody who buys.
pub(super) struct Member {
    pub(super) user_id: String,
    pub(super) name: &'static str,
    pub(super) email: String,
    pub(super) habit: Habit,
    /// When they first come, unix seconds.
    pub(super) arrives_s: i64,
    /// When they were last seen; behind the end of the demo for most.
    pub(super) leaves_s: i64,
    /// What they would rather pay in than the shop's own currency.
    currency: Option<Currency>,
}

/// What somebody mostly does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Habit {
    /// Buys credits when they run out.
    Packs,
    /// The same, by itself with a saved card.
    TopUp,
    /// Has the usual plan.
    Plan,
    /// Has a plan that is paid for long ahead.
    LongPlan,
    /// Orders work and books sessions.
    Client,
}

/// In which order habits come, so that few people have them all as well.
const HABITS: [Habit; 10] = [
    Habit::Plan,
    Habit::Packs,
    Habit::Client,
    Habit::Plan,
    Habit::TopUp,
    Habit::Packs,
    Habit::Plan,
    Habit::Client,
    Habit::LongPlan,
    Habit::Packs,
];

impl Member {
    /// The currency in which they buy something that is sold in these; none where it is the shop's own.
    pub(super) fn currency_among(&self, sold: &BTreeSet<Currency>) -> Option<Currency> {
        self.currency.filter(|wanted| sold.contains(wanted))
    }
}

/// Invents those who buy within a span of days: some are there at once, the others come bit by bit.
pub(super) fn invent(span: Span, offers: &Offers, dice: &mut Dice) -> Vec<Member> {
    let most = i64::try_from(NAMES.len()).unwrap_or(i64::MAX);
    let count = (span.days / 8).clamp(10, most);
    let mut members = Vec::new();
    for ((id, name), number) in NAMES.iter().zip(0..count) {
        let day = if number < 4 {
            number
        } else {
            number * span.days / count + dice.below(4)
        };
        let arrives_s = span.begin_s + day * DAY + dice.between(7 * HOUR, 20 * HOUR);
        let leaves_s = if number > 3 && dice.one_in(5) {
            arrives_s + dice.between(40, 120) * DAY
        } else {
            span.end_s + DAY
        };
        let habit = HABITS[usize::try_from(number).unwrap_or_default() % HABITS.len()];
        members.push(Member {
            user_id: format!("user_{id}"),
            name,
            email: format!("{id}@people.example"),
            habit,
            arrives_s,
            leaves_s,
            currency: offers.other_currency.filter(|_| number % 6 == 5),
        });
    }
    members
}
