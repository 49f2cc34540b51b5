//! What is watched of a provider's accounts.

use std::time::Duration;

/// What is watched of a provider's accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSettings {
    /// Whether drafts are read as they are saved. Default true; the standard has a word, too.
    pub drafts: bool,
    /// Whether earlier mail is learned, and answers to what was sent are noted. Default true.
    pub history: bool,
    /// For how long nothing newer must have been saved before a draft is read. Default 2 s.
    pub still: Duration,
    /// How often mailboxes other than Drafts are looked at. Default 1 min.
    pub look: Duration,
}

impl WatchSettings {
    /// Whether there is anything to watch.
    pub(super) fn watches(&self) -> bool {
        self.drafts || self.history
    }
}

impl Default for WatchSettings {
    fn default() -> WatchSettings {
        WatchSettings {
            drafts: true,
            history: true,
            still: Duration::from_secs(2),
            look: Duration::from_secs(60),
        }
    }
}
