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

mod context;
mod files;
mod interface;
pub mod limits;
mod pages;

pub use context::{Ctx, CtxBuilder, CtxView, View};
pub use interface::add_to_linker;
pub use pages::map_into_guest;
