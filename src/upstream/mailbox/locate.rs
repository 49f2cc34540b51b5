//! Finds the account's own mailboxes, and makes the mailboxes that Youward works with.

use super::error::MailboxCause;
use super::name::{decode, encode, quoted};
use super::namespace::Namespace;
use super::places::{Listed, Places};
use super::talk::{End, refused};
use super::{Folder, MailboxError, MailboxSettings, Mailboxes};
use async_imap::imap_proto::{MailboxDatum, NameAttribute, Response};

/// Most mailboxes that are looked at.
const MOST_LISTED: usize = 10_000;

impl Mailboxes {
    /// Finds Drafts and Sent: the setting first, then the server's mark (RFC 6154), then known names; made when there is
    /// none. Makes and subscribes the mailboxes that Youward works with, under the server's own prefix and separator;
    /// `Youward Held` instead of `Youward/Held` where the server refuses levels. Finds INBOX, the archive by its mark or by known
    /// names, and all mail by its mark; these are never made, and [`Mailboxes::has`] tells which are there.
    ///
    /// # Errors
    /// The connection failed, or the server refuses to make a mailbox.
    pub async fn locate(&mut self, settings: &MailboxSettings) -> Result<(), MailboxError> {
        let result = self.locate_all(settings).await;
        self.settle("looking for the mailboxes", None, result)
    }

    /// Makes a mailbox that is made only when asked for, if it is not there.
    ///
    /// # Errors
    /// As [`Mailboxes::locate`], which must have been called.
    pub async fn ensure(&mut self, folder: Folder) -> Result<(), MailboxError> {
        if self.places.get(folder).is_some() {
            return Ok(());
        }
        let result = self.ensure_one(folder).await;
        self.settle("making a mailbox", None, result)
    }

    async fn ensure_one(&mut self, folder: Folder) -> Result<(), MailboxCause> {
        if self.places.prefix.is_empty() || !folder.is_ours() {
            return Err(MailboxCause::NotLocated);
        }
        self.talk.begin(self.timeouts.command)?;
        self.make_ours(folder, &[]).await
    }

    async fn locate_all(&mut self, settings: &MailboxSettings) -> Result<(), MailboxCause> {
        self.talk.begin(self.timeouts.command)?;
        let told = self.told_namespace().await?;
        let listed = self.list().await?;
        let is_told = told.is_some();
        let namespace = match told {
            Some(namespace) => namespace,
            None => Namespace::inferred(self.delimiter().await?, &listed),
        };
        let below_inbox = namespace.delimiter.map(|delimiter| format!("INBOX{delimiter}"));
        self.places = Places::new(namespace, &settings.prefix);
        match (self.place_all(settings, &listed).await, below_inbox) {
            // A server that tells nothing, and shows nothing but INBOX, may want everything below it.
            (Err(MailboxCause::Refused { .. }), Some(prefix)) if !is_told && self.places.namespace.prefix != prefix => {
                let namespace = Namespace {
                    prefix,
                    ..self.places.namespace.clone()
                };
                self.places = Places::new(namespace, &settings.prefix);
                self.place_all(settings, &listed).await
            }
            (result, _) => result,
        }
    }

    async fn place_all(&mut self, settings: &MailboxSettings, listed: &[Listed]) -> Result<(), MailboxCause> {
        if self.capabilities.has("X-GM-EXT-1") {
            // Gmail's mailboxes are labels: what is expunged from one stays in the archive, unless it is in the trash.
            let trash = listed.iter().find(|one| one.is_trash && one.selectable);
            self.places.trash = trash.map(|one| one.wire.clone());
        }
        for folder in [Folder::Drafts, Folder::Sent] {
            self.locate_own(folder, settings, listed).await?;
        }
        self.places.set(Folder::Inbox, INBOX.to_owned(), INBOX);
        for folder in [Folder::Archive, Folder::All] {
            if let Some(found) = self.places.find_own(folder, settings, listed) {
                self.places.set(folder, found.wire, &found.shown);
            }
        }
        for folder in [Folder::Held, Folder::Notes, Folder::SendAsWritten] {
            self.make_ours(folder, listed).await?;
        }
        for folder in [Folder::Reviews, Folder::NotSent] {
            let paths = self.places.paths(folder);
            let found = paths.iter().find_map(|path| self.places.named(path, listed));
            if let Some(found) = found {
                self.places.set(folder, found.wire.clone(), &found.shown);
            }
        }
        Ok(())
    }

    /// NAMESPACE (RFC 2342).
    async fn told_namespace(&mut self) -> Result<Option<Namespace>, MailboxCause> {
        if !self.capabilities.namespace() {
            return Ok(None);
        }
        self.talk.wire().seen().namespace = None;
        self.talk.attempt("NAMESPACE", |_| ()).await?;
        let said = self.talk.wire().seen().namespace.take();
        Ok(said.as_deref().and_then(Namespace::parse))
    }

    /// The separator, which LIST with an empty pattern tells (RFC 9051 §6.3.9).
    async fn delimiter(&mut self) -> Result<Option<char>, MailboxCause> {
        let mut delimiter = None;
        self.talk
            .attempt("LIST \"\" \"\"", |response| {
                if let Response::MailboxData(MailboxDatum::List(list)) = response {
                    delimiter = list.delimiter.as_ref().and_then(|text| text.chars().next());
                }
            })
            .await?;
        Ok(delimiter)
    }

    async fn list(&mut self) -> Result<Vec<Listed>, MailboxCause> {
        if self.capabilities.lists_special_use()
            && let Ok(listed) = self.list_by("LIST \"\" \"*\" RETURN (SPECIAL-USE)").await?
        {
            return Ok(listed);
        }
        self.list_by("LIST \"\" \"*\"").await?
    }

    /// The inner result is the server's refusal.
    async fn list_by(&mut self, command: &str) -> Result<Result<Vec<Listed>, MailboxCause>, MailboxCause> {
        let mut listed = Vec::new();
        let end = self
            .talk
            .attempt(command, |response| {
                if let Response::MailboxData(MailboxDatum::List(list)) = response
                    && listed.len() < MOST_LISTED
                {
                    listed.push(seen(&list.name, &list.name_attributes));
                }
            })
            .await?;
        Ok(match end {
            End::Ok => Ok(listed),
            End::Refused(status) => Err(refused(status)),
        })
    }

    async fn locate_own(
        &mut self,
        folder: Folder,
        settings: &MailboxSettings,
        listed: &[Listed],
    ) -> Result<(), MailboxCause> {
        if let Some(found) = self.places.find_own(folder, settings, listed) {
            self.places.set(folder, found.wire, &found.shown);
            return Ok(());
        }
        let (setting, customary) = match folder {
            Folder::Drafts => (&settings.drafts, "Drafts"),
            _ => (&settings.sent, "Sent"),
        };
        let name = self.places.namespace.full(setting.as_deref().unwrap_or(customary));
        self.create(&name, true).await?;
        self.places.set(folder, encode(&name), &name);
        Ok(())
    }

    async fn make_ours(&mut self, folder: Folder, listed: &[Listed]) -> Result<(), MailboxCause> {
        let paths = self.places.paths(folder);
        let there = paths.iter().find_map(|path| self.places.named(path, listed));
        if let Some(found) = there.filter(|found| found.selectable) {
            let (wire, shown) = (found.wire.clone(), found.shown.clone());
            if folder.is_subscribed() {
                self.subscribe(&wire).await?;
            }
            self.places.set(folder, wire, &shown);
            return Ok(());
        }
        let mut refusal = None;
        for path in paths {
            let name = self.places.namespace.full(&path);
            match self.create(&name, folder.is_subscribed()).await {
                Ok(()) => {
                    self.places.set(folder, encode(&name), &name);
                    return Ok(());
                }
                Err(cause @ (MailboxCause::Refused { .. } | MailboxCause::Unfit(_))) => {
                    refusal.get_or_insert(cause);
                }
                Err(cause) => return Err(cause),
            }
        }
        Err(refusal.unwrap_or(MailboxCause::NotLocated))
    }

    /// Creates and, if wished, subscribes a mailbox. That it is there already is fine. Superiors are made by the server (RFC 9051
    /// §6.3.4), and where it leaves that to us, by us.
    async fn create(&mut self, shown: &str, subscribed: bool) -> Result<(), MailboxCause> {
        let wire = encode(shown);
        if let Err(refusal) = self.create_one(&wire).await? {
            let superior = self
                .places
                .namespace
                .delimiter
                .and_then(|delimiter| shown.rsplit_once(delimiter))
                .map(|(superior, _)| encode(superior));
            let Some(superior) = superior else { return Err(refusal) };
            let _ = self.create_one(&superior).await?;
            if self.create_one(&wire).await?.is_err() {
                return Err(refusal);
            }
        }
        if subscribed {
            self.subscribe(&wire).await?;
        }
        Ok(())
    }

    /// The inner result is the server's refusal.
    async fn create_one(&mut self, wire: &str) -> Result<Result<(), MailboxCause>, MailboxCause> {
        let name = quoted(wire).ok_or(UNFIT)?;
        let status = match self.talk.attempt(&format!("CREATE {name}"), |_| ()).await? {
            End::Ok => return Ok(Ok(())),
            End::Refused(status) => status,
        };
        // Not every server says [ALREADYEXISTS] (RFC 5530): look.
        let mut is_there = false;
        let look = format!("LIST \"\" {name}");
        let end = self
            .talk
            .attempt(&look, |response| {
                if let Response::MailboxData(MailboxDatum::List(list)) = response {
                    let one = seen(&list.name, &list.name_attributes);
                    is_there |= one.selectable && one.wire == wire;
                }
            })
            .await?;
        Ok(match end {
            End::Ok if is_there => Ok(()),
            _ => Err(refused(status)),
        })
    }

    /// A mailbox that can't be subscribed can still be used.
    async fn subscribe(&mut self, wire: &str) -> Result<(), MailboxCause> {
        let name = quoted(wire).ok_or(UNFIT)?;
        self.talk.attempt(&format!("SUBSCRIBE {name}"), |_| ()).await?;
        Ok(())
    }
}

/// A name that every server has (RFC 9051 §5.1).
const INBOX: &str = "INBOX";

const UNFIT: MailboxCause = MailboxCause::Unfit("the mailbox has a name that can't be said");

fn seen(name: &str, attributes: &[NameAttribute<'_>]) -> Listed {
    let unusable = |attribute: &NameAttribute<'_>| match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(name) => name.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    };
    Listed {
        wire: name.to_owned(),
        shown: decode(name),
        // A name that can't be said again can't be used either.
        selectable: quoted(name).is_some() && !attributes.iter().any(unusable),
        marked: use_of(attributes),
        is_trash: attributes.contains(&NameAttribute::Trash),
    }
}

/// What a mailbox is marked as. An archive of all mail is all mail.
fn use_of(attributes: &[NameAttribute<'_>]) -> Option<Folder> {
    if attributes.contains(&NameAttribute::All) {
        return Some(Folder::All);
    }
    attributes.iter().find_map(|attribute| match attribute {
        NameAttribute::Drafts => Some(Folder::Drafts),
        NameAttribute::Sent => Some(Folder::Sent),
        NameAttribute::Archive => Some(Folder::Archive),
        _ => None,
    })
}
