//! The judge of releases has teeth: stores that are wrong on purpose, on the way of a released mail, are caught.

use super::kills::{Mill, Outcome};
use crate::e2e::saboteurs::saboteur;
use crate::support::releases::Wrong;

#[test]
fn a_release_without_the_record_before_the_dot_is_caught() {
    let Outcome { kills, wrong, .. } = Mill::new(saboteur("no-dot")).kill_at_every(("pwrite64", 1, 1));
    let caught = |wrong: &Wrong| matches!(wrong, Wrong::Unmarked(_) | Wrong::Doubled(_));
    assert!(wrong.iter().any(caught), "after {kills} kills: {wrong:?}");
}

#[test]
fn a_record_before_the_dot_that_is_not_on_disk_by_then_is_caught() {
    let wrong = Mill::new(saboteur("late-dot")).kill_at_random(50);
    let caught = |wrong: &Wrong| matches!(wrong, Wrong::Unmarked(_) | Wrong::Doubled(_));
    assert!(wrong.iter().any(caught), "{wrong:?}");
}

#[test]
fn octets_that_change_after_their_release_are_not_sent() {
    let (state, wrong) = Mill::new(saboteur("swapper")).release_one();
    assert_eq!((state.as_str(), wrong), ("held", vec![]));
}

#[test]
fn a_release_that_is_bound_to_nothing_is_caught() {
    let (state, wrong) = Mill::new(saboteur("forger")).release_one();
    assert_eq!(state, "sent");
    assert!(
        wrong.iter().any(|wrong| matches!(wrong, Wrong::Altered(_))),
        "{wrong:?}"
    );
}

/// The same mill with nothing sabotaged finds nothing.
#[test]
fn an_honest_child_is_not_accused_of_releases() {
    let (state, wrong) = Mill::new(saboteur("honest")).release_one();
    assert_eq!((state.as_str(), wrong), ("sent", vec![]));
}
