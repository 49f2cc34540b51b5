//! A connection to the provider's IMAP server for somebody else's session: TLS is made and verified, the rest is theirs.

use super::opening::Opening;
use super::{MailboxCause, MailboxError};
use crate::upstream::{ClientTls, Endpoint, Stream, Tls};
use std::time::Duration;

/// Connects and makes TLS as the endpoint says. Gives the connection and what is to be read before anything else of it.
///
/// Where TLS is made by STARTTLS, the server has greeted in the clear, and what it said there is not passed on: the greeting
/// is ours then, with the capabilities that it names under TLS.
///
/// # Errors
/// Everything up to there; within `limit`.
pub async fn reach(
    endpoint: &Endpoint,
    tls: Option<&ClientTls>,
    limit: Duration,
) -> Result<(Stream, Vec<u8>), MailboxError> {
    let reached = async {
        if endpoint.tls != Tls::StartTls {
            let opening = Opening::connect(endpoint, tls).await?;
            return Ok((opening.stream, opening.input));
        }
        let mut opening = Opening::begin_quietly(endpoint, tls).await?;
        let mut greeting = b"* OK ".to_vec();
        let answer = opening
            .command(b"CAPABILITY", |line| {
                if line
                    .get(..11)
                    .is_some_and(|word| word.eq_ignore_ascii_case(b"CAPABILITY "))
                    && !line.contains(&b']')
                {
                    greeting = [b"* OK [", line, b"] "].concat();
                }
            })
            .await;
        answer?;
        greeting.extend_from_slice(b"Ready\r\n");
        greeting.extend_from_slice(&opening.input);
        Ok((opening.stream, greeting))
    };
    let result = tokio::time::timeout(limit, reached).await;
    result
        .unwrap_or(Err(MailboxCause::TimedOut))
        .map_err(|cause| MailboxError {
            server: format!("{}:{}", endpoint.host, endpoint.port),
            doing: "connecting".to_owned(),
            cause,
        })
}
