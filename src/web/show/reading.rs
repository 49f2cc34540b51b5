//! A reading as a page shows it: the same numbers, words and order as in the annotated copy and in the terminal.

use super::sheet::SheetView;
use crate::annotate::view::{LISTED, Numbered, SHOWN, ranked, sheets};
use crate::annotate::{Annotated, lamps, level_id, words};
use crate::reading::{LedgerLine, ProspectingClass, Reading};

/// Everything that is said about one mail.
#[derive(Debug, Default)]
pub(in crate::web) struct ReadingView {
    /// The standard's reasons, as sentences.
    pub(in crate::web) reasons: Vec<String>,
    /// The standard's name.
    pub(in crate::web) standard: String,
    /// Whether it is prospecting, as a sentence; empty when it was not read.
    pub(in crate::web) class: String,
    /// Every signal that counts, with its points.
    pub(in crate::web) signals: Vec<(String, String)>,
    pub(in crate::web) sheets: Vec<SheetView>,
    /// The findings with which to begin.
    pub(in crate::web) notes: Vec<NoteView>,
    /// The others, folded away.
    pub(in crate::web) more: Vec<NoteView>,
    /// How many are not listed at all.
    pub(in crate::web) unlisted: usize,
    /// Whether there is a score, with lamps and ledger.
    pub(in crate::web) read: bool,
    pub(in crate::web) score: i32,
    pub(in crate::web) lamps: Vec<LampView>,
    pub(in crate::web) steps: Vec<lamps::Step>,
    /// What costs, and how much.
    pub(in crate::web) ledger: Vec<(String, String)>,
    /// Findings that somebody silenced: what, by whom, why.
    pub(in crate::web) silenced: Vec<(String, String, String)>,
    /// Where the text is, if it is not here.
    pub(in crate::web) elsewhere: &'static str,
    /// What was not read, if anything.
    pub(in crate::web) not_read: Option<String>,
}

/// One finding.
#[derive(Debug, Clone)]
pub(in crate::web) struct NoteView {
    pub(in crate::web) number: usize,
    /// The words; empty for the whole mail.
    pub(in crate::web) excerpt: String,
    pub(in crate::web) category: &'static str,
    pub(in crate::web) level: &'static str,
    /// `, 6 points`.
    pub(in crate::web) cost: String,
    pub(in crate::web) rule: String,
    pub(in crate::web) hash: String,
    pub(in crate::web) why: String,
    pub(in crate::web) ask: String,
}

/// One side of the customer that a mail speaks to, or not yet.
#[derive(Debug)]
pub(in crate::web) struct LampView {
    pub(in crate::web) name: String,
    pub(in crate::web) lit: bool,
    pub(in crate::web) text: String,
}

impl ReadingView {
    /// All of it.
    pub(in crate::web) fn of(mail: &Annotated<'_>) -> ReadingView {
        let mut view = ReadingView {
            reasons: words::reasons(mail).map(|reason| words::sentence(&reason)).collect(),
            elsewhere: "Its text is not kept any more; what was found in it is.",
            standard: mail.verdict.standard.as_deref().map(words::line).unwrap_or_default(),
            ..ReadingView::default()
        };
        let Some(reading) = mail.reading else { return view };
        let findings = ranked(reading);
        view.class = words::sentence(&words::gate(&reading.prospecting));
        view.signals = signals(reading);
        view.sheets = mail
            .prose
            .map(|prose| sheets(prose, &findings).iter().map(SheetView::of).collect())
            .unwrap_or_default();
        view.take_notes(&findings);
        view.take_score(reading);
        view.silenced = reading
            .silenced
            .iter()
            .take(LISTED)
            .map(|silenced| {
                let line = words::line;
                (
                    line(&silenced.finding.excerpt),
                    line(&silenced.silence.author),
                    line(&silenced.silence.reason),
                )
            })
            .collect();
        view.not_read = words::not_read(mail.prose, reading);
        view
    }

    /// The texts to show. The subject is the page's heading already, and stands here only if something is marked in it.
    pub(in crate::web) fn texts(&self) -> impl Iterator<Item = &SheetView> {
        self.sheets.iter().filter(|sheet| !sheet.subject || sheet.is_marked())
    }

    /// A finding by its number.
    pub(in crate::web) fn note(&self, number: &usize) -> Option<&NoteView> {
        self.notes.iter().chain(&self.more).find(|note| note.number == *number)
    }

    fn take_notes(&mut self, findings: &[Numbered<'_>]) {
        let listed: Vec<NoteView> = findings.iter().take(LISTED).map(NoteView::of).collect();
        self.unlisted = findings.len() - listed.len();
        let (first, rest) = listed.split_at(listed.len().min(SHOWN));
        (self.notes, self.more) = (first.to_vec(), rest.to_vec());
    }

    fn take_score(&mut self, reading: &Reading) {
        // What is not prospecting is not judged: its hundred points would say something that nobody has looked at.
        self.read = reading.not_read.is_none() && reading.prospecting.class != ProspectingClass::No;
        if !self.read {
            return;
        }
        self.score = reading.score;
        self.lamps = lamps::lamps(reading).into_iter().map(LampView::of).collect();
        self.steps = reading.help.as_ref().map(lamps::steps).unwrap_or_default();
        self.ledger = reading.ledger.iter().map(ledger_line).collect();
    }
}

impl NoteView {
    fn of(numbered: &Numbered<'_>) -> NoteView {
        let finding = numbered.finding;
        NoteView {
            number: numbered.number,
            excerpt: words::line(&finding.excerpt),
            category: words::category(finding.category),
            level: level_id(finding.severity),
            cost: numbered.cost(),
            rule: words::line(&finding.rule),
            hash: words::line(&finding.hash),
            why: words::line(&finding.why),
            ask: numbered.ask(),
        }
    }
}

impl LampView {
    fn of(lamp: lamps::Lamp) -> LampView {
        let name = words::sentence(lamp.layer.name());
        let lit = !lamp.lit_by.is_empty();
        LampView {
            name: name.trim_end_matches('.').to_owned(),
            lit,
            text: words::line(&if lit { lamp.lit_by.join(", ") } else { lamp.question }),
        }
    }
}

/// Each signal in words, and its points.
fn signals(reading: &Reading) -> Vec<(String, String)> {
    let signals = words::signals(&reading.prospecting).into_iter();
    signals.map(|(points, shown)| (shown, minus(&points))).collect()
}

fn ledger_line(line: &LedgerLine) -> (String, String) {
    (
        words::line(&line.what),
        minus(&line.points.saturating_neg().to_string()),
    )
}

/// With a real minus sign, which stands as high as the plus.
fn minus(points: &str) -> String {
    points.replace('-', "−")
}
