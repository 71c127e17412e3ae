//! How far the compilation of the runtime is: a bar on a terminal, else a line at the start and one at the end.

use std::io::{IsTerminal as _, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::report;

/// One compilation.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    start: Instant,
    what: String,
}

impl Progress {
    /// `what` is what is being made, `total` the number of crates.
    pub(super) fn start(what: String, total: u64) -> Self {
        let bar = stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total);
            let style =
                ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} crates, {elapsed} {wide_msg}");
            if let Ok(style) = style {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_prefix(what.clone());
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        if bar.is_none() {
            report::prose(&format!("{what} ({total} crates, once; a minute or two)"));
        }
        Self { bar, start: Instant::now(), what }
    }

    /// Another crate is done.
    pub(super) fn step(&self, name: &str) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
            bar.set_message(name.to_owned());
        }
    }

    /// The bar gives way to a line.
    pub(super) fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        report::prose(&format!("{}: done in {:.0} s", self.what, self.start.elapsed().as_secs_f64()));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take()
            && !bar.is_finished()
        {
            bar.finish_and_clear();
        }
    }
}
