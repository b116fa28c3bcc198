//! The bindings that are generated from the WIT of `wasi:keyvalue`.

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

wit_bindgen::generate!({ path: "../../wit-keyvalue", world: "imports" });

pub use self::wasi::keyvalue::atomics::increment;
pub use self::wasi::keyvalue::batch::{delete_many, get_many, set_many};
pub use self::wasi::keyvalue::store::{Bucket, Error, KeyResponse, open};
