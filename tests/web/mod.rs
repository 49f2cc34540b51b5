//! The review page, served by the real program: asked over HTTP by a client that says exactly what a test wants, and shown
//! in a real browser, measured there by axe-core. `tests/install` brings both.

mod browser;
mod decisions;
mod devtools;
mod door;
mod drafts;
mod hostile;
mod http;
mod pages;
mod scene;
mod sign_in;
mod trends;
