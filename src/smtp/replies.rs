//! Every reply of the session machine's own, in one place. A sentence each that the reader can act on.

use super::content::Fault;
use super::{Limits, Reply};

pub(super) fn too_long_line() -> Reply {
    Reply::new(500, "5.5.6", &["That line is longer than this server takes"])
}

pub(super) fn malformed_line() -> Reply {
    Reply::new(
        500,
        "5.5.2",
        &["A line must end with CR LF and hold no bare CR, LF or NUL; the connection ends here"],
    )
}

pub(super) fn unknown_command() -> Reply {
    Reply::new(500, "5.5.2", &["That command is not known here"])
}

pub(super) fn not_here() -> Reply {
    Reply::new(502, "5.5.1", &["That command is not available through this proxy"])
}

pub(super) fn bad_arguments() -> Reply {
    Reply::new(501, "5.5.4", &["The command's arguments are not well formed"])
}

pub(super) fn bad_path() -> Reply {
    Reply::new(
        501,
        "5.1.7",
        &["An address must stand in angle brackets, as in <name@example.com>"],
    )
}

pub(super) fn bad_encoding() -> Reply {
    Reply::new(501, "5.5.2", &["The command is neither ASCII nor UTF-8"])
}

pub(super) fn parameter_not_offered(keyword: &str) -> Reply {
    Reply::new(
        555,
        "5.5.4",
        &[&format!(
            "The parameter {keyword} was not offered by the provider, or its value is wrong"
        )],
    )
}

pub(super) fn need_hello() -> Reply {
    Reply::new(503, "5.5.1", &["EHLO or HELO comes first"])
}

pub(super) fn need_auth() -> Reply {
    Reply::new(
        530,
        "5.7.0",
        &["Authentication required: log in with the provider's own user name and password"],
    )
}

pub(super) fn need_tls() -> Reply {
    Reply::new(
        538,
        "5.7.11",
        &["Use STARTTLS before you log in: passwords are not taken in the clear"],
    )
}

pub(super) fn tls_not_here() -> Reply {
    Reply::new(502, "5.5.1", &["STARTTLS is not available on this connection"])
}

pub(super) fn ready_for_tls() -> Reply {
    Reply::new(220, "2.0.0", &["Ready to start TLS"])
}

pub(super) fn data_before_tls() -> Reply {
    Reply::new(
        554,
        "5.5.1",
        &["Something was sent after STARTTLS and before TLS; the connection ends here"],
    )
}

pub(super) fn already_authenticated() -> Reply {
    Reply::new(503, "5.5.1", &["You are logged in already"])
}

pub(super) fn auth_in_transaction() -> Reply {
    Reply::new(503, "5.5.1", &["AUTH is not possible during a mail transaction"])
}

pub(super) fn mechanism_not_offered() -> Reply {
    Reply::new(504, "5.5.4", &["That authentication mechanism is not available"])
}

pub(super) fn auth_cancelled() -> Reply {
    Reply::new(501, "5.7.0", &["Authentication cancelled"])
}

pub(super) fn auth_malformed() -> Reply {
    Reply::new(501, "5.5.2", &["The credentials are not well formed"])
}

pub(super) fn auth_for_another() -> Reply {
    Reply::new(
        535,
        "5.7.8",
        &["Logging in as one user to act for another is not possible through this proxy"],
    )
}

pub(super) fn challenge(text: &str) -> Reply {
    Reply::new(334, "", &[text])
}

pub(super) fn need_mail() -> Reply {
    Reply::new(503, "5.5.1", &["MAIL comes first"])
}

pub(super) fn need_recipients() -> Reply {
    Reply::new(503, "5.5.1", &["No recipient has been accepted"])
}

pub(super) fn too_many_recipients(limits: &Limits) -> Reply {
    let most = format!("No more than {} recipients for one mail", limits.recipients);
    Reply::new(452, "4.5.3", &[&most])
}

pub(super) fn go_on() -> Reply {
    Reply::new(354, "", &["End data with <CR><LF>.<CR><LF>"])
}

pub(super) fn content_refused(fault: Fault, largest: usize, limits: &Limits) -> Reply {
    match fault {
        Fault::BareLf => Reply::new(
            550,
            "5.5.2",
            &["Not sent: the mail holds a bare LF; lines must end with CR LF"],
        ),
        Fault::BareCr => Reply::new(
            550,
            "5.5.2",
            &["Not sent: the mail holds a bare CR; lines must end with CR LF"],
        ),
        Fault::Nul => Reply::new(550, "5.6.0", &["Not sent: the mail holds a NUL octet"]),
        Fault::LineTooLong => {
            let text = format!("Not sent: a line is longer than {} octets", limits.content_line);
            Reply::new(550, "5.6.0", &[&text])
        }
        Fault::HeaderTooLong => {
            let text = format!("Not sent: a header field is longer than {} octets", limits.header_field);
            Reply::new(550, "5.6.0", &[&text])
        }
        Fault::TooLarge => too_large(largest),
        Fault::NoRoom => Reply::new(
            452,
            "4.3.1",
            &["Not sent: too much mail at once; try again in a minute"],
        ),
    }
}

pub(super) fn too_large(largest: usize) -> Reply {
    Reply::new(
        552,
        "5.3.4",
        &[&format!("Not sent: the mail is larger than {largest} octets")],
    )
}

pub(super) fn too_many_errors() -> Reply {
    Reply::new(421, "4.7.0", &["Too many errors; the connection ends here"])
}

pub(super) fn silent_too_long() -> Reply {
    Reply::new(421, "4.4.2", &["Nothing came for too long; the connection ends here"])
}

pub(super) fn too_slow() -> Reply {
    Reply::new(
        421,
        "4.4.2",
        &["Not sent: the mail came too slowly; the connection ends here"],
    )
}

pub(super) fn http() -> Reply {
    Reply::new(421, "4.7.0", &["This is a mail server, not a web server"])
}

pub(super) fn tls_on_plain_port() -> Reply {
    Reply::new(
        421,
        "4.7.0",
        &["This port begins in plain text; set the mail client to STARTTLS or no encryption"],
    )
}

pub(super) fn bye() -> Reply {
    Reply::new(221, "2.0.0", &["Bye"])
}
