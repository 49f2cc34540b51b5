//! Replies of the proxy's own, outside the session machine.

use crate::smtp::Reply;

pub(super) fn stopping() -> Reply {
    Reply::new(
        421,
        "4.3.2",
        &["Youward is being stopped; nothing was sent, try again in a minute"],
    )
}

pub(super) fn out_of_step() -> Reply {
    Reply::new(
        421,
        "4.4.2",
        &["The provider's server got out of step; the connection ends here"],
    )
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotLetIn {
    OtherUser,
    TooMany,
}

impl NotLetIn {
    pub(super) fn words(self) -> &'static str {
        match self {
            NotLetIn::OtherUser => "This Youward belongs to another user of this machine",
            NotLetIn::TooMany => "Too many connections at once; try again in a minute",
        }
    }

    pub(super) fn reply(self) -> Reply {
        match self {
            NotLetIn::OtherUser => Reply::new(554, "5.7.1", &[self.words()]),
            NotLetIn::TooMany => Reply::new(421, "4.7.0", &[self.words()]),
        }
    }
}
