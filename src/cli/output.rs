//! Standard output: locked, whole, and quiet when nobody reads any more. And mail text made harmless for a terminal.

use crate::config::env;
use clap::ColorChoice;
use serde::Serialize;
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

/// What an output can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Columns; `None` where it is no terminal and nothing need be cut.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Terminal {
    pub(super) fn stdout(choice: ColorChoice) -> Terminal {
        Terminal::of(&io::stdout(), choice)
    }

    pub(super) fn stderr(choice: ColorChoice) -> Terminal {
        Terminal::of(&io::stderr(), choice)
    }

    fn of(output: &(impl IsTerminal + Handle), choice: ColorChoice) -> Terminal {
        let terminal = output.is_terminal();
        let colour = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !env::wants_no_colour(),
        };
        let width = env::columns().or_else(|| terminal.then(|| columns(output)));
        Terminal {
            width: width.map(|width| width.max(40)),
            colour,
        }
    }
}

#[cfg(not(unix))]
use std::io::Write as Handle;
#[cfg(unix)]
use std::os::fd::AsFd as Handle;

#[cfg(unix)]
fn columns(output: &impl Handle) -> usize {
    rustix::termios::tcgetwinsize(output).map_or(80, |size| if size.ws_col == 0 { 80 } else { size.ws_col.into() })
}

#[cfg(not(unix))]
fn columns(_output: &impl Handle) -> usize {
    80
}

/// Writes to standard output. A reader that has gone, such as `head`, is a quiet end.
///
/// # Errors
/// What else goes wrong, a full disk for one.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut output = BufWriter::new(standard_output());
    match write(&mut output).and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            // What is left in the buffer has no reader either.
            let _ = output.into_parts();
            Ok(())
        }
        other => other,
    }
}

/// Standard output for a command that goes on while it prints: each line appears at once. A reader that has gone is a
/// quiet end here too: the rest is not printed.
#[derive(Debug)]
pub struct Output {
    terminal: Terminal,
    gone: bool,
}

impl Output {
    /// Standard output as it is.
    #[must_use]
    pub fn stdout() -> Output {
        Output::new(Terminal::stdout(ColorChoice::Auto))
    }

    /// Standard output that can show this.
    #[must_use]
    pub fn new(terminal: Terminal) -> Output {
        Output { terminal, gone: false }
    }

    /// A line of ours.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.write(&format!("{text}\n"))
    }

    /// A line that stands over others.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        let (bold, plain) = if self.terminal.colour {
            ("\x1b[1m", "\x1b[0m")
        } else {
            ("", "")
        };
        self.write(&format!("{bold}{text}{plain}\n"))
    }

    /// Somebody else's words, line by line, made harmless.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn quoted(&mut self, title: &str, text: &str) -> io::Result<()> {
        let mut block = format!("  {title}:\n");
        for line in text.lines() {
            let line = format!("  | {}", clean(line));
            block.push_str(line.trim_end());
            block.push('\n');
        }
        self.write(&block)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if self.gone {
            return Ok(());
        }
        let mut output = standard_output();
        match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            other => other,
        }
    }
}

#[cfg(not(test))]
fn standard_output() -> io::StdoutLock<'static> {
    io::stdout().lock()
}

/// Tests have their own words on standard output.
#[cfg(test)]
fn standard_output() -> io::Sink {
    io::sink()
}

/// Writes a value as JSON, for programs.
///
/// # Errors
/// As [`print()`].
pub fn print_json(value: &impl Serialize) -> io::Result<()> {
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
        writeln!(out)
    })
}

/// Text that came from a mail or a client, for one line of a terminal: no control characters, which could rewrite the
/// screen, and none that reverse the direction of reading, which could show something else than what is there.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' => ' ',
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_text_cannot_drive_the_terminal() {
        assert_eq!(
            clean("a\x1b[2Jb\u{202e}c\r\nd\u{9b}e"),
            "a\u{fffd}[2Jb\u{fffd}c  d\u{fffd}e"
        );
        assert_eq!(clean("Grüße, 山田 👋"), "Grüße, 山田 👋");
    }

    #[test]
    fn a_reader_that_has_gone_is_a_quiet_end() {
        print(|_| Err(ErrorKind::BrokenPipe.into())).unwrap();
        assert!(print(|_| Err(ErrorKind::StorageFull.into())).is_err());
    }
}
