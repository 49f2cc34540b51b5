//! Logging in with the credentials that the rep's own client showed, whatever mechanism it used.
//!
//! A password seen under LOGIN serves for PLAIN, a token seen under XOAUTH2 for OAUTHBEARER, and the other way round.
//! Secrets are written from buffers that are cleared. Referrals (RFC 2221) are words like any others: never followed.

use super::error::{MailboxCause, is_temporary_code};
use super::opening::{Answer, Line, Opening, Word};
use crate::smtp::sasl::{Credentials, Mechanism};
use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD};
use zeroize::Zeroizing;

/// Most times that a server may ask for more: an error is told by one more challenge than expected.
const MOST_CHALLENGES: usize = 4;

type Secret = Zeroizing<Vec<u8>>;

/// Logs in, or says why not.
pub(super) async fn log_in(opening: &mut Opening, credentials: &Credentials) -> Result<(), MailboxCause> {
    let user = credentials.identity.as_str();
    let secret = secret(credentials).ok_or(MailboxCause::Unfit("the credentials are not well formed"))?;
    let can = |mechanism: &str| opening.capabilities.authenticates(mechanism);
    let answer = match credentials.mechanism {
        Mechanism::Xoauth2 | Mechanism::OauthBearer => {
            if can("OAUTHBEARER") && (credentials.mechanism == Mechanism::OauthBearer || !can("XOAUTH2")) {
                let name = user.replace('=', "=3D").replace(',', "=2C");
                let message = joined(&[b"n,a=", name.as_bytes(), b",\x01auth=Bearer ", &secret, b"\x01\x01"]);
                authenticate(opening, "OAUTHBEARER", &[message], b"AQ==").await?
            } else if can("XOAUTH2") {
                let message = joined(&[b"user=", user.as_bytes(), b"\x01auth=Bearer ", &secret, b"\x01\x01"]);
                authenticate(opening, "XOAUTH2", &[message], b"").await?
            } else {
                return Err(MailboxCause::NoMechanism(opening.capabilities.ways_in()));
            }
        }
        Mechanism::Plain | Mechanism::Login => {
            if can("PLAIN") {
                let message = joined(&[b"\0", user.as_bytes(), b"\0", &secret]);
                authenticate(opening, "PLAIN", &[message], b"*").await?
            } else if !opening.capabilities.has("LOGINDISABLED") {
                login_command(opening, user, &secret).await?
            } else if can("LOGIN") {
                let responses = [joined(&[user.as_bytes()]), secret];
                authenticate(opening, "LOGIN", &responses, b"*").await?
            } else {
                return Err(MailboxCause::NoMechanism(opening.capabilities.ways_in()));
            }
        }
    };
    judge(answer)
}

/// A refusal says nothing about the credentials when the server calls it temporary (RFC 5530), or does not understand.
fn judge(answer: Answer) -> Result<(), MailboxCause> {
    let Answer { word, status } = answer;
    match word {
        Word::Ok => Ok(()),
        Word::No if !is_temporary_code(&status.code) => Err(MailboxCause::LoginRefused { text: status.text }),
        Word::No | Word::Bad => Err(MailboxCause::Refused {
            code: status.code,
            text: status.text,
        }),
    }
}

/// AUTHENTICATE (RFC 9051 §6.2.2), without an initial response: it may be too long for one line, and not every server
/// takes one. `more` answers challenges beyond what the mechanism has.
async fn authenticate(
    opening: &mut Opening,
    mechanism: &str,
    responses: &[Secret],
    more: &[u8],
) -> Result<Answer, MailboxCause> {
    let tag = opening.send(format!("AUTHENTICATE {mechanism}").as_bytes()).await?;
    let mut responses = responses.iter();
    let mut challenges = 0;
    for _ in 0..100 {
        match opening.next(&tag).await? {
            Line::Tagged(answer) => return Ok(answer),
            Line::Untagged(_) => {}
            Line::Continue => {
                challenges += 1;
                if challenges > MOST_CHALLENGES {
                    return Err(MailboxCause::NoImap("challenges without end"));
                }
                match responses.next() {
                    Some(response) => opening.write(&[&encoded(response), b"\r\n"]).await?,
                    None => opening.write(&[more, b"\r\n"]).await?,
                }
            }
        }
    }
    Err(MailboxCause::Flooded("many lines before login"))
}

/// LOGIN (RFC 9051 §6.2.3), with both arguments as literals: no password has a character that these can't hold.
async fn login_command(opening: &mut Opening, user: &str, secret: &Secret) -> Result<Answer, MailboxCause> {
    let tag = opening.send(format!("LOGIN {{{}}}", user.len()).as_bytes()).await?;
    let second = format!(" {{{}}}\r\n", secret.len());
    let steps: [&[&[u8]]; 2] = [&[user.as_bytes(), second.as_bytes()], &[secret, b"\r\n"]];
    let mut steps = steps.into_iter();
    for _ in 0..100 {
        match opening.next(&tag).await? {
            Line::Tagged(answer) => return Ok(answer),
            Line::Untagged(_) => {}
            Line::Continue => match steps.next() {
                Some(pieces) => opening.write(pieces).await?,
                None => return Err(MailboxCause::NoImap("a continuation that nobody asked for")),
            },
        }
    }
    Err(MailboxCause::Flooded("many lines before login"))
}

/// The password, or the token.
fn secret(credentials: &Credentials) -> Option<Secret> {
    let first = decoded(credentials.responses.first()?.expose())?;
    match credentials.mechanism {
        Mechanism::Plain => Some(Zeroizing::new(first.split(|&octet| octet == 0).nth(2)?.to_vec())),
        Mechanism::Login => decoded(credentials.responses.get(1)?.expose()),
        Mechanism::Xoauth2 | Mechanism::OauthBearer => {
            let mut fields = first.split(|&octet| octet == 1);
            let auth = fields.find_map(|field| field.strip_prefix(b"auth="))?;
            let (kind, token) = super::sieve::word(auth);
            (kind.eq_ignore_ascii_case(b"Bearer") && !token.is_empty()).then(|| Zeroizing::new(token.to_vec()))
        }
    }
}

fn decoded(text: &[u8]) -> Option<Secret> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    const ENGINE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
    ENGINE.decode(text).ok().map(Zeroizing::new)
}

fn encoded(octets: &[u8]) -> Secret {
    Zeroizing::new(STANDARD.encode(octets).into_bytes())
}

/// The pieces as one, in a buffer that never grows: growing would leave a copy behind.
fn joined(pieces: &[&[u8]]) -> Secret {
    let length = pieces.iter().map(|piece| piece.len()).sum();
    let mut all = Zeroizing::new(Vec::with_capacity(length));
    for piece in pieces {
        all.extend_from_slice(piece);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::sasl;

    fn credentials(mechanism: Mechanism, messages: &[&[u8]]) -> Credentials {
        let responses = messages
            .iter()
            .map(|message| sasl::Secret::new(STANDARD.encode(message).into_bytes()));
        Credentials {
            mechanism,
            identity: "rep@a.example".into(),
            responses: responses.collect(),
        }
    }

    #[test]
    fn the_secret_is_found_in_every_mechanism() {
        for (mechanism, messages) in [
            (Mechanism::Plain, vec![&b"\0rep@a.example\0s p"[..]]),
            (Mechanism::Login, vec![b"rep@a.example", b"s p"]),
            (
                Mechanism::Xoauth2,
                vec![b"user=rep@a.example\x01auth=Bearer s p\x01\x01"],
            ),
            (
                Mechanism::OauthBearer,
                vec![b"n,a=rep@a.example,\x01host=h\x01port=587\x01auth=bearer s p\x01\x01"],
            ),
        ] {
            let found = secret(&credentials(mechanism, &messages)).unwrap();
            assert_eq!(found.as_slice(), b"s p", "{mechanism:?}");
        }
        assert!(secret(&credentials(Mechanism::Plain, &[b"nonsense"])).is_none());
        assert!(secret(&credentials(Mechanism::Xoauth2, &[b"user=a\x01auth=Basic x\x01\x01"])).is_none());
        assert!(secret(&credentials(Mechanism::Login, &[b"only a name"])).is_none());
    }
}
