//! The tap over an IMAP connection (RFC 9051).
//!
//! In: the octets of both directions, as they come. Out: the same octets, and events (logged in, mailbox selected,
//! draft appended). Only listed capability tokens before authentication ever change. When the tap loses track it goes
//! blind: it forwards on, says so once, and never guesses.
//!
//! Must never: hold octets back, turn a literal's content into a command, do I/O.
//!
//! The room stands empty until the IMAP listeners are built.
