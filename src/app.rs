//! Composition root: builds the adapters, starts the long-lived tasks, stops them in order. The only wall clock.
