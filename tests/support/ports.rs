//! Free TCP ports for servers that must be told theirs.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// A port on 127.0.0.1 that nobody listens on, and that is given out once in this process.
///
/// Ports come from below the range that the kernel uses for outgoing connections, so none of those can take it in between;
/// the pid spreads test processes that run at the same time.
pub(crate) fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..10_000 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let spread = (std::process::id() as u16).wrapping_mul(97) % 12_000;
        let port = 20_000 + spread.wrapping_add(step) % 12_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port");
}
