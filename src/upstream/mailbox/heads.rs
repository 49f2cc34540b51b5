//! Header fields of many mails, page by page, in either direction from a UID.
//!
//! A mailbox is never asked for as a whole: its UIDs may be sparse or close to the largest, its mails many. Where to begin
//! is found by [`position`](super::position); from there windows of sequence numbers are searched for what is not marked
//! as deleted, and fetched by UID. When mails go meanwhile, sequence numbers move: the mailbox is opened anew, and the last
//! UID tells where to go on.

use super::error::{MailboxCause, is_gone_code, is_temporary_code};
use super::search::{PAGE, set};
use super::talk::{End, refused};
use super::{Access, Folder, Look, MailboxError, Mailboxes, date};
use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Most heads that one call gives.
const MOST_HEADS: usize = 2_000;
/// Octets of header after which a call ends with what it has.
const MOST_OCTETS: usize = 8 * 1024 * 1024;
/// Octets of one header that are kept.
const LONGEST_HEADER: usize = 64 * 1024;
/// Most mails that are searched at one time.
const LARGEST_WINDOW: u32 = 5_000;
/// How often a mailbox is opened anew because mails have gone.
const MOST_STARTS: usize = 8;
/// How often a server may refuse a part of one page.
const MOST_REFUSALS: usize = 40;
/// Most fields that are asked for.
const MOST_FIELDS: usize = 20;

/// What a mail says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its UID.
    pub uid: u32,
    /// When it came into the mailbox, by the server (INTERNALDATE); `None` if the server gives no date that can be read.
    pub at: Option<Timestamp>,
    /// The fields that were asked for, as the server gave them, at most 64 KiB: what is longer is cut.
    pub header: Vec<u8>,
}

/// A page of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heads {
    /// UIDs of different UIDVALIDITY have nothing to do with one another; 0 if the server tells none.
    pub uid_validity: u32,
    /// The mails in the order of the call. Empty only where there are no more.
    pub heads: Vec<Head>,
    /// Whether it is worth asking again, from the last of these on.
    pub more: bool,
}

/// From which UID on, in which direction. What it stands at is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Newer(u32),
    Older(u32),
}

impl Way {
    /// Those of some UIDs that lie ahead, in the order of the way.
    fn ahead(self, mut uids: Vec<u32>) -> Vec<u32> {
        uids.sort_unstable();
        uids.dedup();
        match self {
            Way::Newer(after) => uids.retain(|&uid| uid > after),
            Way::Older(before) => {
                uids.retain(|&uid| uid < before);
                uids.reverse();
            }
        }
        uids
    }

    /// The same way from another UID on.
    fn from(self, uid: u32) -> Way {
        match self {
            Way::Newer(_) => Way::Newer(uid),
            Way::Older(_) => Way::Older(uid),
        }
    }
}

/// How a walk through the mailbox ended.
enum Walked {
    /// Nothing lies ahead.
    Through,
    /// There is enough.
    Enough,
    /// Mails have gone, so that sequence numbers don't hold any more.
    Moved,
}

/// What has been gathered on the way.
struct Gathered {
    way: Way,
    items: String,
    most: usize,
    heads: Vec<Head>,
}

impl Gathered {
    fn lacks(&self) -> usize {
        let octets: usize = self.heads.iter().map(|head| head.header.len()).sum();
        match octets < MOST_OCTETS {
            true => self.most.saturating_sub(self.heads.len()),
            false => 0,
        }
    }
}

impl Mailboxes {
    /// Header fields of the mails with UIDs above `after`, oldest first, at most `most` and never more than 2,000. Mails that
    /// are marked as deleted don't count; none is marked as read. [`Mailboxes::wait`] reports what changes from here on.
    ///
    /// A single mail that the server can't show, and says so, is left out.
    ///
    /// # Errors
    /// The connection failed, the server refuses, or `fields` are no names of fields.
    pub async fn heads_after(
        &mut self,
        folder: Folder,
        after: u32,
        most: usize,
        fields: &[&str],
    ) -> Result<Heads, MailboxError> {
        let result = self.heads(folder, Way::Newer(after), most, fields).await;
        self.settle("looking through", Some(folder), result)
    }

    /// The same of the mails with UIDs below `before`, newest first. [`Mailboxes::wait`] does not count it as a look: what is
    /// new is not what it looks at.
    ///
    /// # Errors
    /// As [`Mailboxes::heads_after`].
    pub async fn heads_before(
        &mut self,
        folder: Folder,
        before: u32,
        most: usize,
        fields: &[&str],
    ) -> Result<Heads, MailboxError> {
        let result = self.heads(folder, Way::Older(before), most, fields).await;
        self.settle("looking back through", Some(folder), result)
    }

    async fn heads(&mut self, folder: Folder, way: Way, most: usize, fields: &[&str]) -> Result<Heads, MailboxCause> {
        let mut gathered = Gathered {
            way,
            items: items(fields)?,
            most: most.clamp(1, MOST_HEADS),
            heads: Vec::new(),
        };
        self.talk.begin(self.timeouts.command)?;
        let look = self.select(folder, Access::Read).await?;
        if let Way::Newer(_) = way {
            self.looks.insert(folder, look);
        }
        self.talk.wire().cut_literals(LONGEST_HEADER);
        let mut now = look;
        let mut more = true;
        for _ in 0..MOST_STARTS {
            let walked = self.walk(now, &mut gathered).await?;
            if self.talk.wire().seen().uid_validity != look.uid_validity {
                return Err(RENUMBERED);
            }
            match walked {
                Walked::Through => more = false,
                Walked::Enough => {}
                Walked::Moved => {
                    self.talk.allow(self.timeouts.command);
                    now = self.select(folder, Access::Read).await?;
                    if now.uid_validity != look.uid_validity {
                        return Err(RENUMBERED);
                    }
                    continue;
                }
            }
            break;
        }
        if more && gathered.heads.is_empty() {
            return Err(MailboxCause::NoImap("mails that are never where they should be"));
        }
        Ok(Heads {
            uid_validity: look.uid_validity.unwrap_or(0),
            heads: gathered.heads,
            more,
        })
    }

    async fn walk(&mut self, look: Look, gathered: &mut Gathered) -> Result<Walked, MailboxCause> {
        let Some((mut low, mut high)) = self.begin_at(look.mails, gathered.way).await? else {
            return Ok(Walked::Moved);
        };
        let mut window = u32::try_from(gathered.lacks()).unwrap_or(LARGEST_WINDOW);
        while low <= high {
            if gathered.lacks() == 0 {
                return Ok(Walked::Enough);
            }
            window = window.clamp(PAGE as u32, LARGEST_WINDOW);
            let (from, to) = match gathered.way {
                Way::Newer(_) => (low, high.min(low.saturating_add(window - 1))),
                Way::Older(_) => (low.max(high.saturating_sub(window - 1)), high),
            };
            self.talk.allow(self.timeouts.command);
            let found = self.search(&format!("{from}:{to} UNDELETED")).await?;
            let uids = gathered.way.ahead(found);
            if uids.is_empty() {
                window = window.saturating_mul(2);
            }
            if !self.gather(&uids, gathered).await? {
                return Ok(Walked::Enough);
            }
            if self.talk.wire().seen().moved {
                return Ok(Walked::Moved);
            }
            match gathered.way {
                Way::Newer(_) => low = to.saturating_add(1),
                Way::Older(_) => high = from - 1,
            }
        }
        Ok(Walked::Through)
    }

    /// The sequence numbers that lie ahead, and a few more.
    async fn begin_at(&mut self, mails: u32, way: Way) -> Result<Option<(u32, u32)>, MailboxCause> {
        let last = mails.min(u32::MAX - 1);
        Ok(match way {
            Way::Newer(u32::MAX) | Way::Older(0) => Some((1, 0)),
            Way::Newer(after) => self.position(mails, after + 1).await?.map(|at| (at.low, last)),
            Way::Older(before) => self.position(mails, before).await?.map(|at| (1, at.high)),
        })
    }

    /// Fetches the heads of these, page by page. False if it stopped before the end, because there is enough.
    async fn gather(&mut self, uids: &[u32], gathered: &mut Gathered) -> Result<bool, MailboxCause> {
        let mut rest = uids;
        while let Some(&first) = rest.first() {
            let lacks = gathered.lacks();
            if lacks == 0 {
                return Ok(false);
            }
            let (page, later) = rest.split_at(rest.len().min(PAGE).min(lacks));
            rest = later;
            let mut heads = self.fetch_heads(page, &gathered.items).await?;
            if let Way::Older(_) = gathered.way {
                heads.reverse();
            }
            gathered.heads.extend(heads);
            gathered.way = gathered.way.from(page.last().copied().unwrap_or(first));
        }
        Ok(true)
    }

    /// Fetches one page of heads, in the order of their UIDs. Where the server refuses, it is asked again for what it did
    /// not give, in halves, so that one mail that it can't show does not hide others.
    async fn fetch_heads(&mut self, page: &[u32], items: &str) -> Result<Vec<Head>, MailboxCause> {
        let mut sheet = Sheet::new(page);
        let mut parts = vec![sheet.missing()];
        let mut refusals = 0;
        while let Some(part) = parts.pop() {
            self.talk.allow(self.timeouts.command);
            let command = format!("UID FETCH {} {items}", set(&part));
            let end = self
                .talk
                .attempt(&command, |response| {
                    if let Response::Fetch(_, attributes) = response {
                        sheet.take(attributes);
                    }
                })
                .await?;
            let End::Refused(status) = end else { continue };
            if is_gone_code(&status.code) {
                continue;
            }
            refusals += 1;
            if refusals > MOST_REFUSALS || is_temporary_code(&status.code) {
                return Err(refused(status));
            }
            let missing: Vec<u32> = part.iter().copied().filter(|&uid| !sheet.has(uid)).collect();
            if missing.len() > 1 {
                let (first, second) = missing.split_at(missing.len() / 2);
                parts.extend([second.to_vec(), first.to_vec()]);
            } else if parts.is_empty() && page.len() > 1 && sheet.is_blank() {
                // Not one mail is the matter.
                return Err(refused(status));
            }
        }
        Ok(sheet.heads())
    }
}

/// A page while it is being fetched: servers may give what was asked of a mail in several responses.
struct Sheet {
    asked: BTreeMap<u32, Part>,
}

#[derive(Default)]
struct Part {
    at: Option<Timestamp>,
    header: Option<Vec<u8>>,
}

impl Sheet {
    fn new(page: &[u32]) -> Sheet {
        Sheet {
            asked: page.iter().map(|&uid| (uid, Part::default())).collect(),
        }
    }

    /// Takes what a response tells, if it is of a mail that was asked for.
    fn take(&mut self, attributes: &[AttributeValue<'_>]) {
        let uid = attributes.iter().find_map(|attribute| match attribute {
            AttributeValue::Uid(uid) => Some(*uid),
            _ => None,
        });
        let Some(part) = uid.and_then(|uid| self.asked.get_mut(&uid)) else {
            return;
        };
        for attribute in attributes {
            match attribute {
                AttributeValue::InternalDate(text) => part.at = date::internal(text).or(part.at),
                AttributeValue::BodySection {
                    section: Some(SectionPath::Full(MessageSection::Header)),
                    data,
                    ..
                } => {
                    let data = data.as_deref().unwrap_or_default();
                    part.header = Some(data.get(..LONGEST_HEADER).unwrap_or(data).to_vec());
                }
                _ => {}
            }
        }
    }

    fn has(&self, uid: u32) -> bool {
        self.asked.get(&uid).is_some_and(|part| part.header.is_some())
    }

    fn missing(&self) -> Vec<u32> {
        self.asked.keys().copied().filter(|&uid| !self.has(uid)).collect()
    }

    fn is_blank(&self) -> bool {
        self.asked.values().all(|part| part.header.is_none())
    }

    fn heads(self) -> Vec<Head> {
        let head = |(uid, part): (u32, Part)| {
            let at = part.at;
            part.header.map(|header| Head { uid, at, header })
        };
        self.asked.into_iter().filter_map(head).collect()
    }
}

/// What to fetch, as it goes into a command. Names of fields are letters, digits and hyphens here, less than RFC 5322 §2.2
/// allows.
fn items(fields: &[&str]) -> Result<String, MailboxCause> {
    let is_name = |name: &&str| {
        (1..=76).contains(&name.len()) && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    if (1..=MOST_FIELDS).contains(&fields.len()) && fields.iter().all(is_name) {
        let fields = fields.join(" ");
        Ok(format!("(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS ({fields})])"))
    } else {
        Err(MailboxCause::Unfit("these are no names of header fields"))
    }
}

const RENUMBERED: MailboxCause = MailboxCause::NoImap("a UIDVALIDITY that changes while the mailbox is open");

#[cfg(test)]
mod tests;
