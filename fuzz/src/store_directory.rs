//! The target `store_directory`.

use arbitrary::Result;
use filemap::fs::Directory as _;
use filemap::store::{Durability, OpenOptions, Registry, Store};

use crate::directory::Given;
use crate::input::Input;
use crate::memory::Disk;
use crate::stores::{PATH, Stores, of_files};

/// Opens a directory with any names as a store, and calls the store. It has to contain what the
/// names say, and must not change what is not its own.
pub fn store_directory(data: &[u8]) {
    _ = run(&mut Input::new(data));
}

fn run(input: &mut Input<'_>) -> Result<()> {
    let disk = Disk::default();
    let given = Given::choose(input, &disk)?;
    let mapping = of_files(&given.files);
    check_reading(&disk);

    let mut stores = Stores::new(&disk, mapping, input)?;
    while !input.is_empty() {
        stores.step(input)?;
        given.check(&disk);
    }
    let values = stores.mapping.clone();
    drop(stores);
    given.check(&disk);
    assert_eq!(of_files(&files(&disk)), values, "the directory after the last store is closed");
    Ok(())
}

/// Checks that a store that is opened for reading changes nothing.
fn check_reading(disk: &Disk) {
    let before = (disk.names(), files(disk));
    let options = OpenOptions { create: false, read_only: true, durability: Durability::None };
    let store = Store::open(&Registry::new(), &disk.preopens(), PATH, options).expect("a store");
    let findings = store.verify().expect("the findings");
    assert_eq!(findings.foreign_names.len() as u64, findings.foreign);
    drop(store);
    assert_eq!((disk.names(), files(disk)), before);
}

/// Returns the regular files of a disk with their bytes.
fn files(disk: &Disk) -> Vec<(String, Vec<u8>)> {
    let root = disk.root(false);
    let is_file = |name: &String| root.has_file(name).expect("an answer");
    disk.names()
        .into_iter()
        .filter(|name| !name.ends_with('/') && is_file(name))
        .map(|name| (name.clone(), disk.bytes(&name)))
        .collect()
}
