//! The portable component of filemap: the interface `filemap:data`, implemented over the WASI 0.2
//! filesystem.
//!
//! A plugin imports `filemap:data`; [`COMPONENT`] exports it. The composition of the two imports
//! WASI only, so it runs on any WASI 0.2 host. The command `filemap plug`, of the package
//! `filemap-cli`, composes them; other programs use the crate `wac-graph`, or write the component
//! to a file for the tool `wac`:
//!
//! ```no_run
//! std::fs::write("filemap.wasm", filemap_component::COMPONENT)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The component is built from the crate `filemap` of the same version. A host on Wasmtime can link
//! the crate `filemap-host` instead, which maps files by `mmap`.
#![no_std]

/// The bytes of the component.
pub const COMPONENT: &[u8] = FILES[0];

/// The bytes of the component for plugins that import `wasi:keyvalue@0.2.0-draft`, alone or beside
/// `filemap:data`. It exports both, and is otherwise the same as [`COMPONENT`].
pub const KEYVALUE_COMPONENT: &[u8] = FILES[1];

/// In the repository: the components that the build script has built.
#[cfg(filemap_from_source)]
const FILES: [&[u8]; 2] =
    [include_bytes!(env!("FILEMAP_COMPONENT")), include_bytes!(env!("FILEMAP_KEYVALUE_COMPONENT"))];

/// In the published package: the components that the package contains.
#[cfg(not(filemap_from_source))]
const FILES: [&[u8]; 2] =
    [include_bytes!("../filemap.wasm"), include_bytes!("../filemap-keyvalue.wasm")];
