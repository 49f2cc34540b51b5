//! SASL credentials on their way through (RFC 4954, RFC 4616, RFC 7628).
//!
//! The provider decides who gets in; here is only checked that the words are well formed and speak for one identity.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::fmt;
use zeroize::Zeroizing;

/// Octets that must not be shown: zeroized when dropped, no Display, and Debug prints nothing of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the octets over.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(octets))
    }

    /// The octets, for the wire and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The mechanisms that can be relayed: those that show the secret itself. Channel binding (`-PLUS`) and challenge
/// mechanisms can't cross two TLS sessions or be used later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// RFC 4616.
    Plain,
    /// The widespread LOGIN.
    Login,
    /// Google's and Microsoft's bearer token.
    Xoauth2,
    /// RFC 7628.
    OauthBearer,
}

impl Mechanism {
    /// All, in the order in which they are offered.
    pub const ALL: [Mechanism; 4] = [
        Mechanism::OauthBearer,
        Mechanism::Xoauth2,
        Mechanism::Plain,
        Mechanism::Login,
    ];

    /// By its name, without regard to case.
    #[must_use]
    pub fn named(name: &str) -> Option<Mechanism> {
        Mechanism::ALL
            .into_iter()
            .find(|mechanism| mechanism.name().eq_ignore_ascii_case(name))
    }

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Mechanism::Plain => "PLAIN",
            Mechanism::Login => "LOGIN",
            Mechanism::Xoauth2 => "XOAUTH2",
            Mechanism::OauthBearer => "OAUTHBEARER",
        }
    }

    /// The challenges that we send while collecting, in base 64. One response follows each.
    pub(super) fn challenges(self) -> &'static [&'static str] {
        match self {
            Mechanism::Login => &["VXNlcm5hbWU6", "UGFzc3dvcmQ6"],
            _ => &[""],
        }
    }
}

/// What a client said to prove who it is, complete and well formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// How.
    pub mechanism: Mechanism,
    /// The identity that it speaks for (authcid, user), as given.
    pub identity: String,
    /// The responses in base 64, as they go on the wire: one, for LOGIN two.
    pub responses: Vec<Secret>,
}

/// Why credentials are not even relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Not base 64, or not of the mechanism's form.
    Malformed,
    /// An authorization identity other than the authentication identity (RFC 4616 §2).
    ForAnother,
}

impl Credentials {
    /// Checks the collected responses.
    pub(super) fn check(mechanism: Mechanism, responses: Vec<Secret>) -> Result<Credentials, Refused> {
        let decoded = responses
            .iter()
            .map(|response| decode(response.expose()))
            .collect::<Result<Vec<_>, _>>()?;
        let first = decoded.first().ok_or(Refused::Malformed)?;
        let identity = match mechanism {
            Mechanism::Plain => plain(first)?,
            Mechanism::Login => {
                let password = decoded.get(1).ok_or(Refused::Malformed)?;
                if !is_clean(password) {
                    return Err(Refused::Malformed);
                }
                clean_text(first)?
            }
            Mechanism::Xoauth2 => xoauth2(first)?,
            Mechanism::OauthBearer => oauth_bearer(first)?,
        };
        if identity.is_empty() || identity.len() > 320 {
            return Err(Refused::Malformed);
        }
        Ok(Credentials {
            mechanism,
            identity,
            responses,
        })
    }
}

fn decode(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refused> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
    // "=" alone is the empty initial response (RFC 4954 §4).
    let text = if text == b"=" { b"" } else { text };
    ENGINE.decode(text).map(Zeroizing::new).map_err(|_| Refused::Malformed)
}

fn is_clean(octets: &[u8]) -> bool {
    !octets.is_empty() && !octets.iter().any(|octet| matches!(octet, 0 | b'\r' | b'\n'))
}

fn clean_text(octets: &[u8]) -> Result<String, Refused> {
    let text = std::str::from_utf8(octets).map_err(|_| Refused::Malformed)?;
    if is_clean(octets) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err(Refused::Malformed)
    }
}

/// RFC 4616 §2: `[authzid] NUL authcid NUL passwd`.
fn plain(message: &[u8]) -> Result<String, Refused> {
    let mut fields = message.split(|&octet| octet == 0);
    let (authzid, authcid, password) = (fields.next(), fields.next(), fields.next());
    let (Some(authzid), Some(authcid), Some(password), None) = (authzid, authcid, password, fields.next()) else {
        return Err(Refused::Malformed);
    };
    if !is_clean(password) {
        return Err(Refused::Malformed);
    }
    let authcid = clean_text(authcid)?;
    if !authzid.is_empty() && authzid != authcid.as_bytes() {
        return Err(Refused::ForAnother);
    }
    Ok(authcid)
}

/// `user=…^Aauth=Bearer …^A^A`.
fn xoauth2(message: &[u8]) -> Result<String, Refused> {
    let rest = message.strip_suffix(b"\x01\x01").ok_or(Refused::Malformed)?;
    let mut fields = rest.split(|&octet| octet == 1);
    let user = fields
        .next()
        .and_then(|field| field.strip_prefix(b"user="))
        .ok_or(Refused::Malformed)?;
    let auth = fields.next().ok_or(Refused::Malformed)?;
    if !auth.starts_with(b"auth=") || !is_clean(auth) || !fields.all(is_clean) {
        return Err(Refused::Malformed);
    }
    clean_text(user)
}

/// RFC 7628 §3.1 with the GS2 header of RFC 5801: `n,a=user,^A…auth=Bearer …^A^A`.
fn oauth_bearer(message: &[u8]) -> Result<String, Refused> {
    let rest = message.strip_suffix(b"\x01\x01").ok_or(Refused::Malformed)?;
    let mut fields = rest.split(|&octet| octet == 1);
    let header = fields.next().ok_or(Refused::Malformed)?;
    let user = header
        .strip_prefix(b"n,a=")
        .and_then(|rest| rest.strip_suffix(b","))
        .ok_or(Refused::Malformed)?;
    let mut has_token = false;
    for field in fields {
        has_token |= field.starts_with(b"auth=");
        if !is_clean(field) {
            return Err(Refused::Malformed);
        }
    }
    if !has_token {
        return Err(Refused::Malformed);
    }
    Ok(clean_text(user)?.replace("=2C", ",").replace("=3D", "="))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mechanism: Mechanism, messages: &[&[u8]]) -> Result<String, Refused> {
        let responses = messages
            .iter()
            .map(|message| Secret::new(base64::engine::general_purpose::STANDARD.encode(message).into_bytes()))
            .collect();
        Credentials::check(mechanism, responses).map(|credentials| credentials.identity)
    }

    #[test]
    fn well_formed_credentials_name_their_identity() {
        for (mechanism, messages) in [
            (Mechanism::Plain, vec![&b"\0rep@a.example\0pw"[..]]),
            (Mechanism::Plain, vec![b"rep@a.example\0rep@a.example\0pw"]),
            (Mechanism::Login, vec![b"rep@a.example", b"pw"]),
            (
                Mechanism::Xoauth2,
                vec![b"user=rep@a.example\x01auth=Bearer t0k\x01\x01"],
            ),
            (
                Mechanism::OauthBearer,
                vec![b"n,a=rep@a.example,\x01host=h\x01port=587\x01auth=Bearer t0k\x01\x01"],
            ),
        ] {
            assert_eq!(
                check(mechanism, &messages),
                Ok("rep@a.example".to_owned()),
                "{mechanism:?}"
            );
        }
    }

    #[test]
    fn what_would_confuse_is_refused() {
        for message in [
            &b""[..],
            b"\0",
            b"\0\0",
            b"\0a\0",
            b"\0\0pw",
            b"a\0b",
            b"\0a\0pw\0x",
            b"\0a\r\n\0pw",
            b"\0a\0p\nw",
            b"\0a\xff\0pw",
        ] {
            assert_eq!(
                check(Mechanism::Plain, &[message]),
                Err(Refused::Malformed),
                "{message:?}"
            );
        }
        assert_eq!(check(Mechanism::Plain, &[b"admin\0rep\0pw"]), Err(Refused::ForAnother));
        for message in [
            &b""[..],
            b"user=a",
            b"user=a\x01\x01",
            b"auth=Bearer t\x01\x01",
            b"user=a\r\x01auth=Bearer t\x01\x01",
            b"user=\x01auth=x\x01\x01",
        ] {
            assert_eq!(
                check(Mechanism::Xoauth2, &[message]),
                Err(Refused::Malformed),
                "{message:?}"
            );
        }
        for message in [
            &b""[..],
            b"n,,\x01auth=Bearer t\x01\x01",
            b"p=x,a=u,\x01auth=Bearer t\x01\x01",
            b"n,a=u,\x01host=h\x01\x01",
            b"n,a=u,\x01\x01auth=x\x01\x01",
        ] {
            assert_eq!(
                check(Mechanism::OauthBearer, &[message]),
                Err(Refused::Malformed),
                "{message:?}"
            );
        }
        assert_eq!(check(Mechanism::Login, &[b"a\0b", b"pw"]), Err(Refused::Malformed));
        assert_eq!(check(Mechanism::Login, &[b"a", b""]), Err(Refused::Malformed));
        assert_eq!(
            Credentials::check(Mechanism::Plain, vec![Secret::new(b"***".to_vec())]),
            Err(Refused::Malformed)
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let credentials = Credentials::check(Mechanism::Plain, vec![Secret::new(b"AGEAcHc=".to_vec())]).unwrap();
        let shown = format!("{credentials:?}");
        assert!(!shown.contains("AGEAcHc") && shown.contains('…'), "{shown}");
    }
}
