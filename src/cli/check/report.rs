//! What has been found so far, and how to print it.

use super::args::Format;
use super::reader::Checked;
use super::sources::Fault;
use super::summary::Summary;
use crate::annotate::{Annotated, html, json, line, sarif, terminal};
use std::fmt::Display;
use std::io::{self, Write};

/// Prints mail by mail, or all at the end, as the format wants it.
pub(super) struct Report {
    /// `None` prints nothing.
    format: Option<Format>,
    look: terminal::Look,
    summary_only: bool,
    /// For the formats that need all mails at once.
    kept: Vec<Checked>,
    summary: Summary,
    /// Whether the last mail took several lines.
    roomy: bool,
}

impl Report {
    pub(super) fn new(format: Option<Format>, look: terminal::Look, summary_only: bool) -> Report {
        Report {
            format,
            look,
            summary_only,
            kept: Vec::new(),
            summary: Summary::default(),
            roomy: false,
        }
    }

    /// One mail more.
    pub(super) fn add(&mut self, out: &mut dyn Write, checked: Checked) -> io::Result<()> {
        let first = self.summary.mails() == 0;
        self.summary.add(&checked);
        match self.format {
            None => Ok(()),
            Some(Format::Text) if self.summary_only => Ok(()),
            Some(Format::Text) => {
                let text = terminal::render(&checked.annotated(), self.look);
                // Quiet lines stand close together; what takes several has air around it.
                let roomy = text.lines().count() > 1;
                let gap = if !first && (roomy || self.roomy) { "\n" } else { "" };
                self.roomy = roomy;
                write!(out, "{gap}{text}")?;
                out.flush()
            }
            Some(Format::Line) => {
                write!(out, "{}", line::lines(&checked.annotated(), self.look.all))?;
                out.flush()
            }
            Some(Format::Json) => {
                writeln!(out, "{}", json::line(&checked.annotated())?)?;
                out.flush()
            }
            Some(Format::Sarif | Format::Html) => {
                self.kept.push(checked);
                Ok(())
            }
        }
    }

    /// Something could not be read; the rest goes on.
    pub(super) fn unreadable(&mut self, err: &mut dyn Write, fault: &Fault) {
        self.summary.unreadable += 1;
        complain(err, format_args!("{}: {}", fault.name, fault.why));
    }

    /// What comes last.
    pub(super) fn finish(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mails: Vec<Annotated<'_>> = self.kept.iter().map(Checked::annotated).collect();
        match self.format {
            Some(Format::Text) if self.summary_only => write!(out, "{}", self.summary.text())?,
            Some(Format::Text) if self.summary.mails() + self.summary.unreadable > 1 => {
                write!(out, "\n{}", self.summary.text())?;
            }
            Some(Format::Sarif) => writeln!(out, "{}", sarif::log(&mails)?)?,
            Some(Format::Html) => write!(out, "{}", html::page(&mails))?,
            None | Some(Format::Text | Format::Line | Format::Json) => {}
        }
        out.flush()
    }

    /// The exit status so far.
    pub(super) fn status(&self) -> u8 {
        self.summary.status()
    }

    /// A reader that has gone (`youward check … | head`) is a quiet end with what is known so far.
    pub(super) fn ended_by(&self, written: io::Result<()>) -> anyhow::Result<Option<u8>> {
        match written {
            Ok(()) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Some(self.status())),
            Err(error) => Err(anyhow::Error::new(error).context("can't write the result")),
        }
    }
}

/// One line on standard error. When even that can't be written to, the exit status has to do.
pub(super) fn complain(err: &mut dyn Write, what: impl Display) {
    let _ = writeln!(err, "youward: {what}");
}
