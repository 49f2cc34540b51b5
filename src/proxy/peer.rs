//! Whose connection is it? On loopback the kernel can tell the user of the other end.
//!
//! Local ports are not private: any user's process and any container with the host's network can connect. On Linux the
//! other end's socket is looked up by `sock_diag` (one exact question, no table read), else in `/proc/net/tcp`.

use std::net::SocketAddr;

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    /// A process of this user.
    User(u32),
    /// The other end is gone already, or is not on this machine.
    NotHere,
    /// This system does not tell.
    Unknown,
}

/// Whether a connection from `client` to our `local` is by somebody who may see the mail here; where the system does not
/// tell, it counts as such.
#[must_use]
pub fn is_ours(client: SocketAddr, local: SocketAddr) -> bool {
    is_allowed(look_up(client, local))
}

/// Whether a connection is let in: the user that runs Youward, and root, who can do everything anyway.
pub(super) fn is_allowed(peer: Peer) -> bool {
    match peer {
        Peer::User(uid) => uid == rustix::process::geteuid().as_raw() || uid == 0,
        Peer::NotHere => false,
        Peer::Unknown => true,
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::look_up;

/// Other systems: not told.
#[cfg(not(target_os = "linux"))]
pub(super) fn look_up(_client: SocketAddr, _local: SocketAddr) -> Peer {
    Peer::Unknown
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{Peer, SocketAddr};
    use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink};
    use std::net::IpAddr;

    const ESTABLISHED: u8 = 1;
    const FIN_WAIT_1: u8 = 4;
    const FIN_WAIT_2: u8 = 5;
    const CLOSE_WAIT: u8 = 8;
    /// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`.
    const BY_FAMILY: u16 = 20;
    const HEADER: usize = 16;
    const REQUEST: usize = 56;

    /// The user of the socket whose own address is `client` and whose other end is `local`.
    pub(in super::super) fn look_up(client: SocketAddr, local: SocketAddr) -> Peer {
        let (client, local) = (plain(client), plain(local));
        ask_kernel(client, local).unwrap_or_else(|| read_table(client, local))
    }

    /// An IPv4 address in IPv6 clothes stands in the IPv4 tables.
    fn plain(address: SocketAddr) -> SocketAddr {
        SocketAddr::new(address.ip().to_canonical(), address.port())
    }

    fn ask_kernel(client: SocketAddr, local: SocketAddr) -> Option<Peer> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = rustix::net::socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            flags,
            Some(netlink::SOCK_DIAG),
        )
        .ok()?;
        rustix::net::send(&socket, &request(client, local), SendFlags::empty()).ok()?;
        // The kernel answers while it takes the question, so there is nothing to wait for.
        let mut answer = [0u8; 512];
        let (length, _) = rustix::net::recv(&socket, answer.as_mut_slice(), RecvFlags::empty()).ok()?;
        understand(answer.get(..length)?)
    }

    fn request(client: SocketAddr, local: SocketAddr) -> Vec<u8> {
        let mut octets = Vec::with_capacity(HEADER + REQUEST);
        octets.extend_from_slice(&u32::try_from(HEADER + REQUEST).unwrap_or_default().to_ne_bytes());
        octets.extend_from_slice(&BY_FAMILY.to_ne_bytes());
        octets.extend_from_slice(&1u16.to_ne_bytes()); // NLM_F_REQUEST
        octets.extend_from_slice(&[0; 8]); // sequence, port
        let family: u8 = if client.is_ipv4() { 2 } else { 10 };
        octets.extend_from_slice(&[family, 6, 0, 0]); // TCP
        octets.extend_from_slice(&u32::MAX.to_ne_bytes()); // any state
        octets.extend_from_slice(&client.port().to_be_bytes());
        octets.extend_from_slice(&local.port().to_be_bytes());
        for address in [client.ip(), local.ip()] {
            match address {
                IpAddr::V4(v4) => {
                    octets.extend_from_slice(&v4.octets());
                    octets.extend_from_slice(&[0; 12]);
                }
                IpAddr::V6(v6) => octets.extend_from_slice(&v6.octets()),
            }
        }
        octets.extend_from_slice(&[0; 4]); // any interface
        octets.extend_from_slice(&[0xff; 8]); // no cookie
        octets
    }

    fn understand(answer: &[u8]) -> Option<Peer> {
        let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
        if kind == 2 {
            // NLMSG_ERROR; -ENOENT says that there is no such socket, anything else that the question is not understood.
            let error = i32::from_ne_bytes(answer.get(HEADER..HEADER + 4)?.try_into().ok()?);
            return (error == -2).then_some(Peer::NotHere);
        }
        let message = answer.get(HEADER..).filter(|_| kind == BY_FAMILY)?;
        let state = *message.get(1)?;
        let uid = u32::from_ne_bytes(message.get(64..68)?.try_into().ok()?);
        Some(owner(state, uid))
    }

    /// A socket that its process has closed no longer has a user: the kernel says 0 then, which is not root. One that has
    /// only finished sending still has its own.
    fn owner(state: u8, uid: u32) -> Peer {
        match (state, uid) {
            (ESTABLISHED | CLOSE_WAIT, uid) => Peer::User(uid),
            (FIN_WAIT_1 | FIN_WAIT_2, uid) if uid != 0 => Peer::User(uid),
            _ => Peer::NotHere,
        }
    }

    fn read_table(client: SocketAddr, local: SocketAddr) -> Peer {
        let table = if client.is_ipv4() {
            "/proc/net/tcp"
        } else {
            "/proc/net/tcp6"
        };
        let Ok(text) = std::fs::read_to_string(table) else {
            return Peer::Unknown;
        };
        find(&text, client, local)
    }

    pub(super) fn find(table: &str, client: SocketAddr, local: SocketAddr) -> Peer {
        let (client, local) = (in_table(client), in_table(local));
        for line in table.lines().skip(1) {
            let mut fields = line.split_ascii_whitespace().skip(1);
            if fields.next() == Some(&client) && fields.next() == Some(&local) {
                let state = fields.next().and_then(|state| u8::from_str_radix(state, 16).ok());
                let uid = fields.nth(3).and_then(|uid| uid.parse().ok());
                return match (state, uid) {
                    (Some(state), Some(uid)) => owner(state, uid),
                    _ => Peer::NotHere,
                };
            }
        }
        Peer::NotHere
    }

    /// As the kernel prints it: each 32-bit word of the address in its own byte order, in hexadecimal.
    fn in_table(address: SocketAddr) -> String {
        let octets = match address.ip() {
            IpAddr::V4(v4) => v4.octets().to_vec(),
            IpAddr::V6(v6) => v6.octets().to_vec(),
        };
        let words = octets.chunks_exact(4).map(|word| {
            let word: [u8; 4] = word.try_into().unwrap_or_default();
            format!("{:08X}", u32::from_ne_bytes(word))
        });
        format!("{}:{:04X}", words.collect::<String>(), address.port())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn our_own_connection_is_ours_and_a_closed_one_is_nobodys() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                continue;
            };
            let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (accepted, peer) = listener.accept().unwrap();
            let local = accepted.local_addr().unwrap();
            let me = rustix::process::geteuid().as_raw();
            assert_eq!(look_up(peer, local), Peer::User(me), "{address}");
            let file = if peer.is_ipv4() {
                "/proc/net/tcp"
            } else {
                "/proc/net/tcp6"
            };
            let table = std::fs::read_to_string(file).unwrap();
            assert_eq!(
                linux::find(&table, peer, local),
                Peer::User(me),
                "{address} by the table"
            );
            drop(client);
            assert_eq!(look_up(peer, local), Peer::NotHere, "{address} closed");
        }
    }

    #[test]
    fn others_are_not_let_in() {
        let me = rustix::process::geteuid().as_raw();
        assert!(is_allowed(Peer::User(me)) && is_allowed(Peer::User(0)) && is_allowed(Peer::Unknown));
        assert!(!is_allowed(Peer::User(65_534)) && !is_allowed(Peer::NotHere));
    }
}
