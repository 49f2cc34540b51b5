//! Marks: which of them end a sentence, part clauses, or open a quotation.

use super::tokens::Tokenizer;
use super::writer::End;
use crate::mail::steps;
use crate::reading::pattern::Symbol;

impl Tokenizer<'_> {
    /// Reads the mark at the front, if only to leave it out.
    pub(super) fn mark(&mut self) {
        match self.byte(0) {
            b'.' => self.full_stop('.'),
            b',' if self.before() == b' ' && self.last.is_some() => self.token(Symbol::HOLE_COMMA, 1),
            b',' => self.token(Symbol::COMMA, 1),
            b'\n' => self.ends(End::Stop, 1),
            b'!' => self.ends(End::Stop, 1),
            b'?' => self.ends(End::Question, 1),
            b';' => self.token(Symbol::SEMICOLON, 1),
            b':' => self.token(Symbol::COLON, 1),
            b'-' => self.hyphens(),
            b'(' => self.token(Symbol::OPEN, 1),
            b')' => self.token(Symbol::CLOSE, 1),
            b'"' => self.quotation_mark(),
            b'/' | b'|' => self.token(Symbol::SLASH, 1),
            b'&' => self.token(self.first("and").unwrap_or(Symbol::UNKNOWN), 1),
            128.. => match self.rest().chars().next() {
                Some('…') => self.full_stop('…'),
                Some(c @ ('–' | '—')) => self.token(Symbol::DASH, c.len_utf8()),
                other => self.at += other.map_or(1, char::len_utf8),
            },
            _ => self.at += 1,
        }
    }

    /// A run of hyphens: between words they mean nothing, between spaces or several they are a dash.
    fn hyphens(&mut self) {
        let run = self.rest().bytes().take_while(|octet| *octet == b'-').count();
        let spaced = self.before().is_ascii_whitespace() && self.byte(run) == b' ';
        if self.last.is_some() && (spaced || run > 1) {
            self.token(Symbol::DASH, run);
        } else {
            self.at += run;
        }
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
    fn full_stop(&mut self, c: char) {
        if self.plain_stop() && !self.looks_closely() {
            return self.ends(End::Stop, 1);
        }
        let run = self
            .rest()
            .chars()
            .take_while(|next| matches!(next, '.' | '…'))
            .map(char::len_utf8)
            .sum();
        let many = run > c.len_utf8() || c == '…';
        let after = self.rest().get(run..).unwrap_or_default().chars().next();
        let goes_on = after.is_some_and(|next| next.is_alphanumeric()) && !many;
        let abbreviated = !many && self.abbreviated() && after.is_some_and(|next| next != '\n');
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
        if trails_off {
            self.token(Symbol::DASH, run);
        } else if abbreviated || initial || (goes_on && !self.missing_space()) {
            self.at += run;
        } else {
            self.ends(End::Stop, run);
        }
    }

    /// Most full stops: after a small letter, a digit or a bracket, before white space.
    fn plain_stop(&self) -> bool {
        let before = self.before();
        let no_initial = before.is_ascii() && !before.is_ascii_uppercase();
        no_initial && matches!(self.byte(1), b' ' | b'\n') && !self.abbreviated()
    }

    /// Whether the word before may be one whose full stop ends no sentence.
    fn abbreviated(&self) -> bool {
        self.last
            .is_some_and(|last| self.classes().abbreviations.contains(last))
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
