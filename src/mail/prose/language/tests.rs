use super::*;
use crate::mail::{MaskKind, Prose};

/// English as it is written by many people, and English that is hard to tell: lists, names, numbers, addresses.
const ENGLISH: &[&str] = &[
    "Your second dock opens in June. Who tells the drivers which gate to use, and what happens when two of them arrive at once?",
    "Hi Ana,\n\nI'd love to show you our platform. Do you have 15 minutes on Thursday?\n\nBest,\nTom",
    "Kindly do the needful and revert back to us at the earliest. We are having one solution for your logistics only.",
    "Please find attached herewith the quotation as per our telecon. Do intimate if any queries from your side, please.",
    "I am write to you because our company make very good machine for pack food. We hope can cooperation with you.",
    "Dear friend, we are factory from Ningbo, we supply all kind of valve with good price, pls contact me if you interest.",
    "How far now? I dey write to ask whether the Lagos team has seen the invoice. Abeg let me know today.",
    "G'day mate, reckon the arvo slot works for the blokes at the Perth yard. Give us a bell if it doesn't, no worries.",
    "Can or not? The Jurong site close early this week lah, so we go there first then come back to your office.",
    "The data are in the annexe. I should be grateful if you would favour us with a reply by the end of the fortnight.",
    "We was thinking y'all might could use a hand with them drivers, seeing as the gate's been backed up since Monday.",
    "Thank you for the informations. I have seen that your firm is searching since two months a manager for the logistic.",
    "In the last week I was in Hamburg and I have spoken with your colleague. He said me that the trucks must wait long.",
    "I would like to make you a proposition: we pass together one hour and you explain me how functions your warehouse.",
    "Actually we are in course of verify the contract. I send you the document in the next days, so you can control it.",
    "We are agree with the price, but is necessary that you send us the samples before, because the client want to see them.",
    "Good day sir, compliments of the season. I wish to bring to your notice that the consignment has been delayed at the port.",
    "Hope this finds you well. Circling back on the deck, want to make sure it landed. Worth a chat?",
    "Quick one: gates, queues, drivers. Which of these costs you the most sleep this week, and who else on the team would say so?",
    "Order 20417: 12 pallets, gate 3, 14:00. Order 20418: 8 pallets, gate 1, 16:30. Please confirm both by noon.",
    "Attendees: Jürgen Müller (Lindqvist Foods), François Lefèvre (Acme), Søren Kjær (Nordhavn), José Peña (Puerto Sur). See you there!",
    "Our offices: Königstraße 12, 70173 Stuttgart; Rue de la Paix 5, 75002 Paris; Calle de Alcalá 30, 28014 Madrid. Visit us.",
    "Q1 1,204 1,310 8.8%\nQ2 1,180 1,402 18.8%\nQ3 1,233 1,377 11.7%\nTotals are in the sheet that I sent to you.",
    "Norvane Planner, Norvane Route, Norvane Dock and Norvane Insight now share one login, so your people sign in once.",
    "Per favore is all the Italian I know, so forgive me for the English: how do the drivers in Bergamo book their slots?",
    "The words \"Vorsprung durch Technik\" were on the slide; what did your board make of it, and what happened after?",
    "ok so the thing is. nobody knows who owns the returns. u told the panel it's ops but ops says it's finance. which is it",
    "YOUR DOCK IS FULL AND YOUR DRIVERS ARE WAITING. WE CAN HELP. CALL US TODAY AND SAVE MONEY ON EVERY PALLET.",
    "* faster booking\n* fewer calls at the gate\n* one view of all the docks for the shift lead\n\nWhich of the three matters to you?",
    "Muchas gracias for the tour, Pilar! The part that stayed with me is how the night crew hand over to the morning.",
    "Thanks.\n\nWill do.\n\nSee you there on Friday then, and please bring the list.",
    "Ahoy from Prague! We saw on your web that you opened the second warehouse in Brno, and we want ask how it goes.",
    "I have 20 years experience in the domain of transport and I permit myself to contact you because of your project in Lyon.",
    "We kindly ask to inform about the possibility of the meeting. In attachment there are documents regarding subject matter.",
    "Respected Madam, myself Rakesh from Pune. We are into manufacturing of cartons since 1998 and want to associate with you.",
    "Whilst I was at the Leeds depot, your lads said the rota's gone to pot. Is that down to the new system, d'you think?",
    "The de la Cruz and van den Berg families own the mill. Who runs it day to day, and who signs for the new line?",
    "It is the der-die-das of logistics: nobody learns it in a day. How do you train the new planners at your sites?",
    "Pls advise ETA of vessel MV Aurora at Rotterdam. Cargo ready since 12 May, agent waiting for your nomination.",
    "As we discuss on the phone yesterday, the shipment it will arrive at the customs on Tuesday and after we will see.",
];

/// Three texts each.
const OTHERS: &[(&str, [&str; 3])] = &[
    (
        "de",
        [
            "Sehr geehrte Frau Lima,\n\nwir möchten Ihnen unsere neue Plattform vorstellen und würden uns über ein kurzes Gespräch freuen.",
            "Ihr zweites Lager wird im Juni eröffnet. Wer sagt den Fahrern, welches Tor sie nehmen sollen, wenn zwei zugleich kommen?",
            "Hallo Ana, danke für die Unterlagen. Ich habe sie gelesen und mich gefragt, warum die Zahlen im März so gefallen sind.",
        ],
    ),
    (
        "fr",
        [
            "Bonjour Ana,\n\nnous aimerions vous présenter notre nouvelle plateforme et nous serions ravis d'échanger avec vous jeudi.",
            "Votre deuxième entrepôt ouvre en juin. Qui dit aux chauffeurs quelle porte prendre quand deux camions arrivent en même temps ?",
            "Merci pour les documents. Je les ai lus et je me demande pourquoi les chiffres de mars ont autant baissé chez vous.",
        ],
    ),
    (
        "es",
        [
            "Hola Ana, nos gustaría mostrarle nuestra nueva plataforma y hablar con usted el jueves sobre la apertura del almacén.",
            "Su segundo almacén abre en junio. ¿Quién les dice a los conductores qué puerta deben usar cuando llegan dos a la vez?",
            "Gracias por los documentos. Los he leído y me pregunto por qué las cifras de marzo han bajado tanto en su empresa.",
        ],
    ),
    (
        "it",
        [
            "Buongiorno Ana, vorremmo presentarle la nostra nuova piattaforma e parlare con lei giovedì della nuova apertura.",
            "Il vostro secondo magazzino apre a giugno. Chi dice agli autisti quale porta usare quando ne arrivano due insieme?",
            "Grazie per i documenti. Li ho letti e mi chiedo perché i numeri di marzo sono scesi così tanto nella vostra sede.",
        ],
    ),
    (
        "nl",
        [
            "Beste Ana, graag laten wij u ons nieuwe platform zien. Heeft u donderdag een kwartier voor een kort gesprek met ons?",
            "Uw tweede magazijn gaat in juni open. Wie vertelt de chauffeurs welke poort ze moeten nemen als er twee tegelijk komen?",
            "Dank voor de stukken. Ik heb ze gelezen en vraag me af waarom de cijfers van maart bij jullie zo gedaald zijn.",
        ],
    ),
    (
        "pt",
        [
            "Olá Ana, gostaríamos de mostrar a nossa nova plataforma e de falar com você na quinta-feira sobre o novo armazém.",
            "O seu segundo armazém abre em junho. Quem diz aos motoristas qual é o portão quando dois chegam ao mesmo tempo?",
            "Obrigado pelos documentos. Eu li tudo e não sei por que os números de março caíram tanto na sua empresa.",
        ],
    ),
    (
        "pl",
        [
            "Dzień dobry, chcielibyśmy pokazać Państwu naszą nową platformę i porozmawiać w czwartek o tym, jak działa nowy magazyn.",
            "Drugi magazyn otwiera się w czerwcu. Kto mówi kierowcom, do której bramy mają jechać, gdy dwóch przyjeżdża na raz?",
            "Dziękuję za dokumenty. Przeczytałem je i nie wiem, dlaczego wyniki za marzec są u Państwa tak niskie.",
        ],
    ),
    (
        "sv",
        [
            "Hej Ana, vi skulle gärna vilja visa vår nya plattform för er. Har du en kvart på torsdag för ett kort samtal med oss?",
            "Ert andra lager öppnar i juni. Vem säger till förarna vilken port de ska ta när två av dem kommer samtidigt?",
            "Tack för handlingarna. Jag har läst dem och undrar varför siffrorna för mars har fallit så mycket hos er.",
        ],
    ),
    (
        "da",
        [
            "Hej Ana, vi vil gerne vise jer vores nye platform. Har du et kvarter på torsdag til en kort samtale med os?",
            "Jeres andet lager åbner i juni. Hvem siger til chaufførerne, hvilken port de skal bruge, når der kommer to af dem?",
            "Tak for papirerne. Jeg har læst dem og tænker på, hvorfor tallene for marts er faldet så meget hos jer.",
        ],
    ),
    (
        "no",
        [
            "Hei Ana, vi vil gjerne vise dere vår nye plattform. Har du et kvarter på torsdag til en kort samtale med oss?",
            "Det andre lageret deres åpner i juni. Hvem sier til sjåførene hvilken port de skal bruke når det kommer to av dem?",
            "Takk for papirene. Jeg har lest dem og lurer på hvorfor tallene for mars har falt så mye hos dere.",
        ],
    ),
    (
        "fi",
        [
            "Hei Ana, haluaisimme esitellä teille uuden palvelumme. Onko sinulla torstaina hetki aikaa, niin kertoisimme siitä lisää?",
            "Toinen varastonne avataan kesäkuussa. Kuka kertoo kuljettajille, mitä porttia he käyttävät, kun kaksi autoa on paikalla?",
            "Kiitos papereista. Olen lukenut ne ja mietin, miksi maaliskuun luvut ovat laskeneet niin paljon teidän yhtiössä.",
        ],
    ),
    (
        "cs",
        [
            "Dobrý den, rádi bychom Vám ukázali naši novou platformu. Máte ve čtvrtek čtvrt hodiny na krátký hovor s námi?",
            "Váš druhý sklad se otevírá v červnu. Kdo řekne řidičům, kterou bránu mají použít, když přijedou dva najednou?",
            "Děkuji za podklady. Přečetl jsem je a nevím, proč jsou čísla za březen u vás tak nízká.",
        ],
    ),
    (
        "tr",
        [
            "Merhaba Ana, size yeni platformumuzu göstermek isteriz. Bu hafta bizim için on beş dakika var mı ve ne zaman uygun?",
            "İkinci deponuz bu yaz açılıyor. Sürücülere hangi kapıyı kullanacaklarını kim söylüyor ve ne zaman?",
            "Belgeler için çok teşekkürler. Hepsini okudum ama bu rakamların neden bu kadar düştüğünü çok merak ediyorum.",
        ],
    ),
    (
        "hu",
        [
            "Tisztelt Hölgyem, szeretnénk bemutatni az új rendszert, és egy rövid beszélgetést kérnénk, ha van egy kis ideje a héten.",
            "A második raktár júniusban nyit meg. Ki mondja meg a sofőröknek, hogy melyik kapu az övék, ha ketten is jönnek?",
            "Köszönöm az iratokat. Elolvastam, és nem értem, hogy miért esett ennyit az eredmény, de ezt majd még megbeszéljük.",
        ],
    ),
    (
        "ro",
        [
            "Bună ziua, am vrea să vă arătăm noua noastră platformă și să vorbim cu dumneavoastră joi despre ce este nou.",
            "Al doilea depozit se deschide în iunie. Cine le spune șoferilor ce poartă să folosească atunci când sunt doi?",
            "Mulțumesc pentru documente. Le-am citit și nu știu de ce au scăzut cifrele din martie, dar este important să aflăm.",
        ],
    ),
    (
        "sk",
        [
            "Dobrý deň, radi by sme Vám ukázali našu novú platformu. Máte vo štvrtok chvíľu na krátky hovor, ako to už máme?",
            "Váš druhý sklad sa otvára v júni. Kto povie vodičom, ktorú bránu majú použiť, keď sú tam už dvaja?",
            "Ďakujem za podklady. Prečítal som ich a neviem, prečo sú čísla za marec u vás také nízke, ale pozriem sa na to.",
        ],
    ),
    (
        "hr",
        [
            "Poštovani, htjeli bismo vam pokazati našu novu platformu. Imate li u četvrtak malo vremena za razgovor o tome što je novo?",
            "Vaše drugo skladište se otvara u lipnju. Tko kaže vozačima koja su vrata za njih kada ih je više?",
            "Hvala na dokumentima. Pročitao sam ih i ne znam zašto su brojke za ožujak tako pale, ali to nije tako važno.",
        ],
    ),
    (
        "id",
        [
            "Selamat pagi Ibu Ana, kami ingin memperkenalkan layanan baru kami dan kami akan senang jika Ibu dapat bertemu dengan kami.",
            "Gudang kedua akan dibuka pada bulan Juni. Siapa yang memberi tahu sopir pintu mana yang harus digunakan untuk masuk?",
            "Terima kasih untuk dokumen ini. Saya sudah membaca semua dan tidak tahu apa yang terjadi dengan angka pada bulan Maret.",
        ],
    ),
    (
        "ca",
        [
            "Hola Ana, ens agradaria mostrar la nostra nova plataforma i parlar amb vostè dijous sobre el que és més nou aquest any.",
            "El seu segon magatzem obre al juny. Qui diu als conductors quina porta és la bona quan hi ha dos camions?",
            "Gràcies per la documentació. L'he llegit i no sé per què les xifres de març són tan baixes, però hi ha temps.",
        ],
    ),
    (
        "et",
        [
            "Tere Ana, me tahaksime teile näidata oma uut teenust. Kas teil on neljapäeval veidi aega ja kas see sobib ka meie jaoks?",
            "Teie teine ladu avatakse juunis. Kes ütleb juhtidele, mis värav on nende oma, kui neid on rohkem kui üks?",
            "Aitäh dokumentide eest. Ma lugesin neid ja ei tea, kuidas see nii läks, aga me võime veel rääkida.",
        ],
    ),
    (
        "ru",
        [
            "Добрый день, Анна! Мы хотели бы показать вам нашу новую платформу и договориться о коротком разговоре в четверг.",
            "Ваш второй склад открывается в июне. Кто говорит водителям, какие ворота им нужны?",
            "Спасибо за документы. Я их прочитал и не понимаю, почему цифры за март так упали.",
        ],
    ),
    (
        "el",
        [
            "Καλημέρα σας, θα θέλαμε να σας δείξουμε τη νέα μας πλατφόρμα και να μιλήσουμε την Πέμπτη.",
            "Η δεύτερη αποθήκη σας ανοίγει τον Ιούνιο. Ποιος λέει στους οδηγούς ποια πύλη να πάρουν;",
            "Ευχαριστώ για τα έγγραφα. Τα διάβασα και δεν καταλαβαίνω γιατί έπεσαν τόσο τα νούμερα του Μαρτίου.",
        ],
    ),
    (
        "ja",
        [
            "アナ様、いつもお世話になっております。弊社の新しいサービスをご紹介させていただきたく、ご連絡いたしました。",
            "二つ目の倉庫は六月に開きますが、運転手には誰がどの門を使うか伝えているのでしょうか。",
            "資料をありがとうございました。三月の数字がなぜこれほど下がったのかが気になっています。",
        ],
    ),
    (
        "zh",
        [
            "您好，我们是一家专业的物流软件公司，希望能有机会向您介绍我们的新产品，不知您本周是否方便通话？",
            "贵公司的第二个仓库将于六月启用，请问由谁来告诉司机应该走哪一个大门？",
            "谢谢您发来的文件。我已经看过了，想知道为什么三月份的数字下降了这么多。",
        ],
    ),
    (
        "ko",
        [
            "안녕하세요, 저희 회사의 새로운 서비스를 소개해 드리고 싶어서 연락드렸습니다. 이번 주에 시간이 있으신가요?",
            "두 번째 창고가 유월에 문을 엽니다. 기사님들에게 어느 문을 써야 하는지 누가 알려 주나요?",
            "자료를 보내 주셔서 감사합니다. 삼월 숫자가 왜 이렇게 떨어졌는지 궁금합니다.",
        ],
    ),
    (
        "ar",
        [
            "مرحبا، نود أن نعرض عليكم منصتنا الجديدة ونرجو أن يكون لديكم وقت قصير للحديث معنا يوم الخميس.",
            "سيفتح مستودعكم الثاني في يونيو. من يخبر السائقين أي بوابة يستخدمون؟",
            "شكرا على الوثائق. لقد قرأتها وأتساءل لماذا انخفضت أرقام شهر مارس إلى هذا الحد.",
        ],
    ),
];

#[test]
fn english_of_every_kind_is_english() {
    for text in ENGLISH {
        let prose = Prose::from_text(text);
        assert!(prose.language.is_readable(), "{:?}: {text}", prose.language);
        assert!(prose.masks.iter().all(|mask| mask.kind != MaskKind::Language), "{text}");
    }
    let told = ENGLISH
        .iter()
        .filter(|text| Prose::from_text(text).language == Language::English)
        .count();
    assert!(told >= ENGLISH.len() - 4, "{told} of {}", ENGLISH.len());
}

#[test]
fn other_languages_are_told_and_named() {
    for (expected, texts) in OTHERS {
        for text in texts {
            match Prose::from_text(text).language {
                Language::Other { code, confidence, .. } => {
                    assert_eq!(code, *expected, "{text}");
                    assert!((50..=100).contains(&confidence), "{confidence}: {text}");
                }
                language => panic!("{language:?}, not {expected}: {:?} {text}", Tally::<Each>::of(text)),
            }
        }
    }
}

#[test]
fn a_paragraph_in_another_language_is_masked() {
    for (code, texts) in OTHERS {
        let [foreign, ..] = texts;
        let foreign = foreign.replace('\n', " ");
        let text = format!("{}\n\n{foreign}\n\n{}\n", ENGLISH[0], ENGLISH[25]);
        let prose = Prose::from_text(&text);
        assert_eq!(prose.language, Language::English, "{code}");
        let masked: Vec<&str> = prose.masks.iter().map(|mask| &text[mask.range.clone()]).collect();
        let words = Tally::<Each>::of(&foreign).words;
        if words >= FEWEST_OF_PARAGRAPH {
            assert_eq!(masked, [foreign.as_str()], "{code}: {words}");
            assert_eq!(prose.masks[0].kind, MaskKind::Language);
            assert_eq!(prose.passages.len(), 2, "{code}");
        }
    }
}

#[test]
fn a_little_english_does_not_make_a_mail_english() {
    let text = format!(
        "{}\n\n{}\n\n{}\n\nWe make your dock work for you.\n",
        OTHERS[0].1[0], OTHERS[0].1[1], OTHERS[0].1[2]
    );
    let prose = Prose::from_text(&text);
    assert_eq!(
        (prose.language.name(), prose.language.is_readable()),
        (Some("German"), false)
    );
}

#[test]
fn little_text_tells_nothing() {
    for text in [
        "",
        "Hallo Frau Lima,",
        "Sehr geehrte Damen und Herren,",
        "12 + 14",
        "Merci !",
        "Привет",
    ] {
        assert_eq!(Prose::from_text(text).language, Language::Unknown, "{text}");
    }
    assert_eq!(Language::Unknown.name(), None);
    assert_eq!(Language::English.name(), Some("English"));
}

#[test]
fn quotes_and_signatures_have_no_say() {
    let quoted: String = OTHERS[0]
        .1
        .iter()
        .map(|text| format!("> {}\n", text.replace('\n', " ")))
        .collect();
    let prose = Prose::from_text(&format!("{}\n\n{quoted}\n-- \n{}\n", ENGLISH[0], OTHERS[0].1[1]));
    assert_eq!(prose.language, Language::English);
}

#[test]
fn the_words_fit_the_table() {
    assert!(KNOWN.len() <= 32);
    for known in KNOWN {
        for word in known.words.split_ascii_whitespace() {
            assert!(word.len() <= 8 || known.code == "vi", "{word} is too long");
            assert_eq!(word.to_lowercase(), word);
        }
    }
}
