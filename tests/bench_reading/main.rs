//! The benchmark of reading: `cargo bench --bench reading`, with `-- --quick` for a short try without callgrind.
//!
//! From the decoded text of a mail to findings and score with the shipped rule packs: octets per second by the clock, and
//! instructions an octet by callgrind where valgrind is installed, which no other load on the machine can move. Then what
//! the packs themselves cost: time to compile them and resident memory, as shipped and with 2,000 phrases more. Last, other
//! checkers of prose on the same text, where they are installed.
//!
//! [`corpus`] makes the texts, [`measure`] measures, [`packs`] adds phrases, [`peers`] runs the others. Nothing is written
//! anywhere but to standard output.

mod corpus;
mod measure;
mod packs;
mod peers;

use corpus::Kind;
use measure::{Case, Form};
use std::io::{self, Write};
use std::time::Duration;
use youward::reading::Packs;

/// Speed on one core that is wanted of plain text, octets a second; or so many instructions an octet, either is enough.
const SPEED: f64 = 100e6;
const INSTRUCTIONS: f64 = 120.0;
/// Time to compile the packs, with 2,000 phrases more too; and memory that they may take then.
const COMPILE: Duration = Duration::from_millis(50);
const MEMORY: u64 = 16 * 1024 * 1024;
/// By how much 2,000 phrases more may slow reading down.
const GROWTH: f64 = 1.25;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    let mut out = io::stdout().lock();
    if let [flag, name, rounds] = arguments.as_slice()
        && flag == "--child"
    {
        measure::child(name, rounds.parse().unwrap_or(1));
        return Ok(());
    }
    if !given("--bench") {
        return writeln!(out, "nothing measured: run `cargo bench --bench reading`");
    }
    run(&mut out, given("--quick"))
}

fn run(out: &mut impl Write, quick: bool) -> io::Result<()> {
    let more = packs::with_phrases(2_000);
    let before = measure::resident();
    let packs = Packs::builtin();
    let memory = |before: Option<u64>| {
        measure::resident()
            .zip(before)
            .map(|(now, before)| now.saturating_sub(before))
    };
    let shipped_memory = memory(before);
    let before = measure::resident();
    let named: Vec<(&str, &str)> = more.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let many = Packs::parse(&named).map_err(|faults| io::Error::other(format!("{faults:?}")))?;
    let many_memory = memory(before);

    let altogether = Duration::from_millis(if quick { 300 } else { 1_500 });
    let mut goals = Vec::new();
    writeln!(out, "{:<28} {:>8} {:>8} {:>10}", "case", "MB/s", "+2,000", "instr/byte")?;
    for case in Case::all() {
        let input = case.prepare();
        let speed = |packs| input.len() as f64 / measure::time_of(&input, packs, altogether).as_secs_f64();
        let (fast, with_many) = (speed(&packs), speed(&many));
        let counted = if quick { None } else { measure::instructions(case) };
        let count = counted.map_or("-".to_owned(), |count| format!("{count:.1}"));
        writeln!(
            out,
            "{:<28} {:>8.1} {:>8.1} {count:>10}",
            case.name(),
            fast / 1e6,
            with_many / 1e6
        )?;
        if case.form == Form::Plain && case.kind == Kind::Mixed {
            let met = fast >= SPEED || counted.is_some_and(|count| count <= INSTRUCTIONS);
            goals.push((format!("{}: 100 MB/s or 120 instructions a byte", case.name()), met));
            goals.push((
                format!("{}: 2,000 phrases more cost at most a quarter", case.name()),
                fast / with_many <= GROWTH,
            ));
        }
    }
    writeln!(
        out,
        "MB/s: median, this process alone on one core; +2,000: with so many phrases more in the packs."
    )?;
    writeln!(
        out,
        "instr/byte: callgrind, the difference of two runs; needs valgrind and a run without --quick.\n"
    )?;

    for (name, files, memory) in [
        ("shipped packs", packs::shipped(), shipped_memory),
        ("+2,000 phrases", more, many_memory),
    ] {
        let time = measure::compile_time(&files);
        let taken = memory.map_or("-".to_owned(), |taken| format!("{:.1} MB", taken as f64 / 1e6));
        writeln!(
            out,
            "{name}: compiled in {:.1} ms, {taken} resident",
            time.as_secs_f64() * 1e3
        )?;
        goals.push((format!("{name}: compiled in 50 ms or less"), time <= COMPILE));
        goals.push((
            format!("{name}: 16 MiB or less"),
            memory.is_none_or(|taken| taken <= MEMORY),
        ));
    }
    writeln!(out)?;
    for peer in peers::measure(&corpus::text(Kind::Mixed, 100 * 1024, 0)) {
        match peer.speed {
            Ok(speed) => writeln!(
                out,
                "{}: {:.3} MB/s on mixed text of 100 KiB; it does different work",
                peer.name,
                speed / 1e6
            )?,
            Err(why) => writeln!(out, "{}: skipped, {why}", peer.name)?,
        }
    }
    writeln!(out)?;
    for (goal, met) in goals {
        writeln!(out, "{} {goal}", if met { "met   " } else { "MISSED" })?;
    }
    Ok(())
}
