//! Marks: which of them end a sentence, part clauses, or open a quotation.

use super::tokens::{Event, Tokenizer};
use crate::mail::steps;
use crate::reading::pattern::Symbol;

impl Tokenizer<'_> {
    /// The mark at the front; `None` if it means nothing.
    pub(super) fn mark(&mut self) -> Option<Event> {
        let c = self.rest().chars().next()?;
        let before = self
            .at
            .checked_sub(1)
            .and_then(|at| self.text.as_bytes().get(at))
            .copied()
            .unwrap_or(b' ');
        Some(match c {
            '\n' => self.ends(Event::Line, 1),
            ' ' | '\t' | '\r' => {
                self.at += 1;
                return None;
            }
            '.' | '…' => return self.full_stop(c),
            '!' => self.ends(Event::Stop, 1),
            '?' => self.ends(Event::Question, 1),
            ',' if before == b' ' && self.last.is_some() => self.token(Symbol::HOLE_COMMA, 1),
            ',' => self.token(Symbol::COMMA, 1),
            ';' => self.token(Symbol::SEMICOLON, 1),
            ':' => self.token(Symbol::COLON, 1),
            '–' | '—' => self.token(Symbol::DASH, c.len_utf8()),
            '-' => {
                let run = self.rest().bytes().take_while(|b| *b == b'-').count();
                let spaced = before.is_ascii_whitespace() && (self.byte(run) == b' ');
                if self.last.is_some() && (spaced || run > 1) {
                    return Some(self.token(Symbol::DASH, run));
                }
                self.at += run;
                return None;
            }
            '(' => self.token(Symbol::OPEN, 1),
            ')' => self.token(Symbol::CLOSE, 1),
            '"' => {
                self.quotation_mark();
                return None;
            }
            '/' | '|' => self.token(Symbol::SLASH, 1),
            '&' => {
                let and = self
                    .lexicon
                    .get("and")
                    .and_then(|entry| entry.symbols().first().copied());
                self.token(and.unwrap_or(Symbol::UNKNOWN), 1)
            }
            other => {
                self.at += other.len_utf8();
                return None;
            }
        })
    }

    /// What stands between double quotes, if it is more than a word or two, is somebody else's: its words are nobody's
    /// frame. Only within one line and a thousand octets, so that a stray quote hides little.
    fn quotation_mark(&mut self) {
        const A_WORD_OR_TWO: usize = 2;
        const LONGEST: usize = 1000;
        let closes = self.quoted_until > 0 && self.at <= self.quoted_until;
        let bytes = self.text.as_bytes().get(self.at + 1..).unwrap_or_default();
        let end = bytes.iter().take(LONGEST).position(|byte| matches!(byte, b'"' | b'\n'));
        steps::count(end.unwrap_or(bytes.len().min(LONGEST)));
        if let (false, Some(end)) = (closes, end)
            && bytes.get(end) == Some(&b'"')
            && bytes.iter().take(end).filter(|byte| **byte == b' ').count() >= A_WORD_OR_TWO
        {
            self.quoted_until = self.at + 1 + end;
        }
        self.at += 1;
    }

    /// A full stop ends a sentence unless an abbreviation or an initial stands before it, or the text goes straight on.
    fn full_stop(&mut self, c: char) -> Option<Event> {
        let run = self
            .rest()
            .chars()
            .take_while(|next| matches!(next, '.' | '…'))
            .map(char::len_utf8)
            .sum();
        let many = run > c.len_utf8() || c == '…';
        let after = self.rest().get(run..).unwrap_or_default().chars().next();
        let goes_on = after.is_some_and(|next| next.is_alphanumeric()) && !many;
        let abbreviated = !many
            && self.last.is_some_and(|last| self.classes.abbreviations.contains(last))
            && after.is_some_and(|next| next != '\n');
        let initial = !many && self.after_initial();
        let trails_off = many && {
            let next = self
                .rest()
                .get(run..)
                .unwrap_or_default()
                .trim_start_matches([' ', '"', ')'])
                .chars()
                .next();
            next.is_some_and(char::is_lowercase)
        };
        if abbreviated || initial || trails_off {
            self.at += run;
            return trails_off.then(|| {
                self.at -= run;
                self.token(Symbol::DASH, run)
            });
        }
        if goes_on && !self.missing_space() {
            self.at += run;
            return None;
        }
        Some(self.ends(Event::Stop, run))
    }

    /// "J. Smith": one capital letter before the full stop.
    fn after_initial(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let mut back = before.chars().rev();
        let letter = back.next().is_some_and(|c| c.is_uppercase() && c != 'I');
        letter && back.next().is_none_or(|c| c.is_whitespace() || c == '.')
    }

    /// "Hello.How are you": a small letter, a full stop, a capital.
    fn missing_space(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default().chars().next_back();
        let after = self.text.get(self.at + 1..).unwrap_or_default().chars().next();
        before.is_some_and(char::is_lowercase) && after.is_some_and(char::is_uppercase)
    }
}
