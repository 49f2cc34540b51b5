//! Content-Type and Content-Disposition values (RFC 2045 §5.1, RFC 2183, RFC 2231), read leniently and in linear time.

use std::ops::Range;

/// A value of the form `token; name=value; …`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::mail) struct Content {
    /// What stands before the first semicolon, in lower case and without white space or comments: `text/plain`.
    pub(in crate::mail) essence: String,
    /// The parameters.
    pub(in crate::mail) parameters: Parameters,
}

/// Parameters in the order given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::mail) struct Parameters(Vec<Parameter>);

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameter {
    /// In lower case, with the marks of RFC 2231 if it has some.
    name: String,
    /// Quotes, escapes and line ends undone.
    value: Vec<u8>,
    /// Where the value stands in the field's value, without its quotes.
    place: Range<usize>,
}

impl Content {
    /// Reads a field's value.
    pub(in crate::mail) fn read(value: &[u8]) -> Content {
        let mut reader = Reader { octets: value, at: 0 };
        let essence = reader.essence();
        let mut parameters = Vec::new();
        while reader.at < value.len() {
            parameters.extend(reader.parameter());
        }
        Content {
            essence,
            parameters: Parameters(parameters),
        }
    }

    /// The part before the slash.
    pub(in crate::mail) fn main(&self) -> &str {
        self.essence.split('/').next().unwrap_or_default()
    }

    /// The part after the slash.
    pub(in crate::mail) fn sub(&self) -> &str {
        self.essence.split_once('/').map_or("", |(_, sub)| sub)
    }
}

impl Parameters {
    /// A parameter's value; parts that RFC 2231 lets stand apart are put together, percent signs undone.
    pub(in crate::mail) fn get(&self, name: &str) -> Option<Vec<u8>> {
        if let Some(parameter) = self.0.iter().find(|parameter| parameter.name == name) {
            return Some(parameter.value.clone());
        }
        let mut sections: Vec<(u32, bool, &Parameter)> = self
            .0
            .iter()
            .filter_map(|parameter| {
                let mark = parameter.name.strip_prefix(name)?.strip_prefix('*')?;
                let (number, extended) = mark
                    .strip_suffix('*')
                    .map_or((mark, mark.is_empty()), |number| (number, true));
                let number = if number.is_empty() { 0 } else { number.parse().ok()? };
                Some((number, extended, parameter))
            })
            .collect();
        sections.sort_by_key(|(number, ..)| *number);
        let (_, extended, _) = *sections.first()?;
        let mut whole = Vec::new();
        for (_, extended, parameter) in &sections {
            if *extended {
                percent_decode(&parameter.value, &mut whole)
            } else {
                whole.extend(&parameter.value)
            }
        }
        if extended && let Some(at) = memchr::memchr_iter(b'\'', &whole).nth(1) {
            whole.drain(..=at);
        }
        Some(whole)
    }

    /// A parameter as text, in lower case.
    pub(in crate::mail) fn word(&self, name: &str) -> Option<String> {
        self.get(name)
            .map(|value| String::from_utf8_lossy(&value).trim().to_lowercase())
    }

    /// Whether the parameter is there, in whatever form.
    pub(in crate::mail) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|parameter| {
            parameter
                .name
                .strip_prefix(name)
                .is_some_and(|mark| mark.is_empty() || mark.starts_with('*'))
        })
    }

    /// Where in the field's value the value of `name` stands, without its quotes, if it is given exactly once and needs
    /// nothing undone.
    pub(in crate::mail) fn sole_place(&self, name: &str, field: &[u8]) -> Option<Range<usize>> {
        let forms = |parameter: &&Parameter| {
            parameter
                .name
                .strip_prefix(name)
                .is_some_and(|mark| mark.is_empty() || mark.starts_with('*'))
        };
        let mut given = self.0.iter().filter(forms);
        let (only, None) = (given.next()?, given.next()) else {
            return None;
        };
        let plain = only.name == name && field.get(only.place.clone()) == Some(only.value.as_slice());
        plain.then(|| only.place.clone())
    }
}

fn percent_decode(value: &[u8], into: &mut Vec<u8>) {
    let mut rest = value;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match (octet, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |octet: &u8| (*octet as char).to_digit(16).unwrap_or_default() as u8;
                into.push(digit(high) << 4 | digit(low));
                rest = after;
            }
            _ => into.push(octet),
        }
    }
}

struct Reader<'o> {
    octets: &'o [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    /// Passes white space and comments (RFC 5322 §3.2.2). A comment that does not end takes the rest.
    fn pass_gap(&mut self) {
        let mut depth = 0_u32;
        while let Some(octet) = self.peek() {
            match octet {
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b'\\' if depth > 0 => self.at += 1,
                _ if depth > 0 || octet.is_ascii_whitespace() => {}
                _ => return,
            }
            self.at += 1;
        }
        self.at = self.octets.len().min(self.at);
    }

    fn essence(&mut self) -> String {
        let mut essence = String::new();
        loop {
            self.pass_gap();
            match self.peek() {
                None | Some(b';') => return essence,
                Some(octet) => essence.push(octet.to_ascii_lowercase() as char),
            }
            self.at += 1;
        }
    }

    /// Reads `; name = value` at least one octet further.
    fn parameter(&mut self) -> Option<Parameter> {
        self.at += usize::from(self.peek() == Some(b';'));
        let mut name = String::new();
        loop {
            self.pass_gap();
            match self.peek() {
                None | Some(b';') => return None,
                Some(b'=') => break,
                Some(octet) => name.push(octet.to_ascii_lowercase() as char),
            }
            self.at += 1;
        }
        self.at += 1;
        self.pass_gap();
        let (value, place) = if self.peek() == Some(b'"') {
            self.quoted()
        } else {
            self.token()
        };
        Some(Parameter { name, value, place })
    }

    fn quoted(&mut self) -> (Vec<u8>, Range<usize>) {
        self.at += 1;
        let start = self.at;
        let mut value = Vec::new();
        while let Some(octet) = self.peek() {
            match octet {
                b'"' => {
                    let place = start..self.at;
                    self.at += 1;
                    self.pass_to_semicolon();
                    return (value, place);
                }
                b'\\' => {
                    self.at += 1;
                    value.extend(self.peek());
                }
                b'\r' | b'\n' => {}
                _ => value.push(octet),
            }
            self.at += 1;
        }
        self.at = self.octets.len();
        (value, start..self.octets.len())
    }

    fn token(&mut self) -> (Vec<u8>, Range<usize>) {
        let rest = self.octets.get(self.at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|&o| o == b';' || o == b'(' || o.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let place = self.at..self.at + length;
        self.at += length;
        self.pass_to_semicolon();
        (rest.get(..length).unwrap_or_default().to_vec(), place)
    }

    /// Whatever stands between a value and the next semicolon belongs to neither.
    fn pass_to_semicolon(&mut self) {
        self.pass_gap();
        while self.peek().is_some_and(|octet| octet != b';') {
            self.at += 1;
            self.pass_gap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parameters_are_read_leniently() {
        let value = b" Text/Plain (a (nested) comment) ; charset=\"utf-8\"; format = flowed;; delsp=yes junk; name";
        let content = Content::read(value);
        assert_eq!((content.main(), content.sub()), ("text", "plain"));
        assert_eq!(content.parameters.word("charset").as_deref(), Some("utf-8"));
        assert_eq!(content.parameters.word("format").as_deref(), Some("flowed"));
        assert_eq!(content.parameters.word("delsp").as_deref(), Some("yes"));
        assert_eq!(content.parameters.get("name"), None);
        assert_eq!(
            &value[content.parameters.sole_place("charset", value).unwrap()],
            b"utf-8"
        );
        let twice = b"a/b; boundary=x; Boundary=y";
        assert_eq!(Content::read(twice).parameters.sole_place("boundary", twice), None);
        let escaped = b"a/b; boundary=\"x\\y\"";
        assert_eq!(Content::read(escaped).parameters.sole_place("boundary", escaped), None);
    }

    #[test]
    fn rfc_2231_parts_are_joined() {
        let content =
            Content::read(b"a/b; boundary*1*=%20b; boundary*0*=utf-8'en'a; name*=utf-8''%C3%A9; x*0=y; x*1=z");
        assert_eq!(content.parameters.get("boundary"), Some(b"a b".to_vec()));
        assert_eq!(content.parameters.get("name"), Some("é".as_bytes().to_vec()));
        assert_eq!(content.parameters.get("x"), Some(b"yz".to_vec()));
        assert!(content.parameters.has("boundary") && !content.parameters.has("bound"));
    }

    proptest! {
        #[test]
        fn any_value_is_read(value in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b';'), Just(b'"'), Just(b'('), Just(b'=')], 0..200)) {
            let content = Content::read(&value);
            for parameter in &content.parameters.0 {
                prop_assert!(value.get(parameter.place.clone()).is_some());
            }
        }
    }
}
