//! Attacks by numbers: extreme shapes, indices, offsets and lengths.

use std::fs;

use crate::bindings::{ErrorCode, Index, Memmap, Mode, Order, Slice, Store, wit_array};
use crate::provider::{is_portable, refused_by_the_disk};
use crate::support::{
    CREATE, MAX_TRANSFER, exists, fails, index, numbers, open_numbers, options, shaped, size,
};

const MIN: i64 = i64::MIN;
const MAX: i64 = i64::MAX;
const EXTREMES: [i64; 9] = [MIN, MIN + 1, -65, -1, 0, 1, 65, MAX - 1, MAX];
const FILE: &str = "work/bytes.bin";

fn slice(start: i64, stop: i64, step: i64) -> Index {
    Index::Slice(Slice { start: Some(start), stop: Some(stop), step: Some(step) })
}

pub(crate) fn asks_for_extreme_shapes() {
    let shapes = [
        vec![u64::MAX],
        vec![1 << 63],
        vec![u64::MAX; 2],
        vec![1 << 32; 2],
        vec![1 << 32, 0, 1 << 32],
        vec![0, u64::MAX],
        vec![2; 64],
        vec![1; 65],
        vec![1; 1_000_000],
        vec![u64::MAX; 1_000_000],
    ];
    for shape in &shapes {
        let part = if shape.len() > 64 { "64" } else { "shape" };
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
            for order in [Order::C, Order::F] {
                let options = wit_array::MemmapOptions { order, ..shaped(mode, "f8", shape) };
                fails(Memmap::open(FILE, &options), ErrorCode::InvalidArgument, &[part]);
                let created = Memmap::open("work/new.bin", &options);
                fails(created, ErrorCode::InvalidArgument, &[part]);
            }
        }
    }
    for offset in [u64::MAX, u64::MAX - 63, 1 << 63, (1 << 63) - 8] {
        for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
            let options = wit_array::MemmapOptions { offset, ..shaped(mode, "f8", &[8]) };
            fails(Memmap::open(FILE, &options), ErrorCode::InvalidArgument, &["offset"]);
            let created = Memmap::open("work/new.bin", &options);
            fails(created, ErrorCode::InvalidArgument, &["offset"]);
            let options = wit_array::MemmapOptions { shape: None, ..options };
            let (code, part) = match mode {
                Mode::Write => (ErrorCode::InvalidArgument, "shape"),
                _ => (ErrorCode::OutOfBounds, "offset"),
            };
            fails(Memmap::open(FILE, &options), code, &[part]);
        }
    }
    assert_eq!(fs::read(FILE).unwrap(), numbers(), "the file is unchanged");
    assert!(!exists("work/new.bin"));
}

pub(crate) fn asks_for_extreme_indices() {
    let array = open_numbers(Mode::CopyOnWrite, &[4, 4, 4]);
    for at in EXTREMES.into_iter().filter(|at| !(-4..4).contains(at)) {
        fails(array.read(&[Index::At(at)]), ErrorCode::OutOfBounds, &[&at.to_string()]);
        let text = at.to_string();
        let viewed = array.view(&[Index::Ellipsis, Index::At(at)]);
        fails(viewed, ErrorCode::OutOfBounds, &[&text]);
        fails(array.write(&[Index::At(at)], &[], None), ErrorCode::OutOfBounds, &[&text]);
    }
    let mut taken = 0;
    for start in EXTREMES {
        for stop in EXTREMES {
            for step in EXTREMES {
                let index = [slice(start, stop, step)];
                if step == 0 {
                    fails(array.read(&index), ErrorCode::InvalidArgument, &["step"]);
                    continue;
                }
                let view = array.view(&index).unwrap();
                let bytes = view.read(&[]).unwrap();
                assert_eq!(bytes.len() as u64, view.info().unwrap().nbytes);
                view.write(&[], &bytes, None).unwrap();
                taken += bytes.len();
            }
        }
    }
    assert!(taken > 0);
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn asks_for_a_million_indices() {
    let array = open_numbers(Mode::CopyOnWrite, &[4, 4, 4]);
    for one in [Index::At(0), slice(MIN, MAX, 1), slice(0, 0, MIN)] {
        let million = vec![one; 1_000_000];
        fails(array.read(&million), ErrorCode::OutOfBounds, &["1000000"]);
        fails(array.view(&million), ErrorCode::OutOfBounds, &["1000000"]);
        fails(array.write(&million, &[], None), ErrorCode::OutOfBounds, &["1000000"]);
    }
    fails(array.view(&vec![Index::Ellipsis; 1_000_000]), ErrorCode::InvalidArgument, &["1000000"]);
}

pub(crate) fn asks_for_views_of_views_by_extreme_steps() {
    let array = open_numbers(Mode::CopyOnWrite, &[8, 8]);
    for outer in EXTREMES.into_iter().filter(|step| *step != 0) {
        for inner in EXTREMES.into_iter().filter(|step| *step != 0) {
            // Each view has one element or all elements of the view before.
            let mut view =
                array.view(&[slice(2, 3, outer), slice(5, 4, -inner.max(-MAX))]).unwrap();
            for step in EXTREMES.into_iter().filter(|step| *step != 0) {
                let all = || Index::Slice(Slice { start: None, stop: None, step: Some(step) });
                view = view.view(&[all(), all()]).unwrap();
                let info = view.info().unwrap();
                assert_eq!(view.read(&[]).unwrap().len() as u64, info.nbytes);
                view.view(&[Index::Ellipsis]).unwrap().read_bytes(0, info.nbytes).unwrap();
                let beyond = view.read(&[all(), Index::At(MAX)]);
                fails(beyond, ErrorCode::OutOfBounds, &[&MAX.to_string()]);
            }
        }
    }
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn writes_data_of_extreme_shapes() {
    let array = open_numbers(Mode::CopyOnWrite, &[8, 8]);
    let shapes = [
        vec![u64::MAX],
        vec![u64::MAX; 2],
        vec![1 << 32; 2],
        vec![0],
        vec![0, u64::MAX],
        vec![8, 0],
        vec![2; 1000],
    ];
    for shape in &shapes {
        let part = if shape.len() > 64 { "64" } else { "shape" };
        for data in [&[][..], &[1; 64]] {
            fails(array.write(&[], data, Some(shape)), ErrorCode::InvalidArgument, &[part]);
        }
    }
    for length in [0, 1, 63, 65, 1 << 20] {
        for shape in [None, Some(&[8, 8][..])] {
            let written = array.write(&[], &vec![1; length], shape);
            fails(written, ErrorCode::InvalidArgument, &[&length.to_string()]);
        }
    }
    let empty = array.view(&index("8:")).unwrap();
    empty.write(&[], &[], Some(&[0, 8])).unwrap();
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn asks_for_extreme_ranges() {
    let array = open_numbers(Mode::CopyOnWrite, &[64]);
    for (offset, length) in
        [(u64::MAX, 1), (1, u64::MAX), (u64::MAX, u64::MAX), (64, 1), (0, 65), (1 << 63, 1 << 63)]
    {
        let read = array.read_bytes(offset, length);
        fails(read, ErrorCode::OutOfBounds, &[&offset.to_string(), &length.to_string()]);
    }
    for offset in [u64::MAX, 1 << 63, 65] {
        for data in [&[][..], &[1]] {
            let written = array.write_bytes(offset, data);
            fails(written, ErrorCode::OutOfBounds, &[&offset.to_string()]);
        }
    }
    assert_eq!(array.read_bytes(64, 0).unwrap(), []);

    let store = Store::open("work/store", CREATE).unwrap();
    store.set("key", &[1, 2, 3]).unwrap();
    for offset in [3, 1 << 63, u64::MAX] {
        assert_eq!(store.get_range("key", offset, u64::MAX).unwrap(), Some(vec![]));
    }
    assert_eq!(store.get_range("key", 1, u64::MAX).unwrap(), Some(vec![2, 3]));
    let keys = store.keys().unwrap();
    fails(keys.next(0), ErrorCode::InvalidArgument, &["0"]);
    assert_eq!(keys.next(u32::MAX).unwrap(), ["key"]);
    assert_eq!(keys.next(u32::MAX).unwrap(), [""; 0]);
}

pub(crate) fn asks_for_extreme_dtypes() {
    let digits = "9".repeat(1_000_000);
    let texts = [
        format!("f{digits}"),
        format!("<{digits}"),
        format!("{digits}f8"),
        "(".repeat(1_000_000),
        "é".into(),
    ];
    for text in &texts {
        let (code, part) = match text.len() {
            ..=10 => (ErrorCode::InvalidArgument, "not understood"),
            _ => (ErrorCode::LimitExceeded, "262144"),
        };
        fails(Memmap::open(FILE, &options(Mode::ReadOnly, text)), code, &[part]);
    }
}

pub(crate) fn opens_a_petabyte() {
    const PETABYTE: u64 = 1 << 50;
    let opened = Memmap::open("work/huge.bin", &shaped(Mode::Write, "u1", &[PETABYTE]));
    if !is_portable() {
        fails(opened, ErrorCode::LimitExceeded, &["`max_mapped`", "1125899906842624"]);
        assert!(!exists("work/huge.bin"), "a failed call leaves no file");
        return;
    }
    match opened {
        // Few file systems have files of this size.
        Err(error) => {
            refused_by_the_disk(&error);
            assert!(!exists("work/huge.bin"), "a failed call leaves no file");
        }
        Ok(array) => {
            array.write(&index("-1"), &[5], None).unwrap();
            assert_eq!(array.read(&index("-2:")).unwrap(), [0, 5]);
            fails(array.read(&[]), ErrorCode::LimitExceeded, &["134217728"]);
            assert_eq!(size("work/huge.bin"), PETABYTE);
        }
    }
}

pub(crate) fn reads_a_gigabyte_in_one_call() {
    const GIGABYTE: u64 = 1 << 30;
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    fails(
        array.read(&[slice(0, 1 << 30, 1)]),
        ErrorCode::LimitExceeded,
        &["1073741824", "134217728"],
    );
    fails(array.read(&[]), ErrorCode::LimitExceeded, &["6000000000", "134217728"]);
    fails(array.read_bytes(0, GIGABYTE), ErrorCode::LimitExceeded, &["1073741824"]);
    fails(array.read_bytes(5, MAX_TRANSFER + 1), ErrorCode::LimitExceeded, &["134217729"]);

    // The value of a key may be any file in the directory.
    let store = Store::open("work/store", CREATE).unwrap();
    store.set("large", &[]).unwrap();
    fs::rename("work/sparse.bin", "work/store/large#0").unwrap();
    fails(store.get("large"), ErrorCode::LimitExceeded, &["get-range"]);
    fails(store.get_range("large", 0, u64::MAX), ErrorCode::LimitExceeded, &["6000000000"]);
    assert_eq!(store.get_range("large", GIGABYTE, 3).unwrap(), Some(vec![0; 3]));
}

pub(crate) fn writes_too_much_in_one_call() {
    let data = vec![1; 200_000_000];
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    fails(array.write(&index(":200000000"), &data, None), ErrorCode::LimitExceeded, &["200000000"]);
    fails(array.write_bytes(0, &data), ErrorCode::LimitExceeded, &["200000000"]);
    // Little data that is broadcast to a large selection.
    fails(
        array.write(&index(":200000000"), &[1], Some(&[1])),
        ErrorCode::LimitExceeded,
        &["200000000"],
    );
    assert_eq!(array.read(&index(":1")).unwrap(), [0]);

    let store = Store::open("work/store", CREATE).unwrap();
    fails(store.set("key", &data), ErrorCode::LimitExceeded, &["200000000"]);
    drop(data);
    fails(
        store.set_parts("key", &vec![vec![1; 20_000_000]; 10]),
        ErrorCode::LimitExceeded,
        &["200000000"],
    );
    assert_eq!(store.len().unwrap(), 0);
    assert_eq!(fs::read_dir("work/store").unwrap().count(), 0);
}

pub(crate) fn asks_for_a_path_of_ten_megabytes() {
    for path in [
        "./".repeat(5_000_000),
        "x/".repeat(5_000_000),
        "../".repeat(3_000_000),
        "x".repeat(10_000_000),
    ] {
        let path = format!("work/{path}bytes.bin");
        fails(
            Memmap::open(&path, &options(Mode::ReadOnly, "u1")),
            ErrorCode::InvalidArgument,
            &["too long"],
        );
        fails(
            Memmap::open(&path, &shaped(Mode::Write, "u1", &[1])),
            ErrorCode::InvalidArgument,
            &["too long"],
        );
        fails(
            Memmap::open_npy(&path, Mode::ReadOnly, None),
            ErrorCode::InvalidArgument,
            &["too long"],
        );
        fails(Store::open(&path, CREATE), ErrorCode::InvalidArgument, &["too long"]);
    }
}
