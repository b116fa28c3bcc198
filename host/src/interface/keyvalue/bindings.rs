//! The bindings generated from the WIT of `wasi:keyvalue`, and the conversions to their types.
//!
//! They name the slot of a store, which is a bucket too, and the error of the host functions, so
//! `error` must not import this file: that would be an import cycle. `interface/bindings.rs` says
//! why the generated functions `add_to_linker` are not used.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wasmtime::component::bindgen!({
    path: "wit-keyvalue",
    world: "imports",
    imports: { default: async | trappable },
    trappable_error_type: {
        "wasi:keyvalue/store.error" => crate::interface::keyvalue::error::KeyvalueError,
    },
    with: {
        "wasi:keyvalue/store.bucket": crate::interface::slot::StoreSlot,
    },
    require_store_data_send: true,
});

pub(super) use self::wasi::keyvalue::{atomics, batch, store};

::filemap::convert_keyvalue!(store);
