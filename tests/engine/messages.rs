//! The words of messages: where numpy has a message, ours contains its words.
//!
//! `tests/data/generate/messages.py` makes the same calls on numpy.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions, Operation, Version};
use filemap::error::Result;
use filemap::layout::{Index, Mask, Order, Slice, Take};
use filemap::region::BufferedRegion;
use serde_json::Value;

use crate::memory::{Disk, MemoryFile};
use crate::{json, refused};

type Array = Memmap<BufferedRegion<MemoryFile>>;

/// Returns a message without differences of spelling: case, the last period, and spaces in shapes.
fn words(message: &str) -> String {
    message.to_lowercase().replace(", ", ",").trim_end().trim_end_matches('.').to_string()
}

/// Returns where the message of numpy is not a part of ours.
fn differs(name: &str, numpy: &Value, message: &str) -> Option<String> {
    let numpy = numpy.as_str().expect("a message");
    let (numpys, ours) = (words(numpy), words(message));
    // The parts around a value that is spelled in another way.
    let parts: Vec<&str> = match name {
        // numpy counts the padding too, or prints all that it has found.
        "create a long header" => vec!["header length", "too big for version=(1,0)"],
        "create a name outside Latin-1" => vec!["'latin-1' codec can't encode character"],
        "magic" => vec!["the magic string is not correct; expected b'\\x93numpy'"],
        "keys" | "unknown key" | "no dictionary" | "order" | "shape" | "lengths" | "dtype" => {
            vec![numpys.split(':').next().expect("a first part")]
        }
        "reshape to two unknown" => vec!["can only specify one unknown dimension"],
        _ => vec![&numpys],
    };
    let is_right = parts.iter().all(|part| ours.contains(part) && numpys.contains(part));
    (!is_right).then(|| format!("{name}: numpy says `{numpy}`, and filemap `{message}`"))
}

/// Opens a file of six bytes in this shape, in mode `copy-on-write`.
fn six(dtype: &str, shape: &[u64]) -> Array {
    open("six", dtype, Mode::CopyOnWrite, Some(shape)).expect("an array")
}

fn open(path: &str, dtype: &str, mode: Mode, shape: Option<&[u64]>) -> Result<Array> {
    let disk = Disk::with(&[("six", b"abcdef"), ("empty", b"")]);
    let (dtype, shape) = (Some(dtype.into()), shape.map(<[u64]>::to_vec));
    Memmap::open(
        &disk.preopens(),
        path,
        &OpenOptions { dtype, mode, offset: 0, shape, order: Order::C },
    )
}

fn create(dtype: &str) -> Result<Array> {
    let options = NpyOptions {
        dtype: Some(dtype.into()),
        shape: vec![1],
        order: Order::C,
        version: Some(Version::V1),
    };
    Memmap::create_npy(&Disk::default().preopens(), "new.npy", &options)
}

/// Makes the call of this name, which must fail.
fn message(name: &str) -> String {
    const R: Mode = Mode::ReadOnly;
    let b = || six("u1", &[2, 3]);
    let column = || b().transpose(None).expect("a view");
    let none = || six("u1", &[0, 3]);
    let take = |indices: &[i64]| Index::Take(Take { indices: indices.to_vec(), shape: None });
    let fill = Slice { start: None, stop: None, step: Some(0) };
    let error = match name {
        "empty file" => refused(open("empty", "u1", R, None)),
        "w+ without a shape" => refused(open("new", "u1", Mode::Write, None)),
        "no multiple" => refused(open("six", "u4", R, None)),
        "past the end" => refused(open("six", "u1", R, Some(&[9]))),
        "unknown dtype" => refused(open("six", "flaot32", R, None)),
        "too big" => refused(open("six", "u1", R, Some(&[1 << 62, 1 << 62]))),
        "65 axes" => refused(open("six", "u1", R, Some(&[1; 65]))),
        "read-only" => {
            let array = open("six", "u1", R, None).expect("an array");
            refused(array.write(&[Index::At(0)], &[1], None))
        }
        "fill read-only" => refused(open("six", "u1", R, None).expect("an array").fill(&[1])),
        "create objects" => refused(create("O")),
        "create a long header" => refused(create(&format!("[('{}', 'i4')]", "x".repeat(70_000)))),
        "create a name outside Latin-1" => refused(create("[('\u{578b}', 'i4')]")),
        "index" => refused(six("u1", &[6]).read(&[Index::At(9)])),
        "negative index" => refused(b().read(&[Index::At(0), Index::At(-9)])),
        "taken index" => refused(six("u1", &[6]).read(&[take(&[9])])),
        "too many indices" => refused(six("u1", &[6]).read(&[Index::At(0), Index::At(0)])),
        "two ellipses" => refused(b().read(&[Index::Ellipsis, Index::Ellipsis])),
        "step" => refused(six("u1", &[6]).read(&[Index::Slice(fill)])),
        "mask" => {
            let mask = Mask { values: vec![true], shape: None };
            refused(six("u1", &[6]).read(&[Index::Mask(mask)]))
        }
        "index arrays" => refused(b().read(&[take(&[0, 1]), take(&[0, 1, 2])])),
        "new axes" => refused(b().read(&vec![Index::NewAxis; 70])),
        "assign" => refused(b().write(&[], &[0; 2], Some(&[2]))),
        "assign more axes" => refused(b().write(&[Index::At(0)], &[0; 6], Some(&[2, 3]))),
        "reshape" => refused(b().reshape(&[4], Order::C)),
        "reshape to two unknown" => refused(b().reshape(&[-1, -1], Order::C)),
        "reshape with a copy" => refused(column().reshape(&[6], Order::C)),
        "transpose" => refused(b().transpose(Some(&[0]))),
        "transpose twice" => refused(b().transpose(Some(&[0, 0]))),
        "transpose outside" => refused(b().transpose(Some(&[0, 5]))),
        "axis" => refused(b().reduce(Operation::Sum, Some(5))),
        "min" => refused(none().reduce(Operation::Min, None)),
        "max" => refused(none().reduce(Operation::Max, Some(0))),
        "argmin" => refused(none().reduce(Operation::Argmin, None)),
        "argmax" => refused(none().reduce(Operation::Argmax, Some(0))),
        "field" => refused(six("[('x', 'i4')]", &[1]).field("y")),
        "view of larger" => refused(b().view_as("u2")),
        "view of smaller" => refused(six("u4", &[1]).view_as("S3")),
        "view with gaps" => refused(column().view_as("u4")),
        "view of a scalar" => refused(six("u1", &[]).view_as("u2")),
        _ => panic!("the call `{name}` is not made here"),
    };
    error.into_message()
}

#[test]
fn messages_contain_the_words_of_numpy() {
    let fixture = json("messages.json");
    let (files, calls) = (&fixture["files"], &fixture["calls"]);
    let mut different = Vec::new();
    for (name, file) in files.as_object().expect("an object") {
        let bytes = crate::reduce::numpy::bytes(&file["hex"]);
        let disk = Disk::with(&[("x.npy", &bytes)]);
        let opened = Array::open_npy(&disk.preopens(), "x.npy", Mode::ReadOnly, None);
        different.extend(differs(name, &file["message"], refused(opened).message()));
    }
    for (name, numpy) in calls.as_object().expect("an object") {
        different.extend(differs(name, numpy, &message(name)));
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}
