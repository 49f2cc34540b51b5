//! Child processes that are always ended and reaped.

use super::janitor;
use super::wait::{DEADLINE, within};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running program, its output collected. Ended on drop, with its whole process group.
pub(crate) struct Process {
    name: String,
    child: Child,
    stdout: Output,
    stderr: Output,
}

/// What a program that has ended said.
#[derive(Debug)]
pub(crate) struct Ended {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
}

impl Process {
    /// Starts it, in a process group of its own. `input` becomes its standard input.
    pub(crate) fn start(mut command: Command, input: &[u8]) -> Process {
        command.process_group(0);
        Process::start_in_our_group(command, input)
    }

    /// Starts it in the tests' own process group, for programs that make themselves a session leader.
    pub(crate) fn start_in_our_group(mut command: Command, input: &[u8]) -> Process {
        let name = command.get_program().to_string_lossy().into_owned();
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        janitor::watch_process(child.id());
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // On a thread: a program that writes before it reads must not stop us. An error means that it did not want it.
        std::thread::spawn(move || stdin.write_all(&input).ok());
        let stdout = Output::collect(child.stdout.take().unwrap());
        let stderr = Output::collect(child.stderr.take().unwrap());
        Process {
            name,
            child,
            stdout,
            stderr,
        }
    }

    /// Starts it and waits until it ends.
    pub(crate) fn run(command: Command, input: &[u8]) -> Ended {
        let mut process = Process::start(command, input);
        match process.wait(DEADLINE * 2) {
            Some(status) => Ended {
                status,
                stdout: process.stdout.finished(),
                stderr: process.stderr.finished(),
            },
            None => panic!("{} does not end; it said:\n{}", process.name, process.said()),
        }
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks what it has said so far until there is an answer.
    ///
    /// # Panics
    /// When it ends first, or takes too long; the message shows what it said.
    pub(crate) fn wait_for<T>(&mut self, what: &str, mut ask: impl FnMut(&str, &str) -> Option<T>) -> T {
        let mut ended = None;
        let answer = within(DEADLINE, || {
            // In this order: what was said before the end must still be looked at.
            ended = self.child.try_wait().unwrap();
            match (ask(&self.stdout.text(), &self.stderr.text()), ended) {
                (Some(answer), _) => Some(Some(answer)),
                (None, Some(_)) => Some(ask(&self.stdout.finished(), &self.stderr.finished())),
                (None, None) => None,
            }
        });
        match answer.flatten() {
            Some(answer) => answer,
            None => panic!("no {what} from {} ({ended:?}); it said:\n{}", self.name, self.said()),
        }
    }

    /// Its end, if that comes in time.
    pub(crate) fn wait(&mut self, time: Duration) -> Option<ExitStatus> {
        within(time, || self.child.try_wait().unwrap())
    }

    /// Whether it runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGKILL, and waits until it has gone.
    pub(crate) fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// All it has said, both outputs.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout.text(), self.stderr.text())
    }

    fn signal(&self, signal: Signal) {
        // It may just have ended; until it is reaped its pid can't be given anew.
        let _ = kill_process(Pid::from_child(&self.child), signal);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let group = Pid::from_child(&self.child);
            self.terminate();
            if self.wait(Duration::from_secs(5)).is_none() {
                let _ = kill_process_group(group, Signal::KILL);
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
        }
    }
}

/// What comes out of one pipe, collected by a thread.
struct Output {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Mutex<Option<std::thread::JoinHandle<()>>>,
}

impl Output {
    fn collect(mut pipe: impl Read + Send + 'static) -> Output {
        let text = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                into.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Output {
            text,
            reader: Mutex::new(Some(reader)),
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// The text once the pipe is closed, or what is there after a while if a grandchild keeps it open.
    fn finished(&self) -> String {
        let reader = self.reader.lock().unwrap().take();
        if let Some(reader) = reader {
            within(Duration::from_secs(2), || reader.is_finished().then_some(()));
        }
        self.text()
    }
}
