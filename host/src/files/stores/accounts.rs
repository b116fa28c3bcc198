//! Accounts: how plugins pay for the memory of store indexes.
//!
//! All stores on one directory share its index. A plugin that has several stores on a directory
//! pays for the index once; several plugins on one directory each pay for all of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use filemap::error::Error;
use filemap::store::Store;

use crate::files::NativeDirectory;
use crate::limits::{Budget, Lease};

/// What a plugin pays for the index of one directory. All stores that the plugin has open there
/// share the account. A clone is the same account.
#[derive(Clone)]
pub(crate) struct Account(Arc<Mutex<Lease>>);

/// An account whose stores may all be closed meanwhile.
pub(crate) struct WeakAccount(Weak<Mutex<Lease>>);

/// The accounts of one plugin, each with the identifier of its directory's index.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Vec<(usize, Weak<Mutex<Lease>>)>);

impl Accounts {
    /// Returns the account for the directory of a store that was just opened, and sets it to the
    /// memory that the index takes now. Fails if that is over the budget.
    pub(crate) fn open(
        &mut self,
        store: &Store<NativeDirectory>,
        budget: &Arc<Budget>,
    ) -> Result<Account, Error> {
        self.0.retain(|(_, account)| account.strong_count() > 0);
        let directory = store.directory_id();
        let existing = self
            .0
            .iter()
            .find(|(id, _)| Some(*id) == directory)
            .and_then(|(_, account)| account.upgrade());
        let account = match existing {
            Some(account) => Account(account),
            None => Account(Arc::new(Mutex::new(budget.lease(0)?))),
        };
        if let Some(directory) = directory {
            self.0.push((directory, Arc::downgrade(&account.0)));
        }
        // The opening has read the index, so the memory is in use. Other stores of the plugin on
        // this directory use it too: if it is over the budget, it stays so until they are closed.
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
    /// Returns the account, or `None` if all stores of the plugin on its directory are closed.
    pub(crate) fn upgrade(&self) -> Option<Account> {
        self.0.upgrade().map(Account)
    }
}
