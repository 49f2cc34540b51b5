//! The account's own part of the tree of names (RFC 2342), and how names look in it. No I/O.

use super::name;
use super::places::Listed;

/// The account's own part of the tree, and the separator in it (RFC 2342).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Namespace {
    /// What the account's own names begin with, as people see it, the separator at its end included.
    pub(super) prefix: String,
    /// The separator; `None` where names have no levels.
    pub(super) delimiter: Option<char>,
    /// What other people's and shared names begin with.
    pub(super) foreign: Vec<String>,
}

impl Namespace {
    /// Reads what follows `* NAMESPACE `; `None` if there is no personal namespace.
    pub(super) fn parse(response: &[u8]) -> Option<Namespace> {
        let text = String::from_utf8_lossy(response);
        let mut groups = groups(&text)?.into_iter();
        let own = groups.next()?;
        let (prefix, delimiter) = own.into_iter().next()?;
        Some(Namespace {
            prefix,
            delimiter,
            foreign: groups.flatten().map(|(prefix, _)| prefix).collect(),
        })
    }

    /// What stands to reason where the server does not tell: if there is nothing but INBOX and what is below it, the rest
    /// belongs there, too.
    pub(super) fn inferred(delimiter: Option<char>, listed: &[Listed]) -> Namespace {
        let below_inbox = delimiter
            .map(|delimiter| format!("INBOX{delimiter}"))
            .unwrap_or_default();
        let others: Vec<&Listed> = listed
            .iter()
            .filter(|one| !one.shown.eq_ignore_ascii_case("INBOX"))
            .collect();
        let all_below = !others.is_empty() && others.iter().all(|one| one.shown.starts_with(&below_inbox));
        Namespace {
            prefix: if all_below { below_inbox } else { String::new() },
            delimiter,
            foreign: Vec::new(),
        }
    }

    /// Whether a name is the account's own.
    pub(super) fn owns(&self, shown: &str) -> bool {
        let is_foreign = |prefix: &String| !prefix.is_empty() && *prefix != self.prefix && shown.starts_with(prefix);
        shown.starts_with(&self.prefix) && !self.foreign.iter().any(is_foreign)
    }

    /// The levels of a name below the prefix.
    pub(super) fn levels<'a>(&self, shown: &'a str) -> Vec<&'a str> {
        let below = shown.strip_prefix(self.prefix.as_str()).unwrap_or(shown);
        match self.delimiter {
            Some(delimiter) => below.split(delimiter).collect(),
            None => vec![below],
        }
    }

    /// A name with `/` between its levels as the server writes it. A separator of the server inside a level becomes `-`.
    pub(super) fn full(&self, path: &str) -> String {
        let bare = self.converted(path);
        if bare.starts_with(&self.prefix) {
            bare
        } else {
            format!("{}{bare}", self.prefix)
        }
    }

    /// A name with `/` between its levels with the server's separator instead.
    pub(super) fn converted(&self, path: &str) -> String {
        match self.delimiter {
            Some('/') => path.to_owned(),
            Some(delimiter) => path.replace(delimiter, "-").replace('/', &delimiter.to_string()),
            None => path.replace('/', " "),
        }
    }

    /// A name as it is shown to people: without the prefix, `/` between levels.
    pub(super) fn for_people(&self, shown: &str) -> String {
        self.levels(shown).join("/")
    }
}

/// One prefix and its separator.
type Entry = (String, Option<char>);

/// The prefixes and separators of each of the three lists; `None` if it can't be read.
fn groups(text: &str) -> Option<Vec<Vec<Entry>>> {
    let mut groups = Vec::new();
    let mut rest = text.trim_start();
    for _ in 0..3 {
        if let Some(after) = strip_nil(rest) {
            groups.push(Vec::new());
            rest = after.trim_start();
            continue;
        }
        let Some(mut inside) = rest.strip_prefix('(') else {
            break;
        };
        let mut group = Vec::new();
        loop {
            inside = inside.trim_start();
            if let Some(after) = inside.strip_prefix(')') {
                rest = after.trim_start();
                break;
            }
            let (prefix, after) = string(inside.strip_prefix('(')?)?;
            let after = after.trim_start();
            let (delimiter, after) = match strip_nil(after) {
                Some(after) => (None, after),
                None => {
                    let (delimiter, after) = string(after)?;
                    (delimiter.chars().next(), after)
                }
            };
            group.push((name::decode(&prefix), delimiter));
            inside = past_extensions(after)?;
        }
        groups.push(group);
    }
    Some(groups)
}

/// Skips namespace response extensions up to the closing parenthesis.
fn past_extensions(text: &str) -> Option<&str> {
    let mut rest = text;
    let mut depth = 0usize;
    loop {
        match rest.chars().next()? {
            '"' => rest = string(rest)?.1,
            ')' if depth == 0 => return rest.get(1..),
            c => {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                rest = rest.get(c.len_utf8()..)?;
            }
        }
    }
}

fn strip_nil(text: &str) -> Option<&str> {
    text.get(..3)
        .filter(|nil| nil.eq_ignore_ascii_case("NIL"))
        .and_then(|_| text.get(3..))
}

/// A quoted string and what follows it.
fn string(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            c if escaped => {
                out.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((out, inside.get(at + 1..)?)),
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn namespace(prefix: &str, delimiter: char) -> Namespace {
        Namespace {
            prefix: prefix.into(),
            delimiter: Some(delimiter),
            foreign: vec![],
        }
    }

    #[test]
    fn namespaces_are_read() {
        for (text, prefix, delimiter, foreign) in [
            (r#"(("" "/")) NIL NIL"#, "", Some('/'), vec![]),
            (
                r##"(("INBOX." ".")) (("user." ".")) (("#shared." ".")("Public." "."))"##,
                "INBOX.",
                Some('.'),
                vec!["user.", "#shared.", "Public."],
            ),
            (
                r#"(("" "/" "X-PARAM" ("FLAG1" "FL)AG2"))) nil NIL"#,
                "",
                Some('/'),
                vec![],
            ),
            (r#"(("" NIL)) NIL NIL"#, "", None, vec![]),
            (r#"(("Entw&APw-rfe\\" "\\")) NIL NIL"#, "Entwürfe\\", Some('\\'), vec![]),
        ] {
            let found = Namespace::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.prefix.as_str(), found.delimiter), (prefix, delimiter), "{text}");
            assert_eq!(found.foreign, foreign, "{text}");
        }
        for text in ["NIL NIL NIL", "", "((", r#"(("a)) NIL NIL"#, "x"] {
            assert_eq!(Namespace::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn names_get_the_servers_prefix_and_separator() {
        for (namespace, path, full, shown) in [
            (
                namespace("INBOX.", '.'),
                "Youward/Held",
                "INBOX.Youward.Held",
                "Youward/Held",
            ),
            (namespace("", '/'), "Youward/Held", "Youward/Held", "Youward/Held"),
            (namespace("", '.'), "acme.com/Held", "acme-com.Held", "acme-com/Held"),
            (Namespace::default(), "Youward/Held", "Youward Held", "Youward Held"),
            (namespace("INBOX.", '.'), "INBOX/Drafts", "INBOX.Drafts", "Drafts"),
        ] {
            assert_eq!(namespace.full(path), full);
            assert_eq!(namespace.for_people(full), shown);
        }
    }

    #[test]
    fn what_the_server_does_not_tell_is_inferred() {
        let below = listed_as(&["INBOX", "INBOX.Trash"]);
        assert_eq!(Namespace::inferred(Some('.'), &below).prefix, "INBOX.");
        let beside = listed_as(&["INBOX", "INBOX.Trash", "Sent"]);
        assert_eq!(Namespace::inferred(Some('.'), &beside).prefix, "");
        assert_eq!(Namespace::inferred(None, &listed_as(&["INBOX"])).prefix, "");
    }

    fn listed_as(names: &[&str]) -> Vec<Listed> {
        let one = |name: &&str| Listed {
            wire: name::encode(name),
            shown: (*name).to_owned(),
            selectable: true,
            marked: None,
            is_trash: false,
        };
        names.iter().map(one).collect()
    }
}
