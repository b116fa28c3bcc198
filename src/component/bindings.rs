//! Bindings generated from the WIT, and nothing else.

#![allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::pedantic,
    reason = "generated from the WIT, which is documented"
)]

wit_bindgen::generate!({
    path: "wit",
    world: "provider",
    with: {
        "wasi:io/error@0.2.0": ::wasi::io::error,
        "wasi:io/poll@0.2.0": ::wasi::io::poll,
        "wasi:io/streams@0.2.0": ::wasi::io::streams,
        "wasi:clocks/wall-clock@0.2.0": ::wasi::clocks::wall_clock,
        "wasi:filesystem/types@0.2.0": ::wasi::filesystem::types,
        "wasi:filesystem/preopens@0.2.0": ::wasi::filesystem::preopens,
    },
});

export!(Provider);

use super::Provider;
