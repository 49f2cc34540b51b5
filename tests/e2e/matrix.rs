//! Real clients, the real provider, every disposition, every kind of listener.

use crate::support::letters::{self, Letter, assert_same};
use crate::support::mua::{Account, MUAS, Mua};
use crate::support::process::Ended;
use crate::support::provider::{Provider, UNKNOWN, provider};
use crate::support::wait::eventually;
use crate::support::youward::{ANNOTATING, HELD, HOLDING, Kept, RETURNING, Setup, Standard, Youward};

const LISTENERS: [&str; 3] = ["none", "implicit", "starttls"];

#[test]
fn passed_mail_arrives_octet_for_octet() {
    let provider = provider();
    let youward = youward(provider, RETURNING, "implicit");
    for_every_client_and_listener(&youward, |mua, account| {
        let letter = letters::kind();
        let sent = mua.send(account, &letter);
        assert!(sent.status.success(), "{sent:?}\n{}", youward.log());
        assert_says(&sent, "queued as");
        assert_same(&provider.arrived(&letter), &letter.octets, "the mail that arrived");
    });
    assert!(kept(&youward).is_empty(), "nothing is kept of mail that passed");
}

#[test]
fn annotated_mail_arrives_octet_for_octet() {
    let provider = provider();
    let youward = youward(provider, ANNOTATING, "none");
    let sent = for_every_client_and_listener(&youward, |mua, account| {
        let letter = letters::selfish();
        let sent = mua.send(&to_its_own(account, &letter), &letter);
        assert!(sent.status.success(), "{sent:?}\n{}", youward.log());
        assert_says(&sent, "queued as");
        assert_same(&provider.arrived(&letter), &letter.octets, "the mail that arrived");
    });
    // What passed is written down soon after, not before its reply.
    let kept = eventually("one record for each", || {
        Some(kept(&youward)).filter(|kept| kept.len() == sent)
    });
    assert!(kept.iter().all(|record| record.state == "annotated"), "{kept:?}");
}

#[test]
fn returned_mail_is_refused_with_reasons_and_goes_nowhere() {
    let provider = provider();
    let youward = youward(provider, RETURNING, "starttls");
    let letters = std::sync::Mutex::new(Vec::new());
    for_every_client_and_listener(&youward, |mua, account| {
        let letter = letters::selfish();
        let sent = mua.send(&to_its_own(account, &letter), &letter);
        assert!(!sent.status.success(), "{sent:?}\n{}", youward.log());
        assert_says(&sent, "550");
        assert_says(&sent, "5.7.1");
        letters.lock().unwrap().push(letter);
    });
    assert_kept_and_not_sent(provider, &youward, &letters.into_inner().unwrap(), "returned");
}

#[test]
fn held_mail_is_taken_into_custody_and_goes_nowhere() {
    let provider = provider();
    let youward = youward(provider, HOLDING, "implicit");
    let letters = std::sync::Mutex::new(Vec::new());
    for_every_client_and_listener(&youward, |mua, account| {
        let letter = letters::selfish();
        let sent = mua.send(&to_its_own(account, &letter), &letter);
        assert!(sent.status.success(), "{sent:?}\n{}", youward.log());
        assert_says(&sent, HELD);
        letters.lock().unwrap().push(letter);
    });
    assert_kept_and_not_sent(provider, &youward, &letters.into_inner().unwrap(), "held");
}

#[test]
fn the_authors_consent_lets_the_identical_mail_pass_once() {
    let provider = provider();
    let youward = youward(provider, RETURNING, "implicit");
    let account = Account::new(youward.clear_port(), "none", provider.ca.clone());
    let letter = letters::selfish();
    assert!(!Mua::Smtplib.send(&account, &letter).status.success());
    assert!(
        !Mua::Smtplib.send(&account, &letter).status.success(),
        "an identical resend gets the same answer"
    );
    let kept = kept(&youward);
    assert_eq!(kept.len(), 1, "and is kept once: {kept:?}");
    let allowed = youward
        .house()
        .held(&["allow", &kept[0].id, "--reason", "they asked for exactly this"]);
    assert!(allowed.status.success(), "{allowed:?}");

    let mut other = letter.clone();
    other.octets.extend_from_slice(b"PS: one more thing\r\n");
    assert!(
        !Mua::Smtplib.send(&account, &other).status.success(),
        "consent is to exactly those octets"
    );
    let sent = Mua::Smtplib.send(&account, &letter);
    assert!(sent.status.success(), "{sent:?}");
    assert_same(&provider.arrived(&letter), &letter.octets, "the mail that arrived");
    assert!(
        !Mua::Smtplib.send(&account, &letter).status.success(),
        "consent is used up"
    );
    provider.settle();
    assert_eq!(provider.copies(&letter).len(), 1);
}

#[test]
fn what_the_provider_refuses_every_client_is_told() {
    let provider = provider();
    let youward = youward(provider, RETURNING, "implicit");
    for_every_client_and_listener(&youward, |mua, account| {
        let stranger = Account {
            to: UNKNOWN,
            ..account.clone()
        };
        let refused = mua.send(&stranger, &letters::kind());
        assert!(!refused.status.success(), "{refused:?}");
        assert_says(&refused, "User unknown in virtual mailbox table");
        let forgetful = Account {
            password: "wrong",
            ..account.clone()
        };
        let refused = mua.send(&forgetful, &letters::kind());
        assert!(!refused.status.success(), "{refused:?}");
        assert_says(&refused, "535");
    });
}

/// Youward before the provider's port with this TLS, with every kind of listener.
fn youward(provider: &Provider, standard: Standard, upstream_tls: &str) -> Youward {
    let setup = match upstream_tls {
        "none" => Setup {
            require_auth: true,
            ..Setup::clear(provider.clear)
        },
        "implicit" => Setup::tls(provider.implicit, "implicit", &provider.ca),
        _ => Setup::tls(provider.starttls, "starttls", &provider.ca),
    };
    Youward::start(
        &Setup {
            listeners: LISTENERS.to_vec(),
            all_rules: true,
            ..setup
        }
        .standard(standard),
    )
}

/// Runs the clients at the same time, each over every listener. Gives the number of runs.
fn for_every_client_and_listener(youward: &Youward, each: impl Fn(Mua, &Account) + Sync) -> usize {
    let each = &each;
    std::thread::scope(|scope| {
        for mua in MUAS {
            scope.spawn(move || {
                for tls in LISTENERS {
                    let account = Account::new(youward.port(tls), tls, youward.loopback_certificate());
                    println!("{mua:?} over {tls}");
                    each(mua, &account);
                }
            });
        }
    });
    MUAS.len() * LISTENERS.len()
}

/// To somebody whom no other letter is for: of two such letters to one person the second would be the first's rewrite.
fn to_its_own(account: &Account, letter: &Letter) -> Account {
    let to = format!("pat+{}@customer.example", letter.token);
    Account {
        to: Box::leak(to.into_boxed_str()),
        ..account.clone()
    }
}

fn kept(youward: &Youward) -> Vec<Kept> {
    youward.house().kept()
}

fn assert_kept_and_not_sent(provider: &Provider, youward: &Youward, letters: &[Letter], state: &str) {
    let kept = kept(youward);
    assert_eq!(kept.len(), letters.len());
    for record in &kept {
        assert_eq!(record.state, state, "{}", record.json);
        let raw = youward.house().raw(&record.id);
        let letter = letters
            .iter()
            .find(|letter| letter.is_in(&raw))
            .expect("a record of a mail that was sent");
        assert_same(&raw, &letter.octets, "the mail that is kept");
    }
    provider.settle();
    for letter in letters {
        assert_eq!(provider.copies(letter).len(), 0, "nothing of it reached the recipient");
    }
}

fn assert_says(ended: &Ended, words: &str) {
    assert!(
        ended.stdout.contains(words) || ended.stderr.contains(words),
        "no {words:?} in {ended:?}"
    );
}
