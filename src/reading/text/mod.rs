//! The prose as sentences of symbols, each traceable back to its passage.
//!
//! In: passages, the lexicon, the names of seller and recipient. Out: [`Text`]: sentences, their tokens, where each token
//! stands, who is greeted. One pass, linear; contractions are written out, hyphens part words, greetings stand alone.

mod fields;
mod names;
mod sentences;
mod tokens;

pub(crate) use names::{Names, is_freemail};
pub(crate) use sentences::{Sentence, Text};

use super::pattern::SymbolSet;

/// The word classes that the tokenizer itself asks for; the rule files must have them.
#[derive(Debug)]
pub(crate) struct TextClasses {
    /// Words whose full stop ends no sentence.
    pub(crate) abbreviations: SymbolSet,
    /// Words that open a salutation.
    pub(crate) greetings: SymbolSet,
    /// Words before the sentence proper ("so", "well").
    pub(crate) fillers: SymbolSet,
    /// Conjunctions after which a clause starts.
    pub(crate) conjunctions: SymbolSet,
    /// Words that a merge field's brackets hold.
    pub(crate) fields: SymbolSet,
}
