//! From texts to compiled packs.

use super::file::{ClassesFile, ListForm, MessageFile, PackFile, RuleForm};
use super::{CategoryInfo, Owner, Packs, PartyClasses, Rule};
use crate::reading::pattern::{Classes, Compiler, Lexicon, Node, Pattern, SymbolSet};
use crate::reading::text::TextClasses;
use crate::toml_file::{self, Fault};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use toml::Spanned;

/// Each category has at least so many examples of either kind, and each rule so many that it finds.
const FEWEST_EXAMPLES: usize = 6;
const FEWEST_OF_A_RULE: usize = 2;
/// More patterns than this are refused: a bound on memory and time.
const MOST_PATTERNS: usize = 20_000;

macro_rules! lists {
    ($($(#[$doc:meta])* $field:ident = $name:literal;)*) => {
        /// Where the lists that code asks for stand among all lists.
        #[derive(Debug, Default, Clone, Copy)]
        pub(crate) struct Lists {
            $($(#[$doc])* pub(crate) $field: usize,)*
        }

        impl Lists {
            fn find(position: impl Fn(&str) -> Option<usize>) -> Result<Lists, &'static str> {
                Ok(Lists { $($field: position($name).ok_or($name)?,)* })
            }
        }
    };
}

lists! {
    /// Sentences that start like these are the seller's, though no pronoun says so.
    seller_opener = "seller-opener";
    /// The seller's work for the reader: such sentences count as neutral.
    attention = "attention";
    /// The last token of a match is the name of the seller's company.
    introduces_seller = "introduces-seller";
    /// Questions that are no curiosity about the reader.
    not_curious = "not-curious";
    /// Indirect questions and invitations to correct.
    indirect_question = "indirect-question";
    /// An invitation to confirm or correct, next to a claim.
    invites_correction = "invites-correction";
    /// A number, study or finding.
    insight = "insight";
    lamp_market = "lamp-market";
    lamp_company = "lamp-company";
    lamp_function = "lamp-function";
    lamp_person = "lamp-person";
    /// Signals of the gate.
    signal_scheduling = "signal-scheduling";
    signal_service = "signal-service";
    signal_buying = "signal-buying";
    signal_opt_out = "signal-opt-out";
    signal_personal = "signal-personal";
}

/// Where a text stands, for faults.
struct Source<'a> {
    file: &'a str,
    text: &'a str,
}

impl Source<'_> {
    fn fault(&self, span: &Range<usize>, field: &str, message: &str, expected: &str) -> Fault {
        Fault::at(self.file, self.text, span, field, message, expected)
    }
}

struct Parsed<'a> {
    source: Source<'a>,
    field: String,
    span: Range<usize>,
    node: Node,
    owner: Owner,
}

#[derive(Default)]
struct Builder<'a> {
    lexicon: Lexicon,
    patterns: Vec<Parsed<'a>>,
    faults: Vec<Fault>,
}

impl<'a> Builder<'a> {
    fn patterns(
        &mut self,
        classes: &Classes<'_>,
        source: &Source<'a>,
        field: &str,
        texts: &[Spanned<String>],
        owner: Owner,
    ) -> Vec<usize> {
        let mut indexes = Vec::new();
        for text in texts {
            match classes.parse(text.get_ref(), &mut self.lexicon) {
                Ok(node) => {
                    indexes.push(self.patterns.len());
                    let source = Source {
                        file: source.file,
                        text: source.text,
                    };
                    self.patterns.push(Parsed {
                        source,
                        field: field.to_owned(),
                        span: text.span(),
                        node,
                        owner,
                    });
                }
                Err(message) => self
                    .faults
                    .push(source.fault(&text.span(), field, &message, "a pattern")),
            }
        }
        indexes
    }
}

/// See [`Packs::parse`].
pub(super) fn build(files: &[(&str, &str)]) -> Result<Packs, Vec<Fault>> {
    let named = |name: &str| files.iter().find(|(file, _)| file.rsplit('/').next() == Some(name));
    let missing = |name: &str| vec![Fault::whole(name, "it is missing", "this file among the rule packs")];
    let (classes_name, classes_text) = named("classes.toml").ok_or_else(|| missing("classes.toml"))?;
    let (message_name, message_text) = named("message.toml").ok_or_else(|| missing("message.toml"))?;

    let mut faults = Vec::new();
    let classes_file = toml_file::parse::<ClassesFile>(classes_name, classes_text)
        .map_err(|f| faults.push(f))
        .ok();
    let message_file = toml_file::parse::<MessageFile>(message_name, message_text)
        .map_err(|f| faults.push(f))
        .ok();
    let mut packs = Vec::new();
    for (name, text) in files
        .iter()
        .filter(|(name, _)| name != classes_name && name != message_name)
    {
        match toml_file::parse::<PackFile>(name, text) {
            Ok(pack) => packs.push((Source { file: name, text }, pack)),
            Err(fault) => faults.push(fault),
        }
    }
    let (Some(classes_file), Some(message_file)) = (classes_file, message_file) else {
        return Err(faults);
    };

    let mut builder = Builder {
        faults,
        ..Builder::default()
    };
    let classes_source = Source {
        file: classes_name,
        text: classes_text,
    };
    for (written, words) in &classes_file.contractions {
        let words: Vec<&str> = words.split_whitespace().collect();
        if !builder.lexicon.add_contraction(written.get_ref(), &words) {
            let fault = classes_source.fault(&written.span(), "contractions", "no words", "one to three words");
            builder.faults.push(fault);
        }
    }
    let classes = Classes::new(&classes_file.classes);

    let mut rules = Vec::new();
    let mut categories = Vec::new();
    let mut ids = HashSet::new();
    for (source, pack) in &packs {
        read_pack(source, pack, &classes, &mut builder, &mut rules, &mut ids);
        categories.push(info_of_pack(pack));
    }
    categories.extend(message_file.check.iter().map(|check| CategoryInfo {
        category: check.id,
        title: check.title.clone(),
        explain: check.explain.clone(),
        ask: check.ask.clone(),
        source: check.source.clone(),
        cap: 16,
        fires: check.fires.clone(),
        silent: check.silent.clone(),
    }));

    let message_source = Source {
        file: message_name,
        text: message_text,
    };
    let mut list_unless = Vec::new();
    let mut list_examples = Vec::new();
    for (index, list) in message_file.list.iter().enumerate() {
        let ListForm {
            id,
            matches,
            unless,
            fires,
            silent,
            ..
        } = list;
        let field = |name: &str| format!("list.{}.{name}", id.get_ref());
        builder.patterns(&classes, &message_source, &field("match"), matches, Owner::List(index));
        list_unless.push(builder.patterns(&classes, &message_source, &field("unless"), unless, Owner::Condition));
        list_examples.push(super::examples::ListExamples {
            id: id.get_ref().clone(),
            fires: fires.clone(),
            silent: silent.clone(),
        });
    }
    if message_file.list.len() > 64 {
        builder
            .faults
            .push(Fault::whole(message_name, "too many lists", "64 lists at most"));
    }
    let lists = Lists::find(|name| message_file.list.iter().position(|list| list.id.get_ref() == name));
    if let Err(name) = &lists {
        let message = format!("the list `{name}` is missing");
        builder.faults.push(Fault::whole(
            message_name,
            &message,
            "every list that the checks ask for",
        ));
    }

    let mut class = |name: &str| match classes.parse(&format!("@{name}"), &mut builder.lexicon) {
        Ok(node) => node,
        Err(fault) => {
            builder.faults.push(Fault::whole(
                classes_name,
                &fault,
                "the classes that the reading asks for",
            ));
            Node::Token(Vec::new())
        }
    };
    let avoid = class("you-words");
    const ASKED: [&str; 9] = [
        "abbreviation",
        "greeting",
        "filler",
        "conjunction",
        "field-word",
        "seller-word",
        "customer-word",
        "subordinator",
        "interrogative",
    ];
    let asked: Vec<Node> = ASKED.iter().map(|name| class(name)).collect();
    if !builder.faults.is_empty() {
        return Err(builder.faults);
    }

    let mut compiler = Compiler::new(&builder.lexicon, &avoid);
    let mut sets = asked.iter().map(|node| compiler.symbols(node));
    let mut set = || sets.next().unwrap_or_else(|| SymbolSet::empty(0));
    let text = TextClasses {
        abbreviations: set(),
        greetings: set(),
        fillers: set(),
        conjunctions: set(),
        fields: set(),
    };
    let parties = PartyClasses {
        seller: set(),
        customer: set(),
        subordinators: set(),
        interrogatives: set(),
    };
    drop(sets);

    let mut patterns: Vec<Pattern> = Vec::new();
    let mut owners = Vec::new();
    let mut faults = Vec::new();
    if builder.patterns.len() > MOST_PATTERNS {
        return Err(vec![Fault::whole(
            classes_name,
            "too many patterns",
            &format!("{MOST_PATTERNS} at most"),
        )]);
    }
    for parsed in &builder.patterns {
        match compiler.compile(&parsed.node) {
            Ok(pattern) => patterns.push(pattern),
            Err(message) => faults.push(parsed.source.fault(&parsed.span, &parsed.field, &message, "a pattern")),
        }
        owners.push(parsed.owner);
    }
    let (Ok(lists), true) = (lists, faults.is_empty()) else {
        return Err(faults);
    };
    drop(compiler);

    let mut triggers = vec![Vec::new(); builder.lexicon.len()];
    for (index, pattern) in patterns.iter().enumerate() {
        if owners.get(index) == Some(&Owner::Condition) {
            continue;
        }
        for symbol in pattern.needed().iter() {
            if let Some(list) = triggers.get_mut(usize::from(symbol.0)) {
                list.push(u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
    }
    Ok(Packs {
        lexicon: builder.lexicon,
        text,
        parties,
        rules,
        categories,
        lists,
        patterns,
        owners,
        triggers,
        list_unless,
        list_examples,
        hash: hash(files),
    })
}

fn read_pack<'a>(
    source: &Source<'a>,
    pack: &PackFile,
    classes: &Classes<'_>,
    builder: &mut Builder<'a>,
    rules: &mut Vec<Rule>,
    ids: &mut HashSet<String>,
) {
    let category = *pack.id.get_ref();
    let name = name_of(category);
    if pack.lang.get_ref() != "en" {
        builder
            .faults
            .push(source.fault(&pack.lang.span(), "lang", "a language that is not read yet", "\"en\""));
    }
    let fires: usize = pack.rule.iter().map(|rule| rule.get_ref().fires.len()).sum();
    let silent = pack.silent.len() + pack.rule.iter().map(|rule| rule.get_ref().silent.len()).sum::<usize>();
    if fires < FEWEST_EXAMPLES || silent < FEWEST_EXAMPLES {
        let message = format!("{fires} examples that it finds and {silent} that it leaves alone");
        let expected = format!("at least {FEWEST_EXAMPLES} of each");
        builder
            .faults
            .push(source.fault(&pack.id.span(), "id", &message, &expected));
    }
    for form in &pack.rule {
        let RuleForm {
            id,
            matches,
            unless,
            unless_sentence,
            fires,
            silent,
            ..
        } = form.get_ref();
        let id_text = format!("{name}/{}", id.get_ref());
        let field = |key: &str| format!("rule.{}.{key}", id.get_ref());
        if fires.len() < FEWEST_OF_A_RULE {
            let message = format!("{} examples; a rule without examples does not load", fires.len());
            let expected = format!("at least {FEWEST_OF_A_RULE} sentences that it finds");
            builder
                .faults
                .push(source.fault(&id.span(), &field("fires"), &message, &expected));
        }
        if !ids.insert(id_text.clone()) {
            builder
                .faults
                .push(source.fault(&id.span(), &field("id"), "this id is taken", "an id of its own"));
        }
        if matches.is_empty() {
            builder
                .faults
                .push(source.fault(&form.span(), &field("match"), "no patterns", "at least one"));
        }
        builder.patterns(classes, source, &field("match"), matches, Owner::Rule(rules.len()));
        let unless = builder.patterns(classes, source, &field("unless"), unless, Owner::Condition);
        let unless_sentence = builder.patterns(
            classes,
            source,
            &field("unless_sentence"),
            unless_sentence,
            Owner::Condition,
        );
        let form = form.get_ref();
        rules.push(Rule {
            id: id_text,
            category,
            level: form.level.unwrap_or(pack.level),
            explain: form.explain.clone().unwrap_or_else(|| pack.explain.clone()),
            ask: form.ask.clone().unwrap_or_else(|| pack.ask.clone()),
            place: form.place,
            subject: form.subject,
            needs: form.needs.clone(),
            raise: form.raise,
            unless_asks: form.unless_asks,
            unless,
            unless_sentence,
            fires: fires.clone(),
            silent: silent.clone(),
        });
    }
}

fn info_of_pack(pack: &PackFile) -> CategoryInfo {
    let of_rules = |examples: fn(&RuleForm) -> &Vec<String>| -> Vec<String> {
        pack.rule
            .iter()
            .flat_map(|rule| examples(rule.get_ref()).iter().cloned())
            .collect()
    };
    let mut silent = of_rules(|rule| &rule.silent);
    silent.extend(pack.silent.iter().cloned());
    CategoryInfo {
        category: *pack.id.get_ref(),
        title: pack.title.clone(),
        explain: pack.explain.clone(),
        ask: pack.ask.clone(),
        source: pack.source.clone(),
        cap: pack.cap.max(0),
        fires: of_rules(|rule| &rule.fires),
        silent,
    }
}

/// The category as files spell it.
pub(crate) fn name_of(category: crate::reading::Category) -> String {
    serde_json::to_value(category)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// SHA-256 over names and texts in the order of the names.
fn hash(files: &[(&str, &str)]) -> String {
    let sorted: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut hasher = Sha256::new();
    for (name, text) in sorted {
        let name = name.rsplit('/').next().unwrap_or(name);
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
