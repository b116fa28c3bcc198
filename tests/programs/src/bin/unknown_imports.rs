//! A command that imports interfaces which no host provides, and calls the function that its
//! argument names.

#[allow(clippy::all, clippy::pedantic, unsafe_code, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package tests:unknown@0.2.5;

            interface things {
                use wasi:io/streams@0.2.0.{input-stream};
                resource thing {
                    constructor(name: string);
                    size: func() -> u64;
                }
                find: func(name: string) -> result<thing, string>;
                of-stream: func(input: input-stream) -> list<thing>;
            }

            interface more {
                use things.{thing};
                join: func(first: thing, second: borrow<thing>) -> option<thing>;
            }

            world tests {
                import things;
                import more;
                import alone: func(numbers: list<u32>) -> tuple<u8, string>;
            }
        ",
        with: { "wasi:io/streams@0.2.0": ::wasi::io::streams },
        generate_all,
    });
}

use bindings::tests::unknown::more::join;
use bindings::tests::unknown::things::{Thing, find, of_stream};
use wasi::cli::stdin::get_stdin;

fn main() {
    println!("started");
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("constructor") => drop(Thing::new("a")),
        Some("function") => drop(find("a")),
        Some("stream") => drop(of_stream(get_stdin())),
        Some("method") => {
            let joined = join(Thing::new("a"), &find("b").unwrap());
            println!("{:?}", joined.map(|thing| thing.size()));
        }
        Some("alone") => drop(bindings::alone(&[1, 2])),
        Some(other) => panic!("unknown function: {other}"),
    }
}
