//! AUTH (RFC 4954): collected here, so that it can be checked and relayed whole; decided by the upstream alone.

use super::{Outstanding, Phase, Session, Step};
use crate::smtp::sasl::{Credentials, Mechanism, Refused, Secret};
use crate::smtp::{Reply, replies};

impl Session {
    pub(super) fn auth(&mut self, mechanism: &str, initial: Option<Vec<u8>>) {
        let initial = initial.map(Secret::new);
        if !self.local().auth {
            return self.fault(&replies::need_tls());
        }
        if self.identity.is_some() {
            return self.fault(&replies::already_authenticated());
        }
        if self.transaction.is_some() {
            return self.fault(&replies::auth_in_transaction());
        }
        let offered = Mechanism::named(mechanism).filter(|mechanism| self.extensions.mechanisms.contains(mechanism));
        let Some(mechanism) = offered else {
            return self.fault(&replies::mechanism_not_offered());
        };
        self.phase = Phase::Collecting {
            mechanism,
            responses: Vec::new(),
        };
        match initial {
            Some(initial) => self.collect(initial),
            None => self.challenge(mechanism, 0),
        }
    }

    fn challenge(&mut self, mechanism: Mechanism, at: usize) {
        let text = mechanism.challenges().get(at).copied().unwrap_or_default();
        self.write(&replies::challenge(text));
    }

    /// One response to a challenge of ours.
    pub(super) fn collect(&mut self, response: Secret) {
        if response.expose() == b"*" {
            self.phase = Phase::Command;
            return self.fault(&replies::auth_cancelled());
        }
        let Phase::Collecting { mechanism, responses } = &mut self.phase else {
            return;
        };
        let mechanism = *mechanism;
        responses.push(response);
        if responses.len() < mechanism.challenges().len() {
            let at = responses.len();
            return self.challenge(mechanism, at);
        }
        let responses = std::mem::take(responses);
        self.phase = Phase::Command;
        match Credentials::check(mechanism, responses) {
            Ok(credentials) => {
                self.phase = Phase::Answering;
                self.outstanding
                    .push_back(Outstanding::Auth(credentials.identity.clone()));
                self.steps.push_back(Step::Authenticate(credentials));
            }
            Err(Refused::Malformed) => self.fault(&replies::auth_malformed()),
            Err(Refused::ForAnother) => self.fault(&replies::auth_for_another()),
        }
    }

    /// The client's response to a challenge of the upstream's, such as the empty line after an OAuth error.
    pub(super) fn respond(&mut self, identity: String, response: Secret) {
        self.phase = Phase::Answering;
        self.outstanding.push_back(Outstanding::Auth(identity));
        self.steps.push_back(Step::Respond(response));
    }

    pub(super) fn auth_replied(&mut self, identity: String, reply: &Reply) {
        self.phase = Phase::Command;
        if reply.is_intermediate() {
            self.phase = Phase::Challenged { identity };
            self.write(reply);
        } else if reply.is_positive() {
            self.identity = Some(identity);
            self.errors = 0;
            self.write(reply);
        } else {
            self.fault(reply);
        }
    }
}
