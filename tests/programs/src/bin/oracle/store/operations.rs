//! The operations of a turn, by calls of filemap.

use std::collections::BTreeMap;

use super::super::bindings::filemap::data::array::{Index, Memmap, Mode, Slice};
use super::super::bindings::filemap::data::errors::Error;
use super::super::bindings::filemap::data::store::{
    Durability, ItemStream, KeyStream, Store, StoreOptions, ValueReader,
};
use super::super::{bytes, text};
use super::answer::Answer;

type Result<T = String> = std::result::Result<T, Error>;

/// The open store, and the handles that the operations keep.
pub(super) struct Operations {
    path: String,
    options: StoreOptions,
    store: Store,
    held: Vec<Held>,
    walk: Option<Walk>,
}

/// A value that is read to its end when a turn ends, by an array and by a reader.
struct Held {
    array: Memmap,
    beginning: Vec<u8>,
    reader: ValueReader,
}

/// A stream that is read while the store changes.
enum Walk {
    Keys(KeyStream),
    Items(ItemStream),
}

impl Operations {
    pub(super) fn open(path: String, writing: bool) -> Result<Self> {
        let options =
            StoreOptions { create: false, read_only: !writing, durability: Durability::None };
        let store = Store::open(&path, options)?;
        Ok(Self { path, options, store, held: Vec::new(), walk: None })
    }

    pub(super) fn answer(&mut self, operation: &str, fields: &[&str]) -> Result {
        let store = &self.store;
        Ok(match (operation, fields) {
            ("reopen", []) => {
                store.close();
                self.store = Store::open(&self.path, self.options)?;
                ().text()
            }
            ("close", []) => {
                store.close();
                ().text()
            }
            ("repr", []) => store.describe().text(),
            ("files", []) => {
                let files = std::fs::read_dir(&self.path).expect("the directory can be listed");
                (files.count() as u64).text()
            }
            ("verify", []) => {
                let found = store.verify()?;
                vec![found.unfinished, found.outdated, found.foreign, found.missing].text()
            }
            ("hold", [key]) => self.hold(&text(key))?.text(),
            ("held", []) => self.held()?.text(),
            ("walk", [what]) => {
                let keys = *what == "keys";
                self.walk = Some(if keys {
                    Walk::Keys(store.keys()?)
                } else {
                    Walk::Items(store.items()?)
                });
                ().text()
            }
            ("next", [max]) => match self.walk.as_ref().expect("a walk has begun") {
                Walk::Keys(keys) => keys.next(number(max))?.text(),
                Walk::Items(items) => items.next(number(max))?.text(),
            },
            ("get-many", keys) => {
                store.get_many(&keys.iter().map(|key| text(key)).collect::<Vec<_>>())?.text()
            }
            ("len", []) => store.len()?.text(),
            ("iterate" | "keys", [max]) => keys(store, number(max))?.text(),
            ("values", [max]) => items(store, number(max))?
                .into_iter()
                .map(|(_, value)| value)
                .collect::<Vec<_>>()
                .text(),
            ("items", [max]) => items(store, number(max))?.text(),
            ("equals", fields) => {
                let (mine, other): (BTreeMap<_, _>, _) =
                    (items(store, 5)?.into_iter().collect(), pairs(fields));
                (mine == other.into_iter().collect()).text()
            }
            ("update", fields) => store.update(&pairs(fields))?.text(),
            ("popitem", []) => store.pop_item()?.text(),
            ("clear", []) => store.clear()?.text(),
            (_, [key, fields @ ..]) => self.answer_of_key(operation, &text(key), fields)?,
            _ => panic!("unknown operation: {operation} {fields:?}"),
        })
    }

    /// Executes an operation on one key.
    fn answer_of_key(&self, operation: &str, key: &str, fields: &[&str]) -> Result {
        let store = &self.store;
        Ok(match (operation, fields) {
            ("item" | "get", []) => store.get(key)?.text(),
            ("get-or", [default]) => store.get(key)?.unwrap_or_else(|| bytes(default)).text(),
            ("get-range", [offset, length]) => {
                store.get_range(key, number(offset), number(length))?.text()
            }
            ("size-of", []) => store.size_of(key)?.text(),
            ("read", [piece]) => store
                .reader(key)?
                .map(|reader| read_to_end(&reader, number(piece)))
                .transpose()?
                .text(),
            ("map", []) => self.map(key)?.text(),
            ("poke", [offset, data]) => self.poke(key, number(offset), &bytes(data))?.text(),
            ("contains", []) => store.contains(key)?.text(),
            ("set", [value]) => store.set(key, &bytes(value))?.text(),
            ("parts", parts) => store
                .set_parts(key, &parts.iter().map(|part| bytes(part)).collect::<Vec<_>>())?
                .text(),
            ("write" | "abandon", parts) => {
                let writer = store.writer(key)?;
                for part in parts {
                    writer.write(&bytes(part))?;
                }
                let before = store.get(key)?;
                if operation == "write" {
                    writer.commit()?;
                    return Ok(before.text());
                }
                drop(writer);
                store.get(key)?.text()
            }
            ("setdefault", [value]) => store.set_default(key, &bytes(value))?.text(),
            ("discard", []) => store.remove(key).map(drop)?.text(),
            ("del", []) => store.remove(key)?.text(),
            ("pop", []) => store.pop(key)?.text(),
            ("pop-or", [default]) => store.pop(key)?.unwrap_or_else(|| bytes(default)).text(),
            _ => panic!("unknown operation: {operation} {fields:?}"),
        })
    }

    /// Reads the value as an array, in both modes that do not write to the file.
    fn map(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let read =
            |mode| self.store.open_value(key, mode)?.map(|array| array.read(&[])).transpose();
        let (value, copy) = (read(Mode::ReadOnly)?, read(Mode::CopyOnWrite)?);
        assert_eq!(value, copy, "both modes have the same elements");
        Ok(value)
    }

    fn poke(&self, key: &str, offset: i64, data: &[u8]) -> Result<()> {
        let array = self.store.open_value(key, Mode::ReadWrite)?.expect("the key exists");
        let stop = offset + i64::try_from(data.len()).expect("the data is small");
        array.write(
            &[Index::Slice(Slice { start: Some(offset), stop: Some(stop), step: None })],
            data,
            None,
        )?;
        array.flush()
    }

    fn hold(&mut self, key: &str) -> Result<Option<Vec<u8>>> {
        let (array, reader) =
            (self.store.open_value(key, Mode::ReadOnly)?, self.store.reader(key)?);
        let (Some(array), Some(reader)) = (array, reader) else { return Ok(None) };
        self.held.push(Held { beginning: reader.read(3)?, array, reader });
        self.store.get(key)
    }

    fn held(&self) -> Result<Vec<Vec<u8>>> {
        let values = self.held.iter().map(|Held { array, beginning, reader }| {
            let read = [&beginning[..], &read_to_end(reader, 100)?].concat();
            let value = array.read(&[])?;
            assert_eq!(read, value, "the array and the reader have the same value");
            Ok(value)
        });
        values.collect()
    }
}

fn number<T: std::str::FromStr>(field: &str) -> T {
    field.parse().unwrap_or_else(|_| panic!("`{field}` is not a number of this type"))
}

/// Parses alternating keys and values.
fn pairs(fields: &[&str]) -> Vec<(String, Vec<u8>)> {
    fields.as_chunks().0.iter().map(|[key, value]| (text(key), bytes(value))).collect()
}

fn read_to_end(reader: &ValueReader, piece: u64) -> Result<Vec<u8>> {
    all(|| reader.read(piece))
}

fn keys(store: &Store, max: u32) -> Result<Vec<String>> {
    let keys = store.keys()?;
    all(|| keys.next(max))
}

fn items(store: &Store, max: u32) -> Result<Vec<(String, Vec<u8>)>> {
    let items = store.items()?;
    all(|| items.next(max))
}

/// Collects the pieces until an empty one.
fn all<T>(mut next: impl FnMut() -> Result<Vec<T>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    loop {
        let piece = next()?;
        if piece.is_empty() {
            return Ok(all);
        }
        all.extend(piece);
    }
}
