//! Replies of the proxy's own, outside the session machine.

use crate::smtp::Reply;

pub(super) fn stopping() -> Reply {
    Reply::new(
        421,
        "4.3.2",
        &["Youward is being stopped; nothing was sent, try again in a minute"],
    )
}

pub(super) fn out_of_step() -> Reply {
    Reply::new(
        421,
        "4.4.2",
        &["The provider's server got out of step; the connection ends here"],
    )
}

pub(super) fn too_many_connections() -> Reply {
    Reply::new(421, "4.7.0", &["Too many connections at once; try again in a minute"])
}

pub(super) fn other_user() -> Reply {
    Reply::new(554, "5.7.1", &["This Youward belongs to another user of this machine"])
}
