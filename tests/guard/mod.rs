//! The quiet guard with a real IMAP server: drafts reviewed as they are saved, earlier mail learned, answers noted, mail
//! that went past counted. What the rep wrote stays as it is, octet for octet and flag for flag.

mod drafts;
mod scene;
