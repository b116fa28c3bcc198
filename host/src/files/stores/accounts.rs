//! What a plugin pays for the keys of a directory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use filemap::error::Error;
use filemap::store::Store;

use crate::files::NativeDirectory;
use crate::limits::{Budget, Lease};

/// What a plugin pays for the keys of one directory. All stores that it has open on it share them,
/// and so they share this.
#[derive(Clone)]
pub(crate) struct Account(Arc<Mutex<Lease>>);

/// The account of a store that may be closed meanwhile.
pub(crate) struct WeakAccount(Weak<Mutex<Lease>>);

/// The accounts of a plugin, each with the directory that it is for.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Vec<(usize, Weak<Mutex<Lease>>)>);

impl Accounts {
    /// The account for the directory of a store that was just opened, which read its names, perhaps
    /// for others of the plugin's too.
    pub(crate) fn open(
        &mut self,
        store: &Store<NativeDirectory>,
        budget: &Arc<Budget>,
    ) -> Result<Account, Error> {
        self.0.retain(|(_, account)| account.strong_count() > 0);
        let directory = store.directory_id();
        let known = self
            .0
            .iter()
            .find(|(id, _)| Some(*id) == directory)
            .and_then(|(_, account)| account.upgrade());
        let account = match known {
            Some(account) => Account(account),
            None => Account(Arc::new(Mutex::new(budget.lease(0)?))),
        };
        if let Some(directory) = directory {
            self.0.push((directory, Arc::downgrade(&account.0)));
        }
        // The memory is taken already. If it is too much, that is said, and holds for all that is
        // asked for next.
        account.lock().set(store.memory())?;
        Ok(account)
    }
}

impl Account {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Lease> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn downgrade(&self) -> WeakAccount {
        WeakAccount(Arc::downgrade(&self.0))
    }
}

impl WeakAccount {
    pub(crate) fn upgrade(&self) -> Option<Account> {
        self.0.upgrade().map(Account)
    }
}
