//! Drivers between sockets and machines, the only code there.
//!
//! In: connections. Out: every octet where it belongs, every question asked of the port that knows: the upstream, the
//! standard, the custody. They move bytes, ask, and answer.
//!
//! Must never: parse, judge, close a connection without a reply, say 250 for content before the provider or a committed
//! hold has.

mod alarm;
mod budget;
mod connection;
mod crew;
mod descriptors;
mod desk;
mod imap;
mod journal;
mod listener;
mod peer;
mod places;
mod replies;
mod service;
mod settings;

pub use connection::Stopping;
pub use desk::Desk;
pub use imap::ImapProvider;
pub use listener::{Parts, Proxy, Stopper};
pub use peer::is_ours;
pub use service::{Accept, Provider, Service};
pub use settings::{Capacity, Certificate, Listen, ListenTls, UpstreamSettings};
