//! A plugin that tries what a file system allows, and prints one line for each operation: its name,
//! a tab, and `ok` or the code of the error with its message.
//!
//! `work` holds the array `old.npy` (three `uint8`: 1, 2, 3) and the store `old` with the key
//! `key`.

#[path = "../bindings.rs"]
mod bindings;

use bindings::wit_array::NpyOptions;
use bindings::wit_store::StoreOptions;
use bindings::{Durability, Error, Memmap, Mode, Order, Store};

fn main() {
    say("open r", read(Mode::ReadOnly));
    say("open c", read(Mode::CopyOnWrite));
    say("open r+", change("work/old.npy"));
    say("create-npy", create("work/new.npy"));
    say("create-npy again", create("work/new.npy"));
    say("resize", resize("work/old.npy"));
    say("read a store", get("work/old"));
    say("open-value", open_value("work/old"));
    for (name, durability) in
        [("none", Durability::None), ("data", Durability::Data), ("full", Durability::Full)]
    {
        for (place, path) in [("an old", "work/old"), ("a new", "work/made/new")] {
            say(&format!("{place} store, {name}"), write(path, durability));
            _ = std::fs::remove_dir_all("work/made");
        }
    }
}

/// Prints one line.
fn say(name: &str, result: Result<(), Error>) {
    match result {
        Ok(()) => println!("{name}\tok"),
        Err(error) => println!("{name}\t{:?}: {}", error.code, error.message),
    }
}

fn read(mode: Mode) -> Result<(), Error> {
    let array = Memmap::open_npy("work/old.npy", mode, None)?;
    assert_eq!(array.read(&[])?, [1, 2, 3]);
    Ok(())
}

fn change(path: &str) -> Result<(), Error> {
    let array = Memmap::open_npy(path, Mode::ReadWrite, None)?;
    array.write(&[], &[4, 5, 6], None)?;
    array.flush()?;
    assert_eq!(std::fs::read(path).unwrap()[128..], [4, 5, 6]);
    array.write(&[], &[1, 2, 3], None)?;
    array.flush()
}

fn create(path: &str) -> Result<(), Error> {
    let shape = vec![20_000];
    let options = NpyOptions { dtype: Some("u1".into()), shape, order: Order::C, version: None };
    let array = Memmap::create_npy(path, &options)?;
    let data = vec![7; 20_000];
    array.write(&[], &data, None)?;
    array.flush()?;
    assert_eq!(std::fs::read(path).unwrap()[128..], data);
    Ok(())
}

fn resize(path: &str) -> Result<(), Error> {
    let array = Memmap::open_npy(path, Mode::ReadWrite, None)?;
    array.resize(40_000)?;
    let written = array.write(&[], &vec![7; 40_000], None);
    array.resize(3)?;
    written
}

fn get(path: &str) -> Result<(), Error> {
    let options = StoreOptions { create: false, read_only: true, durability: Durability::None };
    assert_eq!(Store::open(path, options)?.get("key")?.as_deref(), Some(&b"value"[..]));
    Ok(())
}

fn open_value(path: &str) -> Result<(), Error> {
    let options = StoreOptions { create: false, read_only: true, durability: Durability::None };
    let array = Store::open(path, options)?.open_value("key", Mode::ReadOnly)?;
    assert_eq!(array.expect("a value").read(&[])?, b"value");
    Ok(())
}

fn write(path: &str, durability: Durability) -> Result<(), Error> {
    let store = Store::open(path, StoreOptions { create: true, read_only: false, durability })?;
    for value in ["other", "value"] {
        store.set("key", value.as_bytes())?;
        assert_eq!(store.get("key")?.as_deref(), Some(value.as_bytes()));
    }
    store.update(&[("a".into(), b"1".to_vec()), ("b".into(), b"2".to_vec())])?;
    assert!(store.remove("a")? && store.remove("b")?);
    let writer = store.writer("c")?;
    writer.write(b"3")?;
    writer.commit()?;
    assert!(store.remove("c")?);
    Ok(())
}
