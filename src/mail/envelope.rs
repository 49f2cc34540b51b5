//! The envelope of RFC 5321 §2.3.1 with every ESMTP parameter as the client gave it.

use super::Address;
use serde::{Deserialize, Serialize};

/// An ESMTP parameter, `keyword[=value]` (RFC 5321 §4.1.2), as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    /// The keyword as written; compare it without regard to case.
    pub keyword: String,
    /// The value as written, still in its xtext form where the extension uses one.
    pub value: Option<String>,
}

/// The reverse-path and its parameters (RFC 5321 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReversePath {
    /// What stood between `<` and `>`, verbatim; empty for the null reverse-path.
    pub path: String,
    /// SIZE, BODY, SMTPUTF8, RET, ENVID, in the order given.
    pub parameters: Vec<Parameter>,
}

/// One forward-path and its parameters (RFC 5321 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardPath {
    /// What stood between `<` and `>`, verbatim.
    pub path: String,
    /// NOTIFY, ORCPT, in the order given.
    pub parameters: Vec<Parameter>,
}

impl Parameter {
    fn write(parameters: &[Parameter], command: &mut String) {
        for parameter in parameters {
            command.push(' ');
            command.push_str(&parameter.keyword);
            if let Some(value) = &parameter.value {
                command.push('=');
                command.push_str(value);
            }
        }
    }
}

impl ForwardPath {
    /// The RCPT command (RFC 5321 §4.1.1.3) with every parameter as it was given, without its line end.
    #[must_use]
    pub fn command(&self) -> String {
        let mut command = format!("RCPT TO:<{}>", self.path);
        Parameter::write(&self.parameters, &mut command);
        command
    }

    /// The mailbox meant, if the path is one (`<postmaster>` alone is not).
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        Address::parse(without_source_route(&self.path))
    }
}

impl ReversePath {
    /// The MAIL command (RFC 5321 §4.1.1.2) with every parameter as it was given, without its line end.
    #[must_use]
    pub fn command(&self) -> String {
        let mut command = format!("MAIL FROM:<{}>", self.path);
        Parameter::write(&self.parameters, &mut command);
        command
    }

    /// The mailbox meant; `None` for the null reverse-path.
    #[must_use]
    pub fn address(&self) -> Option<Address> {
        Address::parse(without_source_route(&self.path))
    }
}

/// Reverse-path and the recipients that the upstream accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Where failures go.
    pub reverse_path: ReversePath,
    /// Recipients in the order in which the upstream accepted them.
    pub recipients: Vec<ForwardPath>,
}

impl Envelope {
    /// An envelope from plain addresses, without parameters.
    #[must_use]
    pub fn plain(reverse_path: &str, recipients: &[&str]) -> Envelope {
        Envelope {
            reverse_path: ReversePath {
                path: reverse_path.to_owned(),
                parameters: Vec::new(),
            },
            recipients: recipients
                .iter()
                .map(|path| ForwardPath {
                    path: (*path).to_owned(),
                    parameters: Vec::new(),
                })
                .collect(),
        }
    }

    /// The recipients' mailboxes, where the paths are mailboxes.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        self.recipients.iter().filter_map(ForwardPath::address).collect()
    }
}

/// RFC 5321 appendix C: a source route `@a,@b:` is to be ignored.
fn without_source_route(path: &str) -> &str {
    match path.split_once(':') {
        Some((route, mailbox)) if route.starts_with('@') => mailbox,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_as_they_were_given() {
        let mut envelope = Envelope::plain("ana@acme.example", &["bob@x.example"]);
        assert_eq!(envelope.reverse_path.command(), "MAIL FROM:<ana@acme.example>");
        for (keyword, value) in [("BODY", Some("8BITMIME")), ("smtputf8", None)] {
            envelope.reverse_path.parameters.push(Parameter {
                keyword: keyword.to_owned(),
                value: value.map(str::to_owned),
            });
        }
        envelope.recipients[0].parameters.push(Parameter {
            keyword: "NOTIFY".to_owned(),
            value: Some("NEVER".to_owned()),
        });
        assert_eq!(
            envelope.reverse_path.command(),
            "MAIL FROM:<ana@acme.example> BODY=8BITMIME smtputf8"
        );
        assert_eq!(envelope.recipients[0].command(), "RCPT TO:<bob@x.example> NOTIFY=NEVER");
    }

    #[test]
    fn source_routes_are_ignored() {
        let envelope = Envelope::plain("", &["@relay.example,@b.example:ana@acme.example", "postmaster"]);
        assert_eq!(envelope.reverse_path.address(), None);
        assert_eq!(envelope.addresses(), vec![Address::parse("ana@acme.example").unwrap()]);
    }
}
