//! Attacks by streams of arrays and values: many streams, and streams that outlive their array or
//! value.

use std::fs;

use crate::bindings::bulk::{
    read_value_via_stream, read_via_stream, write_value_via_stream, write_via_stream,
};
use crate::bindings::wasi::io::streams::{InputStream, OutputStream};
use crate::bindings::{Error, ErrorCode, Memmap, Mode, Store};
use crate::bulk::{read_from, write_to};
use crate::limits::{MAX_HANDLES, open_to_limit_within};
use crate::provider::is_portable;
use crate::support::{CREATE, fails, index, options, resize, shaped, size};

const FILE: &str = "work/victim.bin";
const SIZE: u64 = 1 << 20;

/// The value of `key` before a case.
const OLD: &[u8] = b"old";

const EXTREMES: [u64; 12] = [
    0,
    1,
    63,
    64,
    65,
    (128 << 20) + 1,
    (1 << 31) - 1,
    1 << 32,
    i64::MAX as u64 - 1,
    i64::MAX as u64,
    1 << 63,
    u64::MAX,
];

/// A file of ones, as an array.
#[track_caller]
fn victim(mode: Mode) -> Memmap {
    fs::write(FILE, vec![1; usize::try_from(SIZE).unwrap()]).unwrap();
    Memmap::open(FILE, &options(mode, "u1")).unwrap()
}

#[track_caller]
fn store() -> Store {
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", OLD).unwrap();
    store
}

/// Returns the names in the directory of the store, except those of temporary files.
fn values() -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    fs::read_dir("work/store")
        .unwrap()
        .map(name)
        .filter(|name| !name.starts_with("%temporary"))
        .collect()
}

/// Opens streams until a limit, which is at most that of handles.
fn open_streams_to_limit<T>(make: impl Fn() -> Result<T, Error>) {
    open_to_limit_within(100..=MAX_HANDLES, make);
}

pub(crate) fn holds_a_hundred_thousand_streams() {
    let array = victim(Mode::ReadWrite);
    open_streams_to_limit(|| {
        Ok(read_via_stream(&array, 0, SIZE)?.input.expect("the part has a stream"))
    });
    open_streams_to_limit(|| {
        Ok(write_via_stream(&array, 0, SIZE)?.output.expect("the part has a stream"))
    });
    // Each stream has moved some bytes and is not complete.
    open_streams_to_limit(|| {
        let input = read_via_stream(&array, 0, SIZE)?.input.expect("the part has a stream");
        assert_eq!(read_from(&input, 100), [1; 100]);
        Ok(input)
    });
    let store = store();
    open_streams_to_limit(|| {
        Ok(read_value_via_stream(&store, "key", 0)?.expect("it exists").input)
    });
    open_streams_to_limit(|| {
        let writer = store.writer("key")?;
        let output = write_value_via_stream(&writer, 1 << 40)?;
        write_to(&output, b"some").unwrap();
        Ok((output, writer))
    });
    // Calls without a stream keep none open.
    for _ in 0..2 * MAX_HANDLES {
        assert!(read_via_stream(&array, 0, 0).unwrap().input.is_none());
        assert!(read_value_via_stream(&store, "other", 0).unwrap().is_none());
        fails(read_via_stream(&array, SIZE, 1), ErrorCode::OutOfBounds, &["1048576"]);
        read_via_stream(&array, 0, 1).unwrap();
        write_via_stream(&array, 0, 1).unwrap();
        read_value_via_stream(&store, "key", 0).unwrap();
    }
    assert_eq!(store.get("key").unwrap().as_deref(), Some(OLD));
}

pub(crate) fn makes_a_hundred_thousand_streams_one_by_one() {
    let (array, store) = (victim(Mode::ReadWrite), store());
    let writer = store.writer("key").unwrap();
    for number in 0..25_000_u32 {
        let offset = u64::from(number) % SIZE;
        let input = read_via_stream(&array, offset, SIZE - offset).unwrap().input.unwrap();
        let output = write_via_stream(&array, offset, SIZE - offset).unwrap().output.unwrap();
        let value = read_value_via_stream(&store, "key", u64::from(number % 5)).unwrap().unwrap();
        drop(write_value_via_stream(&writer, 0).unwrap());
        if number % 1000 == 0 {
            assert_eq!(read_from(&input, 1), [1]);
            write_to(&output, &[1]).unwrap();
            assert_eq!(read_from(&value.input, value.length).len() as u64, value.length);
        }
    }
    writer.commit().unwrap();
    assert_eq!(store.get("key").unwrap().as_deref(), Some(&b""[..]));
}

pub(crate) fn asks_for_streams_of_extreme_ranges() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = Memmap::open("work/bytes.bin", &options(mode, "u1")).unwrap();
        let empty = array.view(&index("5:5")).unwrap();
        for offset in EXTREMES {
            for length in EXTREMES {
                let fits = offset.checked_add(length).is_some_and(|end| end <= 64);
                let (input, output) = (
                    read_via_stream(&array, offset, length),
                    write_via_stream(&array, offset, length),
                );
                if fits {
                    let lengths = (input.unwrap().length, output.unwrap().length);
                    assert_eq!(lengths, (length, length), "{length} bytes from {offset}");
                } else {
                    let words: &[&str] = &[&offset.to_string(), &length.to_string()];
                    fails(input, ErrorCode::OutOfBounds, words);
                    fails(output, ErrorCode::OutOfBounds, words);
                }
                assert_eq!(
                    read_via_stream(&empty, offset, length).is_ok(),
                    (offset, length) == (0, 0)
                );
            }
        }
    }
    assert_eq!(size("work/bytes.bin"), 64);
    let large = 1 << 50;
    resize("work/huge.bin", 1 << 40);
    let opened = Memmap::open("work/huge.bin", &shaped(Mode::ReadOnly, "u1", &[large]));
    fails(opened, ErrorCode::OutOfBounds, &[&large.to_string()]);
    let far = Memmap::open("work/huge.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    assert_eq!(read_via_stream(&far, 1, (1 << 40) - 1).unwrap().length, (1 << 40) - 1);
    assert_eq!(read_via_stream(&far, (1 << 40) - 1, 1).unwrap().length, 1);
    let output = write_via_stream(&far, (1 << 40) - 1, 1).unwrap().output.unwrap();
    write_to(&output, &[7]).unwrap();
    assert_eq!(far.read(&index("-1")).unwrap(), [7]);
}

pub(crate) fn asks_for_streams_of_extreme_values() {
    let store = store();
    for offset in EXTREMES {
        let value = read_value_via_stream(&store, "key", offset).unwrap().unwrap();
        assert_eq!(value.length, 3_u64.saturating_sub(offset));
        assert_eq!(read_from(&value.input, u64::MAX).len() as u64, value.length);
    }
    for length in EXTREMES {
        for begun in [&b""[..], b"begun"] {
            let writer = store.writer("key").unwrap();
            writer.write(begun).unwrap();
            let output = write_value_via_stream(&writer, length);
            if length > 1 << 53 {
                let words = "of a value exceed the size limit of a file";
                fails(output, ErrorCode::InvalidArgument, &[&length.to_string(), words]);
                continue;
            }
            let output = output.unwrap();
            if length > 0 {
                fails(writer.commit(), ErrorCode::InvalidArgument, &["stream"]);
                let other = write_value_via_stream(&writer, u64::MAX);
                fails(other, ErrorCode::InvalidArgument, &["stream"]);
            }
            drop((output, writer));
        }
    }
    assert_eq!((values(), store.get("key").unwrap().as_deref()), (vec!["key#0".into()], Some(OLD)));
}

/// Uses streams after their array has changed or was closed. The contract does not define their
/// bytes then, but they must not trap.
pub(crate) fn uses_streams_of_closed_arrays() {
    let ends: [fn(Memmap) -> Option<Memmap>; 6] = [
        |array| {
            drop(array);
            None
        },
        |array| {
            array.close();
            Some(array)
        },
        |array| {
            resize(FILE, 0);
            Some(array)
        },
        |array| {
            resize(FILE, 4097);
            Some(array)
        },
        |array| {
            fs::remove_file(FILE).unwrap();
            Some(array)
        },
        |array| {
            resize(FILE, 10);
            array.close();
            drop(array);
            None
        },
    ];
    let use_up = |input: &InputStream, output: &OutputStream| {
        let read = read_from(input, SIZE);
        assert!(
            read.iter().all(|&byte| byte <= 2),
            "the stream has other bytes than those written"
        );
        let written =
            [write_to(output, &[2; 100]).is_ok(), write_to(output, &vec![2; 200_000]).is_ok()];
        println!("{} bytes read, written: {written:?}", read.len());
    };
    for end in ends {
        for begun in [false, true] {
            let array = victim(Mode::ReadWrite);
            let input = read_via_stream(&array, 0, SIZE).unwrap().input.unwrap();
            let output = write_via_stream(&array, 0, SIZE).unwrap().output.unwrap();
            if begun {
                assert_eq!(read_from(&input, 5000).len(), 5000);
                write_to(&output, &[2; 5000]).unwrap();
            }
            let array = end(array);
            use_up(&input, &output);
            use_up(&input, &output);
            if let Some(array) = array {
                _ = read_via_stream(&array, 0, SIZE);
                _ = write_via_stream(&array, 0, SIZE);
                _ = array.flush();
            }
        }
    }
}

pub(crate) fn writes_to_streams_of_committed_values() {
    for kept_by in ["commit", "drop", "close"] {
        let store = store();
        let writer = store.writer("key").unwrap();
        let output = write_value_via_stream(&writer, 5).unwrap();
        write_to(&output, b"value").unwrap();
        match kept_by {
            "commit" => writer.commit().unwrap(),
            "drop" => drop(writer),
            _ => store.close(),
        }
        // More bytes than the length, and after the commit. A stream of WASI cannot be revoked: a
        // plugin that writes to it changes its own value.
        for length in [100_000, 100] {
            let written = write_to(&output, &vec![7; length]);
            assert_eq!(written.is_ok(), is_portable(), "after {kept_by}: {written:?}");
        }
        drop(output);
        drop(store);

        let store = Store::open("work/store", CREATE).unwrap();
        let value = store.get("key").unwrap().unwrap();
        let committed = kept_by == "commit";
        let later = if committed && is_portable() { 100_100 } else { 0 };
        let expected = [if committed { &b"value"[..] } else { OLD }, &vec![7; later]].concat();
        assert!(value == expected, "after {kept_by}: {} bytes", value.len());
        assert_eq!(values().len(), 1);
        store.clear().unwrap();
        drop(store);
        assert_eq!(fs::read_dir("work/store").unwrap().count(), 0, "no file is left");
        fs::remove_dir("work/store").unwrap();
    }
}

pub(crate) fn uses_streams_of_a_removed_store() {
    for remove_directory in [false, true] {
        let store = store();
        let value = read_value_via_stream(&store, "key", 0).unwrap().unwrap();
        let writer = store.writer("other").unwrap();
        let output = write_value_via_stream(&writer, 1 << 20).unwrap();
        write_to(&output, &[1; 1000]).unwrap();
        if remove_directory {
            fs::remove_dir_all("work/store").unwrap();
        }
        drop(store);
        fails(writer.commit(), ErrorCode::Closed, &["closed"]);
        write_to(&output, &vec![1; (1 << 20) - 1000]).unwrap();
        fails(writer.commit(), ErrorCode::Closed, &["closed"]);
        fails(write_value_via_stream(&writer, 1), ErrorCode::Closed, &["closed"]);
        drop(writer);
        // The stream of the native provider is complete.
        assert_eq!(write_to(&output, &[1; 1000]).is_ok(), is_portable());
        assert_eq!(read_from(&value.input, value.length), OLD);
        if !remove_directory {
            assert_eq!(fs::read_dir("work/store").unwrap().count(), 1, "no file is left");
        }
    }
}

/// Checks that streams fail on a full disk, and leave nothing.
pub(crate) fn write_to_a_full_disk(array: &Memmap, store: &Store) {
    match write_via_stream(array, 100_000, 10_000) {
        Ok(part) => assert!(write_to(&part.output.unwrap(), &[1; 10_000]).is_err()),
        Err(error) => assert_eq!(error.code, ErrorCode::NoSpace),
    }
    let writer = store.writer("key").unwrap();
    let output = write_value_via_stream(&writer, 100_000).unwrap();
    assert!(write_to(&output, &vec![1; 100_000]).is_err());
    fails(writer.commit(), ErrorCode::InvalidArgument, &["stream"]);
}
