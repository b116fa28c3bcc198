//! The bindings that are generated from the WIT, and nothing else: the calls with lists, which
//! `filemap-plugin` replaces by streams for bulk data.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wit_bindgen::generate!({ path: "../../wit", world: "plugin", generate_all });
