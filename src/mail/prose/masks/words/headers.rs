//! The words by which clients head and introduce quoted mail, in the languages that are common in business mail. All in
//! lower case, parted by `|`.

use super::Phrases;
use std::sync::LazyLock;

/// What a line of a header block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mail::prose::masks) enum Label {
    From,
    Date,
    To,
    Copy,
    Subject,
}

/// The labels of each kind, parted by `|`.
pub(super) const LABELS: &[(Label, &str)] = &[
    (
        Label::From,
        "from|von|de|da|van|od|från|fra|lähettäjä|kimden|gönderen|odesílatel|mittente|expéditeur|absender|remetente|\
     nadawca|avsändare|afsender|avsender|afzender|remitente|feladó|de la|от|от кого|发件人|寄件者|差出人|보낸 사람",
    ),
    (
        Label::Date,
        "sent|date|date sent|sent on|gesendet|datum|gesendet am|envoyé|envoyé le|date d'envoi|enviado|enviado el|\
     enviada em|enviado em|enviada|fecha|inviato|inviato il|data|verzonden|verstuurd|wysłano|wysłane|skickat|\
     sendt|dato|lähetetty|päiväys|päivämäärä|odesláno|gönderildi|gönderme tarihi|gönderilme tarihi|tarih|\
     elküldve|dátum|trimis|дата|отправлено|发送时间|日期|送信日時|날짜|보낸 날짜",
    ),
    (
        Label::To,
        "to|an|à|a|para|aan|do|till|til|vastaanottaja|komu|pro|kime|alıcı|per|destinataire|destinataires|\
     destinatario|destinatari|destinatário|mottagare|modtager|mottaker|empfänger|címzett|către|кому|收件人|宛先|받는 사람",
    ),
    (
        Label::Copy,
        "cc|cci|ccn|cco|kopie|bcc|copie|copie à|kopia|kopi|kopio|copia|cópia|dw|do wiadomości|bilgi|skrytá kopie|\
     blindkopie|reply-to|antwort an|répondre à|responder a|rispondi a|organization|organisation|importance|\
     wichtigkeit|priority|attachments|attachment|anlagen|anhänge|pièces jointes|datos adjuntos|allegati|bijlagen|\
     anexos|załączniki|bilagor|vedhæftede filer|vedlegg|liitteet|přílohy|ekler|message-id|when|where|mailed-by",
    ),
    (
        Label::Subject,
        "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|předmět|predmet|konu|\
     tárgy|subiect|тема|主题|主旨|件名|제목",
    ),
];

/// Words for "wrote", as clients use them.
pub(in crate::mail::prose::masks) static WROTE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "wrote|writes|said|schrieb|schreibt|a écrit|escribió|escribio|ha scritto|scrive|schreef|geschreven|escreveu|\
     skrev|napisał|napisała|napisał(a)|pisze|kirjoitti|napsal|napsala|napsal(a)|napsal/a|píše|napísal|yazdı|írta|\
     a scris|napisao|написал|пишет|написав",
    )
});

/// First words of an introduction, each with the space after it.
pub(in crate::mail::prose::masks) static OPENERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "on |am |le |el |il |op |em |no dia |den |på |w dniu |dnia |wiadomość napisana przez |dne |po |út |st |čt |\
     pá |man. |tir. |ons. |tor. |fre. |lør. |søn. |pon.|wt.|śr.|czw.|pt.|sob.|niedz.|in message |in article |\
     quoting |in reply to ",
    )
});

/// What stands between dashes above a quoted mail.
pub(in crate::mail::prose::masks) static ORIGINAL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "original message|original email|original appointment|reply message|reply above this line|\
     please reply above this line|ursprüngliche nachricht|ursprüngliche mail|originalnachricht|\
     original-nachricht|message d'origine|message original|message initial|courriel d'origine|mensaje original|\
     messaggio originale|messaggio di origine|oorspronkelijk bericht|oorspronkelijke bericht|mensagem original|\
     oryginalna wiadomość|wiadomość oryginalna|ursprungligt meddelande|originalmeddelande|opprinnelig melding|\
     original melding|oprindelig meddelelse|original meddelelse|alkuperäinen viesti|původní zpráva|\
     původní e-mail|özgün ileti|orijinal mesaj|orijinal ileti|eredeti üzenet|mesaj original|исходное сообщение",
    )
});

/// What stands between dashes above a forwarded mail.
pub(in crate::mail::prose::masks) static FORWARDED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "forwarded message|forwarded mail|forwarded email|forward message|weitergeleitete nachricht|\
     weitergeleitete e-mail|message transféré|message réexpédié|courriel transféré|mensaje reenviado|\
     mensagem encaminhada|mensagem reencaminhada|messaggio inoltrato|doorgestuurd bericht|doorgestuurde bericht|\
     vidarebefordrat meddelande|videresendt melding|videresendt meddelelse|videresendt besked|\
     wiadomość przekazana dalej|treść przekazanej wiadomości|przekazana wiadomość|treść przekazanego wiadomości|\
     välitetty viesti|edelleen lähetetty viesti|přeposlaná zpráva|přeposlaná zpráva (forward)|iletilen ileti|\
     yönlendirilmiş mesaj|iletilmiş mesaj|továbbított üzenet|пересылаемое сообщение",
    )
});

/// What stands above a forwarded mail, before a colon.
pub(in crate::mail::prose::masks) static BEGIN_FORWARD: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|\
     début du message transféré|début du message réexpédié|inicio del mensaje reenviado|\
     início da mensagem encaminhada|início da mensagem reencaminhada|inizio messaggio inoltrato|\
     inizio del messaggio inoltrato|begin doorgestuurd bericht|begin van doorgestuurd bericht|\
     vidarebefordrat brev|vidarebefordrat meddelande|start på videresendt besked|start på videresendt melding|\
     videresendt besked|początek przekazywanej wiadomości|początek wiadomości przekazanej dalej|\
     välitetty viesti alkaa|začátek přeposílané zprávy|iletilen ileti başlangıcı|\
     yönlendirilen e-postanın başlangıcı",
    )
});
