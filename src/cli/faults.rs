//! Faults of a settings file, shown the way a compiler does: the line, a caret under the place, what was expected.

use super::output::Terminal;
use crate::config::ConfigError;
use crate::toml_file::Fault;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report};
use std::ops::Range;

/// All faults, ready to be written.
#[must_use]
pub fn render(error: &ConfigError, terminal: &Terminal) -> String {
    match error.text() {
        Some(text) => error
            .faults()
            .iter()
            .map(|fault| shown(fault, text, terminal))
            .collect(),
        None => format!("youward: {error}\n"),
    }
}

/// The same for faults of several files, which are read again for their lines.
#[must_use]
pub fn render_each(faults: &[Fault], terminal: &Terminal) -> String {
    let each = faults.iter().map(|fault| match std::fs::read_to_string(&fault.file) {
        Ok(text) => shown(fault, &text, terminal),
        Err(_) => format!("  × {fault}\n\n"),
    });
    each.collect()
}

fn shown(fault: &Fault, text: &str, terminal: &Terminal) -> String {
    let theme = if terminal.colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width.unwrap_or(100))
        .with_links(false);
    let mut shown = String::new();
    if handler.render_report(&mut shown, report(fault, text).as_ref()).is_err() {
        shown = format!("{fault}\n");
    }
    // The handler begins with an empty line when there is no code to name.
    format!("{}\n", shown.trim_start_matches('\n'))
}

fn report(fault: &Fault, text: &str) -> Report {
    let message = if fault.field.is_empty() {
        fault.message.clone()
    } else {
        format!("{}: {}", fault.field, fault.message)
    };
    let diagnostic = MietteDiagnostic::new(message);
    if fault.line == 0 {
        return Report::new(if fault.expected.is_empty() {
            diagnostic
        } else {
            diagnostic.with_help(&fault.expected)
        });
    }
    let place = place(fault, text);
    let label = if fault.expected.is_empty() {
        "here".to_owned()
    } else {
        format!("expected {}", fault.expected)
    };
    let diagnostic = diagnostic.with_label(LabeledSpan::new_primary_with_span(Some(label), place));
    Report::new(diagnostic).with_source_code(NamedSource::new(&fault.file, text.to_owned()))
}

/// The value at a fault's position: a quoted text whole, else a word.
fn place(fault: &Fault, text: &str) -> Range<usize> {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(fault.line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text
        .get(line_start..)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    let column = line
        .char_indices()
        .nth(fault.column.saturating_sub(1))
        .map_or(line.len(), |(at, _)| at);
    let rest = line.get(column..).unwrap_or_default();
    let length = match rest.strip_prefix('"').and_then(|quoted| quoted.find('"')) {
        Some(end) => end + 2,
        None => rest
            .find([' ', ',', '=', ']', '}', '#'])
            .unwrap_or(rest.len())
            .max(1)
            .min(rest.len()),
    };
    line_start + column..line_start + column + length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Settings};
    use std::path::Path;

    const PLAIN: Terminal = Terminal {
        width: Some(100),
        colour: false,
    };

    fn rendered(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("youward.toml");
        std::fs::write(&file, text).unwrap();
        let error = Settings::load_from(Some(&file), None, &Environment::default()).unwrap_err();
        render(&error, &PLAIN).replace(&dir.path().display().to_string(), "")
    }

    #[test]
    fn the_caret_is_under_the_value() {
        let told = rendered("[limits]\n# läßt\nrecipients = 0 # none\n\n[store]\nresend_window = \"1 s\"\n");
        assert_eq!(
            told,
            "  × limits.recipients: 0 is out of range
   ╭─[/youward.toml:3:14]
 2 │ # läßt
 3 │ recipients = 0 # none
   ·              ┬
   ·              ╰── expected a number from 1 to 100000
 4 │ 
   ╰────

  × store.resend_window: \"1 s\" is out of range
   ╭─[/youward.toml:6:17]
 5 │ [store]
 6 │ resend_window = \"1 s\"
   ·                 ──┬──
   ·                   ╰── expected a time from 1m to 90d, such as \"90s\" or \"5m\"
   ╰────

"
        );
    }

    #[test]
    fn a_fault_at_the_end_of_the_file_is_shown() {
        assert!(
            rendered("data_dir =").contains("/youward.toml:1:11"),
            "{}",
            rendered("data_dir =")
        );
        assert!(
            rendered("team = \"\n").contains("youward.toml:1"),
            "{}",
            rendered("team = \"\n")
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_a_line() {
        let missing = Path::new("/nonexistent.toml");
        let error = Settings::load_from(Some(missing), None, &Environment::default()).unwrap_err();
        assert!(render(&error, &PLAIN).starts_with("youward: /nonexistent.toml: can't be read: "));
    }
}
