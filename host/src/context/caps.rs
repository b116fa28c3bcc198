//! The functions that set the caps of a plugin. The tables in `docs/embedding.md` have a row for
//! each.

use super::CtxBuilder;
#[cfg(doc)]
use crate::limits::{
    MAX_DTYPES, MAX_FILE_SIZE, MAX_FILES, MAX_HANDLES, MAX_INDEX, MAX_MAPPED, MAX_PAGE_TABLES,
    MAX_PRIVATE, MAX_SCANNED, MAX_STORED_BYTES, MAX_STORED_KEYS, MAX_THREADS, MAX_TOUCHED_PAGES,
    MAX_WINDOWS,
};

impl CtxBuilder {
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

    /// Sets by how many bytes the plugin may make files longer. Default: [`MAX_STORED_BYTES`].
    ///
    /// Counted is the growth of all files by calls of filemap: new values and arrays, longer ones,
    /// and values that are not committed yet. A call reserves the growth before it writes, and what
    /// it does not use returns. Given back are the bytes of values that the plugin removes or
    /// replaces, and of arrays that it resizes to fewer elements, also if they existed before; but
    /// what is given back beyond what was counted is no credit. So whatever the plugin does, and
    /// from whatever moment on, filemap does not make its directories grow by more than this.
    ///
    /// - A replaced value counts until the new one has its place.
    /// - A removed file counts until the plugin has closed it everywhere: arrays, readers, streams.
    /// - The length of a file counts, and not its blocks: a hole counts, and the rest of the last
    ///   block, the names and the directories do not. Filling a hole of a file that existed before
    ///   does not count.
    /// - What plain WASI does beside filemap does not count: neither what it writes, nor what it
    ///   removes. To give back the file of an array, the plugin resizes it before it removes it.
    /// - What other plugins remove is given back to them, and not to the plugin that stored it.
    ///
    /// With a limit, replacing or removing a value takes some more system calls.
    #[must_use]
    pub const fn max_stored_bytes(mut self, max: u64) -> Self {
        self.stored_bytes = max;
        self
    }

    /// Sets how many keys the plugin may add to stores. Default: [`MAX_STORED_KEYS`].
    ///
    /// A new key counts when it gets its first value. Removing a key gives it back, also if it
    /// existed before; but more than was counted is no credit. Replacing a value counts nothing.
    /// Files of arrays, values that are not committed yet, and files that plain WASI makes are no
    /// keys.
    #[must_use]
    pub const fn max_stored_keys(mut self, max: u64) -> Self {
        self.stored_keys = max;
        self
    }

    /// Sets how long a file may be that the plugin makes or extends: values, also while they are
    /// written, and files of arrays. Longer files that exist can be read and changed, but not
    /// extended. Default: [`MAX_FILE_SIZE`].
    ///
    /// Plain WASI does not have this limit. The system's own, `RLIMIT_FSIZE`, holds for all plugins
    /// of the process.
    #[must_use]
    pub const fn max_file_size(mut self, max: u64) -> Self {
        self.file_size = max;
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

    /// Sets how many pages of a file one call may touch, in all its steps together. Default:
    /// [`MAX_TOUCHED_PAGES`].
    #[must_use]
    pub const fn max_touched_pages(mut self, max: u64) -> Self {
        self.call.touched_pages = max;
        self
    }

    /// Sets how many page tables one call may create, and how many all mappings of the plugin keep
    /// between calls. Default: [`MAX_PAGE_TABLES`].
    #[must_use]
    pub const fn max_page_tables(mut self, max: u64) -> Self {
        self.call.page_tables = max;
        self
    }
}
