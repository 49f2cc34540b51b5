//! Room for connections: each needs two descriptors, ours to the client and ours to the provider.

use super::settings::Capacity;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// For everything that is no connection: listeners, the store, threads, requests to the kernel, mailboxes of our own.
const OTHERS: u64 = 256;

/// Raises the limit of open files to what so many connections need, as far as it goes; says so where that is not enough.
///
/// Services often begin with a limit of 1,024 and may have far more. Without room, connections wait unanswered until
/// others end.
pub(super) fn make_room(capacity: &Capacity) {
    let needed = needed(capacity);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(now) = current.filter(|current| *current < needed) else {
        return;
    };
    let allowed = maximum.map_or(needed, |maximum| maximum.min(needed));
    let raised = Rlimit {
        current: Some(allowed),
        maximum,
    };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() {
        allowed
    } else {
        now
    };
    if now < needed {
        let connections = capacity.connections;
        tracing::warn!(
            limit = now,
            needed,
            connections,
            "the limit of open files is too low for so many connections"
        );
    }
}

fn needed(capacity: &Capacity) -> u64 {
    let connections = u64::try_from(capacity.connections).unwrap_or(u64::MAX);
    connections.saturating_mul(2).saturating_add(OTHERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_needs_two() {
        let of = |connections| {
            needed(&Capacity {
                connections,
                ..Capacity::default()
            })
        };
        assert_eq!((of(0), of(1_000)), (256, 2_256));
        assert_eq!(of(usize::MAX), u64::MAX);
    }
}
