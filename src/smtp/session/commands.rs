//! Command lines: which are relayed, which are answered here, and which wait.

use super::{Outstanding, Phase, Protection, Session, Step, Transaction};
use crate::mail::{ForwardPath, ReversePath};
use crate::smtp::command::{self, Command, Malformed};
use crate::smtp::extension::Local;
use crate::smtp::line::Line;
use crate::smtp::sasl::Secret;
use crate::smtp::{Reply, replies};
use zeroize::Zeroize;

impl Session {
    /// Takes one line, if there is one and its turn has come. False if not.
    pub(super) fn take_line(&mut self) -> bool {
        let line = match self.deferred.take() {
            Some(line) => line,
            None => self.lines.next(self.longest_line()),
        };
        let alone = self.outstanding.is_empty();
        match line {
            Line::Incomplete => return false,
            Line::TooLong if alone => self.fault(&replies::too_long_line()),
            Line::Handshake if alone => {
                self.write(&replies::tls_on_plain_port());
                self.close();
            }
            // What hides behind a bare LF or CR is not looked at.
            Line::Malformed if alone => {
                self.write(&replies::malformed_line());
                self.close();
            }
            Line::Complete(line) => return self.complete(line),
            line => {
                self.deferred = Some(line);
                return false;
            }
        }
        true
    }

    fn complete(&mut self, line: Vec<u8>) -> bool {
        match &mut self.phase {
            Phase::Collecting { .. } => self.collect(Secret::new(line)),
            Phase::Challenged { identity } => {
                let identity = std::mem::take(identity);
                self.respond(identity, Secret::new(line));
            }
            _ => return self.command(line),
        }
        true
    }

    /// An AUTH line may be longer than others (RFC 4954 §4.3).
    fn longest_line(&self) -> usize {
        let limits = &self.settings.limits;
        let is_auth = self
            .lines
            .rest()
            .get(..5)
            .is_some_and(|verb| verb.eq_ignore_ascii_case(b"AUTH "));
        match self.phase {
            Phase::Collecting { .. } | Phase::Challenged { .. } => limits.auth_line,
            _ if is_auth => limits.auth_line.max(limits.command_line),
            _ => limits.command_line,
        }
    }

    fn command(&mut self, mut line: Vec<u8>) -> bool {
        let alone = self.outstanding.is_empty();
        let command = command::parse(&line);
        let may_go = alone || (self.extensions.pipelining && self.may_follow(&command));
        if !may_go {
            self.deferred = Some(Line::Complete(line));
            return false;
        }
        if matches!(command, Ok(Command::Auth { .. } | Command::Unknown) | Err(_)) {
            line.zeroize();
        }
        match command {
            Err(malformed) => self.fault(&match malformed {
                Malformed::Arguments | Malformed::Parameter => replies::bad_arguments(),
                Malformed::Path => replies::bad_path(),
                Malformed::Encoding => replies::bad_encoding(),
            }),
            Ok(Command::Ehlo | Command::Helo) if self.identity.is_some() => self.greet_again(&line),
            Ok(hello @ (Command::Ehlo | Command::Helo)) => {
                self.asked = None;
                let outstanding = if hello == Command::Ehlo {
                    Outstanding::Ehlo
                } else {
                    Outstanding::Helo
                };
                self.relay(with_end(line), outstanding);
            }
            Ok(Command::StartTls) => self.starttls(),
            Ok(Command::Auth { mechanism, initial }) => self.auth(&mechanism, initial),
            Ok(Command::Mail(reverse_path)) => match self.refuse_mail(&reverse_path) {
                Some(reply) => self.fault(&reply),
                None => self.mail(line, reverse_path),
            },
            Ok(Command::Rcpt(forward_path)) => match self.refuse_rcpt(&forward_path) {
                // Too many recipients is no mistake: the client sends the rest in another mail (RFC 5321 §4.5.3.1.10).
                Some(reply) if reply.code() == 452 => self.write(&reply),
                Some(reply) => self.fault(&reply),
                None => {
                    self.asked = self.asked.map(|asked| asked + 1);
                    self.relay(with_end(line), Outstanding::Rcpt(forward_path));
                }
            },
            Ok(Command::Data) => self.data(),
            Ok(Command::Rset) => {
                self.asked = None;
                self.relay(with_end(line), Outstanding::Rset);
            }
            Ok(Command::Noop | Command::Vrfy | Command::Help) => self.relay(with_end(line), Outstanding::Plain),
            Ok(Command::Quit) => self.relay(with_end(line), Outstanding::Quit),
            Ok(Command::NotHere) => self.fault(&replies::not_here()),
            Ok(Command::Unknown) => self.fault(&replies::unknown_command()),
            Ok(Command::Http) => {
                self.write(&replies::http());
                self.close();
            }
        }
        true
    }

    /// Whether a command may be relayed while replies are outstanding: those that RFC 2920 §3.1 lets a client send in a
    /// group, when it is certain that the answer will be the upstream's.
    fn may_follow(&self, command: &Result<Command, Malformed>) -> bool {
        let in_group = |outstanding: &Outstanding| {
            use Outstanding::{Mail, Rcpt, Rset, RsetQuietly};
            matches!(outstanding, Mail(_) | Rcpt(_) | Rset | RsetQuietly)
        };
        if !self.outstanding.iter().all(in_group) {
            return false;
        }
        match command {
            Ok(Command::Mail(reverse_path)) => self.refuse_mail(reverse_path).is_none(),
            Ok(Command::Rcpt(forward_path)) => self.refuse_rcpt(forward_path).is_none(),
            Ok(Command::Rset) => true,
            _ => false,
        }
    }

    /// Greeted once more after AUTH: answered from memory, since some servers lose the authentication by it.
    fn greet_again(&mut self, line: &[u8]) {
        self.asked = None;
        if self.transaction.is_some() {
            self.relay(b"RSET\r\n".to_vec(), Outstanding::RsetBeforeEhlo);
        } else if line.get(..4).is_some_and(|verb| verb.eq_ignore_ascii_case(b"EHLO")) {
            self.write_offer();
        } else {
            let greeting = self.extensions.greeting.clone();
            self.write(&Reply::new(250, "", &[&greeting]));
        }
    }

    pub(super) fn write_offer(&mut self) {
        let offer = self.extensions.offer(self.local(), &self.settings.limits);
        self.write(&offer);
    }

    pub(super) fn local(&self) -> Local {
        match self.settings.protection {
            _ if self.tls => Local {
                starttls: false,
                auth: true,
            },
            Protection::Tls => Local {
                starttls: false,
                auth: true,
            },
            Protection::Loopback { starttls } => Local { starttls, auth: true },
            Protection::Network => Local {
                starttls: true,
                auth: false,
            },
        }
    }

    fn starttls(&mut self) {
        if !self.local().starttls {
            self.fault(&replies::tls_not_here());
            return;
        }
        self.write(&replies::ready_for_tls());
        if self.lines.is_empty() {
            self.steps.push_back(Step::StartTls);
            self.phase = Phase::Tls;
        } else {
            // CVE-2011-0411 and its kin: what came in the clear must not be taken for what comes under TLS.
            self.write(&replies::data_before_tls());
            self.close();
        }
    }

    fn refuse_mail(&self, reverse_path: &ReversePath) -> Option<Reply> {
        if !self.greeted {
            return Some(replies::need_hello());
        }
        if self.settings.require_auth && self.identity.is_none() {
            return Some(replies::need_auth());
        }
        let largest = self.extensions.largest_content(&self.settings.limits);
        for parameter in &reverse_path.parameters {
            if parameter.keyword.eq_ignore_ascii_case("AUTH") {
                continue;
            }
            if !self.extensions.allows_for_mail(parameter) {
                return Some(replies::parameter_not_offered(&parameter.keyword));
            }
            let declared = parameter.value.as_deref().unwrap_or_default();
            if parameter.keyword.eq_ignore_ascii_case("SIZE")
                && declared.parse().map_or(true, |size: usize| size > largest)
            {
                return Some(replies::too_large(largest));
            }
        }
        None
    }

    /// Relays MAIL as written, but for `AUTH=` (RFC 4954 §5): nobody may vouch for somebody else through this proxy.
    fn mail(&mut self, line: Vec<u8>, mut reverse_path: ReversePath) {
        self.asked.get_or_insert(0);
        let is_auth = |keyword: &str| keyword.eq_ignore_ascii_case("AUTH");
        if !reverse_path
            .parameters
            .iter()
            .any(|parameter| is_auth(&parameter.keyword))
        {
            return self.relay(with_end(line), Outstanding::Mail(reverse_path));
        }
        reverse_path.parameters.retain(|parameter| !is_auth(&parameter.keyword));
        let mut line = format!("MAIL FROM:<{}>", reverse_path.path);
        for parameter in &reverse_path.parameters {
            line.push(' ');
            line.push_str(&parameter.keyword);
            if let Some(value) = &parameter.value {
                line.push('=');
                line.push_str(value);
            }
        }
        self.relay(with_end(line.into_bytes()), Outstanding::Mail(reverse_path));
    }

    fn refuse_rcpt(&self, forward_path: &ForwardPath) -> Option<Reply> {
        let Some(asked) = self.asked else {
            return Some(replies::need_mail());
        };
        if asked >= self.settings.limits.recipients {
            return Some(replies::too_many_recipients(&self.settings.limits));
        }
        let unknown = forward_path
            .parameters
            .iter()
            .find(|parameter| !self.extensions.allows_for_rcpt(parameter));
        unknown.map(|parameter| replies::parameter_not_offered(&parameter.keyword))
    }

    pub(super) fn begin_transaction(&mut self, reverse_path: ReversePath) {
        self.transaction = Some(Transaction {
            reverse_path,
            recipients: Vec::new(),
        });
    }
}

fn with_end(mut line: Vec<u8>) -> Vec<u8> {
    line.extend_from_slice(b"\r\n");
    line
}
