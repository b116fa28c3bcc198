//! The state that filemap keeps for one plugin, and the embedder's view of it.
//!
//! This module is below `interface`: it must not know the WIT or its bindings.

use std::sync::Arc;

use filemap::fs::Preopens;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use crate::files::{IndexReservations, NativeDirectory};
use crate::interrupter::Interrupter;
use crate::limits::{
    Budget, Budgets, CallLimits, MAX_DTYPES, MAX_FILES, MAX_HANDLES, MAX_INDEX, MAX_MAPPED,
    MAX_PAGE_TABLES, MAX_PRIVATE, MAX_SCANNED, MAX_THREADS, MAX_TOUCHED_PAGES, MAX_WINDOWS, Usage,
};
use crate::pages::PluginWindows;
use crate::stores::{ServedStore, ServedStores};

/// The state that filemap keeps for one plugin: its caps and how much of each is in use, its
/// granted directories, and its windows.
///
/// Each plugin needs a separate context, built by a [`CtxBuilder`].
#[derive(Debug)]
pub struct Ctx {
    pub(crate) budgets: Budgets,
    /// The directories that the plugin was granted. They are read from WASI at the first use, and
    /// do not change afterwards.
    pub(crate) preopens: Option<Arc<Preopens<NativeDirectory>>>,
    /// The windows in the plugin's memory; `None` if the embedder does not allow any.
    pub(crate) windows: Option<PluginWindows>,
    /// The reservations for the index of each directory in which the plugin has stores open.
    pub(crate) index_reservations: IndexReservations,
    /// The stores on servers that the plugin may open.
    pub(crate) stores: ServedStores,
    /// Whether the asynchronous host functions wait for the disk on the thread of the call.
    pub(crate) allow_blocking_current_thread: bool,
}

impl Ctx {
    /// Returns how much of each budget the plugin uses now, and how much it may use.
    ///
    /// While a call of the plugin runs, it has the plugin's store. An embedder reads the usage
    /// between two calls, or in a host function of its own.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.budgets.usage()
    }
}

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
    handles: u64,
    files: u64,
    mapped: u64,
    private: u64,
    index: u64,
    dtypes: u64,
    windows: u64,
    threads: usize,
    call: CallLimits,
    map_into_guest: bool,
    allow_blocking_current_thread: bool,
    stores: Vec<(String, Arc<dyn ServedStore>)>,
}

impl Ctx {
    /// Returns the handle that ends the calls of this plugin.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// let ctx = filemap_host::CtxBuilder::new().build();
    /// let interrupter = ctx.interrupter();
    /// // Before a call of the plugin: all calls of filemap in it together may take a second.
    /// interrupter.set_deadline(Instant::now() + Duration::from_secs(1));
    /// // From another thread, at any time:
    /// std::thread::spawn({
    ///     let interrupter = interrupter.clone();
    ///     move || interrupter.interrupt()
    /// });
    /// // Before the plugin is used again:
    /// interrupter.reset();
    /// ```
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.budgets.interrupter.clone()
    }
}

impl CtxBuilder {
    /// Returns a builder with the default caps of [`limits`](crate::limits), which does not allow
    /// windows.
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

    /// Sets how many windows the plugin may have in its memory at once. Default: [`MAX_WINDOWS`].
    #[must_use]
    pub const fn max_windows(mut self, max: u64) -> Self {
        self.windows = max;
        self
    }

    /// Sets how many arrays, views, stores, streams, readers and writers the plugin may have at
    /// once. Default: [`MAX_HANDLES`].
    #[must_use]
    pub const fn max_handles(mut self, max: u64) -> Self {
        self.handles = max;
        self
    }

    /// Sets how many files and directories may be mapped or held open for the plugin at once.
    /// Default: [`MAX_FILES`].
    #[must_use]
    pub const fn max_files(mut self, max: u64) -> Self {
        self.files = max;
        self
    }

    /// Sets how many bytes of address space the plugin's mappings may have at once. Default:
    /// [`MAX_MAPPED`].
    #[must_use]
    pub const fn max_mapped(mut self, max: u64) -> Self {
        self.mapped = max;
        self
    }

    /// Sets how many bytes the plugin may have changed in mappings of the mode `copy-on-write`, in
    /// whole pages. A window of that mode counts with its full length. Default: [`MAX_PRIVATE`].
    #[must_use]
    pub const fn max_private(mut self, max: u64) -> Self {
        self.private = max;
        self
    }

    /// Sets how many bytes of memory the keys of the plugin's open stores may take. Default:
    /// [`MAX_INDEX`].
    #[must_use]
    pub const fn max_index(mut self, max: u64) -> Self {
        self.index = max;
        self
    }

    /// Sets how many bytes of memory the dtypes of the plugin's open arrays and views may take.
    /// Default: [`MAX_DTYPES`].
    #[must_use]
    pub const fn max_dtypes(mut self, max: u64) -> Self {
        self.dtypes = max;
        self
    }

    /// Sets in how many threads one call of `reduce` may compute, the plugin's own thread included;
    /// 0 counts as 1. The results do not depend on it. Default: [`MAX_THREADS`].
    #[must_use]
    pub const fn max_threads(mut self, max: usize) -> Self {
        self.threads = if max == 0 { 1 } else { max };
        self
    }

    /// Sets how many bytes of a file one call of `reduce` or `fill` may process. Default:
    /// [`MAX_SCANNED`].
    #[must_use]
    pub const fn max_scanned(mut self, max: u64) -> Self {
        self.call.scanned = max;
        self
    }

    /// Sets how many pages of a file one call may touch. Default: [`MAX_TOUCHED_PAGES`].
    #[must_use]
    pub const fn max_touched_pages(mut self, max: u64) -> Self {
        self.call.touched_pages = max;
        self
    }

    /// Sets how many page tables one call may create. Default: [`MAX_PAGE_TABLES`].
    #[must_use]
    pub const fn max_page_tables(mut self, max: u64) -> Self {
        self.call.page_tables = max;
        self
    }

    /// Builds the context of one plugin. Further calls build contexts for other plugins, each with
    /// separate caps.
    #[must_use]
    pub fn build(&self) -> Ctx {
        let budgets = Budgets {
            handles: Budget::new(
                "open arrays, views, stores, streams, readers and writers",
                self.handles,
            ),
            files: Budget::new("open files", self.files),
            mapped: Budget::new("mapped bytes", self.mapped),
            private: Budget::new("bytes changed in mode `copy-on-write`", self.private),
            index: Budget::new("bytes of memory for the keys of open stores", self.index),
            dtypes: Budget::new(
                "bytes of memory for the dtypes of open arrays and views",
                self.dtypes,
            ),
            windows: Budget::new("windows in its memory", self.windows),
            threads: self.threads,
            call: self.call,
            interrupter: Interrupter::new(),
        };
        let windows = self.map_into_guest.then(PluginWindows::default);
        Ctx {
            budgets,
            preopens: None,
            windows,
            index_reservations: IndexReservations::default(),
            stores: ServedStores::new(&self.stores),
            allow_blocking_current_thread: self.allow_blocking_current_thread,
        }
    }
}

impl Default for CtxBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// The parts of an embedder's state that the host functions use.
pub struct CtxView<'a> {
    /// The plugin's state in filemap.
    pub ctx: &'a mut Ctx,
    /// The plugin's grants of files: `WasiCtx::filesystem`.
    pub wasi: &'a mut WasiFilesystemCtx,
    /// The table of the plugin's resources, the same that WASI uses.
    pub table: &'a mut ResourceTable,
}

/// A view of the embedder's state, the `T` of `Store<T>`, for the host functions.
pub trait View: Send {
    /// Borrows the parts that the host functions use.
    fn filemap(&mut self) -> CtxView<'_>;
}
