//! What is known of customers besides their mail: words that a rep or an admin supplies, so that lamps can be lit by them.

use super::Layer;
use crate::mail::Address;
use crate::toml_file::{self, Fault};
use serde::{Deserialize, Serialize};
use toml::Spanned;

/// Words that speak to one layer of one customer, such as the name of a plant or of a project.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// An address, `@domain` for everyone there and in its subdomains, or `*` for everyone.
    pub about: String,
    /// The layer they speak to.
    pub layer: Layer,
    /// Words or phrases, as they stand in a text; case does not matter.
    pub words: Vec<String>,
}

/// A whole file of facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    all: Vec<Fact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fact: Vec<Form>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    about: Spanned<String>,
    layer: Layer,
    words: Spanned<Vec<Spanned<String>>>,
}

impl Facts {
    /// Reads a facts file: TOML, one `[[fact]]` with `about`, `layer` and `words` for each.
    ///
    /// # Errors
    /// Every fault found, with file, line, column and field.
    pub fn parse(file: &str, text: &str) -> Result<Facts, Vec<Fault>> {
        let form: File = toml_file::parse(file, text).map_err(|fault| vec![fault])?;
        let mut faults = Vec::new();
        let mut all = Vec::new();
        for fact in form.fact {
            let about = fact.about.get_ref().trim().to_lowercase();
            if !is_about(&about) {
                let message = format!("`{about}` is no recipient");
                let expected = "an address, \"@domain\", or \"*\"";
                faults.push(Fault::at(
                    file,
                    text,
                    &fact.about.span(),
                    "fact.about",
                    &message,
                    expected,
                ));
            }
            if fact.words.get_ref().is_empty() {
                let span = fact.words.span();
                faults.push(Fault::at(file, text, &span, "fact.words", "no words", "at least one"));
            }
            for word in fact.words.get_ref() {
                // Shorter ones stand by chance in any text.
                if word.get_ref().chars().filter(|c| c.is_alphanumeric()).count() < 2 {
                    let message = format!("`{}` is too short", word.get_ref());
                    let expected = "two letters or digits at least";
                    faults.push(Fault::at(file, text, &word.span(), "fact.words", &message, expected));
                }
            }
            let words = fact.words.into_inner().into_iter();
            all.push(Fact {
                about,
                layer: fact.layer,
                words: words.map(|word| word.into_inner().trim().to_owned()).collect(),
            });
        }
        if faults.is_empty() {
            Ok(Facts { all })
        } else {
            Err(faults)
        }
    }

    /// The facts about any of these recipients.
    #[must_use]
    pub fn for_recipients(&self, recipients: &[Address]) -> Vec<Fact> {
        let about = |fact: &&Fact| match fact.about.strip_prefix('@') {
            _ if fact.about == "*" => true,
            Some(domain) => recipients.iter().any(|address| address.is_within(domain)),
            None => recipients.iter().any(|address| address.folded() == fact.about),
        };
        self.all.iter().filter(about).cloned().collect()
    }
}

fn is_about(text: &str) -> bool {
    match text.strip_prefix('@') {
        _ if text == "*" => true,
        Some(domain) => Address::parse(&format!("x@{domain}")).is_some_and(|address| address.domain() == domain),
        None => Address::parse(text).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_about_people_domains_or_everyone() {
        let text = "[[fact]]\nabout = \"@Acme.example\"\nlayer = \"company\"\nwords = [\"Porto plant\"]\n\
                    [[fact]]\nabout = \"jo@acme.example\"\nlayer = \"person\"\nwords = [\"dock study\"]\n\
                    [[fact]]\nabout = \"*\"\nlayer = \"market\"\nwords = [\"resin\"]\n";
        let facts = Facts::parse("facts.toml", text).unwrap();
        let layers = |to: &str| -> Vec<Layer> {
            let to = [Address::parse(to).unwrap()];
            facts.for_recipients(&to).iter().map(|fact| fact.layer).collect()
        };
        assert_eq!(
            layers("Jo@acme.example"),
            [Layer::Company, Layer::Person, Layer::Market]
        );
        assert_eq!(layers("bo@mail.acme.example"), [Layer::Company, Layer::Market]);
        assert_eq!(layers("bo@else.example"), [Layer::Market]);
        assert_eq!(Facts::parse("facts.toml", "").unwrap(), Facts::default());
    }

    #[test]
    fn faults_name_line_column_and_field() {
        let text = "[[fact]]\nabout = \"acme\"\nlayer = \"company\"\nwords = [\"x\"]\n";
        let faults = Facts::parse("facts.toml", text).unwrap_err();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "facts.toml:2:9: fact.about: `acme` is no recipient; expected an address, \"@domain\", or \"*\"",
                "facts.toml:4:10: fact.words: `x` is too short; expected two letters or digits at least",
            ]
        );
        for (text, line) in [
            ("[[fact]]\nabout = \"*\"\nlayer = \"firm\"\nwords = [\"dock\"]\n", 3),
            ("[[fact]]\nabout = \"*\"\nlayer = \"company\"\nwords = []\n", 4),
            (
                "[[fact]]\nabout = \"*\"\nlayer = \"company\"\nwords = [\"dock\"]\nlang = \"en\"\n",
                5,
            ),
        ] {
            assert_eq!(Facts::parse("facts.toml", text).unwrap_err()[0].line, line, "{text}");
        }
    }
}
