//! The second opinion: what whatlang says, in our codes and names.

use super::Language;
use super::words::KNOWN;

/// What whatlang says; `None` if that is English or nothing.
pub(super) fn second_opinion(sample: &str) -> Option<Language> {
    let info = whatlang::detect(sample)?;
    let lang = info.lang();
    if lang == whatlang::Lang::Eng {
        return None;
    }
    let code = short_code(lang.code());
    let known = KNOWN.iter().find(|known| known.code == code);
    Some(Language::Other {
        code,
        name: known.map_or_else(|| plain_name(lang), |known| known.name),
        confidence: percent(info.confidence()),
    })
}

fn plain_name(lang: whatlang::Lang) -> &'static str {
    match lang {
        whatlang::Lang::Cmn => "Chinese",
        lang => lang.eng_name(),
    }
}

/// ISO 639-1 for ISO 639-3.
fn short_code(long: &'static str) -> &'static str {
    const CODES: &[(&str, &str)] = &[
        ("deu", "de"),
        ("fra", "fr"),
        ("spa", "es"),
        ("ita", "it"),
        ("nld", "nl"),
        ("por", "pt"),
        ("pol", "pl"),
        ("swe", "sv"),
        ("dan", "da"),
        ("nob", "no"),
        ("fin", "fi"),
        ("ces", "cs"),
        ("slk", "sk"),
        ("tur", "tr"),
        ("hun", "hu"),
        ("ron", "ro"),
        ("hrv", "hr"),
        ("slv", "sl"),
        ("ind", "id"),
        ("vie", "vi"),
        ("cat", "ca"),
        ("est", "et"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("afr", "af"),
        ("tgl", "tl"),
        ("rus", "ru"),
        ("ukr", "uk"),
        ("bel", "be"),
        ("bul", "bg"),
        ("mkd", "mk"),
        ("srp", "sr"),
        ("ell", "el"),
        ("ara", "ar"),
        ("heb", "he"),
        ("pes", "fa"),
        ("urd", "ur"),
        ("hin", "hi"),
        ("ben", "bn"),
        ("tam", "ta"),
        ("tel", "te"),
        ("mar", "mr"),
        ("guj", "gu"),
        ("pan", "pa"),
        ("kan", "kn"),
        ("mal", "ml"),
        ("tha", "th"),
        ("kor", "ko"),
        ("jpn", "ja"),
        ("cmn", "zh"),
        ("kat", "ka"),
        ("hye", "hy"),
        ("aze", "az"),
        ("lat", "la"),
        ("epo", "eo"),
        ("yid", "yi"),
        ("zul", "zu"),
        ("sna", "sn"),
        ("aka", "ak"),
        ("jav", "jv"),
        ("uzb", "uz"),
        ("tuk", "tk"),
        ("amh", "am"),
        ("khm", "km"),
        ("mya", "my"),
        ("nep", "ne"),
        ("ori", "or"),
        ("sin", "si"),
        ("cym", "cy"),
    ];
    CODES
        .iter()
        .find(|(from, _)| *from == long)
        .map_or(long, |(_, short)| short)
}

fn percent(confidence: f64) -> u8 {
    let percent = (confidence.clamp(0.0, 1.0) * 100.0).round();
    // Between 0 and 100, so nothing is lost.
    (0..=100_u8)
        .rev()
        .find(|&whole| f64::from(whole) <= percent)
        .unwrap_or_default()
}
