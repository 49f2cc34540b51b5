//! Where the page is served.

use std::net::{Ipv4Addr, SocketAddr};

/// Where the page is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// Loopback addresses; none for no page. Port 0 lets the system choose.
    pub listen: Vec<SocketAddr>,
}

/// The port unless another is named.
const PORT: u16 = 8465;

impl Default for WebSettings {
    fn default() -> WebSettings {
        WebSettings::on(PORT)
    }
}

impl WebSettings {
    /// On this port of 127.0.0.1.
    #[must_use]
    pub fn on(port: u16) -> WebSettings {
        WebSettings {
            listen: vec![(Ipv4Addr::LOCALHOST, port).into()],
        }
    }

    /// No page.
    #[must_use]
    pub fn off() -> WebSettings {
        WebSettings { listen: Vec::new() }
    }
}
