//! Who logs in, and with what: LOGIN, and AUTHENTICATE with the mechanisms that show the secret itself.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use std::fmt;
use zeroize::Zeroizing;

/// Octets that are cleared when dropped.
pub type Secret = Zeroizing<Vec<u8>>;

/// Credentials that the server has accepted.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// A mechanism that can be used with them: `PLAIN`, `LOGIN`, `XOAUTH2` or `OAUTHBEARER`. The command LOGIN becomes `PLAIN`.
    pub mechanism: &'static str,
    /// Who, as given.
    pub identity: String,
    /// What was said, in base 64.
    pub responses: Vec<Secret>,
}

/// Without the secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("mechanism", &self.mechanism)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

impl Login {
    /// The command LOGIN.
    pub(super) fn by_password(user: &[u8], password: &[u8]) -> Option<Login> {
        if password.contains(&0) {
            return None;
        }
        let identity = name(user)?;
        let mut message = Zeroizing::new(Vec::with_capacity(user.len() + password.len() + 2));
        for part in [b"\0", user, b"\0", password] {
            message.extend_from_slice(part);
        }
        Some(Login {
            mechanism: "PLAIN",
            identity,
            responses: vec![Zeroizing::new(STANDARD.encode(&message).into_bytes())],
        })
    }

    /// The responses of an exchange. `None` where the mechanism shows no secret, the words are not well formed, or somebody
    /// logs in as somebody else (RFC 4616 §2), whose credentials these are not.
    pub(super) fn by_mechanism(mechanism: &str, mut responses: Vec<Secret>) -> Option<Login> {
        let first = decode(responses.first()?)?;
        let (mechanism, identity, count) = match mechanism {
            "PLAIN" => ("PLAIN", plain(&first)?, 1),
            "LOGIN" => ("LOGIN", name(&first).filter(|_| responses.len() > 1)?, 2),
            "XOAUTH2" => {
                let mut fields = first.split(|&octet| octet == 1);
                ("XOAUTH2", name(fields.next()?.strip_prefix(b"user=")?)?, 1)
            }
            "OAUTHBEARER" => {
                let mut fields = first.split(|&octet| octet == 1);
                let name_field = fields.next()?.strip_prefix(b"n,a=")?.strip_suffix(b",")?;
                let identity = name(name_field)?.replace("=2C", ",").replace("=3D", "=");
                ("OAUTHBEARER", identity, 1)
            }
            _ => return None,
        };
        // What comes after is no secret: an empty line that answers the words of an error.
        responses.truncate(count);
        Some(Login {
            mechanism,
            identity,
            responses,
        })
    }
}

/// RFC 4616 §2: `[authzid] NUL authcid NUL passwd`.
fn plain(message: &[u8]) -> Option<String> {
    let mut fields = message.split(|&octet| octet == 0);
    let (authzid, authcid, _password) = (fields.next()?, fields.next()?, fields.next()?);
    if fields.next().is_some() || !(authzid.is_empty() || authzid == authcid) {
        return None;
    }
    name(authcid)
}

fn name(octets: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(octets).ok()?;
    let fits = !text.is_empty() && text.len() <= 320 && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

fn decode(text: &[u8]) -> Option<Secret> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
    ENGINE.decode(text).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(words: &[&str]) -> Vec<Secret> {
        let encode = |word: &&str| Zeroizing::new(STANDARD.encode(word).into_bytes());
        words.iter().map(encode).collect()
    }

    #[test]
    fn who_logs_in_is_found_in_every_mechanism() {
        for (mechanism, words, count) in [
            ("PLAIN", vec!["\0rep@a.example\0pass"], 1),
            ("PLAIN", vec!["rep@a.example\0rep@a.example\0pass"], 1),
            ("LOGIN", vec!["rep@a.example", "pass"], 2),
            ("XOAUTH2", vec!["user=rep@a.example\x01auth=Bearer t\x01\x01", ""], 1),
            (
                "OAUTHBEARER",
                vec!["n,a=rep@a.example,\x01host=h\x01auth=Bearer t\x01\x01"],
                1,
            ),
        ] {
            let login = Login::by_mechanism(mechanism, encoded(&words)).unwrap();
            assert_eq!(
                (login.identity.as_str(), login.responses.len()),
                ("rep@a.example", count)
            );
            assert!(!format!("{login:?}").contains("responses"));
        }
        for (mechanism, words) in [
            ("PLAIN", vec!["boss@a.example\0rep@a.example\0pass"]),
            ("PLAIN", vec!["nonsense"]),
            ("LOGIN", vec!["rep@a.example"]),
            ("SCRAM-SHA-256", vec!["n,,n=rep,r=x"]),
            ("XOAUTH2", vec!["rep"]),
            ("PLAIN", vec![]),
        ] {
            assert_eq!(
                Login::by_mechanism(mechanism, encoded(&words)),
                None,
                "{mechanism} {words:?}"
            );
        }
    }

    #[test]
    fn a_password_of_any_octets_becomes_plain() {
        let login = Login::by_password("rep@a.example".as_bytes(), b"p \"\xff").unwrap();
        assert_eq!(
            login.responses[0].as_slice(),
            STANDARD.encode(b"\0rep@a.example\0p \"\xff").as_bytes()
        );
        assert_eq!(Login::by_password(b"", b"x"), None);
        assert_eq!(Login::by_password(b"a", b"x\0y"), None);
    }
}
