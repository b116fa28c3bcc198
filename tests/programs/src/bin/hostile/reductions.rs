//! Attacks by calls over whole arrays: `reduce` and `fill`.

use crate::bindings::{ErrorCode, Index, Memmap, Mode, Operation, Slice};
use crate::empty_elements::quickly;
use crate::support::{
    MAX_TRANSFER, OPERATIONS, fails, index, options, poke, resize, shaped, size, take,
};

const HUGE: &str = "work/huge.bin";
const TERABYTE: u64 = 1 << 40;

/// The reductions of strings.
const OF_STRINGS: [Operation; 5] =
    [Operation::Any, Operation::All, Operation::Argmin, Operation::Argmax, Operation::CountNonzero];

pub(crate) fn reads_terabytes() {
    resize(HUGE, TERABYTE);
    let whole = Memmap::open(HUGE, &shaped(Mode::ReadWrite, "u1", &[1 << 20, 1 << 20])).unwrap();
    let private =
        Memmap::open(HUGE, &shaped(Mode::CopyOnWrite, "u1", &[1 << 20, 1 << 20])).unwrap();
    // Few elements, each in a different page.
    let far_apart = whole.view(&index(":, ::65536")).unwrap();
    let strings = whole.view_as("S1048576").unwrap();
    for array in [&whole, &private, &far_apart, &strings, &whole.transpose(None).unwrap()] {
        for operation in OPERATIONS {
            for axis in [None, Some(0), Some(-1)] {
                let refused = quickly(|| array.reduce(operation, axis));
                if array.info().unwrap().dtype == "|S1048576" && !OF_STRINGS.contains(&operation) {
                    fails(refused, ErrorCode::Unsupported, &["does not support"]);
                } else {
                    let limit = "the limit `max_scanned` is 8589934592 bytes a call";
                    fails(refused, ErrorCode::LimitExceeded, &[limit]);
                }
            }
        }
    }
    fails(
        quickly(|| whole.reduce(Operation::Sum, None)),
        ErrorCode::LimitExceeded,
        &["take a part"],
    );
    for array in [&whole, &private, &far_apart] {
        let parts = ["counts as", "an element counts as 4 bytes or more", "take a part"];
        fails(quickly(|| array.fill(&[1])), ErrorCode::LimitExceeded, &parts);
    }
    assert_eq!(whole.read(&index("::524288, ::524288")).unwrap(), [0; 4]);
    assert_eq!(private.read(&index("-1, -1")).unwrap(), [0]);
    assert_eq!(size(HUGE), TERABYTE);
}

pub(crate) fn asks_for_large_results() {
    const FILE: &str = "work/bytes.bin";
    let max = MAX_TRANSFER;
    // The result of an empty array can have any number of elements.
    let wide = |length| Memmap::open(FILE, &shaped(Mode::ReadOnly, "u1", &[0, length])).unwrap();
    for (operation, length) in [(Operation::Any, max), (Operation::Sum, max / 8)] {
        let largest = quickly(|| wide(length).reduce(operation, Some(0))).unwrap();
        assert_eq!((largest.shape, largest.data.len() as u64), (vec![length], max));
        for length in [length + 1, 1 << 50, i64::MAX.unsigned_abs()] {
            fails(
                quickly(|| wide(length).reduce(operation, Some(0))),
                ErrorCode::LimitExceeded,
                &["result"],
            );
        }
        fails(
            wide(length).reduce(Operation::Min, Some(0)),
            ErrorCode::InvalidArgument,
            &["no elements"],
        );
    }
    // Many tiles with few results each.
    let array =
        Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[2, 300, 1 << 14, 3]))
            .unwrap();
    let turned = array.transpose(Some(&[3, 1, 0, 2])).unwrap();
    let result = quickly(|| turned.reduce(Operation::Argmax, Some(2))).unwrap();
    assert_eq!(
        (result.shape, result.data.iter().any(|byte| *byte != 0)),
        (vec![3, 300, 1 << 14], false)
    );
}

pub(crate) fn finds_the_maximum_of_large_strings() {
    const ITEM: u64 = 1 << 20;
    resize(HUGE, TERABYTE);
    poke(HUGE, 40 * ITEM - 1, &[1]);
    let texts = |size: u64| {
        Memmap::open(HUGE, &shaped(Mode::ReadOnly, &format!("S{size}"), &[10, 10])).unwrap()
    };
    let position_of_max =
        |axis| quickly(|| texts(ITEM).reduce(Operation::Argmax, axis)).unwrap().data;
    assert_eq!(position_of_max(None), 39_u64.to_le_bytes());
    assert_eq!(position_of_max(Some(0))[72..], 3_u64.to_le_bytes());
    for size in [ITEM + 1, (1 << 31) - 1] {
        fails(
            quickly(|| texts(size).reduce(Operation::Argmax, None)),
            ErrorCode::LimitExceeded,
            &["too long"],
        );
        fails(
            quickly(|| texts(size).reduce(Operation::Any, Some(1))),
            ErrorCode::LimitExceeded,
            &["too long"],
        );
    }
}

pub(crate) fn reads_a_file_that_it_truncates() {
    const SIZE: u64 = 1 << 20;
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        resize(HUGE, SIZE);
        let array = Memmap::open(HUGE, &options(mode, "u1")).unwrap();
        array.reduce(Operation::Sum, None).unwrap();
        for cut in [0, 4096, SIZE - 1] {
            resize(HUGE, cut);
            for operation in OPERATIONS {
                fails(array.reduce(operation, None), ErrorCode::Truncated, &["truncated"]);
            }
            if mode != Mode::ReadOnly {
                fails(array.fill(&[1]), ErrorCode::Truncated, &["truncated"]);
            }
            assert_eq!(size(HUGE), cut, "no call extends the file");
        }
        resize(HUGE, SIZE);
        assert_eq!(array.reduce(Operation::CountNonzero, None).unwrap().data, [0; 8]);
    }
}

/// The host of this test allows 64 changed pages.
pub(crate) fn changes_scattered_elements_up_to_the_limit() {
    const MAX_CHANGED: i64 = 64;
    let open = || {
        Memmap::open("work/sparse.bin", &shaped(Mode::CopyOnWrite, "u1", &[1, 1000, 4096])).unwrap()
    };
    let all = || Index::Slice(Slice { start: None, stop: None, step: None });
    let array = open();
    // Visits each page many times, in both directions.
    let list = |pages: i64| take((0..1000).map(|number| number * 7 % pages).collect());
    fails(
        array.write(&[Index::At(0), list(MAX_CHANGED + 1)], &[1], Some(&[1])),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    let columns = take((0..4096).collect());
    let back_and_forth = [take(vec![0]), all(), columns];
    fails(
        array.write(&back_and_forth, &[1], Some(&[1])),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    fails(array.fill(&[1]), ErrorCode::LimitExceeded, &["copy-on-write"]);
    // A rejected call changes no pages, except for a `fill`, which may have written some.
    array.close();
    let array = open();
    array.write(&[Index::At(0), list(MAX_CHANGED)], &[1], Some(&[1])).unwrap();
    array.write(&[Index::At(0), list(MAX_CHANGED)], &[2], Some(&[1])).unwrap();
    assert_eq!(array.read(&index("0, 63, ::4095")).unwrap(), [2, 2]);
    fails(
        array.write(&index("0, 64, 0"), &[1], None),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    fails(
        open().write(&index("0, 0, 0"), &[1], None),
        ErrorCode::LimitExceeded,
        &["copy-on-write"],
    );
    assert_eq!(open().read(&index("0, ::63, 0")).unwrap(), [0; 16]);
}
