//! The key that turns addresses into numbers: who has the database alone can't find out whom an account wrote to.

use super::{MessageKey, Owner, StoreError, folder};
use crate::mail::Address;
use crate::reading::{Whom, is_freemail, organisation};
use ring::rand::{SecureRandom, SystemRandom};
use std::fmt;
use std::fs;
use std::path::Path;
use zeroize::Zeroizing;

/// The file in the data folder, beside the database and not in it.
const FILE: &str = "addresses.key";

/// Makes numbers of addresses and Message-IDs, different ones for each account (BLAKE3 with a key).
pub struct AddressKey {
    key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for AddressKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressKey(…)")
    }
}

impl AddressKey {
    /// Reads the key from a data folder, or makes it there: a file for its owner only, on the disk before it is used.
    ///
    /// # Errors
    /// The file can't be read or written, or holds something else.
    pub fn open(data_dir: &Path) -> Result<AddressKey, StoreError> {
        let path = data_dir.join(FILE);
        let failed = |why: &dyn fmt::Display| StoreError::Other(format!("{}: {why}", path.display()));
        if !path.exists() {
            let mut octets = Zeroizing::new([0_u8; 32]);
            SystemRandom::new()
                .fill(octets.as_mut())
                .map_err(|_| failed(&"the system gives no randomness"))?;
            let text: Zeroizing<String> = Zeroizing::new(octets.iter().map(|octet| format!("{octet:02x}")).collect());
            folder::write_new(&path, text.as_bytes())?;
        }
        folder::only_for_owner(&path)?;
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(|error| failed(&error))?);
        let key = from_hex(text.trim()).ok_or_else(|| {
            failed(&"it is to hold 64 hexadecimal digits; without it earlier mail is looked through anew: move it away")
        })?;
        Ok(AddressKey { key })
    }

    /// A key for tests and for trying things.
    #[must_use]
    pub fn of(octets: [u8; 32]) -> AddressKey {
        AddressKey {
            key: Zeroizing::new(octets),
        }
    }

    /// Tells this key from others without telling it.
    #[must_use]
    pub fn proof(&self) -> [u8; 16] {
        self.number(&["proof"])
    }

    /// Somebody, for an account.
    #[must_use]
    pub fn whom(&self, owner: &Owner, address: &Address) -> Whom {
        let number = |kind: &str, name: &str| self.number(&[kind, &owner.upstream, &owner.account, name]);
        Whom {
            person: number("person", &address.folded()),
            organisation: number("organisation", &organisation(address)),
        }
    }

    /// A mail of an account, by its Message-ID, with or without its angle brackets.
    #[must_use]
    pub fn message(&self, owner: &Owner, message_id: &str) -> MessageKey {
        let id = message_id.trim();
        let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
        self.number(&["message", &owner.upstream, &owner.account, id])
    }

    /// Whether an organisation says anything that the person does not.
    #[must_use]
    pub fn is_organisation(address: &Address) -> bool {
        !is_freemail(address.domain())
    }

    /// Each field with its length before it, so that no two lists of fields look the same.
    fn number(&self, fields: &[&str]) -> [u8; 16] {
        let mut hash = blake3::Hasher::new_keyed(&self.key);
        for field in fields {
            hash.update(&(field.len() as u64).to_le_bytes());
            hash.update(field.as_bytes());
        }
        let mut number = [0; 16];
        hash.finalize_xof().fill(&mut number);
        number
    }
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = Zeroizing::new([0_u8; 32]);
    for (at, octet) in key.iter_mut().enumerate() {
        *octet = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let first = AddressKey::open(dir.path()).unwrap();
        assert_eq!(AddressKey::open(dir.path()).unwrap().proof(), first.proof());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(dir.path().join(FILE), "0").unwrap();
        let told = AddressKey::open(dir.path()).unwrap_err().to_string();
        assert!(
            told.contains("addresses.key") && told.contains("64 hexadecimal digits"),
            "{told}"
        );
    }

    #[test]
    fn numbers_depend_on_key_account_and_address_alone() {
        let key = AddressKey::of([7; 32]);
        let (ana, ben) = (Owner::new("corp", "Ana@a.example"), Owner::new("corp", "ben@a.example"));
        let jo = key.whom(&ana, &address("Jo@Mail.acme.example"));
        assert_eq!(jo, key.whom(&ana, &address("jo@mail.ACME.example")));
        let bo = key.whom(&ana, &address("bo@acme.example"));
        assert_eq!(jo.organisation, bo.organisation);
        assert_ne!(jo.person, bo.person);
        assert_ne!(jo, key.whom(&ben, &address("jo@mail.acme.example")));
        assert_ne!(jo, AddressKey::of([8; 32]).whom(&ana, &address("jo@mail.acme.example")));
        assert_eq!(key.message(&ana, "<a@b>"), key.message(&ana, " a@b "));
        assert!(!AddressKey::is_organisation(&address("x@gmail.com")) && format!("{key:?}") == "AddressKey(…)");
    }
}
