//! The plain-text half of a letter: paragraphs, headings and labelled lines of at most 72 columns.

use super::super::words;
use super::Step;

/// Columns of a paragraph; the mail's own lines stay as long as they are.
pub(in crate::annotate) const WIDTH: usize = 72;

/// Text that grows block by block.
#[derive(Default)]
pub(in crate::annotate) struct Plain {
    text: String,
}

impl Plain {
    /// What has been said so far.
    pub(in crate::annotate) fn into_text(self) -> String {
        self.text
    }

    /// A title of a part, after an empty line.
    pub(in crate::annotate) fn heading(&mut self, title: &str) {
        let rule = "-".repeat(words::columns(title).min(WIDTH));
        self.text.push_str(&format!("\n{title}\n{rule}\n"));
    }

    /// A paragraph of one line of text, wrapped.
    pub(in crate::annotate) fn paragraph(&mut self, text: &str) {
        self.labelled("", text);
    }

    /// A paragraph behind a label, its further lines under its first.
    pub(in crate::annotate) fn labelled(&mut self, label: &str, paragraph: &str) {
        let indent = format!("\n{}", " ".repeat(words::columns(label)));
        let wrapped = words::wrapped(&words::line(paragraph), WIDTH.saturating_sub(words::columns(label)));
        let lines = format!("{label}{}", wrapped.replace('\n', &indent));
        self.line(&lines);
    }

    /// Lines as they are, without white space at the end.
    pub(in crate::annotate) fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    /// An empty line.
    pub(in crate::annotate) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Steps, numbered where there is a choice. A command stands on a line of its own and is never wrapped.
    pub(in crate::annotate) fn steps(&mut self, steps: &[Step]) {
        for (at, step) in steps.iter().enumerate() {
            let label = if steps.len() > 1 {
                format!("{}. ", at + 1)
            } else {
                String::new()
            };
            let indent = " ".repeat(label.len());
            self.labelled(&label, &format!("{}. {}", step.title, step.text));
            for command in &step.commands {
                self.line(&format!("{indent}  {command}"));
            }
            if !step.after.is_empty() {
                self.labelled(&indent, &step.after);
            }
        }
    }
}
