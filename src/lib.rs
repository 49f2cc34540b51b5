//! Youward stands between a person's mail client and their provider's servers, reads outgoing prospecting mail for its
//! focus, and decides: pass, annotate, return or hold.
//!
//! This page is the map. One outgoing message walks through the rooms in this order, one way:
//!
//! | room | pure | what it does |
//! |---|---|---|
//! | [`smtp`] | yes | the session machine: octets from the client in, steps out |
//! | [`mail`] | yes | envelope, the mail's octets (never edited), and the author's own prose in it |
//! | [`reading`] | yes | prose and context to a reading: findings, prospecting signals, score |
//! | [`standard`] | yes | a reading to a verdict: pass, annotate, return, hold |
//! | [`annotate`] | yes | a verdict in words: SMTP reply lines, terminal, JSON, SARIF, HTML, the annotated copy |
//! | [`imap`] | yes | the tap over an IMAP connection |
//! | `upstream` | no | clients of the provider's servers |
//! | `proxy` | no | drivers between sockets and machines |
//! | `hold` | no | custody of a held or returned mail |
//! | `store` | no | what is kept, durably |
//! | `history`, `reader` | no | earlier mail; one mail read as its account's standard has it |
//! | `trends` | no | how outreach has gone, in counts and shares |
//! | `feed`, `secrets`, `guard`, `web`, `config`, `cli`, `app` | no | the channel from proxy to guard, credentials, drafts, pages, settings, commands, composition |
//!
//! Pure means: no sockets, files, environment, clock or randomness; time comes in as an argument. Without the feature
//! `app` only the pure rooms are built, which is how the fuzz targets use them and what proves the claim.

pub mod annotate;
pub mod imap;
pub mod mail;
pub mod reading;
pub mod smtp;
pub mod standard;
pub mod toml_file;

#[cfg(feature = "app")]
pub mod app;
#[cfg(feature = "app")]
pub mod cli;
#[cfg(feature = "app")]
pub mod config;
#[cfg(feature = "app")]
pub mod feed;
#[cfg(feature = "app")]
pub mod guard;
#[cfg(feature = "app")]
pub mod history;
#[cfg(feature = "app")]
pub mod hold;
#[cfg(feature = "app")]
pub mod proxy;
#[cfg(feature = "app")]
pub mod reader;
#[cfg(feature = "app")]
pub mod secrets;
#[cfg(feature = "app")]
pub mod store;
#[cfg(feature = "app")]
pub mod trends;
#[cfg(feature = "app")]
pub mod upstream;
#[cfg(feature = "app")]
pub mod web;
