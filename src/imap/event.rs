//! What the tap has seen.

use super::login::Login;
use std::fmt;
use zeroize::Zeroizing;

/// Something that happened on the connection, after the server said that it did.
///
/// Names of mailboxes are as on the wire: modified UTF-7, or UTF-8 where the client asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Somebody is logged in.
    Authenticated {
        /// The mechanism in capitals; `LOGIN` for the command of that name; `PREAUTH` where the server's greeting said so.
        mechanism: String,
        /// Who, and the credentials, where the mechanism shows them.
        login: Option<Login>,
    },
    /// The server did not let somebody in.
    Refused {
        /// The mechanism in capitals.
        mechanism: String,
        /// Who, where the mechanism shows it.
        identity: Option<String>,
    },
    /// UNAUTHENTICATE (RFC 8437): nobody is logged in any more.
    Unauthenticated,
    /// A mailbox is open.
    Selected {
        /// Its name.
        mailbox: Vec<u8>,
        /// Whether by EXAMINE.
        read_only: bool,
    },
    /// No mailbox is open any more.
    Unselected,
    /// LIST or XLIST told what a mailbox is for.
    SpecialUse {
        /// Its name.
        mailbox: Vec<u8>,
        /// What for.
        special: SpecialUse,
    },
    /// A mail was filed in a mailbox of interest.
    Appended(Appended),
    /// The tap has lost track. It forwards on, and there are no more events.
    Blind {
        /// What it could not follow.
        why: &'static str,
    },
}

/// What a mailbox is for (RFC 6154 §2, RFC 8457, and Google's XLIST).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecialUse {
    /// All mail.
    All,
    /// The archive.
    Archive,
    /// Drafts.
    Drafts,
    /// Flagged mail.
    Flagged,
    /// Important mail.
    Important,
    /// Junk.
    Junk,
    /// Sent mail.
    Sent,
    /// Trash.
    Trash,
}

impl SpecialUse {
    /// By the attribute, without regard to case.
    pub(super) fn named(attribute: &[u8]) -> Option<SpecialUse> {
        use SpecialUse::{All, Archive, Drafts, Flagged, Important, Junk, Sent, Trash};
        const NAMES: [(&[u8], SpecialUse); 11] = [
            (b"\\All", All),
            (b"\\AllMail", All),
            (b"\\Archive", Archive),
            (b"\\Drafts", Drafts),
            (b"\\Flagged", Flagged),
            (b"\\Starred", Flagged),
            (b"\\Important", Important),
            (b"\\Junk", Junk),
            (b"\\Spam", Junk),
            (b"\\Sent", Sent),
            (b"\\Trash", Trash),
        ];
        let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(attribute));
        found.map(|(_, special)| *special)
    }
}

/// A mail that was filed.
#[derive(Clone, PartialEq, Eq)]
pub struct Appended {
    /// The mailbox's name.
    pub mailbox: Vec<u8>,
    /// The flags, as given.
    pub flags: Vec<String>,
    /// The internal date, as given.
    pub date: Option<String>,
    /// The mail, or as much of its beginning as was kept.
    pub octets: Zeroizing<Vec<u8>>,
    /// Whether that is not all of it.
    pub truncated: bool,
    /// Where it lies, if the server told (RFC 4315): the mailbox's UIDVALIDITY and the mail's UID.
    pub uid: Option<(u32, u32)>,
}

/// Without the mail.
impl fmt::Debug for Appended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Appended")
            .field("mailbox", &String::from_utf8_lossy(&self.mailbox))
            .field("flags", &self.flags)
            .field("octets", &self.octets.len())
            .field("truncated", &self.truncated)
            .field("uid", &self.uid)
            .finish_non_exhaustive()
    }
}
