//! Putting a reading together.

use super::gate;
use super::hash;
use super::help;
use super::lamps::Lit;
use super::ledger::Ledger;
use super::packs::Packs;
use super::place::Places;
use super::result::Scale;
use super::study::{Hit, Kinds, Known, Study};
use super::text::{Names, Sentence};
use super::whole::{self, Whole};
use super::{Category, Context, Finding, Lamps, Level, Prospecting, ProspectingClass, Reading, Silenced};
use crate::mail::{Address, Prose};

/// Of each category more places than this are not listed. The ledger's caps are reached long before.
const MOST_OF_A_CATEGORY: usize = 60;

/// Reads the own text of one mail.
#[must_use]
pub fn read(prose: &Prose, context: &Context, packs: &Packs) -> Reading {
    let people = gate::People::of(prose, context);
    if let Some(why) = not_read(prose) {
        let mut reading = unjudged(gate::judge_unread(prose, context, &people), prose, packs);
        reading.not_read = Some(why);
        return reading;
    }
    let known = Known {
        no_thread: prose.headers.references.is_empty(),
        never_wrote: context.correspondence.never_wrote(people.outside()),
        pitch: false,
    };
    let mut study = Study::of(prose, &names_with(prose, context, packs), known, packs);
    silence(&mut study, prose, context);
    let mut pitch = gate::Pitch::of(&study, packs);
    let prospecting = gate::judge(prose, context, &people, &pitch);
    let words = study.text.words;
    if prospecting.class == ProspectingClass::No {
        return Reading {
            words,
            ..unjudged(prospecting, prose, packs)
        };
    }
    if pitch.wakes(prospecting.class, context.assume_prospecting) {
        study.wake(known, packs);
        silence(&mut study, prose, context);
        pitch = gate::Pitch::of(&study, packs);
    }
    let lit = Lit::of(&study, &context.facts, prose, packs);
    // What a mail lacks is only held against one that sells; a letter to a stranger need not ask anything.
    let asked_of = context.assume_prospecting || pitch.speaks();
    let mut whole = if asked_of {
        whole::look(&study, &lit, packs)
    } else {
        Vec::new()
    };
    whole.extend(context.blast.as_ref().and_then(whole::blast));
    let mut places = Places::new(prose, &study.text);
    let mut listing = Listing::of(&study, prose, context, &mut places, packs);
    listing
        .findings
        .extend(whole.iter().map(|whole| whole_finding(whole, packs)));
    let caps = packs.categories().iter().map(|info| (info.category, info.cap));
    let scale = Scale {
        caps: caps
            .filter(|(category, _)| *category < Category::SellerSubject)
            .collect(),
        opening: listing.opening,
    };
    let ledger = Ledger::of(&listing.findings, &scale, |_| true);
    Reading {
        score: ledger.score,
        ledger: ledger.lines,
        words,
        lamps: lit.shown(&study, &mut places),
        help: help::help(&listing.findings, &lit, &study, &mut places),
        findings: listing.findings,
        silenced: listing.silenced,
        scale,
        ..unjudged(prospecting, prose, packs)
    }
}

/// The people outside the company that a mail goes to, as the context's gate sees it.
#[must_use]
pub fn outside(prose: &Prose, context: &Context) -> Vec<Address> {
    gate::People::of(prose, context).outside().to_vec()
}

/// Why the own text can't be read at all.
fn not_read(prose: &Prose) -> Option<String> {
    let language = &prose.language;
    (!language.is_readable()).then(|| format!("language: {}", language.name().unwrap_or("not English")))
}

/// A reading without findings: ordinary mail is not judged.
fn unjudged(prospecting: Prospecting, prose: &Prose, packs: &Packs) -> Reading {
    Reading {
        prospecting,
        findings: Vec::new(),
        score: 100,
        ledger: Vec::new(),
        words: 0,
        masks: prose.masks.len(),
        cut: prose.cut,
        packs: packs.hash().to_owned(),
        not_read: None,
        lamps: Lamps::default(),
        help: None,
        silenced: Vec::new(),
        scale: Scale::default(),
    }
}

/// The names that headers, account and context tell.
pub(super) fn names(prose: &Prose, context: &Context) -> Names {
    let headers = &prose.headers;
    let company = |addresses: &[Address]| addresses.iter().flat_map(Names::of_company).collect::<Vec<String>>();
    let own: Vec<Address> = context.account.iter().chain(&headers.from).cloned().collect();
    let recipients: Vec<Address> = match &context.envelope {
        Some(envelope) => envelope.addresses(),
        None => headers.to.iter().chain(&headers.others).cloned().collect(),
    };
    let mut seller = company(&own);
    let folded = |name: &String| name.to_lowercase().replace([' ', '-'], "");
    seller.extend(context.seller_names.iter().map(folded).filter(|name| !name.is_empty()));
    // A few are enough: a mail to hundreds speaks to nobody by name.
    const FEW: usize = 5;
    let few: Vec<Address> = recipients.into_iter().take(FEW).collect();
    let mut customer = company(&few);
    customer.extend(
        headers
            .to_names
            .iter()
            .take(FEW)
            .flat_map(|name| Names::of_person(name)),
    );
    customer.retain(|name| !seller.contains(name));
    Names { seller, customer }
}

/// The same with the names that the packs' overlays give.
fn names_with(prose: &Prose, context: &Context, packs: &Packs) -> Names {
    let mut names = names(prose, context);
    names.seller.extend(packs.seller_names().iter().cloned());
    names.customer.retain(|name| !names.seller.contains(name));
    names
}

/// Takes out what somebody has said is right as it stands.
fn silence(study: &mut Study, prose: &Prose, context: &Context) {
    if context.silences.is_empty() {
        return;
    }
    study.silence(|text, sentence, hit| {
        let hash = hash_of(text, sentence, hit, prose);
        context.silences.iter().position(|silence| silence.hash == hash)
    });
}

fn hash_of(text: &super::text::Text, sentence: &Sentence, hit: &Hit, prose: &Prose) -> String {
    let passage = prose.passages.get(sentence.passage);
    let words = passage.and_then(|passage| passage.text.get(text.range(sentence, &hit.tokens())));
    hash::of(hit.category, words.unwrap_or_default())
}

/// The places that were found, in the order of the text.
#[derive(Default)]
struct Listing {
    findings: Vec<Finding>,
    silenced: Vec<Silenced>,
    /// See [`Scale::opening`].
    opening: usize,
}

impl Listing {
    fn of(study: &Study, prose: &Prose, context: &Context, places: &mut Places<'_>, packs: &Packs) -> Listing {
        let mut listing = Listing::default();
        listing
            .findings
            .reserve(study.hits().len().min(MOST_OF_A_CATEGORY * packs.categories().len()));
        let mut counts = [0; Kinds::MOST];
        let mut opens = true;
        for (sentence, studied) in study.pairs() {
            for hit in study.hits_of(studied) {
                let Some(count) = counts
                    .get_mut(hit.category as usize)
                    .filter(|count| **count < MOST_OF_A_CATEGORY)
                else {
                    continue;
                };
                *count += 1;
                opens &= sentence.subject || studied.first;
                listing.opening += usize::from(opens);
                if let Some(finding) = finding(study, sentence, hit, prose, places, packs) {
                    listing.findings.push(finding);
                }
            }
        }
        for (index, hit, silence) in study.silenced.iter().take(MOST_OF_A_CATEGORY) {
            let sentence = study.text.sentences.get(*index);
            let finding = sentence.and_then(|sentence| finding(study, sentence, hit, prose, places, packs));
            let both = finding.zip(context.silences.get(*silence).cloned());
            let silenced = both.map(|(finding, silence)| Silenced { finding, silence });
            listing.silenced.extend(silenced);
        }
        listing
    }
}

fn finding(
    study: &Study,
    sentence: &Sentence,
    hit: &Hit,
    prose: &Prose,
    places: &mut Places<'_>,
    packs: &Packs,
) -> Option<Finding> {
    let rule = packs.rules.get(hit.rule)?;
    let place = places.locate(sentence, &hit.tokens())?;
    Some(Finding {
        rule: rule.id.clone(),
        category: hit.category,
        severity: hit.level,
        span: Some(place.span),
        excerpt: place.excerpt,
        why: rule.explain.clone(),
        ask: rule.ask.clone(),
        points: hit.points,
        hash: hash_of(&study.text, sentence, hit, prose),
    })
}

fn whole_finding(whole: &Whole, packs: &Packs) -> Finding {
    let info = packs.category(whole.category);
    let why = info.map_or(whole.seen.clone(), |info| format!("{} {}", whole.seen, info.explain));
    Finding {
        rule: super::packs::name_of(whole.category).into(),
        category: whole.category,
        severity: match (whole.category, whole.points) {
            (Category::SellerSubject | Category::NoCustomerQuestion, _) => Level::Warn,
            (Category::Blast, 20..) => Level::Strong,
            (Category::Blast, 12..) => Level::Warn,
            _ => Level::Note,
        },
        span: None,
        excerpt: String::new(),
        why: why.into(),
        ask: info.map(|info| info.ask.as_str().into()).unwrap_or_default(),
        points: whole.points,
        hash: String::new(),
    }
}
