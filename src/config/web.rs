//! The part of the file about the review page.

use super::checker::Checker;
use super::file;
use super::listen::{addresses, collide};
use crate::proxy::UpstreamSettings;
use crate::web::WebSettings;

/// Where the page is served. It shows mail to whoever is let in, so it never leaves loopback, whatever `team` says.
pub(super) fn check(
    checker: &mut Checker<'_>,
    written: &file::Web,
    upstreams: &[UpstreamSettings],
    settings: &mut WebSettings,
) {
    let Some(listen) = &written.listen else { return };
    let (span, field) = (listen.span(), "web.listen");
    if listen.get_ref() == "off" {
        *settings = WebSettings::off();
        return;
    }
    let Some(addresses) = addresses(listen.get_ref()) else {
        let message = format!("{:?} is no address with a port", listen.get_ref());
        let expected = "such as \"127.0.0.1:8465\" or \"localhost:8465\", or \"off\"";
        checker.fault(&span, field, &message, expected);
        return;
    };
    if !addresses.iter().all(|address| address.ip().is_loopback()) {
        let expected = "a loopback address such as \"127.0.0.1:8465\"";
        checker.fault(&span, field, "other machines could read held mail", expected);
    }
    let taken = upstreams
        .iter()
        .flat_map(|upstream| upstream.listen.iter().chain(&upstream.listen_imap));
    for other in taken.map(|listen| listen.address) {
        if let Some(address) = addresses.iter().find(|address| collide(address, &other)) {
            let message = format!("{address} is taken by the listener on {other}");
            checker.fault(&span, field, &message, "an address and port of its own");
        }
    }
    settings.listen = addresses;
}
