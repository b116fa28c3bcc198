//! The bindings that are generated from the WIT, and short names for what the programs use.

#![allow(
    dead_code,
    unused_imports,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

// With the preopened directories: a test of descriptors needs a descriptor to start from.
wit_bindgen::generate!({
    path: "../../wit",
    inline: "
        package filemap:tests;

        world tests {
            include filemap:data/plugin-with-descriptors@0.1.0;
            import wasi:filesystem/preopens@0.2.0;
        }
    ",
    generate_all,
});

pub use self::filemap::data::array::{
    self as wit_array, Advice, Index, Memmap, MemmapOptions, Mode, NpyOptions, NpyVersion,
    Operation, Order, Slice,
};
pub use self::filemap::data::bulk;
pub use self::filemap::data::descriptors::{open_directory, open_file};
pub use self::filemap::data::errors::{Error, ErrorCode};
pub use self::filemap::data::store::{self as wit_store, Durability, Store, StoreOptions};
