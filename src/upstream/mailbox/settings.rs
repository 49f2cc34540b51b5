//! What the mailboxes are told: names, and times.

use std::time::Duration;

/// Names of mailboxes as people see them: UTF-8, `/` between levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxSettings {
    /// Drafts; `None` to find it.
    pub drafts: Option<String>,
    /// Sent; `None` to find it.
    pub sent: Option<String>,
    /// What Youward's own mailboxes are under. Default `Youward`.
    pub prefix: String,
}

impl Default for MailboxSettings {
    fn default() -> MailboxSettings {
        MailboxSettings {
            drafts: None,
            sent: None,
            prefix: "Youward".to_owned(),
        }
    }
}

/// How long the server may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailboxTimeouts {
    /// Reaching it: TCP, TLS, greeting and capabilities. Default 30 s.
    pub connect: Duration,
    /// One piece of work that moves no mail: a login, a search, a flag. Default 60 s.
    pub command: Duration,
    /// Filing or fetching one mail. Default 5 min.
    pub transfer: Duration,
    /// How long one IDLE lasts before it is renewed. RFC 2177 allows 29 min; home routers forget idle connections sooner, so
    /// the default is 9 min.
    pub idle: Duration,
    /// How often to ask where IDLE is not offered. Default 20 s.
    pub poll: Duration,
    /// Saying goodbye. Default 2 s.
    pub leave: Duration,
}

impl Default for MailboxTimeouts {
    fn default() -> MailboxTimeouts {
        MailboxTimeouts {
            connect: Duration::from_secs(30),
            command: Duration::from_secs(60),
            transfer: Duration::from_secs(300),
            idle: Duration::from_secs(9 * 60),
            poll: Duration::from_secs(20),
            leave: Duration::from_secs(2),
        }
    }
}
