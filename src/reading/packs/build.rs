//! From texts to compiled packs.

use super::examples::{Example, Of};
use super::file::{ClassesFile, Fact, ListForm, MessageFile, PackFile};
use super::overlay::{self, Changes};
use super::rules::{Reader, texts};
use super::scan::Conditions;
use super::{CategoryInfo, Owner, Packs, PartyClasses, Role};
use crate::reading::pattern::{Classes, Compiler, Kind, Lexicon, Node, SymbolSet};
use crate::reading::text::{Kinds, TextClasses};
use crate::toml_file::{self, Fault};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use toml::Spanned;

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
    /// The last capitalised name of a match is that of the seller's company.
    introduces_seller = "introduces-seller";
    /// Questions that are no curiosity about the reader.
    not_curious = "not-curious";
    /// Indirect questions and invitations to correct.
    indirect_question = "indirect-question";
    /// An invitation to confirm or correct, next to a claim.
    invites_correction = "invites-correction";
    /// What broad rules leave alone: guesses offered for correction, admissions.
    honest = "honest";
    /// A number, study or finding.
    insight = "insight";
    lamp_market = "lamp-market";
    lamp_company = "lamp-company";
    lamp_function = "lamp-function";
    lamp_person = "lamp-person";
    /// Compliments that fit anyone; they light no lamp.
    lamp_nothing = "lamp-nothing";
    /// Signals of the gate.
    signal_scheduling = "signal-scheduling";
    signal_service = "signal-service";
    signal_buying = "signal-buying";
    signal_opt_out = "signal-opt-out";
    signal_offer = "signal-offer";
    signal_request = "signal-request";
    signal_ongoing = "signal-ongoing";
    signal_personal = "signal-personal";
}

/// Where a text stands, for faults.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    pub(super) fn fault(&self, span: &Range<usize>, field: &str, message: &str, expected: &str) -> Fault {
        Fault::at(self.file, self.text, span, field, message, expected)
    }
}

struct Parsed<'a> {
    source: Source<'a>,
    field: String,
    span: Range<usize>,
    node: Node,
    owner: (Owner, Role),
}

#[derive(Default)]
pub(super) struct Builder<'a> {
    lexicon: Lexicon,
    patterns: Vec<Parsed<'a>>,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Builder<'a> {
    pub(super) fn patterns(
        &mut self,
        classes: &Classes<'_>,
        source: &Source<'a>,
        field: &str,
        texts: &[Spanned<String>],
        owner: Owner,
        role: Role,
    ) {
        for text in texts {
            match classes.parse(text.get_ref(), &mut self.lexicon) {
                Ok(node) => {
                    self.patterns.push(Parsed {
                        source: *source,
                        field: field.to_owned(),
                        span: text.span(),
                        node,
                        owner: (owner, role),
                    });
                }
                Err(message) => self
                    .faults
                    .push(source.fault(&text.span(), field, &message, "a pattern")),
            }
        }
    }
}

/// See [`Packs::parse`].
pub(super) fn build(files: &[(&str, &str)], overlays: &[(&str, &str)]) -> Result<Packs, Vec<Fault>> {
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
    let overlay_files = overlay::parse(overlays, &mut faults);
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

    let changes = Changes::of(&overlay_files, &packs, &mut builder);
    let mut reader = Reader::default();
    for (source, pack) in &packs {
        reader.read(source, pack, &changes, &classes, &mut builder);
    }
    for (source, overlay) in &overlay_files {
        reader
            .examples
            .extend(Example::all(source, Of::Overlay, false, &overlay.silent));
    }
    let Reader {
        rules,
        mut categories,
        mut examples,
        disabled,
        ..
    } = reader;
    categories.extend(message_file.check.iter().map(|check| CategoryInfo {
        category: check.id,
        title: check.title.clone(),
        explain: check.explain.clone(),
        ask: check.ask.clone(),
        source: check.source.clone(),
        cap: 16,
        fires: texts(&check.fires),
        silent: texts(&check.silent),
    }));

    let message_source = Source {
        file: message_name,
        text: message_text,
    };
    for check in &message_file.check {
        let of = Of::Whole(check.id);
        examples.extend(Example::all(&message_source, of, true, &check.fires));
        examples.extend(Example::all(&message_source, of, false, &check.silent));
    }
    let mut list_ids = Vec::new();
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
        let owner = Owner::List(index);
        builder.patterns(&classes, &message_source, &field("match"), matches, owner, Role::Match);
        builder.patterns(&classes, &message_source, &field("unless"), unless, owner, Role::Unless);
        list_ids.push(id.get_ref().clone());
        examples.extend(Example::all(&message_source, Of::List(index), true, fires));
        examples.extend(Example::all(&message_source, Of::List(index), false, silent));
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
            Node::Token(Rc::new([]))
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
    let mut asked = asked.iter();
    let mut set = || {
        asked
            .next()
            .map_or_else(|| SymbolSet::empty(0), |node| compiler.symbols(node))
    };
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
    let mut owners = Vec::new();
    let mut faults = Vec::new();
    if builder.patterns.len() > MOST_PATTERNS {
        return Err(vec![Fault::whole(
            classes_name,
            "too many patterns",
            &format!("{MOST_PATTERNS} at most"),
        )]);
    }
    let kind_of = |owner: Owner| match owner {
        Owner::Rule(rule) if rules.get(rule).is_some_and(|rule| rule.needs.has(Fact::Listed)) => Kind::Item,
        _ => Kind::Any,
    };
    for parsed in &builder.patterns {
        compiler.kind(kind_of(parsed.owner.0));
        let compiled = match parsed.owner.1 {
            Role::Match => compiler.compile(&parsed.node),
            Role::Unless | Role::UnlessSentence => compiler.compile_condition(&parsed.node),
        };
        if let Err(message) = compiled {
            faults.push(parsed.source.fault(&parsed.span, &parsed.field, &message, "a pattern"));
        }
        owners.push(parsed.owner);
    }
    let (Ok(lists), true) = (lists, faults.is_empty()) else {
        return Err(faults);
    };
    let machine = compiler.finish();
    Ok(Packs {
        kinds: Kinds::of(builder.lexicon.len(), &text, &parties.customer),
        lexicon: builder.lexicon,
        text,
        parties,
        rules,
        categories,
        lists,
        machine,
        conditions: Conditions::of(&owners),
        owners,
        list_ids,
        examples,
        disabled,
        overlays: overlays.iter().map(|(file, _)| (*file).to_owned()).collect(),
        terms: changes.terms,
        hash: hash(files, overlays),
    })
}

/// The category as files spell it.
pub(crate) fn name_of(category: crate::reading::Category) -> String {
    spelled(category).to_owned()
}

/// The same without a copy.
pub(crate) fn spelled(category: crate::reading::Category) -> &'static str {
    use crate::reading::Category::*;
    match category {
        Want => "want",
        Sell => "sell",
        Mask => "mask",
        Hype => "hype",
        Ask => "ask",
        Pretext => "pretext",
        Route => "route",
        Unbacked => "unbacked",
        News => "news",
        Tell => "tell",
        Nudge => "nudge",
        Generic => "generic",
        Blame => "blame",
        Merge => "merge",
        SellerSubject => "seller-subject",
        NoCustomerQuestion => "no-customer-question",
        Layers => "layers",
        InsightNoNext => "insight-no-next",
        Blast => "blast",
    }
}

/// SHA-256 over names and texts in the order of the names, then over those of the overlays in their own order.
fn hash(files: &[(&str, &str)], overlays: &[(&str, &str)]) -> String {
    let sorted: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut hasher = Sha256::new();
    for (name, text) in sorted.into_iter().chain(overlays.iter().copied()) {
        let name = name.rsplit('/').next().unwrap_or(name);
        hasher.update((name.len() as u64).to_le_bytes());
        hasher.update(name);
        hasher.update((text.len() as u64).to_le_bytes());
        hasher.update(text);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Category;

    #[test]
    fn categories_are_spelled_as_files_spell_them() {
        let mut known = 0;
        for info in Packs::builtin().categories() {
            let spelled = serde_json::Value::from(spelled(info.category));
            assert_eq!(serde_json::to_value(info.category).unwrap(), spelled);
            known += 1;
        }
        assert_eq!(known, Category::Blast as usize + 1);
    }
}
