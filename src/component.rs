//! The portable provider: exports the engine's functions from a component, over WASI.
//!
//! Each file is one interface of the WIT, and `keyvalue` is the package `wasi:keyvalue`. They only
//! convert types and look up handles; every rule belongs in the engine, so that both providers
//! follow it.

use alloc::string::ToString as _;

mod array;
mod bindings;
mod bulk;
mod descriptors;
#[cfg(feature = "keyvalue")]
mod keyvalue;
mod mapping;
#[cfg(target_family = "wasm")]
mod runtime;
mod store;
mod streams;
mod wasi;

use bindings::exports::filemap::data as wit;

crate::convert_wit!(wit);

struct Provider;
