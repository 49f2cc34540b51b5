//! The shape of `youward.toml`, as written, with the place of every value. What it means is judged by `check`.

use super::quantity::Quantity;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub data_dir: Option<Spanned<String>>,
    #[serde(default)]
    pub team: bool,
    #[serde(default)]
    pub upstream: Vec<Upstream>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default)]
    pub timeouts: Timeouts,
    #[serde(default)]
    pub capacity: Capacity,
    #[serde(default)]
    pub store: Store,
    #[serde(default)]
    pub standard: Standard,
    #[serde(default)]
    pub rules: Rules,
    #[serde(default)]
    pub web: Web,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upstream {
    pub name: Spanned<String>,
    #[serde(default = "yes")]
    pub require_auth: bool,
    pub smtp: Spanned<Endpoint>,
    pub imap: Option<Spanned<Endpoint>>,
    pub keep_credentials: Option<Spanned<Quantity>>,
    #[serde(default)]
    pub mailboxes: Mailboxes,
    #[serde(default)]
    pub guard: Guard,
    #[serde(default)]
    pub listen: Vec<Listen>,
    #[serde(default)]
    pub listen_imap: Vec<Listen>,
    #[serde(default)]
    pub hide_capabilities: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Endpoint {
    pub host: Spanned<String>,
    pub port: Option<Spanned<Quantity>>,
    pub tls: Option<Spanned<Tls>>,
    pub ca: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mailboxes {
    pub drafts: Option<Spanned<String>>,
    pub sent: Option<Spanned<String>>,
    pub prefix: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Guard {
    pub drafts: Option<bool>,
    pub history: Option<bool>,
    pub still: Option<Spanned<Quantity>>,
    pub look: Option<Spanned<Quantity>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listen {
    pub address: Spanned<String>,
    pub tls: Option<Spanned<Tls>>,
    pub certificate: Option<Spanned<String>>,
    pub key: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tls {
    Implicit,
    Starttls,
    None,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub command_line: Option<Spanned<Quantity>>,
    pub auth_line: Option<Spanned<Quantity>>,
    pub content_line: Option<Spanned<Quantity>>,
    pub header_field: Option<Spanned<Quantity>>,
    pub content: Option<Spanned<Quantity>>,
    pub recipients: Option<Spanned<Quantity>>,
    pub errors: Option<Spanned<Quantity>>,
    pub errors_before_auth: Option<Spanned<Quantity>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Timeouts {
    pub before_auth: Option<Spanned<Quantity>>,
    pub command: Option<Spanned<Quantity>>,
    pub data_block: Option<Spanned<Quantity>>,
    pub data_rate: Option<Spanned<Quantity>>,
    pub connect: Option<Spanned<Quantity>>,
    pub upstream_command: Option<Spanned<Quantity>>,
    pub upstream_data: Option<Spanned<Quantity>>,
    pub upstream_done: Option<Spanned<Quantity>>,
    pub reading: Option<Spanned<Quantity>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Capacity {
    pub memory: Option<Spanned<Quantity>>,
    pub connections: Option<Spanned<Quantity>>,
    pub connections_per_address: Option<Spanned<Quantity>>,
    pub same_user_only: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    pub resend_window: Option<Spanned<Quantity>>,
    pub keep_closed: Option<Spanned<Quantity>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standard {
    pub file: Option<Spanned<String>>,
    pub rep: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub dir: Option<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Web {
    pub listen: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}
