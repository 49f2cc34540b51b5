//! A file of silences: findings that somebody said are right as they stand.
//!
//! It lies beside the mails, since nothing can be written into them: their bytes are sacred.
//!
//! ```toml
//! [[silence]]
//! hash = "9f2c41d07be35a18"      # as `youward check` prints it
//! reason = "they asked for our news"
//! author = "ana@norvane.example"
//! date = 2026-03-02
//! ```

use super::Silence;
use crate::toml_file::{self, Fault};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;
/// The most characters of an author's name.
const LONGEST_AUTHOR: usize = 200;

/// The silences of one file, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Silences {
    /// Each with the day on which it was said, where the file tells it.
    pub noted: Vec<NotedSilence>,
}

/// A silence and its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedSilence {
    /// What is silenced, why, by whom.
    pub silence: Silence,
    /// When it was said.
    pub date: Option<Date>,
}

/// Whether a text can be a finding's hash: 16 hex digits in lower case.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    silence: Vec<Spanned<Entry>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    hash: Option<Spanned<String>>,
    reason: Option<Spanned<String>>,
    author: Option<Spanned<String>>,
    date: Option<Spanned<Day>>,
}

/// A day as TOML writes it, or the same between quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Day {
    Written(toml::value::Datetime),
    Quoted(String),
}

impl Silences {
    /// Reads a file. `file` is its name for faults.
    ///
    /// # Errors
    /// Every fault, each with its place. Nothing of a faulty file counts.
    pub fn parse(file: &str, text: &str) -> Result<Silences, Vec<Fault>> {
        let form: File = toml_file::parse(file, text).map_err(|fault| vec![fault])?;
        let mut check = Checker {
            file,
            text,
            faults: Vec::new(),
        };
        let mut lines: HashMap<String, usize> = HashMap::new();
        let mut noted = Vec::new();
        for entry in &form.silence {
            if let Some(one) = check.entry(entry, &mut lines) {
                noted.push(one);
            }
        }
        if check.faults.is_empty() {
            Ok(Silences { noted })
        } else {
            Err(check.faults)
        }
    }

    /// The silences alone, as a [`Context`](super::Context) takes them.
    #[must_use]
    pub fn into_silences(self) -> Vec<Silence> {
        self.noted.into_iter().map(|noted| noted.silence).collect()
    }

    /// The text of a file with one silence more at its end. The rest stays as it is.
    #[must_use]
    pub fn with(text: &str, silence: &NotedSilence) -> String {
        let mut text = text.to_owned();
        if !text.is_empty() {
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
        }
        let quoted = |words: &str| toml::Value::String(words.to_owned()).to_string();
        let Silence { hash, reason, author } = &silence.silence;
        text.push_str(&format!(
            "[[silence]]\nhash = {}\nreason = {}\nauthor = {}\n",
            quoted(hash),
            quoted(reason),
            quoted(author)
        ));
        if let Some(date) = silence.date {
            text.push_str(&format!("date = {date}\n"));
        }
        text
    }

    /// The text of a sound file without the silence of `hash`, comments and order kept; `None` if it is not there, or if
    /// it is written in a way that can't be cut out by lines.
    #[must_use]
    pub fn without(text: &str, hash: &str) -> Option<String> {
        let all = Silences::parse("", text).ok()?;
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let heads = || {
            lines
                .iter()
                .enumerate()
                .filter(|(_, line)| is_head(line))
                .map(|(at, _)| at)
        };
        let cut = heads().find_map(|head| {
            let end = heads().find(|&next| next > head).unwrap_or(lines.len());
            // What stands between an entry's last value and the next head speaks of what comes.
            let last = (head..end)
                .rev()
                .find(|&at| lines.get(at).is_some_and(|line| is_content(line)))?;
            let block: String = lines.get(head..=last)?.concat();
            let here = Silences::parse("", &block).ok()?;
            let [one] = here.noted.as_slice() else { return None };
            (one.silence.hash == hash).then_some(head..last + 1)
        })?;
        let mut kept: Vec<&str> = lines.get(..cut.start)?.to_vec();
        let rest = lines.get(cut.end..)?;
        // One of the empty lines around it goes, too.
        let doubled = kept.last().is_none_or(|line| line.trim().is_empty());
        let skipped = usize::from(doubled && rest.first().is_some_and(|line| line.trim().is_empty()));
        kept.extend(rest.get(skipped..)?);
        let kept = kept.concat();
        let expected = all
            .noted
            .into_iter()
            .filter(|noted| noted.silence.hash != hash)
            .collect();
        (Silences::parse("", &kept).ok()? == Silences { noted: expected }).then_some(kept)
    }
}

fn is_head(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or_default();
    let folded: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    folded == "[[silence]]"
}

fn is_content(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

struct Checker<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn entry(&mut self, entry: &Spanned<Entry>, lines: &mut HashMap<String, usize>) -> Option<NotedSilence> {
        let (place, form) = (entry.span(), entry.get_ref());
        let hash = self.present(
            form.hash.as_ref(),
            &place,
            "hash",
            "the 16 hex digits that `youward check` prints",
        );
        let reason = self.present(
            form.reason.as_ref(),
            &place,
            "reason",
            "why the finding is right as it stands",
        );
        let author = self.present(form.author.as_ref(), &place, "author", "who says so");
        let date = form.date.as_ref().map(|date| self.day(date));
        let hash = hash.and_then(|(hash, place)| self.hash(hash, &place, lines));
        let reason = reason.and_then(|(text, place)| self.words(text, &place, "reason", LONGEST_REASON));
        let author = author.and_then(|(text, place)| self.words(text, &place, "author", LONGEST_AUTHOR));
        let date = match date {
            Some(None) => return None,
            date => date.flatten(),
        };
        Some(NotedSilence {
            silence: Silence {
                hash: hash?,
                reason: reason?,
                author: author?,
            },
            date,
        })
    }

    fn present<'f>(
        &mut self,
        field: Option<&'f Spanned<String>>,
        entry: &Range<usize>,
        name: &str,
        expected: &str,
    ) -> Option<(&'f str, Range<usize>)> {
        if field.is_none() {
            self.fault(entry, name, "it is missing", expected);
        }
        field.map(|field| (field.get_ref().as_str(), field.span()))
    }

    fn hash(&mut self, hash: &str, place: &Range<usize>, lines: &mut HashMap<String, usize>) -> Option<String> {
        let folded = hash.trim().to_ascii_lowercase();
        if !is_hash(&folded) {
            let message = format!("{hash:?} is no finding's hash");
            self.fault(place, "hash", &message, "the 16 hex digits that `youward check` prints");
            return None;
        }
        let (line, _) = toml_file::line_column(self.text, place.start);
        if let Some(first) = lines.insert(folded.clone(), line) {
            let message = format!("{folded} is silenced already, in line {first}");
            self.fault(place, "hash", &message, "each hash once");
            return None;
        }
        Some(folded)
    }

    fn words(&mut self, text: &str, place: &Range<usize>, name: &str, longest: usize) -> Option<String> {
        let trimmed = text.trim();
        let (message, expected) = match trimmed.chars().count() {
            0 => ("it is empty".to_owned(), "a few words".to_owned()),
            length if length > longest => (format!("it has {length} characters"), format!("at most {longest}")),
            _ if trimmed.chars().any(char::is_control) => ("it has line ends".to_owned(), "one line".to_owned()),
            _ => return Some(trimmed.to_owned()),
        };
        self.fault(place, name, &message, &expected);
        None
    }

    fn day(&mut self, day: &Spanned<Day>) -> Option<Date> {
        let written = match day.get_ref() {
            Day::Written(date) => date.to_string(),
            Day::Quoted(text) => text.trim().to_owned(),
        };
        // A time may follow; the day is what counts.
        let date = written.get(..10).and_then(|day| day.parse().ok());
        if date.is_none() {
            let message = format!("{written:?} is no day");
            self.fault(&day.span(), "date", &message, "a day such as 2026-03-02");
        }
        date
    }

    fn fault(&mut self, place: &Range<usize>, field: &str, message: &str, expected: &str) {
        let field = format!("silence.{field}");
        self.faults
            .push(Fault::at(self.file, self.text, place, &field, message, expected));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "# What we keep on purpose.\n\n[[silence]]\nhash = \"9f2c41d07be35a18\"\nreason = \"they asked\"\n\
        author = \"ana@norvane.example\"\ndate = 2026-03-02\n\n# The board's own words.\n[[silence]] # two\n\
        hash = \"00112233445566AA\"\nreason = \"a quotation\"\nauthor = \"jo\"\ndate = \"2026-03-03\"\n";

    fn faults(text: &str) -> Vec<String> {
        let faults = Silences::parse("s.toml", text).unwrap_err();
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_file_is_read_whole() {
        let silences = Silences::parse("s.toml", FILE).unwrap();
        assert_eq!(silences.noted.len(), 2);
        assert_eq!(silences.noted[0].silence.reason, "they asked");
        assert_eq!(silences.noted[1].silence.hash, "00112233445566aa");
        assert_eq!(silences.noted[1].date, Some(jiff::civil::date(2026, 3, 3)));
        assert_eq!(Silences::parse("s.toml", "").unwrap(), Silences::default());
    }

    #[test]
    fn every_fault_has_its_place() {
        let text = "[[silence]]\nhash = \"9f2c\"\nreason = \" \"\n\n[[silence]]\nhash = \"9f2c41d07be35a18\"\n\
            reason = \"a\"\nauthor = \"b\"\ndate = \"soon\"\n\n[[silence]]\nhash = \"9F2C41D07BE35A18\"\n\
            reason = \"a\\nb\"\nauthor = \"b\"\n";
        assert_eq!(
            faults(text),
            [
                "s.toml:1:1: silence.author: it is missing; expected who says so",
                "s.toml:2:8: silence.hash: \"9f2c\" is no finding's hash; expected the 16 hex digits that `youward check` \
                 prints",
                "s.toml:3:10: silence.reason: it is empty; expected a few words",
                "s.toml:9:8: silence.date: \"soon\" is no day; expected a day such as 2026-03-02",
                "s.toml:12:8: silence.hash: 9f2c41d07be35a18 is silenced already, in line 6; expected each hash once",
                "s.toml:13:10: silence.reason: it has line ends; expected one line",
            ]
        );
    }

    #[test]
    fn unknown_keys_and_other_types_are_faults() {
        assert!(faults("[[silences]]\n")[0].starts_with("s.toml:1:3: silences: unknown field"));
        assert!(faults("[[silence]]\nhash = 5\n")[0].starts_with("s.toml:2:8: silence.hash: invalid type"));
        assert!(faults("[[silence]]\nhsah = \"\"\n")[0].starts_with("s.toml:2:1: silence.hsah: unknown field"));
    }

    #[test]
    fn one_can_be_taken_out_and_the_rest_stays() {
        let without = Silences::without(FILE, "9f2c41d07be35a18").unwrap();
        assert_eq!(
            without,
            "# What we keep on purpose.\n\n# The board's own words.\n[[silence]] # two\nhash = \"00112233445566AA\"\n\
             reason = \"a quotation\"\nauthor = \"jo\"\ndate = \"2026-03-03\"\n"
        );
        let without = Silences::without(&without, "00112233445566aa").unwrap();
        assert_eq!(without, "# What we keep on purpose.\n\n# The board's own words.\n");
        assert_eq!(Silences::without(&without, "00112233445566aa"), None);
        let inline = "silence = [{ hash = \"00112233445566aa\", reason = \"a\", author = \"b\" }]\n";
        assert_eq!(Silences::without(inline, "00112233445566aa"), None);
    }

    proptest! {
        #[test]
        fn what_is_added_is_read_back_and_can_be_taken_out(
            hash in "[0-9a-f]{16}",
            reason in "[a-z\"'\\\\#\\[\\] é]{1,80}",
            author in "[a-z\"'@.]{1,40}",
            dated in any::<bool>(),
        ) {
            prop_assume!(!reason.trim().is_empty());
            let noted = NotedSilence {
                silence: Silence { hash: hash.clone(), reason: reason.trim().to_owned(), author },
                date: dated.then(|| jiff::civil::date(2026, 3, 2)),
            };
            prop_assume!(hash != "9f2c41d07be35a18" && hash != "00112233445566aa");
            for before in ["", FILE] {
                let text = Silences::with(before, &noted);
                let mut expected = Silences::parse("", before).unwrap();
                expected.noted.push(noted.clone());
                prop_assert_eq!(Silences::parse("", &text).unwrap(), expected);
                let back = Silences::without(&text, &hash).unwrap();
                prop_assert_eq!(back.trim_end(), before.trim_end());
            }
        }

        #[test]
        fn any_text_gives_silences_or_faults(text in "(\\[\\[silence\\]\\]|hash = |reason = |\"|\n|[a-f0-9]{16}|\\PC){0,30}") {
            if let Err(faults) = Silences::parse("s", &text) {
                prop_assert!(!faults.is_empty());
            }
            let _ = Silences::without(&text, "0011223344556677");
        }
    }
}
