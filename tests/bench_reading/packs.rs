//! The rule files as they are in the tree, and with many more phrases: what reading costs must not grow with them.

use std::fmt::Write;
use std::path::Path;

/// The shipped rule files.
pub(crate) fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/rules/en");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let text = std::fs::read_to_string(entry.path()).ok()?;
            name.ends_with(".toml").then_some((name, text))
        })
        .collect();
    files.sort();
    files
}

/// The shipped files and one more, of so many phrases of our own.
pub(crate) fn with_phrases(count: usize) -> Vec<(String, String)> {
    let mut text = "id = \"sell\"\ntitle = \"More\"\nlevel = \"note\"\ncap = 1\nlang = \"en\"\nsource = \"none\"\n\
                    explain = \"None.\"\nask = \"None?\"\nsilent = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\n"
        .to_owned();
    const PER_RULE: usize = 20;
    for rule in 0..count.div_ceil(PER_RULE) {
        let _ = write!(
            text,
            "\n[[rule]]\nid = \"more-{rule}\"\nfires = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\nmatch = [\n"
        );
        for index in rule * PER_RULE..(rule * PER_RULE + PER_RULE).min(count) {
            let (verb, noun) = (VERBS[index % VERBS.len()], NOUNS[index / VERBS.len() % NOUNS.len()]);
            let shape = match index % 4 {
                0 => format!("@us (can|will)? {verb}~ (your|the) {noun}"),
                1 => format!("{verb}~ ..3 our {noun}"),
                2 => format!("(want|like|love) to {verb} you --2 {noun}"),
                _ => format!("^ {verb} (a|the|our)? {noun} (with|for) (us|me)"),
            };
            let _ = writeln!(text, "    \"{shape}\",");
        }
        text.push_str("]\n");
    }
    let mut files = shipped();
    files.push(("more.toml".to_owned(), text));
    files
}

const VERBS: &[&str] = &[
    "grow",
    "boost",
    "improve",
    "transform",
    "deliver",
    "drive",
    "share",
    "discuss",
    "explore",
    "present",
    "optimize",
    "scale",
    "unlock",
    "streamline",
    "accelerate",
    "simplify",
    "support",
    "secure",
    "automate",
    "reduce",
    "increase",
    "manage",
    "measure",
    "plan",
    "track",
    "build",
    "design",
    "ship",
    "host",
    "train",
    "coach",
    "audit",
    "review",
    "extend",
    "replace",
    "upgrade",
    "migrate",
    "connect",
    "combine",
    "compare",
];

const NOUNS: &[&str] = &[
    "pipeline",
    "revenue",
    "team",
    "process",
    "procedure",
    "results",
    "offer",
    "product",
    "platform",
    "service",
    "report",
    "budget",
    "sales",
    "growth",
    "network",
    "brand",
    "website",
    "store",
    "factory",
    "fleet",
    "warehouse",
    "ledger",
    "payroll",
    "campaign",
    "data",
    "system",
    "tools",
    "portfolio",
    "strategy",
    "roadmap",
    "meeting",
    "call",
    "demo",
    "trial",
    "webinar",
    "guide",
    "paper",
    "study",
    "survey",
    "audit",
    "contract",
    "price",
    "quote",
    "sample",
    "catalogue",
    "training",
    "market",
    "customers",
    "partners",
    "staff",
];
