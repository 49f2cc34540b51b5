//! DATA and the content that follows.

use super::{Outstanding, Phase, Session, Step, Submission};
use crate::mail::{Envelope, Mail};
use crate::smtp::content::{ContentReader, Fault};
use crate::smtp::{Limits, replies};

impl Session {
    pub(super) fn data(&mut self) {
        let Some(transaction) = &self.transaction else {
            return self.fault(&replies::need_mail());
        };
        if transaction.recipients.is_empty() {
            return self.fault(&replies::need_recipients());
        }
        let size = transaction
            .reverse_path
            .parameters
            .iter()
            .find(|p| p.keyword.eq_ignore_ascii_case("SIZE"));
        let declared = size
            .and_then(|size| size.value.as_deref())
            .and_then(|value| value.parse().ok())
            .unwrap_or(0);
        self.write(&replies::go_on());
        self.phase = Phase::Content {
            reader: ContentReader::new(declared),
            since: self.heard,
        };
    }

    /// Takes what has come of the content. False if more is needed.
    pub(super) fn take_content(&mut self) -> bool {
        let largest = self.extensions.largest_content(&self.settings.limits);
        let Phase::Content { reader, .. } = &mut self.phase else {
            return false;
        };
        let limits = Limits {
            content: largest,
            ..self.settings.limits.clone()
        };
        let (taken, end) = reader.take(self.lines.rest(), &limits);
        self.lines.advance(taken);
        if !end {
            return false;
        }
        let Phase::Content { reader, .. } = std::mem::replace(&mut self.phase, Phase::Command) else {
            return false;
        };
        self.asked = None;
        match (reader.finish(), self.transaction.take()) {
            (Ok(content), Some(transaction)) => {
                self.phase = Phase::Deciding;
                self.steps.push_back(Step::Content(Submission {
                    envelope: Envelope {
                        reverse_path: transaction.reverse_path,
                        recipients: transaction.recipients,
                    },
                    mail: Mail::new(content),
                    identity: self.identity.clone(),
                    tls: self.tls,
                }));
            }
            (Err(fault), _) => self.refuse(fault, largest),
            (Ok(_), None) => self.fault(&replies::need_mail()),
        }
        true
    }

    /// Content with stray line ends may be an attempt to smuggle a second mail: nothing after it is believed.
    fn refuse(&mut self, fault: Fault, largest: usize) {
        let reply = replies::content_refused(fault, largest, &self.settings.limits);
        self.write(&reply);
        match fault {
            Fault::BareLf | Fault::BareCr | Fault::Nul => self.close(),
            _ => self.relay(b"RSET\r\n".to_vec(), Outstanding::RsetQuietly),
        }
    }
}
