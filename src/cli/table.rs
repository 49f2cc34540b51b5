//! A table that fits the terminal: columns keep their width, apart from those that may be cut, which share what is left.

use std::io::{self, Write};

/// A column's head, and whether it may be cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub head: &'static str,
    pub may_be_cut: bool,
}

/// The least that a column is cut to.
const LEAST: usize = 8;
const GAP: usize = 2;

/// Writes head and rows; `width` is the terminal's, `None` cuts nothing. Cells must be one clean line each.
pub(super) fn write(
    out: &mut dyn Write,
    columns: &[Column],
    rows: &[Vec<String>],
    width: Option<usize>,
) -> io::Result<()> {
    let widths = widths(columns, rows, width);
    let heads = columns.iter().map(|column| column.head.to_owned()).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        let last = row.len().saturating_sub(1);
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = cut(cell, *width);
            line.push_str(&cell);
            if at < last {
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(columns_of(&cell)) + GAP));
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn widths(columns: &[Column], rows: &[Vec<String>], width: Option<usize>) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| columns_of(cell));
            cells.chain([columns_of(column.head)]).max().unwrap_or(0)
        })
        .collect();
    let Some(width) = width else { return widths };
    let all = |widths: &[usize]| widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    while all(&widths) > width {
        // The widest of those that may be cut gives way, in one go down to the next widest.
        let excess = all(&widths) - width;
        let candidates = widths.iter_mut().zip(columns).filter(|(_, column)| column.may_be_cut);
        let mut candidates: Vec<&mut usize> = candidates.map(|(width, _)| width).collect();
        candidates.sort_unstable_by(|one, other| other.cmp(one));
        let next = candidates.get(1).map_or(LEAST, |next| (**next).max(LEAST));
        match candidates.first_mut() {
            Some(widest) if **widest > LEAST => {
                let down_to = if **widest > next { next } else { **widest - 1 };
                **widest = down_to.max(widest.saturating_sub(excess));
            }
            _ => break,
        }
    }
    widths
}

/// At most `width` columns; what is cut ends in an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if columns_of(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += columns_of_char(c);
        if used + 1 > width {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

fn columns_of(text: &str) -> usize {
    text.chars().map(columns_of_char).sum()
}

/// Columns on a terminal, near enough: none for marks that join the letter before, two for East Asian letters and emoji.
fn columns_of_char(c: char) -> usize {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [Column; 3] = [
        Column {
            head: "ID",
            may_be_cut: false,
        },
        Column {
            head: "TO",
            may_be_cut: true,
        },
        Column {
            head: "SUBJECT",
            may_be_cut: true,
        },
    ];

    fn table(rows: &[[&str; 3]], width: Option<usize>) -> String {
        let rows: Vec<Vec<String>> = rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect();
        let mut out = Vec::new();
        write(&mut out, &COLUMNS, &rows, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        let rows = [[
            "7Q2M0001",
            "bob@prospect.example",
            "A thought about the opening hours of your Lyon depot",
        ]];
        assert_eq!(
            table(&rows, Some(56)),
            "ID        TO                    SUBJECT\n\
             7Q2M0001  bob@prospect.example  A thought about the ope…\n"
        );
        assert_eq!(
            table(&rows, Some(40)),
            "ID        TO              SUBJECT\n7Q2M0001  bob@prospect.…  A thought abo…\n"
        );
        assert!(table(&rows, None).contains("Lyon depot"));
    }

    #[test]
    fn wide_letters_count_twice() {
        let rows = [["1", "山田山田山田山田", "x"], ["2", "ab", "y"]];
        assert_eq!(
            table(&rows, None),
            "ID  TO                SUBJECT\n1   山田山田山田山田  x\n2   ab                y\n"
        );
        assert_eq!(cut("山田山田山田", 5), "山田…");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(to in ".{0,60}", subject in "\\PC{0,80}", width in 40_usize..120) {
            let to = super::super::output::clean(&to);
            for line in table(&[["7Q2M0001", &to, &subject]], Some(width)).lines() {
                prop_assert!(columns_of(line) <= width);
            }
        }
    }
}
