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

// Not the world `plugin-with-descriptors`: its descriptors would be a type of this crate, and no
// other crate could make or use one. `wasi:filesystem/types` is only for the error of a stream.
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
    additional_derives: [PartialEq, Eq, Hash],
    // They own a handle of a stream, which cannot be compared.
    additional_derives_ignore: ["stream-error", "input-part", "output-part", "input-value"],
});
