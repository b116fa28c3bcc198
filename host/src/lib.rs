//! The native provider of `filemap:data`: persistent mappings and memory-mapped arrays for plugins
//! that run under Wasmtime, with real `mmap`.
//!
//! A plugin reaches the files that its [`WasiCtx`](wasmtime_wasi::WasiCtx) grants it, and no
//! others, with the permissions granted there. What it does with them cannot crash its host: a
//! mapped file that is truncated meanwhile is survived, and everything that a plugin can pile up
//! has a cap ([`limits`]).
//!
//! This is a complete host, which runs a command such as `cargo xtask demo` builds:
//!
//! ```no_run
//! use wasmtime::component::{Component, Linker, ResourceTable};
//! use wasmtime::{Engine, Result, Store};
//! use wasmtime_wasi::filesystem::FsPerms;
//! use wasmtime_wasi::p2::bindings::sync::Command;
//! use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//!
//! struct State {
//!     wasi: WasiCtx,
//!     filemap: filemap_host::Ctx,
//!     table: ResourceTable,
//! }
//!
//! impl WasiView for State {
//!     fn ctx(&mut self) -> WasiCtxView<'_> {
//!         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
//!     }
//! }
//!
//! impl filemap_host::View for State {
//!     fn filemap(&mut self) -> filemap_host::CtxView<'_> {
//!         filemap_host::CtxView {
//!             ctx: &mut self.filemap,
//!             wasi: self.wasi.filesystem(),
//!             table: &mut self.table,
//!         }
//!     }
//! }
//!
//! fn main() -> Result<()> {
//!     let engine = Engine::default();
//!     let mut linker = Linker::<State>::new(&engine);
//!     wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
//!     filemap_host::add_to_linker(&mut linker)?;
//!
//!     let mut wasi = WasiCtx::builder();
//!     wasi.inherit_stdio();
//!     wasi.preopened_dir("examples/terrain/data", "dem", FsPerms::ReadOnly)?;
//!     wasi.preopened_dir("results", "results", FsPerms::ReadWrite)?;
//!     let filemap = filemap_host::CtxBuilder::new().build();
//!     let state = State { wasi: wasi.build(), filemap, table: ResourceTable::new() };
//!     let mut store = Store::new(&engine, state);
//!
//!     let plugin = Component::from_file(&engine, "terrain.wasm")?;
//!     let command = Command::instantiate(&mut store, &plugin, &linker)?;
//!     let succeeded = command.wasi_cli_run().call_run(&mut store)?.is_ok();
//!     std::process::exit(if succeeded { 0 } else { 1 });
//! }
//! ```
//!
//! The host functions are synchronous, and can be linked beside either form of WASI's. They block
//! the thread they are called on for as long as the disk takes, as every access to mapped memory
//! does.
//!
//! # What to know about large calls
//!
//! Wasmtime itself ends a plugin that hands over more than 128 MiB in one call. A host that wants
//! such a plugin to get `limit-exceeded` instead lets Wasmtime take more:
//! `store.set_hostcall_fuel(1 << 30)`, as `filemap run` does.
//!
//! # Files in the memory of plugins
//!
//! The interface `mapping` is `unsupported` unless the engine was made for it, by
//! [`map_into_guest`](map_into_guest()), and the context allows it, by
//! [`CtxBuilder::map_into_guest`], which says what that means for security.
//!
//! # What to know about signals
//!
//! A page of a truncated file raises `SIGBUS` when it is touched. The first array that a process
//! maps installs a handler, which repairs faults in filemap's own copying and hands all others to
//! the handler that was there before. An embedder with a `SIGBUS` handler of its own installs it
//! before, or calls the one it replaces. What [`map_into_guest`](map_into_guest()) installs for
//! `SIGSEGV` is asked only when Wasmtime's own handler does not know a fault.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "filemap-host maps files by the means of Linux; on this system, use the portable component"
);

mod advise;
mod array;
mod bindings;
mod bulk;
mod copy;
mod descriptors;
mod error;
mod files;
pub mod limits;
mod lock;
mod mapping;
mod memory;
mod mmap;
mod news;
mod sigbus;
mod sigsegv;
mod store;
mod windows;

pub use memory::map_into_guest;

use filemap::fs::Preopens;
use wasmtime::component::{HasData, Linker, ResourceTable};
use wasmtime_wasi::filesystem::{Descriptor, WasiFilesystemCtx, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;

use bulk::Scratch;
use files::NativeDirectory;
use limits::{
    Budget, Budgets, MAX_DTYPES, MAX_FILES, MAX_HANDLES, MAX_INDEX, MAX_MAPPED, MAX_PRIVATE,
    MAX_WINDOWS,
};
use mapping::Windows;
use store::Accounts;

/// What filemap keeps for one plugin.
#[derive(Debug)]
pub struct Ctx {
    budgets: Budgets,
    /// The directories that the plugin was granted, once they have been asked for: they never
    /// change.
    preopens: Option<Preopens<NativeDirectory>>,
    /// The windows in the plugin's memory, where it may have some.
    windows: Option<Windows>,
    /// What it pays for the keys of the directories that it has open.
    accounts: Accounts,
    /// What the reads of its streams share.
    scratch: Scratch,
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
        let windows = self.map_into_guest.then(Windows::default);
        Ctx {
            budgets,
            preopens: None,
            windows,
            accounts: Accounts::default(),
            scratch: Scratch::default(),
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

/// Adds the interfaces of `filemap:data` to a linker. WASI is added separately:
/// `wasmtime_wasi::p2::add_to_linker_sync`.
///
/// # Errors
///
/// Fails where the linker has something of these names already.
pub fn add_to_linker<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    bindings::errors::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::store::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::array::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::descriptors::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::bulk::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    mapping::add_to_linker(linker)
}

/// Tells the generated code what the host functions are implemented for.
struct Filemap;

impl HasData for Filemap {
    type Data<'a> = CtxView<'a>;
}

impl bindings::errors::Host for CtxView<'_> {
    fn convert_error(&mut self, error: error::Error) -> wasmtime::Result<bindings::errors::Error> {
        error.into_wit()
    }
}

impl CtxView<'_> {
    /// The directories that the plugin was granted.
    fn preopens(&mut self) -> error::Result<&Preopens<NativeDirectory>> {
        if self.ctx.preopens.is_none() {
            let listed =
                WasiFilesystemCtxView { ctx: self.wasi, table: self.table }.get_directories()?;
            let mut preopens = Vec::with_capacity(listed.len());
            for (handle, guest) in listed {
                if let Descriptor::Dir(dir) = self.table.delete(handle)? {
                    let directory = NativeDirectory::new(&dir, &self.ctx.budgets);
                    preopens.push((
                        guest,
                        directory.map_err(|error| {
                            filemap::error::Error::io("open the grant", "", &error)
                        })?,
                    ));
                }
            }
            self.ctx.preopens = Some(Preopens::new(preopens));
        }
        Ok(self.ctx.preopens.get_or_insert_with(|| Preopens::new(Vec::new())))
    }
}
