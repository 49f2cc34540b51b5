//! One line on a terminal that tells how far a long work has come. Nothing for a short one.

use std::io::Write;
use std::time::{Duration, Instant};

/// Work shorter than this shows nothing.
const QUIET: Duration = Duration::from_secs(1);
/// So often the line changes.
const PACE: Duration = Duration::from_millis(100);

/// The line.
#[derive(Debug)]
pub(super) struct Progress {
    /// `None` shows nothing.
    since: Option<Instant>,
    shown: Option<Instant>,
    mails: usize,
    done: u64,
    /// Octets in all, where they are known.
    total: Option<u64>,
}

impl Progress {
    /// Begins; `wanted` is whether anybody looks.
    pub(super) fn new(wanted: bool, total: Option<u64>) -> Progress {
        Progress {
            since: wanted.then(Instant::now),
            shown: None,
            mails: 0,
            done: 0,
            total,
        }
    }

    /// One mail of so many octets is done.
    pub(super) fn step(&mut self, out: &mut dyn Write, octets: usize) {
        self.mails += 1;
        self.done = self.done.saturating_add(octets as u64);
        let Some(since) = self.since else { return };
        let now = Instant::now();
        let due = self.shown.map_or(now.duration_since(since) >= QUIET, |shown| {
            now.duration_since(shown) >= PACE
        });
        if due {
            self.shown = Some(now);
            // A line that can't be shown is no reason to stop.
            let _ = write!(out, "\r\u{1b}[K{}", self.line()).and_then(|()| out.flush());
        }
    }

    /// Takes the line away, so that something else can be written.
    pub(super) fn clear(&self, out: &mut dyn Write) {
        if self.shown.is_some() {
            let _ = write!(out, "\r\u{1b}[K").and_then(|()| out.flush());
        }
    }

    fn line(&self) -> String {
        const BAR: u64 = 24;
        let mails = format!("{} mail{}", self.mails, if self.mails == 1 { "" } else { "s" });
        match self.total.filter(|&total| total > 0) {
            Some(total) => {
                let done = self.done.min(total);
                let full = usize::try_from(done * BAR / total).unwrap_or(0);
                let bar = format!("{:<width$}", "#".repeat(full), width = BAR as usize);
                format!("[{bar}] {:>3} %  {mails}", done * 100 / total)
            }
            None => mails,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_work_and_nobody_looking_show_nothing() {
        for wanted in [true, false] {
            let mut out = Vec::new();
            let mut progress = Progress::new(wanted, Some(10));
            progress.step(&mut out, 5);
            progress.clear(&mut out);
            assert!(out.is_empty());
        }
    }

    #[test]
    fn long_work_shows_how_far_it_is() {
        let mut out = Vec::new();
        let mut progress = Progress::new(true, Some(400));
        progress.since = Instant::now().checked_sub(QUIET);
        progress.step(&mut out, 100);
        progress.clear(&mut out);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\r\u{1b}[K[######                  ]  25 %  1 mail\r\u{1b}[K");
        progress.total = None;
        assert_eq!(progress.line(), "1 mail");
    }
}
