//! Credentials: in memory, in the keyring, in sealed files.
//!
//! In: SASL credentials as the session machine saw them ([`crate::smtp::sasl::Credentials`], zeroized on drop). Out: the
//! same to whoever may log in for the account, within their lifetime.
//!
//! Must never: write a secret to disk or a log in the clear, outlive its purpose.
//!
//! Today credentials live only inside one session: they are relayed and dropped. The room stands empty until the
//! account mailboxes need them longer.
