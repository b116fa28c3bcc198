//! Directories as stores. The engine has all of it; this file only names its functions, and says
//! which of them wait for an update whose caller has left.

use filemap::array::{Memmap, Mode};
use filemap::error::{Error, Result};
use filemap::fs::File as _;
use filemap::store::{
    Completion, Findings, ItemStream, KeyStream, Store, ValueReader, ValueWriter,
};

use super::{AppendBytes, KeyValueStore, NextItems, NextKeys, ReadValue, WriteValue};
use crate::files::{NativeDirectory, NativeFile, UpdateReservations, UpdateUnderWay};
use crate::pages::MmapRegion;

impl KeyValueStore for Store<NativeDirectory> {
    fn has_index(&self) -> bool {
        true
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.get(key)
    }

    fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        self.get_range(key, offset, length)
    }

    fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        self.get_many(keys)
    }

    fn size_of(&self, key: &str) -> Result<Option<u64>> {
        self.size_of(key)
    }

    fn reader_from(&self, key: &str, offset: u64) -> Result<Option<Box<dyn ReadValue>>> {
        Ok(self.reader_from(key, offset)?.map(|reader| Box::new(reader) as _))
    }

    fn open_value(&self, key: &str, mode: Mode) -> Result<Option<Memmap<MmapRegion>>> {
        // The only mode that changes a value.
        if mode == Mode::ReadWrite {
            wait_for_updates(self, Some(key))?;
        }
        self.open_value(key, mode)
    }

    fn set(&self, key: &str, parts: &[Vec<u8>]) -> Result<()> {
        self.set(key, parts)
    }

    fn set_default(&self, key: &str, value: &[u8]) -> Result<Vec<u8>> {
        wait_for_updates(self, Some(key))?;
        self.set_default(key, value)
    }

    fn update(&self, items: &[(String, Vec<u8>)]) -> Result<()> {
        update(self, items, |_| ())
    }

    fn update_with_reservations(
        &self,
        items: &[(String, Vec<u8>)],
        reservations: UpdateReservations,
    ) -> Result<()> {
        update(self, items, |completion| reservations.settle(|| completion.memory()))
    }

    #[cfg(feature = "keyvalue")]
    fn increment(&self, key: &str, delta: u64) -> Result<u64> {
        self.increment(key, delta)
    }

    fn writer(&self, key: &str) -> Result<Box<dyn WriteValue>> {
        Ok(Box::new(self.writer(key)?))
    }

    fn remove(&self, key: &str) -> Result<bool> {
        self.remove(key)
    }

    fn pop(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.pop(key)
    }

    fn pop_item(&self) -> Result<Option<(String, Vec<u8>)>> {
        wait_for_updates(self, None)?;
        self.pop_item()
    }

    fn clear(&self) -> Result<()> {
        wait_for_updates(self, None)?;
        self.clear()
    }

    fn contains(&self, key: &str) -> Result<bool> {
        self.contains(key)
    }

    fn len(&self) -> Result<u64> {
        self.len()
    }

    fn keys(&self) -> Result<Box<dyn NextKeys>> {
        Ok(Box::new(self.keys()?))
    }

    fn items(&self) -> Result<Box<dyn NextItems>> {
        Ok(Box::new(self.items()?))
    }

    fn verify(&self) -> Result<Findings> {
        self.verify()
    }

    fn describe(&self) -> String {
        self.describe()
    }

    fn close(&self) {
        self.close();
    }

    fn index_id(&self) -> Option<usize> {
        self.directory_id()
    }

    fn index_memory(&self) -> Option<u64> {
        self.memory()
    }

    fn index_growth(&self, key: &str) -> u64 {
        self.memory_growth(key)
    }
}

/// Sets several keys, and calls `at_end` when the update is complete, which may be after an
/// interrupted call. If the update does not begin, drops `at_end`.
fn update(
    store: &Store<NativeDirectory>,
    items: &[(String, Vec<u8>)],
    at_end: impl FnOnce(&Completion<NativeDirectory>) + Send + 'static,
) -> Result<()> {
    let completion = store.prepare_update(items)?;
    let interrupter = completion.directory().interrupter().clone();
    let under_way = UpdateUnderWay::begin();
    interrupter.complete(completion, |completion| {
        at_end(completion);
        drop(under_way);
    })
}

/// Waits for the updates of `key`, or of any key, before a call that may change it and has to come
/// after them. The other calls that change a key wait for its lock before they look at it.
fn wait_for_updates(store: &Store<NativeDirectory>, key: Option<&str>) -> Result<()> {
    // Usually there are none, and the call pays for one look at a counter.
    if UpdateUnderWay::exists() { store.wait_for_changes(key) } else { Ok(()) }
}

impl ReadValue for ValueReader<NativeDirectory> {
    fn read(&mut self, max: u64) -> Result<Vec<u8>> {
        self.read(max)
    }

    fn remaining(&self) -> u64 {
        self.remaining()
    }
}

impl WriteValue for ValueWriter<NativeDirectory> {
    fn write(&mut self, data: &[u8]) -> Result<()> {
        self.write(data)
    }

    fn append_stream(&mut self, length: u64) -> Result<Box<dyn AppendBytes>> {
        let open = |file: &NativeFile, position| Ok(ValueFile { file: file.clone(), position });
        Ok(Box::new(self.append_stream(length, open)?))
    }

    fn commit(&mut self) -> Result<()> {
        self.commit()
    }

    fn abort(&mut self) {
        self.abort();
    }

    fn is_finished(&self) -> bool {
        self.is_finished()
    }

    fn index_memory(&self) -> Option<u64> {
        self.memory()
    }

    fn index_growth(&self) -> u64 {
        self.memory_growth()
    }
}

/// The file of an unfinished value, and the position of the next byte.
struct ValueFile {
    file: NativeFile,
    position: u64,
}

impl AppendBytes for ValueFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        let to_error = |error| Error::io("write", "the value", &error);
        self.file.write_all(bytes, self.position).map_err(to_error)?;
        self.position += bytes.len() as u64;
        Ok(())
    }
}

impl NextKeys for KeyStream<NativeDirectory> {
    fn next(&mut self, max: u32) -> Result<Vec<String>> {
        self.next(max)
    }
}

impl NextItems for ItemStream<NativeDirectory> {
    fn next(&mut self, max: u32) -> Result<Vec<(String, Vec<u8>)>> {
        self.next(max)
    }
}
