//! The prose as sentences of symbols, each traceable back to its passage.
//!
//! In: passages, the lexicon, the names of seller and recipient. Out: [`Text`]: sentences, their tokens, where each token
//! stands, who is greeted. One pass, linear; contractions are written out, hyphens part words, greetings stand alone.

mod fields;
mod marks;
mod names;
mod octets;
mod plain;
mod sentences;
mod tokens;
mod writer;

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
    /// The sentence proper may begin with it: no filler, no mark. Always a word.
    const PROPER: u8 = 2;
    /// A clause may start after it.
    const PARTS: u8 = 4;
    /// A salutation may end with it.
    const GREETS: u8 = 8;
    /// It names the reader or their company.
    const READER: u8 = 16;

    /// The flags of all symbols below `size`; `readers` are those that name the reader.
    pub(crate) fn of(size: usize, classes: &TextClasses, readers: &SymbolSet) -> Kinds {
        let symbols = (0..=u16::MAX).take(size).map(Symbol);
        let flags = symbols.map(|symbol| {
            let word = symbol.is_word();
            let parts = !word && symbol != Symbol::POSSESSIVE && symbol != Symbol::SLASH;
            let pauses = matches!(symbol, Symbol::COMMA | Symbol::HOLE_COMMA | Symbol::DASH);
            let flag = |holds: bool, flag: u8| if holds { flag } else { 0 };
            flag(word, Kinds::WORD)
                | flag(word && !classes.fillers.contains(symbol), Kinds::PROPER)
                | flag(parts || classes.conjunctions.contains(symbol), Kinds::PARTS)
                | flag(pauses, Kinds::GREETS)
                | flag(readers.contains(symbol), Kinds::READER)
        });
        Kinds(flags.collect())
    }

    /// Those of an unknown symbol are those of a word.
    #[inline]
    fn get(&self, symbol: Symbol) -> u8 {
        let flags = self.0.get(usize::from(symbol.0)).copied();
        flags.unwrap_or(Kinds::WORD | Kinds::PROPER)
    }
}
