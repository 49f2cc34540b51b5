//! Rarer forms of letters and marks, which hardly anybody types unless to be noticed or not to be found.

use super::{Fold, shifted};

/// How a character that is none of the common ones is folded.
pub(super) fn fold(c: char) -> Fold {
    match c {
        // Marks over, under and through letters.
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => Fold::Nothing,
        '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' => Fold::Nothing,
        '\u{249c}'..='\u{24b5}' => shifted(c, '\u{249c}', 'a'),
        '\u{1f130}'..='\u{1f149}' => shifted(c, '\u{1f130}', 'A'),
        '\u{1f150}'..='\u{1f169}' => shifted(c, '\u{1f150}', 'A'),
        '\u{1f170}'..='\u{1f189}' => shifted(c, '\u{1f170}', 'A'),
        '❛' | '❜' | 'ꞌ' | '՚' | '׳' => Fold::As("'"),
        '❝' | '❞' | '״' => Fold::As("\""),
        '․' => Fold::As("."),
        '‥' => Fold::As(".."),
        '‼' => Fold::As("!!"),
        '⁇' => Fold::As("??"),
        '⁈' => Fold::As("?!"),
        '⁉' => Fold::As("!?"),
        '∶' => Fold::As(":"),
        '⁄' | '∕' => Fold::As("/"),
        _ => match (letter(c), look_alike(c)) {
            (Some(letter), _) => Fold::One(letter),
            (None, Some(letter)) => Fold::LooksLike(letter),
            (None, None) => Fold::Keep,
        },
    }
}

/// The letter of which a character is a small capital, a superscript, a script or a numeral.
fn letter(c: char) -> Option<char> {
    Some(match c {
        'ℬ' => 'B',
        'ℭ' | 'ℂ' | 'Ⅽ' => 'C',
        'ⅅ' | 'Ⅾ' => 'D',
        'ℰ' => 'E',
        'ℱ' => 'F',
        'ℋ' | 'ℌ' | 'ℍ' => 'H',
        'ℐ' | 'ℑ' | 'Ⅰ' => 'I',
        'ℒ' | 'Ⅼ' => 'L',
        'ℳ' | 'Ⅿ' => 'M',
        'ℕ' => 'N',
        'ℙ' => 'P',
        'ℚ' => 'Q',
        'ℛ' | 'ℜ' | 'ℝ' => 'R',
        'Ⅴ' => 'V',
        'Ⅹ' => 'X',
        'ℨ' | 'ℤ' => 'Z',
        'ᴀ' | 'ᵃ' => 'a',
        'ʙ' | 'ᵇ' => 'b',
        'ᴄ' | 'ᶜ' | 'ⅽ' => 'c',
        'ᴅ' | 'ᵈ' | 'ⅆ' | 'ⅾ' => 'd',
        'ᴇ' | 'ᵉ' | 'ℯ' | 'ⅇ' => 'e',
        'ꜰ' | 'ᶠ' => 'f',
        'ɢ' | 'ᵍ' | 'ℊ' => 'g',
        'ʜ' | 'ʰ' | 'ℎ' => 'h',
        'ɪ' | 'ⁱ' | 'ℹ' | 'ⅈ' | 'ⅰ' => 'i',
        'ᴊ' | 'ʲ' | 'ⅉ' => 'j',
        'ᴋ' | 'ᵏ' => 'k',
        'ʟ' | 'ˡ' | 'ℓ' | 'ⅼ' => 'l',
        'ᴍ' | 'ᵐ' | 'ⅿ' => 'm',
        'ɴ' | 'ⁿ' => 'n',
        'ᴏ' | 'ᵒ' | 'ℴ' => 'o',
        'ᴘ' | 'ᵖ' => 'p',
        'ʀ' | 'ʳ' => 'r',
        'ꜱ' | 'ˢ' => 's',
        'ᴛ' | 'ᵗ' => 't',
        'ᴜ' | 'ᵘ' => 'u',
        'ᴠ' | 'ᵛ' | 'ⅴ' => 'v',
        'ᴡ' | 'ʷ' => 'w',
        'ˣ' | 'ⅹ' => 'x',
        'ʏ' | 'ʸ' => 'y',
        'ᴢ' | 'ᶻ' => 'z',
        _ => return None,
    })
}

/// The Latin letter that a rarer letter is drawn like: of Armenian, Cherokee, and of Latin itself.
pub(super) fn look_alike(c: char) -> Option<char> {
    Some(match c {
        'Ꭺ' => 'A',
        'Ᏼ' => 'B',
        'Ꮯ' => 'C',
        'Ꭰ' => 'D',
        'Ꭼ' => 'E',
        'Ꮋ' => 'H',
        'Ꭻ' => 'J',
        'Ꮶ' => 'K',
        'Ꮮ' => 'L',
        'Ꮇ' => 'M',
        'Ꮲ' => 'P',
        'Ꮢ' => 'R',
        'Ꮪ' => 'S',
        'Ꭲ' => 'T',
        'Ꮩ' => 'V',
        'Ꮃ' => 'W',
        'Ꮓ' => 'Z',
        'ɑ' => 'a',
        'ɡ' | 'ց' => 'g',
        'հ' => 'h',
        'ı' => 'i',
        'ո' => 'n',
        'օ' => 'o',
        'զ' => 'q',
        'ս' => 'u',
        _ => return None,
    })
}
