//! Putting a reading together.

use super::gate;
use super::ledger::Ledger;
use super::packs::Packs;
use super::place::Places;
use super::study::{Known, Study};
use super::text::Names;
use super::whole::{self, Whole};
use super::{Category, Context, Finding, History, Lamps, Level, ProspectingClass, Reading};
use crate::mail::{Address, Prose};

/// More places than this are counted in the ledger but not listed.
const MOST_FINDINGS: usize = 500;

/// Reads the own text of one mail.
#[must_use]
pub fn read(prose: &Prose, context: &Context, packs: &Packs) -> Reading {
    let known = Known {
        no_thread: prose.headers.references.is_empty(),
        never_wrote: context.history == History::FirstTouch,
        pitch: false,
    };
    let study = Study::of(prose, &names(prose, context), known, packs);
    let prospecting = gate::judge(prose, context, &study, packs);
    // What a mail lacks is only held against one that sells; a letter to a stranger need not ask anything.
    let asked_of = context.assume_prospecting || gate::Pitch::of(&study, packs).speaks();
    let whole = match prospecting.class {
        ProspectingClass::Yes | ProspectingClass::Unsure if asked_of => whole::look(&study, packs),
        _ => Vec::new(),
    };
    let ledger = Ledger::of(&study, &whole, packs);
    let mut findings = span_findings(prose, &study, &ledger, packs);
    findings.extend(whole.iter().map(|whole| whole_finding(whole, packs)));
    Reading {
        prospecting,
        findings,
        score: ledger.score,
        ledger: ledger.lines,
        words: study.text.words,
        masks: prose.masks.len(),
        cut: prose.cut,
        packs: packs.hash().to_owned(),
        not_read: None,
        lamps: Lamps::default(),
        help: None,
        silenced: Vec::new(),
    }
}

/// The names that headers and account tell.
fn names(prose: &Prose, context: &Context) -> Names {
    let headers = &prose.headers;
    let company = |addresses: &[Address]| addresses.iter().flat_map(Names::of_company).collect::<Vec<String>>();
    let own: Vec<Address> = context.account.iter().chain(&headers.from).cloned().collect();
    let recipients: Vec<Address> = match &context.envelope {
        Some(envelope) => envelope.addresses(),
        None => headers.to.iter().chain(&headers.others).cloned().collect(),
    };
    let seller = company(&own);
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

fn span_findings(prose: &Prose, study: &Study, ledger: &Ledger, packs: &Packs) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut places = Places::new(prose, &study.text);
    for ((sentence, studied), points) in study.pairs().zip(&ledger.points) {
        for (hit, points) in studied.hits.iter().zip(points) {
            let (Some(rule), Some((span, excerpt))) = (packs.rules.get(hit.rule), places.locate(sentence, &hit.tokens))
            else {
                continue;
            };
            if findings.len() >= MOST_FINDINGS {
                return findings;
            }
            findings.push(Finding {
                rule: rule.id.clone(),
                category: hit.category,
                severity: hit.level,
                span: Some(span),
                excerpt,
                why: rule.explain.clone(),
                ask: rule.ask.clone(),
                points: *points,
                hash: String::new(),
            });
        }
    }
    findings
}

fn whole_finding(whole: &Whole, packs: &Packs) -> Finding {
    let info = packs.category(whole.category);
    let why = info.map_or(whole.seen.clone(), |info| format!("{} {}", whole.seen, info.explain));
    Finding {
        rule: super::packs::name_of(whole.category),
        category: whole.category,
        severity: match whole.category {
            Category::SellerSubject | Category::NoCustomerQuestion => Level::Warn,
            _ => Level::Note,
        },
        span: None,
        excerpt: String::new(),
        why,
        ask: info.map(|info| info.ask.clone()).unwrap_or_default(),
        points: whole.points,
        hash: String::new(),
    }
}
