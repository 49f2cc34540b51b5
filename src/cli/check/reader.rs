//! One mail or text to its verdict.

use super::sources::Content;
use crate::annotate::Annotated;
use crate::mail::{Address, Prose, ScanLimits};
use crate::proxy::Policy;
use crate::reading::{Context, Reading, read};
use crate::standard::{Judged, Verdict};
use jiff::Timestamp;

/// Everything that stays the same from mail to mail.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) policy: Policy,
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
    octets: Vec<u8>,
    prose: Option<Prose>,
    reading: Option<Reading>,
}

impl Reader {
    /// Reads and judges, as the proxy does for a mail without an envelope and without consent.
    pub(super) fn check(&self, name: String, content: Content) -> Checked {
        let (octets, prose) = match content {
            Content::Mail(mail) => (mail.octets().to_vec(), Prose::extract(&mail, &ScanLimits::default())),
            Content::Text(text) => {
                let prose = Prose::from_text(&text);
                (text.into_bytes(), Ok(prose))
            }
        };
        // Time only matters for how long consent lasts, and there is none.
        let judge = |judged: Judged<'_>| self.policy.standard.judge(judged, None, None, Timestamp::UNIX_EPOCH);
        match prose {
            Ok(prose) => {
                let reading = read(&prose, &self.context(), &self.policy.packs);
                let verdict = judge(Judged::Read(&reading));
                Checked {
                    name,
                    verdict,
                    unreadable: None,
                    octets,
                    prose: Some(prose),
                    reading: Some(reading),
                }
            }
            Err(unreadable) => {
                let why = unreadable.to_string();
                let verdict = judge(Judged::NotRead { why: &why });
                Checked {
                    name,
                    verdict,
                    unreadable: Some(why),
                    octets,
                    prose: None,
                    reading: None,
                }
            }
        }
    }

    fn context(&self) -> Context {
        Context {
            account: self.account.clone(),
            assume_prospecting: self.assume_prospecting,
            gate: self.policy.standard.gate(),
            ..Context::default()
        }
    }
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
