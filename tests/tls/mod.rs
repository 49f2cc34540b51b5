//! TLS towards the provider and towards the client: whatever is wrong with it, no octet of a credential is shown.

mod downstream;
mod upstream;
