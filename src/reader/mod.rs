//! One mail read as the account's standard has it, with everything that a reading is to know put to it.
//!
//! In: a mail, whose it is, its envelope if there is one. Out: the policy in force and what was read, or why it could not
//! be. The policy (standard, rules, facts, its silences), silences said by hand, earlier mail with the recipients and
//! nearly the same text sent to others come together here, for mail on its way as for drafts.
//!
//! Must never: let a mail end the program (a panic is caught), take longer than its limit, decide what becomes of a mail.

mod policy;
mod silences;

pub use policy::{Policies, Policy, PolicyCell};

use crate::history::History;
use crate::mail::{Address, Envelope, Mail, Prose, ScanLimits};
use crate::reading::{self, Context, Reading, Sketch};
use crate::store::{Owner, Store};
use jiff::Timestamp;
use silences::Silences;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Mails up to this size, in octets, are read where they are: it takes less than handing them to another thread and back.
/// Larger ones get a thread, so that they don't keep other sessions waiting.
const READ_IN_PLACE: usize = 32 * 1024;

/// Reads mails.
pub struct Reader {
    policies: PolicyCell,
    silences: Silences,
    history: Arc<History>,
    limit: Duration,
}

/// What is to be read.
pub struct Asked {
    /// The mail.
    pub mail: Mail,
    /// Whose it is.
    pub owner: Owner,
    /// Its envelope; without one the header's recipients count.
    pub envelope: Option<Envelope>,
    /// When.
    pub at: Timestamp,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct ReadMail {
    /// The author's own text.
    pub prose: Prose,
    /// What was found.
    pub reading: Reading,
    /// Whom outside the company it goes to.
    pub outside: Vec<Address>,
    /// By which copies of it are known again; `None` where nobody will want to (too short, or not prospecting for certain).
    pub sketch: Option<Sketch>,
}

impl Reader {
    /// Puts it together. `limit` is the longest that one mail may take.
    #[must_use]
    pub fn new(policies: PolicyCell, store: Arc<dyn Store>, history: Arc<History>, limit: Duration) -> Reader {
        Reader {
            policies,
            silences: Silences::new(store),
            history,
            limit,
        }
    }

    /// What is known of earlier mail.
    #[must_use]
    pub fn history(&self) -> &Arc<History> {
        &self.history
    }

    /// An account's policy now.
    #[must_use]
    pub fn policy(&self, account: &str) -> Arc<Policy> {
        self.policies.current().for_account(account)
    }

    /// Reads a mail by a policy.
    ///
    /// # Errors
    /// Why it could not be read, in words.
    pub async fn read(&self, asked: Asked, policy: &Arc<Policy>) -> Result<ReadMail, String> {
        match tokio::time::timeout(self.limit, self.read_within(asked, policy)).await {
            Ok(result) => result,
            Err(_) => Err(format!("reading took longer than {} ms", self.limit.as_millis())),
        }
    }

    async fn read_within(&self, asked: Asked, policy: &Arc<Policy>) -> Result<ReadMail, String> {
        let Asked {
            mail,
            owner,
            envelope,
            at,
        } = asked;
        let small = mail.octets().len() <= READ_IN_PLACE;
        let context = Context {
            account: Address::parse(&owner.account),
            envelope,
            silences: self.silences.current(at).await.to_vec(),
            ..Context::default()
        };
        let of = policy.clone();
        let prepared = guarded(small, move || {
            let mut prose = Prose::extract(&mail, &ScanLimits::default()).map_err(|error| error.to_string())?;
            let context = of.prepare(&mut prose, context);
            Ok((prose, context))
        });
        let (prose, mut context) = prepared.await?;
        let outside = reading::outside(&prose, &context);
        context.correspondence = self.history.correspondence(&owner, &outside, at).await;
        let (prose, context, first, sketch) =
            looked(small, policy.clone(), prose, context, !outside.is_empty()).await?;
        let blast = match &sketch {
            Some(sketch) => self.history.blast(&owner, sketch, &outside, at).await,
            None => None,
        };
        let (prose, reading) = match blast {
            None => (prose, first),
            Some(blast) => {
                let context = Context {
                    blast: Some(blast),
                    ..context
                };
                let (prose, _, reading, _) = looked(small, policy.clone(), prose, context, false).await?;
                (prose, reading)
            }
        };
        Ok(ReadMail {
            prose,
            reading,
            outside,
            sketch,
        })
    }
}

/// Reads, and sketches where it is wished and makes sense.
async fn looked(
    small: bool,
    policy: Arc<Policy>,
    prose: Prose,
    context: Context,
    sketches: bool,
) -> Result<(Prose, Context, Reading, Option<Sketch>), String> {
    guarded(small, move || {
        let reading = reading::read(&prose, &context, &policy.packs);
        let prospecting = &reading.prospecting;
        // That the same text went to others is worth two points: it makes nothing of what has none of its own.
        let wanted = sketches && prospecting.hard_no.is_none() && prospecting.points > 0;
        let sketch = if wanted {
            reading::sketch(&prose, &context)
        } else {
            None
        };
        Ok((prose, context, reading, sketch))
    })
    .await
}

/// Does it here, or on a thread of its own. A panic must not end more than the reading.
async fn guarded<T: Send + 'static>(
    here: bool,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let failed = || Err("the reading failed on this mail".to_owned());
    if here {
        return std::panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| failed());
    }
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| failed())
}

#[cfg(test)]
mod tests;
