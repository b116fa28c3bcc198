//! The host functions by their names in the WIT.
//!
//! The generated bindings have functions that add an interface to a linker, but in one form only:
//! the other form needs a second set of bindings, with other types, and every host function twice.
//! The types of each function are those of the generated traits, and a test compares the names with
//! the WIT.

use wasmtime::StoreContextMut;
use wasmtime::component::{Resource, ResourceType};

use super::bindings::array::HostMemmap;
use super::bindings::bulk::Host as HostBulk;
use super::bindings::descriptors::Host as HostDescriptors;
use super::bindings::store::{
    HostItemStream, HostKeyStream, HostStore, HostValueReader, HostValueWriter,
};
use super::blocking::now;
use super::errors::IntoWit as _;
use super::handles::Host;
use super::linking::{Form, Interface, link_functions};
use super::slot::{
    ItemStreamSlot, KeyStreamSlot, MemmapSlot, StoreSlot, ValueReaderSlot, ValueWriterSlot,
};
use super::span::CallSpan;

pub(super) fn link_array<T: Send>(mut interface: Interface<'_, T>) -> wasmtime::Result<()> {
    link_functions! { interface:
        blocking_resource "memmap" = HostMemmap::drop(MemmapSlot);
        blocking "[static]memmap.open" = HostMemmap::open(path, options);
        blocking "[static]memmap.open-npy" = HostMemmap::open_npy(path, mode, max_header);
        blocking "[static]memmap.create-npy" = HostMemmap::create_npy(path, options);
        inline "[method]memmap.info" = HostMemmap::info(array);
        blocking "[method]memmap.read" = HostMemmap::read(array, index);
        inline "[method]memmap.shape-of" = HostMemmap::shape_of(array, index);
        blocking "[method]memmap.write" = HostMemmap::write(array, index, data, shape);
        blocking "[method]memmap.fill" = HostMemmap::fill(array, data);
        inline "[method]memmap.view" = HostMemmap::view(array, index);
        inline "[method]memmap.field" = HostMemmap::field(array, name);
        inline "[method]memmap.view-as" = HostMemmap::view_as(array, dtype);
        inline "[method]memmap.reshape" = HostMemmap::reshape(array, shape, order);
        inline "[method]memmap.transpose" = HostMemmap::transpose(array, axes);
        blocking "[method]memmap.read-bytes" = HostMemmap::read_bytes(array, offset, length);
        blocking "[method]memmap.write-bytes" = HostMemmap::write_bytes(array, offset, data);
        blocking "[method]memmap.reduce" = HostMemmap::reduce(array, operation, axis);
        blocking "[method]memmap.flush" = HostMemmap::flush(array);
        blocking "[method]memmap.advise" = HostMemmap::advise(array, advice);
        blocking "[method]memmap.resize" = HostMemmap::resize(array, length);
        blocking "[method]memmap.close" = HostMemmap::close(array);
    }
    Ok(())
}

pub(super) fn link_store<T: Send>(mut interface: Interface<'_, T>) -> wasmtime::Result<()> {
    link_functions! { interface:
        blocking_resource "store" = HostStore::drop(StoreSlot);
        resource "key-stream" = HostKeyStream::drop(KeyStreamSlot);
        resource "item-stream" = HostItemStream::drop(ItemStreamSlot);
        blocking_resource "value-reader" = HostValueReader::drop(ValueReaderSlot);
        blocking_resource "value-writer" = HostValueWriter::drop(ValueWriterSlot);
        blocking "[static]store.open" = HostStore::open(path, options);
        blocking "[method]store.get" = HostStore::get(store, key);
        blocking "[method]store.get-range" = HostStore::get_range(store, key, offset, length);
        blocking "[method]store.get-many" = HostStore::get_many(store, keys);
        blocking "[method]store.size-of" = HostStore::size_of(store, key);
        blocking "[method]store.reader" = HostStore::reader(store, key);
        blocking "[method]store.open-value" = HostStore::open_value(store, key, mode);
        blocking "[method]store.set" = HostStore::set(store, key, value);
        blocking "[method]store.set-parts" = HostStore::set_parts(store, key, parts);
        blocking "[method]store.set-default" = HostStore::set_default(store, key, value);
        blocking "[method]store.update" = HostStore::update(store, items);
        blocking "[method]store.writer" = HostStore::writer(store, key);
        blocking "[method]store.remove" = HostStore::remove(store, key);
        blocking "[method]store.pop" = HostStore::pop(store, key);
        blocking "[method]store.pop-item" = HostStore::pop_item(store);
        blocking "[method]store.clear" = HostStore::clear(store);
        blocking "[method]store.contains" = HostStore::contains(store, key);
        blocking "[method]store.len" = HostStore::len(store);
        inline "[method]store.keys" = HostStore::keys(store);
        inline "[method]store.items" = HostStore::items(store);
        blocking "[method]store.verify" = HostStore::verify(store);
        blocking "[method]store.describe" = HostStore::describe(store);
        blocking "[method]store.close" = HostStore::close(store);
        blocking "[method]key-stream.next" = HostKeyStream::next(stream, max);
        blocking "[method]item-stream.next" = HostItemStream::next(stream, max);
        blocking "[method]value-reader.read" = HostValueReader::read(reader, max);
        blocking "[method]value-writer.write" = HostValueWriter::write(writer, data);
        blocking "[method]value-writer.commit" = HostValueWriter::commit(writer);
    }
    Ok(())
}

pub(super) fn link_descriptors<T: Send>(mut interface: Interface<'_, T>) -> wasmtime::Result<()> {
    link_functions! { interface:
        blocking "open-file" = HostDescriptors::open_file(file, options);
        blocking "open-directory" = HostDescriptors::open_directory(directory, options);
    }
    Ok(())
}

pub(super) fn link_bulk<T: Send>(mut interface: Interface<'_, T>) -> wasmtime::Result<()> {
    link_functions! { interface:
        blocking "read-via-stream" = HostBulk::read_via_stream(array, offset, length);
        blocking "write-via-stream" = HostBulk::write_via_stream(array, offset, length);
        blocking "read-value-via-stream" = HostBulk::read_value_via_stream(store, key, offset);
        blocking "write-value-via-stream" = HostBulk::write_value_via_stream(writer, length);
    }
    Ok(())
}
