//! The budgets of one plugin, and what it uses of each.

use std::sync::Arc;

use filemap::fs::{IoError, IoErrorKind, IoResult};

use super::budget::{Budget, BudgetWords};
use super::usage::{Amount, Usage};
use crate::interrupter::Interrupter;

/// What bounds one plugin: its budgets, the limits of one call, and the handle that ends its calls.
/// All clones share them. The plugin's directories, files and mappings have a clone each.
#[derive(Clone, Debug)]
pub(crate) struct Budgets {
    pub(crate) handles: Arc<Budget>,
    pub(crate) files: Arc<Budget>,
    pub(crate) mapped: Arc<Budget>,
    pub(crate) private: Arc<Budget>,
    pub(crate) index: Arc<Budget>,
    pub(crate) dtypes: Arc<Budget>,
    pub(crate) windows: Arc<Budget>,
    /// The page tables that mappings keep between calls. It is never exceeded: a mapping that gets
    /// nothing of it is unmapped after the call.
    pub(crate) page_tables: Arc<Budget>,
    pub(crate) stored_bytes: Arc<Budget>,
    pub(crate) stored_keys: Arc<Budget>,
    /// The length to which a file may be extended.
    pub(crate) file_size: u64,
    /// The number of threads that one call may compute in.
    pub(crate) threads: usize,
    pub(crate) call: CallLimits,
    pub(crate) interrupter: Interrupter,
}

/// The limits of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallLimits {
    /// The bytes of a file that it processes.
    pub(crate) scanned: u64,
    /// The pages of a file that it touches.
    pub(crate) touched_pages: u64,
    /// The page tables that it creates.
    pub(crate) page_tables: u64,
}

pub(crate) const HANDLES: BudgetWords = BudgetWords {
    name: "max_handles",
    unit: "open arrays, views, stores, streams, readers and writers",
    remedy: "close or drop some first",
};

pub(crate) const FILES: BudgetWords = BudgetWords {
    name: "max_files",
    unit: "open files and directories",
    remedy: "close or drop some first",
};

pub(crate) const MAPPED: BudgetWords = BudgetWords {
    name: "max_mapped",
    unit: "mapped bytes",
    remedy: "close or drop some first, or map a smaller part of the file",
};

pub(crate) const PRIVATE: BudgetWords = BudgetWords {
    name: "max_private",
    unit: "bytes changed in mode `copy-on-write`",
    remedy: "close arrays with changes first, or remove windows",
};

pub(crate) const INDEX: BudgetWords = BudgetWords {
    name: "max_index",
    unit: "bytes of memory for the keys of open stores",
    remedy: "close a store or remove keys first",
};

pub(crate) const DTYPES: BudgetWords = BudgetWords {
    name: "max_dtypes",
    unit: "bytes of memory for the dtypes of open arrays and views",
    remedy: "close or drop some first",
};

pub(crate) const WINDOWS: BudgetWords =
    BudgetWords { name: "max_windows", unit: "windows", remedy: "remove some first" };

pub(crate) const PAGE_TABLES: BudgetWords =
    BudgetWords { name: "max_page_tables", unit: "page tables", remedy: "close arrays first" };

pub(crate) const STORED_BYTES: BudgetWords = BudgetWords {
    name: "max_stored_bytes",
    unit: "bytes in files",
    remedy: "remove keys, or resize arrays to fewer elements first",
};

pub(crate) const STORED_KEYS: BudgetWords =
    BudgetWords { name: "max_stored_keys", unit: "keys", remedy: "remove some first" };

impl Budgets {
    pub(crate) fn usage(&self) -> Usage {
        let amount = |budget: &Budget| Amount { used: budget.used(), max: budget.max() };
        Usage {
            handles: amount(&self.handles),
            files: amount(&self.files),
            mapped: amount(&self.mapped),
            private: amount(&self.private),
            index: amount(&self.index),
            dtypes: amount(&self.dtypes),
            windows: amount(&self.windows),
            page_tables: amount(&self.page_tables),
            stored_bytes: amount(&self.stored_bytes),
            stored_keys: amount(&self.stored_keys),
        }
    }

    /// Fails if a file may not be made `size` bytes long.
    pub(crate) fn check_file_size(&self, size: u64) -> IoResult<()> {
        let max = self.file_size;
        if size <= max {
            return Ok(());
        }
        Err(over_limit(format!(
            "the limit `max_file_size` is {max} bytes for one file, and it would have {size}: \
             write less, or use several files"
        )))
    }
}

/// Returns the error for a request that exceeds a limit; `detail` says which.
pub(crate) const fn over_limit(detail: String) -> IoError {
    IoError { kind: IoErrorKind::OverLimit, detail }
}
