//! All integration tests in one binary: the program with real servers and clients, with a provider that misbehaves on
//! purpose, killed at bad moments, and the rules of the house.
//!
//! `tests/install` brings the programs that they use. They run as root, because Postfix and Dovecot want it.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod copies;
#[cfg(test)]
mod dialogues;
#[cfg(test)]
mod e2e;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod imap;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod mailbox;
#[cfg(test)]
mod power;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod web;
