//! Mail that comes in: which of the account's mails it answers, and whether a person, a program or a mail server wrote it.

use super::error::WatchError;
use super::learn::headers;
use super::watch::Guard;
use crate::mail::{Address, Headers};
use crate::reading::organisation;
use crate::store::{AddressKey, Answer, MessageKey, Owner};
use crate::upstream::mailbox::{Folder, Head, Heads, Mailboxes};
use jiff::Timestamp;

/// So much of a report is fetched; it quotes the header of the mail that it is about near its end.
const REPORT: usize = 64 * 1024;
/// Most ids of one mail that are looked up.
const IDS: usize = 64;

/// Which mails of an account these answer.
pub(super) async fn answers(
    owner: &Owner,
    folder: Folder,
    found: &Heads,
    guard: &Guard,
    mailboxes: &mut Mailboxes,
) -> Result<Vec<(MessageKey, Timestamp, Answer)>, WatchError> {
    let history = guard.reader.history();
    let now = (guard.clock)();
    let own = OwnSide::new(owner);
    let mut answers = Vec::new();
    for head in &found.heads {
        let Some(headers) = headers(head) else { continue };
        let Some(kind) = kind(&headers, head) else { continue };
        let mut ids = Vec::new();
        if kind == Answer::Bounce {
            match mailboxes.beginning(folder, head.uid, REPORT).await? {
                Some(octets) if has_failed(&octets) => ids = quoted_ids(&octets),
                // It is late, or it has arrived.
                _ => continue,
            }
        } else if own.is_of(&headers) {
            continue;
        }
        ids.extend(headers.references);
        if ids.is_empty() {
            continue;
        }
        // The last ones are nearest to what is answered.
        let ids = ids.get(ids.len().saturating_sub(IDS)..).unwrap_or_default();
        let keys: Vec<MessageKey> = ids.iter().map(|id| history.key().message(owner, id)).collect();
        let at = head.at.unwrap_or(now).min(now);
        let known = history.store().noted(owner, &keys).await?;
        answers.extend(known.into_iter().map(|message| (message, at, kind)));
    }
    Ok(answers)
}

/// Who is no answer: the account itself, which goes on in its own threads, and its colleagues.
struct OwnSide {
    account: Option<Address>,
}

impl OwnSide {
    fn new(owner: &Owner) -> OwnSide {
        OwnSide {
            account: Address::parse(&owner.account),
        }
    }

    fn is_of(&self, headers: &Headers) -> bool {
        let Some(account) = &self.account else { return false };
        headers.from.iter().any(|from| {
            from.folded() == account.folded()
                || (AddressKey::is_organisation(account) && organisation(from) == organisation(account))
        })
    }
}

/// Whether a report says that something could not be delivered (RFC 3464 §2.3.3), and not that it is late or has arrived.
fn has_failed(report: &[u8]) -> bool {
    let report = report.to_ascii_lowercase();
    report.split(|&octet| octet == b'\n').any(|line| {
        let action = line.strip_prefix(b"action:").map(<[u8]>::trim_ascii);
        action.is_some_and(|action| action.starts_with(b"failed"))
    })
}

/// Who wrote it. `None` for what is no answer: a receipt that only says that a mail was opened.
fn kind(headers: &Headers, head: &Head) -> Option<Answer> {
    let field = head.header.to_ascii_lowercase();
    let has = |text: &[u8]| memchr::memmem::find(&field, text).is_some();
    if headers.report {
        return has(b"delivery-status").then_some(Answer::Bounce);
    }
    let precedence = headers.precedence.as_deref().unwrap_or_default();
    let subject = headers.subject.trim_start().to_lowercase();
    let automatic = headers.auto_submitted.is_some()
        || ["bulk", "auto_reply", "junk", "list"].contains(&precedence)
        || has(b"x-autoreply:")
        || has(b"x-autorespond:")
        || SUBJECTS.iter().any(|start| subject.starts_with(start));
    Some(if automatic { Answer::Automatic } else { Answer::Reply })
}

/// How programs that say nothing in the header begin their subjects.
const SUBJECTS: [&str; 8] = [
    "automatic reply",
    "automatische antwort",
    "auto:",
    "autoreply",
    "out of office",
    "abwesenheit",
    "réponse automatique",
    "respuesta automática",
];

/// The Message-IDs in the parts of a report, without its own.
fn quoted_ids(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let mut ids = Vec::new();
    let mut lines = body.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if !name.trim().eq_ignore_ascii_case("message-id") {
            continue;
        }
        // A long id stands on a line of its own.
        let folded = lines.peek().filter(|next| next.starts_with([' ', '\t']));
        let value = if value.trim().is_empty() {
            folded.copied().unwrap_or_default()
        } else {
            value
        };
        let id = value.trim().trim_start_matches('<').trim_end_matches('>');
        if !id.is_empty() && ids.len() < IDS {
            ids.push(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Option<Answer> {
        let head = Head {
            uid: 1,
            at: None,
            header: header.replace('\n', "\r\n").into_bytes(),
        };
        kind(&headers(&head).unwrap(), &head)
    }

    #[test]
    fn people_programs_and_servers_are_told_apart() {
        let reply = "From: Jo <jo@acme.example>\nSubject: Re: Your depots\nIn-Reply-To: <m1@norvane.example>\n\n";
        assert_eq!(of(reply), Some(Answer::Reply));
        for header in [
            "Subject: Re: x\nAuto-Submitted: auto-replied\n\n",
            "Subject: Automatic reply: Your depots\n\n",
            "Subject: Re: x\nPrecedence: auto_reply\n\n",
            "Subject: Re: x\nX-Autoreply: yes\n\n",
            "Subject: =?utf-8?q?R=C3=A9ponse_automatique?= : x\n\n",
        ] {
            assert_eq!(of(header), Some(Answer::Automatic), "{header}");
        }
        assert_eq!(of("Subject: Re: x\nAuto-Submitted: no\n\n"), Some(Answer::Reply));
        let report = |kind: &str| format!("Content-Type: multipart/report; report-type={kind}; boundary=x\n\n");
        assert_eq!(of(&report("delivery-status")), Some(Answer::Bounce));
        assert_eq!(of(&report("disposition-notification")), None, "opened is not answered");
    }

    #[test]
    fn what_is_late_or_has_arrived_has_not_failed() {
        let report = |action: &str| {
            format!(
                "Content-Type: multipart/report\r\n\r\n--x\r\n\r\nFinal-Recipient: rfc822; a@b\r\n{action}\r\n\r\n--x--\r\n"
            )
        };
        for failed in ["Action: failed", "ACTION:failed (no such user)"] {
            assert!(has_failed(report(failed).as_bytes()), "{failed}");
        }
        for not in [
            "Action: delayed",
            "Action: delivered",
            "Action: relayed",
            "X-Action: failed",
        ] {
            assert!(!has_failed(report(not).as_bytes()), "{not}");
        }
    }

    #[test]
    fn who_goes_on_in_a_thread_of_its_own_answers_nothing() {
        let from = |address: &str| {
            let header = format!("From: X <{address}>\nSubject: Re: x\n\n").replace('\n', "\r\n");
            headers(&Head {
                uid: 1,
                at: None,
                header: header.into_bytes(),
            })
            .unwrap()
        };
        let corp = OwnSide::new(&Owner::new("u", "Rep@corp.example"));
        assert!(corp.is_of(&from("rep@CORP.example")) && corp.is_of(&from("colleague@mail.corp.example")));
        assert!(!corp.is_of(&from("jo@acme.example")));
        let free = OwnSide::new(&Owner::new("u", "rep@gmail.com"));
        assert!(free.is_of(&from("rep@gmail.com")) && !free.is_of(&from("jo@gmail.com")));
        assert!(!OwnSide::new(&Owner::new("u", "rep")).is_of(&from("jo@acme.example")));
    }

    #[test]
    fn a_report_names_the_mail_that_it_is_about() {
        let report = "Message-ID: <report@mx.example>\r\nContent-Type: multipart/report\r\n\r\n--x\r\n\
            Content-Type: text/rfc822-headers\r\n\r\nSubject: x\r\nMessage-Id: <m1@norvane.example>\r\n\r\n--x--\r\n";
        assert_eq!(quoted_ids(report.as_bytes()), ["m1@norvane.example"]);
        let folded = "A: b\r\n\r\nMESSAGE-ID:\r\n <long@norvane.example>\r\n";
        assert_eq!(quoted_ids(folded.as_bytes()), ["long@norvane.example"]);
        assert!(quoted_ids(b"no body").is_empty());
    }
}
