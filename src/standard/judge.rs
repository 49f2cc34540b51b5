//! From a reading to a verdict.

use super::{Act, Consent, Disposition, Judged, Mode, OnError, Reason, Standard, Terms, Verdict, Who};
use crate::mail::Envelope;
use crate::reading::{Category, Finding, Level, ProspectingClass, Reading};
use jiff::{SignedDuration, Timestamp};
use std::cmp::Reverse;

impl Standard {
    /// What this standard says about one mail. The envelope is the one that the mail will be sent with; `consent` is to
    /// exactly this mail. Nothing here looks at the mail itself.
    #[must_use]
    pub fn judge(
        &self,
        judged: Judged<'_>,
        envelope: Option<&Envelope>,
        consent: Option<&Consent>,
        now: Timestamp,
    ) -> Verdict {
        let (disposition, mut reasons) = match judged {
            Judged::Read(reading) => self.of_reading(reading, envelope),
            Judged::NotRead { why } => self.of_unread(why),
        };
        let disposition = self.in_mode(disposition, &mut reasons);
        let disposition = self.with_consent(disposition, consent, now, &mut reasons);
        let terms = (disposition == Disposition::Hold).then(|| self.terms(&reasons));
        // A held mail is in custody: it leaves by release, not by being sent again.
        let consent_allowed = disposition == Disposition::Return && self.consent.by != Who::Nobody;
        let asks_approver = consent_allowed && self.consent.by == Who::Approver;
        Verdict {
            disposition,
            reasons,
            consent_allowed,
            consent_by: self.consent.by,
            approvers: if asks_approver {
                self.approvers.clone()
            } else {
                Vec::new()
            },
            standard: Some(self.name.clone()),
            terms,
        }
    }

    fn terms(&self, reasons: &[Reason]) -> Terms {
        Terms {
            release_by: self.release.by,
            approvers: if self.release.by == Who::Approver {
                self.approvers.clone()
            } else {
                Vec::new()
            },
            reason_required: self.release.reason_required,
            retry_for_hours: self.release.retry_for_hours,
            expires_after_hours: self.hold_expiry.hours(reasons),
            then: self.hold_expiry.then,
        }
    }

    fn of_reading(&self, reading: &Reading, envelope: Option<&Envelope>) -> (Disposition, Vec<Reason>) {
        let mut reasons = Vec::new();
        if let Some(no) = &reading.prospecting.hard_no {
            reasons.push(reason(&no.name, &no.shown));
            return (Disposition::Pass, reasons);
        }
        if let Some(why) = &reading.not_read {
            reasons.push(reason("not-read", &format!("Its text was not read ({why}): it passes")));
            return (Disposition::Pass, reasons);
        }
        if envelope.is_some_and(|envelope| envelope.recipients.is_empty()) {
            reasons.push(reason("no-recipients", "Nobody would receive it"));
            return (Disposition::Pass, reasons);
        }
        let points = reading.prospecting.points;
        match reading.prospecting.class {
            ProspectingClass::No => {
                let shown = format!(
                    "It is not prospecting: {points} points, and {} would be",
                    self.gate.unsure_from
                );
                reasons.push(reason("not-prospecting", &shown));
                (Disposition::Pass, reasons)
            }
            ProspectingClass::Unsure => {
                let disposition = self.annotate_or_pass(reading, &mut reasons);
                let shown = format!("It may be prospecting ({points} points): annotated at most");
                reasons.push(reason("unsure", &shown));
                self.add_softened(reading, &mut reasons);
                (disposition, reasons)
            }
            ProspectingClass::Yes => {
                let disposition = self.of_prospecting(reading, &mut reasons);
                self.add_softened(reading, &mut reasons);
                (disposition, reasons)
            }
        }
    }

    /// What was found by rules that do not count in full.
    fn add_softened(&self, reading: &Reading, reasons: &mut Vec<Reason>) {
        for (mode, name, shown) in [
            (Mode::Coach, "coached", "Found, and annotated at most"),
            (Mode::Observe, "observed", "Found, and only recorded"),
        ] {
            let mut rules: Vec<&str> = reading.findings.iter().map(|finding| &*finding.rule).collect();
            rules.retain(|rule| self.modes.of(rule) == mode);
            rules.sort_unstable();
            rules.dedup();
            if !rules.is_empty() {
                reasons.push(reason(name, &format!("{shown}: {}", rules.join(", "))));
            }
        }
    }

    /// Two keys: the score, and what was found. A template hole alone turns both.
    fn of_prospecting(&self, reading: &Reading, reasons: &mut Vec<Reason>) -> Disposition {
        let counts = |finding: &&Finding| self.modes.of(&finding.rule) == Mode::Enforce;
        if let Some(hole) = reading
            .findings
            .iter()
            .filter(counts)
            .find(|finding| acts_alone(finding))
        {
            let shown = format!("A template hole was not filled: {}", quoted(hole));
            reasons.push(reason("unfilled", &shown));
            self.add_findings(reading, reasons);
            return self.act.into();
        }
        let score = self.modes.score(reading, Mode::Enforce);
        if score >= self.act_below {
            return self.annotate_or_pass(reading, reasons);
        }
        let below = format!("Its score is {score} of 100; below {} it is not sent", self.act_below);
        let strong = reading
            .findings
            .iter()
            .filter(counts)
            .any(|finding| finding.span.is_some() && finding.severity == Level::Strong);
        if strong || categories(reading.findings.iter().filter(counts)) >= 2 {
            reasons.push(reason("score-below-act", &below));
            self.add_findings(reading, reasons);
            return self.act.into();
        }
        let shown = format!("Its score is {score} of 100, but too little was found to act on");
        reasons.push(reason("one-key", &shown));
        self.add_findings(reading, reasons);
        Disposition::Annotate
    }

    fn annotate_or_pass(&self, reading: &Reading, reasons: &mut Vec<Reason>) -> Disposition {
        let score = self.modes.score(reading, Mode::Coach);
        if score < self.annotate_below {
            let shown = format!(
                "Its score is {score} of 100; below {} it is annotated",
                self.annotate_below
            );
            reasons.push(reason("score-below-annotate", &shown));
            self.add_findings(reading, reasons);
            return Disposition::Annotate;
        }
        let shown = format!("Its score is {score} of 100, and {} is enough", self.annotate_below);
        reasons.push(reason("score", &shown));
        Disposition::Pass
    }

    /// The costliest findings in words.
    fn add_findings(&self, reading: &Reading, reasons: &mut Vec<Reason>) {
        const SHOWN: usize = 5;
        let costs = |finding: &&Finding| finding.points > 0 && self.modes.of(&finding.rule) != Mode::Observe;
        let mut findings: Vec<&Finding> = reading.findings.iter().filter(costs).collect();
        findings.sort_by_key(|finding| (Reverse(finding.points), Reverse(finding.severity)));
        for finding in findings.into_iter().take(SHOWN) {
            let shown = match &finding.span {
                Some(_) => format!("{}: {} ({} points)", finding.rule, quoted(finding), finding.points),
                None => format!("{}: {} ({} points)", finding.rule, finding.why, finding.points),
            };
            reasons.push(reason("finding", &shown));
        }
    }

    fn of_unread(&self, why: &str) -> (Disposition, Vec<Reason>) {
        let (disposition, then) = match self.on_error {
            OnError::Pass => (Disposition::Pass, "it is sent on unread"),
            OnError::Annotate => (Disposition::Annotate, "it is sent on unread, and you are told"),
            OnError::Return => (Disposition::Return, "it is returned"),
            OnError::Hold => (Disposition::Hold, "it is held"),
        };
        (
            disposition,
            vec![reason(
                "not-read",
                &format!("It could not be read ({why}); by the standard {then}"),
            )],
        )
    }

    fn in_mode(&self, disposition: Disposition, reasons: &mut Vec<Reason>) -> Disposition {
        let (most, name, why) = match self.mode {
            Mode::Observe => (Disposition::Pass, "observe", "The standard only observes"),
            Mode::Coach => (Disposition::Annotate, "coach", "The standard only coaches"),
            Mode::Enforce => return disposition,
        };
        if disposition <= most {
            return disposition;
        }
        reasons.insert(
            0,
            reason(
                name,
                &format!("{why}: without that the disposition would be {disposition}"),
            ),
        );
        most
    }

    fn with_consent(
        &self,
        disposition: Disposition,
        consent: Option<&Consent>,
        now: Timestamp,
        reasons: &mut Vec<Reason>,
    ) -> Disposition {
        let (Some(consent), Disposition::Return) = (consent, disposition) else {
            return disposition;
        };
        let lasts = SignedDuration::from_hours(i64::from(self.consent.valid_for_hours));
        let age = now.duration_since(consent.given_at);
        let refused = if self.consent.by == Who::Nobody {
            Some("the standard does not allow it".to_owned())
        } else if self.consent.reason_required && consent.reason.trim().is_empty() {
            Some("it gives no reason".to_owned())
        } else if age > lasts {
            Some(format!(
                "it was given more than {} hours ago",
                self.consent.valid_for_hours
            ))
        } else {
            None
        };
        match refused {
            Some(why) => {
                reasons.push(reason(
                    "consent-not-valid",
                    &format!("The consent that was given does not count: {why}"),
                ));
                disposition
            }
            None => {
                let said = consent.reason.trim();
                let said = if said.is_empty() {
                    String::new()
                } else {
                    format!(": {said}")
                };
                let who = match self.consent.by {
                    Who::Approver => "An approver",
                    Who::Author | Who::Nobody => "Its author",
                };
                reasons.insert(0, reason("consent", &format!("{who} wants it sent as written{said}")));
                Disposition::Pass
            }
        }
    }
}

/// Rules whose names begin so find what no mail was meant to go out with.
fn acts_alone(finding: &Finding) -> bool {
    finding.category == Category::Merge && finding.rule.starts_with("merge/unfilled")
}

/// How many categories of places were found.
fn categories<'a>(findings: impl Iterator<Item = &'a Finding>) -> usize {
    let of_places = findings.filter(|finding| finding.span.is_some());
    let mut all: Vec<Category> = of_places.map(|finding| finding.category).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

fn quoted(finding: &Finding) -> String {
    format!("\u{201c}{}\u{201d}", finding.excerpt)
}

fn reason(name: &str, shown: &str) -> Reason {
    Reason {
        name: name.to_owned(),
        shown: shown.to_owned(),
    }
}

impl From<Act> for Disposition {
    fn from(act: Act) -> Disposition {
        match act {
            Act::Return => Disposition::Return,
            Act::Hold => Disposition::Hold,
        }
    }
}
