//! Progress of long work on the standard error stream: a bar where somebody watches, nothing where nobody does.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// A bar under way. It is cheap to move often; the terminal is drawn a few times a second.
pub struct Progress(ProgressBar);

impl Progress {
    /// Begins a bar for work of `total` steps.
    pub fn begin(what: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total).with_message(what);
        let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {speed} {eta}");
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.with_key("speed", write_speed));
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    /// So many steps are done.
    pub fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    /// So many steps are done, of so many.
    pub fn of(&self, done: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(done);
    }

    /// The work is done; the bar is taken away.
    pub fn end(self) {
        self.0.finish_and_clear();
    }
}

/// In whole steps: nobody reads a ten-thousandth of one.
fn write_speed(state: &ProgressState, out: &mut dyn Write) {
    // A terminal that cannot be written to is not helped by telling it so.
    write!(out, "{:.0}/s", state.per_sec()).ok();
}
