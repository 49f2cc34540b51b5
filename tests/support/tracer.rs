//! strace, attached to a running program: to see its system calls in their order, or to kill it at one of them.

use super::process::Process;
use super::programs::need;
use super::wait::eventually;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Calls that write, sync or send.
const WATCHED: &str =
    "write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2,ftruncate";

/// An attached tracer.
pub(crate) struct Tracer {
    process: Process,
    file: PathBuf,
}

/// One system call that has returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// Its name.
    pub(crate) name: String,
    /// Its arguments; descriptors show their file.
    pub(crate) arguments: String,
    /// What it returned.
    pub(crate) result: String,
}

impl Tracer {
    /// Records the calls of all threads of a process.
    pub(crate) fn watch(pid: u32, file: &Path) -> Tracer {
        Tracer::attach(
            pid,
            file,
            &[&format!("--trace={WATCHED}"), "--decode-fds=path", "--string-limit=400"],
        )
    }

    /// Kills the process when one of its threads comes to a call of these for the `when`-th time, before the call is done.
    pub(crate) fn kill_at(pid: u32, calls: &str, when: u32, file: &Path) -> Tracer {
        let inject = format!("--inject={calls}:signal=KILL:when={when}");
        Tracer::attach(pid, file, &[&format!("--trace={calls}"), &inject])
    }

    /// Makes every sync a word without a deed: it returns success, and nothing reaches the disk for it.
    pub(crate) fn pretend_to_sync(pid: u32, file: &Path) -> Tracer {
        let calls = "fsync,fdatasync,sync_file_range,msync";
        let inject = format!("--inject={calls}:retval=0");
        Tracer::attach(pid, file, &[&format!("--trace={calls}"), &inject])
    }

    fn attach(pid: u32, file: &Path, options: &[&str]) -> Tracer {
        let mut command = Command::new(need("strace"));
        command
            .args(["--follow-forks", "--output"])
            .arg(file)
            .args(options)
            .arg("--attach")
            .arg(pid.to_string());
        let mut process = Process::start(command, b"");
        process.wait_for("tracer", |_, stderr| stderr.contains("attached").then_some(()));
        Tracer {
            process,
            file: file.to_owned(),
        }
    }

    /// Detaches, and gives the calls in the order in which they returned.
    pub(crate) fn finish(mut self) -> Vec<Call> {
        self.process.terminate();
        eventually("the tracer to detach", || (!self.process.is_running()).then_some(()));
        parse(&std::fs::read_to_string(&self.file).unwrap())
    }
}

/// Without ceremony: a tracer whose program has been killed may wait for it for ever, and one that is killed lets go.
impl Drop for Tracer {
    fn drop(&mut self) {
        self.process.kill();
    }
}

impl Call {
    /// Whether it writes to a file whose name ends so.
    pub(crate) fn is_write_to(&self, end: &str) -> bool {
        ["write", "writev", "pwrite64", "pwritev"].contains(&self.name.as_str()) && self.descriptor().ends_with(end)
    }

    /// Whether it syncs a file whose name ends so.
    pub(crate) fn is_sync_of(&self, end: &str) -> bool {
        ["fsync", "fdatasync"].contains(&self.name.as_str()) && self.descriptor().ends_with(end)
    }

    /// Whether it writes to a socket.
    pub(crate) fn is_send(&self) -> bool {
        let writes = ["write", "writev", "sendto", "sendmsg"].contains(&self.name.as_str());
        writes && self.descriptor().starts_with("socket:")
    }

    /// The file behind the first argument, as in `7</data/store.db-wal>`.
    fn descriptor(&self) -> &str {
        let start = self.arguments.find('<').map_or(0, |at| at + 1);
        let rest = &self.arguments[start..];
        &rest[..rest.find('>').unwrap_or(0)]
    }
}

/// Reads strace's output. A call that another thread interrupted stands where it returned.
fn parse(text: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    let mut begun: Vec<(&str, &str)> = Vec::new();
    for line in text.lines() {
        let Some((pid, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        if let Some(begin) = rest.strip_suffix(" <unfinished ...>") {
            begun.push((pid, begin));
        } else if let Some((_, end)) = rest.strip_prefix("<... ").and_then(|rest| rest.split_once(" resumed>")) {
            if let Some(at) = begun.iter().position(|(thread, _)| *thread == pid) {
                let (_, begin) = begun.remove(at);
                calls.extend(call(&format!("{begin}{end}")));
            }
        } else {
            calls.extend(call(rest));
        }
    }
    calls
}

/// `name(arguments) = result`.
fn call(text: &str) -> Option<Call> {
    let (name, rest) = text.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let arguments = arguments.trim_end().trim_end_matches(')');
    Some(Call {
        name: name.into(),
        arguments: arguments.into(),
        result: result.trim().into(),
    })
}

#[test]
fn calls_stand_where_they_returned() {
    let calls = parse(
        "10 pwrite64(7</d/x.db-wal>, \"abc\", 3, 0) = 3\n\
         10 fdatasync(7</d/x.db-wal> <unfinished ...>\n\
         11 sendto(9<socket:[44]>, \"250 2.0.0 held (x)\\r\\n\", 19, 0, NULL, 0) = 19\n\
         10 <... fdatasync resumed>)   = 0\n\
         10 +++ exited with 0 +++\n",
    );
    assert_eq!(calls.len(), 3);
    assert!(calls[0].is_write_to("-wal"));
    assert!(calls[1].is_send() && calls[1].arguments.contains("held (x)"));
    assert!(calls[2].is_sync_of("-wal") && calls[2].result == "0");
}
