//! Where each byte of a text came from.
//!
//! Text is copied more than it is changed, so neighbours come from neighbours: a run of bytes that follow each other in
//! the source as well, or that all came from one place, takes one entry however long it is.

use std::ops::Range;

/// For each byte of a text the offset in its source that it came from, and one more for its end. Offsets ascend.
///
/// Offsets beyond 4 GiB become 4 GiB: texts are cut long before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offsets {
    /// In order. Two lists of the same offsets have the same runs: each begins only where the one before can't go on.
    runs: Vec<Run>,
    len: u32,
}

/// Neighbouring offsets with the same distance from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    /// The place of its first offset in the list.
    at: u32,
    first: u32,
    /// The distance: one, or zero where all are the same. One as well for an offset alone.
    step: u32,
}

impl Run {
    /// The offset at `place`, if the run goes so far.
    fn offset(self, place: u32) -> u32 {
        self.first.saturating_add((place - self.at) * self.step)
    }
}

/// A part of a run.
#[derive(Clone, Copy)]
struct Stretch {
    first: u32,
    step: u32,
    count: u32,
}

impl Offsets {
    /// How many offsets there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The offset at a place in the list.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<usize> {
        let place = u32::try_from(place).ok().filter(|place| *place < self.len)?;
        let run = self.runs.get(self.run_at(place))?;
        Some(run.offset(place) as usize)
    }

    /// The first offset.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.runs.first().map(|run| run.first as usize)
    }

    /// The last offset.
    #[must_use]
    pub fn last(&self) -> Option<usize> {
        self.runs.last().map(|run| run.offset(self.len - 1) as usize)
    }

    /// All offsets, one by one.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.stretches(0..self.len())
            .flat_map(|stretch| (0..stretch.count).map(move |index| stretch.offset(index) as usize))
    }

    /// The place of the first offset that is `offset` or beyond; the number of offsets if there is none.
    #[must_use]
    pub fn place_of(&self, offset: usize) -> usize {
        let offset = plain(offset);
        let next = self.runs.partition_point(|run| run.first < offset);
        let end = self.runs.get(next).map_or(self.len, |run| run.at);
        let before = next.checked_sub(1).and_then(|before| self.runs.get(before));
        let place = before.map_or(0, |run| match run.step {
            0 => end,
            _ => end.min(run.at.saturating_add(offset - run.first)),
        });
        place as usize
    }

    /// The source of a range of the text: from the offset of its first byte to the next offset beyond that of its last,
    /// since bytes that came from the same place can't be told apart. `None` if it begins beyond the end.
    #[must_use]
    pub fn source(&self, range: Range<usize>) -> Option<Range<usize>> {
        let place = u32::try_from(range.start).ok().filter(|place| *place < self.len)?;
        let at = self.run_at(place);
        let run = self.runs.get(at)?;
        let start = run.offset(place) as usize;
        if range.end <= range.start {
            return Some(start..start);
        }
        let next = self.runs.get(at + 1).map_or(self.len, |next| next.at);
        if run.step == 1 && range.end < next as usize {
            // Copied with the byte behind it, as most ranges are.
            return Some(start..start + range.len());
        }
        let end = self.last()?;
        let last = self.get(range.end - 1).unwrap_or(end);
        let beyond = |stretch: Stretch| {
            let far = stretch.offset(stretch.count - 1) as usize;
            (far > last).then(|| (stretch.first as usize).max(last + 1))
        };
        let after = self.stretches(range.end..self.len()).find_map(beyond).unwrap_or(end);
        Some(start..after.max(start))
    }

    /// Adds one offset.
    pub fn push(&mut self, offset: usize) {
        self.add(plain(offset));
    }

    /// Adds the offsets of bytes that are copied from a place of the source.
    pub fn copy(&mut self, source: Range<usize>) {
        self.extend_by(Stretch {
            first: plain(source.start),
            step: 1,
            count: plain(source.len()),
        });
    }

    /// Adds the offsets of so many bytes that all came from one place.
    pub fn repeat(&mut self, offset: usize, count: usize) {
        self.extend_by(Stretch {
            first: plain(offset),
            step: 0,
            count: plain(count),
        });
    }

    /// The offsets at a range of places, as far as there are any.
    #[must_use]
    pub fn slice(&self, places: Range<usize>) -> Offsets {
        let mut slice = Offsets::default();
        self.stretches(places).for_each(|stretch| slice.extend_by(stretch));
        slice
    }

    /// Leaves out all from a place on, and gives them.
    pub(super) fn split_off(&mut self, place: usize) -> Offsets {
        let off = self.slice(place..self.len());
        self.len -= off.len;
        while self.runs.pop_if(|run| run.at >= self.len).is_some() {}
        if let Some(last) = self.runs.last_mut().filter(|last| last.at + 1 == self.len) {
            last.step = 1;
        }
        off
    }

    /// The offsets in the source's source: each offset is a place in `source`. Those beyond have its last.
    pub(super) fn through(&self, source: &Offsets) -> Offsets {
        let mut through = Offsets::default();
        let last = source.last().unwrap_or_default();
        for stretch in self.stretches(0..self.len()) {
            let (first, count) = (stretch.first as usize, stretch.count as usize);
            let before = through.len();
            match stretch.step {
                0 => through.repeat(source.get(first).unwrap_or(last), count),
                _ => {
                    let stretches = source.stretches(first..first + count);
                    stretches.for_each(|stretch| through.extend_by(stretch));
                }
            }
            through.repeat(last, before + count - through.len());
        }
        through
    }

    /// The run that holds a place.
    fn run_at(&self, place: u32) -> usize {
        self.runs.partition_point(|run| run.at <= place).saturating_sub(1)
    }

    /// The offsets at these places, run by run.
    fn stretches(&self, places: Range<usize>) -> impl Iterator<Item = Stretch> + '_ {
        let end = plain(places.end).min(self.len);
        let mut at = plain(places.start);
        let first = self.run_at(at);
        let runs = self.runs.get(first..).unwrap_or_default();
        let ends = runs.iter().skip(1).map(|run| run.at).chain([self.len]);
        runs.iter().zip(ends).map_while(move |(run, next)| {
            let count = next.min(end).checked_sub(at).filter(|count| *count > 0)?;
            let first = run.offset(at);
            at += count;
            Some(Stretch {
                first,
                step: run.step,
                count,
            })
        })
    }

    fn extend_by(&mut self, stretch: Stretch) {
        if let Some(last) = self.runs.last()
            && last.step == stretch.step
            && last.offset(self.len) == stretch.first
        {
            self.len += stretch.count;
            return;
        }
        // The second or third of them is in a run of their step, which all others then follow.
        let told = stretch.count.min(3);
        (0..told).for_each(|index| self.add(stretch.offset(index)));
        self.len += stretch.count - told;
    }

    fn add(&mut self, offset: u32) {
        let place = self.len;
        self.len += 1;
        if let Some(last) = self.runs.last_mut() {
            if last.offset(place) == offset {
                return;
            }
            if last.at + 1 == place && last.first == offset {
                last.step = 0;
                return;
            }
        }
        self.runs.push(Run {
            at: place,
            first: offset,
            step: 1,
        });
    }
}

impl Stretch {
    fn offset(self, index: u32) -> u32 {
        self.first.saturating_add(index * self.step)
    }
}

impl FromIterator<usize> for Offsets {
    fn from_iter<I: IntoIterator<Item = usize>>(offsets: I) -> Offsets {
        let mut list = Offsets::default();
        offsets.into_iter().for_each(|offset| list.push(offset));
        list
    }
}

fn plain(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What [`Offsets::source`] means, on the plain list.
    fn source(list: &[usize], range: Range<usize>) -> Option<Range<usize>> {
        let start = *list.get(range.start)?;
        if range.end <= range.start {
            return Some(start..start);
        }
        let last = *list.get(range.end - 1).or(list.last())?;
        let rest = list.get(range.end..).unwrap_or_default();
        let after = rest.iter().find(|&&offset| offset > last).or(list.last())?;
        Some(start..(*after).max(start))
    }

    /// Ascending offsets in runs of all kinds, and the same offsets put together run by run.
    fn lists() -> impl Strategy<Value = (Vec<usize>, Offsets)> {
        proptest::collection::vec((0_usize..4, 1_usize..6, any::<bool>()), 0..12).prop_map(|runs| {
            let (mut list, mut offsets) = (Vec::new(), Offsets::default());
            let mut at: usize = 0;
            for (skipped, count, copied) in runs {
                at += skipped;
                if copied {
                    list.extend(at..at + count);
                    offsets.copy(at..at + count);
                    at += count - 1;
                } else {
                    list.extend(std::iter::repeat_n(at, count));
                    offsets.repeat(at, count);
                }
            }
            (list, offsets)
        })
    }

    proptest! {
        #[test]
        fn runs_say_the_same_as_the_plain_list((list, offsets) in lists(), from in 0_usize..64, to in 0_usize..64) {
            prop_assert_eq!(offsets.iter().collect::<Vec<_>>(), list.clone());
            prop_assert_eq!(&list.iter().copied().collect::<Offsets>(), &offsets);
            prop_assert_eq!((offsets.len(), offsets.is_empty()), (list.len(), list.is_empty()));
            prop_assert_eq!((offsets.first(), offsets.last()), (list.first().copied(), list.last().copied()));
            prop_assert_eq!(offsets.get(from), list.get(from).copied());
            prop_assert_eq!(offsets.place_of(from), list.partition_point(|&offset| offset < from));
            prop_assert_eq!(offsets.source(from..to), source(&list, from..to));
        }

        #[test]
        fn pieces_are_as_if_made_alone((list, offsets) in lists(), from in 0_usize..64, to in 0_usize..64) {
            let piece = list.get(from..to.min(list.len())).unwrap_or_default();
            prop_assert_eq!(offsets.slice(from..to), piece.iter().copied().collect::<Offsets>());
            let mut front = offsets.clone();
            let back = front.split_off(from);
            let from = from.min(list.len());
            prop_assert_eq!(front, list[..from].iter().copied().collect::<Offsets>());
            prop_assert_eq!(back, list[from..].iter().copied().collect::<Offsets>());
        }

        #[test]
        fn one_list_leads_through_another((list, offsets) in lists(), (outer, outer_offsets) in lists()) {
            let through = list.iter().map(|&offset| *outer.get(offset).or(outer.last()).unwrap_or(&0));
            prop_assert_eq!(offsets.through(&outer_offsets), through.collect::<Offsets>());
        }
    }
}
