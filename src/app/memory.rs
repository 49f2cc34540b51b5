//! Credentials are in this process's memory: it is nobody else's to look at.

/// Keeps the memory out of core dumps and from being read by other processes of the same user (Linux: `PR_SET_DUMPABLE`),
/// and asks for core files of no size. What the system does not grant is only noted: mail must flow.
pub fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "a core dump of this process could show credentials");
        }
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "core dumps can't be turned off");
        }
    }
}
