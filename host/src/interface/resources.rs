//! The resources behind the plugin's handles, each with the parts of the plugin's budgets that it
//! takes. A dropped resource gives its parts back.
//!
//! The generated bindings name these types, so this file must not import the bindings.

#![expect(unreachable_pub, reason = "the generated bindings re-export these types")]

use filemap::array::Memmap;
use filemap::error::{Error, Result};
use filemap::store::{ItemStream, KeyStream, Store, ValueReader, ValueWriter};

use crate::files::{Account, NativeDirectory, WeakAccount, charge_all, forget_closed};
use crate::limits::Lease;
use crate::pages::MmapRegion;

/// The resource `memmap`: an array or a view.
#[derive(Debug)]
pub struct MemmapResource {
    pub(super) array: Memmap<MmapRegion>,
    _handle: Lease,
    _dtype: Lease,
}

/// The resource `store`.
pub struct StoreResource {
    pub(super) store: Store<NativeDirectory>,
    /// `None` once the store is closed.
    account: Option<Account>,
    files: Lease,
    _handle: Lease,
}

/// The resource `key-stream`.
pub struct KeyStreamResource {
    pub(super) stream: KeyStream<NativeDirectory>,
    _handle: Lease,
}

/// The resource `item-stream`.
pub struct ItemStreamResource {
    pub(super) stream: ItemStream<NativeDirectory>,
    _handle: Lease,
}

/// The resource `value-reader`.
pub struct ValueReaderResource {
    pub(super) reader: ValueReader<NativeDirectory>,
    _files: Lease,
    _handle: Lease,
}

/// The resource `value-writer`.
pub struct ValueWriterResource {
    pub(super) writer: ValueWriter<NativeDirectory>,
    account: Option<WeakAccount>,
    files: Lease,
    _handle: Lease,
}

impl MemmapResource {
    pub(super) const fn new(array: Memmap<MmapRegion>, dtype: Lease, handle: Lease) -> Self {
        Self { array, _handle: handle, _dtype: dtype }
    }
}

impl StoreResource {
    pub(super) const fn new(
        store: Store<NativeDirectory>,
        account: Account,
        files: Lease,
        handle: Lease,
    ) -> Self {
        Self { store, account: Some(account), files, _handle: handle }
    }

    /// Calls `change` after the plugin has paid for the memory by which the store's keys may grow:
    /// `growth` bytes.
    pub(super) fn change<T>(
        &self,
        growth: u64,
        change: impl FnOnce(&Store<NativeDirectory>) -> Result<T>,
    ) -> Result<T> {
        // A closed store has no account, and `change` fails with `closed`.
        let Some(account) = &self.account else { return change(&self.store) };
        // A plugin whose budget is exceeded by the keys of others can still remove keys.
        if growth > 0 {
            account.lock().grow(growth)?;
        }
        let result = change(&self.store);
        account.lock().shrink_to(self.store.memory());
        result
    }

    /// Opens a writer for the value of a key.
    pub(super) fn writer(
        &self,
        key: &str,
        files: Lease,
        handle: Lease,
    ) -> Result<ValueWriterResource> {
        let writer = self.store.writer(key)?;
        let account = self.account.as_ref().map(Account::downgrade);
        Ok(ValueWriterResource { writer, account, files, _handle: handle })
    }

    /// Closes the store, and gives back what it takes of the plugin's budgets except the handle.
    pub(super) fn close(&mut self) {
        let directory = self.store.directory_id();
        charge_all(&self.store);
        self.store.close();
        self.account = None;
        if let Some(directory) = directory {
            forget_closed(directory);
        }
        self.files.shrink_to(0);
    }
}

impl Drop for StoreResource {
    fn drop(&mut self) {
        self.close();
    }
}

impl KeyStreamResource {
    pub(super) const fn new(stream: KeyStream<NativeDirectory>, handle: Lease) -> Self {
        Self { stream, _handle: handle }
    }
}

impl ItemStreamResource {
    pub(super) const fn new(stream: ItemStream<NativeDirectory>, handle: Lease) -> Self {
        Self { stream, _handle: handle }
    }
}

impl ValueReaderResource {
    pub(super) const fn new(
        reader: ValueReader<NativeDirectory>,
        files: Lease,
        handle: Lease,
    ) -> Self {
        Self { reader, _files: files, _handle: handle }
    }
}

impl ValueWriterResource {
    /// Commits the value after the plugin has paid for its key. If it cannot pay, the value is
    /// discarded.
    pub(super) fn commit(&mut self) -> Result<()> {
        let Self { writer, account, files, .. } = self;
        let account = account.as_ref().and_then(WeakAccount::upgrade);
        // If the store is closed, it has no account, and `commit` fails with `closed`.
        let Some(account) = account else { return writer.commit() };
        let paid = account.lock().grow(writer.memory_growth()).map_err(Error::from);
        let result = paid.inspect_err(|_| writer.abort()).and_then(|()| writer.commit());
        account.lock().shrink_to(writer.memory());
        // A writer whose stream is not complete keeps its file: the plugin can continue.
        if writer.is_finished() {
            files.shrink_to(0);
        }
        result
    }
}
