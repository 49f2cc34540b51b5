//! The small words of many languages: articles, pronouns, prepositions, conjunctions, forms of "be" and "have". They are
//! a third to a half of any running text, and few of them are shared between languages.
//!
//! In lower case, at most eight octets long.

/// A language that is told by its small words.
#[derive(Debug)]
pub(super) struct Known {
    /// ISO 639-1.
    pub(super) code: &'static str,
    /// In English.
    pub(super) name: &'static str,
    /// Parted by white space.
    pub(super) words: &'static str,
}

const fn known(code: &'static str, name: &'static str, words: &'static str) -> Known {
    Known { code, name, words }
}

/// English first. At most 32, since sets of them are bits of a word.
pub(super) const KNOWN: &[Known] = &[
    known(
        "en",
        "English",
        "the be to of and a in that have i it for not on with he as you do at this but his by from they we her she or \
         an will my one all would there their what so up out if about who get which me when can no just him into your \
         some could them than then now only its over also after how our because any these most us is are was were been \
         has had did does being am may might must should shall here where why very much many more other such both each \
         few those own same too under again once before between during while through until please thanks thank hi \
         hello regards let don didn doesn isn ll don't without within since every still",
    ),
    known(
        "de",
        "German",
        "der die das und ist nicht ein eine einen einem einer eines ich du er sie es wir ihr mich mir dich dir uns euch \
         ihnen ihre ihren ihrem ihrer mit von zu zum zur im in am an auf für bei aus nach vor über unter durch um gegen \
         ohne bis als wie wenn dass daß ob oder aber auch noch schon nur sehr mehr hat habe haben hatte hatten sind war \
         waren wird werden wurde wurden kann können könnte muss müssen soll sollen sollte möchte würde würden da so was \
         wer wo warum diese dieser dieses diesen den dem des sich kein keine man bitte danke hier dort dann denn weil \
         gerne gern geehrte herr frau hallo",
    ),
    known(
        "fr",
        "French",
        "le la les un une des du de et est que qui dans pour pas ne se sur au aux avec ce cette ces il elle nous vous \
         ils elles je tu mon ma mes votre vos notre nos leur leurs son sa ses plus par mais ou où donc être avoir avons \
         avez ont sont était très comme tout tous si en y à été fait faire peut peux cela ça bien même aussi sans sous \
         entre après avant chez quand dont merci bonjour d l qu j n",
    ),
    known(
        "es",
        "Spanish",
        "el la los las un una unos de del y que en es por con para se no al lo su sus como más pero le les me mi mis nos \
         nuestro nuestra usted ustedes este esta estos estas eso esto ha han hemos hay muy si sí ya o u son está están \
         fue ser tiene tienen también cuando donde sobre entre desde hasta sin porque qué quién cómo todo todos otra otro \
         gracias hola puede",
    ),
    known(
        "it",
        "Italian",
        "il lo la gli le un uno una di del della dei delle degli e è che in per con non si da dal dalla al alla ai alle \
         nel nella su sul sulla come più ma anche ci mi ti vi ho ha hanno abbiamo sono siamo sei era questo questa questi \
         queste suo sua suoi vostra vostro nostro nostra se o cosa chi dove quando perché molto tutti tutto essere stato \
         grazie ne",
    ),
    known(
        "nl",
        "Dutch",
        "de het een en van in is dat op te aan met voor zijn niet ik je jij u uw we wij ze zij hij ons onze er maar om ook \
         als dan bij door naar over uit tot nog al of wat wie waar hoe waarom deze dit die heb hebt heeft hebben had was \
         waren wordt worden kan kunnen moet moeten zal zullen zou zouden wel geen meer veel mijn hun haar graag",
    ),
    known(
        "pt",
        "Portuguese",
        "o a os as um uma de do da dos das e é que em no na nos nas por para com não se ao à seu sua seus suas meu minha \
         nosso nossa você vocês ele ela eles eu mais mas como foi ser está estão são tem têm temos também muito já ou \
         quando onde sobre entre até sem porque isso este esta esse essa pelo pela obrigado obrigada olá",
    ),
    known(
        "pl",
        "Polish",
        "i w we na z ze do od po za o u jest są był była było być nie że się to ten ta te tego tej tym jak ale lub oraz czy \
         co kto gdzie kiedy dla przez przy pod nad przed który która które których mi mnie nas nam pan pani pana państwo \
         mamy może można tylko już jeszcze bardzo więcej ich jego jej proszę dzień dobry",
    ),
    known(
        "sv",
        "Swedish",
        "och att det en ett i är som på av för med den de till inte om har jag vi du ni han hon er oss var vad så men från \
         vid kan ska skulle vill hade efter eller bara mycket mer när hur där här denna detta dessa vår våra ert era min \
         mitt sin sitt nu också under utan än mellan hej tack",
    ),
    known(
        "da",
        "Danish",
        "og at det en et i er som på af for med den de til ikke om har jeg vi du han hun os jer var hvad så men fra ved kan \
         skal ville vil havde efter eller kun meget mere når hvor hvordan her der denne dette disse vores jeres min mit \
         sin sit nu også under uden end mellem hej tak blev bliver",
    ),
    known(
        "no",
        "Norwegian",
        "og at det en et ei i er som på av for med den de til ikke om har jeg vi du dere han hun oss var hva så men fra ved \
         kan skal ville vil hadde etter eller bare mye mer når hvor hvordan her der denne dette disse vår våre deres min \
         mitt sin sitt nå også under uten enn mellom hei takk ble blir noen",
    ),
    known(
        "fi",
        "Finnish",
        "ja on ei se että en me te he ovat oli olen olet olemme olette hän minä sinä kun mutta tai jos niin kuin myös vain \
         nyt sekä joka jotka mitä mikä missä miten voi voimme voitte tämä tämän tätä nämä teidän meidän sen sitä ne siitä \
         vielä jo hyvin paljon kanssa jälkeen ennen hei kiitos olisi",
    ),
    known(
        "cs",
        "Czech",
        "a v na se je že to s z do o i k ve jsou jsem jsme jste není byl byla bylo být ale jako nebo co kdo kde kdy jak pro \
         při po za od nad pod před který která které by si už jen ještě také tak velmi více náš naše vaše váš vás vám nás \
         nám mi mě tento tato toto děkuji dobrý den prosím může můžete máme máte",
    ),
    known(
        "sk",
        "Slovak",
        "a v na sa je že to s z do o i k vo sú som sme ste nie bol bola bolo byť ale ako alebo čo kto kde kedy pre pri po za \
         od nad pod pred ktorý ktorá ktoré by si už len ešte tiež tak veľmi viac náš naše vaše váš vás vám nás nám mi ma \
         tento táto toto ďakujem dobrý deň prosím môže môžete máme máte",
    ),
    known(
        "tr",
        "Turkish",
        "ve bir bu da de için ile çok ne ama daha gibi en o ben sen biz siz onlar var yok mı mi mu mü değil olarak olan kadar \
         sonra önce her şey şu ki veya ya size bize bizim sizin bunu bunun olduğu merhaba nasıl neden hangi sizi bizi",
    ),
    known(
        "hu",
        "Hungarian",
        "a az és hogy nem is egy van volt de ha meg csak már még mint ez ezt azt ezek én te ő mi ti ők ki mit hol mert vagy \
         el fel lesz lehet kell nagyon több minden után előtt között önök ön önnek nekünk tisztelt",
    ),
    known(
        "ro",
        "Romanian",
        "și si în in de la cu pe un o este sunt nu că ca care pentru din sau dar mai să se al ale lui ei noi voi eu tu el ea \
         îl îi ne vă ați am ai are avem aveți au fost fi cum ce unde când foarte bine după despre prin între fără până acest \
         bună ziua dvs",
    ),
    known(
        "hr",
        "Croatian",
        "i u na je da se za s od do su sam smo ste nije bio bila bilo biti ali ili kao što tko gdje kada kako po pri iz o ne \
         koji koja koje bi već još samo vrlo više naš naša vaš vaše vam nam vas nas mi ovaj ova ovo te hvala dobar dan može \
         možete imamo",
    ),
    known(
        "sl",
        "Slovenian",
        "in je v na da se za s z od do so sem smo ste ni bil bila bilo biti ali kot kaj kdo kje kdaj kako po pri iz o ne ki \
         kateri bi že še samo zelo več naš naša vaš vaše vam nam vas nas mi ta to te hvala lahko imamo",
    ),
    known(
        "id",
        "Indonesian",
        "yang dan di ke dari ini itu untuk dengan tidak pada adalah kami kita anda saya akan telah sudah bisa dapat juga atau \
         oleh dalam karena seperti lebih ada apa siapa jika kepada para serta tersebut bapak ibu terima kasih selamat boleh \
         daripada",
    ),
    known(
        "vi",
        "Vietnamese",
        "và là của có không cho các được một những với trong này đã để tôi anh chị em chúng ta khi từ về như bạn đến thì mà \
         nhiều rất xin chào",
    ),
    known(
        "ca",
        "Catalan",
        "el la els les un una de del i que en és per amb no al als seu seva com més però vostè aquest aquesta hi ha són està \
         molt si ja o també quan on sobre entre des fins sense perquè què qui gràcies bon dia puc pot hem",
    ),
    known(
        "et",
        "Estonian",
        "ja on ei et see ma me te nad oli olen oleme kui aga või siis ka veel nii mis kes kus kuidas oma selle seda meie teie \
         teil meil väga rohkem pärast enne koos aitäh tere saab võib",
    ),
    known(
        "lv",
        "Latvian",
        "un ir ar no uz par ka kas lai nav mēs jūs es viņi bija kā bet vai arī tikai jau vēl ļoti vairāk pēc pirms šis šī \
         jūsu mūsu paldies labdien varat var",
    ),
    known(
        "lt",
        "Lithuanian",
        "ir yra su iš į apie kad kas ne mes jūs aš jie buvo kaip bet ar arba taip pat tik jau dar labai daugiau po prieš šis \
         ši jūsų mūsų ačiū laba diena galite gali už",
    ),
    known(
        "af",
        "Afrikaans",
        "die en is nie van het in dat te met vir om ons jy u my hulle sy haar wat wie waar hoe maar ook as by na oor uit tot \
         nog al of kan moet sal sou wil was word geen baie meer hierdie daardie dankie",
    ),
    known(
        "sw",
        "Swahili",
        "na ya wa kwa ni katika za la cha hii hiyo kuwa yetu yako wetu wako sisi wewe mimi lakini au pia sana kama ili bila \
         baada kabla habari asante",
    ),
    known(
        "tl",
        "Tagalog",
        "ang ng sa na at mga ay hindi po ko mo ka kami kayo ako siya ito iyon para kung may mayroon lang din rin nang natin \
         namin ninyo inyong aming salamat",
    ),
    known(
        "is",
        "Icelandic",
        "og að er í á við ekki sem það ég þú um til fyrir frá en með hann hún þetta vera eru var voru hefur hafa okkur ykkur \
         þið þeir svo líka eða hvað hvernig takk",
    ),
];
