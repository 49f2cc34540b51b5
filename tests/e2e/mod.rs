//! End to end: `youward run` between real clients and a provider, real or played.
//!
//! Every promise that a user relies on is tried from outside, through sockets and commands, and nothing else.

mod bombs;
mod capacity;
mod custody;
mod failures;
mod harness;
mod holds;
mod intruders;
mod kills;
mod matrix;
mod octets;
mod reload;
mod saboteurs;
mod secrets;
mod smuggling;
mod stop;
