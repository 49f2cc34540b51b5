//! The tree of entities of a mail, by one walk over its lines.

use super::{Content, Field, Fields};
use crate::mail::scan::{ScanLimits, Unreadable};
use memchr::memmem::Finder;
use std::collections::BTreeMap;
use std::ops::Range;

/// Every entity of a mail, the mail itself first, each before what is in it.
#[derive(Debug)]
pub(in crate::mail) struct Structure {
    /// The entities in the order of the octets.
    pub(in crate::mail) entities: Vec<Entity>,
    /// The fields of the mail's own header.
    pub(in crate::mail) fields: Vec<Field>,
    /// The lines that delimit body parts, in the order of the octets.
    pub(in crate::mail) delimiters: Vec<Delimiter>,
}

/// A line that begins or ends a body part (RFC 2046 §5.1.1).
#[derive(Debug)]
pub(in crate::mail) struct Delimiter {
    /// Where the line begins.
    pub(in crate::mail) start: usize,
    /// The multipart that it belongs to, as an index into the entities.
    pub(in crate::mail) entity: usize,
}

/// A mail, a body part, or a mail within.
#[derive(Debug)]
pub(in crate::mail) struct Entity {
    /// Its header block with the empty line.
    pub(in crate::mail) header: Range<usize>,
    /// Its body as encoded, without the line end that belongs to the delimiter after it.
    pub(in crate::mail) body: Range<usize>,
    /// What is in it.
    pub(in crate::mail) kind: Kind,
    /// Where the value of the Content-Type field stands, if there is one.
    pub(in crate::mail) content_field: Option<Range<usize>>,
    /// Content-Type; `text/plain` where there is none or it can't be read (RFC 2045 §5.2).
    pub(in crate::mail) content: Content,
    /// Content-Disposition.
    pub(in crate::mail) disposition: Content,
    /// Content-Transfer-Encoding, in lower case.
    pub(in crate::mail) encoding: String,
    /// Content-ID without its brackets.
    pub(in crate::mail) content_id: Vec<u8>,
    /// IMAP section number (RFC 9051 §6.4.5): of a mail or multipart the prefix of what is in it, and so empty for the
    /// mail itself where it is a multipart.
    pub(in crate::mail) section: String,
    /// It is within a forwarded mail.
    pub(in crate::mail) forwarded: bool,
    /// The entities directly in it.
    pub(in crate::mail) children: Vec<usize>,
}

/// What an entity holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail) enum Kind {
    /// Text or an attachment.
    Leaf,
    /// Body parts.
    Multipart,
    /// A mail (message/rfc822, message/global).
    Message,
}

impl Structure {
    /// Walks a mail within limits. Broken structure is tolerated; only limits give errors.
    pub(in crate::mail) fn walk(octets: &[u8], limits: &ScanLimits) -> Result<Structure, Unreadable> {
        if octets.len() > limits.octets || u32::try_from(octets.len()).is_err() {
            return Err(Unreadable::TooLong {
                octets: octets.len(),
                limit: limits.octets,
            });
        }
        let mut walk = Walk {
            octets,
            limits,
            entities: Vec::new(),
            fields: Vec::new(),
            delimiters: Vec::new(),
            open: Vec::new(),
            boundaries: Boundaries::default(),
            dashes: Finder::new(b"\n--"),
        };
        let mut at = walk.entity(0, None)?;
        while let Some(next) = walk.next_delimiter(at) {
            at = match next.closes {
                true => next.after,
                false => walk.entity(next.after, Some(next.level))?,
            };
        }
        walk.close(0, octets.len());
        Ok(Structure {
            entities: walk.entities,
            fields: walk.fields,
            delimiters: walk.delimiters,
        })
    }

    /// The mail itself.
    pub(in crate::mail) fn root(&self) -> Option<&Entity> {
        self.entities.first()
    }

    /// The entities that are not within a forwarded mail.
    pub(in crate::mail) fn own_entities(&self) -> impl Iterator<Item = &Entity> {
        self.entities.iter().filter(|entity| !entity.forwarded)
    }
}

impl Entity {
    /// Whether it is text that a reader sees as the mail's body: plain or HTML, no attachment, no file.
    pub(in crate::mail) fn is_body_text(&self) -> bool {
        let text = matches!(self.content.essence.as_str(), "text/plain" | "text/html");
        let file = self.content.parameters.has("name") || self.disposition.parameters.has("filename");
        self.kind == Kind::Leaf && text && self.disposition.essence != "attachment" && !(file && self.section != "1")
    }
}

/// Nesting that is read at most, whatever the limits say: the parts are read by recursion.
const DEEPEST: usize = 1_000;

/// An entity whose end is not known yet.
struct Open {
    entity: usize,
    /// What its delimiters say; `None` if it has none, or its closing delimiter has come.
    boundary: Option<Vec<u8>>,
}

/// The boundaries of the open multiparts, with their levels, the innermost last. A map, because a mail may have any number
/// of lines that could be delimiters, and each is looked up.
#[derive(Default)]
struct Boundaries(BTreeMap<Vec<u8>, Vec<usize>>);

impl Boundaries {
    fn open(&mut self, boundary: &[u8], level: usize) {
        self.0.entry(boundary.to_vec()).or_default().push(level);
    }

    /// Multiparts end in the order opposite to that in which they began.
    fn close(&mut self, boundary: &[u8]) {
        if let Some(levels) = self.0.get_mut(boundary) {
            levels.pop();
            if levels.is_empty() {
                self.0.remove(boundary);
            }
        }
    }

    fn level(&self, boundary: &[u8]) -> Option<usize> {
        self.0.get(boundary)?.last().copied()
    }

    /// Which open multipart a line delimits, and whether it is its closing delimiter (RFC 2046 §5.1.1).
    fn delimited(&self, line: &[u8]) -> Option<(usize, bool)> {
        let said = line.strip_prefix(b"--")?.trim_ascii_end();
        if let Some(level) = self.level(said) {
            return Some((level, false));
        }
        self.level(said.strip_suffix(b"--")?).map(|level| (level, true))
    }
}

/// A delimiter that the walk has come to.
struct Met {
    level: usize,
    closes: bool,
    after: usize,
}

struct Walk<'o> {
    octets: &'o [u8],
    limits: &'o ScanLimits,
    entities: Vec<Entity>,
    fields: Vec<Field>,
    delimiters: Vec<Delimiter>,
    /// The entities around the current place, outermost first, each in the one before.
    open: Vec<Open>,
    boundaries: Boundaries,
    /// Finds lines that begin with two hyphens.
    dashes: Finder<'static>,
}

impl Walk<'_> {
    /// Reads the entity whose header begins at `at`, in the multipart at `level`, and those at its beginning; gives the
    /// place where its body begins.
    fn entity(&mut self, mut at: usize, level: Option<usize>) -> Result<usize, Unreadable> {
        let mut parent = level.and_then(|level| self.open.get(level)).map(|open| open.entity);
        loop {
            let entity = self.header(at, parent)?;
            at = entity.header.end;
            let index = self.entities.len();
            let boundary = (entity.kind == Kind::Multipart)
                .then(|| entity.content.parameters.get("boundary"))
                .flatten();
            let kind = entity.kind;
            if let Some(parent) = parent.and_then(|parent| self.entities.get_mut(parent)) {
                parent.children.push(index);
            }
            self.entities.push(entity);
            if let Some(boundary) = &boundary {
                self.boundaries.open(boundary, self.open.len());
            }
            self.open.push(Open {
                entity: index,
                boundary,
            });
            if self.entities.len() > self.limits.parts {
                return Err(Unreadable::TooManyParts {
                    limit: self.limits.parts,
                });
            }
            // A leaf is not a level of its own.
            if self.open.len() > self.limits.depth.min(DEEPEST) + usize::from(kind == Kind::Leaf) {
                return Err(Unreadable::TooDeep {
                    limit: self.limits.depth,
                });
            }
            if kind != Kind::Message {
                return Ok(at);
            }
            parent = Some(index);
        }
    }

    /// Reads one header block.
    fn header(&mut self, at: usize, parent: Option<usize>) -> Result<Entity, Unreadable> {
        let octets = self.octets;
        let boundaries = &self.boundaries;
        let mut fields = Fields::new(octets, at, |line| boundaries.delimited(line).is_some());
        let (mut content, mut disposition, mut encoding, mut content_id) = (None, None, None, None);
        let mut content_field = None;
        let mut count = 0_usize;
        for field in fields.by_ref() {
            count += 1;
            if field.whole.len() > self.limits.field {
                return Err(Unreadable::HeaderTooLong {
                    octets: field.whole.len(),
                    limit: self.limits.field,
                });
            }
            if count > self.limits.fields {
                return Err(Unreadable::TooManyFields {
                    limit: self.limits.fields,
                });
            }
            if field.is(octets, "content-type") {
                content_field.get_or_insert_with(|| field.value.clone());
                content.get_or_insert_with(|| Content::read(field.value(octets)));
            } else if field.is(octets, "content-disposition") {
                disposition.get_or_insert_with(|| Content::read(field.value(octets)));
            } else if field.is(octets, "content-transfer-encoding") {
                encoding.get_or_insert_with(|| Content::read(field.value(octets)).essence);
            } else if field.is(octets, "content-id") {
                let id = field.value(octets).trim_ascii();
                content_id.get_or_insert_with(|| id.strip_prefix(b"<").unwrap_or(id));
            }
            if self.entities.is_empty() {
                self.fields.push(field);
            }
        }
        let end = fields.end();
        let parent = parent.and_then(|parent| self.entities.get(parent));
        let content = content.filter(|content| !content.main().is_empty() && !content.sub().is_empty());
        let content = content.unwrap_or_else(|| Content {
            essence: match parent {
                Some(parent) if parent.content.essence == "multipart/digest" => "message/rfc822".to_owned(),
                _ => "text/plain".to_owned(),
            },
            ..Content::default()
        });
        let encoding = encoding.unwrap_or_default();
        let kind = kind(&content, &encoding);
        let content_id = content_id
            .map(|id: &[u8]| id.strip_suffix(b">").unwrap_or(id).to_vec())
            .unwrap_or_default();
        Ok(Entity {
            header: at..end,
            body: end..end,
            section: section(parent, kind),
            forwarded: parent.is_some_and(|parent| parent.forwarded || parent.kind == Kind::Message),
            kind,
            content_field,
            content,
            disposition: disposition.unwrap_or_default(),
            encoding,
            content_id,
            children: Vec::new(),
        })
    }

    /// Finds the next line that delimits an open multipart, and ends what it ends.
    fn next_delimiter(&mut self, from: usize) -> Option<Met> {
        if self.boundaries.0.is_empty() {
            return None;
        }
        let mut start = from;
        if !self.octets.get(from..)?.starts_with(b"--") {
            start = self.next_dashes(from)?;
        }
        loop {
            let rest = self.octets.get(start..)?;
            let line = rest.get(..memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1))?;
            let after = start + line.len();
            if let Some((level, closes)) = self.boundaries.delimited(line) {
                self.close(level + 1, before_line_end(self.octets, start, from));
                if let Some(open) = self.open.get_mut(level) {
                    self.delimiters.push(Delimiter {
                        start,
                        entity: open.entity,
                    });
                    if let Some(boundary) = open.boundary.take_if(|_| closes) {
                        self.boundaries.close(&boundary);
                    }
                }
                return Some(Met { level, closes, after });
            }
            start = self.next_dashes(after.saturating_sub(1))?;
        }
    }

    /// The next place after `from` where a line begins with two hyphens.
    fn next_dashes(&self, from: usize) -> Option<usize> {
        let rest = self.octets.get(from..)?;
        self.dashes.find(rest).map(|at| from + at + 1)
    }

    /// Ends every open entity from `level` inwards at `end`.
    fn close(&mut self, level: usize, end: usize) {
        for open in self.open.drain(level.min(self.open.len())..).rev() {
            if let Some(boundary) = &open.boundary {
                self.boundaries.close(boundary);
            }
            if let Some(entity) = self.entities.get_mut(open.entity) {
                entity.body.end = end.max(entity.body.start);
            }
        }
    }
}

/// What an entity of this type holds. A mail within is encoded only against the rules (RFC 2046 §5.2.1), and then not
/// looked into; a multipart without a boundary can't be.
fn kind(content: &Content, encoding: &str) -> Kind {
    match (content.main(), content.sub()) {
        ("multipart", _) if content.parameters.has("boundary") => Kind::Multipart,
        ("message", "rfc822" | "global") if !matches!(encoding, "base64" | "quoted-printable") => Kind::Message,
        _ => Kind::Leaf,
    }
}

/// RFC 9051 §6.4.5: parts of a multipart are counted from 1; a mail that is no multipart has a part 1; a multipart that
/// is the body of a mail within has no number of its own.
fn section(parent: Option<&Entity>, kind: Kind) -> String {
    let Some(parent) = parent else {
        return if kind == Kind::Multipart {
            String::new()
        } else {
            "1".to_owned()
        };
    };
    let number = match (parent.kind, kind) {
        (Kind::Message, Kind::Multipart) => return parent.section.clone(),
        (Kind::Message, _) => 1,
        _ => parent.children.len() + 1,
    };
    match parent.section.as_str() {
        "" => number.to_string(),
        prefix => format!("{prefix}.{number}"),
    }
}

/// The line end before a delimiter belongs to the delimiter.
fn before_line_end(octets: &[u8], line: usize, from: usize) -> usize {
    let before = octets.get(from..line).unwrap_or_default();
    from + super::fields::without_end(before).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(text: &str) -> Structure {
        Structure::walk(text.as_bytes(), &ScanLimits::default()).unwrap()
    }

    fn shown(text: &str) -> Vec<(String, String, String)> {
        let structure = walk(text);
        let show = |entity: &Entity| {
            (
                entity.section.clone(),
                entity.content.essence.clone(),
                text[entity.body.clone()].to_owned(),
            )
        };
        structure
            .entities
            .iter()
            .filter(|entity| entity.kind == Kind::Leaf)
            .map(show)
            .collect()
    }

    fn leaf(section: &str, essence: &str, body: &str) -> (String, String, String) {
        (section.to_owned(), essence.to_owned(), body.to_owned())
    }

    /// The example of RFC 9051 §6.4.5 has this shape.
    const NESTED: &str = "Content-Type: multipart/mixed; boundary=a\r\n\r\npreamble\r\n\
        --a\r\n\r\none\r\n\
        --a\r\nContent-Type: application/octet-stream\r\n\r\ntwo\r\n\
        --a\r\nContent-Type: message/rfc822\r\n\r\n\
        Subject: inner\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
        --b\r\n\r\nthree one\r\n\
        --b\r\nContent-Type: text/html\r\n\r\nthree two\r\n--b--\r\nepilogue\r\n\
        --a\r\nContent-Type: multipart/mixed; boundary=\"aa\"\r\n\r\n\
        --aa\r\nContent-Type: image/gif\r\n\r\nfour one\r\n\
        --aa\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nfour two one\r\n\
        --aa--\r\n\
        --a\r\n\r\nfive\r\n--a--\r\nepilogue\r\n--a\r\n\r\nnot a part\r\n";

    #[test]
    fn sections_are_those_of_imap() {
        assert_eq!(
            shown(NESTED),
            vec![
                leaf("1", "text/plain", "one"),
                leaf("2", "application/octet-stream", "two"),
                leaf("3.1", "text/plain", "three one"),
                leaf("3.2", "text/html", "three two"),
                leaf("4.1", "image/gif", "four one"),
                leaf("4.2.1", "text/plain", "four two one"),
                leaf("5", "text/plain", "five"),
            ]
        );
        assert_eq!(shown("Subject: x\n\nbody\n"), vec![leaf("1", "text/plain", "body\n")]);
    }

    #[test]
    fn line_feeds_alone_give_the_same_parts() {
        let text = NESTED.replace("\r\n", "\n");
        assert_eq!(shown(&text).len(), 7);
        assert_eq!(shown(&text), shown(NESTED));
    }

    #[test]
    fn broken_structure_is_tolerated() {
        let unterminated =
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: text/html\n--a\n\nthree";
        assert_eq!(
            shown(unterminated),
            vec![
                leaf("1", "text/plain", "one"),
                leaf("2", "text/html", ""),
                leaf("3", "text/plain", "three")
            ]
        );
        assert_eq!(shown(""), vec![leaf("1", "text/plain", "")]);
        assert_eq!(shown("Content-Type: multipart/mixed\n\ntext")[0].1, "multipart/mixed");
        assert_eq!(
            shown("Content-Type: text\n\nbody"),
            vec![leaf("1", "text/plain", "body")]
        );
    }
}
