//! How much and how long: limits and time-outs of one session.

use std::time::Duration;

/// Limits of a session. Octets unless stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest command line, CR LF included. RFC 5321 §4.5.3.1.4 asks for 512 and extensions for more; default 4096.
    pub command_line: usize,
    /// Longest AUTH line, CR LF included. RFC 4954 §4.3 asks for 12,288, the default.
    pub auth_line: usize,
    /// Longest line of content, CR LF not included. RFC 5322 §2.1.1 allows 998; mail in the wild has longer ones, and
    /// providers differ, so the default is 65,536.
    pub content_line: usize,
    /// Longest single header field, folded lines together. Default 102,400.
    pub header_field: usize,
    /// Largest content, whatever the upstream's SIZE. Default 50 MiB.
    pub content: usize,
    /// Most recipients of one mail. RFC 5321 §4.5.3.1.8 asks for at least 100; default 1,000.
    pub recipients: usize,
    /// Most errors (unknown commands, bad syntax, failed AUTH) before the session is closed. Default 10.
    pub errors: usize,
    /// Most errors before authentication: a client tries all its mechanisms, or sends MAIL, RCPT and DATA together
    /// without having logged in. Default 6.
    pub errors_before_auth: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            command_line: 4096,
            auth_line: 12_288,
            content_line: 65_536,
            header_field: 102_400,
            content: 50 * 1024 * 1024,
            recipients: 1_000,
            errors: 10,
            errors_before_auth: 6,
        }
    }
}

/// Time-outs by RFC 5321 §4.5.3.2, both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// Client silent before authentication. Default 60 s.
    pub before_auth: Duration,
    /// Client silent between commands. Default 5 min.
    pub command: Duration,
    /// Client silent inside DATA. Default 3 min.
    pub data_block: Duration,
    /// Slowest content, in octets a second, after the first minute. Default 500.
    pub data_rate: u32,
    /// Reaching the upstream: TCP, TLS and greeting. Default 30 s.
    pub connect: Duration,
    /// The upstream's reply to a command. Default 5 min.
    pub upstream_command: Duration,
    /// The upstream's reply to DATA. Default 2 min.
    pub upstream_data: Duration,
    /// The upstream's reply to the end of data. RFC 5321 asks for 10 min; MUAs give up after 100 s, but a client that is
    /// still there deserves the answer, so the default is 10 min.
    pub upstream_done: Duration,
    /// Longest reading of one mail before it counts as failed. Default 2 s. Mails of a few KiB are read in place, in
    /// linear time, and are not timed.
    pub reading: Duration,
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            before_auth: Duration::from_secs(60),
            command: Duration::from_secs(300),
            data_block: Duration::from_secs(180),
            data_rate: 500,
            connect: Duration::from_secs(30),
            upstream_command: Duration::from_secs(300),
            upstream_data: Duration::from_secs(120),
            upstream_done: Duration::from_secs(600),
            reading: Duration::from_secs(2),
        }
    }
}
