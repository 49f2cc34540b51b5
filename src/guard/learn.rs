//! Learns from an account's mailboxes who has written to it and to whom it wrote: once from the newest mail down to the
//! oldest, page by page, then from what comes.

use super::arrivals;
use super::coverage::Coverage;
use super::error::WatchError;
use super::watch::Guard;
use crate::mail::{Address, Headers, Mail, ScanLimits};
use crate::reading::Whom;
use crate::store::{Lesson, MessageKey, Owner, Scan};
use crate::upstream::mailbox::{Extent, Folder, Head, Heads, Mailboxes};
use jiff::{SignedDuration, Timestamp};

/// Mails of one page.
const PAGE: usize = 400;
/// Of each mailbox only so many mails are looked at on the way down: who wrote before that is a stranger again.
const MOST: u32 = 200_000;
/// So often is written down that somebody looked, where nothing else has changed.
const LOOKED: SignedDuration = SignedDuration::from_hours(1);

/// By which the look at Sent is known in the store.
const SENT: &str = "sent";

/// What is fetched of mail that came before anybody looked.
const AUTHORS: &[&str] = &["FROM"];
/// What is fetched of mail as it comes: its author, and whether it answers something.
const ARRIVALS: &[&str] = &[
    "FROM",
    "SUBJECT",
    "IN-REPLY-TO",
    "REFERENCES",
    "AUTO-SUBMITTED",
    "PRECEDENCE",
    "CONTENT-TYPE",
    "X-AUTOREPLY",
    "X-AUTORESPOND",
];
/// What is fetched of sent mail.
const RECIPIENTS: &[&str] = &["TO", "CC", "BCC", "MESSAGE-ID"];

/// How far one step came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// There is more to do now.
    More,
    /// Nothing to do until something comes.
    Rest,
}

/// Learns from one account's mailboxes.
pub(super) struct Learner {
    owner: Owner,
    scans: Option<Vec<Scan>>,
    coverage: Coverage,
}

/// A mailbox that is looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    folder: Folder,
    name: &'static str,
}

impl Source {
    fn is_sent(self) -> bool {
        self.folder == Folder::Sent
    }

    /// Where an account's mail lies. Where all of it lies in one mailbox, the archive is in there, too.
    fn of(mailboxes: &Mailboxes) -> Vec<Source> {
        let source = |folder, name| Source { folder, name };
        let mut sources = vec![source(Folder::Sent, SENT), source(Folder::Inbox, "inbox")];
        if mailboxes.has(Folder::All) {
            sources.push(source(Folder::All, "all"));
        } else if mailboxes.has(Folder::Archive) {
            sources.push(source(Folder::Archive, "archive"));
        }
        sources
    }
}

impl Learner {
    pub(super) fn new(owner: Owner) -> Learner {
        let coverage = Coverage::new(owner.clone());
        Learner {
            owner,
            scans: None,
            coverage,
        }
    }

    /// Looks at one page of what is not known yet.
    pub(super) async fn step(&mut self, guard: &Guard, mailboxes: &mut Mailboxes) -> Result<Progress, WatchError> {
        let sources = Source::of(mailboxes);
        let mut scans = match self.scans.take() {
            Some(scans) => scans,
            None => self.begin(&sources, guard, mailboxes).await?,
        };
        let mut progress = Progress::Rest;
        for (source, scan) in sources.iter().zip(&mut scans) {
            // One page at a time, of one mailbox: drafts don't wait.
            match self.step_in(*source, scan, guard, mailboxes).await {
                Ok(Progress::Rest) => {}
                Ok(Progress::More) => {
                    progress = Progress::More;
                    break;
                }
                // It is not the others' fault, nor the drafts'.
                Err(WatchError::Mailbox(error)) if error.leaves_connection_usable() => {
                    tracing::debug!(%error, "one of an account's mailboxes can't be looked at now");
                }
                Err(error) => return Err(error),
            }
        }
        if progress == Progress::Rest {
            let lesson = self.coverage.look(guard, mailboxes).await?;
            let sent = sources.iter().zip(&scans).find(|(source, _)| source.is_sent());
            if let Some((_, scan)) = sent
                && lesson != Lesson::default()
            {
                self.keep(lesson, scan, guard).await?;
            }
        }
        self.scans = Some(scans);
        Ok(progress)
    }

    /// One page of one mailbox.
    async fn step_in(
        &mut self,
        source: Source,
        scan: &mut Scan,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<Progress, WatchError> {
        let extent = mailboxes.extent(source.folder).await?;
        let mut next = begun(scan, &extent, (guard.clock)());
        if source.is_sent() && next.uid_validity != scan.uid_validity {
            self.coverage.forget_places();
        }
        let up = self.upwards(source, &mut next, &extent, guard, mailboxes).await?;
        if !up {
            self.downwards(source, &mut next, guard, mailboxes).await?;
        }
        let more = up || next.lowest > 1;
        *scan = next;
        Ok(if more { Progress::More } else { Progress::Rest })
    }

    /// What was learned before. Every mailbox is noted at once, so that nothing counts as known before all of them are.
    async fn begin(
        &self,
        sources: &[Source],
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<Vec<Scan>, WatchError> {
        let history = guard.reader.history();
        let known = history.store().scans(Some(&self.owner)).await?;
        let now = (guard.clock)();
        let mut scans = Vec::with_capacity(sources.len());
        for source in sources {
            let before = known.iter().find(|(_, scan)| scan.mailbox == source.name);
            scans.push(match before {
                Some((_, scan)) => scan.clone(),
                None => match mailboxes.extent(source.folder).await {
                    Ok(extent) => unknown(source.name, &extent, now),
                    Err(error) if error.leaves_connection_usable() => closed(source.name, now),
                    Err(error) => return Err(error.into()),
                },
            });
        }
        let is_gone = |name: &String| sources.iter().all(|source| source.name != name);
        let lesson = Lesson {
            gone: known
                .into_iter()
                .map(|(_, scan)| scan.mailbox)
                .filter(is_gone)
                .collect(),
            scans: scans.clone(),
            ..Lesson::default()
        };
        history.store().learn(&self.owner, lesson).await?;
        history.refresh(&self.owner);
        Ok(scans)
    }

    /// Mail that came since the last look. True if there is more of it.
    async fn upwards(
        &mut self,
        source: Source,
        scan: &mut Scan,
        extent: &Extent,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<bool, WatchError> {
        let now = (guard.clock)();
        if extent.next_uid <= scan.highest.saturating_add(1) {
            if now.duration_since(scan.looked_at) > LOOKED {
                scan.looked_at = now;
                self.keep(Lesson::default(), scan, guard).await?;
            }
            return Ok(false);
        }
        let fields = if source.is_sent() { RECIPIENTS } else { ARRIVALS };
        let found = mailboxes.heads_after(source.folder, scan.highest, PAGE, fields).await?;
        if found.uid_validity != scan.uid_validity {
            return Ok(true);
        }
        let lesson = if source.is_sent() {
            // It is learned from when it is known whether it went, and how.
            self.coverage.saw(&found, guard)
        } else {
            Lesson {
                answers: arrivals::answers(&self.owner, source.folder, &found, guard, mailboxes).await?,
                ..self.lesson(source, &found, guard, now)
            }
        };
        let last = found.heads.iter().map(|head| head.uid).max();
        scan.highest = match (found.more, last) {
            (true, Some(last)) => last,
            _ => last.unwrap_or(0).max(extent.next_uid.saturating_sub(1)),
        };
        scan.looked_at = now;
        self.keep(lesson, scan, guard).await?;
        Ok(found.more)
    }

    /// One page towards the oldest mail, if there is one.
    async fn downwards(
        &self,
        source: Source,
        scan: &mut Scan,
        guard: &Guard,
        mailboxes: &mut Mailboxes,
    ) -> Result<(), WatchError> {
        if scan.lowest <= 1 {
            return Ok(());
        }
        let now = (guard.clock)();
        let fields = if source.is_sent() { RECIPIENTS } else { AUTHORS };
        let found = mailboxes.heads_before(source.folder, scan.lowest, PAGE, fields).await?;
        if found.uid_validity != scan.uid_validity {
            return Ok(());
        }
        let lesson = self.lesson(source, &found, guard, now);
        let lowest = found.heads.iter().map(|head| head.uid).min();
        scan.done = scan
            .done
            .saturating_add(u32::try_from(found.heads.len()).unwrap_or(u32::MAX));
        scan.lowest = match lowest {
            Some(lowest) if found.more && scan.done < MOST => lowest,
            _ => 1,
        };
        if scan.lowest <= 1 {
            scan.whole_at.get_or_insert(now);
        }
        scan.looked_at = now;
        self.keep(lesson, scan, guard).await
    }

    async fn keep(&self, lesson: Lesson, scan: &Scan, guard: &Guard) -> Result<(), WatchError> {
        let history = guard.reader.history();
        let mut scan = scan.clone();
        if scan.mailbox == SENT {
            // Should this end before they are looked at, whoever comes next sees them again.
            scan.highest = self.coverage.seen_to(scan.highest);
        }
        let lesson = Lesson {
            scans: vec![scan],
            ..lesson
        };
        history.store().learn(&self.owner, lesson).await?;
        history.refresh(&self.owner);
        Ok(())
    }

    /// What the heads of mails tell.
    fn lesson(&self, source: Source, found: &Heads, guard: &Guard, now: Timestamp) -> Lesson {
        let key = guard.reader.history().key();
        let mut lesson = Lesson::default();
        for head in &found.heads {
            let Some(headers) = headers(head) else { continue };
            // A server that does not tell when a mail came is not to make it older than it is.
            let at = head.at.unwrap_or(now).min(now);
            if source.is_sent() {
                lesson.written.extend(written(guard, &self.owner, &headers, head, at));
            } else {
                let from: &[Address] = &headers.from;
                lesson
                    .wrote
                    .extend(from.iter().map(|from| (key.whom(&self.owner, from), at)));
            }
        }
        lesson
    }
}

/// What a mail's fields say; `None` for one that is over the limits.
pub(super) fn headers(head: &Head) -> Option<Headers> {
    Headers::of(&Mail::new(head.header.clone()), &ScanLimits::default()).ok()
}

/// By which a sent mail is known. Without an id its time and recipients are as good as any; its place may change.
pub(super) fn message_key(guard: &Guard, owner: &Owner, headers: &Headers, head: &Head) -> MessageKey {
    let key = guard.reader.history().key();
    match &headers.message_id {
        Some(id) => key.message(owner, id),
        None => key.message(owner, &format!("sent {:?} {}", head.at, head.header.escape_ascii())),
    }
}

/// To whom a sent mail went.
pub(super) fn written(
    guard: &Guard,
    owner: &Owner,
    headers: &Headers,
    head: &Head,
    at: Timestamp,
) -> Vec<(Whom, MessageKey, Timestamp)> {
    let message = message_key(guard, owner, headers, head);
    let key = guard.reader.history().key();
    let to = headers.to.iter().chain(&headers.others);
    to.map(|to| (key.whom(owner, to), message, at)).collect()
}

/// A mailbox that can't be opened. Nothing is known of it, and nothing counts as known before it is.
fn closed(name: &str, now: Timestamp) -> Scan {
    Scan {
        mailbox: name.to_owned(),
        uid_validity: 0,
        lowest: u32::MAX,
        highest: u32::MAX,
        mails: 0,
        done: 0,
        whole_at: None,
        looked_at: now,
    }
}

/// A mailbox that nobody has looked at.
fn unknown(name: &str, extent: &Extent, now: Timestamp) -> Scan {
    let empty = extent.mails == 0;
    Scan {
        mailbox: name.to_owned(),
        uid_validity: extent.uid_validity,
        lowest: if empty { 1 } else { extent.next_uid },
        highest: extent.next_uid.saturating_sub(1),
        mails: extent.mails,
        done: 0,
        whole_at: empty.then_some(now),
        looked_at: now,
    }
}

/// A scan as it goes on. Under another UIDVALIDITY it begins anew; what was learned stays.
fn begun(scan: &Scan, extent: &Extent, now: Timestamp) -> Scan {
    if scan.uid_validity == extent.uid_validity {
        return Scan {
            mails: extent.mails,
            ..scan.clone()
        };
    }
    Scan {
        whole_at: scan.whole_at,
        ..unknown(&scan.mailbox, extent, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(mails: u32, uid_validity: u32, next_uid: u32) -> Extent {
        Extent {
            mails,
            uid_validity,
            next_uid,
        }
    }

    #[test]
    fn a_mailbox_that_nobody_has_looked_at_is_looked_through_downwards() {
        let now = Timestamp::UNIX_EPOCH;
        let scan = unknown("inbox", &extent(3, 7, 100), now);
        assert_eq!((scan.lowest, scan.highest, scan.whole_at), (100, 99, None));
        // Nothing has to be found in an empty one.
        let empty = unknown("inbox", &extent(0, 7, 100), now);
        assert_eq!((empty.lowest, empty.highest, empty.whole_at), (1, 99, Some(now)));
    }

    #[test]
    fn a_scan_goes_on_under_its_uidvalidity_and_begins_anew_under_another() {
        let (then, now) = (
            Timestamp::UNIX_EPOCH,
            Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1),
        );
        let scan = Scan {
            lowest: 1,
            done: 50,
            whole_at: Some(then),
            ..unknown("inbox", &extent(50, 7, 100), then)
        };
        let same = begun(&scan, &extent(60, 7, 120), now);
        assert_eq!(
            same,
            Scan {
                mails: 60,
                ..scan.clone()
            }
        );
        let anew = begun(&scan, &extent(60, 8, 120), now);
        assert_eq!((anew.lowest, anew.highest, anew.done), (120, 119, 0));
        assert_eq!(anew.whole_at, Some(then), "what was learned stays");
        // One that could not be opened has told nothing yet.
        let opened = begun(&closed("inbox", then), &extent(60, 8, 120), now);
        assert_eq!((opened.lowest, opened.highest, opened.whole_at), (120, 119, None));
    }
}
