//! Cleans up behind the test process, however it ends.
//!
//! Drop handles do most of it, but statics are never dropped and a killed process drops nothing. So one shell per test
//! process holds the other end of a pipe: it is told of every child process and folder, and when the pipe closes it ends
//! what is left and removes the folders.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, OnceLock};

/// Ends `pid` when the test process has gone, unless it has ended before.
pub(crate) fn watch_process(pid: u32) {
    tell(&format!("child {pid} {}\n", start_time(pid).unwrap_or_default()));
}

/// Removes the folder when the test process has gone.
pub(crate) fn watch_folder(path: &Path) {
    tell(&format!("folder {}\n", path.display()));
}

#[expect(
    clippy::zombie_processes,
    reason = "the janitor outlives us, that is its purpose; init reaps it"
)]
fn tell(line: &str) {
    static PIPE: OnceLock<Mutex<ChildStdin>> = OnceLock::new();
    let pipe = PIPE.get_or_init(|| {
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A group of its own: Ctrl-C at the terminal must reach the tests, not their janitor.
        let mut child = shell.process_group(0).spawn().expect("the janitor starts");
        Mutex::new(child.stdin.take().expect("its pipe"))
    });
    pipe.lock()
        .unwrap()
        .write_all(line.as_bytes())
        .expect("the janitor listens");
}

/// A process is named by pid and start time, so that a pid that was given anew is left alone.
const SCRIPT: &str = r#"
children= folders=
while read -r word one two; do
    case $word in
        child) children="$children $one:$two" ;;
        folder) folders="$folders $one" ;;
    esac
done
is_there() { [ "$(sed 's/.*) //' "/proc/${1%%:*}/stat" 2>/dev/null | cut -d' ' -f20)" = "${1##*:}" ]; }
for child in $children; do if is_there $child; then kill -TERM "-${child%%:*}" "${child%%:*}"; fi; done
for round in 1 2 3 4 5 6 7 8 9 10; do
    left=
    for child in $children; do if is_there $child; then left=1; fi; done
    [ -z "$left" ] && break
    sleep 0.2
done
for child in $children; do if is_there $child; then kill -KILL "-${child%%:*}" "${child%%:*}"; fi; done
for folder in $folders; do rm -rf "$folder"; done
"#;

/// Field 22 of `/proc/PID/stat`, counted after the command name, which may contain spaces.
fn start_time(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    after_name.split(' ').nth(19).map(str::to_owned)
}

#[test]
fn a_process_has_a_start_time() {
    let own = start_time(std::process::id()).expect("we are running");
    assert!(own.parse::<u64>().unwrap() > 0);
}
