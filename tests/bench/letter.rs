//! The mails of the load: prospecting that talks about its reader, so that it is read in full and passes, and one that
//! talks about its sender, which proves that somebody reads.

use serde::Serialize;
use std::fmt::Write;

/// Envelope of all mails.
pub(crate) const FROM: &str = "tom.reyes@norvane.example";
/// Its only forward-path.
pub(crate) const TO: &str = "ana.ruiz@lindqvist-foods.example";

/// How big a mail is, headers included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Size {
    /// 4 KiB.
    #[serde(rename = "4 KiB")]
    Small,
    /// 100 KiB.
    #[serde(rename = "100 KiB")]
    Large,
}

impl Size {
    pub(crate) fn octets(self) -> usize {
        match self {
            Size::Small => 4 * 1024,
            Size::Large => 100 * 1024,
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Size::Small => "4 KiB",
            Size::Large => "100 KiB",
        }
    }
}

/// A mail about its reader, of this size to within a paragraph, lines ended by CRLF.
pub(crate) fn about_the_reader(size: Size) -> String {
    let mut letter = headers("The June date and the night shift", "bench-1");
    letter.push_str("Hi Ana,\r\n\r\n");
    for (site, turn) in SITES.iter().cycle().zip(0usize..) {
        let paragraph = paragraph(site, turn);
        if letter.len() + paragraph.len() > size.octets() {
            break;
        }
        letter.push_str(&paragraph);
    }
    letter.push_str("Best regards,\r\nTom Reyes\r\n");
    letter
}

/// A mail about its sender: no standard that reads lets it pass.
pub(crate) fn about_the_sender() -> String {
    let mut letter = headers("Quick intro: our award-winning planning platform", "bench-2");
    letter.push_str(
        "Hi Ana,\r\n\r\n\
         My name is Tom and I'm an account executive at Norvane. I'd love to show you\r\n\
         our incredible planning platform. We help companies like yours streamline\r\n\
         their processes and reduce costs. We are the market leader, and we just\r\n\
         launched version 5. I'm confident this would be a great fit for you.\r\n\r\n\
         Do you have 15 minutes on Thursday for a quick demo?\r\n\r\n\
         Best regards,\r\nTom Reyes\r\n",
    );
    letter
}

/// As DATA carries it: dots doubled at the start of lines, and the final dot.
pub(crate) fn as_content(letter: &str) -> Vec<u8> {
    let mut content = Vec::with_capacity(letter.len() + 8);
    for line in letter.split_inclusive("\r\n") {
        if line.starts_with('.') {
            content.push(b'.');
        }
        content.extend_from_slice(line.as_bytes());
    }
    content.extend_from_slice(b".\r\n");
    content
}

fn headers(subject: &str, id: &str) -> String {
    format!(
        "From: Tom Reyes <{FROM}>\r\nTo: Ana Ruiz <{TO}>\r\nSubject: {subject}\r\n\
         Date: Mon, 16 Nov 2026 09:31:00 +0100\r\nMessage-ID: <{id}@norvane.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
}

const SITES: [&str; 13] = [
    "Malmö", "Leeds", "Porto", "Tulsa", "Varna", "Graz", "Turku", "Boise", "Lyon", "Bilbao", "Tampere", "Quito", "Lund",
];
const MONTHS: [&str; 7] = ["January", "March", "April", "June", "August", "September", "November"];

/// Facts about the reader's market, company, team and person, and a question; other names and numbers every time.
fn paragraph(site: &str, turn: usize) -> String {
    let month = MONTHS.get(turn % MONTHS.len()).copied().unwrap_or("May");
    let (line, percent, minutes) = (turn % 9 + 1, turn % 17 + 3, 5 * (turn % 11 + 2));
    let text = match turn % 6 {
        0 => format!(
            "Your {month} report moves the close of the {site} changeover project by {percent} weeks. Two of your resin \
             suppliers stopped spot sales in the same month, and your planners carry both. When line {line} stops, who \
             decides which orders slip: your planners, or the sales desk?"
        ),
        1 => format!(
            "You told the {site} panel that the night shift loses {minutes} minutes at each handover. The union report \
             names the paper tickets on line {line} as the reason. Is it more at the weekend, and who on your team feels \
             it first?"
        ),
        2 => format!(
            "The dosing directive takes effect in {month}, and your {site} plant has no second inspector on the roster. \
             The regulator listed {percent} findings in the region last year. Which of them do you disagree with?"
        ),
        3 => format!(
            "The port strike moved your {site} loads to road. Your drivers wait {minutes} minutes at the dock, as your \
             operations director said in {month}. From the outside it looks like the slot plan, but that may be wrong: \
             what do your dispatchers see?"
        ),
        4 => format!(
            "Your filing puts rework on line {line} in {site} at {percent} percent. Your controllers have to explain it \
             to the auditors in {month}. What would have to be true by then for you to keep the second supplier?"
        ),
        _ => format!(
            "Your lease in {site} ends in {month}, the same week as the audit of line {line}. The retailers asked for \
             the recall figures {percent} days earlier than last year. Which of the two deadlines worries you more?"
        ),
    };
    wrapped(&text)
}

/// In lines of at most 76 octets, closed by an empty one.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split(' ') {
        if length > 0 && length + 1 + word.len() > 76 {
            lines.push_str("\r\n");
            length = 0;
        }
        let gap = if length > 0 { " " } else { "" };
        let _ = write!(lines, "{gap}{word}");
        length += gap.len() + word.len();
    }
    lines.push_str("\r\n\r\n");
    lines
}
