//! The review pages for reps and admins, on a loopback address.
//!
//! In: requests that passed the Host, Origin and session checks. Out: pages rendered on the server.
//!
//! Must never: load anything remote, change anything on GET, or show mail HTML outside a sandboxed frame.
//!
//! The room stands empty until the review page is built; `youward held` shows the same in the terminal.
