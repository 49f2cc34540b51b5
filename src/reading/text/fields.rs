//! Merge fields that nobody filled, told by their shape and by the words inside.

use super::tokens::Tokenizer;
use crate::reading::pattern::Symbol;

impl Tokenizer<'_> {
    /// Reads a merge field, if one starts here: `{{first_name}}`, `[Company]`, `<First Name>`, `%COMPANY%`, `*|FNAME|*`, `${name}`.
    pub(super) fn field(&mut self) -> bool {
        const SHAPES: [(&str, &str, bool); 10] = [
            ("{{", "}}", false),
            ("${", "}", false),
            ("#{", "}", false),
            ("*|", "|*", false),
            ("<<", ">>", true),
            ("[[", "]]", true),
            ("%%", "%%", true),
            ("{", "}", true),
            ("[", "]", true),
            ("<", ">", true),
        ];
        const LONGEST: usize = 60;
        let rest = self.rest();
        for (open, close, needs_word) in SHAPES {
            let Some(inside) = rest.strip_prefix(open) else {
                continue;
            };
            let window = inside
                .char_indices()
                .take(LONGEST)
                .last()
                .map_or(0, |(at, c)| at + c.len_utf8());
            let Some(end) = inside.get(..window).and_then(|window| window.find(close)) else {
                continue;
            };
            let content = inside.get(..end).unwrap_or_default();
            let worded = content.chars().any(char::is_alphabetic) && !content.contains('\n');
            let len = open.len() + end + close.len();
            if worded && !self.quoted(len) && (!needs_word || self.names_field(content)) {
                self.token(Symbol::FIELD, len);
                return true;
            }
        }
        self.percent_field()
    }

    /// Whether single quotes or backticks (which normalising makes the same) stand around what is here: then it is spoken
    /// about, not forgotten.
    fn quoted(&self, len: usize) -> bool {
        self.before() == b'\'' && self.byte(len) == b'\''
    }

    /// `%COMPANY%` and `%first_name%`; a per cent sign after a number never comes here.
    fn percent_field(&mut self) -> bool {
        let rest = self.rest();
        let opens = |open: &&'static str| Some((*open, rest.strip_prefix(*open)?));
        let Some((open, inside)) = ["%", "__", "$"].iter().find_map(opens) else {
            return false;
        };
        const LONGEST: usize = 40;
        let in_field = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
        let end = inside.bytes().take(LONGEST).take_while(in_field).count();
        let content = inside.get(..end).unwrap_or_default();
        let (content, closed) = match open {
            "__" => (content.trim_end_matches('_'), content.ends_with("__")),
            "$" => (content, content.contains('_')),
            _ => (content, inside.get(end..).unwrap_or_default().starts_with('%')),
        };
        let len = open.len() + end + usize::from(open == "%");
        let is_field = closed && self.names_field(content);
        if is_field {
            self.token(Symbol::FIELD, len);
        }
        is_field
    }

    /// Whether the words inside brackets are such as templates have.
    fn names_field(&mut self, content: &str) -> bool {
        let mut words = 0;
        let mut field = false;
        let mut lower = std::mem::take(&mut self.lower);
        for word in content
            .split(|c: char| !c.is_alphanumeric())
            .flat_map(split_camel)
            .filter(|word| !word.is_empty())
        {
            lower.clear();
            lower.extend(word.chars().flat_map(char::to_lowercase));
            words += 1;
            field |= self.lexicon.get(&lower).is_some_and(|entry| {
                entry
                    .symbols()
                    .first()
                    .is_some_and(|symbol| self.classes().fields.contains(*symbol))
            });
        }
        self.lower = lower;
        field && words <= 8
    }
}

/// `firstName` into `first` and `Name`.
fn split_camel(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut small = false;
    for (at, c) in word.char_indices() {
        if c.is_uppercase() && small {
            parts.push(word.get(from..at).unwrap_or_default());
            from = at;
        }
        small = c.is_lowercase();
    }
    parts.push(word.get(from..).unwrap_or_default());
    parts
}
