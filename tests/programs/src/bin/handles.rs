//! A plugin that does a hundred thousand operations of every kind on a store, while a test counts
//! the open files of its host. It prints a word at each point where the test counts, and continues
//! when it reads a line.

#[path = "../bindings.rs"]
mod bindings;

use bindings::filemap::data::array::Mode;
use bindings::filemap::data::bulk::{
    read_value_via_stream, read_via_stream, write_value_via_stream, write_via_stream,
};
use bindings::filemap::data::store::{Durability, Store, StoreOptions};

/// One operation; the number counts its repetitions from 0.
type Operation = fn(&Store, u64);

const OPERATIONS: [Operation; 23] = [
    |store, number| store.set("a", &number.to_le_bytes()).unwrap(),
    |store, number| store.set_parts("b", &[vec![1; 100], number.to_le_bytes().to_vec()]).unwrap(),
    |store, number| assert_eq!(store.get("a").unwrap().unwrap(), number.to_le_bytes()),
    |store, _| assert!(store.get("nothing").unwrap().is_none()),
    |store, _| assert_eq!(store.get_range("b", 50, 100).unwrap().unwrap().len(), 58),
    |store, _| {
        assert_eq!(store.get_many(&["b", "nothing", "a"].map(String::from)).unwrap().len(), 3);
    },
    |store, _| store.update(&["c", "d", "e"].map(|key| (key.into(), key.into()))).unwrap(),
    |store, _| assert!(store.remove("c").unwrap() && !store.remove("c").unwrap()),
    |store, _| assert_eq!(store.pop("d").unwrap().unwrap(), b"d"),
    |store, _| assert_eq!(store.set_default("e", b"x").unwrap(), b"e"),
    |store, _| assert_eq!(store.keys().unwrap().next(2).unwrap(), ["a", "b"]),
    |store, _| assert_eq!(store.items().unwrap().next(2).unwrap().len(), 2),
    |store, number| {
        let reader = store.reader("a").unwrap().unwrap();
        assert_eq!(reader.read(3).unwrap(), number.to_le_bytes()[..3]);
    },
    |store, number| {
        // The value is replaced while it is read.
        let reader = store.reader("a").unwrap().unwrap();
        store.set("a", b"").unwrap();
        assert_eq!(reader.read(100).unwrap(), number.to_le_bytes());
    },
    |store, _| store.writer("a").unwrap().write(b"dropped").unwrap(),
    |store, _| {
        let writer = store.writer("a").unwrap();
        writer.write(b"committed").unwrap();
        writer.commit().unwrap();
    },
    |store, _| {
        // Neither the stream nor its writer is complete.
        let writer = store.writer("a").unwrap();
        let output = write_value_via_stream(&writer, 100).unwrap();
        output.blocking_write_and_flush(b"dropped").unwrap();
        let value = read_value_via_stream(store, "a", 2).unwrap().unwrap();
        assert_eq!(value.input.blocking_read(3).unwrap(), b"mmi");
    },
    |store, _| {
        let writer = store.writer("a").unwrap();
        let output = write_value_via_stream(&writer, 9).unwrap();
        output.blocking_write_and_flush(b"committed").unwrap();
        drop(output);
        writer.commit().unwrap();
    },
    |store, _| {
        let array = store.open_value("a", Mode::ReadWrite).unwrap().unwrap();
        let output = write_via_stream(&array, 0, 9).unwrap().output.unwrap();
        output.blocking_write_and_flush(b"comm").unwrap();
        let input = read_via_stream(&array, 0, 9).unwrap().input.unwrap();
        drop(array);
        drop(input);
    },
    |store, number| {
        let mode = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite][(number % 3) as usize];
        let array = store.open_value("a", mode).unwrap().unwrap();
        assert_eq!(array.read(&[]).unwrap(), b"committed");
    },
    |store, _| {
        // The value is removed while it is open as an array.
        let array = store.open_value("e", Mode::ReadOnly).unwrap().unwrap();
        assert_eq!(store.pop_item().unwrap().unwrap().0, "a");
        assert!(store.remove("e").unwrap());
        assert_eq!(array.read(&[]).unwrap(), b"e");
    },
    |_, number| {
        // Closed or dropped, with open handles of it.
        let other = open("work/store");
        let (_keys, _writer) = (other.keys().unwrap(), other.writer("f").unwrap());
        if number % 2 == 0 {
            other.close();
        }
    },
    |store, _| {
        Store::open("work/nothing", READ_ONLY).unwrap_err();
        store.set(&"too long ".repeat(100), b"").unwrap_err();
        store.open_value("b", Mode::Write).unwrap_err();
        Store::open("work/store", READ_ONLY).unwrap().set("a", b"").unwrap_err();
    },
];

const READ_ONLY: StoreOptions =
    StoreOptions { create: false, read_only: true, durability: Durability::None };

const ROUNDS: u64 = 5_000;

fn main() {
    // The files of the standard input and of the granted directories are open before the first
    // count.
    Store::open("work/nothing", READ_ONLY).unwrap_err();
    pause("ready");
    pause("nothing");
    let store = open("work/store");
    operate(&store, 0..50);
    pause("begun");
    operate(&store, 50..50 + ROUNDS);
    pause("done");
    drop(store);
    pause("closed");
}

fn open(path: &str) -> Store {
    Store::open(path, StoreOptions { create: true, read_only: false, durability: Durability::None })
        .unwrap()
}

fn operate(store: &Store, numbers: std::ops::Range<u64>) {
    for number in numbers {
        for operation in OPERATIONS {
            operation(store, number);
        }
    }
}

fn pause(word: &str) {
    println!("{word}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
