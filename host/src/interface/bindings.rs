//! The bindings generated from the WIT, and the conversions between their types and the engine's.
//!
//! The bindings name the resources and the error of the host functions, so `resources` and
//! `trappable_error` must not import this file: that would be an import cycle.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin-with-descriptors",
    imports: { default: trappable },
    trappable_error_type: {
        "filemap:data/errors.error" => crate::interface::trappable_error::TrappableError,
    },
    with: {
        "wasi": wasmtime_wasi::p2::bindings::sync,
        "filemap:data/array.memmap": crate::interface::resources::MemmapResource,
        "filemap:data/store.store": crate::interface::resources::StoreResource,
        "filemap:data/store.key-stream": crate::interface::resources::KeyStreamResource,
        "filemap:data/store.item-stream": crate::interface::resources::ItemStreamResource,
        "filemap:data/store.value-reader": crate::interface::resources::ValueReaderResource,
        "filemap:data/store.value-writer": crate::interface::resources::ValueWriterResource,
    },
    require_store_data_send: true,
});

pub(crate) use self::filemap::data::{array, bulk, descriptors, errors, store};

::filemap::convert_wit!(wit);

/// The modules that `convert_wit!` expects.
mod wit {
    pub(super) use super::filemap::data::{array, errors, store};
}
