//! The rules of `numpy.memmap` for opening: what fits, which files are extended or truncated, and
//! which are unchanged.

use filemap::array::{Memmap, Mode, NpyOptions, OpenOptions, OpenPlan};
use filemap::error::{Error, Result};
use filemap::fs::{Access, Directory, IoErrorKind, Open, Preopens};
use filemap::layout::Order;
use filemap::region::BufferedRegion;

use crate::memory::{Disk, Fault, MemoryFile};
use crate::refused;

type Opened = Result<Memmap<BufferedRegion<MemoryFile>>>;

/// Returns the parameters of `numpy.memmap`, with C order.
fn options(dtype: &str, mode: Mode, offset: u64, shape: Option<&[u64]>) -> OpenOptions {
    OpenOptions {
        dtype: Some(dtype.into()),
        mode,
        offset,
        shape: shape.map(<[u64]>::to_vec),
        order: Order::C,
    }
}

fn open(disk: &Disk, dtype: &str, mode: Mode, offset: u64, shape: Option<&[u64]>) -> Opened {
    Memmap::open(&disk.preopens(), "a", &options(dtype, mode, offset, shape))
}

/// Creates a disk with the file `a`.
fn disk(bytes: &[u8]) -> Disk {
    Disk::with(&[("a", bytes)])
}

/// Opens a file, and checks the shape of the array and the bytes of the file afterwards.
#[track_caller]
fn check(
    bytes: &[u8],
    dtype: &str,
    mode: Mode,
    offset: u64,
    shape: Option<&[u64]>,
    wanted: &[u64],
    after: &[u8],
) {
    let disk = disk(bytes);
    let array = open(&disk, dtype, mode, offset, shape).expect("an array");
    let info = array.info().expect("an open array");
    assert_eq!((info.shape.as_slice(), info.offset, info.mode), (wanted, offset, mode));
    assert_eq!(disk.bytes("a"), after);
    let begin = usize::try_from(offset).expect("a small offset");
    let end = begin + usize::try_from(info.nbytes).expect("a small array");
    assert_eq!(array.read(&[]).expect("elements"), after[begin..end]);
}

/// Checks that opening a file fails and does not change it.
#[track_caller]
fn check_refused(
    bytes: &[u8],
    dtype: &str,
    mode: Mode,
    offset: u64,
    shape: Option<&[u64]>,
    is_right: fn(&Error) -> bool,
) {
    let disk = disk(bytes);
    let error = refused(open(&disk, dtype, mode, offset, shape));
    assert!(is_right(&error), "{error:?}");
    assert_eq!(disk.bytes("a"), bytes);
}

fn is_invalid(error: &Error) -> bool {
    matches!(error, Error::InvalidArgument(_))
}

fn is_out_of_bounds(error: &Error) -> bool {
    matches!(error, Error::OutOfBounds(_))
}

fn is_denied(error: &Error) -> bool {
    matches!(error, Error::AccessDenied(_))
}

const R: Mode = Mode::ReadOnly;
const C: Mode = Mode::CopyOnWrite;
const RW: Mode = Mode::ReadWrite;
const W: Mode = Mode::Write;

#[test]
fn without_a_shape_the_array_extends_to_the_end_of_the_file() {
    for mode in [R, C, RW] {
        check(b"abcdef", "u1", mode, 0, None, &[6], b"abcdef");
        check(b"abcdef", "<u2", mode, 0, None, &[3], b"abcdef");
        check(b"abcdef", "u1", mode, 5, None, &[1], b"abcdef");
        check(b"abcdef", "<u4", mode, 2, None, &[1], b"abcdef");
        check(b"abcdef", "<u4", mode, 6, None, &[0], b"abcdef");
        check_refused(b"abcdef", "<u4", mode, 0, None, is_invalid);
        check_refused(b"abcdef", "<u4", mode, 5, None, is_invalid);
        check_refused(b"abcdef", "u1", mode, 7, None, is_out_of_bounds);
        check_refused(b"abcdef", "u1", mode, u64::MAX, None, is_out_of_bounds);
    }
    check_refused(b"abcdef", "u1", W, 0, None, is_invalid);
}

#[test]
fn with_a_shape_the_file_must_be_long_enough() {
    for mode in [R, C] {
        check(b"abcdef", "u1", mode, 1, Some(&[2, 2]), &[2, 2], b"abcdef");
        check(b"abcdef", "<u2", mode, 2, Some(&[2]), &[2], b"abcdef");
        check(b"abcdefgh", "f8", mode, 0, Some(&[]), &[], b"abcdefgh");
        check(b"abcdef", "c16", mode, 6, Some(&[3, 0]), &[3, 0], b"abcdef");
        check_refused(b"abcdef", "u1", mode, 1, Some(&[2, 3]), is_out_of_bounds);
        check_refused(b"abcdef", "<u2", mode, 3, Some(&[2]), is_out_of_bounds);
        check_refused(b"abcdef", "u1", mode, 7, Some(&[0]), is_out_of_bounds);
    }
}

#[test]
fn an_empty_file_cannot_be_mapped_for_reading() {
    for mode in [R, C] {
        check_refused(b"", "u1", mode, 0, None, is_invalid);
        check_refused(b"", "u1", mode, 0, Some(&[0]), is_invalid);
        check_refused(b"", "u1", mode, 9, Some(&[1]), is_invalid);
    }
}

#[test]
fn read_write_extends_with_zeroes_and_keeps_the_rest() {
    check(b"abc", "u1", RW, 0, Some(&[2]), &[2], b"abc");
    check(b"abc", "u1", RW, 0, Some(&[5]), &[5], b"abc\0\0");
    check(b"abc", "<u2", RW, 6, Some(&[1]), &[1], b"abc\0\0\0\0\0");
    check(b"abc", "u1", RW, 5, Some(&[0]), &[0], b"abc\0\0");
    check(b"", "u1", RW, 0, None, &[0], b"\0");
    check(b"", "f8", RW, 0, Some(&[2, 0]), &[2, 0], b"\0");
}

#[test]
fn write_truncates_and_fills_with_zeroes() {
    check(b"abcdef", "u1", W, 0, Some(&[2]), &[2], b"\0\0");
    check(b"abcdef", "u1", W, 3, Some(&[2]), &[2], b"\0\0\0\0\0");
    check(b"abc", "<u2", W, 1, Some(&[2]), &[2], b"\0\0\0\0\0");
    check(b"abc", "<u2", W, 0, Some(&[]), &[], b"\0\0");
    check(b"abc", "u1", W, 0, Some(&[0]), &[0], b"\0");
    check(b"", "u1", W, 0, Some(&[2]), &[2], b"\0\0");
}

#[test]
fn only_mode_write_creates_a_file() {
    for mode in [R, C, RW] {
        let disk = Disk::default();
        let error = refused(open(&disk, "u1", mode, 0, Some(&[1])));
        assert!(matches!(error, Error::NotFound(_)), "{error:?}");
        assert_eq!(disk.names(), [""; 0]);
    }
    let disk = Disk::default();
    open(&disk, "<u2", W, 1, Some(&[2])).expect("an array");
    assert_eq!(disk.bytes("a"), [0; 5]);
}

#[test]
fn a_size_that_overflows_is_rejected_before_the_file_changes() {
    const MOST: u64 = i64::MAX as u64;
    for mode in [R, C, RW, W] {
        check_refused(b"abc", "u1", mode, 0, Some(&[MOST + 1]), is_invalid);
        check_refused(b"abc", "u1", mode, 1, Some(&[MOST]), is_invalid);
        check_refused(b"abc", "u1", mode, MOST + 1, Some(&[0]), is_invalid);
        check_refused(b"abc", "u1", mode, u64::MAX, Some(&[1]), is_invalid);
        check_refused(b"abc", "f8", mode, 0, Some(&[u64::MAX, u64::MAX]), is_invalid);
        check_refused(b"abc", "f8", mode, 0, Some(&[u64::MAX, 0]), is_invalid);
        check_refused(b"abc", "u1", mode, 0, Some(&[1; 65]), is_invalid);
        check_refused(b"abc", "what", mode, 0, Some(&[1]), is_invalid);
        let disk = Disk::default();
        assert!(is_invalid(&refused(open(&disk, "u1", mode, 1, Some(&[MOST])))));
        assert_eq!(disk.names(), [""; 0]);
    }
}

#[test]
fn an_array_can_end_at_the_maximum_size_of_a_file() {
    let disk = disk(b"abc");
    let last = (1 << 53) - 2;
    let before = disk.image();
    for shape in [2, 1 << 60] {
        let error = refused(open(&disk, "u1", RW, last, Some(&[shape])));
        assert!(is_invalid(&error) && error.message().contains("larger than"), "{error:?}");
    }
    assert_eq!(disk.image(), before);
    let mut array = open(&disk, "u1", RW, last, Some(&[1])).expect("an array");
    array.write(&[], b"z", None).expect("a write");
    assert_eq!((array.read(&[]), disk.size("a")), (Ok(b"z".to_vec()), last + 1));
    let none = open(&disk, "u1", RW, last + 1, Some(&[0])).expect("an array");
    assert_eq!(none.read(&[]), Ok(vec![]));
    assert!(is_invalid(&array.resize(2).unwrap_err()));
    let rest = open(&disk, "u1", R, last - 1, None).expect("an array");
    assert_eq!(rest.read(&[]), Ok(b"\0z".to_vec()));
}

#[test]
fn sixty_four_axes_are_allowed() {
    let disk = disk(b"abc");
    let array = open(&disk, "u1", R, 0, Some(&[1; 64])).expect("an array");
    assert_eq!(array.read(&[]), Ok(b"a".to_vec()));
}

#[test]
fn only_regular_files_are_opened() {
    let disk = Disk::default();
    disk.put_directory("a");
    disk.put_pipe("p");
    let before = disk.names();
    for mode in [R, C, RW, W] {
        for path in ["a", "p", ".", "a/.."] {
            let error =
                refused(Memmap::open(&disk.preopens(), path, &options("u1", mode, 0, Some(&[1]))));
            assert!(is_invalid(&error), "{path}: {error:?}");
        }
        let error =
            refused(Memmap::open(&disk.preopens(), "p/a", &options("u1", mode, 0, Some(&[1]))));
        assert!(is_invalid(&error), "{error:?}");
        let error =
            refused(Memmap::open(&disk.preopens(), "../a", &options("u1", mode, 0, Some(&[1]))));
        assert!(is_denied(&error), "{error:?}");
    }
    assert_eq!(disk.names(), before);
}

#[test]
fn a_read_only_grant_is_enough_for_the_modes_that_read() {
    let disk = disk(b"abc");
    let preopens = Preopens::new(vec![("data".to_string(), disk.root(false))]);
    for mode in [R, C] {
        let array =
            Memmap::open(&preopens, "data/a", &options("u1", mode, 0, None)).expect("an array");
        assert_eq!(array.read(&[]), Ok(b"abc".to_vec()));
    }
    for (mode, path) in [(RW, "data/a"), (W, "data/a"), (W, "data/new")] {
        assert!(is_denied(&refused(Memmap::open(
            &preopens,
            path,
            &options("u1", mode, 0, Some(&[1]))
        ))));
    }
    assert_eq!(disk.image(), [("a".to_string(), b"abc".to_vec())]);
}

#[test]
fn a_read_only_mount_is_denied_although_the_host_has_no_word_for_it() {
    let disk = disk(b"abc");
    disk.put_directory("d");
    disk.mount_read_only();
    for path in ["a", "new", "d/new"] {
        let options = options("u1", W, 0, Some(&[1]));
        let error = refused(Memmap::open(&disk.preopens(), path, &options));
        assert!(is_denied(&error), "{path}: {error:?}");
    }
    assert!(is_denied(&refused(open(&disk, "u1", RW, 0, None))));
    assert_eq!(open(&disk, "u1", R, 0, None).expect("an array").read(&[]), Ok(b"abc".to_vec()));
}

#[test]
fn an_unknown_error_on_a_writable_mount_stays_unknown() {
    let disk = disk(b"abc");
    disk.plan(0, Fault::Fails(IoErrorKind::Other));
    let error = refused(open(&disk, "u1", RW, 0, None));
    assert!(matches!(error, Error::Other(_)), "{error:?}");
}

#[test]
fn a_descriptor_needs_the_permissions_of_the_mode_and_is_never_truncated() {
    let disk = disk(b"abc");
    let given = |access, mode, shape| {
        let file =
            disk.root(true).open_file("a", Open::ReadWrite).expect("a file").with_access(access);
        Memmap::open_file(&file, &options("u1", mode, 1, shape))
    };
    let (reading, writing) =
        (Access { read: true, write: false }, Access { read: false, write: true });
    for mode in [R, C] {
        assert_eq!(given(reading, mode, None).expect("an array").read(&[]), Ok(b"bc".to_vec()));
        assert!(is_denied(&refused(given(writing, mode, None))));
    }
    for mode in [RW, W] {
        assert!(is_denied(&refused(given(reading, mode, Some(&[9])))));
        assert!(is_denied(&refused(given(reading, mode, Some(&[1])))));
        assert!(is_denied(&refused(given(writing, mode, Some(&[9])))));
    }
    assert!(is_invalid(&refused(given(Access { read: true, write: true }, W, None))));
    assert_eq!(disk.bytes("a"), b"abc");

    let array = given(Access { read: true, write: true }, W, Some(&[3])).expect("an array");
    assert_eq!(
        (array.read(&[]), array.info().expect("an open array").filename),
        (Ok(b"bc\0".to_vec()), None)
    );
    assert_eq!(disk.bytes("a"), b"abc\0");
}

#[test]
fn a_new_file_is_removed_if_it_cannot_be_mapped() {
    for step in 0.. {
        let disk = Disk::default();
        disk.plan(step, Fault::Fails(IoErrorKind::NoSpace));
        let opened = open(&disk, "f8", W, 0, Some(&[4]));
        if !disk.has_failed() {
            assert_eq!((opened.is_ok(), step > 3), (true, true));
            break;
        }
        assert!(matches!(refused(opened), Error::NoSpace(_)), "step {step}");
        assert_eq!(disk.names(), [""; 0], "step {step}");
    }
}

#[test]
fn the_target_of_a_dangling_link_is_removed_if_it_cannot_be_mapped() {
    for step in 0.. {
        let disk = Disk::default();
        disk.put_directory("d");
        disk.put_link("a", "d/target");
        disk.plan(step, Fault::Fails(IoErrorKind::NoSpace));
        let opened = open(&disk, "f8", W, 0, Some(&[4]));
        if !disk.has_failed() {
            opened.expect("an array");
            assert_eq!(disk.bytes("d/target"), [0; 32]);
            break;
        }
        assert!(matches!(refused(opened), Error::NoSpace(_)), "step {step}");
        assert_eq!(disk.names(), ["d/"], "step {step}");
    }
}

#[test]
fn a_chain_of_dangling_links_ends() {
    let disk = Disk::default();
    for number in 0..50 {
        disk.put_link(&format!("link{number}"), &format!("link{}", number + 1));
    }
    let at = |path: &str| Memmap::open(&disk.preopens(), path, &options("u1", W, 0, Some(&[1])));
    let error = refused(at("link0"));
    assert!(error.message().contains("too many symbolic links"), "{error:?}");
    assert_eq!(disk.names(), [""; 0]);
    at("link20").expect("an array");
    assert_eq!(disk.bytes("link50"), [0]);
}

#[test]
fn an_existing_file_is_unchanged_if_it_cannot_be_mapped() {
    for (mode, shape) in [(RW, 9), (W, 9), (W, 2)] {
        // Opening, measuring, mapping, and the first change of the size. The steps after these in
        // mode `write` truncate the old content.
        for step in 0..4 {
            let disk = disk(b"abc");
            disk.plan(step, Fault::Fails(IoErrorKind::FileTooLarge));
            assert!(
                is_invalid(&refused(open(&disk, "u1", mode, 0, Some(&[shape])))),
                "{mode:?}, step {step}"
            );
            assert!(disk.has_failed());
            assert_eq!(disk.bytes("a"), b"abc", "{mode:?}, step {step}");
        }
    }
}

#[test]
fn a_terabyte_opens_without_reading() {
    let disk = Disk::default();
    disk.put_sparse("a", 1 << 40, b"first");
    disk.plan(u64::MAX, Fault::CrashBefore);
    let array = open(&disk, "<u4", R, 0, None).expect("an array");
    assert_eq!(array.info().expect("an open array").shape, [1 << 38]);
    assert!(disk.steps() <= 3, "{} steps", disk.steps());
    assert!(matches!(array.read(&[]), Err(Error::LimitExceeded(_))));
    assert!(disk.steps() <= 3, "{} steps", disk.steps());
}

#[test]
fn mode_write_keeps_the_room_of_the_old_content() {
    for (old, new) in [(8, 8), (8, 5), (3, 8)] {
        let disk = disk(&vec![7; old]);
        // Another program takes all room that a file gives up.
        disk.limit_room(8 - old as u64);
        let array = open(&disk, "u1", W, 0, Some(&[new])).expect("an array");
        let zeroes = vec![0; usize::try_from(new).expect("a small array")];
        assert_eq!((array.read(&[]), disk.bytes("a")), (Ok(zeroes.clone()), zeroes));
        let larger = refused(open(&disk, "u1", W, 0, Some(&[9])));
        assert!(matches!(larger, Error::NoSpace(_)), "{larger:?}");
        assert_eq!(disk.size("a"), new);
    }
}

#[test]
fn a_failed_extension_keeps_what_another_program_appends_meanwhile() {
    for (at, expected) in [(3, &b"abcxy\0"[..]), (6, b"abc\0\0\0xy")] {
        for mode in [RW, W] {
            let disk = disk(b"abc");
            // The first append is before the file is extended, the second one after that.
            disk.append_on_map(at, b"xy");
            let error = refused(open(&disk, "u1", mode, 0, Some(&[6])));
            assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
            assert_eq!(disk.bytes("a"), expected, "{mode:?}");
        }
    }
}

#[test]
fn a_plan_knows_the_memory_that_its_array_will_take() {
    let disk = disk(&[7; 600]);
    for dtype in ["f8", "(2, 3)u1", "[('a', 'u1'), ('b', '(2,)u2')]", "([('a', 'u1')], 3)"] {
        for shape in [None, Some([10].as_slice())] {
            let plan = OpenPlan::new(&options(dtype, Mode::ReadOnly, 0, shape)).expect("a plan");
            let footprint = plan.footprint();
            let opened: Opened = Memmap::open_planned(&disk.preopens(), "a", plan);
            assert_eq!(opened.expect("an array").footprint(), footprint, "{dtype}");
        }
        let (dtype, shape) = (Some(dtype.into()), vec![10]);
        let npy = NpyOptions { dtype, shape, order: Order::C, version: None };
        let plan = OpenPlan::new_npy(&npy).expect("a plan");
        let footprint = plan.footprint();
        let opened: Opened = Memmap::open_planned(&disk.preopens(), "n", plan);
        assert_eq!(opened.expect("an array").footprint(), footprint);
        assert!(footprint >= 128, "the header");
    }
}
