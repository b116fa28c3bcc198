//! Accounts: how plugins pay for the memory of store indexes.
//!
//! All stores on one directory share its index. A plugin that has several stores on a directory
//! pays for the index once; several plugins on one directory each pay for all of it. When a plugin
//! closes a store, the others pay for the keys that it leaves.

use std::collections::BTreeMap;
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

/// The accounts of all plugins, by the identifier of their directory's index. The lock is held
/// briefly, and no account is locked meanwhile.
static PAYERS: Mutex<BTreeMap<usize, Vec<Weak<Mutex<Lease>>>>> = Mutex::new(BTreeMap::new());

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
        let account = if let Some(account) = existing {
            Account(account)
        } else {
            let account = Account(Arc::new(Mutex::new(budget.lease(0)?)));
            if let Some(directory) = directory {
                self.0.push((directory, Arc::downgrade(&account.0)));
                let mut payers = PAYERS.lock().unwrap_or_else(PoisonError::into_inner);
                payers.entry(directory).or_default().push(Arc::downgrade(&account.0));
            }
            account
        };
        // The opening has read the index, so the memory is in use. Other stores of the plugin on
        // this directory use it too: if it is over the budget, it stays so until they are closed.
        account.lock().set(store.memory())?;
        Ok(account)
    }
}

#[cfg(test)]
impl Accounts {
    /// Returns the number of accounts that are kept.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Charges all plugins for the index of a store that is about to be closed, before the plugin that
/// closes it stops paying: another one may keep the index.
pub(crate) fn charge_all(store: &Store<NativeDirectory>) {
    let Some(directory) = store.directory_id() else { return };
    let accounts: Vec<_> = {
        let payers = PAYERS.lock().unwrap_or_else(PoisonError::into_inner);
        payers.get(&directory).into_iter().flatten().filter_map(Weak::upgrade).collect()
    };
    if accounts.len() > 1 {
        let memory = store.memory();
        for account in accounts {
            Account(account).lock().raise_to(memory);
        }
    }
}

/// Forgets the accounts of a directory's index whose stores are closed.
pub(crate) fn forget_closed(directory: usize) {
    let mut payers = PAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(accounts) = payers.get_mut(&directory) {
        accounts.retain(|account| account.strong_count() > 0);
        if accounts.is_empty() {
            payers.remove(&directory);
        }
    }
}

impl Account {
    /// Locks the account. The caller does not use the disk meanwhile: other plugins may wait.
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
