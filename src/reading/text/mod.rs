//! The prose as sentences of symbols, each traceable back to its passage.
//!
//! In: passages, the lexicon, the names of seller and recipient. Out: [`Text`]: sentences, their tokens, where each token
//! stands, who is greeted. One pass, linear; contractions are written out, hyphens part words, greetings stand alone.

mod fields;
mod marks;
mod names;
mod plain;
mod sentences;
mod tokens;

pub(crate) use names::Names;
pub use names::is_freemail;
pub(crate) use sentences::{Sentence, Text};

use super::pattern::{Symbol, SymbolSet};

/// The word classes that the tokenizer itself asks for; the rule files must have them.
#[derive(Debug, Clone)]
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

/// What the words of a language mean to the sentences that they are in, one octet of flags for each symbol.
#[derive(Debug, Clone)]
pub(crate) struct Kinds(Vec<u8>);

impl Kinds {
    /// A word, name or number.
    const WORD: u8 = 1;
    /// A clause may start after it.
    const PARTS: u8 = 2;
    /// It may stand before the sentence proper.
    const INTRODUCES: u8 = 4;

    /// The flags of all symbols below `size`.
    pub(crate) fn of(size: usize, classes: &TextClasses) -> Kinds {
        let symbols = (0..=u16::MAX).take(size).map(Symbol);
        let flags = symbols.map(|symbol| {
            let word = symbol.is_word();
            let parts = !word && symbol != Symbol::POSSESSIVE && symbol != Symbol::SLASH;
            let flag = |holds: bool, flag: u8| if holds { flag } else { 0 };
            flag(word, Kinds::WORD)
                | flag(parts || classes.conjunctions.contains(symbol), Kinds::PARTS)
                | flag(!word || classes.fillers.contains(symbol), Kinds::INTRODUCES)
        });
        Kinds(flags.collect())
    }

    fn get(&self, symbol: Symbol) -> u8 {
        self.0.get(usize::from(symbol.0)).copied().unwrap_or(Kinds::WORD)
    }
}
