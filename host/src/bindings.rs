//! The bindings that are generated from the WIT, and nothing else.

#![allow(missing_docs, unreachable_pub, clippy::pedantic, reason = "generated from the WIT, which is documented")]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "plugin",
    imports: { default: trappable },
    trappable_error_type: {
        "filemap:data/types.error" => crate::error::Error,
    },
    with: {
        "wasi": wasmtime_wasi::p2::bindings::sync,
        "filemap:data/array.array": crate::array::ArrayResource,
        "filemap:data/store.store": crate::store::StoreResource,
        "filemap:data/store.key-stream": crate::store::KeyStreamResource,
    },
    require_store_data_send: true,
});

pub(crate) use self::filemap::data::{array, store, types};
