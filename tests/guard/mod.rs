//! The quiet guard with a real IMAP server: drafts reviewed as they are saved, earlier mail learned, answers noted, mail
//! that went past counted. What the rep wrote stays as it is, octet for octet and flag for flag.

mod access;
mod books;
mod clients;
mod drafts;
mod history;
mod scene;
mod sent;
