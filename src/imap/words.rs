//! What the client is told by us, after `* BYE` or its own tag.

pub(super) const TOO_LONG: &str = "The line is too long";
pub(super) const TOO_MANY_ERRORS: &str = "Too many errors";
pub(super) const TOO_DEEP: &str = "Too many open parentheses";
pub(super) const TOO_MANY_LITERALS: &str = "Too much before login";
pub(super) const INJECTED: &str = "Nothing may come between STARTTLS and TLS";
pub(super) const HTTP: &str = "This is a mail server, not a web server";
pub(super) const NOT_ASKED: &str =
    "The server refused a literal that was already sent; what it held can't be told from commands";
pub(super) const LITERAL: &str = "There can't be a literal here";
pub(super) const PREAUTH: &str = "Somebody is logged in already, and this connection is in the clear";

pub(super) const STARTTLS_OK: &[u8] = b" OK Begin TLS negotiation now\r\n";
pub(super) const STARTTLS_NO: &[u8] = b" BAD STARTTLS is not on offer\r\n";
pub(super) const COMPRESS_NO: &[u8] = b" NO Compression is not on offer\r\n";
pub(super) const CLEAR_NO: &[u8] = b" NO [PRIVACYREQUIRED] Begin TLS first: STARTTLS\r\n";
