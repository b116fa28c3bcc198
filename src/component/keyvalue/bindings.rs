//! Bindings generated from the WIT of `wasi:keyvalue`, and nothing else. The linker merges their
//! world with that of the provider.

#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wit_bindgen::generate!({
    path: "wit-keyvalue",
    inline: "
        package filemap:keyvalue;

        world keyvalue-provider {
            export wasi:keyvalue/store@0.2.0-draft;
            export wasi:keyvalue/atomics@0.2.0-draft;
            export wasi:keyvalue/batch@0.2.0-draft;
        }
    ",
});

export!(Provider);

use super::super::Provider;
