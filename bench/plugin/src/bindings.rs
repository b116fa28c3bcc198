//! The bindings that are generated from the WIT, and nothing else: `filemap-plugin` reads and
//! writes large data through streams, and the lists have to be measured beside them.

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
