//! A truncation before each system call of a resize. It has no checkpoints between them, because
//! they are only right together; so the file of these tests counts its calls.

use std::cell::Cell;

use filemap::fs::{Access, File};

use super::interrupts::{SIZE, bytes};
use super::truncations::{Change, SIZES};
use super::*;
use crate::pages::map::map;

/// A file that another program changes before one of the calls on it.
struct Moving<'a> {
    file: &'a NativeFile,
    change: Change,
    /// The number of calls before the change; `None` after it.
    left: Cell<Option<u64>>,
}

impl Moving<'_> {
    /// Returns the file for the next call.
    fn next(&self) -> &NativeFile {
        if self.left.get() == Some(0) {
            self.change.make(&self.file.file);
        }
        self.left.set(self.left.get().and_then(|left| left.checked_sub(1)));
        self.file
    }
}

impl File for Moving<'_> {
    fn access(&self) -> IoResult<Access> {
        self.next().access()
    }

    fn size(&self) -> IoResult<u64> {
        self.next().size()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        self.next().read_at(buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize> {
        self.next().write_at(bytes, offset)
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        self.next().set_size(size)
    }

    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        self.next().reserve(range)
    }

    fn sync_data(&self) -> IoResult<()> {
        self.next().sync_data()
    }
}

/// Resizes the file and the mapping as [`MmapRegion::resize`] does, with a change before the call
/// with this number. Returns the result, and whether there was such a call.
fn resize_while(
    region: &MmapRegion,
    resize: &Resize,
    call: u64,
    change: Change,
) -> (IoResult<()>, bool) {
    let mut mapping = region.lock();
    let mapping = mapping.as_mut().unwrap();
    let moving = Moving { file: &mapping.file, change, left: Cell::new(Some(call)) };
    let map = |window| map(&moving.next().file, window, mapping.sharing);
    let resized = resize.apply(&moving, mapping.window, map);
    let is_changed = moving.left.get().is_none();
    let resized = resized.map(|(window, pages)| (mapping.window, mapping.pages) = (window, pages));
    (resized, is_changed)
}

/// Reads the whole region, or fails with the kind.
fn read(region: &MmapRegion) -> Result<Vec<u8>, IoErrorKind> {
    let length = region.with(|mapping| Ok(mapping.window.length)).unwrap();
    let mut buffer = vec![1; usize::try_from(length).unwrap()];
    let transfer = Transfer::contiguous(0, buffer.len());
    region.read(transfer, &mut buffer).map(|()| buffer).map_err(|error| error.kind)
}

#[test]
fn a_resize_survives_a_truncation_before_each_call() {
    for length in [0, 2 * PAGE + 100, SIZE + 3 * PAGE] {
        for header in [Vec::new(), vec![7; 100]] {
            let resize = Resize { length, header };
            let changes =
                SIZES.map(|size| [Change::Truncate(size), Change::TruncateAndExtend(size)]);
            for change in changes.iter().flatten().copied() {
                for call in 0.. {
                    let (region, file) = region(SIZE, Sharing::Shared, &CtxBuilder::new());
                    file.write_all_at(&bytes(), 0).unwrap();
                    let (resized, is_changed) = resize_while(&region, &resize, call, change);
                    if !is_changed {
                        resized.unwrap();
                        assert!(call >= 2, "only {call} calls");
                        break;
                    }
                    check(&region, &file, &resize, change, call, &resized);
                }
            }
        }
    }
}

/// Checks a region after a resize during which its file was changed.
#[track_caller]
fn check(
    region: &MmapRegion,
    file: &std::fs::File,
    resize: &Resize,
    change: Change,
    call: u64,
    resized: &IoResult<()>,
) {
    let what = format!("{} bytes, {change:?} before call {call}", resize.length);
    let size = file.metadata().unwrap().len();
    if let Err(error) = resized {
        assert_eq!(error.kind, IoErrorKind::Truncated, "{what}");
        let Change::Truncate(cut) = change else { panic!("{what}: {error:?}") };
        assert_eq!((call, size), (0, cut), "a resize that fails changes nothing: {what}");
    }
    let expected = if resized.is_ok() { resize.length } else { SIZE };
    let found = read(region);
    assert_eq!(found.is_ok(), size >= expected, "{what}, {size} bytes: {:?}", found.err());
    match found {
        Ok(found) => {
            let old = bytes();
            let is_right = |(at, byte): (usize, &u8)| {
                *byte == 0 || old.get(at) == Some(byte) || resize.header.get(at) == Some(byte)
            };
            assert!(found.len() as u64 == expected && found.iter().enumerate().all(is_right));
        }
        Err(kind) => assert_eq!(kind, IoErrorKind::Truncated, "{what}"),
    }
}
