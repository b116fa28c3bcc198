//! The builder of a plugin's context. `caps` has the functions that set caps.

use std::sync::Arc;

use super::Ctx;
use crate::files::IndexReservations;
use crate::interrupter::Interrupter;
use crate::limits::{
    self, Budget, Budgets, CallLimits, MAX_DTYPES, MAX_FILE_SIZE, MAX_FILES, MAX_HANDLES,
    MAX_INDEX, MAX_MAPPED, MAX_PAGE_TABLES, MAX_PRIVATE, MAX_SCANNED, MAX_STORED_BYTES,
    MAX_STORED_KEYS, MAX_THREADS, MAX_TOUCHED_PAGES, MAX_WINDOWS,
};
use crate::pages::PluginWindows;
use crate::stores::{ServedStore, ServedStores};

/// Configures the caps and permissions of a plugin, and builds its [`Ctx`].
///
/// A cap holds for all open objects of the plugin together. A call that would exceed it fails with
/// `limit-exceeded`.
///
/// ```
/// let ctx = filemap_host::CtxBuilder::new().max_files(16).max_mapped(1 << 30).build();
/// ```
#[derive(Clone, Debug)]
pub struct CtxBuilder {
    pub(super) handles: u64,
    pub(super) files: u64,
    pub(super) mapped: u64,
    pub(super) private: u64,
    pub(super) index: u64,
    pub(super) dtypes: u64,
    pub(super) windows: u64,
    pub(super) stored_bytes: u64,
    pub(super) stored_keys: u64,
    pub(super) file_size: u64,
    pub(super) threads: usize,
    pub(super) call: CallLimits,
    map_into_guest: bool,
    allow_blocking_current_thread: bool,
    stores: Vec<(String, Arc<dyn ServedStore>)>,
}

impl CtxBuilder {
    /// Returns a builder with the default caps of [`limits`], which does not allow windows.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            handles: MAX_HANDLES,
            files: MAX_FILES,
            mapped: MAX_MAPPED,
            private: MAX_PRIVATE,
            index: MAX_INDEX,
            dtypes: MAX_DTYPES,
            windows: MAX_WINDOWS,
            stored_bytes: MAX_STORED_BYTES,
            stored_keys: MAX_STORED_KEYS,
            file_size: MAX_FILE_SIZE,
            threads: MAX_THREADS,
            call: CallLimits {
                scanned: MAX_SCANNED,
                touched_pages: MAX_TOUCHED_PAGES,
                page_tables: MAX_PAGE_TABLES,
            },
            map_into_guest: false,
            allow_blocking_current_thread: false,
            stores: Vec::new(),
        }
    }

    /// Sets whether the plugin may have pages of files in its own memory, through the interface
    /// `mapping`. Default: no. The engine must be configured with
    /// [`map_into_guest`](crate::map_into_guest()) too.
    ///
    /// # Security
    ///
    /// The host then reads plugin memory that others can change at the same moment: every process
    /// that can write to the file, and the plugin itself through WASI. For instance, a host
    /// function may receive a string that is no longer valid UTF-8, which is undefined behaviour.
    /// Allow this only if you trust everybody who can write to the granted files as much as the
    /// host's own code. Grants for reading only, of files that nobody changes, are one such case.
    #[must_use]
    pub const fn map_into_guest(mut self, allowed: bool) -> Self {
        self.map_into_guest = allowed;
        self
    }

    /// Sets whether the asynchronous host functions may block the thread that calls the plugin
    /// while they wait for a disk. Default: no, they wait on Tokio's pool of blocking threads.
    ///
    /// Like [`WasiCtxBuilder::allow_blocking_current_thread`], this is for embedders whose executor
    /// has nothing else to do on that thread: a call is then faster, because no other thread has to
    /// take it. The synchronous functions of [`add_to_linker`](crate::add_to_linker) always block
    /// the thread of the call.
    ///
    /// [`WasiCtxBuilder::allow_blocking_current_thread`]:
    ///     wasmtime_wasi::WasiCtxBuilder::allow_blocking_current_thread
    #[must_use]
    pub const fn allow_blocking_current_thread(mut self, allowed: bool) -> Self {
        self.allow_blocking_current_thread = allowed;
        self
    }

    /// Puts a store on a server at a path, where the plugin opens it with `store.open` like a
    /// directory. It takes precedence over a directory at the same path. Of two stores at one path,
    /// the last counts.
    #[cfg(feature = "redis")]
    #[must_use]
    pub fn store_at(mut self, path: impl Into<String>, store: crate::RedisStore) -> Self {
        self.stores.push((path.into(), Arc::new(store)));
        self
    }

    /// Builds the context of one plugin. Further calls build contexts for other plugins, each with
    /// separate caps.
    #[must_use]
    pub fn build(&self) -> Ctx {
        Ctx {
            budgets: self.budgets(),
            preopens: None,
            windows: self.map_into_guest.then(PluginWindows::default),
            index_reservations: IndexReservations::default(),
            stores: ServedStores::new(&self.stores),
            allow_blocking_current_thread: self.allow_blocking_current_thread,
        }
    }

    /// Returns new budgets with these caps.
    pub(crate) fn budgets(&self) -> Budgets {
        Budgets {
            handles: Budget::new(limits::HANDLES, self.handles),
            files: Budget::new(limits::FILES, self.files),
            mapped: Budget::new(limits::MAPPED, self.mapped),
            private: Budget::new(limits::PRIVATE, self.private),
            index: Budget::new(limits::INDEX, self.index),
            dtypes: Budget::new(limits::DTYPES, self.dtypes),
            windows: Budget::new(limits::WINDOWS, self.windows),
            page_tables: Budget::new(limits::PAGE_TABLES, self.call.page_tables),
            stored_bytes: Budget::new(limits::STORED_BYTES, self.stored_bytes),
            stored_keys: Budget::new(limits::STORED_KEYS, self.stored_keys),
            file_size: self.file_size,
            threads: self.threads,
            call: self.call,
            interrupter: Interrupter::new(),
        }
    }
}

impl Default for CtxBuilder {
    fn default() -> Self {
        Self::new()
    }
}
