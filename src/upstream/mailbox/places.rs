//! Which mailbox is which, decided from what the server lists. No I/O.

use super::name::decode;
use super::namespace::Namespace;
use super::{Folder, MailboxSettings, providers};
use std::collections::HashMap;

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
    /// Whether it is marked as the one for what is thrown away.
    pub(super) is_trash: bool,
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
    /// Where what is removed must go, as the server writes it; `None` where it can simply be expunged.
    pub(super) trash: Option<String>,
    found: HashMap<Folder, Place>,
}

impl Places {
    /// Nothing known but where to look.
    pub(super) fn new(namespace: Namespace, prefix: &str) -> Places {
        Places {
            namespace,
            prefix: prefix.to_owned(),
            trash: None,
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

    /// Looks for one of the account's own: by the setting, by its mark, by known names.
    pub(super) fn find_own(&self, folder: Folder, settings: &MailboxSettings, listed: &[Listed]) -> Option<Listed> {
        let usable = |one: &&Listed| one.selectable && self.namespace.owns(&one.shown) && !self.is_ours(&one.shown);
        let (setting, names): (_, Vec<String>) = match folder {
            Folder::Drafts => (&settings.drafts, providers::drafts_names().collect()),
            Folder::Sent => (&settings.sent, providers::sent_names().collect()),
            Folder::Archive => (&None, providers::archive_names().collect()),
            Folder::All => (&None, Vec::new()),
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

/// Whether a mailbox is called as drafts are, in some language: by the last level of its name, as on the wire.
#[must_use]
pub fn is_drafts_name(wire: &[u8]) -> bool {
    let name = decode(&String::from_utf8_lossy(wire)).to_lowercase();
    let leaf = name.rsplit(['/', '.']).next().unwrap_or_default();
    providers::drafts_names().any(|known| known == leaf)
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
