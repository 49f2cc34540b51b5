//! How many connections there may be at once, over all and from one address.

use super::settings::Capacity;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Connections at this moment.
#[derive(Default)]
pub(super) struct Present {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// One connection's place among those allowed, given back when dropped.
pub(super) struct Place {
    present: Arc<Mutex<Present>>,
    address: IpAddr,
}

impl Place {
    /// One more for an address, if there is room.
    pub(super) fn take(present: &Arc<Mutex<Present>>, address: IpAddr, capacity: &Capacity) -> Option<Place> {
        let mut now = present.lock().unwrap_or_else(PoisonError::into_inner);
        let from_here = now.by_address.get(&address).copied().unwrap_or(0);
        if now.all >= capacity.connections || from_here >= capacity.connections_per_address {
            return None;
        }
        now.all += 1;
        now.by_address.insert(address, from_here + 1);
        drop(now);
        Some(Place {
            present: present.clone(),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut now = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        now.all -= 1;
        if let Some(count) = now.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                now.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let present = Arc::default();
        let capacity = Capacity {
            connections: 3,
            connections_per_address: 2,
            ..Capacity::default()
        };
        let (one, other): (IpAddr, IpAddr) = ([127, 0, 0, 1].into(), [127, 0, 0, 2].into());
        let first = Place::take(&present, one, &capacity).unwrap();
        let _second = Place::take(&present, one, &capacity).unwrap();
        assert!(
            Place::take(&present, one, &capacity).is_none(),
            "two from one address are enough"
        );
        let _third = Place::take(&present, other, &capacity).unwrap();
        drop(first);
        assert!(Place::take(&present, one, &capacity).is_some());
        assert_eq!(present.lock().unwrap().all, 2);
    }
}
