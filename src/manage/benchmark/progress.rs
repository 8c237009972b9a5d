//! What is said while it takes long, on standard error.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that moves, where somebody looks; elsewhere a line for each thing that begins.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{msg:<34} {wide_bar} {human_pos:>11}/{human_len}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar }
    }

    /// Begins something of so many steps.
    pub(super) fn begin(&self, what: &str, steps: u64) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(steps);
                bar.set_position(0);
                bar.set_message(what.to_owned());
            }
            None => eprintln!("benchmark: {what} ({steps})"),
        }
    }

    /// Says how many steps are done.
    pub(super) fn at(&self, step: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(step);
        }
    }

    /// Begins something of which nobody knows how far it is.
    pub(super) fn say(&self, what: &str) {
        match &self.bar {
            Some(bar) => {
                bar.set_message(what.to_owned());
                bar.tick();
            }
            None => eprintln!("benchmark: {what}"),
        }
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
