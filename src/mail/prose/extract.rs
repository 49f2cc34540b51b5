//! From a mail to its prose: which parts are read, and how.

use super::lines::{self, Flow};
use super::passage::{self, Budget};
use super::{Mask, MaskKind, Origin, Passage, Prose, RawMap, TextKind, TextPart, decode, html, masks};
use crate::mail::mime::{Entity, Kind, Structure};
use crate::mail::{Headers, Mail, Protection, ScanLimits, Unreadable};
use std::ops::Range;

impl Prose {
    /// Reads the author's own text out of a mail.
    ///
    /// Read are the subject and the parts that a reader sees as the body (RFC 2046): every text of a multipart/mixed, one
    /// of a multipart/alternative, the root of a multipart/related, what a multipart/signed covers. Not read are
    /// attachments, forwarded mails, and mails that are encrypted.
    ///
    /// # Errors
    /// The limit that the mail is over, or the part that could not be parsed.
    pub fn extract(mail: &Mail, limits: &ScanLimits) -> Result<Prose, Unreadable> {
        let octets = mail.octets();
        let structure = Structure::walk(octets, limits)?;
        let headers = Headers::read(octets, &structure);
        let encrypted = headers.protection == Protection::Encrypted;
        let mut reader = Reader {
            octets,
            structure: &structure,
            prose: Prose {
                headers,
                ..Prose::default()
            },
            budget: Budget::default(),
        };
        reader.subject();
        if encrypted {
            reader.prose.passages.clear();
            return Ok(reader.prose);
        }
        reader.entity(0)?;
        let mut prose = reader.prose;
        if prose.headers.protection == Protection::Encrypted {
            prose.passages.clear();
        }
        prose.cut |= reader.budget.cut();
        prose.tell_language();
        Ok(prose)
    }
}

struct Reader<'m> {
    octets: &'m [u8],
    structure: &'m Structure,
    prose: Prose,
    budget: Budget,
}

impl<'m> Reader<'m> {
    /// The subject is a part of its own, if there is one.
    fn subject(&mut self) {
        let octets = self.octets;
        let mut fields = self.structure.fields.iter();
        let Some(field) = fields.find(|field| field.is(octets, "subject")) else {
            return;
        };
        let value = field.value(octets);
        let start = field.value.start + (value.len() - value.trim_ascii_start().len());
        let raw = start..start + value.trim_ascii().len();
        let text = self.prose.headers.subject.clone();
        let same = octets.get(raw.clone()) == Some(text.as_bytes());
        let map = if same { RawMap::Identity } else { RawMap::Whole };
        self.prose
            .passages
            .extend(passage::build_line(0, &text, &mut self.budget));
        self.prose.parts.push(TextPart {
            id: "subject".to_owned(),
            kind: TextKind::Subject,
            text,
            origin: Origin { raw, map },
        });
    }

    /// Reads an entity and what is in it, and says whether own text was there. It recurses as deep as the structure is,
    /// which is limited.
    fn entity(&mut self, index: usize) -> Result<bool, Unreadable> {
        let structure: &'m Structure = self.structure;
        let Some(entity) = structure.entities.get(index) else {
            return Ok(false);
        };
        match (entity.kind, entity.content.sub()) {
            (Kind::Message, _) | (_, "encrypted") => Ok(false),
            (Kind::Leaf, _) => self.leaf(entity),
            // No delimiter has come: what would be the preamble is all the text there is.
            (Kind::Multipart, _) if entity.children.is_empty() => self.text(entity, TextKind::Plain),
            (Kind::Multipart, "alternative") => self.alternative(entity),
            (Kind::Multipart, "related") => match self.root_of(entity) {
                Some(root) => self.entity(root),
                None => Ok(false),
            },
            (Kind::Multipart, "signed") => match entity.children.first() {
                Some(&content) => self.entity(content),
                None => Ok(false),
            },
            (Kind::Multipart, _) => {
                let mut own = false;
                for &child in &entity.children {
                    own |= self.entity(child)?;
                }
                Ok(own)
            }
        }
    }

    /// RFC 2387 §3.2: the part that the parameter `start` names, else the first.
    fn root_of(&self, entity: &Entity) -> Option<usize> {
        let start = entity.content.parameters.get("start");
        let start = start
            .as_deref()
            .map(|id| id.strip_prefix(b"<").unwrap_or(id))
            .map(|id| id.strip_suffix(b">").unwrap_or(id));
        let named = entity.children.iter().copied().find(|&child| {
            self.structure
                .entities
                .get(child)
                .is_some_and(|child| !child.content_id.is_empty() && Some(child.content_id.as_slice()) == start)
        });
        named.or(entity.children.first().copied())
    }

    /// The plain text is read; if it has no own text, the HTML. Parts that are not read are listed all the same.
    fn alternative(&mut self, entity: &Entity) -> Result<bool, Unreadable> {
        let plain = entity
            .children
            .iter()
            .copied()
            .find(|&child| self.holds(child, "text/plain"));
        let html = entity
            .children
            .iter()
            .copied()
            .rfind(|&child| self.holds(child, "text/html"));
        let mut read = None;
        for candidate in [plain, html].into_iter().flatten() {
            if read.is_none_or(|read| read != candidate) {
                let (parts, masks) = (self.prose.parts.len(), self.prose.masks.len());
                if self.entity(candidate)? {
                    self.list(entity, candidate);
                    return Ok(true);
                }
                if read.is_none() && html.is_some() && html != plain {
                    self.prose.parts.truncate(parts);
                    self.prose.masks.truncate(masks);
                }
                read = Some(candidate);
            }
        }
        self.list(entity, read.unwrap_or(usize::MAX));
        Ok(false)
    }

    /// Lists the texts of an alternative that are not read.
    fn list(&mut self, entity: &Entity, read: usize) {
        for &child in entity.children.iter().filter(|&&child| child != read) {
            for other in self.leaves(child) {
                let kind = if other.content.essence == "text/html" {
                    TextKind::Html
                } else {
                    TextKind::Plain
                };
                let (part, _) = decode::decode(self.octets, other, other.section.clone(), kind);
                self.prose.parts.push(part);
            }
        }
    }

    /// Whether a body text of this type is in an entity.
    fn holds(&self, index: usize, essence: &str) -> bool {
        self.leaves(index).any(|entity| entity.content.essence == essence)
    }

    /// The body texts in an entity. Entities stand in the order of the octets, so those within follow it.
    fn leaves(&self, index: usize) -> impl Iterator<Item = &'m Entity> + use<'m> {
        let structure: &'m Structure = self.structure;
        let entities = structure.entities.get(index..).unwrap_or_default();
        let end = entities
            .first()
            .map_or(0, |entity| entity.body.end.max(entity.header.end));
        entities
            .iter()
            .take_while(move |entity| entity.header.start < end)
            .filter(|entity| entity.is_body_text() && !entity.forwarded)
    }

    fn leaf(&mut self, entity: &Entity) -> Result<bool, Unreadable> {
        let root = self.structure.root().is_some_and(|root| root.kind == Kind::Leaf);
        match entity.content.essence.as_str() {
            "text/html" if entity.is_body_text() => self.text(entity, TextKind::Html),
            "text/plain" if entity.is_body_text() => self.text(entity, TextKind::Plain),
            // A multipart without a boundary can only be read as it stands.
            essence if root && essence.starts_with("multipart/") => self.text(entity, TextKind::Plain),
            "text/markdown" | "text/enriched" | "text/richtext" if root => self.text(entity, TextKind::Plain),
            _ => Ok(false),
        }
    }

    fn text(&mut self, entity: &Entity, kind: TextKind) -> Result<bool, Unreadable> {
        let id = if entity.section.is_empty() {
            "1".to_owned()
        } else {
            entity.section.clone()
        };
        let index = self.prose.parts.len();
        let (part, cut) = decode::decode(self.octets, entity, id, kind);
        let read = match kind {
            TextKind::Html => read_html(index, &part.text, &mut self.budget).map_err(|why| Unreadable::Parser {
                part: part.id.clone(),
                why,
            })?,
            _ => read_plain(index, &part.text, flow(entity), &mut self.budget),
        };
        self.prose.cut |= cut;
        if read.protection != Protection::None {
            self.prose.headers.protection = read.protection;
        }
        let own = read
            .passages
            .iter()
            .any(|passage| passage.text.contains(char::is_alphanumeric));
        self.prose.parts.push(part);
        if own {
            self.prose.passages.extend(read.passages);
        }
        self.prose
            .masks
            .extend(read.masks.into_iter().map(|(range, kind)| Mask {
                part: index,
                range,
                kind,
            }));
        Ok(own)
    }
}

/// What one text gave.
pub(super) struct Read {
    pub(super) passages: Vec<Passage>,
    pub(super) masks: Vec<(Range<usize>, MaskKind)>,
    protection: Protection,
}

/// RFC 3676 §4: `format=flowed; delsp=yes`.
fn flow(entity: &Entity) -> Flow {
    let parameters = &entity.content.parameters;
    match parameters.word("format").as_deref() {
        Some("flowed") => Flow::Flowed {
            delete_space: parameters.word("delsp").as_deref() == Some("yes"),
        },
        _ => Flow::Fixed,
    }
}

/// Reads a plain text.
pub(super) fn read_plain(part: usize, text: &str, flow: Flow, budget: &mut Budget) -> Read {
    let lines = lines::split(text, flow);
    let found = masks::find(text, &lines);
    let passages = match found.protection {
        Protection::Encrypted => Vec::new(),
        _ => passage::build(part, text, &lines, &found.masks, budget),
    };
    Read {
        passages,
        masks: found.masks,
        protection: found.protection,
    }
}

/// Reads an HTML text: its visible text as a plain one, then every offset and mask back to the source.
fn read_html(part: usize, source: &str, budget: &mut Budget) -> Result<Read, String> {
    let mut visible = html::visible(source, true)?;
    if !visible.text.contains(char::is_alphanumeric) && visible.masks.iter().any(|(_, kind)| *kind == MaskKind::Code) {
        visible = html::visible(source, false)?;
    }
    let Read {
        mut passages,
        masks,
        protection,
    } = read_plain(part, &visible.text, Flow::Fixed, budget);
    for passage in &mut passages {
        passage.offsets = passage.offsets.through(&visible.offsets);
    }
    let mut all = visible.masks;
    all.extend(masks.into_iter().filter_map(|(range, kind)| {
        // Without the white space at its end, which may stand for markup that is masked already.
        let length = visible.text.get(range.clone())?.trim_end().len();
        Some((visible.offsets.source(range.start..range.start + length)?, kind))
    }));
    Ok(Read {
        passages,
        masks: masks::merged(all),
        protection,
    })
}

#[cfg(test)]
mod tests;
