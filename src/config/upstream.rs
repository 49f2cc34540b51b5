//! The part of the file about providers.

use super::checker::Checker;
use super::file;
use super::listen::check_listen;
use super::mailboxes;
use super::pem::check_certificates;
use super::quantity::Quantity;
use crate::guard::WatchSettings;
use crate::proxy::UpstreamSettings;
use crate::upstream::{Endpoint, Tls, Trust};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use toml::Spanned;

/// How long credentials are kept in memory, unless the file says otherwise.
const KEEP_CREDENTIALS: Duration = Duration::from_secs(24 * 3600);
const LONGEST_KEEPING: Duration = Duration::from_secs(30 * 24 * 3600);

/// Judges all upstreams together: names and addresses are unique over all of them.
pub(super) fn check(checker: &mut Checker<'_>, file: &[file::Upstream], team: bool) -> Vec<UpstreamSettings> {
    let mut names = Vec::new();
    let mut taken = Vec::new();
    let mut upstreams = Vec::new();
    for upstream in file {
        check_name(checker, &upstream.name, &mut names);
        let smtp = check_endpoint(checker, &SMTP, &upstream.smtp);
        let imap = upstream
            .imap
            .as_ref()
            .and_then(|imap| check_endpoint(checker, &IMAP, imap));
        let mailboxes = mailboxes::check(checker, &upstream.mailboxes);
        if upstream.listen.is_empty() && upstream.listen_imap.is_empty() {
            let expected = "an [[upstream.listen]] with an address such as \"127.0.0.1:1465\"";
            checker.fault(
                &upstream.name.span(),
                "upstream.listen",
                "there is nothing to listen on",
                expected,
            );
        }
        let mut listen = Vec::new();
        for one in &upstream.listen {
            listen.extend(check_listen(checker, "upstream.listen", one, team, &mut taken));
        }
        let mut listen_imap = Vec::new();
        for one in &upstream.listen_imap {
            listen_imap.extend(check_listen(checker, "upstream.listen_imap", one, team, &mut taken));
            if upstream.imap.is_none() {
                let expected = "imap, the provider's IMAP server, in the same [[upstream]]";
                let message = "this would lead nowhere";
                checker.fault(&one.address.span(), "upstream.listen_imap.address", message, expected);
            }
        }
        let hide_capabilities = hidden(checker, &upstream.hide_capabilities);
        let mut keep_credentials = KEEP_CREDENTIALS;
        checker.duration(
            "upstream.keep_credentials",
            &upstream.keep_credentials,
            Duration::ZERO..=LONGEST_KEEPING,
            &mut keep_credentials,
        );
        if let Some(smtp) = smtp {
            let name = upstream.name.get_ref().clone();
            upstreams.push(UpstreamSettings {
                name,
                smtp,
                imap,
                mailboxes,
                listen,
                listen_imap,
                hide_capabilities,
                require_auth: upstream.require_auth,
                keep_credentials,
            });
        }
    }
    check_loops(checker, file, &taken);
    upstreams
}

/// What is watched of each provider's accounts.
pub(super) fn watching(checker: &mut Checker<'_>, file: &[file::Upstream]) -> HashMap<String, WatchSettings> {
    let mut all = HashMap::new();
    for upstream in file {
        let written = &upstream.guard;
        let mut settings = WatchSettings::default();
        settings.drafts = written.drafts.unwrap_or(settings.drafts);
        settings.history = written.history.unwrap_or(settings.history);
        let range = Duration::from_millis(100)..=Duration::from_secs(3600);
        checker.duration("upstream.guard.still", &written.still, range, &mut settings.still);
        let range = Duration::from_secs(1)..=Duration::from_secs(24 * 3600);
        checker.duration("upstream.guard.look", &written.look, range, &mut settings.look);
        all.insert(upstream.name.get_ref().clone(), settings);
    }
    all
}

/// Capabilities are words, `IMAP4rev1` is not to be missed.
fn hidden(checker: &mut Checker<'_>, written: &[Spanned<String>]) -> Vec<String> {
    for one in written {
        let name = one.get_ref();
        let is_word = !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_graphic() && !"()[]{}\"\\*%".contains(c));
        if !is_word || name.eq_ignore_ascii_case("IMAP4rev1") {
            let message = format!("{name:?} can't be hidden");
            let expected = "the name of a capability, such as \"UIDONLY\"";
            checker.fault(&one.span(), "upstream.hide_capabilities", &message, expected);
        }
    }
    written.iter().map(|one| one.get_ref().clone()).collect()
}

/// Names are typed in commands and stand in logs.
fn check_name(checker: &mut Checker<'_>, written: &Spanned<String>, names: &mut Vec<String>) {
    let name = written.get_ref();
    if name.is_empty() || name.len() > 64 || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) {
        let expected = "1 to 64 letters, digits, or any of - _ .";
        checker.fault(
            &written.span(),
            "upstream.name",
            &format!("{name:?} can't be a name"),
            expected,
        );
    } else if names.contains(&name.to_lowercase()) {
        let message = format!("there are two upstreams called {name:?}");
        checker.fault(&written.span(), "upstream.name", &message, "a name of its own");
    }
    names.push(name.to_lowercase());
}

/// What differs between the provider's servers.
struct Service {
    field: &'static str,
    implicit: u16,
    starttls: u16,
}

/// RFC 8314 §3.3 and RFC 6409 §3.1.
const SMTP: Service = Service {
    field: "upstream.smtp",
    implicit: 465,
    starttls: 587,
};
/// RFC 8314 §3.2 and RFC 9051.
const IMAP: Service = Service {
    field: "upstream.imap",
    implicit: 993,
    starttls: 143,
};

fn check_endpoint(checker: &mut Checker<'_>, service: &Service, written: &Spanned<file::Endpoint>) -> Option<Endpoint> {
    let file::Endpoint { host, port, tls, ca } = written.get_ref();
    let field = |key: &str| format!("{}.{key}", service.field);
    let name = host.get_ref().as_str();
    if !is_host(name) {
        let expected = "a host name or an IP address alone, such as \"smtp.corp.example\"";
        checker.fault(&host.span(), &field("host"), &format!("{name:?} is no host"), expected);
    }
    let (tls_word, tls_span) = match tls {
        Some(tls) => (*tls.get_ref(), tls.span()),
        None => (file::Tls::Implicit, host.span()),
    };
    if tls_word == file::Tls::None && !is_loopback_host(name) {
        let message = format!("without TLS, {name:?} would see passwords and mail in the clear");
        checker.fault(
            &tls_span,
            &field("tls"),
            &message,
            "\"implicit\" or \"starttls\"; none is for loopback only",
        );
    }
    if let (file::Tls::None, Some(ca)) = (tls_word, ca) {
        checker.fault(
            &ca.span(),
            &field("ca"),
            "has no meaning without TLS",
            "tls = \"implicit\" or \"starttls\"",
        );
    }
    let default = match tls_word {
        file::Tls::Implicit => Some(service.implicit),
        file::Tls::Starttls => Some(service.starttls),
        file::Tls::None => None,
    };
    let port = match (port, default) {
        (Some(port), _) => {
            let number = port_number(port);
            if number.is_none() {
                let message = format!("{} is no port", port.get_ref());
                checker.fault(&port.span(), &field("port"), &message, "a number from 1 to 65535");
            }
            number
        }
        (None, None) => {
            checker.fault(
                &tls_span,
                &field("port"),
                "is missing",
                "a port; without TLS there is no customary one",
            );
            None
        }
        (None, customary) => customary,
    };
    let trust = match ca {
        Some(ca) if tls_word != file::Tls::None => check_certificates(checker, &field("ca"), ca).map(Trust::File),
        _ => Some(Trust::Platform),
    };
    let tls = match tls_word {
        file::Tls::Implicit => Tls::Implicit,
        file::Tls::Starttls => Tls::StartTls,
        file::Tls::None => Tls::None,
    };
    Some(Endpoint {
        host: name.to_owned(),
        port: port?,
        tls,
        trust: trust?,
    })
}

fn port_number(written: &Spanned<Quantity>) -> Option<u16> {
    written
        .get_ref()
        .number()
        .and_then(|number| u16::try_from(number).ok())
        .filter(|port| *port != 0)
}

/// An upstream that is one of our own listeners would send mail round and round.
fn check_loops(checker: &mut Checker<'_>, file: &[file::Upstream], taken: &[SocketAddr]) {
    for upstream in file {
        let servers = [("smtp", Some(&upstream.smtp)), ("imap", upstream.imap.as_ref())];
        for (name, server) in servers {
            if let Some(server) = server {
                check_loop(checker, name, server.get_ref(), taken);
            }
        }
    }
}

fn check_loop(checker: &mut Checker<'_>, name: &str, server: &file::Endpoint, taken: &[SocketAddr]) {
    if let file::Endpoint {
        host, port: Some(port), ..
    } = server
        && is_loopback_host(host.get_ref())
    {
        let ours = |address: &SocketAddr| {
            let ip = host.get_ref().parse::<IpAddr>();
            Some(address.port()) == port_number(port)
                && (address.ip().is_unspecified() || ip.map_or(address.ip().is_loopback(), |ip| ip == address.ip()))
        };
        if let Some(address) = taken.iter().find(|address| ours(address)) {
            let message = format!("this is Youward's own listener on {address}; mail would go round and round");
            checker.fault(
                &port.span(),
                &format!("upstream.{name}.port"),
                &message,
                "the provider's server",
            );
        }
    }
}

fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    };
    host.parse::<IpAddr>().is_ok() || (host.len() <= 253 && host.split('.').all(is_label))
}

fn is_loopback_host(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
