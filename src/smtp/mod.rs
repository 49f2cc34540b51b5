//! The SMTP session machine (RFC 5321, submission by RFC 6409), sans IO.
//!
//! In: octets from the client and the time, and the answers of whoever drives it. Out: steps: write these octets, relay
//! this command, here is a whole message, start TLS, close. Any splitting of the same octets gives the same steps.
//!
//! Must never: answer for the provider what only the provider can know, take bare CR or LF for a line end, keep octets
//! that came before STARTTLS, show a credential.

mod command;
mod content;
mod extension;
mod limits;
mod line;
mod replies;
mod reply;
pub mod sasl;
mod session;

pub use content::stuffed;
pub use extension::Extensions;
pub use limits::{Limits, Timeouts};
pub use reply::Reply;
pub use session::{Answer, Protection, Session, SessionSettings, Step, Submission};
