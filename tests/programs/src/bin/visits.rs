//! Counts the visits of a page in a bucket of `wasi:keyvalue`. It knows nothing of filemap.

#[allow(clippy::all, clippy::pedantic, missing_docs, unsafe_code, reason = "generated")]
mod bindings {
    // The folder with the WIT package `wasi:keyvalue@0.2.0-draft`.
    wit_bindgen::generate!({ path: "../../wit-keyvalue", world: "imports" });
}

use bindings::wasi::keyvalue::{atomics, store};

fn main() {
    let page = std::env::args().nth(1).expect("the argument is the name of a page");
    let bucket = store::open("").expect("there is a bucket without a name");
    let visits = atomics::increment(&bucket, &page, 1).expect("the visits are counted");
    println!("visits of {page}: {visits}");
    for key in bucket.list_keys(None).expect("the pages are listed").keys {
        let value = bucket.get(&key).expect("the value is read").unwrap_or_default();
        println!("    {key} = {}", String::from_utf8_lossy(&value));
    }
}
