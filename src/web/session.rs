//! Who is signed in: in memory only, so that a restart of the proxy signs everybody out.

use super::secret::{Secret, same};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A session that nobody used for so long has ended.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// One person has few browsers; the one that was silent longest goes when there are more.
const MOST: usize = 32;
/// Wrong tokens a minute, from anybody, before sign-in answers with "too many".
const WRONG_A_MINUTE: u32 = 5;
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// All sessions, by the hash of their cookie.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_hash: Mutex<HashMap<String, Timestamp>>,
    wrong: Mutex<Option<(Timestamp, u32)>>,
}

/// One session, as a request has shown it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    /// What every form of this session carries.
    pub(super) csrf: String,
    hash: String,
}

impl Session {
    fn of(cookie: &Secret) -> Session {
        Session {
            csrf: cookie.hash_for("youward-form-1"),
            hash: cookie.hash_for("youward-session-1"),
        }
    }

    /// Whether a form was ours.
    pub(super) fn is_own_form(&self, csrf: &str) -> bool {
        same(&self.csrf, csrf)
    }
}

impl Sessions {
    /// Begins one; the answer is what goes into its cookie.
    pub(super) fn begin(&self, now: Timestamp) -> io::Result<Secret> {
        let cookie = Secret::random()?;
        let mut sessions = self.sessions();
        sessions.retain(|_, seen| is_alive(*seen, now));
        if sessions.len() >= MOST {
            let oldest = sessions
                .iter()
                .min_by_key(|(_, seen)| **seen)
                .map(|(hash, _)| hash.clone());
            if let Some(oldest) = oldest {
                sessions.remove(&oldest);
            }
        }
        sessions.insert(Session::of(&cookie).hash, now);
        Ok(cookie)
    }

    /// The session of a cookie, which is thereby in use.
    pub(super) fn find(&self, cookie: &str, now: Timestamp) -> Option<Session> {
        let session = Session::of(&Secret::brought(cookie)?);
        let mut sessions = self.sessions();
        let seen = sessions.get_mut(&session.hash)?;
        if !is_alive(*seen, now) {
            sessions.remove(&session.hash);
            return None;
        }
        *seen = now;
        Some(session)
    }

    /// Whether it still goes on. This does not count as using it.
    pub(super) fn goes_on(&self, session: &Session, now: Timestamp) -> bool {
        let sessions = self.sessions();
        sessions.get(&session.hash).is_some_and(|seen| is_alive(*seen, now))
    }

    /// Ends it.
    pub(super) fn end(&self, session: &Session) {
        self.sessions().remove(&session.hash);
    }

    /// Notes a wrong token, and says whether there were too many this minute. A right one is never asked: whoever fires
    /// wrong ones, a page in the same browser for one, must not lock the owner out.
    pub(super) fn wrong_too_often(&self, now: Timestamp) -> bool {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let count = match *wrong {
            Some((since, count)) if now.duration_since(since).abs() < MINUTE => {
                *wrong = Some((since, count.saturating_add(1)));
                count
            }
            _ => {
                *wrong = Some((now, 1));
                0
            }
        };
        count >= WRONG_A_MINUTE
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.by_hash.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_alive(seen: Timestamp, now: Timestamp) -> bool {
    now.duration_since(seen) <= IDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + 60 * minute).unwrap()
    }

    #[test]
    fn a_session_lasts_while_it_is_used() {
        let sessions = Sessions::default();
        let cookie = sessions.begin(at(0)).unwrap();
        assert!(sessions.find(cookie.shown(), at(700)).is_some());
        let session = sessions.find(cookie.shown(), at(1400)).unwrap();
        assert!(sessions.goes_on(&session, at(2000)));
        assert!(!sessions.goes_on(&session, at(1400 + 721)));
        assert!(sessions.find(cookie.shown(), at(1400 + 721)).is_none());
        assert!(
            sessions.find(cookie.shown(), at(1401)).is_none(),
            "it has ended for good"
        );
    }

    #[test]
    fn signing_out_ends_it_and_forms_of_others_are_refused() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.begin(at(0)).unwrap(), sessions.begin(at(0)).unwrap());
        let session = sessions.find(one.shown(), at(1)).unwrap();
        let stranger = sessions.find(other.shown(), at(1)).unwrap();
        assert!(session.is_own_form(&session.csrf) && !session.is_own_form(&stranger.csrf));
        assert!(!session.is_own_form("") && session.csrf != one.shown());
        sessions.end(&session);
        assert!(sessions.find(one.shown(), at(1)).is_none());
        assert!(sessions.find(other.shown(), at(1)).is_some());
    }

    #[test]
    fn there_are_never_many() {
        let sessions = Sessions::default();
        let first = sessions.begin(at(0)).unwrap();
        for minute in 1..=MOST as i64 {
            sessions.begin(at(minute)).unwrap();
        }
        assert!(sessions.find(first.shown(), at(40)).is_none());
        assert_eq!(sessions.sessions().len(), MOST);
    }

    #[test]
    fn five_wrong_tokens_a_minute_are_answered() {
        let sessions = Sessions::default();
        let told: Vec<bool> = (0..7).map(|_| sessions.wrong_too_often(at(0))).collect();
        assert_eq!(told, [false, false, false, false, false, true, true]);
        assert!(!sessions.wrong_too_often(at(1)));
    }
}
