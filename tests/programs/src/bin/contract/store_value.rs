//! Values as arrays.

use crate::bindings::{ErrorCode, Memmap, Mode, Store, open_directory};
use crate::descriptors::directory;
use crate::store::{holds, open, store_of};
use crate::support::{CREATE, READ_ONLY, fails, holds as array_holds, index, poke, resize, size};

/// The modes in which a value can be opened.
const MODES: [Mode; 3] = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite];

/// Opens an existing value as an array.
#[track_caller]
fn value(store: &Store, key: &str, mode: Mode) -> Memmap {
    store.open_value(key, mode).unwrap().unwrap()
}

pub(crate) fn store_value_as_an_array_is_one_axis_of_uint8() {
    let store = store_of(&["value"]);
    for mode in MODES {
        let array = value(&store, "value", mode);
        array_holds(&array, &[5], b"value");
        let info = array.info().unwrap();
        assert_eq!(
            (info.dtype.as_str(), info.item_size, info.strides, info.offset),
            ("|u1", 1, vec![1], 0)
        );
        assert_eq!((info.size, info.nbytes), (5, 5));
        assert_eq!((info.mode, info.writeable), (mode, mode != Mode::ReadOnly));
        assert_eq!(array.read(&index("::-2")).unwrap(), b"elv");
        array_holds(&array.view_as("S5").unwrap(), &[1], b"value");
    }
}

pub(crate) fn store_value_as_an_array_has_the_path_of_its_file() {
    let store = Store::open("./work//store", CREATE).unwrap();
    store.set("a/b", b"value").unwrap();
    for mode in MODES {
        let array = value(&store, "a/b", mode);
        assert_eq!(array.info().unwrap().filename.as_deref(), Some("/work/store/a%2Fb#0"));
    }
    // The array has no filename if the store was opened by a descriptor.
    let other = open_directory(&directory("work", "store"), CREATE).unwrap();
    assert_eq!(value(&other, "a/b", Mode::ReadOnly).info().unwrap().filename, None);
}

pub(crate) fn store_value_in_mode_read_only_is_not_written() {
    let store = store_of(&["value"]);
    let array = value(&store, "value", Mode::ReadOnly);
    fails(array.write(&index("0"), b"V", None), ErrorCode::AccessDenied, &[]);
    holds(&store, "value", b"value");
}

pub(crate) fn store_value_in_mode_copy_on_write_is_never_changed() {
    let store = store_of(&["value"]);
    let array = value(&store, "value", Mode::CopyOnWrite);
    array.write(&index("0"), b"V", None).unwrap();
    array.flush().unwrap();
    array_holds(&array, &[5], b"Value");
    holds(&store, "value", b"value");
    array_holds(&value(&store, "value", Mode::CopyOnWrite), &[5], b"value");
    array.close();
    holds(&store, "value", b"value");
    assert_eq!(std::fs::read("work/store/value#0").unwrap(), b"value");
}

pub(crate) fn store_value_in_mode_read_write_is_written_in_place() {
    let store = store_of(&["value", "other"]);
    let array = value(&store, "value", Mode::ReadWrite);
    let reader = store.reader("value").unwrap().unwrap();
    array.write(&index("0"), b"V", None).unwrap();
    holds(&store, "value", b"Value");
    array.write_bytes(4, b"E").unwrap();
    assert_eq!(store.get_range("value", 3, 9).unwrap().as_deref(), Some(&b"uE"[..]));
    assert_eq!(reader.read(9).unwrap(), b"ValuE");
    array_holds(&value(&store, "value", Mode::ReadOnly), &[5], b"ValuE");
    array.flush().unwrap();
    assert_eq!(std::fs::read("work/store/value#0").unwrap(), b"ValuE");
    holds(&store, "other", b"other");
}

pub(crate) fn store_value_in_mode_read_write_is_resized_in_place() {
    let store = store_of(&["value", ""]);
    for (key, expected) in [("value", b"val\0\0\0\0"), ("", b"\0\0\0\0\0\0\0")] {
        let array = value(&store, key, Mode::ReadWrite);
        for length in [3, 7] {
            array.resize(length).unwrap();
            assert_eq!(store.size_of(key).unwrap(), Some(length));
        }
        array_holds(&array, &[7], expected);
        holds(&store, key, expected);
        array.write(&index("6"), b"x", None).unwrap();
        assert_eq!(store.get_range(key, 6, 9).unwrap().as_deref(), Some(&b"x"[..]));
    }
}

pub(crate) fn store_value_in_mode_write_is_invalid() {
    let store = store_of(&["value", ""]);
    for key in ["value", ""] {
        fails(store.open_value(key, Mode::Write), ErrorCode::InvalidArgument, &["`write`"]);
        holds(&store, key, key.as_bytes());
    }
}

pub(crate) fn store_value_of_a_missing_key_is_no_array() {
    let store = store_of(&["value"]);
    for mode in MODES {
        for key in ["other", "", "Value", &"k".repeat(300)] {
            assert!(store.open_value(key, mode).unwrap().is_none());
        }
    }
    assert_eq!(store.len().unwrap(), 1);
}

pub(crate) fn store_value_as_an_array_keeps_its_bytes_after_every_change_of_the_key() {
    let changes: [fn(&Store); 5] = [
        |store| store.set("value", b"replaced").unwrap(),
        |store| store.update(&[("value".into(), b"x".to_vec())]).unwrap(),
        |store| assert!(store.remove("value").unwrap()),
        |store| store.clear().unwrap(),
        Store::close,
    ];
    for mode in MODES {
        for change in changes {
            let store = open();
            store.set("value", b"a long value").unwrap();
            let (array, view) = (
                value(&store, "value", mode),
                value(&store, "value", mode).view(&index("2:6")).unwrap(),
            );
            assert_eq!(array.read(&index("0")).unwrap(), b"a");
            change(&store);
            array_holds(&array, &[12], b"a long value");
            drop(store);
            array_holds(&view, &[4], b"long");
            array_holds(&array, &[12], b"a long value");
            open().clear().unwrap();
        }
    }
}

pub(crate) fn store_value_that_was_replaced_is_written_to_a_file_without_a_name() {
    let store = store_of(&["value"]);
    let array = value(&store, "value", Mode::ReadWrite);
    store.set("value", b"other").unwrap();
    array.write(&index("0"), b"V", None).unwrap();
    array.flush().unwrap();
    array_holds(&array, &[5], b"Value");
    holds(&store, "value", b"other");
    let array = value(&store, "value", Mode::ReadWrite);
    store.remove("value").unwrap();
    array.fill(b"x").unwrap();
    array_holds(&array, &[5], b"xxxxx");
    assert_eq!(store.get("value").unwrap(), None);
}

pub(crate) fn store_value_that_is_empty_is_an_array_without_elements() {
    let store = store_of(&[""]);
    for mode in MODES {
        let array = value(&store, "", mode);
        array_holds(&array, &[0], b"");
        assert_eq!((array.info().unwrap().nbytes, array.read_bytes(0, 0).unwrap()), (0, vec![]));
        fails(array.read(&index("0")), ErrorCode::OutOfBounds, &[]);
        if mode != Mode::ReadOnly {
            array.write(&[], b"", None).unwrap();
            array.fill(b"x").unwrap();
        }
        array.flush().unwrap();
        drop(array);
        assert_eq!(size("work/store/#0"), 0, "{mode:?}");
        holds(&store, "", b"");
    }
}

pub(crate) fn store_value_of_a_store_that_is_read_only_is_not_opened_for_writing() {
    drop(store_of(&["key"]));
    for (path, text) in [("work/store", "key"), ("fixed/store", "value")] {
        let store = Store::open(path, READ_ONLY).unwrap();
        fails(
            store.open_value("key", Mode::ReadWrite),
            ErrorCode::AccessDenied,
            &[&format!("`{path}`"), "`read-only`"],
        );
        array_holds(&value(&store, "key", Mode::ReadOnly), &[text.len() as u64], text.as_bytes());
        let copy = value(&store, "key", Mode::CopyOnWrite);
        copy.fill(b"x").unwrap();
        array_holds(&copy.view(&index(":1")).unwrap(), &[1], b"x");
        holds(&store, "key", text.as_bytes());
    }
}

pub(crate) fn store_value_past_four_gigabytes_is_an_array() {
    std::fs::create_dir("work/store").unwrap();
    resize("work/store/huge#7", 6_000_000_000);
    poke("work/store/huge#7", 5_999_999_998, b"yz");
    let store = open();
    let array = value(&store, "huge", Mode::ReadWrite);
    assert_eq!(array.info().unwrap().shape, [6_000_000_000]);
    assert_eq!(array.read(&index("-3:")).unwrap(), b"\0yz");
    array.write(&index("-1"), b"Z", None).unwrap();
    assert_eq!(store.get_range("huge", 5_999_999_998, 9).unwrap().as_deref(), Some(&b"yZ"[..]));
}

pub(crate) fn store_value_removed_by_another_program_is_no_array() {
    let store = store_of(&["value"]);
    let array = value(&store, "value", Mode::ReadOnly);
    std::fs::remove_file("work/store/value#0").unwrap();
    for mode in MODES {
        fails(
            store.open_value("value", mode),
            ErrorCode::NotFound,
            &["the value of `value` in `work/store`"],
        );
    }
    array_holds(&array, &[5], b"value");
}
