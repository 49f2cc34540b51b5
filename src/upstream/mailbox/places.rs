//! Which mailbox is which, decided from what the server lists. No I/O.

use super::name;
use super::{Folder, MailboxSettings, providers};
use std::collections::HashMap;

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
    fn owns(&self, shown: &str) -> bool {
        let is_foreign = |prefix: &String| !prefix.is_empty() && *prefix != self.prefix && shown.starts_with(prefix);
        shown.starts_with(&self.prefix) && !self.foreign.iter().any(is_foreign)
    }

    /// The levels of a name below the prefix.
    fn levels<'a>(&self, shown: &'a str) -> Vec<&'a str> {
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

    fn converted(&self, path: &str) -> String {
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

/// The prefixes and separators of each of the three lists; `None` if it can't be read.
fn groups(text: &str) -> Option<Vec<Vec<(String, Option<char>)>>> {
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

/// One line of LIST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    /// As the server writes it.
    pub(super) wire: String,
    /// As people see it, in the server's hierarchy.
    pub(super) shown: String,
    pub(super) selectable: bool,
    /// What it is marked as (RFC 6154).
    pub(super) marked: Option<Folder>,
}

/// A mailbox that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// As the server writes it.
    pub(super) wire: String,
    /// For people.
    pub(super) shown: String,
}

/// What is known of an account's mailboxes.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) namespace: Namespace,
    /// What ours begin with, from the settings.
    pub(super) prefix: String,
    found: HashMap<Folder, Place>,
}

impl Places {
    /// Nothing known but where to look.
    pub(super) fn new(namespace: Namespace, prefix: &str) -> Places {
        Places {
            namespace,
            prefix: prefix.to_owned(),
            found: HashMap::new(),
        }
    }

    pub(super) fn get(&self, folder: Folder) -> Option<&Place> {
        self.found.get(&folder)
    }

    /// Remembers a mailbox by its name in the server's hierarchy, as people see it.
    pub(super) fn set(&mut self, folder: Folder, wire: String, shown: &str) {
        let shown = self.namespace.for_people(shown);
        self.found.insert(folder, Place { wire, shown });
    }

    /// Looks for Drafts or Sent: by the setting, by its mark, by known names.
    pub(super) fn find_own(&self, folder: Folder, settings: &MailboxSettings, listed: &[Listed]) -> Option<Listed> {
        let usable = |one: &&Listed| one.selectable && self.namespace.owns(&one.shown) && !self.is_ours(&one.shown);
        let (setting, names): (_, Vec<String>) = match folder {
            Folder::Drafts => (&settings.drafts, providers::drafts_names().collect()),
            Folder::Sent => (&settings.sent, providers::sent_names().collect()),
            _ => return None,
        };
        if let Some(setting) = setting {
            // What the user says counts alone, even where it has to be made first.
            return self.named(setting, listed).filter(|one| one.selectable).cloned();
        }
        let mut candidates: Vec<&Listed> = listed.iter().filter(usable).collect();
        // The one nearest to the root first.
        candidates.sort_by_key(|one| (self.namespace.levels(&one.shown).len(), one.shown.clone()));
        if let Some(marked) = candidates.iter().find(|one| one.marked == Some(folder)) {
            return Some((*marked).clone());
        }
        let leaf = |one: &&&Listed, name: &String| {
            let levels = self.namespace.levels(&one.shown);
            one.marked.is_none() && levels.len() <= 2 && levels.last().is_some_and(|leaf| leaf.to_lowercase() == *name)
        };
        let by_name = names
            .iter()
            .find_map(|name| candidates.iter().find(|one| leaf(one, name)));
        by_name.map(|one| (*one).clone())
    }

    /// The listed mailbox with a name as people write it: with the prefix or without, `/` or the server's own separator.
    pub(super) fn named<'a>(&self, path: &str, listed: &'a [Listed]) -> Option<&'a Listed> {
        let wanted = [
            path.to_owned(),
            self.namespace.full(path),
            self.namespace.converted(path),
        ];
        wanted
            .iter()
            .find_map(|name| listed.iter().find(|one| is_same(&one.shown, name)))
    }

    /// Whether a name is below our own.
    fn is_ours(&self, shown: &str) -> bool {
        let own = self.namespace.full(&self.prefix);
        shown.strip_prefix(&own).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|c| Some(c) == self.namespace.delimiter || c == ' ')
        })
    }

    /// The names that one of ours may have, as paths: nested, and flat for servers where nothing can be nested.
    pub(super) fn paths(&self, folder: Folder) -> [String; 2] {
        let leaf = folder.leaf();
        [
            format!("{}/{leaf}", self.prefix),
            format!("{} {leaf}", self.prefix.replace('/', " ")),
        ]
    }
}

/// INBOX is the same however it is written (RFC 9051 §5.1), also as the first level of others.
fn is_same(one: &str, other: &str) -> bool {
    let inbox = |name: &str| {
        name.get(..5)
            .filter(|start| start.eq_ignore_ascii_case("INBOX"))
            .map(|_| name.get(5..).unwrap_or_default().to_owned())
    };
    one == other || (inbox(one).is_some() && inbox(one) == inbox(other))
}

#[cfg(test)]
mod tests;
