//! Whole mails in the styles of the clients: `{own}` and `{more}` stand where the author's text goes and must be read,
//! `{theirs}` where anybody else's or a machine's goes and must not.

/// How a template is wrapped into a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Flowed,
    Html,
}

/// A style: its name, its form, the body.
pub(super) type Style = (&'static str, Form, &'static str);

use Form::{Flowed, Html, Plain};

pub(super) const STYLES: &[Style] = &[
    (
        "bottom quote of Gmail",
        Plain,
        "Hi Ana,\n\n{own}\n\nBest,\nTom\n\nOn Tue, May 5, 2026 at 10:00 AM Ana Lima <ana.lima@acme.example>\nwrote:\n\n> {theirs}\n>\n> {theirs}\n",
    ),
    (
        "inline answers",
        Plain,
        "Hi Ana,\n\nOn Tue, 5 May 2026 at 10:00, Ana Lima <ana@acme.example> wrote:\n> {theirs}\n\n{own}\n\n> {theirs}\n> > {theirs}\n\n{more}\n\n> {theirs}\n",
    ),
    (
        "top quote and answer below",
        Plain,
        "> On 5 May 2026, at 10:00, Ana Lima <ana@acme.example> wrote:\n>\n> {theirs}\n\n{own}\n\n{more}\n",
    ),
    (
        "mutt",
        Plain,
        "On Tue, May 05, 2026 at 10:00:00AM +0200, Ana Lima wrote:\n> {theirs}\n\n{own}\n\n{more}\n\n-- \n{theirs}\n",
    ),
    (
        "Outlook desktop",
        Plain,
        "Hi Ana,\n\n{own}\n\n{more}\n\nMit freundlichen Grüßen\nTom Meyer\nSeller GmbH\n\nVon: Ana Lima <ana@acme.example>\nGesendet: Dienstag, 5. Mai 2026 10:00\nAn: Tom Meyer <tom@seller.example>\nCc: Bo Kim <bo@acme.example>; Jo Ray <jo@acme.example>\nBetreff: AW: Docks\n\n{theirs}\n\n{theirs}\n",
    ),
    (
        "Outlook on the web",
        Plain,
        "{own}\n\n________________________________\nFrom: Ana Lima <ana@acme.example>\nSent: Tuesday, May 5, 2026 10:00 AM\nTo: Tom Meyer <tom@seller.example>\nSubject: Re: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook on a phone",
        Plain,
        "{own}\n\nGet Outlook for iOS<https://aka.example/o0ukef>\n________________________________\nFrom: Ana Lima <ana@acme.example>\nSent: Tuesday, May 5, 2026 10:00:00 AM\nTo: Tom <tom@seller.example>\nSubject: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook of old",
        Plain,
        "{own}\n\n{more}\n\n-----Original Message-----\nFrom: Ana Lima [mailto:ana@acme.example]\nSent: 05 May 2026 10:00\nTo: Tom\nSubject: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Czech",
        Plain,
        "{own}\n\n{more}\n\nOd: Ana Lima <ana@acme.example>\nOdesláno: úterý 5. května 2026 10:00\nKomu: Tom <tom@seller.example>\nPředmět: Re: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Turkish",
        Plain,
        "{own}\n\n{more}\n\nKimden: Ana Lima <ana@acme.example>\nGönderildi: 5 Mayıs 2026 Salı 10:00\nKime: Tom <tom@seller.example>\nKonu: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Finnish",
        Plain,
        "{own}\n\n{more}\n\nLähettäjä: Ana Lima <ana@acme.example>\nLähetetty: tiistai 5. toukokuuta 2026 10.00\nVastaanottaja: Tom <tom@seller.example>\nAihe: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Polish",
        Plain,
        "{own}\n\n{more}\n\nOd: Ana Lima <ana@acme.example>\nWysłano: wtorek, 5 maja 2026 10:00\nDo: Tom <tom@seller.example>\nDW: Bo Kim <bo@acme.example>\nTemat: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Danish",
        Plain,
        "{own}\n\n{more}\n\nFra: Ana Lima <ana@acme.example>\nSendt: 5. maj 2026 10:00\nTil: Tom <tom@seller.example>\nEmne: Docks\n\n{theirs}\n",
    ),
    (
        "Outlook in Portuguese",
        Plain,
        "{own}\n\n{more}\n\nDe: Ana Lima <ana@acme.example>\nEnviada em: terça-feira, 5 de maio de 2026 10:00\nPara: Tom <tom@seller.example>\nAssunto: Docks\n\n{theirs}\n",
    ),
    (
        "Gmail in Polish",
        Plain,
        "{own}\n\n{more}\n\nwt., 5 maj 2026 o 10:00 Ana Lima <ana@acme.example> napisał(a):\n\n> {theirs}\n",
    ),
    (
        "Gmail in Czech",
        Plain,
        "{own}\n\n{more}\n\nút 5. 5. 2026 v 10:00 odesílatel Ana Lima <ana@acme.example>\nnapsal:\n\n{theirs}\n",
    ),
    (
        "Gmail in Turkish",
        Plain,
        "{own}\n\n{more}\n\nAna Lima <ana@acme.example>, 5 May 2026 Sal, 10:00 tarihinde şunu\nyazdı:\n\n{theirs}\n",
    ),
    (
        "Gmail in Finnish",
        Plain,
        "{own}\n\n{more}\n\nti 5. toukok. 2026 klo 10.00 Ana Lima (ana@acme.example) kirjoitti:\n\n> {theirs}\n",
    ),
    (
        "Gmail in Norwegian",
        Plain,
        "{own}\n\n{more}\n\ntir. 5. mai 2026 kl. 10:00 skrev Ana Lima <ana@acme.example>:\n\n> {theirs}\n",
    ),
    (
        "Apple Mail in Dutch",
        Plain,
        "{own}\n\n{more}\n\nOp 5 mei 2026, om 10:00 heeft Ana Lima <ana@acme.example> het volgende geschreven:\n\n{theirs}\n",
    ),
    (
        "Apple Mail in Polish",
        Plain,
        "{own}\n\n{more}\n\nWiadomość napisana przez Ana Lima <ana@acme.example> w dniu 5 maj 2026, o godz. 10:00:\n\n> {theirs}\n",
    ),
    (
        "Thunderbird",
        Flowed,
        "Hi Ana,\n\n{own}\n\nOn 5/5/26 10:00, Ana Lima wrote:\n> {theirs} \n> {theirs}\n\n{more}\n\n-- \n{theirs}\n",
    ),
    (
        "Proton",
        Plain,
        "{own}\n\n{more}\n\nSent with Proton Mail secure email.\n\n\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\u{2010} Original Message \u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\u{2010}\nOn Tuesday, May 5th, 2026 at 10:00 AM, Ana Lima <ana@acme.example> wrote:\n\n{theirs}\n",
    ),
    (
        "Yahoo",
        Plain,
        "{own}\n\n{more}\n\nOn Tuesday, May 5, 2026, 10:00:00 AM GMT+2, Ana Lima <ana@acme.example> wrote:\n\n {theirs}\n",
    ),
    (
        "forward of Gmail",
        Plain,
        "{own}\n\n{more}\n\n---------- Forwarded message ---------\nFrom: Ana Lima <ana@acme.example>\nDate: Tue, May 5, 2026 at 10:00\nSubject: Docks\nTo: Tom <tom@seller.example>\n\n{theirs}\n",
    ),
    (
        "forward of Thunderbird",
        Plain,
        "-------- Forwarded Message --------\nSubject: \tDocks\nDate: \tTue, 5 May 2026 10:00:00 +0200\nFrom: \tAna Lima <ana@acme.example>\nTo: \tTom <tom@seller.example>\n\n{theirs}\n",
    ),
    (
        "forward of Apple Mail",
        Plain,
        "{own}\n\n{more}\n\nBegin forwarded message:\n\nFrom: Ana Lima <ana@acme.example>\nSubject: Docks\nDate: 5 May 2026 at 10:00:00 CEST\nTo: Tom <tom@seller.example>\n\n{theirs}\n",
    ),
    (
        "postscript below the signature",
        Plain,
        "Hi Ana,\n\n{own}\n\n-- \nTom Meyer\n{theirs}\n\nP.S. {more}\n",
    ),
    (
        "closing, contact lines, disclaimer",
        Plain,
        "Hi Ana,\n\n{own}\n\n{more}\n\nKind regards, Tom\n\nTom Meyer\nHead of Sales | Seller Inc.\nT +1 555 0100 | www.seller.example\n\nThis email and any attachments are confidential and intended solely for the addressee.\n{theirs}\n",
    ),
    (
        "contact block without a closing",
        Plain,
        "Hi Ana,\n\n{own}\n\n{more}\n\nTom Meyer\nSeller Inc., Example Road 1\n+49 40 5550 0100\n",
    ),
    ("phone", Plain, "{own}\n\n{more}\n\nVon meinem iPhone gesendet\n"),
    (
        "mailing machine",
        Plain,
        "Hi Ana,\n\n{own}\n\n{more}\n\nBest,\nTom\n\nYou are receiving this email because you are on our mailing list.\n{theirs}\nUnsubscribe: https://seller.example/u\n",
    ),
    (
        "company below a line",
        Plain,
        "{own}\n\n{more}\n\nRgds\nTom\n\nRegistered in England and Wales, number 01234567.\n{theirs}\n",
    ),
    ("code", Plain, "{own}\n\n```\n{theirs}\n```\n\n{more}\n"),
    (
        "signed by OpenPGP",
        Plain,
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{own}\n\n{more}\n-----BEGIN PGP SIGNATURE-----\n\n{theirs}\n-----END PGP SIGNATURE-----\n",
    ),
    (
        "HTML of Gmail",
        Html,
        "<div dir=\"ltr\">{own}<div><br></div><div>{more}</div><div><br></div>-- <br><div dir=\"ltr\" class=\"gmail_signature\" data-smartmail=\"gmail_signature\"><div>{theirs}</div></div></div><br><div class=\"gmail_quote gmail_quote_container\"><div dir=\"ltr\" class=\"gmail_attr\">On Tue, May 5, 2026 at 10:00 AM Ana &lt;<a href=\"mailto:ana@acme.example\">ana@acme.example</a>&gt; wrote:<br></div><blockquote class=\"gmail_quote\" style=\"margin:0px 0px 0px 0.8ex\">{theirs}</blockquote></div>",
    ),
    (
        "HTML of Gmail, inline",
        Html,
        "<div dir=\"ltr\"><div>Hi Ana,</div></div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On Tue, Ana wrote:<br></div><blockquote class=\"gmail_quote\">{theirs}</blockquote><div><br></div><div>{own}</div><blockquote class=\"gmail_quote\"><div>{theirs}</div></blockquote><div>{more}</div></div>",
    ),
    (
        "HTML forward of Gmail",
        Html,
        "<div dir=\"ltr\">{own}<br><br>{more}<br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">---------- Forwarded message ---------<br>From: <b>Ana</b></div>{theirs}<blockquote>{theirs}</blockquote>{theirs}</div></div>",
    ),
    (
        "HTML of Outlook",
        Html,
        "<html><head><meta charset=\"utf-8\"><style>{theirs}</style><!--[if gte mso 9]><xml>{theirs}</xml><![endif]--></head><body lang=EN-US><div class=WordSection1><p class=MsoNormal>Hi Ana,<o:p></o:p></p><p class=MsoNormal>{own}<o:p></o:p></p><p class=MsoNormal>{more}<o:p>&nbsp;</o:p></p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Feladó:</b> Ana &lt;ana@acme.example&gt;<br><b>Elküldve:</b> 2026. május 5.<br><b>Tárgy:</b> Docks</p></div><p class=MsoNormal>{theirs}</p></div></body></html>",
    ),
    (
        "HTML of Outlook on the web",
        Html,
        "<div class=\"elementToProof\">{own}</div><div class=\"elementToProof\"><br></div><div>{more}</div><div id=\"Signature\"><p>{theirs}</p></div><div id=\"appendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><b>From:</b> Ana<br><b>Sent:</b> Tuesday</div><div>{theirs}</div>",
    ),
    (
        "HTML of Outlook on a phone",
        Html,
        "<div dir=\"auto\">{own}</div><div dir=\"auto\"><br></div><div>{more}</div><div id=\"ms-outlook-mobile-signature\">{theirs}</div><div id=\"mail-editor-reference-message-container\"><div class=\"ms-outlook-mobile-reference-message skipProofing\"><b>From:</b> Ana</div>{theirs}</div>",
    ),
    (
        "HTML of Outlook 2003",
        Html,
        "<p>{own}</p><p>{more}</p><div class=OutlookMessageHeader lang=en-us dir=ltr align=left><hr tabindex=-1><b>From:</b> Ana<br></div><p>{theirs}</p>",
    ),
    (
        "HTML of Apple Mail",
        Html,
        "<div>{own}<br><div><br><blockquote type=\"cite\"><div>On 5 May 2026, at 10:00, Ana wrote:</div><br><div>{theirs}</div></blockquote></div><div>{more}</div><blockquote type=\"cite\">{theirs}</blockquote></div>",
    ),
    (
        "HTML of Thunderbird",
        Html,
        "<p>{own}</p><div class=\"moz-cite-prefix\">Am 05.05.26 um 10:00 schrieb Ana:<br></div><blockquote type=\"cite\" cite=\"mid:1@acme.example\"><pre>{theirs}</pre></blockquote><p>{more}</p><pre class=\"moz-signature\" cols=\"72\">-- \n{theirs}</pre>",
    ),
    (
        "HTML forward of Thunderbird",
        Html,
        "<p>{own}</p><p>{more}</p><div class=\"moz-forward-container\"><br>-------- Forwarded Message --------<table class=\"moz-email-headers-table\"><tr><th>Subject: </th><td>Docks</td></tr></table>{theirs}</div>",
    ),
    (
        "HTML of Yahoo",
        Html,
        "<div class=\"ydp1-yahoo-style-wrap\"><div>{own}</div><div>{more}</div></div><div id=\"ydp1yahoo_quoted_1\" class=\"ydp1yahoo_quoted\"><div>On Tuesday, Ana wrote:</div><div>{theirs}</div></div>",
    ),
    (
        "HTML of Proton",
        Html,
        "<div style=\"font-family: Arial\">{own}</div><div class=\"protonmail_signature_block\"><div class=\"protonmail_signature_block-user\">{theirs}</div></div><div class=\"protonmail_quote\">On Tuesday, May 5th, 2026 at 10:00 AM, Ana &lt;ana@acme.example&gt; wrote:<br><blockquote class=\"protonmail_quote\" type=\"cite\">{theirs}</blockquote><br></div><div>{more}</div>",
    ),
    (
        "hidden text",
        Html,
        "<div style=\"display:none;font-size:1px;max-height:0\">{theirs}</div><p>{own}</p><p style=\"color:#fff;background-color:white\">{theirs}</p><span hidden>{theirs}</span><p style=\"mso-hide:all\">{theirs}</p><p style=\"font-size:0\">{theirs}</p><img alt=\"{theirs}\" src=\"cid:1\"><p>{more}</p><!-- {theirs} --><script>{theirs}</script>",
    ),
    (
        "code in HTML",
        Html,
        "<p>{own}</p><pre>{theirs}</pre><p>{more}</p><p>Run <code>{theirs}</code></p>",
    ),
];
