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

// Not the world `plugin-with-descriptors`: no other crate has descriptors of the type that would be
// generated here. Of the file system only the error of a stream is looked at.
wit_bindgen::generate!({
    inline: "
        package filemap:plugin-crate;

        world plugin {
            include filemap:data/plugin@0.1.0;
            import filemap:data/bulk@0.1.0;
            import wasi:filesystem/types@0.2.0;
        }
    ",
    path: "wit",
    generate_all,
});
