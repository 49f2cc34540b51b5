//! The same story with a mail client that people use: mutt sends, finds its draft, edits it, and sends again.

use super::scene::{HELD_BOX, NOT_SENT, Scene};
use crate::support::letters::token;
use crate::support::process::{Ended, Process};
use crate::support::programs::need;
use crate::support::provider::PASSWORD;
use crate::support::scratch::Scratch;
use crate::support::wait::{DEADLINE, within};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use youward::store::State;

/// mutt with a home of its own, for one account.
struct Mutt {
    home: Scratch,
}

impl Mutt {
    /// Sends through Youward; its mailboxes are the provider's. Its editor puts `text` in the place of what is there.
    fn new(scene: &Scene, text: &str) -> Mutt {
        let home = Scratch::new("mutt");
        let (account, smtp, imap) = (&scene.account, scene.youward().clear_port(), scene.imap);
        home.write("text", text);
        let (new, edited) = (home.join("text"), home.join("edited"));
        let script = format!(
            "#!/bin/sh\ncat '{}' > \"$1\"\n: > '{}'\n",
            new.display(),
            edited.display()
        );
        let editor = home.write("editor", script);
        std::fs::set_permissions(&editor, PermissionsExt::from_mode(0o700)).expect("an editor that can be run");
        let user = account.replace('@', "%40");
        let settings = [
            format!("set from=\"{account}\" use_from=yes"),
            format!(
                "set smtp_url=\"smtp://{user}@127.0.0.1:{smtp}/\" smtp_pass=\"{PASSWORD}\" smtp_authenticators=plain"
            ),
            format!("set imap_user=\"{account}\" imap_pass=\"{PASSWORD}\" ssl_starttls=no ssl_force_tls=no"),
            format!("set folder=\"imap://127.0.0.1:{imap}/\" spoolfile=\"imap://127.0.0.1:{imap}/INBOX\""),
            "set record=\"=Sent\" postponed=\"=Drafts\" copy=yes confirmappend=no sleep_time=0 wait_key=no".to_owned(),
            "set abort_unmodified=no abort_nosubject=no edit_headers=no delete=yes quit=yes".to_owned(),
            format!("set editor=\"{}\"", editor.display()),
        ];
        home.write("rc", settings.join("\n"));
        Mutt { home }
    }

    fn command(&self) -> String {
        format!(
            "'{}' -n -F '{}'",
            need("mutt").display(),
            self.home.join("rc").display()
        )
    }

    /// Writes a mail and sends it.
    fn send(&self, subject: &str, to: &str, text: &str) -> Ended {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{} -s \"$0\" \"$1\"", self.command()), subject, to]);
        command.env("HOME", self.home.path());
        Process::run(command, text.as_bytes())
    }

    /// Opens the draft, edits it, and sends it, on a terminal. mutt forgets keys that are typed ahead of its editor, so the
    /// one that sends is typed, and again, from when the editor has ended until mutt has.
    fn edit_and_send_the_draft(&self) -> Ended {
        let typed = format!("{} -e \"push '<edit-message>'\" -p", self.command());
        let keys = "until [ -e \"$0\" ]; do sleep 0.1; done; while printf y 2>/dev/null; do sleep 0.3; done";
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &format!("({keys}) | '{}' -qec \"$1\" /dev/null", need("script").display()),
        ]);
        command.arg(self.home.join("edited")).arg(typed);
        command.env("HOME", self.home.path()).env("TERM", "xterm");
        Process::run(command, b"")
    }
}

#[test]
fn with_mutt_held_then_rewritten_then_delivered() {
    let scene = Scene::new("mutt", "");
    let (held, better) = (token(), token());
    let mutt = Mutt::new(
        &scene,
        &format!(
            "Hello Pat,\n\nyour carriers in Lille changed their pick-up times in March, and pallets wait half a day longer since \
             then.\nWhich of your three docks feels it most?\n\nBest wishes\nRobin\n{better}\n"
        ),
    );
    let selfish = format!(
        "Hi Pat,\n\nI would like to introduce our company. We are the leading provider of warehouse software and I want to\nshow \
         you our incredible product. Our platform is best in class. I would love to get 15 minutes on your\ncalendar this week. \
         We offer a free demo. I am reaching out because we think our solution is a great fit.\n\nRobin\n{held}\n"
    );
    let sent = mutt.send("Your docks in Lille", &scene.prospect, &selfish);
    assert!(sent.status.success(), "{sent:?}");
    let draft = scene.wait_for("Drafts", 1).remove(0);
    assert!(memchr::memmem::find(&draft.octets, held.as_bytes()).is_some());
    scene.wait_for("Sent", 0);
    scene.wait_for(HELD_BOX, 1);
    let id = scene.ledger.records().remove(0).id.0;
    assert_eq!(scene.ledger.state(&id), State::Held);

    let sent = mutt.edit_and_send_the_draft();
    assert!(sent.status.success(), "{sent:?}");
    scene.wait_state(&id, State::Superseded);
    scene.wait_idle();
    let arrived = || (scene.provider.with_word(&better) == 1).then_some(());
    assert!(within(DEADLINE, arrived).is_some(), "{}", scene.story());
    scene.provider.settle();
    let counts = [&held, &better].map(|word| scene.provider.with_word(word));
    assert_eq!(counts, [0, 1], "the recipient has the rewrite and nothing else");
    for gone in ["Drafts", HELD_BOX, NOT_SENT] {
        assert_eq!(scene.mails(gone), [], "{gone}");
    }
    let filed = scene.mails("Sent");
    assert_eq!(filed.len(), 1);
    assert!(memchr::memmem::find(&filed[0].octets, better.as_bytes()).is_some());
}
