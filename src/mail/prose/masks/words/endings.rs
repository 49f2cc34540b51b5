//! What people close letters with, and what phones, companies, lawyers and mailing machines put below, in the languages
//! that are common in business mail. All in lower case, parted by `|`.

use super::Phrases;
use std::sync::LazyLock;

/// What a letter closes with, without what follows it on the line.
pub(in crate::mail::prose::masks) static CLOSINGS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "best|best regards|best wishes|all the best|kind regards|kindest regards|warm regards|warmest regards|warmly|\
     regards|many regards|with best regards|with kind regards|sincerely|yours sincerely|sincerely yours|\
     yours faithfully|yours truly|respectfully|cordially|yours|cheers|thanks|thank you|many thanks|thanks a lot|\
     thanks so much|thanks again|thanks in advance|thank you in advance|thanks and regards|thanks & regards|\
     thanks and best regards|with thanks|take care|talk soon|br|rgds|kr|mit freundlichen grüßen|\
     mit freundlichen gruessen|mit freundlichem gruß|mit besten grüßen|freundliche grüße|freundliche grüsse|\
     viele grüße|viele grüsse|beste grüße|beste grüsse|herzliche grüße|liebe grüße|schöne grüße|grüße|gruß|mfg|\
     vg|lg|danke|vielen dank|cordialement|bien cordialement|bien à vous|bien à toi|sincèrement|salutations|\
     meilleures salutations|merci|merci d'avance|saludos|un saludo|saludos cordiales|un cordial saludo|\
     atentamente|gracias|muchas gracias|cordiali saluti|distinti saluti|saluti|un saluto|grazie|atenciosamente|\
     cumprimentos|com os melhores cumprimentos|obrigado|obrigada|abraços|met vriendelijke groet|\
     met vriendelijke groeten|vriendelijke groeten|groeten|groet|mvg|med vänliga hälsningar|vänliga hälsningar|\
     hälsningar|med venlig hilsen|venlig hilsen|med vennlig hilsen|vennlig hilsen|hilsen|mvh|z poważaniem|\
     pozdrawiam|ystävällisin terveisin|bests|warm wishes|best always|with warm regards|with warmest regards|\
     my best|my best regards|my best wishes|very best|very best regards|very best wishes|rgrds|b/r|brgds|\
     best rgds|best, as always|warmest|yours respectfully|yours cordially|cordially yours|respectfully yours|\
     truly yours|faithfully yours|with appreciation|with gratitude|with respect|thanking you|thanks and cheers|\
     thank you and best regards|thank you and kind regards|thanks and kind regards|thanks, and best regards|\
     thank you so much|thank you very much|thanks very much|thanks a million|thanks a bunch|ta|tia|thx|tks|\
     cheerio|ciao|speak soon|speak to you soon|talk to you soon|until then|until soon|see you soon|see you then|\
     have a great day|have a good day|have a nice day|have a lovely day|have a great week|have a good week|\
     have a great weekend|have a good weekend|have a nice weekend|enjoy your weekend|looking forward|\
     looking forward to hearing from you|looking forward to your reply|onwards|peace|godspeed|stay safe|\
     all my best|mit freundlichen grüssen|mit freundlichem gruss|mit besten gruessen|freundliche gruesse|\
     viele gruesse|beste gruesse|liebe gruesse|herzlichst|herzliche grüsse|sonnige grüße|schöne grüsse|\
     beste grüße aus hamburg|hochachtungsvoll|ihr|ihre|schönes wochenende|lieber gruß|danke und grüße|\
     vielen dank und viele grüße|bg|fg|sincères salutations|bien amicalement|amicalement|bien sincèrement|\
     très cordialement|cordialement vôtre|bonne journée|à bientôt|merci beaucoup|merci et bonne journée|\
     avec mes remerciements|un abrazo|abrazos|cordialmente|muy atentamente|mil gracias|quedo atento|\
     quedo a la espera|un cordiale saluto|grazie mille|a presto|buona giornata|cari saluti|abraço|um abraço|abs|\
     att|att.|com os meus cumprimentos|melhores cumprimentos|muito obrigado|muito obrigada|met hartelijke groet|\
     hartelijke groet|hartelijke groeten|met groet|vriendelijke groet|beste groeten|alvast bedankt|bedankt|\
     bästa hälsningar|med vänlig hälsning|vänlig hälsning|vänligen|hälsning|tack|tack på förhand|\
     de bedste hilsner|bedste hilsner|mange hilsner|venlige hilsner|kærlig hilsen|beste hilsen|vennlige hilsener|\
     med hilsen|tusen takk|takk|tak|z wyrazami szacunku|serdecznie pozdrawiam|serdeczne pozdrowienia|\
     pozdrowienia|dziękuję|ystävällisesti|parhain terveisin|terveisin|terveisiä|kiitos|s pozdravem|s úctou|\
     děkuji|zdravím|hezký den|saygılarımla|saygılarımızla|saygılar|sevgiler|iyi çalışmalar|teşekkürler|\
     teşekkür ederim|üdvözlettel|tisztelettel|cu stimă|cu respect|s poštovanjem|lp|\
     with friendly greetings|friendly greetings|friendly regards|with friendly regards|with best wishes|\
     with kindest regards|mind yourself|b.rgds|b. rgds|\
     kind rgds|thanks & best|all best|every good wish|with every good wish|good wishes|with good wishes|yours ever|\
     yours aye|as ever|as always|chat soon|catch you later|catch you soon|slán|xx|xo|xoxo|onwards and upwards|\
     to your success|here's to your success|god bless|blessings|with due respect|yours obediently|\
     thanks in anticipation|thanking you in anticipation|awaiting your reply|hoping to hear from you|cheers mate|\
     thank you for your time|thanks for your time|thanks for reading|thank you for reading|bye|bye for now|be well|\
     stay well|keep well|in haste|ta very much|cheers and thanks|many thanks and kind regards",
    )
});

/// What a phone writes under a mail.
pub(in crate::mail::prose::masks) static SENT_FROM: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "sent from my |sent from outlook|sent from mail for|sent from yahoo|sent from proton|sent via |\
     get outlook for|von meinem |gesendet von |envoyé de mon |envoyé depuis |enviado desde |inviato da |\
     enviado do meu |verzonden vanaf |skickat från |sendt fra |sent from outlook for|sent from samsung|\
     sent from gmail mobile|sent from android|sent from iphone|sent with |sent using |sent by |from my iphone|\
     von meinem iphone|gesendet mit |gesendet über |diese nachricht wurde von meinem|outlook für |outlook pour |\
     télécharger outlook|obtenir outlook pour|obtener outlook para|ottieni outlook per|obter o outlook para|\
     outlook voor |download outlook|hämta outlook för|hent outlook til|få outlook for|uzyskaj |\
     pobierz program outlook|hanki outlook|stáhnout outlook|android için outlook|ios için outlook|\
     envoyé à partir de |envoyé avec |enviado de mi |enviado con |enviado do |enviado a partir do |inviato dal |\
     inviato con |verzonden met |verstuurd vanaf |verzonden via |skickat med |sendt med |sendt via |wysłane z |\
     wysłano z |lähetetty |odesláno z |iphone'umdan gönderildi|telefonumdan gönderildi|elküldve az |\
     trimis de pe |typed on my phone|excuse typos|please excuse typos|please excuse brevity|\
     please excuse any typos|sorry for typos|pardon typos",
    )
});

/// First words of a legal disclaimer.
pub(in crate::mail::prose::masks) static DISCLAIMERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "this e-mail|this email|this message|this communication|this transmission|the information in this|\
     the information contained in|the information transmitted|the contents of this|the content of this|\
     confidentiality notice|confidentiality:|confidential:|disclaimer|legal notice|privileged and confidential|\
     notice:|important notice|important:|if you are not the intended|if you have received this|diese e-mail|\
     diese email|diese nachricht|der inhalt dieser|vertraulichkeitshinweis|hinweis:|ce message|ce courriel|\
     cet e-mail|avis de confidentialité|este mensaje|este correo|aviso legal|aviso de confidencialidad|\
     questo messaggio|questa e-mail|le informazioni contenute|esta mensagem|este e-mail|dit bericht|deze e-mail|\
     this e-mail and|this mail|this e mail|this electronic|this document|this transmittal|this correspondence|\
     the information in|the information contained|information contained in|information in this|the content of|\
     the contents of|the views expressed|any views|any opinions|the sender of this|confidentiality|confidential|\
     caution|warning:|email disclaimer|e-mail disclaimer|email confidentiality|internet communications|\
     nothing in this|please note that this|please note: this|please notify|unless otherwise|unless expressly|\
     unauthorised|unauthorized|any unauthorised|any unauthorized|any review|any dissemination|\
     the company accepts no|no liability|we accept no liability|we do not accept|we cannot accept|\
     opinions, conclusions|diese mail|diese e-mails|dieses dokument|die in dieser|die informationen in|\
     der inhalt|vertraulichkeit|falls sie nicht|wenn sie nicht der|sollten sie nicht|achtung:|\
     cette communication|ce mail|ce message et|cet email|les informations contenues|si vous n'êtes pas|\
     confidentialité|este email|esta comunicación|la información contenida|el contenido de este|si usted no es|\
     confidencialidad|avviso di riservatezza|le informazioni|il contenuto di|questa mail|questa comunicazione|\
     ai sensi del|se non siete|riservatezza|esta comunicação|as informações contidas|a informação contida|\
     se você não é|confidencialidade|dit e-mailbericht|deze mail|de informatie in|de inhoud van|indien u niet|\
     wiadomość ta|ta wiadomość|niniejsza wiadomość|informacje zawarte|treść tej|jeśli nie jest|detta meddelande|\
     detta e-postmeddelande|detta mail|denna e-post|innehållet i|denne e-mail|denne mail|denne meddelelse|\
     denne e-posten|denne meldingen|denne e-post|indholdet af|tämä viesti|tämä sähköposti|viestin sisältö|\
     tato zpráva|tento e-mail|tato e-mailová|obsah této|bu e-posta|bu ileti|bu mesaj|bu elektronik",
    )
});

/// What a disclaimer has in it.
pub(in crate::mail::prose::masks) static LEGAL: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "confidential|privileged|intended recipient|intended solely|intended only|unauthorized|unauthorised|\
     vertraulich|unbefugt|confidentiel|destinataire|confidencial|destinatario|riservat|confidenciais|\
     vertrouwelijk|legally privileged|addressee|not the intended|named recipient|named above|disclos|delete this|\
     delete it|delete the|notify the sender|accept no liability|accepts no liability|no liability|\
     do not necessarily|not necessarily|computer virus|viruses|received in error|received this|\
     rechtlich geschützt|irrtümlich|nicht der richtige|unbeabsichtigt|destiné|par erreur|usage exclusif|\
     por error|uso exclusivo|destinatari|confidencialidad|per errore|ad uso esclusivo|privacy|por engano|\
     por erro|destinatário|geadresseerde|uitsluitend|onrechtmatig|poufn|adresat|przeznaczon|konfidentiell|\
     förtrolig|mottagaren|avsedd|fortrolig|modtager|tiltænkt|konfidensiel|mottaker|luottamuksell|vastaanottaj|\
     důvěrn|adresát|určen|gizli|alıcı|yetkisiz",
    )
});

/// What companies put after or instead of a disclaimer, in paragraphs of their own.
pub(in crate::mail::prose::masks) static NOTICES: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "please consider the environment|think before you print|please don't print|registered in |registered office|\
     company registration|company number|sitz der gesellschaft|amtsgericht |handelsregister|registergericht|\
     geschäftsführer:|geschäftsführung:|vorstand:|ust-id|siège social|domicilio social|bitte prüfen sie, ob|\
     bitte denken sie an die umwelt|pensez à l'environnement|virus-free|avast logo|\
     p please consider the environment|please think before printing|please think of the environment|think green|\
     save paper|save a tree|before printing|go green|be green|consider the environment|\
     do you really need to print|registered in england|registered in scotland|registered company|\
     registered number|registered address|registered with the|registered as a|incorporated in|company no|\
     company reg|company no.|vat no|vat number|vat reg|vat:|authorised and regulated|authorized and regulated|\
     regulated by|authorised by|a company registered|limited liability company registered|cin:|gstin|sitz:|\
     hauptsitz:|firmensitz|handelsregister:|hrb |registergericht:|geschäftsführer |geschäftsführerin:|\
     geschäftsführung |vorsitzender des|aufsichtsrat|ust-idnr|ust.-id|ust-id-nr|steuernummer|umsatzsteuer|\
     datenschutz|sas au capital|s.a.s. au capital|sarl au capital|sa au capital|société par actions|\
     société anonyme|rcs |siret|siren|n° tva|tva intracommunautaire|avant d'imprimer|n'imprimez|\
     merci de penser à l'environnement|inscrita en el registro|cif:|nif:|antes de imprimir|protección de datos|\
     sede legale|capitale sociale|p.iva|p. iva|partita iva|prima di stampare|rispetta l'ambiente|kvk|kvk-nummer|\
     btw-nummer|statutair gevestigd|denk aan het milieu|org.nr|org nr|organisationsnummer|cvr|cvr-nr|cvr:|\
     organisasjonsnummer|y-tunnus|ičo|zapsaná v obchodním|krs|nip:|sąd rejonowy|kapitał zakładowy|mersis|\
     ticaret sicil|this email has been checked for viruses|this email has been scanned|\
     this message has been scanned|this email was scanned|this e-mail has been scanned|scanned by |\
     diese e-mail wurde von avast|l'absence de virus|cet e-mail a été vérifié|este correo electrónico ha sido|\
     virenfrei|sans virus|libre de virus|secured by mimecast|this email was protected|\
     caution: this email originated|[external]|external email:",
    )
});

/// First words of what a mailing machine adds.
pub(in crate::mail::prose::masks) static FOOTERS: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(
        "unsubscribe|click here to unsubscribe|to unsubscribe|you can unsubscribe|if you would like to unsubscribe|\
     if you wish to unsubscribe|if you want to unsubscribe|don't want to receive these|don't want these emails|\
     no longer want to receive|no longer wish to receive|if you no longer wish to receive|\
     if you no longer want to receive|if you do not wish to receive|if you don't want to receive these|\
     if you'd like to stop receiving|to stop receiving|to opt out of|to opt-out|opt out of these|\
     you are receiving this|you're receiving this|you received this email because|\
     you received this message because|you have received this email because|you got this email because|\
     this email was sent to|this e-mail was sent to|this message was sent to|this email was sent by|\
     this is a marketing email|this is an advertisement|this is a commercial|manage your preferences|\
     manage preferences|manage your subscription|manage your email|manage subscription|update your preferences|\
     update preferences|update your email|email preferences|view this email in|view in browser|view online|\
     view this message in|having trouble viewing|can't see this email|trouble viewing|\
     add us to your address book|forward to a friend|copyright ©|copyright (c)|© 20|(c) 20|all rights reserved|\
     our mailing address is|privacy policy|abmelden|newsletter abbestellen|vom newsletter abmelden|\
     sie erhalten diese e-mail, weil|wenn sie keine weiteren|im browser ansehen|alle rechte vorbehalten|\
     se désabonner|se désinscrire|pour vous désabonner|vous recevez cet e-mail car|vous recevez ce message|\
     voir dans le navigateur|tous droits réservés|darse de baja|para darse de baja|cancelar suscripción|\
     recibe este correo|ver en el navegador|todos los derechos|annulla l'iscrizione|per cancellarti|\
     ricevi questa email|visualizza nel browser|tutti i diritti|cancelar inscrição|cancelar a subscrição|\
     para cancelar|você está recebendo|todos os direitos|afmelden|uitschrijven|u ontvangt deze|bekijk in browser|\
     avregistrera|avsluta prenumeration|du får detta|afmeld|meld deg av|wypisz się|aby zrezygnować|\
     peruuta tilaus|odhlásit se|pro odhlášení|abonelikten çık",
    )
});
