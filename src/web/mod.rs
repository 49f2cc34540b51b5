//! The review pages for reps and admins, on a loopback address.
//!
//! In: requests, first past the door (Host, origin, session, form), then to a page. Out: HTML rendered on the server from
//! templates that escape everything; decisions go through [`Custody`](crate::hold::Custody), as those of `youward held` do.
//! A browser is let in by a link that works once ([`Doorstep`]). The only script shows times in the viewer's zone
//! and fetches a page anew when something has changed; without it everything works.
//!
//! Must never: load anything remote, change anything on GET (but for the sign-in link, which is used up), show a mail's own
//! HTML outside a sandboxed frame, decide anything that the rooms below decide.

mod app;
mod assets;
mod door;
mod error;
mod live;
mod pages;
mod posted;
mod routes;
mod secret;
mod server;
mod session;
mod settings;
mod show;
mod sign_in;
mod token;

pub use app::{Parts, Sending};
pub use secret::Secret;
pub use server::{Serving, serve};
pub use settings::WebSettings;
pub use token::{Doorstep, Refused};
