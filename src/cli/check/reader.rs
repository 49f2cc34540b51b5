//! One mail or text to its verdict.

use super::content::Content;
use crate::annotate::Annotated;
use crate::mail::{Address, Prose, ScanLimits};
use crate::reader::{Policies, Policy};
use crate::reading::{Context, Reading, Silence};
use crate::standard::{Judged, Verdict};
use jiff::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Everything that stays the same from mail to mail.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) policies: Policies,
    pub(super) account: Option<Address>,
    pub(super) assume_prospecting: bool,
}

/// One mail with what was found and decided.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) verdict: Verdict,
    /// Why the mail could not be read, if it could not.
    pub(super) unreadable: Option<String>,
    pub(super) octets: Vec<u8>,
    pub(super) reading: Option<Reading>,
    prose: Option<Prose>,
}

impl Reader {
    /// Reads and judges, as the proxy does for a mail without an envelope and without consent.
    pub(super) fn check(&self, name: String, content: Content, silences: &[Silence]) -> Checked {
        let (octets, prose) = match content {
            Content::Mail(mail) => {
                let extract = || Prose::extract(&mail, &ScanLimits::default()).map_err(|error| error.to_string());
                (mail.octets().to_vec(), guarded(extract))
            }
            Content::Text(text) => {
                let prose = guarded(|| Ok(Prose::from_text(&text)));
                (text.into_bytes(), prose)
            }
        };
        let policy = self.policy(prose.as_ref().ok());
        let context = self.context(silences);
        let result = prose.and_then(|mut prose| {
            guarded(|| {
                let reading = policy.read(&mut prose, context);
                Ok((prose, reading))
            })
        });
        let judged = match &result {
            Ok((_, reading)) => Judged::Read(reading),
            Err(why) => Judged::NotRead { why },
        };
        // Time only matters for how long consent lasts, and there is none.
        let verdict = policy.standard.judge(judged, None, None, Timestamp::UNIX_EPOCH);
        let (prose, reading, unreadable) = match result {
            Ok((prose, reading)) => (Some(prose), Some(reading), None),
            Err(why) => (None, None, Some(why)),
        };
        Checked {
            name,
            verdict,
            unreadable,
            octets,
            reading,
            prose,
        }
    }

    /// The policy of the account that sends: the one named, else the address in From.
    pub(super) fn policy(&self, prose: Option<&Prose>) -> Arc<Policy> {
        let from = || prose.and_then(|prose| prose.headers.from.first().cloned());
        let account = self.account.clone().or_else(from);
        self.policies
            .for_account(&account.map(|account| account.folded()).unwrap_or_default())
    }

    fn context(&self, silences: &[Silence]) -> Context {
        Context {
            account: self.account.clone(),
            assume_prospecting: self.assume_prospecting,
            silences: silences.to_vec(),
            ..Context::default()
        }
    }
}

/// A panic must not end more than the reading of one mail.
fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err("the reading failed on this mail".to_owned()))
}

impl Checked {
    pub(super) fn annotated(&self) -> Annotated<'_> {
        Annotated {
            name: &self.name,
            octets: Some(&self.octets),
            prose: self.prose.as_ref(),
            reading: self.reading.as_ref(),
            verdict: &self.verdict,
        }
    }
}
