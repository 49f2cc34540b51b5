//! What is known of providers and of the names that Drafts, Sent and the archive go by: `config/providers.toml`, built in.

use super::capabilities::Capabilities;
use serde::Deserialize;
use std::sync::LazyLock;

/// The file, read once.
static FILE: LazyLock<File> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the file is built in, and a test reads it")]
    toml::from_str(include_str!("../../../config/providers.toml")).expect("config/providers.toml")
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    files_sent: Vec<Provider>,
    language: Vec<Language>,
}

/// A provider that files what is sent through it by itself. One sign is enough.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    #[expect(dead_code, reason = "for readers of the file")]
    name: String,
    #[serde(default)]
    hosts: Vec<String>,
    #[serde(default)]
    capabilities: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the file"))]
    code: String,
    drafts: Vec<String>,
    sent: Vec<String>,
    #[serde(default)]
    archive: Vec<String>,
}

/// Whether a server files sent mail by itself, judged by its host name and its capabilities.
pub(super) fn files_sent(host: &str, capabilities: &Capabilities) -> bool {
    let is_under = |known: &String| {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        host == *known
            || host
                .strip_suffix(known.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    };
    FILE.files_sent.iter().any(|provider| {
        provider.hosts.iter().any(is_under) || provider.capabilities.iter().any(|name| capabilities.has(name))
    })
}

/// Names that Drafts goes by, the more common languages first, in small letters.
pub(super) fn drafts_names() -> impl Iterator<Item = String> {
    FILE.language
        .iter()
        .flat_map(|language| language.drafts.iter().map(|name| name.to_lowercase()))
}

/// The same of Sent.
pub(super) fn sent_names() -> impl Iterator<Item = String> {
    FILE.language
        .iter()
        .flat_map(|language| language.sent.iter().map(|name| name.to_lowercase()))
}

/// The same of the archive.
pub(super) fn archive_names() -> impl Iterator<Item = String> {
    FILE.language
        .iter()
        .flat_map(|language| language.archive.iter().map(|name| name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn providers_are_recognised() {
        let none = Capabilities::default();
        for host in [
            "imap.gmail.com",
            "IMAP.Gmail.com.",
            "outlook.office365.com",
            "imap-mail.outlook.com",
        ] {
            assert!(files_sent(host, &none), "{host}");
        }
        for host in ["imap.corp.example", "notgmail.com", "gmail.com.evil.example"] {
            assert!(!files_sent(host, &none), "{host}");
        }
        let gmail = Capabilities::parse(b"IMAP4rev1 x-gm-ext-1");
        assert!(files_sent("mail.corp.example", &gmail));
    }

    #[test]
    fn many_languages_are_known_and_none_is_ambiguous() {
        let codes: BTreeSet<&str> = FILE.language.iter().map(|language| language.code.as_str()).collect();
        assert!(codes.len() >= 25 && codes.len() == FILE.language.len(), "{codes:?}");
        let drafts: BTreeSet<String> = drafts_names().collect();
        let sent: BTreeSet<String> = sent_names().collect();
        assert!(drafts.is_disjoint(&sent), "{:?}", drafts.intersection(&sent));
        assert!(drafts.contains("entwürfe") && sent.contains("envoyés"));
        let archive: BTreeSet<String> = archive_names().collect();
        assert!(
            archive.is_disjoint(&drafts) && archive.is_disjoint(&sent),
            "{archive:?}"
        );
        assert!(archive.contains("archiv") && archive.contains("архив"));
    }
}
