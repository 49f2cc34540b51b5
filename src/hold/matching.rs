//! Which open record a later mail is the rewrite of. Pure.

use crate::mail::Address;
use crate::reading::{Reading, Sketch};
use crate::store::{OpenRecord, RecordId, Rewrite, State};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Share of word pairs from which two bodies are near: a rewrite keeps a part of the old text, another mail to the same
/// people next to nothing.
const BODY_NEAR: f64 = 0.2;
/// Share of words from which two subjects are near.
const SUBJECT_NEAR: f64 = 0.5;

/// What is needed of a mail to know which record it replaces.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Candidate {
    /// The account.
    pub account: String,
    /// The upstream's name.
    pub upstream: String,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// Message-IDs in In-Reply-To and References, without the brackets.
    pub references: Vec<String>,
    /// Recipients' paths.
    pub recipients: Vec<String>,
    /// The subject, decoded.
    pub subject: String,
    /// The body's sketch; `None` for a short text.
    pub sketch: Option<Sketch>,
    /// It is passed on as it was (RFC 5322 §3.6.6): its Message-ID is another mail's.
    pub resent: bool,
}

impl Candidate {
    /// The records that this mail is a rewrite of, among the open ones of its account: by Message-ID or References if a
    /// recipient is the same, else by the same recipients and a near body, or a near subject if it begins a thread (the
    /// nearest one only). What is released or in doubt is ended by the strong signs alone.
    #[must_use]
    pub fn rewrites<'a>(&self, open: &'a [OpenRecord]) -> Vec<&'a OpenRecord> {
        if self.resent {
            return Vec::new();
        }
        let mine = || {
            open.iter().filter(|record| {
                record.account == self.account && record.upstream == self.upstream && record.state != State::Sending
            })
        };
        let by_id: Vec<&OpenRecord> = mine().filter(|record| self.names(record)).collect();
        if !by_id.is_empty() {
            return by_id;
        }
        let mut near: Vec<(f64, &OpenRecord)> = mine()
            .filter(|record| !matches!(record.state, State::Released | State::InDoubt))
            .filter(|record| folded(&self.recipients) == folded(&record.recipients))
            .filter_map(|record| self.nearness(record).map(|near| (near, record)))
            .collect();
        near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        near.into_iter().take(1).map(|(_, record)| record).collect()
    }

    /// Held records to the same recipients that nothing in this mail tells to be its older version. An answer in a thread is
    /// no first mail written anew.
    #[must_use]
    pub fn to_the_same<'a>(&self, open: &'a [OpenRecord]) -> Vec<&'a OpenRecord> {
        let same = |record: &&OpenRecord| {
            self.begins_a_thread()
                && record.account == self.account
                && record.upstream == self.upstream
                && matches!(record.state, State::Held | State::Refused)
                && folded(&self.recipients) == folded(&record.recipients)
        };
        open.iter().filter(same).collect()
    }

    fn names(&self, record: &OpenRecord) -> bool {
        let Some(id) = &record.message_id else { return false };
        (self.message_id.as_ref() == Some(id) || self.references.contains(id))
            && !folded(&self.recipients).is_disjoint(&folded(&record.recipients))
    }

    fn begins_a_thread(&self) -> bool {
        !self.resent && self.references.is_empty() && without_prefixes(&self.subject) == self.subject.to_lowercase()
    }

    /// `None` if neither subject nor body is near.
    fn nearness(&self, record: &OpenRecord) -> Option<f64> {
        let body = match (&self.sketch, &record.sketch) {
            (Some(one), Some(other)) => one.similarity(other),
            _ => 0.0,
        };
        let subject = shared_words(&self.subject, &record.subject);
        let renamed = subject >= SUBJECT_NEAR && self.begins_a_thread() && words(&self.subject).len() > 1;
        (body >= BODY_NEAR || renamed).then_some(body + subject)
    }
}

/// What changed from a record to its rewrite.
#[must_use]
pub fn compared(before: &OpenRecord, reading: Option<&Reading>, outcome: &str, at: Timestamp) -> Rewrite {
    let now: BTreeSet<&str> = reading
        .into_iter()
        .flat_map(|reading| &reading.findings)
        .map(|finding| &*finding.rule)
        .collect();
    let old: BTreeSet<&str> = before.rules.iter().map(String::as_str).collect();
    let listed = |rules: BTreeSet<&str>| rules.into_iter().map(str::to_owned).collect();
    Rewrite {
        at,
        outcome: outcome.to_owned(),
        record: None,
        message_id: None,
        score_before: before.score,
        score: reading
            .filter(|reading| reading.not_read.is_none())
            .map(|reading| reading.score),
        gone: listed(&old - &now),
        left: listed(&old & &now),
        new: listed(&now - &old),
    }
}

/// The comparison in words, for the audit.
#[must_use]
pub fn in_words(rewrite: &Rewrite) -> String {
    let score = |score: Option<i32>| score.map_or_else(|| "none".to_owned(), |score| score.to_string());
    let mut words = format!(
        "the rewrite {}; score {} to {}",
        rewrite.outcome,
        score(rewrite.score_before),
        score(rewrite.score)
    );
    for (what, rules) in [("gone", &rewrite.gone), ("left", &rewrite.left), ("new", &rewrite.new)] {
        if !rules.is_empty() {
            words.push_str(&format!("; {what}: {}", rules.join(", ")));
        }
    }
    words
}

/// The ids of records, for a log.
#[must_use]
pub fn ids(records: &[&OpenRecord]) -> Vec<RecordId> {
    records.iter().map(|record| record.id.clone()).collect()
}

/// Recipients without regard to order and case.
fn folded(recipients: &[String]) -> BTreeSet<String> {
    recipients
        .iter()
        .map(|path| Address::parse(path).map_or_else(|| path.to_lowercase(), |address| address.folded()))
        .collect()
}

/// The share of words that two subjects have in common, 0 to 1; prefixes such as `Re:` don't count.
fn shared_words(one: &str, other: &str) -> f64 {
    let (one, other) = (words(one), words(other));
    let all = one.union(&other).count();
    if all == 0 {
        return 0.0;
    }
    let shared = one.intersection(&other).count();
    // Subjects have a few dozen words at most.
    f64::from(u32::try_from(shared).unwrap_or(0)) / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
}

/// In lower case, without what answers and forwards put before it.
fn without_prefixes(subject: &str) -> String {
    const PREFIXES: [&str; 8] = ["re", "fw", "fwd", "aw", "wg", "sv", "tr", "rv"];
    let lower = subject.to_lowercase();
    let mut rest = lower.as_str();
    while let Some((prefix, after)) = rest.split_once(':')
        && PREFIXES.contains(&prefix.trim())
    {
        rest = after;
    }
    rest.to_owned()
}

fn words(subject: &str) -> BTreeSet<String> {
    without_prefixes(subject)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Prose;
    use crate::reading::{Context, sketch};

    const BODY: &str = "We are thrilled to tell you about our platform. It saves mills time and money every month. \
        Would you have fifteen minutes on Thursday to see what we have built for companies such as yours?";

    fn sketched(text: &str) -> Option<Sketch> {
        sketch(&Prose::from_text(text), &Context::default())
    }

    fn open(id: &str, to: &[&str], subject: &str) -> OpenRecord {
        OpenRecord {
            id: RecordId(id.to_owned()),
            at: Timestamp::UNIX_EPOCH,
            state: State::Held,
            account: "ana@seller.example".to_owned(),
            upstream: "corp".to_owned(),
            recipients: to.iter().map(|path| (*path).to_owned()).collect(),
            subject: subject.to_owned(),
            message_id: Some(format!("{id}@seller.example")),
            score: Some(38),
            rules: vec!["hype/thrilled".to_owned(), "want/would-like".to_owned()],
            sketch: sketched(BODY),
            terms: None,
            round: 1,
            reminders: 0,
        }
    }

    fn later(to: &[&str], subject: &str, body: &str) -> Candidate {
        Candidate {
            account: "ana@seller.example".to_owned(),
            upstream: "corp".to_owned(),
            message_id: Some("new@seller.example".to_owned()),
            references: Vec::new(),
            recipients: to.iter().map(|path| (*path).to_owned()).collect(),
            subject: subject.to_owned(),
            resent: false,
            sketch: sketched(body),
        }
    }

    fn found(candidate: &Candidate, open: &[OpenRecord]) -> Vec<String> {
        candidate
            .rewrites(open)
            .iter()
            .map(|record| record.id.0.clone())
            .collect()
    }

    const OTHER_BODY: &str = "Thank you for the minutes of the meeting in Leeds. I have added two remarks about the drying line \
        and sent them on to your colleague, who wanted to look at them before the audit in March.";

    #[test]
    fn the_same_message_id_is_enough_to_a_common_recipient() {
        let records = [
            open("a", &["bob@x.example"], "One"),
            open("b", &["bob@x.example"], "Two"),
        ];
        let mut candidate = later(&["eve@y.example", "bob@x.example"], "Quite different", OTHER_BODY);
        candidate.message_id = Some("b@seller.example".to_owned());
        assert_eq!(found(&candidate, &records), ["b"]);
        candidate.resent = true;
        assert!(found(&candidate, &records).is_empty(), "a bounce is no rewrite");
        candidate.resent = false;
        candidate.recipients = vec!["boss@seller.example".to_owned()];
        assert!(found(&candidate, &records).is_empty());
    }

    #[test]
    fn references_need_a_common_recipient() {
        let records = [open("a", &["bob@x.example"], "One")];
        let mut candidate = later(&["boss@seller.example"], "Fwd: why is this held?", OTHER_BODY);
        candidate.references = vec!["a@seller.example".to_owned()];
        assert!(found(&candidate, &records).is_empty());
        candidate.recipients.push("BOB@X.example".to_owned());
        assert_eq!(found(&candidate, &records), ["a"]);
    }

    #[test]
    fn the_same_recipients_and_a_near_subject_or_body() {
        let records = [open("a", &["bob@x.example", "eve@x.example"], "Save time at your mill")];
        let to = ["eve@X.example", "bob@x.example"];
        let subject_only = later(&to, "Your mill: save time?", OTHER_BODY);
        assert_eq!(found(&subject_only, &records), ["a"]);
        let answer = later(&to, "Re: Your mill: save time?", OTHER_BODY);
        assert!(found(&answer, &records).is_empty() && answer.to_the_same(&records).is_empty());
        for state in [State::Released, State::InDoubt] {
            let on_its_way = [OpenRecord {
                state,
                ..records[0].clone()
            }];
            assert!(found(&subject_only, &on_its_way).is_empty(), "{state}");
        }
        let body_only = later(&to, "Thursday", &format!("Dear Bob, one question first. {BODY}"));
        assert_eq!(found(&body_only, &records), ["a"]);
        assert!(found(&later(&to, "Minutes", OTHER_BODY), &records).is_empty());
        assert!(found(&later(&["bob@x.example"], "Save time at your mill", BODY), &records).is_empty());
    }

    #[test]
    fn of_several_the_nearest_and_never_one_of_another_account_or_under_way() {
        let to = ["bob@x.example"];
        let near = open("near", &to, "Save time at your mill");
        let nearer = open("nearer", &to, "Save time at your mill in March");
        let candidate = later(&to, "Save time at your mill in March", BODY);
        assert_eq!(found(&candidate, &[near.clone(), nearer.clone()]), ["nearer"]);
        let other = OpenRecord {
            account: "eve@seller.example".to_owned(),
            ..nearer.clone()
        };
        let elsewhere = OpenRecord {
            upstream: "home".to_owned(),
            ..nearer.clone()
        };
        let sending = OpenRecord {
            state: State::Sending,
            ..nearer
        };
        assert_eq!(found(&candidate, &[other, elsewhere, sending, near]), ["near"]);
    }

    #[test]
    fn empty_subjects_and_short_texts_prove_nothing() {
        let mut record = open("a", &["bob@x.example"], "");
        record.sketch = None;
        assert!(found(&later(&["bob@x.example"], "", "Thanks."), &[record]).is_empty());
    }

    #[test]
    fn what_changed_is_told_by_rules() {
        let record = open("a", &["bob@x.example"], "One");
        let rewrite = compared(&record, None, "passed", Timestamp::UNIX_EPOCH);
        assert_eq!(rewrite.gone, record.rules);
        assert_eq!(
            in_words(&rewrite),
            "the rewrite passed; score 38 to none; gone: hype/thrilled, want/would-like"
        );
    }
}
