use super::*;
use crate::reader::Policy;
use crate::reading::Packs;
use crate::standard::Standard;
use clap::Parser;
use serde_json::Value;
use std::fs;
use tempfile::TempDir;

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    args: CheckArgs,
}

/// Talks of nothing but its sender.
const PITCH: &str = "Hi Jo,\n\nMy name is Ana and I am the account executive at Norvane. We are a leading provider of \
    claims software. I would like to see if there is a chance of you joining a demo of our incredible service. Norvane \
    offers a full range of audit services. Do you have 15 minutes on Thursday?\n";

/// Talks of its reader, and asks.
const LED: &str = "Hi Jo,\n\nyour May filing moves the close from eleven days to six, and your controllers carry that. \
    Which of the two ledgers worries you more in the first week of June?\n";

struct Ran {
    status: u8,
    out: String,
    err: String,
}

const SURROUNDINGS: Surroundings = Surroundings {
    stdin_is_terminal: false,
    progress: false,
    colour: false,
    width: 80,
};

fn reader(args: &CheckArgs) -> Reader {
    Reader {
        policies: Policy::new(Standard::builtin(), Packs::builtin()).into(),
        account: args.account.clone(),
        assume_prospecting: args.assume_prospecting,
    }
}

fn run(arguments: &[&str], stdin: &str) -> Ran {
    let args = Cli::parse_from([&["check"], arguments].concat()).args;
    let reader = reader(&args);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let silencing = Silencing::new(args.silences.as_deref(), Vec::new()).unwrap();
    let mut stdin = stdin.as_bytes();
    let streams = Streams {
        stdin: &mut stdin,
        out: &mut out,
        err: &mut err,
    };
    let status = check(args, &reader, silencing, SURROUNDINGS, streams).unwrap();
    Ran {
        status,
        out: String::from_utf8(out).unwrap(),
        err: String::from_utf8(err).unwrap(),
    }
}

/// A folder with a pitch, a text that is led by its reader, and a mail as Maildirs keep it; with its path.
fn mails() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let mail = |body: &str| {
        format!("From: Ana Lind <ana@norvane.example>\nTo: Jo Park <jo@acme.example>\nSubject: Close\n\n{body}")
    };
    fs::create_dir_all(folder.path().join("box/cur")).unwrap();
    fs::create_dir_all(folder.path().join("box/new")).unwrap();
    fs::write(folder.path().join("a-pitch.eml"), mail(PITCH)).unwrap();
    fs::write(
        folder.path().join("box/cur/1.host:2,S"),
        mail(LED).replace('\n', "\r\n"),
    )
    .unwrap();
    fs::write(folder.path().join("led.txt"), LED).unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_pitch_comes_back_and_a_mail_about_its_reader_passes() {
    let (_folder, path) = mails();
    let pitch = run(&["--assume-prospecting", &format!("{path}/a-pitch.eml"), "--all"], "");
    assert_eq!(pitch.status, 1, "{}", pitch.out);
    assert!(
        pitch.out.contains("My name is Ana and I am the account executive"),
        "{}",
        pitch.out
    );
    assert!(pitch.out.contains("help: "), "{}", pitch.out);
    let led = run(&["--assume-prospecting"], LED);
    assert_eq!(led.status, 0, "{}", led.out);
    assert!(led.out.starts_with("stdin  pass  score "), "{}", led.out);
}

#[test]
fn several_files_end_with_a_summary() {
    let (_folder, path) = mails();
    let ran = run(&["--assume-prospecting", &path], "");
    assert_eq!(ran.status, 1, "{}", ran.out);
    let last = ran.out.lines().last().unwrap();
    assert!(last.starts_with("3 mails: 2 pass, 1 "), "{last}");
    assert!(ran.out.contains("box/cur/1.host:2,S  pass"), "{}", ran.out);
}

#[test]
fn what_can_t_be_read_is_named_and_the_rest_is_checked() {
    let (_folder, path) = mails();
    fs::write(format!("{path}/latin.txt"), b"Gr\xfc\xdfe").unwrap();
    let ran = run(&[&path, "nowhere.eml"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("latin.txt: not UTF-8 (byte 2, line 1)"), "{}", ran.err);
    assert!(
        ran.err.contains("youward: nowhere.eml: there is no such file"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.lines().last().unwrap().ends_with("; 2 not readable"),
        "{}",
        ran.out
    );
}

#[test]
fn json_is_a_line_a_mail_with_offsets_into_the_text() {
    let text = format!("\u{feff}Grüße.\n\n{PITCH}");
    let ran = run(&["--format", "json", "--assume-prospecting", "-"], &text);
    assert_eq!(ran.out.lines().count(), 1);
    let object: Value = serde_json::from_str(&ran.out).unwrap();
    let findings = object["findings"].as_array().unwrap();
    let mut places = 0;
    for finding in findings.iter().filter(|finding| !finding["part"].is_null()) {
        let offset = |field: &str| usize::try_from(finding[field].as_u64().unwrap()).unwrap();
        let place = text.get(offset("start")..offset("end")).unwrap();
        let folded = place.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(finding["excerpt"], folded);
        places += 1;
    }
    assert!(places > 2, "{}", ran.out);
}

#[test]
fn sarif_points_into_the_mail_as_it_lies_on_disk() {
    let (_folder, path) = mails();
    let file = format!("{path}/a-pitch.eml");
    let ran = run(&["--format", "sarif", &file], "");
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let octets = fs::read(&file).unwrap();
    let mut places = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let location = &result["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], format!("file://{file}"));
        let Some(region) = location.get("region") else { continue };
        let number = |field: &str| usize::try_from(region[field].as_u64().unwrap()).unwrap();
        let place = &octets[number("byteOffset")..number("byteOffset") + number("byteLength")];
        let quoted = format!(
            "\"{}\"",
            String::from_utf8_lossy(place)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        );
        let message = result["message"]["text"].as_str().unwrap();
        assert!(message.starts_with(&quoted), "{quoted} {message}");
        places += 1;
    }
    assert!(places > 2, "{}", ran.out);
}

#[test]
fn html_is_one_page() {
    let (_folder, path) = mails();
    let ran = run(&["--format", "html", &path], "");
    assert!(ran.out.starts_with("<!DOCTYPE html>") && ran.out.trim_end().ends_with("</html>"));
    assert_eq!(ran.out.matches("<article").count(), 3);
}

#[test]
fn quiet_prints_nothing() {
    let (_folder, path) = mails();
    let ran = run(&["-q", "--assume-prospecting", &path], "");
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (1, "", ""));
}

#[test]
fn without_anything_to_read_it_says_what_to_do() {
    let args = Cli::parse_from(["check"]).args;
    let surroundings = Surroundings {
        stdin_is_terminal: true,
        ..SURROUNDINGS
    };
    let reader = reader(&args);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = Streams {
        stdin: &mut io::empty(),
        out: &mut out,
        err: &mut err,
    };
    assert_eq!(
        check(args, &reader, Silencing::default(), surroundings, streams).unwrap(),
        2
    );
    assert!(String::from_utf8(err).unwrap().contains("name a file"));
}

#[test]
fn a_reader_that_has_gone_is_a_quiet_end() {
    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for format in ["text", "line", "json", "sarif", "html"] {
        let args = Cli::parse_from(["check", "--format", format]).args;
        let reader = reader(&args);
        let mut err = Vec::new();
        let streams = Streams {
            stdin: &mut LED.as_bytes(),
            out: &mut Gone,
            err: &mut err,
        };
        assert_eq!(
            check(args, &reader, Silencing::default(), SURROUNDINGS, streams).unwrap(),
            0,
            "{format}"
        );
        assert!(err.is_empty());
    }
}

#[test]
fn the_arguments_fit_together() {
    use clap::CommandFactory;
    Cli::command().debug_assert();
    assert!(Cli::try_parse_from(["check", "--diff", "a.eml"]).is_err());
    assert!(Cli::try_parse_from(["check", "--diff", "a.eml", "b.eml", "c.eml"]).is_err());
    assert!(Cli::try_parse_from(["check", "--explain", "hype", "a.eml"]).is_err());
    assert!(Cli::try_parse_from(["check", "--account", "nobody"]).is_err());
    assert!(Cli::try_parse_from(["check", "--format", "pdf"]).is_err());
}

const BOX: &str = "From ana@norvane.example Mon Mar  2 09:30:00 2026\nFrom: Ana <ana@norvane.example>\nTo: jo@acme.example\n\
    Subject: Close\n\n>From the start: your May filing moves the close.\n\nFrom ana@norvane.example Mon Mar  2 09:31:00 2026\n\
    From: Ana <ana@norvane.example>\nTo: jo@acme.example\nSubject: Us\n\nWe are a leading provider of claims software.\n\n";

#[test]
fn the_mails_of_a_mailbox_come_in_their_order() {
    let ran = run(&["--format", "json", "--assume-prospecting", "-"], &BOX.repeat(40));
    let names: Vec<String> = ran
        .out
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["file"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let expected: Vec<String> = (1..=80).map(|at| format!("stdin#{at}")).collect();
    assert_eq!(names, expected);
}

#[test]
fn json_is_of_the_published_form() {
    let (_folder, path) = mails();
    fs::write(format!("{path}/box.mbox"), BOX).unwrap();
    let schema: Value = serde_json::from_str(json::SCHEMA).unwrap();
    for assume in [&["--assume-prospecting"][..], &[]] {
        let ran = run(&[&["--format", "json", path.as_str()], assume].concat(), "");
        assert_eq!(ran.out.lines().count(), 5, "{}", ran.err);
        for line in ran.out.lines() {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(crate::annotate::schema::faults(&schema, &object), Vec::<String>::new());
        }
    }
}

#[test]
fn a_line_a_finding_leads_into_the_file() {
    let (_folder, path) = mails();
    let ran = run(&["--format", "line", "--assume-prospecting", &path], "");
    let first = ran.out.lines().next().unwrap();
    assert!(
        first.starts_with(&format!("{path}/a-pitch.eml:7:1: strong[sell/")),
        "{first}"
    );
    assert_eq!(ran.status, 1);
}

#[test]
fn only_the_summary_is_printed_when_that_is_asked_for() {
    let (_folder, path) = mails();
    let ran = run(&["--summary-only", "--assume-prospecting", &path], "");
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(
        lines[0].starts_with("  prospecting  3 yes, 0 perhaps, 0 no"),
        "{}",
        ran.out
    );
    assert!(lines[1].starts_with("  score        mean "), "{}", ran.out);
    assert!(lines.last().unwrap().starts_with("3 mails: 2 pass, 1 "), "{}", ran.out);
    let ran = run(&["--summary-only", "--format", "json", &path], "");
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
}

#[test]
fn what_a_rewrite_changed_is_shown_and_the_new_mail_decides() {
    let (_folder, path) = mails();
    let (old, new) = (format!("{path}/a-pitch.eml"), format!("{path}/led.txt"));
    let ran = run(&["--assume-prospecting", "--diff", &old, &new], "");
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("gone") && ran.out.contains("asks     Which of the two ledgers"),
        "{}",
        ran.out
    );
    let back = run(&["--assume-prospecting", "--format", "json", "--diff", &new, &old], "");
    assert_eq!(back.status, 1, "{}", back.err);
    let object: Value = serde_json::from_str(&back.out).unwrap();
    assert!(object["score_change"].as_i64().unwrap() < 0 && !object["added"].as_array().unwrap().is_empty());
    assert_eq!(run(&["--diff", &old, "nowhere.eml"], "").status, 2);
    assert_eq!(run(&["--diff", &old, &path], "").status, 2);
    assert_eq!(run(&["--diff", &old, &new, "--format", "html"], "").status, 2);
}

#[test]
fn a_rule_is_explained_and_an_unknown_one_gets_the_nearest() {
    let ran = run(&["--explain", "hype"], "");
    assert!(ran.status == 0 && ran.out.starts_with("hype: "), "{}", ran.out);
    let ran = run(&["--explain", "hipe"], "");
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("did you mean hype"), "{}", ran.err);
}

#[test]
fn a_faulty_file_of_silences_is_named_and_the_mails_are_read() {
    let (_folder, path) = mails();
    fs::write(format!("{path}/.youward-silences.toml"), "[[silence]]\nhash = 1\n").unwrap();
    let ran = run(&["--summary-only", &path], "");
    assert_eq!(ran.status, 2);
    assert!(
        ran.err
            .contains(".youward-silences.toml:2:8: silence.hash: invalid type"),
        "{}",
        ran.err
    );
    assert!(
        ran.out.contains("3 mails: ") && ran.out.contains("; 1 not readable"),
        "{}",
        ran.out
    );
}

#[test]
fn a_finding_that_is_silenced_is_counted_and_costs_nothing() {
    let (_folder, path) = mails();
    let file = format!("{path}/a-pitch.eml");
    let first = |arguments: &[&str]| -> Value {
        let ran = run(
            &[&["--format", "json", "--assume-prospecting", &file], arguments].concat(),
            "",
        );
        serde_json::from_str(&ran.out).unwrap()
    };
    let before = first(&[]);
    let Some(hash) = before["findings"][0]["hash"].as_str() else {
        return;
    };
    let entry = format!("[[silence]]\nhash = \"{hash}\"\nreason = \"they asked\"\nauthor = \"ana\"\n");
    fs::write(format!("{path}/.youward-silences.toml"), entry).unwrap();
    let after = first(&[]);
    assert_eq!(after["silenced"][0]["hash"], hash);
    assert_eq!(after["silenced"][0]["reason"], "they asked");
    assert!(after["score"].as_i64() >= before["score"].as_i64());
}
