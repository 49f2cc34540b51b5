//! One draft read: what it is, which earlier draft it continues, what was found, and the review as a mail.

use crate::annotate::Annotated;
use crate::annotate::copy::{CopyError, CopyInput, Occasion, Ways, compose};
use crate::mail::{Address, Fingerprint, Headers, Mail, Prose, ScanLimits, TextKind};
use crate::reader::{Asked, ReadMail, Reader};
use crate::reading::{Context, SAME_TEXT, Sketch, sketch};
use crate::standard::Judged;
use crate::store::{Draft, Owner, RecordId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// A draft as it was fetched.
pub(super) struct Version {
    pub(super) mail: Mail,
    pub(super) headers: Headers,
    /// Tells whether what would be read has changed.
    pub(super) text: String,
    pub(super) sketch: Option<Sketch>,
}

impl Version {
    /// Looks at a draft, without judging it. Of one that can't be looked at, the octets tell whether it has changed.
    pub(super) async fn of(mail: Mail, owner: &Owner) -> Version {
        let account = Address::parse(&owner.account);
        let octets = mail.clone();
        // On a thread of its own, where a panic ends nothing else.
        let looked = tokio::task::spawn_blocking(move || {
            let prose = Prose::extract(&octets, &ScanLimits::default()).ok()?;
            let context = Context {
                account,
                ..Context::default()
            };
            let sketch = sketch(&prose, &context);
            Some((text_of(&prose), prose.headers, sketch))
        });
        let looked = looked.await.ok().flatten();
        let (text, headers, sketch) = looked.unwrap_or_else(|| {
            let text = hex(&Sha256::digest(mail.octets()));
            (text, Headers::default(), None)
        });
        Version {
            mail,
            headers,
            text,
            sketch,
        }
    }

    /// The draft, among those that were read, of which this is a newer version: of the same Message-ID, or, among those
    /// that are no longer there (`is_gone`), one with nearly the same text, or one with the same subject and recipients.
    pub(super) fn continues<'d>(&self, known: &'d [Draft], is_gone: impl Fn(&Draft) -> bool) -> Option<&'d Draft> {
        let id = self.headers.message_id.as_deref();
        let same = |draft: &&Draft| id.is_some() && draft.message_id.as_deref() == id;
        if let Some(draft) = known.iter().find(same) {
            return Some(draft);
        }
        let recipients = self.recipients();
        let near = |draft: &&Draft| {
            let headed = !draft.subject.is_empty() && draft.subject == self.headers.subject;
            let alike = is_alike(draft.sketch.as_ref(), self.sketch.as_ref());
            draft.text == self.text
                || (alike && may_be_one(&draft.recipients, &recipients))
                || (headed && draft.recipients == recipients)
        };
        known.iter().filter(|draft| is_gone(draft)).find(near)
    }

    /// Whether this is the same draft, saved again.
    pub(super) fn follows(&self, earlier: &Version) -> bool {
        let id = &self.headers.message_id;
        (id.is_some() && *id == earlier.headers.message_id)
            || self.text == earlier.text
            || (is_alike(self.sketch.as_ref(), earlier.sketch.as_ref())
                && may_be_one(&earlier.recipients(), &self.recipients()))
    }

    pub(super) fn recipients(&self) -> Vec<String> {
        let all = self.headers.to.iter().chain(&self.headers.others);
        all.map(Address::folded).collect()
    }
}

fn is_alike(one: Option<&Sketch>, other: Option<&Sketch>) -> bool {
    one.zip(other)
        .is_some_and(|(one, other)| one.similarity(other) >= SAME_TEXT)
}

/// Whether a draft to these may be an earlier version of one to those. The same text to somebody else is another draft of
/// one template; recipients are often put in last.
fn may_be_one(earlier: &[String], later: &[String]) -> bool {
    earlier == later || earlier.is_empty() || later.is_empty()
}

/// What would be read of a draft, in a hash: subject, recipients and text.
fn text_of(prose: &Prose) -> String {
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    field(&prose.headers.subject);
    for to in prose.headers.to.iter().chain(&prose.headers.others) {
        field(&to.folded());
    }
    for passage in &prose.passages {
        let is_subject = prose
            .parts
            .get(passage.part)
            .is_some_and(|part| part.kind == TextKind::Subject);
        if !is_subject {
            field(&passage.text);
        }
    }
    hex(&hash.finalize())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Reads a draft as its account's standard has it. `None` if the standard wants no drafts read.
pub(super) async fn read(
    reader: &Reader,
    owner: &Owner,
    version: &Version,
    (before, known): (Option<&Draft>, &[Draft]),
    place: Option<(u32, u32)>,
    at: Timestamp,
) -> Option<(Draft, Option<ReadMail>, bool)> {
    let policy = reader.policy(&owner.account);
    if !policy.standard.drafts.review {
        return None;
    }
    let asked = Asked {
        mail: version.mail.clone(),
        owner: owner.clone(),
        envelope: None,
        at,
    };
    let read = reader.read(asked, &policy).await;
    let judged = match &read {
        Ok(read) => Judged::Read(&read.reading),
        Err(why) => Judged::NotRead { why },
    };
    let verdict = policy.standard.judge(judged, None, None, at);
    let draft = Draft {
        id: before.map_or_else(|| new_id(owner, version, known, at), |before| before.id.clone()),
        owner: owner.clone(),
        place,
        message_id: version.headers.message_id.clone(),
        subject: version.headers.subject.clone(),
        recipients: version.recipients(),
        at,
        round: before.map_or(1, |before| {
            let changed = before.text != version.text;
            before.round.saturating_add(u32::from(changed))
        }),
        text: version.text.clone(),
        sketch: version.sketch.clone(),
        reading: read.as_ref().ok().map(|read| read.reading.clone()),
        verdict,
        filed: before.is_some_and(|before| before.filed),
    };
    Some((draft, read.ok(), policy.standard.drafts.notify))
}

fn new_id(owner: &Owner, version: &Version, known: &[Draft], at: Timestamp) -> String {
    let fingerprint = Fingerprint::from_hex(&version.text);
    let mut attempt = 0;
    loop {
        let id = match &fingerprint {
            Some(fingerprint) => RecordId::derive(&owner.account, fingerprint, at, attempt).0,
            // A hash is a fingerprint; this is never reached.
            None => version.text.chars().take(8).collect(),
        };
        attempt += 1;
        if attempt > 8 || known.iter().all(|draft| draft.id != id) {
            return id;
        }
    }
}

/// A draft whose review in the mailbox, if there is one, is not of this version yet: whoever begins anew reads it again.
pub(super) fn unfinished(draft: &Draft) -> Draft {
    Draft {
        place: None,
        ..draft.clone()
    }
}

/// Whether a review of what was read is still to be filed.
pub(super) fn is_pending(draft: &Draft) -> bool {
    if draft.filed {
        draft.place.is_none()
    } else {
        has_findings(draft)
    }
}

/// Whether there is something to say about it.
pub(super) fn has_findings(draft: &Draft) -> bool {
    draft
        .reading
        .as_ref()
        .is_some_and(|reading| !reading.findings.is_empty())
}

/// The review as a mail to the author.
pub(super) fn letter(draft: &Draft, version: &Version, read: Option<&ReadMail>) -> Result<Vec<u8>, CopyError> {
    let account = &draft.owner.account;
    // Some servers have names for accounts that are no addresses.
    let author = Address::parse(account).or_else(|| version.headers.from.first().cloned());
    let author = author.ok_or_else(|| CopyError::Author(format!("{account:?} is no address")))?;
    let (id, round) = (&draft.id, draft.round);
    compose(&CopyInput {
        mail: Annotated {
            name: &draft.subject,
            octets: Some(version.mail.octets()),
            prose: read.map(|read| &read.prose),
            reading: draft.reading.as_ref(),
            verdict: &draft.verdict,
        },
        occasion: Occasion::Draft,
        author: &author,
        subject: &draft.subject,
        recipients: &draft.recipients,
        original_message_id: draft.message_id.as_deref(),
        record: id,
        ways: Ways::default(),
        round,
        previous: None,
        message_id: &format!(
            "youward-draft-{id}-{round}-{}@{}",
            draft.at.as_second(),
            author.domain()
        ),
        date: draft.at,
        boundary: &format!("youward{id}{}", draft.at.as_nanosecond()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "your carriers in Lille changed their pick-up times in March, and your team told the trade press that \
        pallets wait half a day longer since then. Which of your three docks feels it most, and who hears of it first?";

    fn owner() -> Owner {
        Owner::new("corp", "rep@corp.example")
    }

    async fn version(header: &str, text: &str) -> Version {
        let mail = format!("From: rep@corp.example\n{header}\n\n{text}\n").replace('\n', "\r\n");
        Version::of(Mail::new(mail.into_bytes()), &owner()).await
    }

    fn known(version: &Version, id: &str) -> Draft {
        Draft {
            id: id.to_owned(),
            owner: owner(),
            place: None,
            message_id: version.headers.message_id.clone(),
            subject: version.headers.subject.clone(),
            recipients: version.recipients(),
            at: Timestamp::UNIX_EPOCH,
            round: 1,
            text: version.text.clone(),
            sketch: version.sketch.clone(),
            reading: None,
            verdict: serde_json::from_str(r#"{"disposition": "pass", "reasons": [], "consent_allowed": false}"#)
                .unwrap(),
            filed: false,
        }
    }

    #[tokio::test]
    async fn a_draft_is_known_again_by_its_id_its_text_or_its_head() {
        let first = version(
            "To: jo@acme.example\nSubject: Docks\nMessage-ID: <1@corp.example>",
            TEXT,
        )
        .await;
        let all = [known(&first, "first")];
        let found = |version: &Version, gone: bool| version.continues(&all, |_| gone).map(|draft| draft.id.clone());
        let same_id = version("Subject: Other\nMessage-ID: <1@corp.example>", "Other.").await;
        let edited = version(
            "To: jo@acme.example\nMessage-ID: <2@corp.example>",
            &format!("{TEXT} Best, Robin"),
        )
        .await;
        let addressed_last = version("Subject: Later", TEXT).await;
        let same_head = version("To: jo@acme.example\nSubject: Docks", "Begun anew.").await;
        assert!(found(&same_id, false).is_some() && same_id.follows(&first));
        for later in [&edited, &addressed_last, &same_head] {
            assert!(found(later, true).is_some(), "{:?}", later.headers);
            assert!(
                found(later, false).is_none(),
                "the other one is there: it is another draft"
            );
        }
        assert!(edited.follows(&first) && addressed_last.follows(&first));
    }

    #[tokio::test]
    async fn the_same_text_to_somebody_else_is_another_draft() {
        let jo = version(
            "To: jo@acme.example\nSubject: Docks\nMessage-ID: <1@corp.example>",
            TEXT,
        )
        .await;
        let bo = version(
            "To: bo@other.example\nSubject: Docks\nMessage-ID: <2@corp.example>",
            TEXT,
        )
        .await;
        assert!(jo.sketch.is_some() && bo.continues(&[known(&jo, "jo")], |_| true).is_none() && !bo.follows(&jo));
    }

    #[tokio::test]
    async fn what_is_not_read_does_not_change_a_draft() {
        let one = version(
            "To: jo@acme.example\nSubject: Docks\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nX-Save: 1",
            TEXT,
        )
        .await;
        let two = version("X-Save: 2\nSubject: Docks\nTo: Jo <jo@acme.example>", TEXT).await;
        assert_eq!(one.text, two.text);
        let other = version("To: jo@acme.example\nSubject: Docks!", TEXT).await;
        assert_ne!(one.text, other.text);
    }

    #[tokio::test]
    async fn ids_differ_among_the_drafts_of_an_account() {
        let version = version("Subject: Docks", TEXT).await;
        let mut all = vec![];
        for _ in 0..5 {
            let id = new_id(&owner(), &version, &all, Timestamp::UNIX_EPOCH);
            assert!(id.len() == 8 && all.iter().all(|draft: &Draft| draft.id != id));
            all.push(known(&version, &id));
        }
    }
}
