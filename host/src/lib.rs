//! The native provider of `filemap:data`: persistent mappings and memory-mapped arrays for plugins
//! that run under Wasmtime, with real `mmap`.
//!
//! A plugin is a WebAssembly component that imports interfaces of `filemap:data`. This crate
//! implements these interfaces as host functions: [`add_to_linker`] and [`add_to_linker_async`] add
//! them to a [`Linker`], beside those of WASI. The plugin can open the files that its [`WasiCtx`]
//! grants it, with the permissions granted there, and no others.
//!
//! [`Linker`]: wasmtime::component::Linker
//! [`WasiCtx`]: wasmtime_wasi::WasiCtx
//!
//! # A complete host
//!
//! This program runs the plugin `terrain.wasm`, a command: a component that exports
//! `wasi:cli/run`. `cargo xtask demo` builds it.
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
//!     filemap_host::prepare_process()?;
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
//! An embedder's state has three parts: the WASI context, a [`Ctx`] for each plugin, and the
//! resource table that both use. [`View`] lends them to the host functions; for a state that cannot
//! implement it, [`add_to_linker_with`] takes a function. A plugin that is not a command is
//! instantiated with the bindings of its own world; the rest is the same.
//!
//! # An asynchronous host
//!
//! With Tokio, the same host runs many plugins on few threads. This function runs the plugin of a
//! prepared command until it ends or its time is over. The example `service` in the repository
//! (`host/examples/service.rs`) is a complete program around it, for any number of plugins at once.
//!
//! ```no_run
//! use std::time::Duration;
//! use wasmtime::component::{Component, Linker, ResourceTable};
//! use wasmtime::{Config, Engine, Result, Store};
//! use wasmtime_wasi::p2::bindings::CommandPre;
//! # use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
//! # struct State { wasi: WasiCtx, filemap: filemap_host::Ctx, table: ResourceTable }
//! # impl WasiView for State {
//! #     fn ctx(&mut self) -> WasiCtxView<'_> {
//! #         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
//! #     }
//! # }
//! # impl filemap_host::View for State {
//! #     fn filemap(&mut self) -> filemap_host::CtxView<'_> {
//! #         let (wasi, table) = (self.wasi.filesystem(), &mut self.table);
//! #         filemap_host::CtxView { ctx: &mut self.filemap, wasi, table }
//! #     }
//! # }
//!
//! /// Compiles and links a plugin.
//! fn prepare() -> Result<CommandPre<State>> {
//!     // A plugin that computes gives up its thread at each epoch.
//!     let engine = Engine::new(Config::new().epoch_interruption(true))?;
//!     let weak = engine.weak();
//!     std::thread::spawn(move || {
//!         while let Some(engine) = weak.upgrade() {
//!             engine.increment_epoch();
//!             drop(engine);
//!             std::thread::sleep(Duration::from_millis(5));
//!         }
//!     });
//!     let mut linker = Linker::<State>::new(&engine);
//!     wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
//!     filemap_host::add_to_linker_async(&mut linker)?;
//!     let plugin = Component::from_file(&engine, "terrain.wasm")?;
//!     CommandPre::new(linker.instantiate_pre(&plugin)?)
//! }
//!
//! /// Runs a plugin with its own state, for 10 seconds at most.
//! async fn run(plugin: &CommandPre<State>, state: State) -> Result<bool> {
//!     let interrupter = state.filemap.interrupter();
//!     let mut store = Store::new(plugin.engine(), state);
//!     store.set_epoch_deadline(1);
//!     store.epoch_deadline_async_yield_and_update(1);
//!     let call = async {
//!         let command = plugin.instantiate_async(&mut store).await?;
//!         command.wasi_cli_run().call_run(&mut store).await
//!     };
//!     let ended = tokio::time::timeout(Duration::from_secs(10), call).await;
//!     tokio::task::spawn_blocking(move || {
//!         // This closes the files that the plugin has left open, and ends a call that still runs.
//!         drop(store);
//!         interrupter.wait_for_updates();
//!     })
//!     .await?;
//!     Ok(matches!(ended, Ok(Ok(Ok(())))))
//! }
//! # fn main() {}
//! ```
//!
//! # Threads and blocking
//!
//! In the synchronous form, a call blocks its thread for as long as the disk takes, as any access
//! to mapped memory does. In the asynchronous form, a call that may wait for a disk does its work
//! on Tokio's pool of blocking threads, which the runtime's `max_blocking_threads` limits, 512 by
//! default. Calls that touch no file stay on the thread of the executor: `info`, `shape-of` and
//! views of `array`; for a store in a directory also `contains`, `len`, `describe` and the streams
//! of keys. For a store in Redis, these wait for the server on the pool. These block the thread of
//! the executor nevertheless:
//!
//! - every call, if [`CtxBuilder::allow_blocking_current_thread`] says so;
//! - the interface `mapping`: `place` changes the plugin's memory, and reads the file if the plugin
//!   asks for that (`prefault`); afterwards, each access of the plugin to a page that is not in
//!   memory waits for the disk, as it does in any program;
//! - dropping a `Store` whose plugin has files open: drop it by Tokio's `spawn_blocking`.
//!
//! An embedder that drops the future of a call, for instance after a time-out, ends the plugin.
//! Work that has begun on another thread goes on until the `Store` with the [`Ctx`] is dropped,
//! which interrupts it: a `set` has happened or not. Until then it keeps its file, its store and
//! what they take of the caps.
//!
//! Wasmtime's fuel and epochs do not end a host function. The [`Interrupter`] of a plugin does,
//! from another thread or by a deadline: the call fails with `interrupted`, and what is atomic has
//! happened or not. An `update` of many keys is completed in a thread of this crate, which goes on
//! after an interruption, and [`Interrupter::wait_for_updates`] waits for it.
//!
//! Plugins on several threads can use one directory at the same time. Their stores on it share one
//! index.
//!
//! # Components that use `wasi:keyvalue`
//!
//! With the feature `keyvalue` of this crate, [`LinkOptions`] can add `wasi:keyvalue@0.2.0-draft`:
//! its buckets are stores, and their identifiers the paths of stores. See `docs/keyvalue.md` in the
//! repository.
//!
//! # Stores in Redis
//!
//! With the feature `redis` of this crate, `CtxBuilder::store_at` puts a store on a Redis server at
//! a path of the plugin, and several hosts can share it. See `docs/redis.md` in the repository.
//!
//! # Metrics
//!
//! [`Ctx::usage`] returns how much of each cap a plugin uses. With the feature `tracing` of this
//! crate, each call of a host function is a span of the crate `tracing`, at the level `TRACE`.
//! Spans have the name `wit-bindgen import` and the fields `module` and `function`, as WASI's have:
//! `store` and `[method]store.get`. They do not have the arguments, which are the plugin's data.
//!
//! # Limits
//!
//! Everything that a plugin can accumulate has a cap: handles, open files, mapped bytes, changed
//! bytes, memory for keys and dtypes, windows, page tables. The bytes and keys that it stores and
//! the length of its files have quotas, which are off by default. [`CtxBuilder`] sets the caps, and
//! [`limits`] has the defaults. A call over a cap fails with `limit-exceeded`, and the plugin can
//! continue after it has given something back.
//!
//! The plugin's own memory and time are limited by Wasmtime: by [`Store::limiter`] (with a
//! [`StoreLimitsBuilder`]), and by [`Config::consume_fuel`] or [`Config::epoch_interruption`].
//! Neither ends a host function; the [`Interrupter`] does. Wasmtime has two more limits:
//!
//! - A plugin that passes more than 128 MiB to the host in one call traps. If such a call shall
//!   fail with `limit-exceeded` instead, raise the limit with `store.set_hostcall_fuel(256 << 20)`,
//!   as `filemap run` does, and not much further: lists of short elements take several times the
//!   bytes that they carry.
//! - [`ResourceTable::set_max_capacity`] limits the resources of all interfaces together. Beyond
//!   it, a call of filemap fails with `limit-exceeded`, and one of WASI traps.
//!
//! None of the caps holds for what a plugin does through WASI's own file system: it has none for
//! written bytes and for open files. See `docs/embedding.md` in the repository.
//!
//! [`Store::limiter`]: wasmtime::Store::limiter
//! [`StoreLimitsBuilder`]: wasmtime::StoreLimitsBuilder
//! [`Config::consume_fuel`]: wasmtime::Config::consume_fuel
//! [`Config::epoch_interruption`]: wasmtime::Config::epoch_interruption
//! [`ResourceTable::set_max_capacity`]: wasmtime::component::ResourceTable::set_max_capacity
//!
//! # Security
//!
//! - A plugin reaches granted directories only: paths are resolved by `cap-std`, as in
//!   `wasmtime-wasi`. A grant for reading only stays one.
//! - A hostile plugin cannot crash its host, and neither can another process that truncates a
//!   mapped file: the host's access to a missing page becomes the error `truncated`. The exception
//!   is a plugin that may have [files in its memory](CtxBuilder::map_into_guest).
//! - Mapped memory is never lent as a Rust reference, because other processes can change it at any
//!   time. It is only copied.
//! - [`CtxBuilder::max_stored_bytes`] limits what a plugin stores through this crate. With WASI's
//!   own file system, a plugin with a grant for writing can fill the disk nevertheless.
//!
//! # Files in the memory of plugins
//!
//! The interface `mapping` places pages of a file in the plugin's own memory. It is `unsupported`
//! unless the engine was configured with [`map_into_guest`](map_into_guest()), and the plugin's
//! context was built with [`CtxBuilder::map_into_guest`]. The latter says what that means for
//! security.
//!
//! # Signal handlers
//!
//! An access to a missing page of a truncated file raises `SIGBUS`. When the first file is mapped,
//! this crate installs a `SIGBUS` handler for the process. It repairs faults in mapped files of
//! plugins, and passes all other signals on to the handler that was installed before. An embedder
//! with its own `SIGBUS` handler installs it before the first plugin runs, or calls the
//! handler that it replaces.
//!
//! [`map_into_guest`](map_into_guest()) also installs a `SIGSEGV` handler. It sees only faults that
//! Wasmtime's handler does not know.
//!
//! [`prepare_process`] installs both handlers, and one for `SIGXFSZ`. An embedder calls it before
//! the first engine is made.
//!
//! # Platforms
//!
//! Linux. Elsewhere, run plugins with the portable component, which needs only WASI.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "filemap-host supports Linux only; on this system, run plugins with the portable component"
);

mod completions;
mod context;
mod files;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod interface;
mod interrupter;
pub mod limits;
mod pages;
mod process;
mod stores;
mod sync;

pub use context::{Ctx, CtxBuilder, CtxView, View};
pub use interface::{
    LinkOptions, add_to_linker, add_to_linker_async, add_to_linker_with, add_to_linker_with_async,
};
pub use interrupter::Interrupter;
pub use pages::{large_pages, map_into_guest};
pub use process::prepare_process;
#[cfg(feature = "redis")]
pub use stores::redis::{RedisOptions, RedisStore};
