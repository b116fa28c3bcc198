//! The buffered region: which changes of the file it sees, and by how many calls it reads and
//! writes.

use std::ops::Range;

use filemap::array::{Memmap, Mode, OpenOptions, Part};
use filemap::error::Error;
use filemap::layout::{Index, Order, Slice};
use filemap::limits::MAX_TRANSFER;
use filemap::region::{BufferedRegion, PAGE_SIZE};
use proptest::prelude::*;

use crate::memory::{Disk, Fault, MemoryFile};
use crate::model::Model;
use crate::try_random;

/// All of a file, as `uint8`.
const OPTIONS: OpenOptions =
    OpenOptions { dtype: None, mode: Mode::ReadOnly, offset: 0, shape: None, order: Order::C };

fn open(disk: &Disk, mode: Mode, shape: &[u64]) -> Memmap<BufferedRegion<MemoryFile>> {
    let options = OpenOptions { mode, shape: Some(shape.to_vec()), ..OPTIONS };
    Memmap::open(&disk.preopens(), "a", &options).expect("an array")
}

fn every(step: i64) -> Index {
    Index::Slice(Slice { start: None, stop: None, step: Some(step) })
}

fn range(start: i64, stop: i64) -> Index {
    Index::Slice(Slice { start: Some(start), stop: Some(stop), step: None })
}

fn take(indices: &[i64]) -> Index {
    Index::Take(indices.to_vec().into())
}

/// Returns bytes that differ from their neighbours, also from those at a distance of a power of
/// two.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251).to_le_bytes()[0]).collect()
}

/// Checks that every array over a truncated file fails with the expected error in `mode` and does
/// not extend the file.
#[track_caller]
fn check_truncated(mode: Mode) {
    let disk = Disk::with(&[("a", b"abcdef")]);
    let array = open(&disk, mode, &[6]);
    disk.resize("a", 4);
    assert!(matches!(array.read(&[]), Err(Error::Truncated(text)) if text.contains("`a`")));
    assert!(matches!(array.read_bytes(4, 2), Err(Error::Truncated(_))));
    if mode.is_writeable() {
        assert!(matches!(array.write(&[Index::At(5)], b"x", None), Err(Error::Truncated(_))));
        assert!(matches!(array.write_bytes(0, b"abcdef"), Err(Error::Truncated(_))));
    }
    assert_eq!(disk.bytes("a"), b"abcd");

    disk.resize("a", 6);
    assert_eq!(array.read(&[]), Ok(b"abcd\0\0".to_vec()));
}

#[test]
fn a_truncated_file_is_reported_and_not_extended() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        check_truncated(mode);
    }
}

#[test]
fn changes_of_the_file_are_visible_except_in_privately_written_pages() {
    let disk = Disk::with(&[("a", &[b'.'; 5000])]);
    let (ours, private) =
        (open(&disk, Mode::ReadWrite, &[5000]), open(&disk, Mode::CopyOnWrite, &[5000]));
    let view = private.view(&[range(1, 3)]).expect("a view");
    private.write(&[Index::At(1)], b"p", None).expect("a private write");
    ours.write(&[Index::At(2)], b"o", None).expect("a write");
    ours.write(&[Index::At(4999)], b"o", None).expect("a write");

    assert_eq!(view.read(&[]), Ok(b"p.".to_vec()));
    assert_eq!(private.read(&[Index::At(4999)]), Ok(b"o".to_vec()));
    assert_eq!(ours.read(&[range(0, 4)]), Ok(b"..o.".to_vec()));
    assert_eq!(open(&disk, Mode::CopyOnWrite, &[5000]).read(&[range(0, 3)]), Ok(b"..o".to_vec()));
}

#[test]
fn close_closes_all_views() {
    let disk = Disk::with(&[("a", b"abc")]);
    let array = open(&disk, Mode::ReadWrite, &[3]);
    let view = array.view(&[Index::At(1)]).expect("a view");
    drop(array.clone());
    view.write(&[], b"x", None).expect("a write");
    array.close();
    array.close();
    for array in [&array, &view] {
        let refused = [
            array.info().err(),
            array.read(&[]).err(),
            array.write(&[], b"", None).err(),
            array.view(&[]).err(),
            array.read_bytes(0, 0).err(),
            array.write_bytes(0, b"").err(),
            array.flush().err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::Closed(_))), "{error:?}");
        }
    }
    assert_eq!(disk.bytes("a"), b"axc");
}

#[test]
fn flush_syncs_shared_writes() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let disk = Disk::with(&[("a", b"abc")]);
        let array = open(&disk, mode, &[3]);
        _ = array.write(&[], b"xyz", None);
        disk.plan(u64::MAX, Fault::CrashBefore);
        assert_eq!(array.flush(), Ok(()));
        assert_eq!(disk.steps(), u64::from(mode == Mode::ReadWrite));
        disk.cut_power(0);
        assert_eq!(disk.bytes("a"), if mode == Mode::ReadWrite { b"xyz" } else { b"abc" });
    }
}

#[test]
fn an_error_of_the_file_system_is_reported() {
    let disk = Disk::with(&[("a", b"abc")]);
    let array = open(&disk, Mode::ReadWrite, &[3]);
    disk.plan(1, Fault::Fails(filemap::fs::IoErrorKind::NoSpace));
    assert!(matches!(array.write(&[], b"xyz", None), Err(Error::NoSpace(_))));
    assert_eq!(array.write(&[], b"xyz", None), Ok(()));
}

#[test]
fn close_runs_are_read_in_few_calls() {
    #[track_caller]
    fn check(index: &[Index], reads: u64) {
        let disk = Disk::with(&[("a", &noise(200 * 1000))]);
        let array = open(&disk, Mode::ReadOnly, &[200, 1000]);
        disk.plan(u64::MAX, Fault::CrashBefore);
        array.read(index).expect("elements");
        assert!(
            disk.steps() <= 1 + reads,
            "{} steps: one for the size, and the reads",
            disk.steps()
        );
    }
    check(&[], 1);
    check(&[every(-1)], 4);
    check(&[every(2)], 4);
    check(&[Index::Ellipsis, Index::At(7)], 4);
    check(&[Index::Ellipsis, every(-1)], 4);
    check(&[range(0, 60), range(10, 20)], 1);
    check(&[Index::At(3), range(10, 20)], 1);
    check(&[range(0, 0)], 0);
    check(&[take(&[5, 0, 13, 5])], 2);
    check(&[take(&[150, 0, 149, 10])], 3);
    check(&[take(&vec![0; 100_000]), Index::At(0)], 2);
}

#[test]
fn adjacent_runs_are_written_together() {
    let disk = Disk::with(&[("a", &noise(200_000))]);
    let array = open(&disk, Mode::ReadWrite, &[200_000]);
    disk.plan(u64::MAX, Fault::CrashBefore);
    array.write(&[every(-1)], &noise(200_000), None).expect("a write");
    assert!(disk.steps() <= 5, "{} steps: one for the size, and the writes", disk.steps());

    disk.plan(u64::MAX, Fault::CrashBefore);
    array.write(&[take(&[7, 6, 5, 7, 9])], b"abcde", None).expect("a write");
    assert!(disk.steps() <= 5, "{} steps: one for the size, and the writes", disk.steps());
    assert_eq!(array.read(&[take(&[5, 6, 7, 9])]), Ok(b"cbde".to_vec()));
}

#[test]
fn scattered_elements_take_one_call_each_and_no_memory() {
    let disk = Disk::default();
    disk.put_sparse("a", 1 << 40, b"a");
    let array = open(&disk, Mode::ReadWrite, &[1 << 40]);
    array.write(&[every(1 << 38)], b"0123", None).expect("a write");
    assert_eq!(array.read(&[every(-(1 << 38))]), Ok(b"\0\0\0\0".to_vec()));
    assert_eq!(array.read(&[every(1 << 38)]), Ok(b"0123".to_vec()));
    assert_eq!(array.read_bytes(3 << 38, 2), Ok(b"3\0".to_vec()));
    assert!(matches!(array.write(&[], b"x", Some(&[1])), Err(Error::LimitExceeded(_))));
}

#[test]
fn one_call_moves_at_most_128_mib() {
    let disk = Disk::default();
    disk.put_sparse("a", MAX_TRANSFER + 1, b"a");
    let array = open(&disk, Mode::CopyOnWrite, &[MAX_TRANSFER + 1]);
    assert_eq!(array.read_bytes(0, MAX_TRANSFER).map(|bytes| bytes.len() as u64), Ok(MAX_TRANSFER));
    assert!(matches!(array.read_bytes(0, MAX_TRANSFER + 1), Err(Error::LimitExceeded(_))));
    assert!(matches!(array.read(&[]), Err(Error::LimitExceeded(_))));
    assert!(matches!(array.write(&[], b"x", Some(&[])), Err(Error::LimitExceeded(_))));
}

#[test]
fn a_range_of_bytes_must_lie_within_the_array() {
    let disk = Disk::with(&[("a", b"abcdef")]);
    let array = open(&disk, Mode::ReadWrite, &[4]);
    assert_eq!(array.read_bytes(4, 0), Ok(vec![]));
    for (offset, length) in [(0, 5), (5, 0), (u64::MAX, 0), (u64::MAX, u64::MAX), (1, u64::MAX)] {
        assert!(matches!(array.read_bytes(offset, length), Err(Error::OutOfBounds(_))));
    }
    assert!(matches!(array.write_bytes(3, b"xy"), Err(Error::OutOfBounds(_))));
    assert!(matches!(array.write_bytes(u64::MAX, b"xy"), Err(Error::OutOfBounds(_))));
    let gaps = array.view(&[every(2)]).expect("a view");
    assert!(matches!(gaps.read_bytes(0, 0), Err(Error::InvalidArgument(_))));
    assert!(matches!(gaps.write_bytes(0, b""), Err(Error::InvalidArgument(_))));
    assert_eq!(disk.bytes("a"), b"abcdef");
}

#[test]
fn data_must_have_the_length_of_its_shape() {
    let disk = Disk::with(&[("a", b"abcdef")]);
    let array = open(&disk, Mode::ReadWrite, &[2, 3]);
    let shapes: [(&[u8], Option<&[u64]>); 6] = [
        (b"xxxxx", None),
        (b"", None),
        (b"xx", Some(&[3])),
        (b"", Some(&[])),
        (b"", Some(&[1, 1, 1])),
        (b"", Some(&[u64::MAX, u64::MAX, u64::MAX])),
    ];
    for (data, shape) in shapes {
        assert!(
            matches!(array.write(&[], data, shape), Err(Error::InvalidArgument(_))),
            "{shape:?}"
        );
    }
    assert_eq!(disk.bytes("a"), b"abcdef");
}

/// Arrays larger than the read-ahead, with longer and shorter runs.
#[test]
fn large_arrays_are_read_and_written_like_small_ones() {
    let shape = prop::sample::select(vec![
        vec![3, 70_000],
        vec![70_000, 3],
        vec![450, 450],
        vec![30, 300, 20],
    ]);
    let step = prop::sample::select(vec![None, Some(-1), Some(2), Some(-7), Some(40), Some(200)]);
    let bound = || prop::option::of(-500_i64..500);
    let slice = (bound(), bound(), step)
        .prop_map(|(start, stop, step)| Index::Slice(Slice { start, stop, step }));
    let index = prop_oneof![5 => slice, 1 => (-3_i64..3).prop_map(Index::At), 1 => Just(every(1))];
    let order = prop::sample::select(vec![Order::C, Order::F]);
    let mode = prop::sample::select(vec![Mode::ReadWrite, Mode::CopyOnWrite]);
    let input = (shape, prop::collection::vec(index, 0..3), order, mode, 0_usize..5000);
    try_random(24, &input, |(shape, index, order, mode, offset)| {
        let file = noise(offset + shape.iter().product::<usize>());
        let disk = Disk::with(&[("a", &file)]);
        let lengths = shape.iter().map(|&length| length as u64).collect();
        let options =
            OpenOptions { dtype: None, mode, offset: offset as u64, shape: Some(lengths), order };
        let array = Memmap::open(&disk.preopens(), "a", &options).expect("an array");
        let Some(selected) = Model::new(&shape, order).select(&index) else {
            assert!(array.read(&index).is_err());
            return;
        };
        let wanted: Vec<u8> = selected.places.iter().map(|place| file[offset + place]).collect();
        assert!(array.read(&index) == Ok(wanted.clone()), "another selection");

        let data: Vec<u8> = wanted.iter().map(|byte| byte ^ 0xff).collect();
        array.write(&index, &data, None).expect("a write");
        let mut seen = file.clone();
        selected.places.iter().for_each(|place| seen[offset + place] ^= 0xff);
        assert!(
            array.read_bytes(0, (seen.len() - offset) as u64).as_deref() == Ok(&seen[offset..]),
            "another array"
        );
        assert!(array.read(&index) == Ok(data), "another selection after the write");
        assert!(
            disk.bytes("a") == if mode == Mode::ReadWrite { seen } else { file },
            "another file"
        );
    });
}

/// Returns the parts of a range in turn: the length of each, and the position of its stream in the
/// file.
#[track_caller]
fn parts(array: &Memmap<BufferedRegion<MemoryFile>>, range: Range<u64>) -> Vec<(u64, Option<u64>)> {
    let (mut offset, mut parts) = (range.start, Vec::new());
    while offset < range.end {
        let Part { length, stream } = array.input_part(offset, range.end - offset).expect("a part");
        parts.push((length, stream.map(|view| view.file_position().expect("a place").1)));
        offset += length;
    }
    parts
}

#[test]
fn streams_skip_privately_written_pages() {
    let page = PAGE_SIZE as u64;
    let disk = Disk::with(&[("a", &vec![b'.'; 6 * PAGE_SIZE])]);
    let options = OpenOptions {
        mode: Mode::CopyOnWrite,
        offset: 10,
        shape: Some(vec![6 * page - 10]),
        ..OPTIONS
    };
    let array = Memmap::open(&disk.preopens(), "a", &options).expect("an array");
    assert_eq!(parts(&array, 0..6 * page - 10), [(6 * page - 10, Some(10))]);

    // The second and third page of the file, and its last one.
    array.write_bytes(page - 10, &[b'x'; PAGE_SIZE + 1]).expect("a write");
    array.write_bytes(6 * page - 11, b"x").expect("a write");
    let whole = [(page - 10, Some(10)), (2 * page, None), (2 * page, Some(3 * page)), (page, None)];
    assert_eq!(parts(&array, 0..6 * page - 10), whole);
    assert_eq!(parts(&array, 7..9), [(2, Some(17))]);
    assert_eq!(parts(&array, page..page + 3), [(3, None)]);
    assert_eq!(parts(&array, page - 11..page - 9), [(1, Some(page - 1)), (1, None)]);
    assert_eq!(
        array.input_part(5, 0).map(|part| (part.length, part.stream.is_some())),
        Ok((0, false))
    );
    // A private write has no stream.
    assert_eq!(
        array.output_part(0, 5).map(|part| (part.length, part.stream.is_some())),
        Ok((5, false))
    );
}

#[test]
fn one_stream_moves_more_than_one_call() {
    let disk = Disk::default();
    disk.put_sparse("a", 8 << 40, b"");
    for mode in [Mode::ReadOnly, Mode::ReadWrite, Mode::CopyOnWrite] {
        let array = open(&disk, mode, &[8 << 40]);
        assert_eq!(parts(&array, 3..8 << 40), [((8 << 40) - 3, Some(3))]);
        let written =
            array.output_part(3, (8 << 40) - 3).map(|part| (part.length, part.stream.is_some()));
        match mode {
            Mode::ReadOnly => assert!(matches!(written, Err(Error::AccessDenied(_)))),
            Mode::CopyOnWrite => {
                assert_eq!(written, Ok((MAX_TRANSFER, false)), "the part must fit in one call");
            }
            _ => assert_eq!(written, Ok(((8 << 40) - 3, true))),
        }
    }
}

#[test]
fn a_part_fails_like_a_read_of_the_same_range() {
    let disk = Disk::with(&[("a", b"abcdef")]);
    let array = open(&disk, Mode::ReadWrite, &[6]);
    for (offset, length) in [(7, 0), (6, 1), (0, 7), (u64::MAX, 1), (1, u64::MAX)] {
        let refused = [
            array.input_part(offset, length).map(drop),
            array.output_part(offset, length).map(drop),
        ];
        assert!(
            refused.iter().all(|result| matches!(result, Err(Error::OutOfBounds(_)))),
            "{refused:?}"
        );
    }
    let gaps = array.view(&[every(2)]).expect("a view");
    assert!(matches!(gaps.input_part(0, 1), Err(Error::InvalidArgument(_))));
    disk.resize("a", 5);
    for result in [array.input_part(0, 1).map(drop), array.output_part(0, 1).map(drop)] {
        assert!(
            matches!(&result, Err(Error::Truncated(text)) if text.contains("`a`")),
            "{result:?}"
        );
    }
    disk.resize("a", 6);
    array.close();
    for result in [array.input_part(0, 0).map(drop), array.output_part(0, 1).map(drop)] {
        assert!(matches!(result, Err(Error::Closed(_))), "{result:?}");
    }
}
