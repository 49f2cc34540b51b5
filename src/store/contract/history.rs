//! What every store must do with earlier mail.

use super::noon;
use crate::reading::{Category, ProspectingClass, Sketch, Whom};
use crate::store::{Acquainted, Answer, Histories, Lesson, Owner, Scan, SentMail};
use std::sync::Arc;

type Shared = Arc<dyn Histories>;

fn ana() -> Owner {
    Owner::new("corp", "ana@seller.example")
}

fn ben() -> Owner {
    Owner::new("corp", "ben@seller.example")
}

fn whom(person: u8, organisation: u8) -> Whom {
    Whom {
        person: [person; 16],
        organisation: [organisation; 16],
    }
}

fn sketch(n: u8) -> Sketch {
    Sketch::from_bytes(&[2, n, n, n, n]).unwrap()
}

fn sent(n: u8, minutes: i64) -> SentMail {
    SentMail {
        owner: ana(),
        message: [n; 16],
        at: noon(minutes),
        elsewhere: false,
        class: ProspectingClass::Yes,
        score: Some(42),
        categories: vec![Category::Want, Category::Sell],
        sketch: Some(sketch(n)),
        to: vec![whom(n, 9), whom(1, 9)],
    }
}

fn scan(mailbox: &str, done: u32) -> Scan {
    Scan {
        mailbox: mailbox.to_owned(),
        uid_validity: 7,
        lowest: 4_000_000_000,
        highest: 4_294_967_295,
        mails: 900,
        done,
        whole_at: (done == 900).then(|| noon(3)),
        looked_at: noon(2),
    }
}

pub(in crate::store) async fn nobody_is_known_before_anything_is_learned(store: Shared) {
    assert_eq!(store.scans(None).await.unwrap(), []);
    let asked = [whom(1, 2), whom(3, 2)];
    assert_eq!(
        store.acquainted(&ana(), &asked).await.unwrap(),
        [Acquainted::default(); 2]
    );
    assert_eq!(store.sketches(&ana(), noon(0)).await.unwrap(), []);
    assert!(store.noted(&ana(), &[[1; 16]]).await.unwrap().is_empty());
}

pub(in crate::store) async fn who_wrote_is_known_and_their_organisation_too(store: Shared) {
    let lesson = Lesson {
        wrote: vec![(whom(1, 9), noon(5)), (whom(2, 9), noon(7)), (whom(1, 9), noon(3))],
        ..Lesson::default()
    };
    store.learn(&ana(), lesson).await.unwrap();
    let of = async |owner: Owner, whom| store.acquainted(&owner, &[whom]).await.unwrap()[0];
    let jo = of(ana(), whom(1, 9)).await;
    assert_eq!((jo.wrote, jo.organisation_wrote), (Some(noon(5)), Some(noon(7))));
    let stranger = of(ana(), whom(3, 9)).await;
    assert_eq!((stranger.wrote, stranger.organisation_wrote), (None, Some(noon(7))));
    assert_eq!(of(ben(), whom(1, 9)).await, Acquainted::default(), "another account");
    // More than one statement's worth, in the order asked.
    let many: Vec<Whom> = (0..1_000_u16)
        .map(|n| whom(u8::try_from(n % 200).unwrap(), 77))
        .collect();
    let found = store.acquainted(&ana(), &many).await.unwrap();
    let known: Vec<bool> = found.iter().map(|one| one.wrote.is_some()).collect();
    let expected: Vec<bool> = many.iter().map(|one| [1, 2].contains(&one.person[0])).collect();
    assert_eq!(known, expected);
}

pub(in crate::store) async fn the_same_lesson_twice_comes_to_the_same(store: Shared) {
    let lesson = Lesson {
        wrote: vec![(whom(1, 9), noon(5))],
        written: vec![(whom(1, 9), [4; 16], noon(6)), (whom(1, 9), [5; 16], noon(7))],
        scans: vec![scan("inbox", 100), scan("sent", 900)],
        ..Lesson::default()
    };
    for _ in 0..2 {
        store.learn(&ana(), lesson.clone()).await.unwrap();
        let known = store.acquainted(&ana(), &[whom(1, 9)]).await.unwrap()[0];
        assert_eq!((known.unanswered, known.written), (2, Some(noon(7))));
        let scans = store.scans(Some(&ana())).await.unwrap();
        assert_eq!(scans, [(ana(), scan("inbox", 100)), (ana(), scan("sent", 900))]);
    }
    let further = Lesson {
        scans: vec![scan("inbox", 900)],
        ..Lesson::default()
    };
    store.learn(&ana(), further).await.unwrap();
    assert_eq!(store.scans(None).await.unwrap()[0].1, scan("inbox", 900));
    assert_eq!(store.scans(Some(&ben())).await.unwrap(), []);
    let without = Lesson {
        gone: vec!["sent".to_owned(), "archive".to_owned()],
        ..Lesson::default()
    };
    store.learn(&ana(), without).await.unwrap();
    assert_eq!(store.scans(None).await.unwrap(), [(ana(), scan("inbox", 900))]);
    let known = store.acquainted(&ana(), &[whom(1, 9)]).await.unwrap()[0];
    assert_eq!(known.written, Some(noon(7)), "what was learned stays");
}

pub(in crate::store) async fn mails_are_unanswered_since_their_reader_last_wrote(store: Shared) {
    store.note_sent(vec![sent(4, 10), sent(5, 20)]).await.unwrap();
    let of = async |person| store.acquainted(&ana(), &[whom(person, 9)]).await.unwrap()[0].unanswered;
    assert_eq!((of(4).await, of(1).await), (1, 2));
    // The copy in Sent is the same mail.
    let lesson = Lesson {
        written: vec![(whom(1, 9), [5; 16], noon(20))],
        wrote: vec![(whom(1, 9), noon(15))],
        ..Lesson::default()
    };
    store.learn(&ana(), lesson).await.unwrap();
    assert_eq!(of(1).await, 1);
}

pub(in crate::store) async fn answers_are_noted_once_and_told_apart(store: Shared) {
    store.note_sent(vec![sent(4, 10), sent(5, 20)]).await.unwrap();
    let lesson = |answers| Lesson {
        answers,
        ..Lesson::default()
    };
    for answers in [
        vec![
            ([4; 16], noon(40), Answer::Reply),
            ([4; 16], noon(11), Answer::Automatic),
        ],
        vec![([4; 16], noon(30), Answer::Reply), ([4; 16], noon(50), Answer::Reply)],
        vec![([5; 16], noon(21), Answer::Bounce), ([8; 16], noon(21), Answer::Reply)],
    ] {
        store.learn(&ana(), lesson(answers)).await.unwrap();
    }
    let outcomes = store.outcomes(noon(0)).await.unwrap();
    let told: Vec<_> = outcomes
        .iter()
        .map(|one| (one.answered_at, one.automatic_at, one.bounced_at))
        .collect();
    assert_eq!(
        told,
        [(Some(noon(30)), Some(noon(11)), None), (None, None, Some(noon(21)))]
    );
    let first = &outcomes[0];
    assert_eq!(
        (first.owner.clone(), first.at, first.score, first.recipients),
        (ana(), noon(10), Some(42), 2)
    );
    assert_eq!(first.categories, [Category::Want, Category::Sell]);
    assert_eq!(store.outcomes(noon(11)).await.unwrap().len(), 1);
}

pub(in crate::store) async fn what_was_sent_is_known_again_and_forgotten_in_time(store: Shared) {
    store
        .note_sent(vec![sent(4, 10), sent(5, 20), sent(4, 90)])
        .await
        .unwrap();
    assert_eq!(
        store.noted(&ana(), &[[5; 16], [6; 16], [4; 16]]).await.unwrap().len(),
        2
    );
    assert!(store.noted(&ben(), &[[5; 16]]).await.unwrap().is_empty());
    let to = [whom(1, 9), whom(5, 9)];
    let noted = async |to: &[Whom], from, until| store.noted_to(&ana(), to, noon(from), noon(until)).await.unwrap();
    assert!(noted(&to, 15, 25).await, "whatever the order");
    assert!(!noted(&to[..1], 15, 25).await && !noted(&to, 21, 25).await);
    let sketches = store.sketches(&ana(), noon(0)).await.unwrap();
    assert_eq!(sketches.len(), 2);
    assert_eq!((&sketches[0].sketch, sketches[0].at), (&sketch(4), noon(10)));
    assert_eq!(sketches[1].to.len(), 2);
    assert_eq!(store.sketches(&ana(), noon(15)).await.unwrap().len(), 1);
    store.forget_sent(noon(15), noon(0)).await.unwrap();
    assert_eq!(store.sketches(&ana(), noon(0)).await.unwrap().len(), 1);
    assert_eq!(store.outcomes(noon(0)).await.unwrap().len(), 2);
    store.forget_sent(noon(15), noon(15)).await.unwrap();
    assert_eq!(store.outcomes(noon(0)).await.unwrap().len(), 1);
}

pub(in crate::store) async fn a_new_key_begins_anew(store: Shared) {
    assert!(!store.use_key([1; 16]).await.unwrap(), "the first key replaces none");
    store.note_sent(vec![sent(4, 10)]).await.unwrap();
    let lesson = Lesson {
        scans: vec![scan("inbox", 900)],
        wrote: vec![(whom(1, 9), noon(5))],
        ..Lesson::default()
    };
    store.learn(&ana(), lesson).await.unwrap();
    assert!(!store.use_key([1; 16]).await.unwrap());
    assert_eq!(store.scans(None).await.unwrap().len(), 1);
    assert!(store.use_key([2; 16]).await.unwrap());
    assert_eq!(store.scans(None).await.unwrap(), []);
    assert_eq!(store.outcomes(noon(0)).await.unwrap(), []);
    assert_eq!(
        store.acquainted(&ana(), &[whom(1, 9)]).await.unwrap(),
        [Acquainted::default()]
    );
}
