//! The portable provider: the engine's functions as exports of a component.
//!
//! Everything here is conversion; a rule belongs into the
//! engine, where the other provider finds it too.

use alloc::string::ToString as _;

mod array;
mod bindings;
mod bulk;
mod descriptors;
mod mapping;
#[cfg(target_family = "wasm")]
mod runtime;
mod store;
mod streams;
mod wasi;

use bindings::exports::filemap::data as wit;

crate::convert_wit!(wit);

struct Provider;
