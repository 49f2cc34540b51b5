//! The client's side: commands, their literals, and the lines inside AUTHENTICATE and IDLE.
//!
//! Lines are looked at whole; what has come of an unfinished one is kept until its end comes, since nobody can do anything
//! with half a command. What follows a literal that waits for `+`, and the lines of AUTHENTICATE, wait for the server: only
//! then is it certain what they are.

use super::args::Args;
use super::command::{Current, Kind, attempt, is_http};
use super::line::{Ending, Literal, Passing, ending, nesting};
use super::login::Login;
use super::step::{Step, Then};
use super::tap::{LONGEST_LINE, MOST_OPEN, Outcome, Stage, Status, Tap, hashed};
use super::words;
use zeroize::Zeroizing;

/// In so many octets of a line that is too long to keep, tag and verb are found.
const HEAD: usize = 1024;

/// What the client is in the middle of.
#[derive(Default)]
pub(super) struct ClientSide {
    pub(super) mode: Mode,
    /// A line whose end has not come.
    partial: Zeroizing<Vec<u8>>,
    /// A command whose end has not come.
    pub(super) current: Option<Box<Current>>,
    /// Whether octets of the client were not taken, because the server is to speak first.
    pub(super) waits: bool,
}

/// What comes next from the client.
#[derive(Debug, Default, Clone)]
pub(super) enum Mode {
    /// A line: a command, or the rest of one after a literal.
    #[default]
    Line,
    /// The rest of a line that is too long to keep.
    Passing(Box<Passing>),
    /// So many octets of a literal.
    Literal(u64),
    /// Nothing until the server says whether it takes the literal.
    Asked(Option<u64>),
    /// A response of AUTHENTICATE, if the server has asked for one.
    Response { asked: bool },
    /// DONE, of the IDLE with this tag.
    Idle(u64),
    /// TLS.
    Tls,
    /// Nothing.
    Over,
}

/// What becomes of a line.
enum Verdict {
    Forward,
    /// It was for us.
    Drop,
    /// It can't be dealt with before the server has said more.
    Wait,
}

impl ClientSide {
    /// Whether no command has begun and not ended.
    pub(super) fn is_between(&self) -> bool {
        self.current.is_none() && self.partial.is_empty() && matches!(self.mode, Mode::Line | Mode::Idle(_))
    }

    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.partial.capacity() + self.current.as_ref().map_or(0, |current| current.kind.kept())
    }

    /// IDLE is answered: no DONE is due.
    pub(super) fn idle_is_over(&mut self, tag: u64) {
        if matches!(self.mode, Mode::Idle(current) if current == tag) {
            self.mode = Mode::Line;
        }
    }
}

impl Tap {
    /// The client said this.
    pub fn client_said(&mut self, input: &[u8]) -> Step {
        let mut step = Step::default();
        self.client.waits = false;
        while step.then == Then::GoOn {
            if self.blind {
                step.own(std::mem::take(&mut *self.client.partial));
                step.same(step.used..input.len());
                step.used = input.len();
            }
            let Some(rest) = input.get(step.used..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            match &mut self.client.mode {
                Mode::Line | Mode::Idle(_) | Mode::Response { asked: true } => self.client_line(rest, &mut step),
                Mode::Literal(left) => {
                    let left = *left;
                    self.client_content(rest, left, &mut step);
                }
                Mode::Passing(passing) => {
                    let end = memchr::memchr(b'\n', rest).map(|at| at + 1);
                    let piece = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                    passing.feed(piece);
                    let said = passing.ending();
                    step.same(step.used..step.used + piece.len());
                    step.used += piece.len();
                    if end.is_some() {
                        self.client.mode = Mode::Line;
                        self.line_ended(said, true, &mut step);
                    }
                }
                Mode::Asked(_) | Mode::Response { asked: false } => {
                    self.client.waits = true;
                    break;
                }
                Mode::Tls => self.close(words::INJECTED, &mut step),
                Mode::Over => step.used = input.len(),
            }
            if self.client.waits {
                break;
            }
        }
        step
    }

    /// The server lets the client go on with what it asked for.
    pub(super) fn client_may_go_on(&mut self, step: &mut Step) {
        match self.client.mode {
            Mode::Asked(Some(0)) => self.client.mode = Mode::Line,
            Mode::Asked(Some(size)) => self.client.mode = Mode::Literal(size),
            Mode::Asked(None) => self.go_blind("a literal whose size can't be counted", step),
            Mode::Response { asked: false } => self.client.mode = Mode::Response { asked: true },
            _ => self.go_blind("a request to go on that nobody waits for", step),
        }
    }

    /// The server answers a command before its end.
    pub(super) fn answered_early(&mut self, status: Status, text: &[u8], step: &mut Step) {
        let Some(mut current) = self.client.current.take() else {
            return;
        };
        match self.client.mode {
            Mode::Asked(_) => {
                self.client.mode = Mode::Line;
                if self.client.waits {
                    // Its content came without being asked for; sent on, the server would run it.
                    self.close(words::NOT_ASKED, step);
                }
                if let Kind::Login(_) = current.kind {
                    let attempt = attempt("LOGIN", None);
                    self.come_of(current.tag, Outcome::LoggedIn(attempt), Status::No, text, step);
                }
            }
            Mode::Response { .. } => {
                self.client.mode = Mode::Line;
                if let Kind::Authenticate { mechanism, responses } = current.kind {
                    let login = responses.and_then(|responses| Login::by_mechanism(&mechanism, responses));
                    let outcome = Outcome::LoggedIn(attempt(&mechanism, login));
                    self.come_of(current.tag, outcome, status, text, step);
                }
            }
            _ if status == Status::Ok => self.go_blind("a command that succeeded before its end", step),
            _ => {
                // Its literals are literals all the same.
                current.answered = true;
                self.client.current = Some(current);
            }
        }
    }

    fn client_line(&mut self, rest: &[u8], step: &mut Step) {
        let Some(length) = memchr::memchr(b'\n', rest).map(|at| at + 1) else {
            if self.client.partial.len() + rest.len() > LONGEST_LINE {
                return self.client_line_too_long(rest, step);
            }
            self.client.partial.extend_from_slice(rest);
            step.used += rest.len();
            return;
        };
        let now = rest.get(..length).unwrap_or_default();
        if self.client.partial.len() + length > LONGEST_LINE {
            return self.client_line_too_long(rest, step);
        }
        let before = std::mem::take(&mut *self.client.partial);
        let place = step.used..step.used + length;
        if before.is_empty() {
            match self.judge(now, step) {
                Verdict::Forward => step.same(place),
                Verdict::Drop => {}
                Verdict::Wait => return self.client.waits = true,
            }
        } else {
            let kept = before.len();
            let mut whole = Zeroizing::new(before);
            whole.extend_from_slice(now);
            match self.judge(&whole, step) {
                Verdict::Forward => step.own(std::mem::take(&mut *whole)),
                Verdict::Drop => {}
                Verdict::Wait => {
                    whole.truncate(kept);
                    self.client.partial = whole;
                    return self.client.waits = true;
                }
            }
        }
        step.used += length;
    }

    /// A line that is not kept any longer: it goes on as it comes, if it is of no interest.
    fn client_line_too_long(&mut self, rest: &[u8], step: &mut Step) {
        if self.stage != Stage::After {
            return self.close(words::TOO_LONG, step);
        }
        let before = std::mem::take(&mut *self.client.partial);
        let head = [before.get(..HEAD).unwrap_or(&before), rest.get(..HEAD).unwrap_or(rest)].concat();
        let fits = match (&self.client.mode, &self.client.current) {
            (Mode::Line, Some(current)) => matches!(current.kind, Kind::Other),
            (Mode::Line, None) => {
                let mut args = Args::new(&head);
                let (tag, verb) = (hashed(args.word()), args.word().to_ascii_uppercase());
                if matches!(verb.as_slice(), b"STARTTLS" | b"COMPRESS") || verb.is_empty() {
                    return self.close(words::TOO_LONG, step);
                }
                let kind = Kind::of(&verb, args, self.stage == Stage::After, self.interest.is_some());
                let fits = matches!(kind, Kind::Other);
                self.begin(tag, kind);
                fits
            }
            _ => false,
        };
        if !fits {
            self.go_blind("a line that is longer than can be kept", step);
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let now = rest.get(..end).unwrap_or_default();
        let mut passing = Passing::default();
        passing.feed(&before);
        passing.feed(now);
        step.own(before);
        step.same(step.used..step.used + end);
        step.used += end;
        if now.ends_with(b"\n") {
            self.line_ended(passing.ending(), true, step);
        } else {
            self.client.mode = Mode::Passing(Box::new(passing));
        }
    }

    fn judge(&mut self, line: &[u8], step: &mut Step) -> Verdict {
        match &mut self.client.mode {
            // Anything but DONE ends IDLE, too, as an error.
            Mode::Idle(_) => {
                self.client.mode = Mode::Line;
                Verdict::Forward
            }
            Mode::Response { asked } => {
                *asked = false;
                self.response(line, step)
            }
            _ if self.client.current.is_some() => self.go_on(line, line, step),
            _ => self.command(line, step),
        }
    }

    /// A line of AUTHENTICATE.
    fn response(&mut self, line: &[u8], step: &mut Step) -> Verdict {
        if !self.tally(u64::try_from(line.len()).ok()) {
            self.close(words::TOO_MANY_LITERALS, step);
            return Verdict::Drop;
        }
        if let Some(current) = &mut self.client.current {
            current.kind.respond(line.trim_ascii());
        }
        Verdict::Forward
    }

    /// The first line of a command.
    fn command(&mut self, line: &[u8], step: &mut Step) -> Verdict {
        let mut args = Args::new(line);
        let (tag, verb) = (args.word(), args.word().to_ascii_uppercase());
        if self.stage != Stage::After && is_http(line) {
            self.close(words::HTTP, step);
            return Verdict::Drop;
        }
        if self.turns || (self.stage != Stage::After && self.has_many_pending()) {
            return Verdict::Wait;
        }
        if tag.is_empty() {
            if ending(line) != Ending::Plain {
                self.go_blind("a literal without a command", step);
            }
            return Verdict::Forward;
        }
        let answer = match verb.as_slice() {
            b"STARTTLS" if self.offers_starttls() => words::STARTTLS_OK,
            b"STARTTLS" => words::STARTTLS_NO,
            b"COMPRESS" => words::COMPRESS_NO,
            b"LOGIN" | b"AUTHENTICATE" if self.stage != Stage::After && self.is_in_the_clear() => words::CLEAR_NO,
            _ => {
                let kind = Kind::of(&verb, args, self.stage == Stage::After, self.interest.is_some());
                self.begin(hashed(tag), kind);
                return self.go_on(line, args.rest(), step);
            }
        };
        if ending(line) != Ending::Plain {
            self.close(words::LITERAL, step);
            return Verdict::Drop;
        }
        let begins_tls = answer == words::STARTTLS_OK;
        if !self.server.is_between() || (begins_tls && self.has_pending()) {
            return Verdict::Wait;
        }
        step.answer.extend_from_slice(tag);
        step.answer.extend_from_slice(answer);
        if begins_tls {
            self.client.mode = Mode::Tls;
            step.then = Then::StartTls;
        } else {
            self.is_bad(step);
        }
        Verdict::Drop
    }

    fn begin(&mut self, tag: u64, kind: Kind) {
        self.client.current = Some(Box::new(Current {
            tag,
            kind,
            answered: false,
            open: 0,
        }));
    }

    /// A line of the current command; `text` is what it says beyond tag and verb.
    fn go_on(&mut self, line: &[u8], text: &[u8], step: &mut Step) -> Verdict {
        let said = ending(line);
        let literal = match said {
            Ending::Literal(literal) => Some(literal),
            _ => None,
        };
        let interest = self.interest.clone();
        let mut too_deep = false;
        if let Some(current) = &mut self.client.current {
            if self.stage != Stage::After {
                let (deepest, open) = nesting(line, current.open);
                current.open = open;
                too_deep = deepest > MOST_OPEN;
            }
            match &mut current.kind {
                Kind::Append(append) => append.text(text, literal, interest.as_deref()),
                kind => kind.take(text),
            }
        }
        if too_deep {
            self.close(words::TOO_DEEP, step);
            return Verdict::Drop;
        }
        let well_placed = literal.is_none_or(|literal| {
            let before = line.len().checked_sub(literal.from_end + 1);
            matches!(before.and_then(|at| line.get(at)), Some(b' ' | b'('))
        });
        self.line_ended(said, well_placed, step);
        if matches!(step.then, Then::Close(_)) {
            Verdict::Drop
        } else {
            Verdict::Forward
        }
    }

    /// A line of the current command has ended so.
    fn line_ended(&mut self, said: Ending, well_placed: bool, step: &mut Step) {
        match said {
            Ending::Plain => self.command_ended(step),
            Ending::Doubtful(why) => self.go_blind(why, step),
            Ending::Literal(_) if !well_placed => self.go_blind("a literal where no argument begins", step),
            Ending::Literal(literal) => self.literal(literal, step),
        }
    }

    fn literal(&mut self, literal: Literal, step: &mut Step) {
        let Some(current) = &self.client.current else { return };
        let answered = current.answered;
        if matches!(current.kind, Kind::Authenticate { .. } | Kind::Idle) {
            return self.close(words::LITERAL, step);
        }
        if !self.tally(literal.size) {
            return self.close(words::TOO_MANY_LITERALS, step);
        }
        self.client.mode = match (literal.waits, literal.size) {
            (true, _) if answered => {
                return self.go_blind("a literal of a command that is answered already", step);
            }
            (true, size) => Mode::Asked(size),
            (false, _) if self.server.takes_no_unasked_literals() => return self.close(words::LITERAL, step),
            (false, Some(0)) => Mode::Line,
            (false, Some(size)) => Mode::Literal(size),
            // Nobody knows what the server would make of it.
            (false, None) => return self.close(words::LITERAL, step),
        };
    }

    fn client_content(&mut self, rest: &[u8], left: u64, step: &mut Step) {
        let length = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
        let piece = rest.get(..length).unwrap_or_default();
        if let Some(mut current) = self.client.current.take() {
            match &mut current.kind {
                Kind::Append(append) => append.content(piece, self.room().saturating_sub(append.kept())),
                kind => kind.take(piece),
            }
            self.client.current = Some(current);
        }
        step.same(step.used..step.used + length);
        step.used += length;
        let left = left - u64::try_from(length).unwrap_or(left);
        self.client.mode = if left == 0 { Mode::Line } else { Mode::Literal(left) };
    }

    fn command_ended(&mut self, step: &mut Step) {
        let Some(current) = self.client.current.take() else {
            return;
        };
        let Current {
            tag, kind, answered, ..
        } = *current;
        if answered {
            return;
        }
        let outcome = match kind {
            Kind::Other => Outcome::Nothing,
            Kind::Login(text) => {
                let login = text.and_then(|text| {
                    let mut args = Args::new(&text);
                    let user = args.string()?;
                    let password = Zeroizing::new(args.string()?.into_owned());
                    Login::by_password(&user, &password).filter(|_| args.is_over())
                });
                Outcome::LoggedIn(attempt("LOGIN", login))
            }
            Kind::Select { read_only, text } => match Args::new(&text).string() {
                Some(name) => Outcome::Selected {
                    mailbox: name.into_owned().into_boxed_slice(),
                    read_only,
                },
                // The server will not understand it either.
                None => Outcome::Nothing,
            },
            Kind::Closed => Outcome::Closed,
            Kind::Idle => {
                self.client.mode = Mode::Idle(tag);
                Outcome::Idle { begun: false }
            }
            Kind::Append(append) => Outcome::Appended(Box::new(append)),
            Kind::Unauthenticate => Outcome::Unauthenticated,
            Kind::Authenticate { mechanism, responses } => {
                self.client.mode = Mode::Response { asked: false };
                let kind = Kind::Authenticate { mechanism, responses };
                return self.begin(tag, kind);
            }
        };
        self.expect(tag, outcome, step);
    }
}
