//! Mailbox files (RFC 4155): many mails in one file, each after a line that begins with `From `.
//!
//! Both customs of quoting are undone alike: a line `>From ` loses one `>` (mboxo), and so does one with more of them
//! (mboxrd). A line begins a mail only if it carries a date, so that a sentence which begins with "From" does not. The
//! file is read as it comes, so its size does not matter.

use std::io::{self, BufRead, Read};

/// The most octets of one mail.
const LONGEST: usize = 64 * 1024 * 1024;

/// The mails of a mailbox file, in its order.
pub(super) struct Mbox<R> {
    from: R,
    /// The next line, if it was looked at already.
    begun: bool,
    ended: bool,
}

/// Whether a file's first line is that of a mailbox file.
pub(super) fn begins(line: &[u8]) -> bool {
    line.starts_with(b"From ") && has_date(line)
}

impl<R: BufRead> Mbox<R> {
    /// The first line must be a separator; it is taken for one whatever follows `From `.
    pub(super) fn new(from: R) -> Mbox<R> {
        Mbox {
            from,
            begun: false,
            ended: false,
        }
    }

    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        // A line without an end is cut into several; a mail that is too long is refused anyway.
        (&mut self.from).take(LONGEST as u64).read_until(b'\n', line)?;
        Ok(!line.is_empty())
    }

    /// Everything up to the next separator. A mail that is too long is read over.
    fn mail(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if !self.begun {
            self.begun = true;
            if !self.line(&mut line)? {
                self.ended = true;
                return Ok(None);
            }
        }
        let mut mail = Vec::new();
        let mut too_long = false;
        loop {
            if !self.line(&mut line)? {
                self.ended = true;
                break;
            }
            if begins(&line) {
                break;
            }
            too_long |= mail.len() + line.len() > LONGEST;
            if !too_long {
                mail.extend_from_slice(unquoted(&line));
            }
        }
        if too_long {
            return Err(io::Error::other(format!("longer than {} MiB", LONGEST / 1024 / 1024)));
        }
        // The empty line before a separator belongs to the file, not to the mail.
        for end in [&b"\r\n\r\n"[..], b"\n\n"] {
            if mail.ends_with(end) {
                mail.truncate(mail.len() - end.len() / 2);
                break;
            }
        }
        Ok(Some(mail))
    }
}

impl<R: BufRead> Iterator for Mbox<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<io::Result<Vec<u8>>> {
        if self.ended {
            return None;
        }
        let mail = self.mail();
        if mail.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Other) {
            self.ended = true;
        }
        mail.transpose()
    }
}

fn unquoted(line: &[u8]) -> &[u8] {
    let quotes = line.iter().take_while(|&&octet| octet == b'>').count();
    let quoted = quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "));
    if quoted {
        line.get(1..).unwrap_or_default()
    } else {
        line
    }
}

/// Whether a line carries a date as `asctime` writes it: weekday, month, time, year.
fn has_date(line: &[u8]) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    // Senders' names are not longer than this, and the rest of a long line need not be looked at.
    let line = String::from_utf8_lossy(line.get(..line.len().min(600)).unwrap_or_default());
    let has = |fits: &dyn Fn(&str) -> bool| line.split_whitespace().any(|word| fits(word.trim_end_matches(',')));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    has(&|word| DAYS.contains(&word))
        && has(&|word| MONTHS.contains(&word))
        && has(&|word| word.contains(':') && word.split(':').all(|part| part.len() <= 2 && digits(part)))
        && has(&|word| word.len() == 4 && digits(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mails(file: &str) -> Vec<String> {
        Mbox::new(file.as_bytes())
            .map(|mail| String::from_utf8(mail.unwrap()).unwrap())
            .collect()
    }

    const LINE: &str = "From ana@norvane.example Mon Mar  2 09:30:00 2026\n";

    #[test]
    fn mails_are_told_apart_by_dated_lines() {
        let file = format!("{LINE}Subject: one\n\nFrom the start it was late.\n\n{LINE}Subject: two\n\nbody\n");
        assert_eq!(
            mails(&file),
            [
                "Subject: one\n\nFrom the start it was late.\n",
                "Subject: two\n\nbody\n"
            ]
        );
        assert_eq!(mails(""), Vec::<String>::new());
        assert_eq!(mails("From - nobody\nSubject: a\n\n"), ["Subject: a\n"]);
        assert_eq!(
            mails(&file.replace('\n', "\r\n"))[0],
            "Subject: one\r\n\r\nFrom the start it was late.\r\n"
        );
    }

    #[test]
    fn quoted_lines_lose_one_sign() {
        let file = format!("{LINE}A: b\n\n>From here\n>>From there\n> From a quote\n>Frompage\n");
        assert_eq!(
            mails(&file),
            ["A: b\n\nFrom here\n>From there\n> From a quote\n>Frompage\n"]
        );
    }

    #[test]
    fn only_dated_lines_begin_a_mailbox() {
        for line in [
            LINE,
            "From - Thu Jan 01 00:00:00 1970\r\n",
            "From MAILER-DAEMON Fri Jul  8 12:08 2011",
            "From a@b Mon, 2 Mar 2026 09:30:00 +0100",
        ] {
            assert!(begins(line.as_bytes()), "{line}");
        }
        for line in [
            "From: ana@norvane.example\n",
            "From Monday on we close at 5.\n",
            "From 2026",
            "from ana Mon Mar  2 09:30:00 2026",
        ] {
            assert!(!begins(line.as_bytes()), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(bodies in prop::collection::vec("(From |>|[a-z: ]{0,9}|\\n){0,20}[a-z]", 0..6)) {
            let mut file = String::new();
            for body in &bodies {
                file.push_str(LINE);
                for line in format!("A: b\n\n{body}\n").split_inclusive('\n') {
                    if line.trim_start_matches('>').starts_with("From ") {
                        file.push('>');
                    }
                    file.push_str(line);
                }
                file.push('\n');
            }
            let expected: Vec<String> = bodies.iter().map(|body| format!("A: b\n\n{body}\n")).collect();
            prop_assert_eq!(mails(&file), expected);
        }

        #[test]
        fn any_octets_end(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            let mut file = LINE.as_bytes().to_vec();
            file.extend(octets);
            prop_assert!(Mbox::new(file.as_slice()).count() >= 1);
        }
    }
}
