//! Lines that a mail program wrapped, told from lines that the author ended: on a phone the first would break twice.

use super::super::view::{Piece, Sheet};
use super::super::words;
use crate::mail::TextKind;

/// A line is taken for wrapped when its next word would not have fitted into so many columns.
const FITS: usize = 65;
/// Hardly a program wraps at more columns; a longer line was ended by its author.
const LONGEST: usize = 90;

/// For each line end of a sheet, in order, whether it only wraps; see [`wraps`].
pub(crate) fn sheet_wraps(sheet: &Sheet<'_>) -> Vec<bool> {
    match sheet.part.kind {
        // Lines of an HTML part are its blocks: nothing was wrapped there.
        TextKind::Html => Vec::new(),
        TextKind::Subject | TextKind::Plain => wraps(&sheet_text(sheet)),
    }
}

/// The text of a sheet with nothing between its pieces. What was not read ends a line.
fn sheet_text(sheet: &Sheet<'_>) -> String {
    let text = |piece: &Piece<'_>| match piece {
        Piece::Text { text, .. } => (*text).to_owned(),
        Piece::Unread { .. } | Piece::Cut => "\u{fffd}".to_owned(),
    };
    sheet.pieces.iter().map(text).collect()
}

/// For each line end of a text, in order, whether it only wraps. When in doubt it does not: a line too many is easier to
/// read than two lines run together.
fn wraps(text: &str) -> Vec<bool> {
    let lines: Vec<&str> = text.split('\n').collect();
    lines
        .windows(2)
        .map(|pair| matches!(pair, [line, next] if goes_on(line.trim_end(), next)))
        .collect()
}

fn goes_on(line: &str, next: &str) -> bool {
    let columns = words::columns(line);
    let first = next.split(char::is_whitespace).next().unwrap_or_default();
    let numbered = first.ends_with(['.', ')', ':']) && first.starts_with(|c: char| c.is_ascii_digit());
    // A list's item, a quote's bar, a rule and an indented line begin with something else.
    let begins_with_word = first.starts_with(|c: char| c.is_alphanumeric() || "(\"“‘'".contains(c));
    columns <= LONGEST && columns + 1 + words::columns(first) > FITS && begins_with_word && !numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_lines_go_on_and_others_end() {
        let text = "Your union report puts rework on line 4 at nine points, most of it\n\
                    after the night handover.\n\
                    \n\
                    Hi Jo,\n\
                    the depots at the harbour run at half load, says your own report, and\n\
                    - the northern one is closed\n\
                    the depots at the harbour run at half load, says your own report, and\n\
                    2. is what follows here";
        assert_eq!(wraps(text), [true, false, false, false, false, false, false]);
        assert_eq!(wraps(&format!("{}\nmore", "long ".repeat(40))), [false]);
        assert_eq!(wraps(""), [] as [bool; 0]);
    }
}
