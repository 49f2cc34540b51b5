//! The store of a running Youward, asked through the library.

use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;
use youward::mail::Address;
use youward::store::{Acquainted, AddressKey, Draft, Drafts, Histories, Outcome, Owner, Scan, SqliteStore, Store};

/// What is kept of one account.
pub(super) struct Books {
    runtime: Runtime,
    store: SqliteStore,
    owner: Owner,
    data: PathBuf,
}

impl Books {
    pub(super) fn open(data: &Path, account: &str) -> Books {
        let runtime = Runtime::new().unwrap();
        let store = runtime.block_on(SqliteStore::open(data)).unwrap();
        Books {
            runtime,
            store,
            owner: Owner::new("1", account),
            data: data.to_owned(),
        }
    }

    pub(super) fn drafts(&self) -> Vec<Draft> {
        self.runtime.block_on(self.store.drafts(Some(&self.owner))).unwrap()
    }

    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        self.runtime
            .block_on(self.store.outcomes(jiff::Timestamp::UNIX_EPOCH))
            .unwrap()
    }

    pub(super) fn scans(&self) -> Vec<Scan> {
        let scans = self.runtime.block_on(self.store.scans(Some(&self.owner))).unwrap();
        scans.into_iter().map(|(_, scan)| scan).collect()
    }

    pub(super) fn scan(&self, mailbox: &str) -> Option<Scan> {
        self.scans().into_iter().find(|scan| scan.mailbox == mailbox)
    }

    /// Whether all mailboxes have been looked through.
    pub(super) fn is_whole(&self) -> bool {
        let scans = self.scans();
        !scans.is_empty() && scans.iter().all(|scan| scan.whole_at.is_some())
    }

    /// What is known of somebody.
    pub(super) fn acquainted(&self, address: &str) -> Acquainted {
        let key = AddressKey::open(&self.data).unwrap();
        let whom = key.whom(&self.owner, &Address::parse(address).unwrap());
        self.runtime
            .block_on(self.store.acquainted(&self.owner, &[whom]))
            .unwrap()[0]
    }

    /// Whether these octets stand in any file of the data folder.
    pub(super) fn mention(&self, text: &str) -> bool {
        let files = std::fs::read_dir(&self.data).unwrap().flatten();
        let mut files = files.filter_map(|file| std::fs::read(file.path()).ok());
        files.any(|octets| super::scene::has(&octets, text))
    }
}

impl Drop for Books {
    fn drop(&mut self) {
        self.runtime.block_on(Store::close(&self.store));
    }
}
