//! The play: one scene after another, each at its moment. Remembers what was bought, so that later scenes find whom to happen
//! to, and takes up what follows from a scene.

use std::collections::{BTreeMap, BTreeSet};

use super::caller::Hitch;
use super::cast::Member;
use super::dice::Dice;
use super::offers::Offers;
use super::plot::{DAY, Moment, Span};
use super::scenes::{self, Played, Scene};
use super::stage::Stage;
use crate::progress::Progress;

/// How often a scene that finds nobody is tried, each time a day later.
const TRIES_MAX: u32 = 14;

/// A demo under way.
pub(super) struct Play {
    pub(super) stage: Stage,
    pub(super) offers: Offers,
    pub(super) cast: Vec<Member>,
    pub(super) dice: Dice,
    pub(super) memory: Memory,
    span: Span,
    /// What is still to happen, and how often it was tried; in the order in which it was thought of within a moment.
    ahead: BTreeMap<(i64, u64), (Scene, u32)>,
    thought_of: u64,
    hitches: Hitches,
}

/// What was bought so far, and who has which trouble.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) bought: Vec<Bought>,
    /// Those whose card is declined.
    pub(super) with_bad_card: BTreeSet<usize>,
    /// Those who were in trouble with their card before; once is enough.
    pub(super) had_bad_card: BTreeSet<usize>,
}

/// A purchase that was paid for.
#[derive(Clone, Debug)]
pub(super) struct Bought {
    pub(super) buyer: usize,
    pub(super) ware: Ware,
    pub(super) purchase_id: String,
    /// When, unix seconds.
    pub(super) at_s: i64,
    /// Whether something happened to its money already.
    pub(super) is_troubled: bool,
}

/// What kind of thing was bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ware {
    Pack,
    Plan,
    Order,
    Session,
}

impl Memory {
    /// What was bought lately and has had no trouble yet.
    pub(super) fn untroubled(&self, ware: Ware, since_s: i64) -> Vec<usize> {
        let all = self.bought.iter().enumerate();
        let fitting = all.filter(|(_, one)| one.ware == ware && one.at_s >= since_s && !one.is_troubled);
        fitting.map(|(index, _)| index).collect()
    }
}

/// What could not be done.
#[derive(Default)]
pub(super) struct Hitches {
    pub(super) count: u64,
    pub(super) first: Option<String>,
}

impl Hitches {
    fn note(&mut self, reason: String) {
        tracing::debug!(reason, "a scene of the demo could not be played");
        self.count += 1;
        self.first.get_or_insert(reason);
    }
}

impl Play {
    pub(super) fn new(stage: Stage, span: Span, offers: Offers, cast: Vec<Member>, dice: Dice) -> Self {
        Self {
            stage,
            offers,
            cast,
            dice,
            memory: Memory::default(),
            span,
            ahead: BTreeMap::new(),
            thought_of: 0,
            hitches: Hitches::default(),
        }
    }

    /// Who somebody is, by their place in the cast.
    pub(super) fn user_id(&self, buyer: usize) -> String {
        self.cast
            .get(buyer)
            .map_or_else(String::new, |member| member.user_id.clone())
    }

    /// Takes up something that follows, so many seconds from now. What would follow behind the end does not happen: it is
    /// still open then.
    pub(super) fn follow_up(&mut self, after_s: i64, scene: Scene) {
        self.add(self.stage.now_s() + after_s, scene, 0);
    }

    fn add(&mut self, at_s: i64, scene: Scene, tries: u32) {
        if at_s < self.span.end_s {
            self.thought_of += 1;
            self.ahead.insert((at_s, self.thought_of), (scene, tries));
        }
    }

    /// Plays everything up to the end. Gives the stage as it then is, and what could not be done.
    pub(super) async fn run(mut self, moments: Vec<Moment>, progress: &Progress) -> anyhow::Result<(Stage, Hitches)> {
        for (at_s, scene) in moments {
            self.add(at_s, scene, 0);
        }
        while let Some(((at_s, _), (scene, tries))) = self.ahead.pop_first() {
            progress.at(u64::try_from(self.span.day(at_s)).unwrap_or(0));
            self.stage.turn_to(at_s).await?;
            match scenes::play(&mut self, &scene).await {
                Ok(Played::Done) => {}
                Ok(Played::NotYet) if tries < TRIES_MAX => self.add(at_s + DAY, scene, tries + 1),
                Ok(Played::NotYet) => tracing::debug!(?scene, "a scene of the demo found nobody"),
                Err(Hitch::Refused(reason)) => self.hitches.note(reason),
                Err(Hitch::Broken(error)) => return Err(error.context(format!("{scene:?}"))),
            }
        }
        self.stage.turn_to(self.span.end_s).await?;
        self.stage.night().await?;
        Ok((self.stage, self.hitches))
    }
}
