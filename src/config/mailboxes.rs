//! The names of mailboxes in the file.

use super::checker::Checker;
use super::file;
use crate::upstream::mailbox::MailboxSettings;
use toml::Spanned;

/// Longest name. Servers differ; Dovecot allows 255 octets a level.
const LONGEST: usize = 200;

/// Judges the names together: one mailbox can't be two things.
pub(super) fn check(checker: &mut Checker<'_>, file: &file::Mailboxes) -> MailboxSettings {
    let mut settings = MailboxSettings {
        drafts: check_name(checker, "upstream.mailboxes.drafts", file.drafts.as_ref()),
        sent: check_name(checker, "upstream.mailboxes.sent", file.sent.as_ref()),
        ..MailboxSettings::default()
    };
    if let Some(prefix) = check_name(checker, "upstream.mailboxes.prefix", file.prefix.as_ref()) {
        settings.prefix = prefix;
    }
    if let (Some(drafts), Some(sent), Some(written)) = (&settings.drafts, &settings.sent, &file.sent)
        && drafts == sent
    {
        let message = "is the same mailbox as drafts";
        checker.fault(
            &written.span(),
            "upstream.mailboxes.sent",
            message,
            "a mailbox of its own",
        );
    }
    settings
}

fn check_name(checker: &mut Checker<'_>, field: &str, written: Option<&Spanned<String>>) -> Option<String> {
    let written = written?;
    let name = written.get_ref();
    let problem = if name.is_empty() {
        Some("is empty".to_owned())
    } else if name.len() > LONGEST {
        Some(format!("is longer than {LONGEST} octets"))
    } else if let Some(c) = name.chars().find(|c| is_invisible(*c)) {
        Some(format!("has the character U+{:04X}, which can't be seen", c as u32))
    } else if name.contains(['%', '*']) {
        Some(format!("{name:?} has % or *, which stand for any name in IMAP"))
    } else if name.split('/').any(|level| level.trim() != level || level.is_empty()) {
        Some(format!(
            "{name:?} has a level that is empty or begins or ends with a space"
        ))
    } else if name.eq_ignore_ascii_case("INBOX") {
        Some("INBOX is for mail that comes in".to_owned())
    } else {
        None
    };
    let Some(problem) = problem else {
        return Some(name.clone());
    };
    let expected = "a mailbox as your mail client shows it, with / between levels";
    checker.fault(&written.span(), field, &problem, expected);
    None
}

/// Controls, and what has no width or turns the direction.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
