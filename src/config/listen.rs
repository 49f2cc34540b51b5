//! The part of the file about local addresses.

use super::checker::Checker;
use super::file;
use super::pem::{check_certificates, check_key};
use crate::proxy::{Certificate, Listen, ListenTls};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use toml::Spanned;

/// One listener as written in a table such as `upstream.listen`; `localhost` means both loopback addresses, since clients differ in which they try first.
pub(super) fn check_listen(
    checker: &mut Checker<'_>,
    table: &str,
    written: &file::Listen,
    team: bool,
    taken: &mut Vec<SocketAddr>,
) -> Vec<Listen> {
    let span = written.address.span();
    let field = &format!("{table}.address");
    let Some(addresses) = addresses(written.address.get_ref()) else {
        let message = format!("{:?} is no address with a port", written.address.get_ref());
        checker.fault(
            &span,
            field,
            &message,
            "such as \"127.0.0.1:1465\", \"[::1]:1465\" or \"localhost:1465\"",
        );
        return Vec::new();
    };
    for address in &addresses {
        if let Some(other) = taken.iter().find(|other| collide(address, other)) {
            let message = format!("{address} is taken by the listener on {other}");
            checker.fault(&span, field, &message, "an address and port of its own");
        }
    }
    taken.extend(&addresses);

    let tls = check_listen_tls(checker, table, written);
    if !addresses.iter().all(|address| address.ip().is_loopback()) {
        check_open_listener(checker, table, written, team, &tls);
    }
    addresses
        .into_iter()
        .map(|address| Listen {
            address,
            tls: tls.clone(),
        })
        .collect()
}

/// What a listener that other machines reach needs on top.
fn check_open_listener(checker: &mut Checker<'_>, table: &str, written: &file::Listen, team: bool, tls: &ListenTls) {
    let span = written.address.span();
    if !team {
        let expected = "127.0.0.1, ::1 or localhost, or `team = true` at the top of this file";
        checker.fault(
            &span,
            &format!("{table}.address"),
            "other machines could connect",
            expected,
        );
    }
    match tls {
        ListenTls::None => {
            let expected = "\"implicit\" or \"starttls\"; none is for loopback only";
            let span = written.tls.as_ref().map_or(span, Spanned::span);
            checker.fault(
                &span,
                &format!("{table}.tls"),
                "passwords would cross the network in the clear",
                expected,
            );
        }
        ListenTls::Implicit(certificate) | ListenTls::StartTls(certificate) if certificate.chain.is_none() => {
            let message = "this machine's own certificate is for loopback only";
            let expected = "certificate and key for the name that clients connect to";
            checker.fault(&span, &format!("{table}.certificate"), message, expected);
        }
        ListenTls::Implicit(_) | ListenTls::StartTls(_) => {}
    }
}

fn check_listen_tls(checker: &mut Checker<'_>, table: &str, written: &file::Listen) -> ListenTls {
    let word = written.tls.as_ref().map_or(file::Tls::Implicit, |tls| *tls.get_ref());
    if let (file::Tls::None, Some(one)) = (word, written.certificate.as_ref().or(written.key.as_ref())) {
        let expected = "tls = \"implicit\" or \"starttls\"";
        checker.fault(
            &one.span(),
            &format!("{table}.certificate"),
            "has no meaning without TLS",
            expected,
        );
    }
    match word {
        file::Tls::Implicit => ListenTls::Implicit(check_pair(checker, table, written)),
        file::Tls::Starttls => ListenTls::StartTls(check_pair(checker, table, written)),
        file::Tls::None => ListenTls::None,
    }
}

/// Certificate and key, both or neither. Where one of them does not hold, the fault stands and the path is kept, so that
/// nobody also complains that there is none.
fn check_pair(checker: &mut Checker<'_>, table: &str, written: &file::Listen) -> Certificate {
    let (certificate, key) = (&written.certificate, &written.key);
    if let (Some(certificate), Some(key)) = (certificate, key) {
        check_certificates(checker, &format!("{table}.certificate"), certificate);
        check_key(checker, &format!("{table}.key"), key);
    } else if let Some(certificate) = certificate {
        checker.fault(
            &certificate.span(),
            &format!("{table}.certificate"),
            "stands alone, without key",
            "both, or neither",
        );
    } else if let Some(key) = key {
        checker.fault(
            &key.span(),
            &format!("{table}.key"),
            "stands alone, without certificate",
            "both, or neither",
        );
    }
    let path = |written: &Option<Spanned<String>>| written.as_ref().map(|path| checker.join(path.get_ref()));
    Certificate {
        chain: path(certificate),
        key: path(key),
    }
}

/// Port 0 lets the system choose a free one; `run` prints which.
pub(super) fn addresses(written: &str) -> Option<Vec<SocketAddr>> {
    Some(match written.strip_prefix("localhost:") {
        None => vec![written.parse().ok()?],
        Some(port) => {
            let port = port.parse().ok()?;
            vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
        }
    })
}

/// Whether two sockets can't both be bound: the same address, or one of them stands for all of its family.
pub(super) fn collide(one: &SocketAddr, other: &SocketAddr) -> bool {
    one.port() == other.port()
        && one.port() != 0
        && one.is_ipv4() == other.is_ipv4()
        && (one.ip() == other.ip() || one.ip().is_unspecified() || other.ip().is_unspecified())
}
