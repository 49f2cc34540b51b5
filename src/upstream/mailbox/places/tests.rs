use super::super::name;
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
            Some((shown, "Archive")) => (shown, Some(Folder::Archive)),
            Some((shown, "All")) => (shown, Some(Folder::All)),
            Some((shown, _)) => (shown, Some(Folder::Sent)),
            None => (*name, None),
        };
        Listed {
            wire: name::encode(shown),
            shown: shown.to_owned(),
            selectable: true,
            is_trash: false,
            marked,
        }
    };
    names.iter().map(one).collect()
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
fn the_archive_and_all_mail_are_found() {
    for (names, archive, all) in [
        (vec!["INBOX", "Archive", "Old \\Archive"], Some("Old"), None),
        (vec!["INBOX", "2024/Archiv", "ARCHIV"], Some("ARCHIV"), None),
        (vec!["Архив", "All Mail"], Some("Архив"), None),
        (
            vec!["[Gmail]/Todos \\All", "Archive \\Sent"],
            None,
            Some("[Gmail]/Todos"),
        ),
        (vec!["Youward/Archive", "user/bob/Archive", "a/b/Archive"], None, None),
    ] {
        let namespace = Namespace {
            foreign: vec!["user/".into()],
            ..namespace("", '/')
        };
        let places = Places::new(namespace, "Youward");
        let listed = listed(&names);
        let found = |folder| {
            let found = places.find_own(folder, &MailboxSettings::default(), &listed);
            found.map(|one| one.shown)
        };
        assert_eq!(found(Folder::Archive).as_deref(), archive, "{names:?}");
        assert_eq!(found(Folder::All).as_deref(), all, "{names:?}");
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
