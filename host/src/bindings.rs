//! The bindings that are generated from the WIT, and nothing else.

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
        "filemap:data/errors.error" => crate::error::Error,
    },
    with: {
        "wasi": wasmtime_wasi::p2::bindings::sync,
        "filemap:data/array.memmap": crate::array::MemmapResource,
        "filemap:data/store.store": crate::store::StoreResource,
        "filemap:data/store.key-stream": crate::store::KeyStreamResource,
        "filemap:data/store.item-stream": crate::store::ItemStreamResource,
        "filemap:data/store.value-reader": crate::store::ValueReaderResource,
        "filemap:data/store.value-writer": crate::store::ValueWriterResource,
    },
    require_store_data_send: true,
});

pub(crate) use self::filemap::data::{array, bulk, descriptors, errors, store};

::filemap::convert_wit!(wit);

/// The names that the conversions are written for.
mod wit {
    pub(super) use super::filemap::data::{array, errors, store};
}
