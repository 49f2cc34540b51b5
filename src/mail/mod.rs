//! A mail as it was submitted: envelope, octets, and the author's own prose in it.
//!
//! In: what SMTP carried (reverse-path, forward-paths, content) or a file. Out: [`Mail`], whose octets nobody can edit;
//! [`Headers`], the facts that headers and structure tell; [`Prose`], the text that the author wrote for this mail, with
//! quoted text, signatures and forwarded mail masked and every place traceable back to the octets; [`Fingerprint`],
//! which tells an identical resend.
//!
//! A mail is walked once for its structure, within limits ([`scan()`]); parsers then see single header fields and single text
//! parts, never a tree, so that no nesting can make them recurse.
//!
//! Must never: change an octet, parse before the scan has said that it is safe, do I/O.

mod address;
mod envelope;
mod fingerprint;
mod headers;
mod message;
mod mime;
mod prose;
mod scan;
pub(crate) mod steps;

pub use address::Address;
pub use envelope::{Envelope, ForwardPath, Parameter, ReversePath};
pub use fingerprint::Fingerprint;
pub use headers::{Headers, Protection};
pub use message::Mail;
pub use prose::{Language, Mask, MaskKind, Offsets, Origin, Passage, Prose, RawMap, TextKind, TextPart};
pub use scan::{ScanLimits, Unreadable, scan};
