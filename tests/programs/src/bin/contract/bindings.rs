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

wit_bindgen::generate!({ path: "../../wit", world: "plugin", generate_all });

pub use self::filemap::data::array::{self as wit_array, Index, Memmap, Mode, Operation, Order, Slice};
pub use self::filemap::data::store::{self as wit_store, Durability, Store};
pub use self::filemap::data::types::Error;
