//! The native region: a mapped part of a file, which clones share.
//!
//! [`MmapRegion`] implements the engine's `Region` by a lock around a [`Mapping`], which does the
//! work. [`place`] puts parts of a mapping into the memory of the plugin.
//!
//! The lock is held while a disk is read or written. So the functions that calls without a disk
//! use, [`checkpoint`](MmapRegion::checkpoint) and [`is_closed`](MmapRegion::is_closed), do not
//! wait for it: such a call runs on the thread of an executor, while a stream uses the mapping on
//! another one.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use filemap::fs::{IoErrorKind, IoResult};
use filemap::layout::{Layout, Transfer};
use filemap::region::{
    Advice, MapFile, Part, Region, Resize, Sharing, Visitor, Window, visit_by_reads,
};

use crate::files::NativeFile;
use crate::interrupter::Interrupter;
use mapping::Mapping;

mod call_limits;
mod long_run;
mod mapping;
mod place;

/// A mapped part of a file. A clone is the same mapping.
#[derive(Clone, Debug)]
pub(crate) struct MmapRegion {
    /// `None` inside once it is closed.
    mapping: Arc<Mutex<Option<Mapping>>>,
    /// That of the plugin.
    interrupter: Interrupter,
}

impl MapFile for NativeFile {
    type Region = MmapRegion;

    fn check_map(&self, window: Window) -> IoResult<()> {
        Mapping::reserve(&self.budgets, window).map(drop)
    }

    fn map(&self, window: Window, sharing: Sharing) -> IoResult<MmapRegion> {
        MmapRegion::new(self.clone(), window, sharing)
    }
}

impl MmapRegion {
    fn new(file: NativeFile, window: Window, sharing: Sharing) -> IoResult<Self> {
        let interrupter = file.budgets.interrupter.clone();
        let mapping = Arc::new(Mutex::new(Some(Mapping::new(file, window, sharing)?)));
        Ok(Self { mapping, interrupter })
    }

    /// Calls `action` with the mapping, or fails with [`IoErrorKind::Closed`].
    fn with<T>(&self, action: impl FnOnce(&mut Mapping) -> IoResult<T>) -> IoResult<T> {
        self.lock().as_mut().map_or(Err(IoErrorKind::Closed.into()), action)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Mapping>> {
        // Nothing that runs under the lock leaves the mapping half changed.
        self.mapping.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Region for MmapRegion {
    fn checkpoint(&self) -> IoResult<()> {
        self.interrupter.checkpoint()
    }

    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.with(|mapping| mapping.read(transfer, buffer))
    }

    fn read_vec(&self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        self.with(|mapping| mapping.read_vec(transfer, length))
    }

    fn visit<V: Visitor + Send>(&self, parts: &mut [Part<V>]) -> IoResult<()> {
        let has_changes = self.with(|mapping| Ok(mapping.has_changes()))?;
        if has_changes {
            return visit_by_reads(self, parts);
        }
        self.with(|mapping| mapping.visit(parts))
    }

    fn parts_at_once(&self) -> usize {
        self.with(|mapping| Ok(mapping.file.budgets.threads)).unwrap_or(1)
    }

    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        self.with(|mapping| mapping.write(transfer, buffer))
    }

    fn changed_run(&self, range: Range<u64>) -> IoResult<(u64, bool)> {
        self.with(|mapping| Ok(mapping.changed_run(range)))
    }

    fn flush(&self) -> IoResult<()> {
        self.with(|mapping| mapping.flush())
    }

    fn check_budget(&self, bytes: u64, layout: &Layout) -> IoResult<()> {
        self.with(|mapping| mapping.check_budget(bytes, layout))
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> IoResult<()> {
        self.with(|mapping| mapping.advise(range, advice))
    }

    fn resize(&self, resize: &Resize) -> IoResult<()> {
        self.with(|mapping| mapping.resize(resize))
    }

    fn close(&self) {
        self.lock().take();
    }

    fn is_closed(&self) -> bool {
        match self.mapping.try_lock() {
            Ok(mapping) => mapping.is_none(),
            Err(TryLockError::Poisoned(mapping)) => mapping.into_inner().is_none(),
            // Another thread uses the mapping, for instance for a stream.
            Err(TryLockError::WouldBlock) => false,
        }
    }
}

#[cfg(test)]
mod tests;
