//! Stores: a directory is changed, or compared.

use std::collections::BTreeMap;

use super::bindings::filemap::data::store::{Durability, OpenOptions, Store};
use super::{Result, bytes, ok, same, text};

/// Applies `set KEY VALUE`, `parts KEY PART...` and `remove KEY`.
pub(crate) fn apply<'a>(directory: &str, lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    let options = OpenOptions { create: true, read_only: false, durability: Durability::None };
    let store = ok(Store::open(directory, options))?;
    for line in lines {
        let key = text(line[1]);
        match (line[0], &line[2..]) {
            ("set", [value]) => ok(store.set(&key, &bytes(value)))?,
            ("parts", parts) => ok(store.set_parts(&key, &parts.iter().map(|part| bytes(part)).collect::<Vec<_>>()))?,
            ("remove", []) => same(&key, "was there", &ok(store.remove(&key))?, &true)?,
            _ => panic!("no such line: {line:?}"),
        }
    }
    Ok(())
}

/// Compares with `KEY VALUE` for every key.
pub(crate) fn check<'a>(directory: &str, lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    let expected: BTreeMap<_, _> = lines.map(|line| (text(line[0]), bytes(line[1]))).collect();
    let options = OpenOptions { create: false, read_only: true, durability: Durability::None };
    let store = ok(Store::open(directory, options))?;
    let stream = ok(store.keys())?;
    let mut keys = Vec::new();
    loop {
        let next = ok(stream.next(7))?;
        if next.is_empty() {
            break;
        }
        keys.extend(next);
    }
    same(directory, "keys", &keys, &expected.keys().cloned().collect())?;
    same(directory, "len", &ok(store.len())?, &(expected.len() as u64))?;
    for (key, value) in expected {
        same(&key, "contains", &ok(store.contains(&key))?, &true)?;
        same(&key, "size-of", &ok(store.size_of(&key))?, &Some(value.len() as u64))?;
        let tail = value[value.len() / 2..].to_vec();
        same(&key, "get-range", &ok(store.get_range(&key, value.len() as u64 / 2, u64::MAX))?, &Some(tail))?;
        same(&key, "get", &ok(store.get(&key))?, &Some(value))?;
    }
    Ok(())
}
