//! The environment: the only place that reads it.

use std::ffi::OsString;
use std::path::PathBuf;

/// What the environment says about where things are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `YOUWARD_CONFIG`: the settings file.
    pub config: Option<PathBuf>,
    /// `YOUWARD_DATA_DIR`: the data folder.
    pub data_dir: Option<PathBuf>,
    /// `STATE_DIRECTORY`: where systemd wants a service to keep its data; the first, if it names several.
    pub state_directory: Option<PathBuf>,
    /// The user's folder for Youward's configuration, by the platform's custom.
    pub user_config: Option<PathBuf>,
    /// The user's folder for Youward's data, by the platform's custom.
    pub user_data: Option<PathBuf>,
    /// The machine's folder for Youward's configuration.
    pub system_config: Option<PathBuf>,
}

impl Environment {
    /// Reads it. Empty variables count as not set.
    #[must_use]
    pub fn read() -> Environment {
        let user = directories::ProjectDirs::from("", "", "youward");
        Environment {
            config: variable("YOUWARD_CONFIG").map(PathBuf::from),
            data_dir: variable("YOUWARD_DATA_DIR").map(PathBuf::from),
            state_directory: variable("STATE_DIRECTORY").and_then(|all| std::env::split_paths(&all).next()),
            user_config: user.as_ref().map(|user| user.config_dir().to_owned()),
            user_data: user.as_ref().map(|user| user.data_dir().to_owned()),
            system_config: cfg!(unix).then(|| PathBuf::from("/etc/youward")),
        }
    }
}

/// Who runs this command, for the audit: the user's name as the environment has it and, on Unix, the number, which the
/// environment can't change.
#[must_use]
pub fn who() -> String {
    let name = ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(variable);
    let name = name.map(|name| {
        name.to_string_lossy()
            .chars()
            .filter(|c| !c.is_control())
            .take(64)
            .collect::<String>()
    });
    #[cfg(unix)]
    let number = Some(rustix::process::getuid().as_raw());
    #[cfg(not(unix))]
    let number: Option<u32> = None;
    match (name, number) {
        (Some(name), Some(number)) => format!("{name} (uid {number})"),
        (Some(name), None) => name,
        (None, Some(number)) => format!("uid {number}"),
        (None, None) => "somebody".to_owned(),
    }
}

/// The name of the user who runs this command, as far as it can be known for sure: `None` otherwise. On Unix the operating
/// system tells it by the user's number, whatever the environment says. Elsewhere the environment is all there is.
#[must_use]
pub fn user() -> Option<String> {
    #[cfg(unix)]
    {
        // Users may come from a directory as well as from /etc/passwd; `id` knows all of them. Its path is fixed, so that
        // PATH has no say in it.
        let told = ["/usr/bin/id", "/bin/id"]
            .into_iter()
            .find_map(|id| std::process::Command::new(id).arg("-run").env_clear().output().ok())
            .filter(|output| output.status.success())?;
        let name = String::from_utf8(told.stdout).ok()?;
        let name = name.trim_end_matches('\n');
        (!name.is_empty() && !name.contains(char::is_control)).then(|| name.to_owned())
    }
    #[cfg(not(unix))]
    {
        variable("USERNAME")?.into_string().ok()
    }
}

/// Whether the user asked all programs for no colour (<https://no-color.org>), or the terminal has none.
#[must_use]
pub fn wants_no_colour() -> bool {
    variable("NO_COLOR").is_some() || variable("TERM").is_some_and(|terminal| terminal == "dumb")
}

/// `COLUMNS`, for output that is no terminal.
#[must_use]
pub fn columns() -> Option<usize> {
    variable("COLUMNS")?.to_str()?.parse().ok()
}

/// The folder for what need not outlive the program.
#[must_use]
pub fn temp_dir() -> PathBuf {
    std::env::temp_dir()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the environment"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn the_number_of_the_user_is_always_told() {
        let number = rustix::process::getuid().as_raw();
        assert!(super::who().ends_with(&format!("uid {number})")) || super::who() == format!("uid {number}"));
    }

    #[cfg(unix)]
    #[test]
    fn the_user_is_whom_the_system_says() {
        let number = rustix::process::getuid().as_raw().to_string();
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let of_number = |line: &&str| line.split(':').nth(2) == Some(&number);
        if let Some(line) = users.lines().find(of_number) {
            assert_eq!(super::user().as_deref(), line.split(':').next());
        }
    }
}
