//! Business mail made on the spot: our own sentences in three kinds, put together by a fixed sequence of numbers, so
//! that every run on every machine reads the same text.

/// What a text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// About the seller.
    Pitch,
    /// About the reader.
    Customer,
    /// Neither: everyday business.
    Ordinary,
    /// A third of each; sentences come again, as they do in what one person writes to many.
    Mixed,
    /// The same, but hardly a sentence comes twice: each is the beginning of one and the end of another.
    Fresh,
}

impl Kind {
    /// All kinds.
    pub(crate) const ALL: [Kind; 5] = [Kind::Mixed, Kind::Fresh, Kind::Pitch, Kind::Customer, Kind::Ordinary];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Pitch => "pitch",
            Kind::Customer => "customer-led",
            Kind::Ordinary => "ordinary",
            Kind::Mixed => "mixed",
            Kind::Fresh => "fresh",
        }
    }
}

/// At least `size` octets of plain text, cut there: letters with paragraphs, half of them wrapped at 72 columns. Another
/// `turn` makes another text.
pub(crate) fn text(kind: Kind, size: usize, turn: u64) -> String {
    let mut numbers = Numbers(0x5eed + turn);
    let mut text = String::with_capacity(size + 2_000);
    while text.len() < size {
        let wrapped = numbers.below(2) == 0;
        for _ in 0..3 + numbers.below(3) {
            let mut paragraph = String::new();
            for _ in 0..2 + numbers.below(4) {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                paragraph.push_str(&sentence(kind, &mut numbers));
            }
            push_paragraph(&mut text, &paragraph, wrapped);
        }
    }
    text.truncate(size);
    text
}

fn push_paragraph(text: &mut String, paragraph: &str, wrapped: bool) {
    if !wrapped {
        text.push_str(paragraph);
        text.push_str("\n\n");
        return;
    }
    let mut column = 0;
    for word in paragraph.split(' ') {
        if column > 0 && column + 1 + word.len() > 72 {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text.push_str("\n\n");
}

fn sentence(kind: Kind, numbers: &mut Numbers) -> String {
    let pool = match kind {
        Kind::Pitch => PITCH,
        Kind::Customer => CUSTOMER,
        Kind::Ordinary => ORDINARY,
        Kind::Mixed => [PITCH, CUSTOMER, ORDINARY][numbers.below(3)],
        Kind::Fresh => return spliced(numbers),
    };
    let mut sentence = String::new();
    for piece in pool[numbers.below(pool.len())].split_inclusive(['%', ' ']) {
        match piece {
            "%" => sentence.push_str(PLACES[numbers.below(PLACES.len())]),
            other => sentence.push_str(other),
        }
    }
    sentence
}

/// The beginning of one sentence and the end of another.
fn spliced(numbers: &mut Numbers) -> String {
    let [one, other] = [(); 2].map(|()| sentence(Kind::Mixed, numbers));
    let words: Vec<&str> = one.split(' ').collect();
    let more: Vec<&str> = other.split(' ').collect();
    let [begun, left] = [&words, &more].map(|words| numbers.below(words.len()));
    [&words[..begun], &more[left..]].concat().join(" ")
}

/// A multiplicative sequence; good enough for dealing sentences.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

const PLACES: &[&str] = &[
    "Porto", "Graz", "Leeds", "Tampere", "Lyon", "Varna", "Boise", "Tulsa", "Bilbao", "Turku", "Gdansk", "Malmo",
    "Ghent", "Cork", "Essen", "Brno",
];

const PITCH: &[&str] = &[
    "We are a leading provider of planning software for depots in % and beyond.",
    "I would love to show you what our platform can do for your team.",
    "Our award-winning tool helps finance teams close their books faster than ever.",
    "Do you have 15 minutes on Thursday for a quick call?",
    "I'm reaching out because companies like yours are already using our product.",
    "My name is Tom and I am the account manager for the % area.",
    "Just following up on my last note in case it got buried in your inbox.",
    "We help manufacturers cut waste by up to 40 % without changing their machines.",
    "Our customers in % save an average of nine hours a week with our solution.",
    "Would you be open to a short demo next week?",
    "We have just launched a new module that makes audits simple.",
    "I have attached our brochure and a case study from a client in %.",
    "If you are not the right person, could you point me in the right direction?",
    "Founded in 1998, we have more than 400 experts who are passionate about service.",
    "Our mission is to make payroll easy for every company, large or small.",
    "It would be great to connect and tell you more about what we offer.",
    "Thanks for stopping by our booth at the fair in %.",
    "We offer a full range of services, from planning and training to support.",
    "Let me know a good time to talk, or book a slot in my calendar.",
    "Our cutting-edge approach has been recognised by analysts as the best of its kind.",
    "In today's fast-paced world, businesses need to do more with less.",
    "I wanted to introduce myself and see whether there is a fit between our companies.",
];

const CUSTOMER: &[&str] = &[
    "Your drivers wait 45 minutes per drop in %, according to the port's own figures.",
    "Is that the contract, or is it the dock?",
    "You told the trade press that two depots will close by June.",
    "Who on your team feels it first when the carrier cancels at six in the morning?",
    "Your union report counts nine points of rework on the night shift in %.",
    "Which of the two deadlines worries you more, the audit or the move?",
    "Your careers page has listed the same planner's job since March.",
    "When the tariff came, three of your suppliers in % changed their terms within a week.",
    "What would have to be true for the second line to run at the weekend?",
    "The regulator's letter names two of your wards, and neither has a pharmacist at night.",
    "I may be wrong about this, so please correct me.",
    "In your talk in % you asked who pays for the returns, and nobody had an answer.",
    "How do you decide which ward gets the agency shifts?",
    "Your close takes eleven days, your finance chief said, and the board asked for six.",
    "The new lease ends before the new site opens; where do the parts go in between?",
    "Two fleets near % moved their loading to the afternoon, and their queues went away.",
    "Does your branch in % see the same thing, or is it only the main site?",
    "Your scrap numbers fell after the spring, while everyone else's went up.",
    "If the line stops for a changeover, who writes it down?",
    "You lost forty nurses to travel contracts since spring, the hospital's paper says.",
];

const ORDINARY: &[&str] = &[
    "The meeting on Tuesday moves to the big room on the second floor.",
    "Please find the minutes below, with the open points marked in yellow.",
    "I spoke with the printers in % and they can deliver on Friday morning.",
    "The heating will be off between eight and ten, so bring a coat.",
    "Thank you for the quick answer; the second version of the drawing is fine.",
    "We have ordered 1,200 boxes, of which 300 are already in the warehouse.",
    "Could you send me the invoice again with the right address on it?",
    "Martha is on leave until the 14th, and Joel answers her calls.",
    "The train from % was late, so we started without the others.",
    "As agreed, the old contract ends in May and the new one starts in June.",
    "There were three complaints this week, all of them about the same door.",
    "The results of the test are in the table: two passed, one failed.",
    "Nobody has touched the server since the weekend, as far as I know.",
    "It rained for most of the day, but the roof held.",
    "The children liked the museum in %, although the queue was long.",
    "My train gets in at nine, and I can take a taxi from the station.",
    "The committee will vote on the budget once the figures have been checked.",
    "He wrote that the parts left % on Monday and should arrive by Thursday.",
    "Both sides signed the protocol after a long discussion about the annex.",
    "The last paragraph repeats what the first one says, so I took it out.",
    "They painted the hall green, which nobody had asked for.",
    "A copy of the permit hangs next to the door of the workshop.",
    "She asked whether the bridge near % would be closed again in autumn.",
    "Remember to switch off the lights when you leave the archive.",
    "The price per kilo rose from 3.20 to 3.45 during the summer.",
    "If the key does not fit, ask at the desk for the other one.",
    "The minutes of the last assembly were approved without any changes.",
    "Some of the chairs are broken and will be replaced before the concert.",
];
