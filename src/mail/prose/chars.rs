//! What single characters become in the text for matching: quotes made plain, invisible characters left out, ligatures
//! and presentation forms undone, look-alikes known.
//!
//! This is a small part of Unicode's NFKC, without its tables: what is seen in mail, and what hides words from a reader.

mod forms;

/// What becomes of a character that is not ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fold {
    /// It stays.
    Keep,
    /// It is white space.
    Space,
    /// It is not seen, so it is left out.
    Nothing,
    /// It stands for these ASCII characters.
    As(&'static str),
    /// It stands for this one.
    One(char),
    /// A dash that parts a sentence; it gets white space on both sides.
    Dash,
    /// A Cyrillic or Greek letter that looks like this Latin one; folded when Latin letters are in the same word.
    LooksLike(char),
}

/// How a character that is not ASCII is folded.
pub(super) fn fold(c: char) -> Fold {
    match c {
        '\u{80}'..='\u{9f}' if c != '\u{85}' => Fold::Nothing,
        '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' => Fold::Space,
        '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{2800}' | '\u{3164}' => Fold::Space,
        // Soft hyphen, joiners, bidirectional controls, variation selectors, tags: there to be not seen.
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => Fold::Nothing,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => Fold::Nothing,
        '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => Fold::Nothing,
        '\u{e0000}'..='\u{e0fff}' => Fold::Nothing,
        '‘' | '’' | '‚' | '‛' | '′' | '‵' | 'ʹ' | 'ʼ' | 'ʻ' | '`' | '´' | '＇' => Fold::As("'"),
        '“' | '”' | '„' | '‟' | '″' | '‶' | '«' | '»' | 'ʺ' | '〝' | '〞' => Fold::As("\""),
        '‹' | '›' => Fold::As("'"),
        '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{2043}' => Fold::As("-"),
        '\u{2014}' | '\u{2015}' | '\u{2e3a}' | '\u{2e3b}' => Fold::Dash,
        '…' => Fold::As("..."),
        '\u{fb00}' => Fold::As("ff"),
        '\u{fb01}' => Fold::As("fi"),
        '\u{fb02}' => Fold::As("fl"),
        '\u{fb03}' => Fold::As("ffi"),
        '\u{fb04}' => Fold::As("ffl"),
        '\u{fb05}' | '\u{fb06}' => Fold::As("st"),
        '\u{ff01}'..='\u{ff5e}' => shifted(c, '\u{ff01}', '!'),
        '\u{1d400}'..='\u{1d6a3}' => mathematical(c),
        '\u{1d7ce}'..='\u{1d7ff}' => shifted_by((c as u32 - 0x1d7ce) % 10, '0'),
        '\u{24b6}'..='\u{24cf}' => shifted(c, '\u{24b6}', 'A'),
        '\u{24d0}'..='\u{24e9}' => shifted(c, '\u{24d0}', 'a'),
        '\u{370}'..='\u{4ff}' => look_alike(c).map_or(Fold::Keep, Fold::LooksLike),
        _ => forms::fold(c),
    }
}

/// Mathematical letters come in runs of A–Z, a–z. The few holes in them are unassigned.
fn mathematical(c: char) -> Fold {
    match (c as u32 - 0x1d400) % 52 {
        place @ 0..26 => shifted_by(place, 'A'),
        place => shifted_by(place - 26, 'a'),
    }
}

fn shifted(c: char, from: char, to: char) -> Fold {
    shifted_by((c as u32).saturating_sub(from as u32), to)
}

fn shifted_by(place: u32, to: char) -> Fold {
    char::from_u32(to as u32 + place).map_or(Fold::Keep, Fold::One)
}

/// The Latin letter that a Cyrillic or Greek letter is drawn like in common typefaces.
pub(super) fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'с' | 'ϲ' => 'c',
        'С' | 'Ϲ' => 'C',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'Е' | 'Ε' => 'E',
        'һ' => 'h',
        'Н' | 'Η' => 'H',
        'і' | 'ι' => 'i',
        'І' | 'Ι' | 'Ӏ' => 'I',
        'ј' | 'ϳ' => 'j',
        'Ј' => 'J',
        'к' | 'κ' => 'k',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'о' | 'ο' | 'σ' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'т' | 'τ' => 't',
        'Т' | 'Τ' => 'T',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ѡ' => 'w',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'у' | 'γ' => 'y',
        'У' | 'Υ' | 'Ү' => 'Y',
        'Ζ' => 'Z',
        _ => return forms::look_alike(c),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_become_plain() {
        assert_eq!(fold('ｗ'), Fold::One('w'));
        assert_eq!(fold('！'), Fold::One('!'));
        assert_eq!(fold('𝐰'), Fold::One('w'));
        assert_eq!(fold('𝟗'), Fold::One('9'));
        assert_eq!(fold('ﬁ'), Fold::As("fi"));
        assert_eq!(fold('’'), Fold::As("'"));
        assert_eq!(fold('\u{a0}'), Fold::Space);
        assert_eq!(fold('\u{202e}'), Fold::Nothing);
        assert_eq!(fold('е'), Fold::LooksLike('e'));
        assert_eq!(fold('\u{335}'), Fold::Nothing);
        assert_eq!(fold('ᴡ'), Fold::One('w'));
        assert_eq!(fold('🅆'), Fold::One('W'));
        assert_eq!(fold('ℓ'), Fold::One('l'));
        assert_eq!(fold('ո'), Fold::LooksLike('n'));
        assert_eq!(fold('é'), Fold::Keep);
        assert_eq!(fold('漢'), Fold::Keep);
    }
}
