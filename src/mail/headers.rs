//! The facts that headers and structure tell.

use super::mime::{Entity, Field, Structure};
use super::{Address, Mail, ScanLimits, Unreadable};
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address as ParsedAddress, HeaderValue};
use serde::{Deserialize, Serialize};

/// What a mail says of itself, apart from its text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// Subject, decoded (RFC 2047), white space folded.
    pub subject: String,
    /// Message-ID without the brackets.
    pub message_id: Option<String>,
    /// In-Reply-To and References, without the brackets.
    pub references: Vec<String>,
    /// From.
    pub from: Vec<Address>,
    /// Display names of To, decoded, where given.
    pub to_names: Vec<String>,
    /// To.
    pub to: Vec<Address>,
    /// Cc and Bcc.
    pub others: Vec<Address>,
    /// Auto-Submitted (RFC 3834), in lower case, if it is there and not `no`.
    pub auto_submitted: Option<String>,
    /// Precedence, in lower case.
    pub precedence: Option<String>,
    /// List-Id or List-Post is there.
    pub list: bool,
    /// A List-Unsubscribe field is there.
    pub list_unsubscribe: bool,
    /// A Resent- field is there.
    pub resent: bool,
    /// A text/calendar part is there.
    pub calendar: bool,
    /// It is a multipart/report (DSN, MDN).
    pub report: bool,
    /// Whether it is signed or encrypted.
    pub protection: Protection,
    /// Why the mail is not prospecting, in its author's words: `X-Youward: not-prospecting; reason`. Without a reason it
    /// does not count. The field stays in the mail, and its recipients can see it.
    #[serde(default)]
    pub not_prospecting: Option<String>,
}

/// Signed or encrypted mail is never altered; encrypted mail can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Neither.
    #[default]
    None,
    /// Clear-signed: S/MIME multipart/signed, PGP/MIME signed, inline PGP signed.
    Signed,
    /// S/MIME enveloped, PGP/MIME encrypted, inline PGP message.
    Encrypted,
}

impl Headers {
    /// Reads the facts of a mail. What is broken in a header is left out; nothing but limits gives an error.
    ///
    /// # Errors
    /// The limit that the mail is over, see [`scan`](super::scan).
    pub fn of(mail: &Mail, limits: &ScanLimits) -> Result<Headers, Unreadable> {
        Ok(Headers::read(mail.octets(), &Structure::walk(mail.octets(), limits)?))
    }

    /// Reads them from a structure that is known already.
    pub(super) fn read(octets: &[u8], structure: &Structure) -> Headers {
        let mut reader = Reader {
            octets,
            encoded_words: 0,
            headers: Headers::default(),
            subject: false,
        };
        for field in &structure.fields {
            reader.field(field);
        }
        let mut headers = reader.headers;
        headers.calendar = structure
            .own_entities()
            .any(|entity| entity.content.essence == "text/calendar");
        headers.report = structure
            .root()
            .is_some_and(|root| root.content.essence == "multipart/report");
        headers.protection = protection(structure);
        headers
    }
}

/// Encoded words that are decoded in one header: enough for any mail, and few enough that unfinished ones, each of which
/// makes the decoder look ahead to the end of its field, cost little.
const MOST_ENCODED_WORDS: usize = 1_000;

struct Reader<'o> {
    octets: &'o [u8],
    encoded_words: usize,
    headers: Headers,
    /// A Subject has been read. If there are several, clients show the first.
    subject: bool,
}

impl Reader<'_> {
    fn field(&mut self, field: &Field) {
        let name = self
            .octets
            .get(field.name.clone())
            .unwrap_or_default()
            .to_ascii_lowercase();
        match name.as_slice() {
            b"subject" if !self.subject => {
                self.subject = true;
                let value = self.guarded(field);
                if let HeaderValue::Text(text) = MessageStream::new(&value).parse_unstructured() {
                    self.headers.subject = folded(&text);
                }
            }
            b"from" => {
                let addresses = self.addresses(field);
                self.headers
                    .from
                    .extend(addresses.into_iter().filter_map(|(_, address)| address));
            }
            b"to" => {
                for (name, address) in self.addresses(field) {
                    self.headers.to_names.extend(name);
                    self.headers.to.extend(address);
                }
            }
            b"cc" | b"bcc" => {
                let addresses = self.addresses(field);
                self.headers
                    .others
                    .extend(addresses.into_iter().filter_map(|(_, address)| address));
            }
            b"message-id" if self.headers.message_id.is_none() => {
                self.headers.message_id = ids(&self.text(field)).into_iter().next();
            }
            b"in-reply-to" | b"references" => {
                for id in ids(&self.text(field)) {
                    if self.headers.references.last() != Some(&id) {
                        self.headers.references.push(id);
                    }
                }
            }
            b"auto-submitted" => {
                let value = self.text(field).to_lowercase();
                let keyword = value.split([';', '(', ' ']).next().unwrap_or_default().to_owned();
                self.headers.auto_submitted = Some(keyword).filter(|keyword| !keyword.is_empty() && keyword != "no");
            }
            b"precedence" => self.headers.precedence = Some(self.text(field).to_lowercase()),
            b"list-id" | b"list-post" => self.headers.list = true,
            b"list-unsubscribe" => self.headers.list_unsubscribe = true,
            b"x-youward" => {
                let value = self.text(field);
                let reason = value
                    .split_once(';')
                    .filter(|(word, _)| word.trim() == "not-prospecting");
                self.headers.not_prospecting = reason
                    .map(|(_, reason)| reason.trim().chars().take(200).collect())
                    .filter(|reason: &String| !reason.is_empty());
            }
            name if name.starts_with(b"resent-") => self.headers.resent = true,
            _ => {}
        }
    }

    /// The value as text, line ends undone.
    fn text(&self, field: &Field) -> String {
        folded(&String::from_utf8_lossy(field.value(self.octets)))
    }

    /// The value with the line end that mail-parser waits for. Beyond the limit, encoded words are made plain text.
    fn guarded(&mut self, field: &Field) -> Vec<u8> {
        let value = field.value(self.octets);
        // Octets that no RFC allows here are windows-1252, if they are not UTF-8.
        let mut value = match (std::str::from_utf8(value), charset_decoder(b"windows-1252")) {
            (Err(_), Some(decode)) => decode(value).into_bytes(),
            _ => value.to_vec(),
        };
        value.extend_from_slice(b"\r\n");
        self.encoded_words += memchr::memmem::find_iter(&value, b"=?").count();
        if self.encoded_words > MOST_ENCODED_WORDS {
            value
                .iter_mut()
                .filter(|octet| **octet == b'?')
                .for_each(|octet| *octet = b'_');
        }
        value
    }

    /// Names and addresses, those of groups too.
    fn addresses(&mut self, field: &Field) -> Vec<(Option<String>, Option<Address>)> {
        let value = self.guarded(field);
        let HeaderValue::Address(addresses) = MessageStream::new(&value).parse_address() else {
            return Vec::new();
        };
        let read = |address: &Addr<'_>| {
            let name = address.name.as_deref().map(folded).filter(|name| !name.is_empty());
            (
                name,
                address.address.as_deref().and_then(|text| Address::parse(text.trim())),
            )
        };
        match &addresses {
            ParsedAddress::List(list) => list.iter().map(read).collect(),
            ParsedAddress::Group(groups) => groups.iter().flat_map(|group| &group.addresses).map(read).collect(),
        }
    }
}

/// What stands in angle brackets; without any, the whole value if it is one word.
fn ids(value: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((id, after)) = after.split_once('>') else {
            break;
        };
        ids.push(id.trim().to_owned());
        rest = after;
    }
    let word = value.trim();
    if ids.is_empty() && !word.is_empty() && !word.contains([' ', '<']) {
        ids.push(word.to_owned());
    }
    ids.retain(|id| !id.is_empty());
    ids
}

/// White space folded, controls left out.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
    {
        if !folded.is_empty() {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

/// What the structure says: RFC 8551 §3, RFC 3156 §4 and §5. A mail whose only text is inside a CMS object can't be read,
/// whether the object is encrypted or signed. Inline OpenPGP is seen later, in the text.
fn protection(structure: &Structure) -> Protection {
    let sealed = |entity: &Entity| {
        matches!(
            entity.content.essence.as_str(),
            "multipart/encrypted" | "application/pkcs7-mime" | "application/x-pkcs7-mime"
        )
    };
    let signed = |entity: &Entity| entity.content.essence == "multipart/signed";
    let readable = structure.own_entities().any(Entity::is_body_text);
    if structure.root().is_some_and(sealed) || (!readable && structure.own_entities().any(sealed)) {
        Protection::Encrypted
    } else if structure.own_entities().any(signed) {
        Protection::Signed
    } else {
        Protection::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Headers {
        Headers::of(
            &Mail::new(text.replace('\n', "\r\n").into_bytes()),
            &ScanLimits::default(),
        )
        .unwrap()
    }

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn facts_are_read() {
        let headers = of("From: =?utf-8?Q?Tom_M=C3=BCller?= <tom@seller.example>\n\
            To: Team: \"Lima, Ana\" <ana@acme.example>, =?iso-8859-1?B?SvZyZw==?= <joerg@acme.example>;,\n\tbo@b.example\n\
            Cc: c@c.example\nBcc: d@d.example\n\
            Subject: =?utf-8?Q?Your_second?=\n =?utf-8?Q?_dock_=E2=80=93_a?= question\n\
            Message-ID: <1@seller.example>\nIn-Reply-To: <a@x.example>\nReferences: <a@x.example>\n <b@x.example>\n\
            Auto-Submitted: No\nPrecedence: Bulk\nList-Unsubscribe: <mailto:u@seller.example>\n\ntext\n");
        assert_eq!(headers.subject, "Your second dock – a question");
        assert_eq!(headers.from, vec![address("tom@seller.example")]);
        assert_eq!(
            headers.to,
            vec![
                address("ana@acme.example"),
                address("joerg@acme.example"),
                address("bo@b.example")
            ]
        );
        assert_eq!(headers.to_names, vec!["Lima, Ana", "Jörg"]);
        assert_eq!(headers.others, vec![address("c@c.example"), address("d@d.example")]);
        assert_eq!(headers.message_id.as_deref(), Some("1@seller.example"));
        assert_eq!(headers.references, vec!["a@x.example", "b@x.example"]);
        assert_eq!(
            (headers.auto_submitted, headers.precedence.as_deref()),
            (None, Some("bulk"))
        );
        assert!(headers.list_unsubscribe && !headers.list && !headers.resent && !headers.calendar && !headers.report);
    }

    #[test]
    fn subjects_in_any_writing_are_decoded() {
        for (subject, expected) in [
            ("=?iso-8859-1?Q?caf=E9_au_lait?=", "café au lait"),
            ("=?windows-1252?B?d2WSZA==?=", "we’d"),
            ("=?utf-8?B?d2Ug?= =?utf-8?B?d2FudA==?=", "we want"),
            ("=?koi8-r?B?8NLJ?= x", "При x"),
            ("=?iso-2022-jp?B?GyRCRnwbKEI=?=", "日"),
            ("=?utf-8?Q?broken=ZZ?=", "=?utf-8?Q?broken=ZZ?="),
        ] {
            assert_eq!(of(&format!("Subject: {subject}\n\n")).subject, expected, "{subject}");
        }
        let raw = |octets: &[u8]| {
            let octets = [b"Subject: ".as_slice(), octets, b"\r\n\r\n"].concat();
            Headers::of(&Mail::new(octets), &ScanLimits::default()).unwrap().subject
        };
        assert_eq!(raw(b"caf\xe9 we\x92d"), "café we’d");
        assert_eq!(raw("café".as_bytes()), "café");
    }

    #[test]
    fn kinds_of_mail_are_told() {
        assert_eq!(
            of("Auto-Submitted: auto-replied; x=y\n\n").auto_submitted.as_deref(),
            Some("auto-replied")
        );
        assert!(of("List-Id: <x.example>\n\n").list);
        assert!(of("Resent-From: a@x.example\n\n").resent);
        assert!(
            of("Content-Type: multipart/report; boundary=b; report-type=disposition-notification\n\n--b--\n").report
        );
        assert!(
            of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/calendar\n\n--b--\n")
                .calendar
        );
    }

    #[test]
    fn the_authors_word_needs_a_reason() {
        let told = |text: &str| of(text).not_prospecting;
        let reason = told("X-Youward: not-prospecting; our landlord since May\n\n");
        assert_eq!(reason.as_deref(), Some("our landlord since May"));
        assert_eq!(told("X-Youward: not-prospecting\n\n"), None);
        assert_eq!(told("X-Youward: not-prospecting;  \n\n"), None);
        assert_eq!(told("X-Youward: something; else\n\n"), None);
    }

    #[test]
    fn protection_is_told() {
        for (content, expected) in [
            ("text/plain", Protection::None),
            (
                "multipart/signed; protocol=\"application/pgp-signature\"; boundary=b",
                Protection::Signed,
            ),
            (
                "multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b",
                Protection::Encrypted,
            ),
            (
                "application/pkcs7-mime; smime-type=enveloped-data",
                Protection::Encrypted,
            ),
        ] {
            let text = format!("Content-Type: {content}\n\n--b\n\nx\n--b--\n");
            assert_eq!(of(&text).protection, expected, "{content}");
        }
    }

    #[test]
    fn broken_headers_are_tolerated() {
        let headers = of(
            "To: <a@x.example\nTo:, ,;b@x.example\nSubject: =?utf-8?B?####?= =?x\nFrom: undisclosed\nMessage-ID: bare@x\n\n",
        );
        assert!(headers.to.contains(&address("b@x.example")));
        assert_eq!(headers.message_id.as_deref(), Some("bare@x"));
        assert_eq!(of(""), Headers::default());
    }

    #[test]
    fn unfinished_encoded_words_cost_nothing() {
        let bomb = "=?aa?q?".repeat(14_000);
        let text = format!("Subject: {bomb}\nTo: {bomb}\nFrom: {bomb}\nCc: {bomb}\n\n");
        assert!(of(&text).from.is_empty());
    }

    proptest! {
        #[test]
        fn any_header_is_read(text in "(Subject|To|From|References|Message-ID|Content-Type|X): [ -~\r\n\t<>?=;:\"(),é]{0,200}") {
            of(&text);
        }
    }
}
