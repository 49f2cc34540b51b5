//! What a reading is told besides the prose.

use super::Silence;
use super::blast::BlastSeen;
use super::correspondence::Correspondence;
use super::facts::Fact;
use crate::mail::{Address, Envelope};
use serde::{Deserialize, Serialize};

/// Who writes to whom, and what is known of them.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The account that submits, where known.
    pub account: Option<Address>,
    /// The envelope, where there is one. `check` on a file has none and the header's recipients count.
    pub envelope: Option<Envelope>,
    /// Read the text as a first-touch mail whatever the signals say (`check --assume-prospecting`).
    pub assume_prospecting: bool,
    /// The gate's settings, from the standard.
    pub gate: GateSettings,
    /// What is known of earlier mail with the recipients.
    pub correspondence: Correspondence,
    /// What is known of the recipients besides; see [`Facts::for_recipients`](super::Facts::for_recipients).
    pub facts: Vec<Fact>,
    /// Findings that are right as they stand.
    pub silences: Vec<Silence>,
    /// Where nearly the same text went, if anybody has looked.
    pub blast: Option<BlastSeen>,
    /// Further names of the company that sells and of its products; what the account's domain says is known already.
    pub seller_names: Vec<String>,
}

/// How a mail counts while the account's history is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HistoryUnknown {
    /// As if nobody had ever written: first-touch points count in full.
    FirstTouch,
    /// The class is at most "unsure".
    #[default]
    Unsure,
}

/// The gate's part of a standard (see [`Prospecting`](super::Prospecting)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateSettings {
    /// Points from which a mail is prospecting. Default 5.
    pub prospecting_from: i32,
    /// Points from which a mail is at least "unsure". Default 3.
    pub unsure_from: i32,
    /// How unknown history counts.
    pub history_unknown: HistoryUnknown,
    /// Domains (with their subdomains) that are inside the company. The account's own domain always is, unless it is a
    /// freemail provider's.
    pub internal_domains: Vec<String>,
    /// Addresses or `@domain` patterns that are never prospects: customers, partners.
    pub exempt_recipients: Vec<String>,
    /// Addresses or `@domain` patterns that are customers: a sign against prospecting, but no more than that.
    pub customers: Vec<String>,
    /// Accounts (addresses or `@domain`) whose mail an admin has signed off: it is never prospecting.
    pub exempt_accounts: Vec<String>,
}

impl Default for GateSettings {
    fn default() -> GateSettings {
        GateSettings {
            prospecting_from: 5,
            unsure_from: 3,
            history_unknown: HistoryUnknown::default(),
            internal_domains: Vec::new(),
            exempt_recipients: Vec::new(),
            customers: Vec::new(),
            exempt_accounts: Vec::new(),
        }
    }
}
