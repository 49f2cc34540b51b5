//! The life of a hold with real servers: from the held mail to the better one, in the rep's own mailboxes.
//!
//! In: a rep's mail client (SMTP and IMAP), Youward, Postfix and Dovecot. Out: what lies in the rep's mailboxes, in the
//! recipient's, and in the store.

mod kills;
mod mood;
mod mutt;
mod release;
mod rounds;
mod saboteurs;
mod scene;
mod secrets;
mod servers;
mod story;
