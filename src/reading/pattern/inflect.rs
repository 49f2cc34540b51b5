//! The forms of an English word, so that a pattern can say `help~` and mean help, helps, helped and helping.
//!
//! Made for rule writers, so it may give forms that no one writes ("demoed"); they cost nothing. Irregular verbs that
//! rules need stand in a table.

/// Every form of a base word, the word itself first. The same rule serves verbs and nouns.
pub(crate) fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned(), with_s(word)];
    match IRREGULAR.iter().find(|(base, _)| *base == word) {
        Some((_, others)) => forms.extend(others.split(' ').map(str::to_owned)),
        None => forms.push(with_ending(word, "ed")),
    }
    forms.push(with_ending(word, "ing"));
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Plural or third person.
fn with_s(word: &str) -> String {
    if let Some(stem) = consonant_y(word) {
        return format!("{stem}ies");
    }
    let hissing = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    let plain_o = ["do", "go"].contains(&word);
    format!("{word}{}", if hissing || plain_o { "es" } else { "s" })
}

/// Past tense or participle: `ed` or `ing`.
fn with_ending(word: &str, ending: &str) -> String {
    if let Some(stem) = word.strip_suffix("ie").filter(|_| ending == "ing") {
        return format!("{stem}ying");
    }
    if let Some(stem) = word.strip_suffix('e').filter(|stem| stem.len() > 1) {
        let keeps = stem.ends_with('e') && ending == "ing";
        return if keeps {
            format!("{word}{ending}")
        } else {
            format!("{stem}{ending}")
        };
    }
    if let Some(stem) = consonant_y(word).filter(|_| ending == "ed") {
        return format!("{stem}ied");
    }
    if doubles(word) {
        let last = word.get(word.len() - 1..).unwrap_or_default();
        return format!("{word}{last}{ending}");
    }
    format!("{word}{ending}")
}

/// The word without its `y`, if a consonant stands before it.
fn consonant_y(word: &str) -> Option<&str> {
    let stem = word.strip_suffix('y')?;
    (!stem.is_empty() && !ends_in_vowel(stem)).then_some(stem)
}

/// Whether the last consonant doubles: one vowel between consonants in a short word ("stop"), or listed.
fn doubles(word: &str) -> bool {
    const LISTED: [&str; 4] = ["refer", "submit", "begin", "commit"];
    let letters: Vec<char> = word.chars().collect();
    let [.., before, vowel, last] = letters.as_slice() else {
        return false;
    };
    let is_vowel = |c: char| "aeiou".contains(c);
    let short = letters.iter().filter(|c| is_vowel(**c)).count() == 1;
    (short && !is_vowel(*before) && is_vowel(*vowel) && !is_vowel(*last) && !"wxy".contains(*last))
        || LISTED.contains(&word)
}

fn ends_in_vowel(stem: &str) -> bool {
    stem.ends_with(['a', 'e', 'i', 'o', 'u'])
}

/// Past and participle of irregular verbs. The `s` and `ing` forms are regular.
const IRREGULAR: [(&str, &str); 63] = [
    ("become", "became"),
    ("begin", "began begun"),
    ("break", "broke broken"),
    ("bring", "brought"),
    ("build", "built"),
    ("buy", "bought"),
    ("catch", "caught"),
    ("choose", "chose chosen"),
    ("come", "came"),
    ("cost", "cost"),
    ("cut", "cut"),
    ("deal", "dealt"),
    ("do", "did done"),
    ("drive", "drove driven"),
    ("fall", "fell fallen"),
    ("feel", "felt"),
    ("find", "found"),
    ("fit", "fit fitted"),
    ("forget", "forgot forgotten"),
    ("get", "got gotten"),
    ("give", "gave given"),
    ("go", "went gone"),
    ("grow", "grew grown"),
    ("have", "has had"),
    ("hear", "heard"),
    ("hold", "held"),
    ("keep", "kept"),
    ("know", "knew known"),
    ("lead", "led"),
    ("learn", "learned learnt"),
    ("leave", "left"),
    ("let", "let"),
    ("lose", "lost"),
    ("make", "made"),
    ("mean", "meant"),
    ("meet", "met"),
    ("overcome", "overcame"),
    ("pay", "paid"),
    ("put", "put"),
    ("read", "read"),
    ("rise", "rose risen"),
    ("run", "ran"),
    ("say", "said"),
    ("see", "saw seen"),
    ("sell", "sold"),
    ("send", "sent"),
    ("set", "set"),
    ("shine", "shone"),
    ("show", "showed shown"),
    ("sit", "sat"),
    ("speak", "spoke spoken"),
    ("spend", "spent"),
    ("stand", "stood"),
    ("take", "took taken"),
    ("teach", "taught"),
    ("tell", "told"),
    ("think", "thought"),
    ("understand", "understood"),
    ("wear", "wore worn"),
    ("win", "won"),
    ("withdraw", "withdrew withdrawn"),
    ("write", "wrote written"),
    ("lie", "lay lain"),
];

#[cfg(test)]
mod tests {
    use super::forms;

    #[test]
    fn gives_the_forms_that_people_write() {
        for (word, expected) in [
            ("help", "help helped helping helps"),
            ("provide", "provide provided provides providing"),
            ("supply", "supplied supplies supply supplying"),
            ("stop", "stop stopped stopping stops"),
            ("offer", "offer offered offering offers"),
            ("enable", "enable enabled enables enabling"),
            ("reach", "reach reached reaches reaching"),
            ("build", "build building builds built"),
            ("write", "write writes writing written wrote"),
            ("deploy", "deploy deployed deploying deploys"),
            ("let", "let lets letting"),
            ("free", "free freed freeing frees"),
            ("show", "show showed showing shown shows"),
        ] {
            let got = forms(word).join(" ");
            let expected: Vec<&str> = expected.split(' ').collect();
            assert!(
                expected.iter().all(|form| got.split(' ').any(|g| g == *form)),
                "{word}: {got}"
            );
        }
        assert!(!forms("sell").contains(&"selled".to_owned()));
    }
}
