//! Custody of a held or returned mail.
