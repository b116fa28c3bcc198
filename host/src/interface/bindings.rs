//! The bindings generated from the WIT, and the conversions between their types and the engine's.
//!
//! The bindings name the slots of the resources and the error of the host functions, so `slot`,
//! `resources` and `trappable_error` must not import this file: that would be an import cycle.
//!
//! A function is `async` unless it is listed here: it may wait for a disk. The generated functions
//! `add_to_linker` are not used, because they would need a second set of bindings, with types of
//! their own, for the synchronous form; see `functions`.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wasmtime::component::bindgen!({
    path: "wit",
    world: "plugin-with-descriptors",
    imports: {
        "filemap:data/array.[method]memmap.info": trappable,
        "filemap:data/array.[method]memmap.shape-of": trappable,
        "filemap:data/array.[method]memmap.view": trappable,
        "filemap:data/array.[method]memmap.field": trappable,
        "filemap:data/array.[method]memmap.view-as": trappable,
        "filemap:data/array.[method]memmap.reshape": trappable,
        "filemap:data/array.[method]memmap.transpose": trappable,
        "filemap:data/store.[method]store.keys": trappable,
        "filemap:data/store.[method]store.items": trappable,
        "filemap:data/store.[drop]key-stream": trappable,
        "filemap:data/store.[drop]item-stream": trappable,
        default: async | trappable,
    },
    trappable_error_type: {
        "filemap:data/errors.error" => crate::interface::trappable_error::TrappableError,
    },
    with: {
        "wasi": wasmtime_wasi::p2::bindings,
        "filemap:data/array.memmap": crate::interface::slot::MemmapSlot,
        "filemap:data/store.store": crate::interface::slot::StoreSlot,
        "filemap:data/store.key-stream": crate::interface::slot::KeyStreamSlot,
        "filemap:data/store.item-stream": crate::interface::slot::ItemStreamSlot,
        "filemap:data/store.value-reader": crate::interface::slot::ValueReaderSlot,
        "filemap:data/store.value-writer": crate::interface::slot::ValueWriterSlot,
    },
    require_store_data_send: true,
});

pub(super) use self::filemap::data::{array, bulk, descriptors, errors, store};

::filemap::convert_wit!(wit);

/// The modules that `convert_wit!` expects.
mod wit {
    pub(super) use super::filemap::data::{array, errors, store};
}
