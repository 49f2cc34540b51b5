//! Mails for the tests: one that speaks to its reader, one that speaks of its sender, and octets of every odd kind.

use super::provider::{PROSPECT, REP};
use std::sync::atomic::{AtomicU32, Ordering};

/// A mail with a token that no other mail has.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// Stands in its Message-ID and its body.
    pub(crate) token: String,
    /// The mail, as submitted.
    pub(crate) octets: Vec<u8>,
}

impl Letter {
    /// Whether these octets are this letter, altered or not.
    pub(crate) fn is_in(&self, octets: &[u8]) -> bool {
        token_of(octets).is_some_and(|token| token == self.token)
    }
}

/// The token of the letter that these octets begin with.
pub(crate) fn token_of(octets: &[u8]) -> Option<String> {
    let rest = octets.strip_prefix(b"X-First: ")?;
    let end = memchr::memchr(b'\r', rest)?;
    Some(String::from_utf8_lossy(&rest[..end]).into_owned())
}

/// Passes with any sensible standard: about the reader's business, with a question, an answer in a running thread.
pub(crate) fn kind() -> Letter {
    letter(
        "Re: your question about the Lille warehouse",
        "In-Reply-To: <question-17@customer.example>\r\nReferences: <question-17@customer.example>\r\n",
        "Hello Pat,\r\n\r\nyour carriers in Lille changed their pick-up times in March, and your team told the trade \
         press that\r\npallets wait half a day longer since then. Which of your three docks feels it most?\r\n\r\n\
         Best wishes\r\nRobin\r\n",
    )
}

/// Mostly about its sender: to be annotated, returned or held, as the standard says.
pub(crate) fn selfish() -> Letter {
    letter(
        "Our award-winning platform",
        "",
        "Hi Pat,\r\n\r\nI would like to introduce our company. We are the leading provider of warehouse software and \
         I want to\r\nshow you our incredible product. We have just won an award and our platform is best in class. \
         I would love\r\nto get 15 minutes on your calendar this week. We offer a free demo. I am reaching out because \
         we think\r\nour solution is a great fit for companies like yours.\r\n\r\nI look forward to your reply\r\nRobin\r\n",
    )
}

/// Mostly about its sender, under this subject, with these fields besides.
pub(crate) fn selfish_about(subject: &str, fields: &str) -> Letter {
    letter(
        subject,
        fields,
        "Hi Pat,\r\n\r\nI would like to introduce our company. We are the leading provider of warehouse software and \
         I want to\r\nshow you our incredible product. Our platform is best in class. I would love to get 15 minutes \
         on your\r\ncalendar this week. We offer a free demo. I am reaching out because we think our solution is a \
         great fit.\r\n\r\nI look forward to your reply\r\nRobin\r\n",
    )
}

/// What its author makes of it when it comes back: about the reader.
pub(crate) fn better_about(subject: &str, fields: &str) -> Letter {
    letter(
        subject,
        fields,
        "Hello Pat,\r\n\r\nyour carriers in Lille changed their pick-up times in March, and your team told the trade \
         press that\r\npallets wait half a day longer since then. Which of your three docks feels it most?\r\n\r\n\
         Best wishes\r\nRobin\r\n",
    )
}

/// The kind letter with other octets after its text.
pub(crate) fn kind_with(tail: &[u8]) -> Letter {
    let mut letter = kind();
    letter.octets.extend_from_slice(tail);
    letter
}

/// A letter of ours: the first field marks where the submitted octets begin, for the provider puts its own before it.
fn letter(subject: &str, fields: &str, body: &str) -> Letter {
    let token = token();
    let octets = format!(
        "X-First: {token}\r\nFrom: Robin Rep <{REP}>\r\nTo: Pat Prospect <{PROSPECT}>\r\nSubject: {subject}\r\n\
         Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{token}@corp.example>\r\n{fields}MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n{token}\r\n"
    );
    Letter {
        token,
        octets: octets.into_bytes(),
    }
}

/// Compares octets and shows them as text when they differ.
pub(crate) fn assert_same(got: &[u8], wanted: &[u8], what: &str) {
    if got != wanted {
        let at = got.iter().zip(wanted).take_while(|(a, b)| a == b).count();
        let near = |octets: &[u8]| {
            octets[at.saturating_sub(40).min(octets.len())..(at + 80).min(octets.len())]
                .escape_ascii()
                .to_string()
        };
        panic!(
            "{what}: {} octets instead of {}, different from octet {at}:\n   got …{}…\nwanted …{}…",
            got.len(),
            wanted.len(),
            near(got),
            near(wanted)
        );
    }
}

/// A word that is new in this process, and in any other.
pub(crate) fn token() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("token-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
