//! Whose session it is, and what follows from what the tap saw: credentials kept, refusals noted, the rest told.

use super::ImapProvider;
use crate::feed::{Feed, Told};
use crate::imap::{Event, Interest, Login, SpecialUse, Tap};
use crate::proxy::desk::Desk;
use crate::smtp::sasl::{Credentials, Mechanism, Secret};
use std::sync::Arc;

/// The account behind one connection.
pub(super) struct Account {
    desk: Arc<Desk>,
    feed: Arc<Feed>,
    provider: Arc<ImapProvider>,
    interest: Arc<Interest>,
    /// Who is logged in, in lower case.
    name: Option<Arc<str>>,
}

impl Account {
    pub(super) fn new(desk: Arc<Desk>, feed: Arc<Feed>, provider: Arc<ImapProvider>) -> Account {
        let interest = provider.interest.clone();
        Account {
            desk,
            feed,
            provider,
            interest,
            name: None,
        }
    }

    pub(super) fn interest(&self) -> Arc<Interest> {
        self.interest.clone()
    }

    /// The provider's name, for logs.
    pub(super) fn upstream(&self) -> &str {
        &self.provider.name
    }

    /// Something happened.
    pub(super) fn saw(&mut self, event: Event, tap: &mut Tap) {
        match &event {
            Event::Authenticated { login, .. } => {
                self.name = login.as_ref().map(|login| login.identity.to_lowercase().into());
                if let Some(credentials) = login.as_ref().and_then(credentials) {
                    let lifetime = self.provider.keep_credentials;
                    self.desk.logged_in(&self.provider.name, &credentials, lifetime);
                }
            }
            Event::Refused { identity, .. } => {
                let (desk, upstream) = (self.desk.clone(), self.provider.name.clone());
                let who = identity.clone().unwrap_or_default();
                tokio::spawn(async move {
                    let why = "the provider's IMAP server refused the login";
                    desk.note("login refused", &who, &upstream, why).await;
                });
            }
            Event::Unauthenticated => self.name = None,
            Event::SpecialUse {
                mailbox,
                special: SpecialUse::Drafts | SpecialUse::Sent,
            } if !self.interest.names.contains(mailbox) && self.interest.names.len() < 32 => {
                let mut interest = (*self.interest).clone();
                interest.names.push(mailbox.clone());
                self.interest = Arc::new(interest);
                tap.interest(self.interest());
            }
            Event::Blind { why } => {
                tracing::warn!(upstream = %self.provider.name, why, "an IMAP connection can't be followed any more; it goes on");
            }
            _ => {}
        }
        let event = match event {
            // Nobody who listens needs the secret.
            Event::Authenticated { mechanism, .. } => Event::Authenticated { mechanism, login: None },
            event => event,
        };
        self.feed.tell(Told {
            upstream: self.provider.name.clone(),
            account: self.name.clone(),
            event,
        });
    }
}

fn credentials(login: &Login) -> Option<Credentials> {
    let responses = login.responses.iter().map(|response| Secret::new(response.to_vec()));
    Some(Credentials {
        mechanism: Mechanism::named(login.mechanism)?,
        identity: login.identity.clone(),
        responses: responses.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    #[test]
    fn what_was_said_in_imap_serves_as_credentials() {
        for (mechanism, same) in [
            ("PLAIN", Mechanism::Plain),
            ("LOGIN", Mechanism::Login),
            ("XOAUTH2", Mechanism::Xoauth2),
            ("OAUTHBEARER", Mechanism::OauthBearer),
        ] {
            let login = Login {
                mechanism,
                identity: "rep@a.example".to_owned(),
                responses: vec![Zeroizing::new(b"AHJlcABw".to_vec())],
            };
            let credentials = credentials(&login).unwrap();
            assert_eq!(
                (credentials.mechanism, credentials.identity.as_str()),
                (same, "rep@a.example")
            );
            assert_eq!(credentials.responses[0].expose(), b"AHJlcABw");
        }
    }
}
