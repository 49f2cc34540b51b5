//! Golden dialogues: conversations that anyone can read, held twice, with the machine in memory (in every splitting of the
//! client's octets) and with the proxy over TCP.
//!
//! A line of a `.smtp` file begins with who speaks:
//!
//! | | |
//! |---|---|
//! | `C:` | the client sends this line; `\r`, `\n`, `\0`, `\\` are escapes |
//! | `C~` | the same without CR LF at the end |
//! | `S:` | the client gets this line; a `*` at the end stands for anything |
//! | `S+` | the client gets one or more lines that begin so |
//! | `>:` | the upstream gets this line |
//! | `<:` | the upstream sends this line |
//! | `G` | the client goes: it closes without waiting (over TCP only, with `! tcp`) |
//! | `X` | the proxy has closed the client's connection |
//! | `!` | a setting: `auth` (MAIL needs AUTH), `starttls` (on offer) |
//! | `#` | a comment |

mod memory;
pub(crate) mod script;
mod wire;

use script::Script;
use std::path::PathBuf;

fn scripts() -> Vec<Script> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("tests/dialogues")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "smtp"))
        .collect();
    files.sort();
    assert!(files.len() >= 10, "the dialogues are gone");
    files.iter().map(Script::read).collect()
}

#[test]
fn golden_dialogues_in_memory_however_the_input_is_split() {
    for script in scripts().iter().filter(|script| !script.tcp_only) {
        for piece in [usize::MAX, 1, 2, 3, 7, 13] {
            memory::hold(script, piece);
        }
    }
}

#[test]
fn golden_dialogues_over_tcp() {
    let scripts = scripts();
    std::thread::scope(|scope| {
        for chunk in scripts.chunks(scripts.len().div_ceil(4)) {
            scope.spawn(move || chunk.iter().for_each(wire::hold));
        }
    });
}
