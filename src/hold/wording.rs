//! What copies and notices say about a record's ways on, from its terms and the mailboxes at hand.

use super::copy::Stage;
use crate::annotate::copy::{Previous, Ways};
use crate::annotate::notice;
use crate::standard::Who;
use crate::store::{Notice, Record, State};
use crate::upstream::mailbox::{Folder, Mailboxes};

/// The ways on, as this account sees them.
pub(super) fn ways<'a>(record: &Record, mailboxes: &'a Mailboxes) -> Ways<'a> {
    let terms = record.verdict.terms.as_ref();
    let held = record.summary.state == State::Held;
    let author = terms.is_some_and(|terms| terms.release_by == Who::Author);
    let moving = held && author && terms.is_some_and(|terms| !terms.reason_required);
    Ways {
        draft: mailboxes.name(Folder::Drafts).filter(|_| terms.is_some()),
        send_as_written: mailboxes.name(Folder::SendAsWritten).filter(|_| moving),
        release_command: held && author,
        approver: terms.is_some_and(|terms| terms.release_by == Who::Approver),
    }
}

/// Where the annotated copy stands in the mail's rounds. `before` is the record that it replaced.
pub(super) fn stage<'a>(record: &Record, before: Option<&Record>, ways: Ways<'a>) -> Stage<'a> {
    let rewrite = before.and_then(|before| before.rewrite.as_ref());
    Stage {
        ways,
        round: record.summary.round,
        previous: rewrite.map(|rewrite| Previous {
            score: rewrite.score_before,
            gone: rewrite.gone.len(),
            new: rewrite.new.len(),
        }),
    }
}

/// Calls `with` with the notice in the words of annotations.
pub(super) fn with_notice<T>(kept: &Notice, with: impl FnOnce(notice::Notice<'_>) -> T) -> T {
    let lines: Vec<String> = match kept {
        Notice::Refused { words } | Notice::GivenUp { words, .. } => words.lines().map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    with(match kept {
        Notice::Expired { after_hours } => notice::Notice::Expired {
            after_hours: *after_hours,
        },
        Notice::Reminder { held_for_hours } => notice::Notice::Reminder {
            held_for_hours: *held_for_hours,
        },
        Notice::Refused { .. } => notice::Notice::RefusedByProvider { words: &lines },
        Notice::GivenUp { hours, .. } => notice::Notice::RetryGivenUp {
            words: &lines,
            hours: *hours,
        },
        Notice::InDoubt => notice::Notice::InDoubt,
        Notice::NotReleased { why } => notice::Notice::ReleaseNotAllowed { why },
    })
}
