//! The guard: watches the accounts' drafts, Sent copies, correspondents and replies.
//!
//! In: events from the IMAP proxy through a channel, and what its own connections see. Out: reviews beside the drafts,
//! facts about who has written to whom, fix-ups of untrue Sent copies.
//!
//! Must never: touch a draft, raise a flag on it, get in the way of the client's session, or keep an address in the
//! clear. It and the proxy meet only through a channel of events.
//!
//! The room stands empty until the account mailboxes are built.
