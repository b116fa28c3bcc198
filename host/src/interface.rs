//! The host functions of the WIT interfaces: conversion and handles, nothing else.
//!
//! There is one file per interface. Rules are in the engine, files in `files`, and pages in
//! `pages`. The generated bindings name the slots of the resources and the error of the host
//! functions, so these are in files that do not import the bindings.
//!
//! A host function is written once, for both forms. One that may wait for a disk is `async`; its
//! work is done by [`Host::run_blocking`](handles::Host::run_blocking), on the thread of the call
//! or on another one.

mod array;
mod bindings;
mod blocking;
mod bulk;
mod descriptors;
mod errors;
mod functions;
mod handles;
#[cfg(feature = "keyvalue")]
mod keyvalue;
mod link_options;
mod linking;
mod mapping;
mod resources;
mod slot;
mod span;
mod store;
mod trappable_error;

use wasmtime::component::Linker;

use crate::{CtxView, View};
pub use link_options::LinkOptions;
use linking::{Form, Interface};

/// Adds all interfaces of `filemap:data` to a linker, in the synchronous form.
///
/// WASI is added separately, before or after this call, by
/// [`wasmtime_wasi::p2::add_to_linker_sync`]. The plugin needs it to be instantiated, and this
/// crate reads the plugin's granted directories from it. With WASI's asynchronous form, use
/// [`add_to_linker_async`] instead: the functions of this one block the thread of the call for as
/// long as the disk takes.
///
/// The host functions are the same for all plugins. A plugin's caps and permissions are in its
/// [`Ctx`](crate::Ctx); the interface `mapping` is added in any case, and is `unsupported` without
/// the embedder's permission. [`add_to_linker_with`] adds some of the interfaces only.
///
/// # Errors
///
/// Fails if the linker already has an interface with one of these names, unless it allows
/// shadowing.
pub fn add_to_linker<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_to_linker_with(linker, &LinkOptions::new(), T::filemap)
}

/// Adds all interfaces of `filemap:data` to a linker, in the asynchronous form.
///
/// A call that may wait for a disk does its work on Tokio's pool of blocking threads, unless
/// [`CtxBuilder::allow_blocking_current_thread`](crate::CtxBuilder::allow_blocking_current_thread)
/// says otherwise. The plugin is instantiated and called by the functions of Wasmtime whose names
/// end with `_async`. WASI is added by [`wasmtime_wasi::p2::add_to_linker_async`].
///
/// The crate's documentation has [a complete host](crate#an-asynchronous-host), and says
/// [what blocks](crate#threads-and-blocking) nevertheless.
///
/// # Errors
///
/// Those of [`add_to_linker`].
pub fn add_to_linker_async<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    add_to_linker_with_async(linker, &LinkOptions::new(), T::filemap)
}

/// Like [`add_to_linker`], for the interfaces of `options`, and for a state that does not implement
/// [`View`]: `view` borrows the parts of it.
///
/// ```
/// use filemap_host::{Ctx, CtxView, LinkOptions};
/// use wasmtime::component::{Linker, ResourceTable};
/// use wasmtime_wasi::WasiCtx;
///
/// // A tuple of types of other crates cannot implement `View`.
/// type State = (WasiCtx, Ctx, ResourceTable);
///
/// # let engine = wasmtime::Engine::default();
/// let mut linker = Linker::<State>::new(&engine);
/// filemap_host::add_to_linker_with(&mut linker, &LinkOptions::new().mapping(false), |state| {
///     let (wasi, ctx, table) = state;
///     CtxView { ctx, wasi: wasi.filesystem(), table }
/// })?;
/// # Ok::<(), wasmtime::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`add_to_linker`].
pub fn add_to_linker_with<T: Send + 'static>(
    linker: &mut Linker<T>,
    options: &LinkOptions,
    view: fn(&mut T) -> CtxView<'_>,
) -> wasmtime::Result<()> {
    link(linker, options, view, Form::Synchronous)
}

/// Like [`add_to_linker_async`], for the interfaces of `options`, and for a state that does not
/// implement [`View`]: `view` borrows the parts of it. [`add_to_linker_with`] has an example.
///
/// # Errors
///
/// Those of [`add_to_linker`].
pub fn add_to_linker_with_async<T: Send + 'static>(
    linker: &mut Linker<T>,
    options: &LinkOptions,
    view: fn(&mut T) -> CtxView<'_>,
) -> wasmtime::Result<()> {
    link(linker, options, view, Form::Asynchronous)
}

fn link<T: Send + 'static>(
    linker: &mut Linker<T>,
    options: &LinkOptions,
    view: fn(&mut T) -> CtxView<'_>,
    form: Form,
) -> wasmtime::Result<()> {
    // It has types only, and no functions.
    Interface::new(linker, "errors", view, form)?;
    if options.store {
        functions::link_store(Interface::new(linker, "store", view, form)?)?;
    }
    if options.array {
        functions::link_array(Interface::new(linker, "array", view, form)?)?;
    }
    if options.mapping {
        mapping::link_mapping(Interface::new(linker, "mapping", view, form)?)?;
    }
    if options.descriptors {
        functions::link_descriptors(Interface::new(linker, "descriptors", view, form)?)?;
    }
    if options.bulk {
        functions::link_bulk(Interface::new(linker, "bulk", view, form)?)?;
    }
    #[cfg(feature = "keyvalue")]
    if options.keyvalue {
        keyvalue::link(linker, view, form)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
