//! The examples in the documentation of `numpy.memmap`, in their order and with their values.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{Memmap, Mode};
use crate::support::{bytes, holds, index, options, shaped};

/// `filename = path.join(mkdtemp(), 'newfile.dat')`
const FILENAME: &str = "work/newfile.dat";

/// The bytes of `np.arange(first, last + 1, dtype='float32')`.
fn data(first: u8, last: u8) -> Vec<u8> {
    bytes((first..=last).map(f32::from))
}

/// `fp = np.memmap(filename, dtype='float32', mode='w+', shape=(3,4))`
#[track_caller]
fn created() -> Memmap {
    Memmap::open(FILENAME, &shaped(Mode::Write, "float32", &[3, 4])).unwrap()
}

/// The array after `fp[:] = data[:]`.
#[track_caller]
fn written() -> Memmap {
    let fp = created();
    fp.write(&index(":"), &data(0, 11), None).unwrap();
    fp
}

/// The array after `fp.flush()` and a drop, reopened in another mode.
#[track_caller]
fn reopened(mode: Mode) -> Memmap {
    written().flush().unwrap();
    Memmap::open(FILENAME, &shaped(mode, "float32", &[3, 4])).unwrap()
}

pub(crate) fn array_docstring_creates_an_array_with_matching_dtype_and_shape() {
    let fp = created();
    holds(&fp, &[3, 4], &[0; 48]);
    assert_eq!(fp.info().unwrap().dtype, "<f4");
}

pub(crate) fn array_docstring_writes_data_to_the_array() {
    holds(&written(), &[3, 4], &data(0, 11));
}

pub(crate) fn array_docstring_filename_is_the_absolute_path() {
    assert_eq!(created().info().unwrap().filename.as_deref(), Some("/work/newfile.dat"));
}

pub(crate) fn array_docstring_flushes_changes_in_memory_to_the_disk() {
    let fp = written();
    fp.flush().unwrap();
    assert_eq!(std::fs::read(FILENAME).unwrap(), data(0, 11));
}

pub(crate) fn array_docstring_loads_the_array_and_finds_the_data() {
    let newfp = reopened(Mode::ReadOnly);
    holds(&newfp, &[3, 4], &data(0, 11));
}

pub(crate) fn array_docstring_read_only_array_is_not_writeable() {
    let fpr = reopened(Mode::ReadOnly);
    assert!(!fpr.info().unwrap().writeable);
}

pub(crate) fn array_docstring_copy_on_write_array_is_writeable() {
    let fpc = reopened(Mode::CopyOnWrite);
    assert!(fpc.info().unwrap().writeable);
}

pub(crate) fn array_docstring_assigns_to_a_copy_on_write_array_in_memory_only() {
    let fpc = reopened(Mode::CopyOnWrite);
    let fpr = Memmap::open(FILENAME, &shaped(Mode::ReadOnly, "float32", &[3, 4])).unwrap();
    holds(&fpc, &[3, 4], &data(0, 11));
    // `fpc[0,:] = 0`
    fpc.write(&index("0, :"), &bytes([0_f32]), Some(&[])).unwrap();
    holds(&fpc, &[3, 4], &[vec![0; 16], data(4, 11)].concat());
    // "File on disk is unchanged"
    holds(&fpr, &[3, 4], &data(0, 11));
    assert_eq!(std::fs::read(FILENAME).unwrap(), data(0, 11));
}

pub(crate) fn array_docstring_offset_begins_within_the_file() {
    written().flush().unwrap();
    // `fpo = np.memmap(filename, dtype='float32', mode='r', offset=16)`
    let fpo =
        Memmap::open(FILENAME, &MemmapOptions { offset: 16, ..options(Mode::ReadOnly, "float32") })
            .unwrap();
    holds(&fpo, &[8], &data(4, 11));
}
