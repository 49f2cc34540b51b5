use super::*;

fn namespace(prefix: &str, delimiter: char) -> Namespace {
    Namespace {
        prefix: prefix.into(),
        delimiter: Some(delimiter),
        foreign: vec![],
    }
}

fn listed(names: &[&str]) -> Vec<Listed> {
    let one = |name: &&str| {
        let (shown, marked) = match name.split_once(" \\") {
            Some((shown, "Drafts")) => (shown, Some(Folder::Drafts)),
            Some((shown, _)) => (shown, Some(Folder::Sent)),
            None => (*name, None),
        };
        Listed {
            wire: name::encode(shown),
            shown: shown.to_owned(),
            selectable: true,
            marked,
        }
    };
    names.iter().map(one).collect()
}

#[test]
fn namespaces_are_read() {
    for (text, prefix, delimiter, foreign) in [
        (r#"(("" "/")) NIL NIL"#, "", Some('/'), vec![]),
        (
            r##"(("INBOX." ".")) (("user." ".")) (("#shared." ".")("Public." "."))"##,
            "INBOX.",
            Some('.'),
            vec!["user.", "#shared.", "Public."],
        ),
        (
            r#"(("" "/" "X-PARAM" ("FLAG1" "FL)AG2"))) nil NIL"#,
            "",
            Some('/'),
            vec![],
        ),
        (r#"(("" NIL)) NIL NIL"#, "", None, vec![]),
        (r#"(("Entw&APw-rfe\\" "\\")) NIL NIL"#, "Entwürfe\\", Some('\\'), vec![]),
    ] {
        let found = Namespace::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((found.prefix.as_str(), found.delimiter), (prefix, delimiter), "{text}");
        assert_eq!(found.foreign, foreign, "{text}");
    }
    for text in ["NIL NIL NIL", "", "((", r#"(("a)) NIL NIL"#, "x"] {
        assert_eq!(Namespace::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn names_get_the_servers_prefix_and_separator() {
    for (namespace, path, full, shown) in [
        (
            namespace("INBOX.", '.'),
            "Youward/Held",
            "INBOX.Youward.Held",
            "Youward/Held",
        ),
        (namespace("", '/'), "Youward/Held", "Youward/Held", "Youward/Held"),
        (namespace("", '.'), "acme.com/Held", "acme-com.Held", "acme-com/Held"),
        (Namespace::default(), "Youward/Held", "Youward Held", "Youward Held"),
        (namespace("INBOX.", '.'), "INBOX/Drafts", "INBOX.Drafts", "Drafts"),
    ] {
        assert_eq!(namespace.full(path), full);
        assert_eq!(namespace.for_people(full), shown);
    }
}

#[test]
fn drafts_and_sent_are_found() {
    let english = MailboxSettings::default();
    for (prefix, delimiter, names, drafts, sent) in [
        // the mark counts before the name
        (
            "",
            '/',
            vec!["Drafts", "Work \\Drafts", "Sent"],
            Some("Work"),
            Some("Sent"),
        ),
        (
            "",
            '/',
            vec!["INBOX", "Entwürfe", "GESENDET"],
            Some("Entwürfe"),
            Some("GESENDET"),
        ),
        (
            "INBOX.",
            '.',
            vec!["INBOX", "INBOX.Brouillons", "INBOX.Envoyés"],
            Some("INBOX.Brouillons"),
            Some("INBOX.Envoyés"),
        ),
        // the one nearest to the root; one level down at most
        (
            "",
            '/',
            vec!["[Gmail]/Drafts", "Old/Sent", "Sent", "a/b/Drafts"],
            Some("[Gmail]/Drafts"),
            Some("Sent"),
        ),
        // never our own, never somebody else's
        (
            "",
            '/',
            vec!["Youward/Drafts", "user/bob/Sent", "shared/Drafts \\Drafts"],
            None,
            None,
        ),
        // marked for another use
        ("", '/', vec!["Drafts \\Sent"], None, Some("Drafts")),
        ("", '/', vec!["INBOX"], None, None),
    ] {
        let namespace = Namespace {
            foreign: vec!["user/".into(), "shared/".into()],
            ..namespace(prefix, delimiter)
        };
        let places = Places::new(namespace, "Youward");
        let listed = listed(&names);
        let found = |folder| places.find_own(folder, &english, &listed).map(|one| one.shown);
        assert_eq!(found(Folder::Drafts).as_deref(), drafts, "{names:?}");
        assert_eq!(found(Folder::Sent).as_deref(), sent, "{names:?}");
    }
}

#[test]
fn the_setting_goes_before_all() {
    let listed = listed(&["INBOX", "INBOX.Drafts \\Drafts", "INBOX.Kunden.Später"]);
    let places = Places::new(namespace("INBOX.", '.'), "Youward");
    for (setting, found) in [
        ("Kunden/Später", Some("INBOX.Kunden.Später")),
        ("INBOX/Kunden/Später", Some("INBOX.Kunden.Später")),
        ("inbox.Kunden.Später", Some("INBOX.Kunden.Später")),
        ("Neu", None),
    ] {
        let settings = MailboxSettings {
            drafts: Some(setting.into()),
            ..MailboxSettings::default()
        };
        let shown = places.find_own(Folder::Drafts, &settings, &listed).map(|one| one.shown);
        assert_eq!(shown.as_deref(), found, "{setting}");
    }
}

#[test]
fn what_the_server_does_not_tell_is_inferred() {
    let below = listed(&["INBOX", "INBOX.Trash"]);
    assert_eq!(Namespace::inferred(Some('.'), &below).prefix, "INBOX.");
    let beside = listed(&["INBOX", "INBOX.Trash", "Sent"]);
    assert_eq!(Namespace::inferred(Some('.'), &beside).prefix, "");
    assert_eq!(Namespace::inferred(None, &listed(&["INBOX"])).prefix, "");
}
