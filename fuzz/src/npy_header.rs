//! The target `npy_header`.

use filemap::array::{Header, Memmap, Mode};
use filemap::fs::{Directory as _, Open};
use filemap::region::BufferedRegion;

use crate::complaint::checked;
use crate::memory::{Disk, MemoryFile};

type Array = Memmap<BufferedRegion<MemoryFile>>;

/// The name of the file under test.
const FILE: &str = "a.npy";

/// The number of zeroes after the bytes of a file that is to have room for large shapes.
const TAIL: u64 = 1 << 40;

/// The maximum number of bytes to read at once.
const MAX_READ: u64 = 4096;

/// Opens a `.npy` file for reading, and for resizing. The first byte says how the others make the
/// file: as they are, or as the text of a header of version 1.0 to 3.0, and whether zeroes follow.
///
/// # Panics
///
/// If a call does what it must not.
pub fn npy_header(data: &[u8]) {
    let Some((&form, rest)) = data.split_first() else { return };
    let file = match form & 3 {
        0 => rest.to_vec(),
        version => framed(version, rest),
    };
    let tail = if form & 4 == 0 { 0 } else { TAIL };
    let disk = Disk::default();
    disk.put_sparse(FILE, file.len() as u64 + tail, &file);

    let opened = disk.root(false).open_file(FILE, Open::Read).expect("a file");
    let header = checked(Header::read(&opened, FILE, None));
    let array = checked(Array::open_npy(&disk.preopens(), FILE, Mode::ReadOnly, None));
    assert_eq!(array.is_some(), header.is_some(), "an array without a header, or the reverse");
    let (Some(header), Some(array)) = (header, array) else { return };
    check_array(&disk, &header, &array);
    check_resize(&disk, &header, u64::from(form >> 3));
}

/// Returns a header of a version with this text.
fn framed(version: u8, text: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes();
    bytes.extend(&length[..if version == 1 { 2 } else { 4 }]);
    bytes.extend(text);
    bytes
}

/// Checks that the array has the layout of the header, and the bytes of the file.
fn check_array(disk: &Disk, header: &Header, array: &Array) {
    let (layout, size) = (&header.layout, disk.size(FILE));
    assert!(header.offset.checked_add(layout.nbytes()).is_some_and(|end| end <= size));
    let info = array.info().expect("an open array");
    assert_eq!((&info.shape, info.nbytes), (&layout.shape, layout.nbytes()));
    assert_eq!((info.dtype, info.offset), (layout.dtype.to_string(), header.offset));

    let mut wanted = vec![0; usize::try_from(layout.nbytes().min(MAX_READ)).expect("few bytes")];
    let file = disk.root(false).open_file(FILE, Open::Read).expect("a file");
    filemap::fs::File::read_exact(&file, &mut wanted, header.offset).expect("the elements");
    assert_eq!(array.read_bytes(0, wanted.len() as u64), Ok(wanted));
    let mut start = vec![0; header.bytes().len()];
    filemap::fs::File::read_exact(&file, &mut start, 0).expect("the header");
    assert_eq!(header.bytes(), start);
}

/// Checks that the file has the new shape after a resize, and is the same after one that fails.
fn check_resize(disk: &Disk, header: &Header, length: u64) {
    let opened = checked(Array::open_npy(&disk.preopens(), FILE, Mode::ReadWrite, None));
    let mut array = opened.expect("an array that was opened for reading");
    let before = disk.size(FILE);
    if checked(array.resize(length)).is_none() {
        assert_eq!(disk.size(FILE), before);
        assert_eq!(array.info().map(|info| info.shape).as_ref(), Ok(&header.layout.shape));
        return;
    }
    let mut shape = header.layout.shape.clone();
    shape[0] = length;
    let reopened = Array::open_npy(&disk.preopens(), FILE, Mode::ReadOnly, None);
    let info = reopened.and_then(|array| array.info()).expect("the array after a resize");
    assert_eq!((info.shape, info.dtype), (shape, header.layout.dtype.to_string()));
}
