//! The words by which clients introduce quoted mail, people close letters and companies disclaim, in the languages that
//! are common in business mail. All in lower case.

/// What a line of a header block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    From,
    Date,
    To,
    Copy,
    Subject,
}

const LABELS: &[(Label, &[&str])] = &[
    (
        Label::From,
        &[
            "from",
            "von",
            "de",
            "da",
            "van",
            "od",
            "från",
            "fra",
            "lähettäjä",
            "kimden",
            "от",
            "от кого",
            "发件人",
            "寄件者",
            "差出人",
            "보낸 사람",
        ],
    ),
    (
        Label::Date,
        &[
            "sent",
            "date",
            "gesendet",
            "datum",
            "gesendet am",
            "envoyé",
            "envoyé le",
            "enviado",
            "enviado el",
            "enviada em",
            "enviado em",
            "fecha",
            "inviato",
            "data",
            "verzonden",
            "wysłano",
            "skickat",
            "sendt",
            "dato",
            "lähetetty",
            "дата",
            "отправлено",
            "发送时间",
            "日期",
            "送信日時",
            "날짜",
        ],
    ),
    (
        Label::To,
        &[
            "to",
            "an",
            "à",
            "a",
            "para",
            "aan",
            "do",
            "till",
            "til",
            "vastaanottaja",
            "kime",
            "кому",
            "收件人",
            "宛先",
            "받는 사람",
        ],
    ),
    (
        Label::Copy,
        &[
            "cc",
            "kopie",
            "cc:",
            "bcc",
            "copie à",
            "kopia",
            "kopi",
            "reply-to",
            "antwort an",
            "répondre à",
            "organization",
            "importance",
            "wichtigkeit",
        ],
    ),
    (
        Label::Subject,
        &[
            "subject",
            "betreff",
            "objet",
            "asunto",
            "oggetto",
            "assunto",
            "onderwerp",
            "temat",
            "ämne",
            "emne",
            "aihe",
            "konu",
            "тема",
            "主题",
            "主旨",
            "件名",
            "제목",
        ],
    ),
];

/// Which label of a header block this is.
pub(super) fn label(name: &str) -> Option<Label> {
    if name.is_empty() || name.len() > 24 {
        return None;
    }
    LABELS
        .iter()
        .find(|(_, names)| names.iter().any(|known| same_fold(name, known)))
        .map(|(label, _)| *label)
}

/// Words for "wrote", as clients use them.
pub(super) const WROTE: &[&str] = &[
    "wrote",
    "schrieb",
    "a écrit",
    "escribió",
    "escribio",
    "ha scritto",
    "schreef",
    "escreveu",
    "skrev",
    "napisał",
    "napisała",
    "pisze",
    "kirjoitti",
    "yazdı",
    "написал",
    "пишет",
    "writes",
    "said",
    "schreibt",
];

/// First words of an introduction, each with the space after it.
const OPENERS: &[&str] = &[
    "on ",
    "am ",
    "le ",
    "el ",
    "il ",
    "op ",
    "em ",
    "den ",
    "på ",
    "w dniu ",
    "dnia ",
    "in message ",
    "quoting ",
];

/// Whether a line may be the first of an introduction.
pub(super) fn opens_introduction(content: &str) -> bool {
    begins_with_any(content, OPENERS)
}

/// Whether a text begins with one of these, which are in lower case. Most lines are told apart by their first two octets.
pub(super) fn begins_with_any(content: &str, known: &[&str]) -> bool {
    let front = content.as_bytes();
    known.iter().any(|known| {
        let differs = known
            .bytes()
            .zip(front)
            .take(2)
            .any(|(one, other)| one.is_ascii() && other.is_ascii() && one != other.to_ascii_lowercase());
        !differs && {
            let mut chars = content.chars().flat_map(char::to_lowercase);
            known.chars().all(|c| chars.next() == Some(c))
        }
    })
}

/// Whether two texts are the same in lower case; `lower` is.
pub(super) fn same_fold(text: &str, lower: &str) -> bool {
    // No letter of these languages changes its length by more than half when it is made lower case.
    text.len() <= 2 * lower.len() && text.chars().flat_map(char::to_lowercase).eq(lower.chars())
}

/// What stands between dashes above a quoted mail.
pub(super) const ORIGINAL: &[&str] = &[
    "original message",
    "original appointment",
    "reply message",
    "reply above this line",
    "ursprüngliche nachricht",
    "originalnachricht",
    "original-nachricht",
    "message d'origine",
    "message d’origine",
    "message original",
    "courriel d'origine",
    "mensaje original",
    "messaggio originale",
    "oorspronkelijk bericht",
    "mensagem original",
    "oryginalna wiadomość",
    "wiadomość oryginalna",
    "ursprungligt meddelande",
    "originalmeddelande",
    "opprinnelig melding",
    "oprindelig meddelelse",
    "alkuperäinen viesti",
    "исходное сообщение",
];

/// What stands between dashes above a forwarded mail.
pub(super) const FORWARDED: &[&str] = &[
    "forwarded message",
    "forwarded mail",
    "forwarded email",
    "forward message",
    "weitergeleitete nachricht",
    "weitergeleitete e-mail",
    "message transféré",
    "message réexpédié",
    "courriel transféré",
    "mensaje reenviado",
    "mensagem encaminhada",
    "messaggio inoltrato",
    "doorgestuurd bericht",
    "vidarebefordrat meddelande",
    "videresendt melding",
    "videresendt meddelelse",
    "wiadomość przekazana dalej",
    "treść przekazanej wiadomości",
    "пересылаемое сообщение",
];

/// What stands above a forwarded mail, before a colon.
pub(super) const BEGIN_FORWARD: &[&str] = &[
    "begin forwarded message",
    "anfang der weitergeleiteten nachricht",
    "anfang der weitergeleiteten e-mail",
    "début du message transféré",
    "début du message réexpédié",
    "inicio del mensaje reenviado",
    "início da mensagem encaminhada",
    "inizio messaggio inoltrato",
    "begin doorgestuurd bericht",
    "vidarebefordrat brev",
    "start på videresendt besked",
];

/// What a letter closes with, without what follows it on the line.
pub(super) const CLOSINGS: &[&str] = &[
    "best",
    "best regards",
    "best wishes",
    "all the best",
    "kind regards",
    "kindest regards",
    "warm regards",
    "warmest regards",
    "warmly",
    "regards",
    "many regards",
    "with best regards",
    "with kind regards",
    "sincerely",
    "yours sincerely",
    "sincerely yours",
    "yours faithfully",
    "yours truly",
    "respectfully",
    "cordially",
    "yours",
    "cheers",
    "thanks",
    "thank you",
    "many thanks",
    "thanks a lot",
    "thanks so much",
    "thanks again",
    "thanks in advance",
    "thank you in advance",
    "thanks and regards",
    "thanks & regards",
    "thanks and best regards",
    "with thanks",
    "take care",
    "talk soon",
    "br",
    "rgds",
    "kr",
    "mit freundlichen grüßen",
    "mit freundlichen gruessen",
    "mit freundlichem gruß",
    "mit besten grüßen",
    "freundliche grüße",
    "freundliche grüsse",
    "viele grüße",
    "viele grüsse",
    "beste grüße",
    "beste grüsse",
    "herzliche grüße",
    "liebe grüße",
    "schöne grüße",
    "grüße",
    "gruß",
    "mfg",
    "vg",
    "lg",
    "danke",
    "vielen dank",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "bien à toi",
    "sincèrement",
    "salutations",
    "meilleures salutations",
    "merci",
    "merci d'avance",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "un cordial saludo",
    "atentamente",
    "gracias",
    "muchas gracias",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "un saluto",
    "grazie",
    "atenciosamente",
    "cumprimentos",
    "com os melhores cumprimentos",
    "obrigado",
    "obrigada",
    "abraços",
    "met vriendelijke groet",
    "met vriendelijke groeten",
    "vriendelijke groeten",
    "groeten",
    "groet",
    "mvg",
    "med vänliga hälsningar",
    "vänliga hälsningar",
    "hälsningar",
    "med venlig hilsen",
    "venlig hilsen",
    "med vennlig hilsen",
    "vennlig hilsen",
    "hilsen",
    "mvh",
    "z poważaniem",
    "pozdrawiam",
    "ystävällisin terveisin",
];

/// What a phone writes under a mail.
pub(super) const SENT_FROM: &[&str] = &[
    "sent from my ",
    "sent from outlook",
    "sent from mail for",
    "sent from yahoo",
    "sent from proton",
    "sent via ",
    "get outlook for",
    "von meinem ",
    "gesendet von ",
    "envoyé de mon ",
    "envoyé depuis ",
    "enviado desde ",
    "inviato da ",
    "enviado do meu ",
    "verzonden vanaf ",
    "skickat från ",
    "sendt fra ",
];

/// First words of a legal disclaimer.
pub(super) const DISCLAIMERS: &[&str] = &[
    "this e-mail",
    "this email",
    "this message",
    "this communication",
    "this transmission",
    "the information in this",
    "the information contained in",
    "the information transmitted",
    "the contents of this",
    "the content of this",
    "confidentiality notice",
    "confidentiality:",
    "confidential:",
    "disclaimer",
    "legal notice",
    "privileged and confidential",
    "notice:",
    "important notice",
    "important:",
    "if you are not the intended",
    "if you have received this",
    "diese e-mail",
    "diese email",
    "diese nachricht",
    "der inhalt dieser",
    "vertraulichkeitshinweis",
    "hinweis:",
    "ce message",
    "ce courriel",
    "cet e-mail",
    "avis de confidentialité",
    "este mensaje",
    "este correo",
    "aviso legal",
    "aviso de confidencialidad",
    "questo messaggio",
    "questa e-mail",
    "le informazioni contenute",
    "esta mensagem",
    "este e-mail",
    "dit bericht",
    "deze e-mail",
];

/// What a disclaimer has in it.
pub(super) const LEGAL: &[&str] = &[
    "confidential",
    "privileged",
    "intended recipient",
    "intended solely",
    "intended only",
    "unauthorized",
    "unauthorised",
    "vertraulich",
    "unbefugt",
    "confidentiel",
    "destinataire",
    "confidencial",
    "destinatario",
    "riservat",
    "confidenciais",
    "vertrouwelijk",
];

/// What companies put after or instead of a disclaimer, in paragraphs of their own at the very end.
pub(super) const NOTICES: &[&str] = &[
    "please consider the environment",
    "think before you print",
    "please don't print",
    "registered in ",
    "registered office",
    "company registration",
    "company number",
    "sitz der gesellschaft",
    "amtsgericht ",
    "handelsregister",
    "registergericht",
    "geschäftsführer:",
    "geschäftsführung:",
    "vorstand:",
    "ust-id",
    "siège social",
    "domicilio social",
    "bitte prüfen sie, ob",
    "bitte denken sie an die umwelt",
    "pensez à l'environnement",
    "virus-free",
    "avast logo",
];
