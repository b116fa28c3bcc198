//! Tests of the native region that need to look into it.

use filemap::dtype::Dtype;
use filemap::layout::Layout;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use super::*;
use crate::CtxBuilder;

const PAGE: u64 = 4096;

/// The size of a page of this system.
fn page() -> u64 {
    rustix::param::page_size() as u64
}

/// The whole of a new file of that size, which lies in memory.
fn region(size: u64, sharing: Sharing, caps: &CtxBuilder) -> (MmapRegion, std::fs::File) {
    let file = rustix::fs::memfd_create("filemap-test", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let file = std::fs::File::from(file);
    file.set_len(size).unwrap();
    let mode = OpenMode::READ | OpenMode::WRITE;
    let given = wasi::File::new(file.try_clone().unwrap(), FsPerms::ReadWrite, mode, false);
    let native = NativeFile::from_descriptor(given, &caps.build().budgets).unwrap();
    (MmapRegion::new(native, Window { offset: 0, length: size }, sharing).unwrap(), file)
}

/// The copy of `count` bytes that lie `step` apart.
fn scattered(count: u64, step: u64) -> Transfer {
    let strides = vec![i64::try_from(step).unwrap()];
    Transfer::new(&Layout { dtype: Dtype::UINT8, shape: vec![count], strides, start: 0 })
}

/// How many page tables the region is kept with, if it is.
fn kept(region: &MmapRegion) -> Option<u64> {
    region.with(|mapping| Ok(mapping.pages.is_some().then_some(mapping.tables))).unwrap()
}

#[test]
fn page_tables_do_not_pile_up() {
    const SIZE: u64 = 1 << 40;
    for sharing in [Sharing::ReadOnly, Sharing::Private, Sharing::Shared] {
        let (region, _file) = region(SIZE, sharing, &CtxBuilder::new());
        let mut buffer = vec![1; 1500];
        region.read(scattered(1500, 4 * TABLE), &mut buffer).unwrap();
        assert_eq!((kept(&region), &buffer), (Some(1500), &vec![0; 1500]));
        region.read(scattered(1500, 8 * TABLE), &mut buffer).unwrap();
        assert_eq!(kept(&region), None);
        region.read(scattered(1500, 4 * TABLE), &mut buffer).unwrap();
        assert_eq!((kept(&region), &buffer), (Some(1500), &vec![0; 1500]));
        let error =
            region.read(scattered(MAX_PAGE_TABLES + 1, TABLE), &mut vec![0; 65_537]).unwrap_err();
        assert_eq!(error.kind, IoErrorKind::OverLimit);
    }
}

#[test]
fn what_was_changed_outlives_the_mapping_and_is_paid_for() {
    let caps = CtxBuilder::new().max_private(2 * PAGE);
    let (region, file) = region(1 << 40, Sharing::Private, &caps);
    let mut buffer = vec![0; 1500];
    region.write(scattered(2, PAGE), &[5, 6]).unwrap();
    let error = region.write(scattered(3, PAGE), &[7; 3]).unwrap_err();
    assert_eq!(error.kind, IoErrorKind::OverLimit);
    for step in [4, 8] {
        region.read(scattered(1500, step * TABLE), &mut buffer).unwrap();
        assert_eq!(buffer[0], 5);
    }
    assert_eq!(kept(&region), None);
    file.set_len(1).unwrap();
    assert_eq!(region.read(scattered(1, 1), &mut buffer).unwrap_err().kind, IoErrorKind::Truncated);
    file.set_len(1 << 40).unwrap();
    region.read(scattered(2, PAGE), &mut buffer[..2]).unwrap();
    assert_eq!(buffer[..2], [5, 6], "the refused write has changed nothing");
}

#[test]
fn a_cut_that_no_page_is_missing_after_is_noticed() {
    let (region, file) = region(page(), Sharing::Shared, &CtxBuilder::new());
    let cut = region.with(|mapping| {
        file.set_len(10).map_err(io_error)?;
        let copied = copy::read(mapping.pages.as_mut().unwrap(), scattered(100, 1), &mut [0; 100]);
        mapping.finish(copied)
    });
    assert_eq!(cut.unwrap_err().kind, IoErrorKind::Truncated);
}

#[test]
fn nothing_is_written_to_what_may_only_be_read() {
    let (region, _file) = region(page(), Sharing::ReadOnly, &CtxBuilder::new());
    assert_eq!(region.write(scattered(1, 1), &[5]).unwrap_err().kind, IoErrorKind::NotPermitted);
}
