//! The bindings that are generated from the WIT, and nothing else.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unsafe_code,
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
