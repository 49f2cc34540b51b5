//! What people decide on the page happens, and nothing else.

use super::scene::Scene;
use crate::support::letters;
use crate::support::wait::eventually;
use crate::support::youward::HOLDING;
use youward::store::State;

#[test]
fn allowed_on_the_page_then_sent_again_and_delivered() {
    let scene = Scene::new();
    let letter = letters::selfish();
    let id = scene.stopped(&letter);
    let browser = scene.sign_in();
    assert!(browser.page("/").contains("Our award-winning platform"));
    let page = browser.page(&format!("/mail/{id}"));
    for part in ["Nobody received it.", "<mark class=\"strong\">", "Allow as written"] {
        assert!(page.contains(part), "{part}: {page}");
    }

    let unsaid = browser.post(&format!("/mail/{id}/allow"), &[("reason", " ")]);
    assert_eq!(unsaid.status, 409);
    assert!(
        unsaid.body.contains("Say in a few words why; the audit keeps it."),
        "{}",
        unsaid.body
    );
    assert_eq!(scene.ledger.state(&id), State::Returned);

    let answer = browser.post(&format!("/mail/{id}/allow"), &[("reason", "Pat asked <b>for</b> it")]);
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, format!("/mail/{id}?done=allow").as_str())
    );
    let page = browser.page(&format!("/mail/{id}?done=allow"));
    assert!(page.contains("Allowed. Send the same mail again"), "{page}");
    assert!(page.contains("Pat asked &#60;b&#62;for&#60;/b&#62; it"), "{page}");
    assert_eq!(scene.submit(&letter).code, 250);
    eventually("delivery", || (scene.upstream.accepted().len() == 1).then_some(()));
    assert_eq!(scene.upstream.accepted()[0].octets, letter.octets);
    eventually("the end", || (scene.ledger.state(&id) == State::Sent).then_some(()));
    assert!(
        browser
            .page(&format!("/mail/{id}"))
            .contains("It has gone to its recipients")
    );

    let again = browser.post(&format!("/mail/{id}/discard"), &[("reason", "late")]);
    assert_eq!(again.status, 409);
    assert!(again.body.contains("there is nothing left to decide"), "{}", again.body);
    let audit = browser.page("/audit?q=allowed");
    assert!(
        audit.contains("Pat asked &#60;b&#62;") && audit.contains(&id),
        "{audit}"
    );
}

#[test]
fn released_on_the_page_it_goes_exactly_as_written() {
    let scene = Scene::with(HOLDING, "");
    let letter = letters::selfish();
    let id = scene.stopped(&letter);
    let browser = scene.sign_in();
    assert!(browser.page(&format!("/mail/{id}")).contains("Release as written"));
    let answer = browser.post(&format!("/mail/{id}/release"), &[("reason", "as agreed")]);
    assert_eq!(answer.status, 303, "{answer:?}");
    eventually("delivery", || (scene.upstream.accepted().len() == 1).then_some(()));
    assert_eq!(scene.upstream.accepted()[0].octets, letter.octets);
    eventually("the end", || (scene.ledger.state(&id) == State::Sent).then_some(()));
}

#[test]
fn where_the_standard_lets_nobody_release_the_page_does_not_either() {
    let scene = Scene::with(HOLDING, "[release]\nby = \"approver\"\n");
    let id = scene.stopped(&letters::selfish());
    let browser = scene.sign_in();
    let page = browser.page(&format!("/mail/{id}"));
    assert!(
        page.contains("Only an approver may release it as it is") && !page.contains("/release\""),
        "{page}"
    );
    let answer = browser.post(&format!("/mail/{id}/release"), &[("reason", "I say so")]);
    assert_eq!(answer.status, 409);
    assert!(
        answer.body.contains("The standard asks for an approver") || answer.body.contains("approver"),
        "{}",
        answer.body
    );
    assert_eq!(scene.ledger.state(&id), State::Held);
    assert_eq!(scene.upstream.accepted(), []);
}

#[test]
fn given_up_on_the_page_its_octets_are_erased() {
    let scene = Scene::with(HOLDING, "");
    let id = scene.stopped(&letters::selfish());
    let browser = scene.sign_in();
    assert_eq!(
        browser
            .post(&format!("/mail/{id}/discard"), &[("reason", "rewritten")])
            .status,
        303
    );
    assert!(scene.ledger.record(&id).mail.is_none());
    let page = browser.page(&format!("/mail/{id}"));
    assert!(
        page.contains("It was given up.") && page.contains("Its text is not kept any more"),
        "{page}"
    );
    assert_eq!(browser.get("/mail/ZZZZZZZZ").status, 404);
    assert_eq!(
        browser.post(&format!("/mail/{id}/explode"), &[("reason", "x")]).status,
        404
    );
}

#[test]
fn the_rounds_of_a_mail_stand_side_by_side() {
    let scene = Scene::new();
    let subject = "Saving time at your Lille docks";
    let first = letters::selfish_about(subject, "");
    let before = scene.stopped(&first);
    let fields = format!("References: <{}@corp.example>\r\n", first.token);
    let second = letters::selfish_about(subject, &fields);
    assert_eq!(scene.submit_octets(&second.octets, &first.recipient()).code, 550);
    let after = eventually("the second round", || {
        let records = scene.ledger.records();
        records
            .iter()
            .find(|record| record.round == 2)
            .map(|record| record.id.0.clone())
    });
    let browser = scene.sign_in();
    let page = browser.page(&format!("/mail/{after}"));
    for part in [
        "Its rounds",
        "What changed since the round before",
        &before,
        "Round 2",
        "Still there",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(
        browser
            .page(&format!("/mail/{before}"))
            .contains("Its author wrote another one instead.")
    );
}

#[test]
fn a_release_is_taken_back_and_a_doubt_is_settled_on_the_page() {
    let scene = Scene::with(HOLDING, "");
    let browser = scene.sign_in();
    for (stands, decision, button, then) in [
        ("released", "withdraw", "Hold it again", State::Held),
        ("in-doubt", "went", "It went", State::Sent),
        ("in-doubt", "send-again", "Send it again", State::Released),
    ] {
        let id = scene.stopped(&letters::selfish());
        // As a provider leaves it that can't be reached, or that was lost before its answer.
        let sql = format!("UPDATE record SET state = '{stands}' WHERE id = '{id}'");
        assert_eq!(scene.ledger.tamper(&sql), 1);
        let page = browser.page(&format!("/mail/{id}"));
        let form = format!("action=\"/mail/{id}/{decision}\"");
        assert!(page.contains(&form) && page.contains(button), "{decision}: {page}");
        let answer = browser.post(&format!("/mail/{id}/{decision}"), &[("reason", "Pat said so")]);
        assert_eq!(answer.status, 303, "{decision}: {}", answer.body);
        let audited = scene.ledger.audit(&id);
        assert!(audited.iter().any(|row| row.why.contains("Pat said so")), "{audited:?}");
        if then != State::Released {
            assert_eq!(scene.ledger.state(&id), then, "{decision}");
        }
    }
}
