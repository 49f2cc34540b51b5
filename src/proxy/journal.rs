//! Audit rows of mails that passed, written together: what passed owes nobody a synced disk before its reply.

use crate::store::{AuditRow, Histories, NewRecord, SentMail, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Entries waiting at most; beyond that a session waits for the disk.
const WAITING: usize = 4096;
/// How long entries gather before they are written: one sync of the disk for all of them, not one each.
const GATHER: Duration = Duration::from_millis(100);

/// Where sessions drop what is to be written soon.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    entries: mpsc::Sender<Entry>,
}

/// Something to write.
#[derive(Debug)]
pub(super) enum Entry {
    Row(AuditRow),
    /// An annotated mail; its audit row is written with it.
    Record(Box<NewRecord>),
    /// A mail that has gone, for what is known of earlier mail.
    Sent(Box<SentMail>),
}

impl Journal {
    /// Starts the writer. It ends, everything written, when the last journal is dropped.
    pub(super) fn start(store: Arc<dyn Store>, histories: Arc<dyn Histories>) -> (Journal, JoinHandle<()>) {
        let (entries, waiting) = mpsc::channel(WAITING);
        (Journal { entries }, tokio::spawn(write(store, histories, waiting)))
    }

    pub(super) async fn add(&self, entry: Entry) {
        if self.entries.send(entry).await.is_err() {
            tracing::error!("the audit writer has stopped");
        }
    }
}

async fn write(store: Arc<dyn Store>, histories: Arc<dyn Histories>, mut waiting: mpsc::Receiver<Entry>) {
    let mut batch = Vec::new();
    while waiting.recv_many(&mut batch, WAITING).await > 0 {
        if !waiting.is_closed() {
            tokio::time::sleep(GATHER).await;
        }
        while let Ok(entry) = waiting.try_recv() {
            batch.push(entry);
        }
        let mut rows = Vec::with_capacity(batch.len());
        let mut sent = Vec::new();
        for entry in batch.drain(..) {
            match entry {
                Entry::Row(row) => rows.push(row),
                Entry::Sent(mail) => sent.push(*mail),
                Entry::Record(record) => {
                    if let Err(error) = store.commit(*record).await {
                        tracing::error!(%error, "an annotated copy could not be kept");
                    }
                }
            }
        }
        if !rows.is_empty()
            && let Err(error) = store.audit(rows).await
        {
            tracing::error!(%error, "audit rows could not be written");
        }
        if !sent.is_empty()
            && let Err(error) = histories.note_sent(sent).await
        {
            tracing::error!(%error, "what was sent could not be noted");
        }
    }
}
