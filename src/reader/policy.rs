//! What mails are judged by: a standard with its rules for each group of accounts, exchanged as a whole.

use crate::mail::{Address, Envelope, Prose};
use crate::reading::{self, Context, Facts, Packs, Reading, Silence};
use crate::standard::{Standard, Standards};
use std::sync::{Arc, PoisonError, RwLock};

/// What one group of accounts is judged by.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The standard in force.
    pub standard: Standard,
    /// The rules in force, with the standard's overlays. Standards with the same overlays share them.
    pub packs: Arc<Packs>,
    /// What is known of recipients besides their mail.
    pub facts: Facts,
    /// Findings that the standard's file of silences names.
    pub silences: Vec<Silence>,
}

/// Every group's policy.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Which standard is for whom, and where everything was written.
    standards: Arc<Standards>,
    /// As [`Standards::all`]: the default first.
    policies: Vec<Arc<Policy>>,
}

/// The policies in force; sessions take theirs once a message, so that a change never falls within one.
#[derive(Debug, Clone)]
pub struct PolicyCell {
    policies: Arc<RwLock<Arc<Policies>>>,
}

impl Policy {
    /// A standard and rules, without facts and silences.
    #[must_use]
    pub fn new(standard: Standard, packs: impl Into<Arc<Packs>>) -> Policy {
        Policy {
            standard,
            packs: packs.into(),
            facts: Facts::default(),
            silences: Vec::new(),
        }
    }

    /// Reads a mail by these rules. The context tells who writes to whom and what is silenced elsewhere; the gate, what
    /// is known of the recipients and the standard's own silences are put to it here, and required texts are masked.
    #[must_use]
    pub fn read(&self, prose: &mut Prose, context: Context) -> Reading {
        let context = self.prepare(prose, context);
        reading::read(prose, &context, &self.packs)
    }

    /// What [`Policy::read`] does before it reads.
    #[must_use]
    pub(super) fn prepare(&self, prose: &mut Prose, mut context: Context) -> Context {
        prose.mask_text(self.packs.required_texts());
        context.gate = self.standard.gate();
        let exempt = self.packs.exempt_recipients().iter().cloned();
        context.gate.exempt_recipients.extend(exempt);
        context.silences.extend(self.silences.iter().cloned());
        let recipients: Vec<Address> = match &context.envelope {
            Some(envelope) => Envelope::addresses(envelope),
            None => prose.headers.to.iter().chain(&prose.headers.others).cloned().collect(),
        };
        context.facts.extend(self.facts.for_recipients(&recipients));
        context
    }
}

impl Policies {
    /// Policies in the order of [`Standards::all`].
    #[must_use]
    pub fn new(standards: Standards, policies: Vec<Policy>) -> Policies {
        Policies {
            standards: Arc::new(standards),
            policies: policies.into_iter().map(Arc::new).collect(),
        }
    }

    /// An account's policy.
    #[must_use]
    pub fn for_account(&self, account: &str) -> Arc<Policy> {
        let (at, _) = self.standards.choose(account);
        match self.policies.get(at) {
            Some(policy) => policy.clone(),
            // There are as many as standards; the default is for whoever has none.
            None => self.fallback(),
        }
    }

    /// Which standard is for whom.
    #[must_use]
    pub fn standards(&self) -> &Standards {
        &self.standards
    }

    /// All of them, the default first.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.iter()
    }

    fn fallback(&self) -> Arc<Policy> {
        match self.policies.first() {
            Some(policy) => policy.clone(),
            None => Arc::new(Policy::new(self.standards.default.standard.clone(), Packs::builtin())),
        }
    }
}

/// One policy for everybody.
impl From<Policy> for Policies {
    fn from(policy: Policy) -> Policies {
        Policies::new(Standards::of_one(policy.standard.clone()), vec![policy])
    }
}

impl PolicyCell {
    /// Begins with these policies.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> PolicyCell {
        PolicyCell {
            policies: Arc::new(RwLock::new(Arc::new(policies.into()))),
        }
    }

    /// The policies in force now.
    #[must_use]
    pub fn current(&self) -> Arc<Policies> {
        self.policies.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts others in force, from the next message on.
    pub fn replace(&self, policies: Policies) {
        *self.policies.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policies);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard::WrittenText;

    #[test]
    fn required_texts_are_not_read() {
        let notice = "We are a leading provider of claims software for banks.";
        let overlay = format!("required_text = [{notice:?}]");
        let packs = Packs::parse_with(None, &[("o", &overlay)]).unwrap();
        let context = || Context {
            assume_prospecting: true,
            ..Context::default()
        };
        let read = |packs: Packs| {
            let text = format!("Which of the two deadlines worries you more?\n\n{notice}\n\nYour filing names both.");
            Policy::new(Standard::builtin(), packs).read(&mut Prose::from_text(&text), context())
        };
        assert!(
            read(Packs::builtin())
                .findings
                .iter()
                .any(|finding| finding.rule.starts_with("sell/"))
        );
        assert!(read(packs).findings.iter().all(|finding| finding.span.is_none()));
    }

    #[test]
    fn the_scope_of_a_standard_counts_at_the_gate() {
        let text = "[scope]\ncustomers_file = \"customers.txt\"\nexempt_accounts = [\"@field.norvane.example\"]\n";
        let open = |_: &str, name: &str| Ok((name.to_owned(), "@tulsamills.example\n".to_owned()));
        let standards = Standards::parse(WrittenText { file: "s", text }, None, open).unwrap();
        let policy = Policy::new(standards.for_account("").standard.clone(), Packs::builtin());
        let gate = |account: &str, to: &str| {
            let context = Context {
                account: Address::parse(account),
                envelope: Some(Envelope::plain(account, &[to])),
                ..Context::default()
            };
            let mut prose = Prose::from_text("We help mills save time. Do you have 15 minutes on Thursday?");
            policy.read(&mut prose, context).prospecting
        };
        let customer = |account: &str, to: &str| {
            let told = gate(account, to);
            told.signals.iter().any(|signal| signal.name == "customer")
        };
        assert!(customer("ana@norvane.example", "jo@tulsamills.example"));
        assert!(!customer("ana@norvane.example", "jo@leeds.example"));
        assert_eq!(gate("ana@norvane.example", "jo@leeds.example").hard_no, None);
        let exempt = gate("ben@field.norvane.example", "jo@leeds.example");
        assert_eq!(exempt.hard_no.map(|no| no.name).as_deref(), Some("opted-out"));
    }

    #[test]
    fn an_account_gets_its_own_and_a_change_counts_from_the_next_message() {
        let parse = |text: &str| {
            let none = |_: &str, _: &str| Err("none".to_owned());
            Standards::parse(WrittenText { file: "s", text }, None, none).unwrap()
        };
        let packs = Arc::new(Packs::builtin());
        let with = |text: &str| {
            let standards = parse(text);
            let policies = standards
                .all()
                .map(|entry| Policy::new(entry.standard.clone(), packs.clone()));
            let policies = policies.collect();
            Policies::new(standards, policies)
        };
        let cell = PolicyCell::new(with(
            "[[standard]]\nname = \"x\"\naccounts = [\"@x.example\"]\nact_below = 10",
        ));
        let taken = cell.current().for_account("ana@x.example");
        assert_eq!(taken.standard.act_below, 10);
        assert_eq!(cell.current().for_account("ana@y.example").standard.name, "default");
        cell.replace(with("act_below = 20"));
        assert_eq!(taken.standard.act_below, 10);
        assert_eq!(cell.current().for_account("ana@x.example").standard.act_below, 20);
    }
}
