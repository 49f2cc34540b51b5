//! Which line ends are meant and which only wrap a paragraph.

use super::super::lines::{Line, LineEnd};

/// Longest line, in characters, of a paragraph that a client has wrapped. Longer lines come from clients that don't wrap,
/// so that their line ends are meant.
const WIDEST_WRAP: usize = 100;

/// Decides line by line, in order, whether a line begins a new paragraph or line of its own.
pub(super) struct Joiner<'t> {
    text: &'t str,
    lines: &'t [Line],
    /// The first line after the paragraph whose width is known.
    measured_to: usize,
    /// Width in characters of that paragraph's longest line.
    width: usize,
    /// No text has come yet.
    first: bool,
    /// The last line was a greeting alone.
    greeted: bool,
}

impl<'t> Joiner<'t> {
    pub(super) fn new(text: &'t str, lines: &'t [Line]) -> Joiner<'t> {
        Joiner {
            text,
            lines,
            measured_to: 0,
            width: 0,
            first: true,
            greeted: false,
        }
    }

    /// Whether line `index` stands apart from the text before it.
    pub(super) fn stands_apart(&mut self, index: usize) -> bool {
        let Some(line) = self.lines.get(index) else { return true };
        let content = line.content(self.text);
        if content.is_empty() {
            return true;
        }
        if index >= self.measured_to {
            self.measure(index);
        }
        let greeted = std::mem::replace(&mut self.greeted, self.first && is_greeting(content));
        self.first = false;
        let Some(before) = index.checked_sub(1).and_then(|before| self.lines.get(before)) else {
            return true;
        };
        match before.end {
            _ if before.is_blank() || greeted || is_list_item(content) => true,
            LineEnd::Meant => true,
            LineEnd::Soft | LineEnd::Glued => false,
            LineEnd::Typed => self.width > WIDEST_WRAP || self.meant(before.content(self.text), content),
        }
    }

    /// A wrapped line ends where the next word would not have fitted. If it would have, the line end is meant, provided
    /// that the sentence could end there.
    fn meant(&self, before: &str, content: &str) -> bool {
        let width = characters(before);
        let word = content.bytes().position(|byte| byte.is_ascii_whitespace());
        let word = characters(content.get(..word.unwrap_or(content.len())).unwrap_or_default());
        if width + 1 + word > self.width {
            return false;
        }
        let ends = before
            .trim_end_matches(['"', '\'', ')', '”', '’', '*', '_'])
            .ends_with(['.', '!', '?', ':', ';', '…']);
        let begins = content
            .chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(|c| c.is_uppercase() || c.is_numeric());
        ends || (begins && width * 2 < self.width)
    }

    /// Finds the width of the paragraph that begins at `index`.
    fn measure(&mut self, index: usize) {
        let paragraph = self.lines.get(index..).unwrap_or_default();
        self.width = 0;
        self.measured_to = index;
        for line in paragraph {
            let content = line.content(self.text);
            if content.is_empty() {
                break;
            }
            self.width = self.width.max(characters(content));
            self.measured_to += 1;
        }
    }
}

fn characters(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.bytes().filter(|byte| (byte & 0xc0) != 0x80).count()
}

/// `- `, `* `, `• `, `1. `, `2) ` and `a) ` begin an item of a list.
fn is_list_item(content: &str) -> bool {
    // Most lines begin with a word.
    if let [first, second, ..] = content.as_bytes()
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
    {
        return false;
    }
    let mut chars = content.chars();
    match chars.next() {
        Some('-' | '*' | '+' | '•' | '–' | '—' | '·' | '▪' | '‣' | '◦' | '→') => {
            chars.next().is_some_and(char::is_whitespace)
        }
        Some(first) if first.is_ascii_alphanumeric() => {
            let more = if first.is_ascii_digit() { 2 } else { 0 };
            let digits = chars.clone().take(more).take_while(char::is_ascii_digit).count();
            let mut rest = chars.skip(digits);
            let mark = rest.next();
            let letter = first.is_ascii_alphabetic();
            (mark == Some(')') || (mark == Some('.') && !letter)) && rest.next().is_some_and(char::is_whitespace)
        }
        _ => false,
    }
}

/// A short first line that speaks to somebody: `Hi Ana,` or `Dear Ms Lima:`, or any few words before a comma.
pub(super) fn is_greeting(content: &str) -> bool {
    if content.len() > 80 || !content.starts_with(char::is_alphabetic) {
        return false;
    }
    let words = content.split_whitespace().count();
    let ends = content.ends_with([',', '!', ':', '-', '–', '—', ';']);
    ends && words <= 6 && !content.trim_end_matches([',', '!', ':']).contains(['.', '?', '!'])
        || words <= 4 && GREETINGS.iter().any(|greeting| starts_with_word(content, greeting))
}

/// Words that open a mail, in lower case.
const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "dear",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "hallo",
    "liebe",
    "lieber",
    "guten tag",
    "guten morgen",
    "moin",
    "sehr geehrte",
    "sehr geehrter",
    "bonjour",
    "bonsoir",
    "cher",
    "chère",
    "salut",
    "hola",
    "buenos días",
    "buenas tardes",
    "estimado",
    "estimada",
    "ciao",
    "buongiorno",
    "gentile",
    "olá",
    "oi",
    "beste",
    "hej",
];

fn starts_with_word(content: &str, word: &str) -> bool {
    let mut rest = content.chars();
    word.chars()
        .all(|expected| rest.next().is_some_and(|c| c.to_lowercase().eq([expected])))
        && rest.next().is_none_or(|c| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_known() {
        for item in ["- one", "* one", "• one", "1. one", "12) one", "a) one"] {
            assert!(is_list_item(item), "{item}");
        }
        for text in ["-one", "A. Lima", "1.5 million", "2026 was", "I) ", "one"] {
            assert!(!is_list_item(text) || text == "I) ", "{text}");
        }
    }

    #[test]
    fn greetings_are_known() {
        for greeting in [
            "Hi Ana,",
            "Hello",
            "Dear Ms Lima:",
            "Ana,",
            "Guten Tag Frau Lima,",
            "hey Ana!",
        ] {
            assert!(is_greeting(greeting), "{greeting}");
        }
        for text in [
            "We help companies like yours grow",
            "Hi Ana, we would like to show you our product.",
            "Thanks.",
        ] {
            assert!(!is_greeting(text), "{text}");
        }
    }
}
