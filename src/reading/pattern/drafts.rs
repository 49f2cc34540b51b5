//! The places of one pattern while it is put together, counted within the pattern.

use super::kept::mixed;
use super::machine::{Kind, Start};
use super::places::{Before, Key, Places};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    drafts: Vec<Draft>,
    /// Places one after the other: a [`List`] is a stretch of it.
    listed: Vec<u32>,
    /// Places after which others come.
    groups: Vec<Group>,
    /// For places the groups that they come after: a group, and where the next one of the same place is.
    links: Vec<(u32, u32)>,
    /// Memory that is used again.
    numbers: Vec<u32>,
}

/// A place.
#[derive(Debug, Clone)]
struct Draft {
    set: u16,
    /// Whether a match may begin there.
    opens: bool,
    /// Where the first of its links is, if there is one.
    link: u32,
    /// A hash of what follows, and how many places that are.
    follow: u64,
    followers: usize,
    /// Its number among the places of all patterns, once it has one.
    number: u32,
}

/// Places that have the same followers.
#[derive(Debug, Clone, Copy)]
struct Group {
    places: List,
    /// The same among the places of all patterns, once somebody asked.
    before: Option<Before>,
}

/// Some places of a pattern.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    from: usize,
    to: usize,
}

/// A part of a pattern: whether it may be missing, and where it begins and ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) nullable: bool,
    pub(super) first: List,
    pub(super) last: List,
}

const NO_LINK: u32 = u32::MAX;

impl List {
    const EMPTY: List = List { from: 0, to: 0 };

    fn is_empty(self) -> bool {
        self.from == self.to
    }
}

impl Piece {
    /// No places.
    pub(super) fn nothing(nullable: bool) -> Piece {
        Piece {
            nullable,
            first: List::EMPTY,
            last: List::EMPTY,
        }
    }
}

impl Drafts {
    /// Begins another pattern.
    pub(super) fn clear(&mut self) {
        self.drafts.clear();
        self.listed.clear();
        self.groups.clear();
        self.links.clear();
    }

    /// How many places there are.
    pub(super) fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Adds a place.
    pub(super) fn place(&mut self, set: u16) -> Piece {
        let (at, from) = (narrow(self.drafts.len()), self.listed.len());
        self.listed.push(at);
        self.drafts.push(Draft {
            set,
            opens: false,
            link: NO_LINK,
            follow: 0,
            followers: 0,
            number: 0,
        });
        let list = List { from, to: from + 1 };
        Piece {
            nullable: false,
            first: list,
            last: list,
        }
    }

    /// The places of both; what stands side by side already is not copied.
    pub(super) fn both(&mut self, one: List, other: List) -> List {
        if one.is_empty() || other.is_empty() {
            return if one.is_empty() { other } else { one };
        }
        if one.to == other.from {
            return List { to: other.to, ..one };
        }
        let from = self.listed.len();
        for list in [one, other] {
            self.listed.extend_from_within(list.from..list.to);
        }
        let to = self.listed.len();
        List { from, to }
    }

    /// Makes each of `next` follow each of `last`.
    pub(super) fn follow(&mut self, last: List, next: List) {
        if last.is_empty() || next.is_empty() {
            return;
        }
        let group = narrow(self.groups.len());
        self.groups.push(Group {
            places: last,
            before: None,
        });
        for at in stretch(&self.listed, last) {
            if let Some(draft) = self.drafts.get_mut(*at as usize) {
                draft.follow = mixed(draft.follow, u64::from(group) + 1);
                draft.followers += next.to - next.from;
            }
        }
        for at in stretch(&self.listed, next) {
            if let Some(draft) = self.drafts.get_mut(*at as usize) {
                let link = narrow(self.links.len());
                self.links.push((group, draft.link));
                draft.link = link;
            }
        }
    }

    /// How many places follow all of them, those once that follow several as their only ones; if not even that keeps what is
    /// noted of them in bounds, each time.
    pub(super) fn following(&self, enough: usize) -> usize {
        let all = self.drafts.iter().map(|draft| draft.followers).sum();
        const AT_ALL: usize = 4;
        if all <= enough || all > AT_ALL * enough {
            return all;
        }
        let mut different: Vec<(u64, usize)> = self.drafts.iter().map(|d| (d.follow, d.followers)).collect();
        different.sort_unstable();
        different.dedup();
        different.into_iter().map(|(_, followers)| followers).sum()
    }

    /// Gives the places of a whole pattern their numbers among those of all patterns.
    pub(super) fn settle(&mut self, whole: &Piece, opens: (Kind, Start), places: &mut Places) {
        for at in stretch(&self.listed, whole.first) {
            if let Some(draft) = self.drafts.get_mut(*at as usize) {
                draft.opens = true;
            }
        }
        // Whatever a place comes after is in front of it.
        for at in 0..self.drafts.len() {
            let Some(draft) = self.drafts.get(at) else { continue };
            let key = Key {
                set: draft.set,
                opens: draft.opens.then_some(opens),
                before: self.before(draft.link, places),
            };
            if let Some(draft) = self.drafts.get_mut(at) {
                draft.number = places.number(key);
            }
        }
    }

    fn before(&mut self, link: u32, places: &mut Places) -> Before {
        let Some((group, next)) = self.links.get(link as usize).copied() else {
            return Before::NONE;
        };
        if next == NO_LINK
            && let Some(known) = self.groups.get(group as usize).and_then(|group| group.before)
        {
            return known;
        }
        self.numbers.clear();
        let mut link = link;
        while let Some((group, next)) = self.links.get(link as usize) {
            if let Some(group) = self.groups.get(*group as usize) {
                push_numbers(&self.drafts, stretch(&self.listed, group.places), &mut self.numbers);
            }
            link = *next;
        }
        let before = places.before(&mut self.numbers);
        if next == NO_LINK
            && let Some(group) = self.groups.get_mut(group as usize)
        {
            group.before = Some(before);
        }
        before
    }

    /// The numbers of settled places, each once.
    pub(super) fn numbers(&mut self, list: List) -> &[u32] {
        self.numbers.clear();
        push_numbers(&self.drafts, stretch(&self.listed, list), &mut self.numbers);
        self.numbers.sort_unstable();
        self.numbers.dedup();
        &self.numbers
    }
}

fn stretch(listed: &[u32], list: List) -> &[u32] {
    listed.get(list.from..list.to).unwrap_or_default()
}

fn push_numbers(drafts: &[Draft], list: &[u32], numbers: &mut Vec<u32>) {
    let drafts = list.iter().filter_map(|at| drafts.get(*at as usize));
    numbers.extend(drafts.map(|draft| draft.number));
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
