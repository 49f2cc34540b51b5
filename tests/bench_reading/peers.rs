//! Other checkers of prose on the same text, where they are installed: write-good (npm) and proselint (PyPI).
//!
//! They do different work: write-good looks for weak words, proselint for errors of style; neither asks whom a sentence is
//! about. Their speed only says what people are used to.

use std::io::Write;
use std::process::{Command, Stdio};

/// One peer's result: octets per second, or why there is none.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) speed: Result<f64, String>,
}

const WRITE_GOOD: &str = "
let wg; try { wg = require('write-good'); } catch { process.exit(3); }
const text = require('fs').readFileSync(0, 'utf8');
wg(text.slice(0, 4096));
const begun = process.hrtime.bigint();
wg(text);
console.log(Number(process.hrtime.bigint() - begun) / 1e9);
";

const PROSELINT: &str = "
import sys, time
try:
    import proselint
except ImportError:
    sys.exit(3)
text = sys.stdin.read()
try:
    from proselint.tools import LintFile
    from proselint.registry import CheckRegistry
    from proselint.checks import __register__
    CheckRegistry().register_many(__register__)
    run = lambda t: LintFile(content=t, source='text').lint()
except ImportError:
    from proselint.tools import lint as run
run(text[:200])
begun = time.perf_counter()
run(text)
print(time.perf_counter() - begun)
";

/// Runs each of them once over `text`.
pub(crate) fn measure(text: &str) -> Vec<Peer> {
    let run = |name, program, option, script, install: &str| {
        let seconds = seconds(program, option, script, text).ok_or_else(|| format!("not installed ({install})"));
        let speed = seconds.map(|seconds| text.len() as f64 / seconds);
        Peer { name, speed }
    };
    vec![
        run(
            "write-good",
            "node",
            "-e",
            WRITE_GOOD,
            "npm install -g write-good, NODE_PATH set",
        ),
        run("proselint", "python3", "-c", PROSELINT, "pip install proselint"),
    ]
}

fn seconds(program: &str, option: &str, script: &str, text: &str) -> Option<f64> {
    let mut child = Command::new(program)
        .args([option, script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // A peer that is missing ends without reading.
    let _ = child.stdin.take()?.write_all(text.as_bytes());
    let output = child.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
