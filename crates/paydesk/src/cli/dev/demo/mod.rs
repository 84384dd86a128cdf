//! The demo: what `paydesk dev` shows at first sight. A year of an invented shop is played before the doors open: people come,
//! buy, subscribe, order, book and ask for their money back, and time passes for them, in a sandbox and an application whose
//! clocks are turned.
//!
//! It promises that nothing comes from anywhere else: all of it is asked for over HTTP, as an application, a browser and
//! Stripe would, so the books verify and every figure can be explained. It is made once for a data folder, whole or not at
//! all, and never keeps the server from starting. What must not live here: a write into a table, or anything that a real
//! shop could not do.

mod caller;
mod cast;
mod dice;
mod folder;
mod offers;
mod play;
mod plot;
mod scenes;
mod stage;

pub(super) use folder::{DATABASE, Folder, Holds, STATE};
pub(super) use stage::Scenery;

use dice::Dice;
use offers::Offers;
use play::{Hitches, Play};
use plot::Span;
use stage::Stage;

use crate::progress::Progress;

/// The same shop for everybody, so that people can talk about what they see.
const SEED: u64 = 20_261_129;

/// What was made, to be told.
#[derive(Debug)]
pub(super) struct Told {
    people: usize,
    days: i64,
    /// How much could not be done, and the first of it.
    missing: Option<(u64, String)>,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { people, days, .. } = self;
        write!(f, "the demo is there: {people} invented people over {days} days")?;
        match &self.missing {
            Some((count, first)) => write!(f, ". What could not be done in it: {count}, first: {first}"),
            None => Ok(()),
        }
    }
}

/// Makes a demo of so many days that ends now, and moves it into the folder. Where that fails nothing of it is left.
pub(super) async fn make(folder: &Folder, scenery: Scenery, now_s: i64, days: i64) -> anyhow::Result<Told> {
    let made = perform(folder, scenery, Span::until(now_s, days)).await;
    if made.is_err() {
        folder.give_up();
    }
    made
}

async fn perform(folder: &Folder, scenery: Scenery, span: Span) -> anyhow::Result<Told> {
    let (database, state) = folder.begin()?;
    let offers = Offers::of(&scenery.catalogue);
    let mut dice = Dice::new(SEED);
    let cast = cast::invent(span, &offers, &mut dice);
    let moments = plot::plot(span, &cast, &offers, &mut dice);
    let people = cast.len();
    let progress = Progress::begin("making the demo, day", u64::try_from(span.days).unwrap_or(0));
    let stage = Stage::set_up(scenery, &database, span.begin_s).await?;
    tracing::info!("a demo is under way");
    let play = Play::new(stage, span, offers, cast, dice);
    let (stage, Hitches { count, first }) = play.run(moments, &progress).await?;
    stage.take_down(&state).await?;
    folder.finish()?;
    progress.end();
    Ok(Told {
        people,
        days: span.days,
        missing: first.map(|first| (count, first)),
    })
}
