//! The standard's own tests, by topic, and the readings and files that they share.

mod decisions;
mod file;
mod judging;
mod layers;
mod modes;

use super::*;
use crate::mail::Envelope;
use crate::reading::{Category, Finding, HardNo, HistoryUnknown, Level, Prospecting, ProspectingClass, Span};

fn finding(rule: &str, category: Category, severity: Level) -> Finding {
    Finding {
        rule: rule.into(),
        category,
        severity,
        span: Some(Span {
            part: "1".into(),
            range: 0..4,
            line: 1,
            column: 1,
            raw: 0..4,
        }),
        excerpt: "We help".to_owned(),
        why: "It describes the sender.".into(),
        ask: "What would still be useful to them?".into(),
        points: severity.points(),
        hash: String::new(),
    }
}

fn reading(class: ProspectingClass, score: i32, findings: Vec<Finding>) -> Reading {
    Reading {
        prospecting: Prospecting {
            class,
            points: 7,
            hard_no: None,
            signals: Vec::new(),
        },
        findings,
        score,
        ledger: Vec::new(),
        words: 80,
        masks: 0,
        cut: false,
        packs: "00".to_owned(),
        not_read: None,
        lamps: crate::reading::Lamps::default(),
        help: None,
        silenced: Vec::new(),
        scale: crate::reading::Scale::default(),
    }
}

fn strong(class: ProspectingClass, score: i32) -> Reading {
    reading(
        class,
        score,
        vec![finding("sell/we-help", Category::Sell, Level::Strong)],
    )
}

fn now() -> Timestamp {
    "2026-10-05T09:00:00Z".parse().unwrap()
}

fn judge(standard: &Standard, reading: &Reading) -> Verdict {
    standard.judge(Judged::Read(reading), None, None, now())
}

fn no_files(_: &str, name: &str) -> Result<(String, String), String> {
    let text = match name {
        "sales.txt" => "# the pilot\nana@norvane.example\n  *@sales.norvane.example # all\n",
        "bad.txt" => "ana@norvane.example\n  norvane.example\n",
        "customers.txt" => "@tulsa.example\njo@leeds.example\n",
        "bad-customers.txt" => "@tulsa.example\ntulsa\n",
        "overlay.toml" => "[names]\ncompany = [\"Norvane\"]\n",
        _ => return Err("there is no such file".to_owned()),
    };
    Ok((name.to_owned(), text.to_owned()))
}

fn standards(text: &str) -> Standards {
    match Standards::parse(WrittenText { file: "s", text }, None, no_files) {
        Ok(standards) => standards,
        Err(faults) => panic!("{faults:#?}"),
    }
}
