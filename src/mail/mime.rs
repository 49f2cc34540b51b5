//! The MIME structure of a mail (RFC 2045, RFC 2046), walked once, in linear time, within limits.
//!
//! In: octets. Out: a flat list of entities with their header blocks and bodies as ranges. mail-parser is given nothing
//! but single header blocks and the bodies of text parts, all of them bounded by this walk, so that no nesting in a mail
//! can make it recurse.

mod content;
mod fields;
mod structure;

pub(super) use content::Content;
pub(super) use fields::{Field, Fields};
pub(super) use structure::{Entity, Kind, Structure};
