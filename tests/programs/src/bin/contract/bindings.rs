//! The bindings that are generated from the WIT, and short names for what the cases use.

#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    dead_code,
    unused_imports,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

// Descriptors come from directories that were granted, which no plugin needs to know otherwise.
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
    self as wit_array, Index, Memmap, Mode, Operation, Order, Slice,
};
pub use self::filemap::data::bulk;
pub use self::filemap::data::descriptors::{open_directory, open_file};
pub use self::filemap::data::errors::{Error, ErrorCode};
pub use self::filemap::data::store::{self as wit_store, Durability, Store};
