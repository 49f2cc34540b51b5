//! APPEND on its way (RFC 9051 §6.3.12, MULTIAPPEND RFC 3502, UTF8 RFC 6855): into which mailbox, with which flags, and
//! the mails, as much of them as is wanted. CATENATE (RFC 4469) is seen and left alone.

use super::args::Args;
use super::event::Appended;
use super::line::Literal;
use zeroize::Zeroizing;

/// Longest name of a mailbox that is looked at.
const LONGEST_NAME: usize = 4096;

/// Mailboxes whose new mails are reported, and how much of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interest {
    /// Names as on the wire.
    pub names: Vec<Vec<u8>>,
    /// Most octets that are kept at one time, over all mails on their way.
    pub limit: usize,
}

impl Interest {
    fn covers(&self, mailbox: &[u8]) -> bool {
        let is_inbox = mailbox.eq_ignore_ascii_case(b"INBOX");
        let same = |name: &Vec<u8>| name == mailbox || (is_inbox && name.eq_ignore_ascii_case(b"INBOX"));
        self.names.iter().any(same)
    }
}

/// One APPEND command.
#[derive(Default)]
pub(super) struct Append {
    mailbox: Mailbox,
    /// Whether anybody wants to hear of it.
    wanted: bool,
    /// Whether it has parts that we do not put together.
    left_alone: bool,
    messages: Vec<Message>,
}

#[derive(Default)]
enum Mailbox {
    #[default]
    Unknown,
    /// Its literal is coming.
    Coming(Vec<u8>),
    Known(Vec<u8>),
}

struct Message {
    flags: Vec<String>,
    date: Option<String>,
    octets: Zeroizing<Vec<u8>>,
    truncated: bool,
}

impl Append {
    /// The next piece of the command: what stands after the verb or after a literal, up to the line's end. `literal` is
    /// what it announces.
    pub(super) fn text(&mut self, text: &[u8], literal: Option<Literal>, interest: Option<&Interest>) {
        let end = text.len() - literal.map_or(0, |literal| literal.from_end);
        let mut args = Args::new(text.get(..end).unwrap_or_default());
        match std::mem::take(&mut self.mailbox) {
            Mailbox::Unknown if literal.is_some() && args.is_over() => {
                self.mailbox = Mailbox::Coming(Vec::new());
                return;
            }
            Mailbox::Unknown => match args.string() {
                Some(name) => self.mailbox = Mailbox::Known(name.into_owned()),
                None => self.left_alone = true,
            },
            Mailbox::Coming(name) => {
                self.left_alone |= name.len() > LONGEST_NAME;
                self.mailbox = Mailbox::Known(name);
            }
            known @ Mailbox::Known(_) => self.mailbox = known,
        }
        if let (Mailbox::Known(name), true) = (&self.mailbox, self.messages.is_empty()) {
            self.wanted = interest.is_some_and(|interest| interest.covers(name));
        }
        if literal.is_some() {
            self.message(args);
        }
    }

    fn message(&mut self, args: Args<'_>) {
        // The end of the UTF8 form of the mail before.
        let mut args = Args::new(args.rest().strip_prefix(b")").unwrap_or(args.rest()));
        let flags = args.flat_list().unwrap_or_default();
        let date = args.rest().starts_with(b"\"").then(|| args.string()).flatten();
        let rest = args.rest().trim_ascii();
        self.left_alone |= !(rest.is_empty() || rest.eq_ignore_ascii_case(b"UTF8 ("));
        if !self.wanted || self.left_alone {
            return;
        }
        let flags = flags.split(|&octet| octet == b' ').filter(|flag| !flag.is_empty());
        self.messages.push(Message {
            flags: flags.map(|flag| String::from_utf8_lossy(flag).into_owned()).collect(),
            date: date.map(|date| String::from_utf8_lossy(&date).into_owned()),
            octets: Zeroizing::default(),
            truncated: false,
        });
    }

    /// Octets of the literal; `room` is how many may be kept still.
    pub(super) fn content(&mut self, octets: &[u8], room: usize) {
        if let Mailbox::Coming(name) = &mut self.mailbox {
            let room = (LONGEST_NAME + 1).saturating_sub(name.len());
            name.extend_from_slice(octets.get(..room).unwrap_or(octets));
            return;
        }
        let Some(message) = self.messages.last_mut().filter(|_| !self.left_alone) else {
            return;
        };
        let kept = octets.get(..room).unwrap_or(octets);
        message.octets.extend_from_slice(kept);
        message.truncated |= kept.len() < octets.len();
    }

    /// How many octets are kept.
    pub(super) fn kept(&self) -> usize {
        self.messages.iter().map(|message| message.octets.len()).sum()
    }

    /// The server has said OK, with these words.
    pub(super) fn done(self, text: &[u8]) -> Vec<Appended> {
        let Mailbox::Known(mailbox) = self.mailbox else {
            return Vec::new();
        };
        if self.left_alone {
            return Vec::new();
        }
        let uids = append_uids(text, self.messages.len());
        let messages = self.messages.into_iter().enumerate();
        let appended = messages.map(|(at, message)| Appended {
            mailbox: mailbox.clone(),
            flags: message.flags,
            date: message.date,
            octets: message.octets,
            truncated: message.truncated,
            uid: uids.get(at).copied(),
        });
        appended.collect()
    }
}

/// RFC 4315 §3: `[APPENDUID validity set]`, one UID for each mail; nothing where it does not fit.
fn append_uids(text: &[u8], count: usize) -> Vec<(u32, u32)> {
    let parse = || {
        let text = std::str::from_utf8(text).ok()?;
        let (code, _) = text.strip_prefix('[')?.split_once(']')?;
        let mut words = code.split(' ');
        if !words.next()?.eq_ignore_ascii_case("APPENDUID") {
            return None;
        }
        let validity: u32 = words.next()?.parse().ok()?;
        let mut uids = Vec::new();
        for range in words.next()?.split(',') {
            let (first, last) = range.split_once(':').unwrap_or((range, range));
            let (first, last): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
            let (low, high) = (first.min(last), first.max(last));
            if high - low >= u32::try_from(count).ok()? {
                return None;
            }
            uids.extend((low..=high).map(|uid| (validity, uid)));
        }
        (uids.len() == count).then_some(uids)
    };
    parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uids_are_told_where_they_fit() {
        assert_eq!(append_uids(b"[APPENDUID 7 42] done", 1), [(7, 42)]);
        assert_eq!(
            append_uids(b"[appenduid 7 42:43,50] done", 3),
            [(7, 42), (7, 43), (7, 50)]
        );
        for bad in [
            "[APPENDUID 7 42] x",
            "[APPENDUID 7 1:4294967295] x",
            "[APPENDUID 7] x",
            "done",
            "[UIDNEXT 4] x",
        ] {
            assert_eq!(append_uids(bad.as_bytes(), 2), [], "{bad}");
        }
    }
}
