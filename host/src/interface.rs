//! The host functions of the WIT interfaces: conversion and handles, nothing else.
//!
//! There is one file per interface. Rules are in the engine, files in `files`, and pages in
//! `pages`. The generated bindings name the resources and the error of the host functions, so these
//! are in files that do not import the bindings.

mod array;
mod bindings;
mod bulk;
mod descriptors;
mod errors;
mod handles;
mod mapping;
mod resources;
mod store;
mod trappable_error;

use wasmtime::component::{HasData, Linker};

use crate::{CtxView, View};

/// Adds all interfaces of `filemap:data` to a linker.
///
/// WASI is added separately, before or after this call, by
/// [`wasmtime_wasi::p2::add_to_linker_sync`] or `add_to_linker_async`. The plugin needs it to be
/// instantiated, and this crate reads the plugin's granted directories from it.
///
/// The host functions are the same for all plugins. A plugin's caps and permissions are in its
/// [`Ctx`](crate::Ctx); the interface `mapping` is added in any case, and is `unsupported` without
/// the embedder's permission.
///
/// # Errors
///
/// Fails if the linker already has an interface with one of these names, unless it allows
/// shadowing.
pub fn add_to_linker<T: View + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    bindings::errors::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::store::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::array::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::descriptors::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    bindings::bulk::add_to_linker::<T, Filemap>(linker, T::filemap)?;
    mapping::add_to_linker(linker)
}

/// Tells the bindings that the host functions are implemented for [`CtxView`].
struct Filemap;

impl HasData for Filemap {
    type Data<'a> = CtxView<'a>;
}
