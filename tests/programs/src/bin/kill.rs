//! A plugin that is killed while it writes to the store `work/store`.
//!
//! - `kill write DURABILITY NUMBER FILE` makes the changes of the file `FILE`, again and again,
//!   with numbers that begin at `NUMBER`. It prints a line before and after each change.
//! - `kill check` opens the store for writing, as the next plugin does, and prints every key with
//!   the number of its value.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../changes.rs"]
mod changes;

use bindings::filemap::data::store::{Durability, Store, StoreOptions};

const USAGE: &str = "usage: kill write none|data|full NUMBER FILE | kill check";

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["write", "none", number, file] => write(Durability::None, number, file),
        ["write", "data", number, file] => write(Durability::Data, number, file),
        ["write", "full", number, file] => write(Durability::Full, number, file),
        ["check"] => check(),
        _ => panic!("{USAGE}"),
    }
}

fn open(durability: Durability) -> Store {
    Store::open("work/store", StoreOptions { create: false, read_only: false, durability }).unwrap()
}

fn write(durability: Durability, number: &str, file: &str) {
    let first: u64 = number.parse().expect(USAGE);
    let lines = std::fs::read_to_string(file).unwrap();
    let store = open(durability);
    // The standard output is flushed at the end of a line.
    for (number, line) in (first..).zip(lines.lines().cycle()) {
        println!("begin {number} {line}");
        changes::apply(&store, line, number).unwrap();
        println!("done {number}");
    }
}

fn check() {
    let store = open(Durability::None);
    let items = store.items().unwrap();
    let mut count = 0;
    loop {
        let next = items.next(2).unwrap();
        if next.is_empty() {
            break;
        }
        for (key, value) in next {
            assert_eq!(store.size_of(&key).unwrap(), Some(value.len() as u64));
            println!("{key} {}", changes::number(&key, &value));
            count += 1;
        }
    }
    assert_eq!(store.len().unwrap(), count);
    let findings = store.verify().unwrap();
    assert_eq!((findings.foreign, findings.missing), (0, 0), "{findings:?}");
    // The first opening has removed what the kill left.
    drop((items, store));
    let findings = open(Durability::None).verify().unwrap();
    let found = [findings.foreign, findings.missing, findings.unfinished, findings.outdated];
    assert_eq!(found, [0; 4], "{findings:?}");
}
