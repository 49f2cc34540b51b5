//! Something that the author can do now: what the ways on of a copy and the advice of a notice are made of.

/// One step. `title`, `text` and `after` are plain words of ours, in which only names of mailboxes are foreign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::annotate) struct Step {
    /// What it is, in a few words without a full stop.
    pub(in crate::annotate) title: &'static str,
    /// How, in a sentence or two.
    pub(in crate::annotate) text: String,
    /// Commands to type, one of them.
    pub(in crate::annotate) commands: Vec<String>,
    /// What happens then.
    pub(in crate::annotate) after: String,
}

impl Step {
    /// A step without a command.
    pub(in crate::annotate) fn of(title: &'static str, text: impl Into<String>) -> Step {
        Step {
            title,
            text: text.into(),
            commands: Vec::new(),
            after: String::new(),
        }
    }

    /// The same step with a command after its text.
    pub(in crate::annotate) fn run(mut self, command: String) -> Step {
        self.commands.push(command);
        self
    }

    /// The same step with what happens then.
    pub(in crate::annotate) fn then(mut self, after: impl Into<String>) -> Step {
        self.after = after.into();
        self
    }
}

/// `youward held VERB ID REST`, safe to paste into a shell: an id is letters and digits.
pub(in crate::annotate) fn command(verb: &str, record: &str, rest: &str) -> String {
    let record: String = record.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("youward held {verb} {record} {rest}").trim_end().to_owned()
}
