//! The ports for earlier mail and for drafts, on the same database.

use super::{After, SqliteStore, drafts, history, sent};
use crate::reading::{Sent, Whom};
use crate::store::{
    Acquainted, Draft, Drafts, Histories, Lesson, MessageKey, Outcome, Owner, RecordId, Scan, SentMail, StoreError,
};
use async_trait::async_trait;
use jiff::Timestamp;

#[async_trait]
impl Histories for SqliteStore {
    async fn use_key(&self, proof: [u8; 16]) -> Result<bool, StoreError> {
        self.write(After::Nothing, move |connection| {
            Box::pin(history::use_key(connection, proof))
        })
        .await
    }

    async fn scans(&self, owner: Option<&Owner>) -> Result<Vec<(Owner, Scan)>, StoreError> {
        history::scans(&self.readers, owner)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn learn(&self, owner: &Owner, lesson: Lesson) -> Result<(), StoreError> {
        let owner = owner.clone();
        self.write(After::Nothing, move |connection| {
            Box::pin(async move { history::learn(connection, &owner, &lesson).await })
        })
        .await
    }

    async fn acquainted(&self, owner: &Owner, whom: &[Whom]) -> Result<Vec<Acquainted>, StoreError> {
        history::acquainted(&self.readers, owner, whom)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn note_sent(&self, mails: Vec<SentMail>) -> Result<(), StoreError> {
        self.write(After::Nothing, move |connection| {
            Box::pin(async move { sent::note_sent(connection, &mails).await })
        })
        .await
    }

    async fn sketches(&self, owner: &Owner, since: Timestamp) -> Result<Vec<Sent>, StoreError> {
        sent::sketches(&self.readers, owner, since)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn noted(&self, owner: &Owner, messages: &[MessageKey]) -> Result<Vec<MessageKey>, StoreError> {
        sent::noted(&self.readers, owner, messages)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn noted_to(
        &self,
        owner: &Owner,
        whom: &[Whom],
        from: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        sent::noted_to(&self.readers, owner, whom, from, until)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn recorded(&self, owner: &Owner, message_id: &str) -> Result<Option<RecordId>, StoreError> {
        sent::recorded(&self.readers, owner, message_id)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn outcomes(&self, since: Timestamp) -> Result<Vec<Outcome>, StoreError> {
        sent::outcomes(&self.readers, since)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn forget_sent(&self, sketches: Timestamp, mails: Timestamp) -> Result<(), StoreError> {
        let has = sent::has_sent_before(&self.readers, sketches, mails).await;
        if !has.map_err(|fault| self.read_fault(fault))? {
            return Ok(());
        }
        self.write(After::Nothing, move |connection| {
            Box::pin(sent::forget_sent(connection, sketches, mails))
        })
        .await
    }
}

#[async_trait]
impl Drafts for SqliteStore {
    async fn drafts(&self, owner: Option<&Owner>) -> Result<Vec<Draft>, StoreError> {
        drafts::all(&self.readers, owner)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn last_draft_change(&self) -> Result<i64, StoreError> {
        drafts::change(&self.readers)
            .await
            .map_err(|fault| self.read_fault(fault))
    }

    async fn keep_draft(&self, draft: Draft) -> Result<(), StoreError> {
        self.write(After::Nothing, move |connection| {
            Box::pin(drafts::keep(connection, draft))
        })
        .await
    }

    async fn forget_draft(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write(After::Erase, move |connection| {
            Box::pin(async move { drafts::forget(connection, &id).await })
        })
        .await
    }
}
