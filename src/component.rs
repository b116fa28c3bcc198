//! The portable provider: the engine's functions as exports of a component.
//!
//! Everything here is conversion; a rule belongs into the
//! engine, where the other provider finds it too.

mod array;
mod bindings;
mod convert;
mod mapping;
#[cfg(target_family = "wasm")]
mod runtime;
mod store;
mod streams;

struct Provider;
