//! Why an account can't be watched now.

use crate::hold::HoldError;
use crate::store::StoreError;
use crate::upstream::mailbox::MailboxError;

/// Whose fault it was tells what to do: a mailbox's ends the connection, our own does not.
#[derive(Debug, thiserror::Error)]
pub(super) enum WatchError {
    /// The provider's side.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// Our own side.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Our own side, or a decision that is not possible.
    #[error(transparent)]
    Hold(#[from] HoldError),
}
