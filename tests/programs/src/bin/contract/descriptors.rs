//! Arrays and stores on descriptors that the plugin has opened.

use crate::bindings::wasi::filesystem::preopens::get_directories;
use crate::bindings::wasi::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};
use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{Durability, ErrorCode, Mode, open_directory, open_file, wit_store};
use crate::support::{described, fails, index, numbers, options, shaped, size};

const READ_WRITE: DescriptorFlags = DescriptorFlags::READ.union(DescriptorFlags::WRITE);
const STORE: wit_store::StoreOptions =
    wit_store::StoreOptions { create: false, read_only: false, durability: Durability::None };

/// The granted directory with this name.
#[track_caller]
fn granted(name: &str) -> Descriptor {
    get_directories().into_iter().find(|(_, guest)| guest == name).expect("it was granted").0
}

/// The file `bytes.bin` in a granted directory.
#[track_caller]
fn file(grant: &str, flags: DescriptorFlags) -> Descriptor {
    granted(grant).open_at(PathFlags::empty(), "bytes.bin", OpenFlags::empty(), flags).unwrap()
}

/// A directory in a granted directory.
#[track_caller]
pub(crate) fn directory(grant: &str, name: &str) -> Descriptor {
    granted(grant)
        .open_at(PathFlags::empty(), name, OpenFlags::DIRECTORY, DescriptorFlags::READ)
        .unwrap()
}

pub(crate) fn array_on_a_descriptor_reads() {
    let array =
        open_file(file("fixed", DescriptorFlags::READ), &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(array.read(&[]).unwrap(), numbers());
    let info = array.info().unwrap();
    assert_eq!((info.filename, info.mode, info.shape), (None, Mode::ReadOnly, vec![64]));
}

pub(crate) fn array_on_a_descriptor_copies_on_write() {
    let array =
        open_file(file("fixed", DescriptorFlags::READ), &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write(&index("0"), &[100], None).unwrap();
    assert_eq!(array.read(&index(":2")).unwrap(), [100, 1]);
    assert_eq!(std::fs::read("fixed/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_on_a_descriptor_writes_and_extends() {
    let array = open_file(file("work", READ_WRITE), &shaped(Mode::ReadWrite, "u1", &[65])).unwrap();
    array.write(&index("63:"), &[1, 2], None).unwrap();
    array.flush().unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap()[62..], [62, 1, 2]);
}

pub(crate) fn array_on_a_descriptor_has_views_and_is_resized() {
    let array = open_file(file("work", READ_WRITE), &options(Mode::ReadWrite, "<i4")).unwrap();
    let view = array.view(&index("1::2")).unwrap();
    assert_eq!(view.info().unwrap().filename, None);
    fails(array.resize(15), ErrorCode::InvalidArgument, &["the given descriptor", "views"]);
    view.fill(&[9; 4]).unwrap();
    drop(view);
    array.resize(2).unwrap();
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), [0, 1, 2, 3, 9, 9, 9, 9]);
    array.resize(3).unwrap();
    assert_eq!(array.read(&[]).unwrap(), [0, 1, 2, 3, 9, 9, 9, 9, 0, 0, 0, 0]);
}

pub(crate) fn array_on_a_descriptor_in_mode_write_does_not_truncate_the_file() {
    let array = open_file(file("work", READ_WRITE), &shaped(Mode::Write, "u1", &[8])).unwrap();
    assert_eq!(array.read(&[]).unwrap(), numbers()[..8]);
    assert_eq!(size("work/bytes.bin"), 64);
    let array = open_file(file("work", READ_WRITE), &shaped(Mode::Write, "u1", &[66])).unwrap();
    assert_eq!(array.read(&index("63:")).unwrap(), [63, 0, 0]);
}

pub(crate) fn array_on_a_descriptor_takes_offset_and_shape() {
    let options = MemmapOptions { offset: 3, ..shaped(Mode::ReadOnly, ">u2", &[2, 2]) };
    let array = open_file(file("work", DescriptorFlags::READ), &options).unwrap();
    assert_eq!(array.read(&index("1, ::-1")).unwrap(), [9, 10, 7, 8]);
}

pub(crate) fn array_on_a_descriptor_not_opened_for_writing_is_access_denied() {
    for mode in [Mode::ReadWrite, Mode::Write] {
        for grant in ["work", "fixed"] {
            let opened = open_file(file(grant, DescriptorFlags::READ), &shaped(mode, "u1", &[66]));
            fails(
                opened,
                ErrorCode::AccessDenied,
                &["the given descriptor was not opened for writing", "another mode"],
            );
        }
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_on_a_descriptor_not_opened_for_reading_is_access_denied() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let opened = open_file(file("work", DescriptorFlags::WRITE), &shaped(mode, "u1", &[66]));
        fails(
            opened,
            ErrorCode::AccessDenied,
            &["the given descriptor was not opened for reading"],
        );
    }
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_on_the_descriptor_of_a_directory_is_invalid() {
    let opened = open_file(directory("work", "folder"), &options(Mode::ReadOnly, "u1"));
    fails(
        opened,
        ErrorCode::InvalidArgument,
        &["the given descriptor", "it is a directory, not a file"],
    );
}

pub(crate) fn array_on_a_descriptor_rejects_the_same_options() {
    let open = |options| open_file(file("work", READ_WRITE), &options);
    fails(open(options(Mode::Write, "u1")), ErrorCode::InvalidArgument, &["needs a shape"]);
    fails(
        open(options(Mode::ReadOnly, "x")),
        ErrorCode::InvalidArgument,
        &["data type 'x' not understood"],
    );
    fails(
        open(shaped(Mode::ReadOnly, "u1", &[65])),
        ErrorCode::OutOfBounds,
        &["the given descriptor", "65"],
    );
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn array_on_a_descriptor_is_closed_after_close() {
    let array =
        open_file(file("work", DescriptorFlags::READ), &options(Mode::ReadOnly, "u1")).unwrap();
    array.close();
    fails(array.read(&[]), ErrorCode::Closed, &["the given descriptor"]);
}

pub(crate) fn store_on_a_descriptor_works_as_on_a_path() {
    let descriptor = directory("work", "folder");
    let store = open_directory(&descriptor, STORE).unwrap();
    store.set("a/b", b"value").unwrap();
    assert_eq!(std::fs::read("work/folder/a%2Fb#0").unwrap(), b"value");
    assert_eq!(described(&store), "<File: the given descriptor, 1 elements>");
}

pub(crate) fn store_on_a_descriptor_only_borrows_it() {
    let descriptor = directory("work", "folder");
    let store = open_directory(&descriptor, STORE).unwrap();
    drop(descriptor);
    store.set("key", b"value").unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"value"[..]));

    let descriptor = directory("work", "folder");
    let store = open_directory(&descriptor, STORE).unwrap();
    store.close();
    descriptor.create_directory_at("more").unwrap();
}

pub(crate) fn store_on_a_descriptor_has_its_permissions() {
    let descriptor = directory("fixed", "store");
    fails(
        open_directory(&descriptor, STORE),
        ErrorCode::AccessDenied,
        &["the given descriptor", "`read-only`"],
    );
    let options = wit_store::StoreOptions { read_only: true, create: true, ..STORE };
    let store = open_directory(&descriptor, options).unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"value"[..]));
    fails(store.set("key", b"other"), ErrorCode::AccessDenied, &["`read-only`"]);
}

pub(crate) fn store_on_the_descriptor_of_a_file_is_invalid() {
    let descriptor = file("work", DescriptorFlags::READ);
    let parts = ["the given descriptor", "it is a file, not a directory"];
    fails(open_directory(&descriptor, STORE), ErrorCode::InvalidArgument, &parts);
}
