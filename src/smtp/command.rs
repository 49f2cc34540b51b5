//! One command line (RFC 5321 §4.1.1), parsed no further than the session needs.

use crate::mail::{ForwardPath, Parameter, ReversePath};

/// A command as the client gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Ehlo,
    Helo,
    StartTls,
    Auth {
        mechanism: String,
        initial: Option<Vec<u8>>,
    },
    Mail(ReversePath),
    Rcpt(ForwardPath),
    Data,
    Rset,
    Noop,
    Vrfy,
    Help,
    Quit,
    /// Known, but not to be had here.
    NotHere,
    Unknown,
    /// Not SMTP at all: a browser.
    Http,
}

/// What is wrong with a command's arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Malformed {
    /// Arguments where none belong, or none where some do.
    Arguments,
    /// The path is not `<…>`.
    Path,
    /// A parameter is not `keyword[=value]`.
    Parameter,
    /// The line is not UTF-8 (RFC 6531 §3.3 allows nothing else beyond ASCII).
    Encoding,
}

/// Reads one line without its CR LF.
pub(super) fn parse(line: &[u8]) -> Result<Command, Malformed> {
    let text = std::str::from_utf8(line).map_err(|_| Malformed::Encoding)?;
    if is_http(text) {
        return Ok(Command::Http);
    }
    let (verb, rest) = match text.find(' ') {
        Some(at) => (
            text.get(..at).unwrap_or_default(),
            text.get(at + 1..).unwrap_or_default().trim(),
        ),
        None => (text, ""),
    };
    let bare = |command| {
        if rest.is_empty() {
            Ok(command)
        } else {
            Err(Malformed::Arguments)
        }
    };
    let named = |command| {
        let sane = !rest.is_empty() && rest.chars().all(|c| !c.is_control() && c != ' ');
        if sane { Ok(command) } else { Err(Malformed::Arguments) }
    };
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" => named(Command::Ehlo),
        "HELO" => named(Command::Helo),
        "STARTTLS" => bare(Command::StartTls),
        "AUTH" => auth(text.get(verb.len()..).unwrap_or_default().trim_start_matches(' ')),
        "MAIL" => {
            let (path, parameters) = path(rest, "FROM:")?;
            Ok(Command::Mail(ReversePath { path, parameters }))
        }
        "RCPT" => {
            let (path, parameters) = path(rest, "TO:")?;
            Ok(Command::Rcpt(ForwardPath { path, parameters }))
        }
        "DATA" => bare(Command::Data),
        "RSET" => bare(Command::Rset),
        "NOOP" => Ok(Command::Noop),
        "VRFY" => Ok(Command::Vrfy),
        "HELP" => Ok(Command::Help),
        "QUIT" => bare(Command::Quit),
        "BDAT" | "BURL" | "EXPN" | "ETRN" | "ATRN" | "TURN" | "SEND" | "SOML" | "SAML" | "XCLIENT" | "XFORWARD" => {
            Ok(Command::NotHere)
        }
        _ => Ok(Command::Unknown),
    }
}

/// A browser can be made to speak to any port: a request line, or a header field where a verb belongs.
fn is_http(text: &str) -> bool {
    const METHODS: [&str; 9] = [
        "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PATCH ", "TRACE ",
    ];
    const FIELDS: [&str; 5] = ["host:", "user-agent:", "origin:", "connection:", "content-type:"];
    let starts = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    METHODS.iter().any(|method| starts(method))
        || FIELDS.iter().any(|field| starts(field))
        || text.ends_with(" HTTP/1.1")
        || text.ends_with(" HTTP/1.0")
        || text == "PRI * HTTP/2.0"
}

/// A space after the mechanism announces an initial response; an empty one is written `=` (RFC 4954 §4).
fn auth(rest: &str) -> Result<Command, Malformed> {
    let (mechanism, initial) = match rest.split_once(' ') {
        Some((mechanism, initial)) => (mechanism, Some(initial)),
        None => (rest, None),
    };
    if mechanism.is_empty() || initial.is_some_and(|initial| initial.is_empty() || initial.contains(' ')) {
        return Err(Malformed::Arguments);
    }
    Ok(Command::Auth {
        mechanism: mechanism.to_ascii_uppercase(),
        initial: initial.map(|initial| initial.as_bytes().to_vec()),
    })
}

/// `FROM:<path> parameters`. White space after the colon is tolerated, since clients in use send it.
fn path(rest: &str, prefix: &str) -> Result<(String, Vec<Parameter>), Malformed> {
    let begins = rest
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if !begins {
        return Err(Malformed::Arguments);
    }
    let rest = rest.get(prefix.len()..).unwrap_or_default().trim_start();
    let inner = rest.strip_prefix('<').ok_or(Malformed::Path)?;
    let end = closing_bracket(inner).ok_or(Malformed::Path)?;
    let path = inner.get(..end).unwrap_or_default();
    if path.chars().any(char::is_control) {
        return Err(Malformed::Path);
    }
    let rest = inner.get(end + 1..).unwrap_or_default();
    if !rest.is_empty() && !rest.starts_with(' ') {
        return Err(Malformed::Parameter);
    }
    let parameters = rest.split_ascii_whitespace().map(parameter).collect::<Result<_, _>>()?;
    Ok((path.to_owned(), parameters))
}

/// Where the path ends: the first `>` outside a quoted string (RFC 5321 §4.1.2).
fn closing_bracket(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some(at),
            '<' if !quoted => return None,
            _ => {}
        }
    }
    None
}

fn parameter(word: &str) -> Result<Parameter, Malformed> {
    let (keyword, value) = match word.split_once('=') {
        Some((keyword, value)) => (keyword, Some(value)),
        None => (word, None),
    };
    let starts = keyword.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    let sound = starts && keyword.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let value_sound = value.is_none_or(|value| !value.is_empty() && value.chars().all(|c| !c.is_control()));
    if !sound || !value_sound {
        return Err(Malformed::Parameter);
    }
    Ok(Parameter {
        keyword: keyword.to_owned(),
        value: value.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(line: &str) -> Result<(String, Vec<String>), Malformed> {
        match parse(line.as_bytes())? {
            Command::Mail(ReversePath { path, parameters }) | Command::Rcpt(ForwardPath { path, parameters }) => Ok((
                path,
                parameters
                    .iter()
                    .map(|p| format!("{}:{}", p.keyword, p.value.as_deref().unwrap_or("-")))
                    .collect(),
            )),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn paths_and_parameters() {
        let ok = |line: &str, path: &str, parameters: &[&str]| {
            assert_eq!(
                mail(line),
                Ok((path.to_owned(), parameters.iter().map(|&p| p.to_owned()).collect())),
                "{line}"
            );
        };
        ok("MAIL FROM:<>", "", &[]);
        ok(
            "mail from:<a@b.example> SIZE=100 body=8BITMIME SMTPUTF8",
            "a@b.example",
            &["SIZE:100", "body:8BITMIME", "SMTPUTF8:-"],
        );
        ok("MAIL FROM: <a@b.example>", "a@b.example", &[]);
        ok(
            "RCPT TO:<\"a>b\"@x.example> NOTIFY=NEVER ORCPT=rfc822;a+3Db@x",
            "\"a>b\"@x.example",
            &["NOTIFY:NEVER", "ORCPT:rfc822;a+3Db@x"],
        );
        ok("RCPT TO:<jürgen@bücher.example>", "jürgen@bücher.example", &[]);
        ok("MAIL FROM:<a@b> ENVID=x=y", "a@b", &["ENVID:x=y"]);
    }

    #[test]
    fn malformed_lines() {
        for (line, fault) in [
            ("MAIL", Malformed::Arguments),
            ("MAIL TO:<a@b>", Malformed::Arguments),
            ("MAIL FROM:a@b", Malformed::Path),
            ("MAIL FROM:<a@b", Malformed::Path),
            ("MAIL FROM:<a<b@c>", Malformed::Path),
            ("RCPT TO:<a@b>x", Malformed::Parameter),
            ("RCPT TO:<a@b> =x", Malformed::Parameter),
            ("RCPT TO:<a@b> A=", Malformed::Parameter),
            ("EHLO", Malformed::Arguments),
            ("DATA now", Malformed::Arguments),
            ("AUTH", Malformed::Arguments),
            ("AUTH PLAIN a b", Malformed::Arguments),
            ("AUTH PLAIN ", Malformed::Arguments),
        ] {
            assert_eq!(parse(line.as_bytes()), Err(fault), "{line}");
        }
        assert_eq!(parse(b"MAIL FROM:<\xff@b>"), Err(Malformed::Encoding));
    }

    #[test]
    fn browsers_are_told_apart() {
        for line in [
            "GET / HTTP/1.1",
            "POST /x HTTP/1.1",
            "Host: localhost:1587",
            "FOO / HTTP/1.1",
            "options *",
        ] {
            assert_eq!(parse(line.as_bytes()), Ok(Command::Http), "{line}");
        }
        assert_eq!(parse(b"GETX"), Ok(Command::Unknown));
    }
}
