//! A plugin that reads commands from its standard input, one per line, and answers each with a
//! line:
//!
//! - `write PATH` and `read PATH` open a store, for writing or `read-only`, and push it onto a
//!   stack. The other commands use the store at the top of the stack.
//! - `get KEY` and `set KEY VALUE`.
//! - `close` closes the store, and `drop` drops it and removes it from the stack.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::errors::{Error, ErrorCode};
use bindings::filemap::data::store::{Durability, Store, StoreOptions};

fn main() {
    let mut stores = Vec::new();
    for line in std::io::stdin().lines() {
        println!("{}", answer(&mut stores, &line.unwrap()));
    }
}

fn answer(stores: &mut Vec<Store>, line: &str) -> String {
    let words: Vec<_> = line.split(' ').collect();
    match words[..] {
        [kind @ ("read" | "write"), path] => {
            let options = StoreOptions {
                create: true,
                read_only: kind == "read",
                durability: Durability::None,
            };
            match Store::open(path, options) {
                Ok(store) => {
                    let description = store.describe();
                    stores.push(store);
                    description
                }
                Err(error) => text(&error),
            }
        }
        ["get", key] => match last(stores).get(key) {
            Ok(Some(value)) => String::from_utf8(value).unwrap(),
            Ok(None) => "none".into(),
            Err(error) => text(&error),
        },
        ["set", key, value] => match last(stores).set(key, value.as_bytes()) {
            Ok(()) => "set".into(),
            Err(error) => text(&error),
        },
        ["close"] => {
            last(stores).close();
            last(stores).describe()
        }
        ["drop"] => {
            stores.pop();
            format!("{} left", stores.len())
        }
        _ => panic!("unknown command: {line}"),
    }
}

fn last(stores: &[Store]) -> &Store {
    stores.last().expect("a store is open")
}

/// Returns the error code, as the WIT spells it, and the message.
fn text(error: &Error) -> String {
    let code = match error.code {
        ErrorCode::Busy => "busy",
        ErrorCode::NotFound => "not-found",
        other => panic!("{other:?}: {}", error.message),
    };
    format!("{code}: {}", error.message)
}
