//! The server's side: responses, with literals in those that can have them.
//!
//! Status responses and continuations are text to their end, whatever they look like (RFC 9051 §7.1, §7.6). Lines that may
//! matter are looked at whole; all others go on as they come.

use super::args::Args;
use super::capability;
use super::event::{Event, SpecialUse};
use super::line::{Ending, Passing, ending};
use super::step::{Step, Then};
use super::tap::{LONGEST_LINE, Stage, Status, Tap, hashed};
use super::words;

/// Untagged responses that are looked at whole.
const LOOKED_AT: [&[u8]; 8] = [
    b"OK",
    b"NO",
    b"BAD",
    b"BYE",
    b"PREAUTH",
    b"CAPABILITY",
    b"LIST",
    b"XLIST",
];

/// What the server is in the middle of.
#[derive(Default)]
pub(super) struct ServerSide {
    mode: Mode,
    /// A line whose end has not come.
    partial: Vec<u8>,
    /// A LIST response with a literal in it.
    listing: Option<Vec<u8>>,
    pub(super) said_bye: bool,
    /// Whether it has told its capabilities, and whether literals that it did not ask for were ever among them.
    literals: Literals,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Literals {
    #[default]
    Untold,
    AskedFor,
    /// LITERAL+ or LITERAL- (RFC 7888), or IMAP4rev2, which has the latter.
    Unasked,
}

#[derive(Debug, Default)]
enum Mode {
    /// A response begins.
    #[default]
    Line,
    /// The rest of a line of data.
    Passing(Box<Passing>),
    /// So many octets of a literal.
    Literal(u64),
}

impl ServerSide {
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.partial.capacity() + self.listing.as_ref().map_or(0, Vec::capacity)
    }

    /// Whether what has gone on ends with a whole response.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.mode, Mode::Line)
    }

    /// Whether a literal that it did not ask for would be taken for commands.
    pub(super) fn takes_no_unasked_literals(&self) -> bool {
        self.literals == Literals::AskedFor
    }
}

impl Tap {
    /// The server said this. Afterwards octets of the client that were not taken are to be given again, and after
    /// [`Event::Blind`] both sides at least nothing, so that what was kept goes on.
    pub fn server_said(&mut self, input: &[u8]) -> Step {
        let mut step = Step::default();
        while step.then == Then::GoOn {
            if self.blind {
                step.own(std::mem::take(&mut self.server.partial));
                step.same(step.used..input.len());
                step.used = input.len();
            }
            let Some(rest) = input.get(step.used..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            match &mut self.server.mode {
                Mode::Line => self.server_line(rest, &mut step),
                Mode::Literal(left) => {
                    let length = usize::try_from(*left).map_or(rest.len(), |left| left.min(rest.len()));
                    *left -= u64::try_from(length).unwrap_or(*left);
                    if *left == 0 {
                        self.server.mode = Mode::Passing(Box::default());
                    }
                    self.pass(rest, length, &mut step);
                }
                Mode::Passing(passing) => {
                    let end = memchr::memchr(b'\n', rest).map(|at| at + 1);
                    let length = end.unwrap_or(rest.len());
                    passing.feed(rest.get(..length).unwrap_or_default());
                    let said = passing.ending();
                    self.pass(rest, length, &mut step);
                    if end.is_some() {
                        self.data_line_ended(said, &mut step);
                    }
                }
            }
        }
        step
    }

    fn pass(&mut self, rest: &[u8], length: usize, step: &mut Step) {
        if let Some(listing) = &mut self.server.listing {
            let piece = rest.get(..length).unwrap_or_default();
            if listing.len() + piece.len() <= LONGEST_LINE {
                listing.extend_from_slice(piece);
            }
        }
        step.same(step.used..step.used + length);
        step.used += length;
    }

    fn server_line(&mut self, rest: &[u8], step: &mut Step) {
        let Some(length) = memchr::memchr(b'\n', rest).map(|at| at + 1) else {
            return self.unfinished(rest, step);
        };
        let now = rest.get(..length).unwrap_or_default();
        if self.server.partial.len() + length > LONGEST_LINE {
            return self.unfinished(now, step);
        }
        let place = step.used..step.used + length;
        step.used += length;
        let before = std::mem::take(&mut self.server.partial);
        if before.is_empty() {
            if let Verdict::Changed(new) = self.respond(now, step) {
                step.own(new);
            } else if !matches!(step.then, Then::Close(words::PREAUTH)) {
                step.same(place);
            }
        } else {
            let mut whole = before;
            whole.extend_from_slice(now);
            if let Verdict::Changed(new) = self.respond(&whole, step) {
                step.own(new);
            } else if !matches!(step.then, Then::Close(words::PREAUTH)) {
                step.own(whole);
            }
        }
    }

    /// A line whose end has not come is kept as long as it may matter.
    fn unfinished(&mut self, rest: &[u8], step: &mut Step) {
        let mut whole = std::mem::take(&mut self.server.partial);
        let may_matter = if self.stage == Stage::Greeting {
            true
        } else if whole.is_empty() {
            may_matter(rest)
        } else {
            let seen = whole.len();
            seen >= 16 || {
                let mut head = whole.clone();
                head.extend_from_slice(rest.get(..16).unwrap_or(rest));
                may_matter(&head)
            }
        };
        if may_matter && whole.len() + rest.len() <= LONGEST_LINE {
            whole.extend_from_slice(rest);
            self.server.partial = whole;
            step.used += rest.len();
            return;
        }
        if may_matter {
            self.go_blind("a response without an end", step);
        }
        let mut passing = Passing::default();
        passing.feed(&whole);
        passing.feed(rest);
        step.own(whole);
        step.same(step.used..step.used + rest.len());
        step.used += rest.len();
        if rest.ends_with(b"\n") {
            self.data_line_ended(passing.ending(), step);
        } else {
            self.server.mode = Mode::Passing(Box::new(passing));
        }
    }

    /// The first line of a response.
    fn respond(&mut self, line: &[u8], step: &mut Step) -> Verdict {
        if self.stage == Stage::Greeting {
            return self.greeting(line, step);
        }
        if line.starts_with(b"+") {
            self.continued(step);
            return Verdict::Same;
        }
        let mut args = Args::new(line);
        let (tag, word) = (args.word(), args.word().to_ascii_uppercase());
        if tag != b"*" {
            let status = match word.as_slice() {
                b"OK" => Status::Ok,
                b"NO" => Status::No,
                b"BAD" => Status::Bad,
                _ => {
                    self.go_blind("a line that is no response", step);
                    return Verdict::Same;
                }
            };
            self.answered(hashed(tag), status, args.rest(), step);
            return self.rewritten(line);
        }
        match word.as_slice() {
            b"BAD" => {
                self.is_bad(step);
                self.rewritten(line)
            }
            b"OK" | b"NO" | b"BYE" | b"PREAUTH" | b"CAPABILITY" => {
                self.server.said_bye |= word == b"BYE";
                self.rewritten(line)
            }
            b"LIST" | b"XLIST" => {
                self.server.listing = Some(args.rest().to_vec());
                self.data_line_ended(ending(line), step);
                Verdict::Same
            }
            _ => {
                self.data_line_ended(ending(line), step);
                Verdict::Same
            }
        }
    }

    fn greeting(&mut self, line: &[u8], step: &mut Step) -> Verdict {
        let mut args = Args::new(line);
        let (tag, word) = (args.word(), args.word().to_ascii_uppercase());
        self.stage = Stage::Before;
        match (tag, word.as_slice()) {
            (b"*", b"OK" | b"BYE") => {
                self.server.said_bye = word == b"BYE";
                self.rewritten(line)
            }
            (b"*", b"PREAUTH") if self.is_in_the_clear() => {
                self.close(words::PREAUTH, step);
                Verdict::Same
            }
            (b"*", b"PREAUTH") => {
                self.stage = Stage::After;
                step.events.push(Event::Authenticated {
                    mechanism: "PREAUTH".to_owned(),
                    login: None,
                });
                self.rewritten(line)
            }
            _ => {
                self.go_blind("a greeting that is none", step);
                Verdict::Same
            }
        }
    }

    fn rewritten(&mut self, line: &[u8]) -> Verdict {
        if self.blind {
            return Verdict::Same;
        }
        for name in capability::names(line) {
            let upper = name.to_ascii_uppercase();
            if matches!(upper.as_slice(), b"LITERAL+" | b"LITERAL-" | b"IMAP4REV2") {
                self.server.literals = Literals::Unasked;
            } else if self.server.literals == Literals::Untold {
                self.server.literals = Literals::AskedFor;
            }
        }
        self.offer().rewrite(line).map_or(Verdict::Same, Verdict::Changed)
    }

    /// A line of a response that can have literals has ended so.
    fn data_line_ended(&mut self, said: Ending, step: &mut Step) {
        match said {
            Ending::Plain => {
                self.server.mode = Mode::Line;
                if let Some(listing) = self.server.listing.take() {
                    self.listed(&listing, step);
                }
            }
            Ending::Literal(literal) if literal.waits => match literal.size {
                Some(0) => self.server.mode = Mode::Passing(Box::default()),
                Some(size) => self.server.mode = Mode::Literal(size),
                None => self.go_blind("a literal whose size can't be counted", step),
            },
            Ending::Literal(_) => self.go_blind("a literal of a kind that no server sends", step),
            Ending::Doubtful(why) => self.go_blind(why, step),
        }
    }

    /// `(attributes) separator name`.
    fn listed(&self, text: &[u8], step: &mut Step) {
        let mut args = Args::new(text);
        let Some(attributes) = args.flat_list() else { return };
        let (Some(_separator), Some(name)) = (args.string(), args.string()) else {
            return;
        };
        let uses = attributes.split(|&octet| octet == b' ').filter_map(SpecialUse::named);
        step.events.extend(uses.map(|special| Event::SpecialUse {
            mailbox: name.to_vec(),
            special,
        }));
    }
}

/// What becomes of a line.
enum Verdict {
    Same,
    Changed(Vec<u8>),
}

/// Whether a response that begins so may be one that is looked at.
fn may_matter(head: &[u8]) -> bool {
    let Some(rest) = head.strip_prefix(b"* ") else {
        return true;
    };
    let end = rest.iter().position(|octet| b" \r\n".contains(octet));
    let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    LOOKED_AT.iter().any(|one| match end {
        Some(_) => one.eq_ignore_ascii_case(word),
        None => one
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word)),
    })
}
