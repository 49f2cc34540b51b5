//! Prose extraction and reading: never panic on any octets, and every place lies where it says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;
use youward::mail::{Envelope, Fingerprint, Mail, Prose, ScanLimits};
use youward::reading::{Context, Packs, read};

fuzz_target!(|data: &[u8]| {
    static PACKS: OnceLock<Packs> = OnceLock::new();
    let packs = PACKS.get_or_init(Packs::builtin);
    let mail = Mail::new(data.to_vec());
    let envelope = Envelope::plain("rep@a.example", &["ana@b.example"]);
    let fingerprint = Fingerprint::of("rep@a.example", &envelope, &mail);
    assert_eq!(fingerprint, Fingerprint::of("REP@a.example", &envelope, &mail));

    let Ok(mut prose) = Prose::extract(&mail, &ScanLimits::default()) else { return };
    if data.len() % 3 == 0 {
        prose.mask_text(&[String::from_utf8_lossy(data.get(..16).unwrap_or_default()).into_owned(), "our platform".to_owned()]);
    }
    for passage in &prose.passages {
        let text = &prose.parts[passage.part].text;
        assert_eq!(passage.offsets.len(), passage.text.len() + 1);
        assert!(passage.offsets.iter().is_sorted());
        assert!(passage.offsets.last().is_none_or(|last| last <= text.len()));
    }
    for mask in &prose.masks {
        assert!(mask.range.end <= prose.parts[mask.part].text.len());
    }
    let context = Context { assume_prospecting: true, ..Context::default() };
    let reading = read(&prose, &context, packs);
    assert!((0..=100).contains(&reading.score));
    for finding in &reading.findings {
        let Some(span) = &finding.span else { continue };
        let part = prose.parts.iter().find(|part| *part.id == *span.part).expect("a finding names a part");
        assert!(part.text.get(span.range.clone()).is_some(), "{span:?}");
        assert!(span.raw.start <= span.raw.end && span.raw.end <= data.len(), "{span:?}");
    }
});
