//! Where a provider's server is, and how far to trust it.

use std::path::PathBuf;

/// A server of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host name or address; the certificate must be valid for exactly this (RFC 7817).
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How TLS is made.
    pub tls: Tls,
    /// Which certificates count.
    pub trust: Trust,
}

/// How TLS is made. Fixed by configuration, never downgraded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the first octet (RFC 8314). The default.
    Implicit,
    /// By STARTTLS (RFC 3207), required.
    StartTls,
    /// None; the host must be a loopback address.
    None,
}

/// Which certificates count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// The platform's roots.
    Platform,
    /// The roots in this PEM file, and no others.
    File(PathBuf),
}
