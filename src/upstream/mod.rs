//! Clients of the provider's servers.
//!
//! In: where the provider is and how its certificate is to be verified. Out: a submission session with verified TLS that
//! gives the provider's replies verbatim; and the account's mailboxes, over a connection of our own.
//!
//! Must never: send anything in the clear that TLS was configured for, downgrade, accept a certificate that does not
//! verify, use octets that came before STARTTLS was done.

mod endpoint;
mod error;
pub mod mailbox;
mod stream;
mod submission;
mod tls;

pub use endpoint::{Endpoint, Tls, Trust};
pub use error::{Cause, Phase, UpstreamError};
pub use stream::Stream;
pub use submission::{Begun, Submission};
pub use tls::{ClientTls, TlsSetupError};
