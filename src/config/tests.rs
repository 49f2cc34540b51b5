//! The shipped default file, the bad files of `tests/configs`, and where things are looked for.

use super::*;
use crate::proxy::{Certificate, Listen, ListenTls};
use crate::upstream::mailbox::MailboxSettings;
use crate::upstream::{Endpoint, Tls, Trust};
use std::fs;
use std::net::SocketAddr;
use tempfile::TempDir;

fn folder_with(text: &str) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("youward.toml");
    fs::write(&file, text).unwrap();
    (dir, file)
}

fn load(file: &Path) -> Result<Settings, ConfigError> {
    Settings::load_from(Some(file), Some(Path::new("/data")), &Environment::default())
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_shipped_file_is_the_defaults() {
    let settings = load(&repository().join("config/youward.toml")).unwrap();
    settings.ensure_upstream().unwrap();
    assert_eq!(settings.limits, Limits::default());
    assert_eq!(settings.timeouts, Timeouts::default());
    assert_eq!(settings.capacity, Capacity::default());
    assert_eq!(settings.web, WebSettings::default());
    let tls = ListenTls::Implicit(Certificate::default());
    let listen = |address: &str| Listen {
        address: address.parse().unwrap(),
        tls: tls.clone(),
    };
    assert_eq!(
        settings.upstreams,
        [UpstreamSettings {
            name: "corp".to_owned(),
            smtp: Endpoint {
                host: "smtp.corp.example".to_owned(),
                port: 465,
                tls: Tls::Implicit,
                trust: Trust::Platform
            },
            imap: None,
            mailboxes: MailboxSettings::default(),
            listen: vec![listen("127.0.0.1:1465"), listen("[::1]:1465")],
            listen_imap: Vec::new(),
            hide_capabilities: Vec::new(),
            require_auth: true,
            keep_credentials: Duration::from_secs(86_400),
        }]
    );
}

/// Every commented-out default, taken in, changes nothing: the comments can't go stale. Only what names a file that is
/// not there, or a second `smtp`, stays out.
#[test]
fn the_defaults_in_comments_are_the_defaults() {
    let fields = |line: &str| {
        let is_field = |rest: &str| rest.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
        let needs_files = [".pem", "standard.toml", "\"rules\"", "/srv/youward"];
        line.strip_prefix('#')
            .filter(|rest| is_field(rest) && !needs_files.iter().any(|file| rest.contains(file)))
            .map(str::to_owned)
    };
    let taken_in = DEFAULT_FILE.lines().filter_map(fields).count();
    let text: Vec<String> = DEFAULT_FILE
        .lines()
        .map(|line| fields(line).unwrap_or(line.to_owned()))
        .collect();
    let (_dir, file) = folder_with(&text.join("\n"));
    let (all, shipped) = (
        load(&file).unwrap(),
        load(&repository().join("config/youward.toml")).unwrap(),
    );
    assert!(taken_in >= 25, "{taken_in}");
    assert_eq!(
        (&all.limits, &all.timeouts, &all.capacity),
        (&shipped.limits, &shipped.timeouts, &shipped.capacity)
    );
    assert_eq!((all.resend_window, all.team), (shipped.resend_window, shipped.team));
    assert_eq!(all.web, shipped.web);
    assert_eq!(all.upstreams[0].listen, shipped.upstreams[0].listen);
    assert_eq!(all.upstreams[0].imap.as_ref().unwrap().port, 993);
    assert_eq!(all.upstreams[0].mailboxes.prefix, shipped.upstreams[0].mailboxes.prefix);
}

/// Each file begins with the faults it must have, in order: `# expect: line:column: field: message`. `…` stands for
/// anything.
#[test]
fn bad_files_are_refused_at_the_right_place() {
    let mut files: Vec<PathBuf> = fs::read_dir(repository().join("tests/configs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    assert!(files.len() >= 20, "{}", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let expected: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("# expect: ")).collect();
        assert!(!expected.is_empty(), "{} expects nothing", file.display());
        let name = format!("{}:", file.display());
        let told: Vec<String> = match load(&file) {
            Ok(_) => vec!["accepted".to_owned()],
            Err(error) => error
                .faults()
                .iter()
                .map(|fault| fault.to_string().replacen(&name, "", 1))
                .collect(),
        };
        let same = told.len() == expected.len()
            && told
                .iter()
                .zip(&expected)
                .all(|(told, expected)| matches(told, expected));
        if !same {
            wrong.push(format!("{name}\n  expected {expected:#?}\n  told {told:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn matches(told: &str, expected: &str) -> bool {
    let mut pieces = expected.split('…');
    let mut rest = pieces.next().and_then(|first| told.strip_prefix(first));
    for piece in pieces {
        rest = rest.and_then(|rest| rest.find(piece).and_then(|at| rest.get(at + piece.len()..)));
    }
    rest.is_some_and(|rest| rest.is_empty() || expected.ends_with('…'))
}

#[test]
fn everything_can_be_set() {
    let (dir, file) = folder_with(
        r#"
        data_dir = "kept"
        team = true
        [[upstream]]
        name = "corp"
        require_auth = false
        smtp = { host = "::1", port = 2525, tls = "none" }
        imap = { host = "imap.corp.example", tls = "starttls", ca = "ca.pem" }
        [upstream.mailboxes]
        drafts = "Entwürfe"
        sent = "Archiv/Gesendet"
        prefix = "Ansprache"
        [[upstream.listen]]
        address = "0.0.0.0:465"
        certificate = "ca.pem"
        key = "key.pem"
        [[upstream.listen]]
        address = "127.0.0.2:1587"
        tls = "starttls"
        [[upstream.listen]]
        address = "[::1]:2526"
        tls = "none"
        [limits]
        content = 1024
        recipients = 5
        [timeouts]
        command = "1h30m"
        data_rate = 0
        [capacity]
        connections = 7
        same_user_only = false
        [store]
        resend_window = "2d"
        [standard]
        file = "standard.toml"
        [rules]
        dir = "rules"
        [web]
        listen = "localhost:0"
        "#,
    );
    let at = |name: &str| dir.path().join(name);
    let pair = rcgen::generate_simple_self_signed(["corp.example".to_owned()]).unwrap();
    fs::write(at("ca.pem"), pair.cert.pem()).unwrap();
    fs::write(at("key.pem"), pair.signing_key.serialize_pem()).unwrap();
    fs::write(at("standard.toml"), "").unwrap();
    fs::create_dir(at("rules")).unwrap();

    let settings = Settings::load_from(Some(&file), None, &Environment::default()).unwrap();
    assert!(settings.team);
    assert_eq!(settings.data_dir, at("kept"));
    assert_eq!((settings.limits.content, settings.limits.recipients), (1024, 5));
    assert_eq!(
        (settings.timeouts.command, settings.timeouts.data_rate),
        (Duration::from_secs(5400), 0)
    );
    assert_eq!(
        (settings.capacity.connections, settings.capacity.connections_per_address),
        (7, 7)
    );
    assert!(!settings.capacity.same_user_only);
    assert_eq!(settings.resend_window, Duration::from_secs(172_800));
    assert_eq!(
        (settings.standard_file, settings.rules_dir),
        (Some(at("standard.toml")), Some(at("rules")))
    );
    assert_eq!(
        settings.web.listen,
        ["127.0.0.1:0".parse::<SocketAddr>().unwrap(), "[::1]:0".parse().unwrap()]
    );
    let upstream = &settings.upstreams[0];
    assert!(!upstream.require_auth);
    assert_eq!((upstream.smtp.port, upstream.smtp.tls), (2525, Tls::None));
    let mailboxes = MailboxSettings {
        drafts: Some("Entwürfe".to_owned()),
        sent: Some("Archiv/Gesendet".to_owned()),
        prefix: "Ansprache".to_owned(),
    };
    assert_eq!(upstream.mailboxes, mailboxes);
    let imap = upstream.imap.as_ref().unwrap();
    assert_eq!(
        (imap.port, imap.tls, &imap.trust),
        (143, Tls::StartTls, &Trust::File(at("ca.pem")))
    );
    let own = Certificate {
        chain: Some(at("ca.pem")),
        key: Some(at("key.pem")),
    };
    let told: Vec<_> = upstream
        .listen
        .iter()
        .map(|listen| (listen.address.to_string(), listen.tls.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("0.0.0.0:465".to_owned(), ListenTls::Implicit(own)),
            ("127.0.0.2:1587".to_owned(), ListenTls::StartTls(Certificate::default())),
            ("[::1]:2526".to_owned(), ListenTls::None),
        ]
    );
}

#[test]
fn the_settings_file_is_looked_for_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let place = |name: &str| {
        let folder = dir.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("youward.toml"), "").unwrap();
        folder
    };
    let (given, named) = (place("given").join("youward.toml"), place("named").join("youward.toml"));
    let mut environment = Environment {
        config: Some(named.clone()),
        user_config: Some(place("user")),
        system_config: Some(place("system")),
        user_data: Some(PathBuf::from("/data")),
        ..Environment::default()
    };
    let found = |explicit: Option<&Path>, environment: &Environment| {
        Settings::load_from(explicit, None, environment).unwrap().file
    };
    assert_eq!(found(Some(&given), &environment), Some(given.clone()));
    assert_eq!(found(None, &environment), Some(named));
    environment.config = None;
    assert_eq!(found(None, &environment), Some(dir.path().join("user/youward.toml")));
    fs::remove_dir_all(dir.path().join("user")).unwrap();
    assert_eq!(found(None, &environment), Some(dir.path().join("system/youward.toml")));
    environment.system_config = None;
    assert_eq!(found(None, &environment), None);
}

#[test]
fn a_named_file_must_be_there() {
    let missing = Path::new("/nonexistent/youward.toml");
    let error = load(missing).unwrap_err().to_string();
    assert!(
        error.starts_with("/nonexistent/youward.toml: can't be read: "),
        "{error}"
    );
    let environment = Environment {
        config: Some(missing.to_owned()),
        ..Environment::default()
    };
    assert!(Settings::load_from(None, None, &environment).is_err());
    assert!(
        load(&repository())
            .unwrap_err()
            .to_string()
            .ends_with("can't be read: it is a folder")
    );
}

#[test]
fn the_data_folder_is_looked_for_in_order() {
    let (dir, file) = folder_with("data_dir = \"kept\"");
    let mut environment = Environment {
        data_dir: Some("/variable".into()),
        state_directory: Some("/systemd".into()),
        user_data: Some("/user".into()),
        ..Environment::default()
    };
    let found = |named: Option<&str>, file: Option<&Path>, environment: &Environment| {
        Settings::load_from(file, named.map(Path::new), environment)
            .unwrap()
            .data_dir
    };
    assert_eq!(found(Some("/named"), Some(&file), &environment), Path::new("/named"));
    assert_eq!(found(None, Some(&file), &environment), Path::new("/variable"));
    environment.data_dir = None;
    assert_eq!(found(None, Some(&file), &environment), dir.path().join("kept"));
    assert_eq!(found(None, None, &environment), Path::new("/systemd"));
    environment.state_directory = None;
    assert_eq!(found(None, None, &environment), Path::new("/user"));
    let error = Settings::load_from(None, None, &Environment::default())
        .unwrap_err()
        .to_string();
    assert!(error.contains("--data-dir"), "{error}");
}

#[test]
fn running_needs_an_upstream_and_nothing_else_does() {
    let settings = Settings::load_from(None, Some(Path::new("/data")), &Environment::default()).unwrap();
    assert_eq!(settings.resend_window, Duration::from_secs(86_400));
    let error = settings.ensure_upstream().unwrap_err().to_string();
    assert!(
        error.starts_with("youward.toml: there are no settings; expected an [[upstream]]"),
        "{error}"
    );
}
