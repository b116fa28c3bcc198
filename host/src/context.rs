//! What filemap keeps for one plugin, and how the host functions reach it.

use filemap::fs::Preopens;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use crate::files::{Accounts, NativeDirectory};
use crate::limits::{
    Budget, Budgets, MAX_DTYPES, MAX_FILES, MAX_HANDLES, MAX_INDEX, MAX_MAPPED, MAX_PRIVATE,
    MAX_WINDOWS,
};
use crate::pages::PluginWindows;

mod read_buffer;

pub(crate) use read_buffer::ReadBuffer;

/// What filemap keeps for one plugin.
#[derive(Debug)]
pub struct Ctx {
    pub(crate) budgets: Budgets,
    /// The directories that the plugin was granted, once they have been asked for: they never
    /// change.
    pub(crate) preopens: Option<Preopens<NativeDirectory>>,
    /// The windows in the plugin's memory, where it may have some.
    pub(crate) windows: Option<PluginWindows>,
    /// What it pays for the keys of the directories that it has open.
    pub(crate) accounts: Accounts,
    /// What the reads of its streams share.
    pub(crate) read_buffer: ReadBuffer,
}

/// Makes a [`Ctx`].
#[derive(Clone, Debug)]
pub struct CtxBuilder {
    handles: u64,
    files: u64,
    mapped: u64,
    private: u64,
    index: u64,
    dtypes: u64,
    windows: u64,
    map_into_guest: bool,
}

impl CtxBuilder {
    /// A builder with the default caps.
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
            map_into_guest: false,
        }
    }

    /// Whether the plugin may have pages of files in its own memory, which the interface `mapping`
    /// is about. Default: no. The engine has to be made for it
    /// ([`map_into_guest`](crate::map_into_guest())).
    ///
    /// The host may then read memory of the plugin that others change at the same moment: whoever
    /// may write to the file, the plugin itself by WASI included. A host function may get text that
    /// is not UTF-8 then, which is undefined behaviour. Allow it where all who may write to the
    /// files that the plugin is granted are trusted as much as the host's own code: for instance
    /// with grants for reading only.
    #[must_use]
    pub const fn map_into_guest(mut self, allowed: bool) -> Self {
        self.map_into_guest = allowed;
        self
    }

    /// How many windows the plugin may have in its memory at once. Default: [`MAX_WINDOWS`].
    #[must_use]
    pub const fn max_windows(mut self, most: u64) -> Self {
        self.windows = most;
        self
    }

    /// How many arrays, views, stores, streams, readers and writers the plugin may have at once.
    /// Default: [`MAX_HANDLES`].
    #[must_use]
    pub const fn max_handles(mut self, most: u64) -> Self {
        self.handles = most;
        self
    }

    /// How many files and directories may be mapped or held open for the plugin at once. Default:
    /// [`MAX_FILES`].
    #[must_use]
    pub const fn max_files(mut self, most: u64) -> Self {
        self.files = most;
        self
    }

    /// How many bytes of address space the plugin's mappings may have at once. Default:
    /// [`MAX_MAPPED`].
    #[must_use]
    pub const fn max_mapped(mut self, most: u64) -> Self {
        self.mapped = most;
        self
    }

    /// How many bytes the plugin may have changed in mappings of the mode `copy-on-write`. Default:
    /// [`MAX_PRIVATE`].
    #[must_use]
    pub const fn max_private(mut self, most: u64) -> Self {
        self.private = most;
        self
    }

    /// How many bytes of memory the keys of the plugin's open stores may take. Default:
    /// [`MAX_INDEX`].
    #[must_use]
    pub const fn max_index(mut self, most: u64) -> Self {
        self.index = most;
        self
    }

    /// How many bytes of memory the dtypes of the plugin's open arrays and views may take. Default:
    /// [`MAX_DTYPES`].
    #[must_use]
    pub const fn max_dtypes(mut self, most: u64) -> Self {
        self.dtypes = most;
        self
    }

    /// The context, for one plugin.
    #[must_use]
    pub fn build(&self) -> Ctx {
        let budgets = Budgets {
            handles: Budget::new(
                "the number of open arrays, views, stores, streams, readers and writers",
                self.handles,
            ),
            files: Budget::new("the number of open files", self.files),
            mapped: Budget::new("the number of mapped bytes", self.mapped),
            private: Budget::new(
                "the number of bytes changed in mode `copy-on-write`",
                self.private,
            ),
            index: Budget::new("the memory for the keys of open stores", self.index),
            dtypes: Budget::new("the memory for the dtypes of open arrays and views", self.dtypes),
            windows: Budget::new("the number of windows in the plugin's memory", self.windows),
        };
        let windows = self.map_into_guest.then(PluginWindows::default);
        Ctx {
            budgets,
            preopens: None,
            windows,
            accounts: Accounts::default(),
            read_buffer: ReadBuffer::default(),
        }
    }
}

impl Default for CtxBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// The parts of an embedder's state that the host functions work with.
pub struct CtxView<'a> {
    /// What filemap keeps for the plugin.
    pub ctx: &'a mut Ctx,
    /// The files that the plugin was granted: `WasiCtx::filesystem`.
    pub wasi: &'a mut WasiFilesystemCtx,
    /// The handles that the plugin has, those of WASI among them.
    pub table: &'a mut ResourceTable,
}

/// An embedder's state that has what the host functions need: the `T` of `Store<T>`.
pub trait View: Send {
    /// Borrows the parts.
    fn filemap(&mut self) -> CtxView<'_>;
}
