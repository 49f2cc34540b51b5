//! A verdict in words, beside the mail and never in it.
//!
//! In: [`Annotated`]: a verdict, the reading behind it, and the mail's prose. Out: the lines of an SMTP reply ([`reply`]),
//! the compiler-like text for a terminal ([`terminal`]), a [`line`](mod@line) a finding, [`json`], [`sarif`], an [`html`] page, the annotated
//! [`copy`] that the author gets, what a rewrite changed ([`diff`]), and a [`notice`] when something became of a held mail.
//! All of them number the findings alike: 1 is the one to begin with.
//!
//! Must never: produce anything that could reach a recipient, alter the mail, put mail text into a reply, a terminal or a
//! page unescaped.

mod ascii;
pub mod copy;
pub mod diff;
pub mod html;
pub mod json;
pub(crate) mod lamps;
mod letter;
pub mod line;
pub mod notice;
mod places;
pub mod reply;
pub mod sarif;
pub mod terminal;
pub(crate) mod view;
mod window;
pub(crate) mod words;

#[cfg(test)]
mod samples;
#[cfg(test)]
pub(crate) mod schema;

pub use words::{category_id, level as level_id, wrapped};

use crate::mail::Prose;
use crate::reading::Reading;
use crate::standard::Verdict;

/// One mail with what was found and decided: the input of every output of this room.
#[derive(Debug, Clone, Copy)]
pub struct Annotated<'a> {
    /// What the mail is called: a file's name, `stdin`, a record's id. Shown to people, made harmless first.
    pub name: &'a str,
    /// The octets that the spans' raw ranges count in: the file's or the mail's. Only [`sarif`] needs them, to say where
    /// in the file a place of a decoded part is; without them it names files and parts but no regions in mails.
    pub octets: Option<&'a [u8]>,
    /// The mail's text; `None` when the mail could not be read.
    pub prose: Option<&'a Prose>,
    /// The reading; `None` when the mail could not be read.
    pub reading: Option<&'a Reading>,
    /// What the standard says.
    pub verdict: &'a Verdict,
}
