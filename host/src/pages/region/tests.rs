//! Tests of the native region that need its private parts.

use std::ops::ControlFlow;
use std::os::unix::fs::FileExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::sync::mpsc::channel;
use std::time::Duration;

use filemap::array::{Memmap, Mode, OpenOptions};
use filemap::checkpoint::never;
use filemap::dtype::Dtype;
use filemap::fs::Preopens;
use filemap::layout::{Index, Layout, Order, Slice};
use filemap::region::Bytes;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use super::mapping::PAGE_TABLE;
use super::*;
use crate::CtxBuilder;
use crate::files::{NativeDirectory, io_error};
use crate::limits::MAX_PAGE_TABLES;
use crate::pages::{copy, guard};

mod interrupts;
mod truncated_resizes;
mod truncations;

const PAGE: u64 = 4096;

/// The size of a page of the system.
fn page() -> u64 {
    rustix::param::page_size() as u64
}

/// Maps the whole of a new file of this size, which is in memory.
fn region(size: u64, sharing: Sharing, caps: &CtxBuilder) -> (MmapRegion, std::fs::File) {
    let file = rustix::fs::memfd_create("filemap-test", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    let file = std::fs::File::from(file);
    file.set_len(size).unwrap();
    let mode = OpenMode::READ | OpenMode::WRITE;
    let descriptor = wasi::File::new(file.try_clone().unwrap(), FsPerms::ReadWrite, mode, false);
    let native = NativeFile::from_descriptor(descriptor, &caps.budgets()).unwrap();
    (MmapRegion::new(native, Window { offset: 0, length: size }, sharing).unwrap(), file)
}

/// A transfer of `count` bytes at a distance of `step`.
fn scattered(count: u64, step: u64) -> Transfer {
    let strides = vec![i64::try_from(step).unwrap()];
    Transfer::new(&Layout { dtype: Dtype::UINT8, shape: vec![count], strides, start: 0 })
}

/// The number of page tables of the region; `None` if it is unmapped.
fn page_tables(region: &MmapRegion) -> Option<u64> {
    region.with(|mapping| Ok(mapping.pages.is_some().then_some(mapping.page_tables))).unwrap()
}

#[test]
fn page_tables_do_not_accumulate() {
    const SIZE: u64 = 1 << 40;
    for sharing in [Sharing::ReadOnly, Sharing::Private, Sharing::Shared] {
        let (region, _file) = region(SIZE, sharing, &CtxBuilder::new());
        let mut buffer = vec![1; 1500];
        region.read(scattered(1500, 4 * PAGE_TABLE), &mut buffer).unwrap();
        assert_eq!((page_tables(&region), &buffer), (Some(1500), &vec![0; 1500]));
        region.read(scattered(1500, 8 * PAGE_TABLE), &mut buffer).unwrap();
        assert_eq!(page_tables(&region), None);
        region.read(scattered(1500, 4 * PAGE_TABLE), &mut buffer).unwrap();
        assert_eq!((page_tables(&region), &buffer), (Some(1500), &vec![0; 1500]));
        let error = region
            .read(scattered(MAX_PAGE_TABLES + 1, PAGE_TABLE), &mut vec![0; 65_537])
            .unwrap_err();
        assert_eq!(error.kind, IoErrorKind::OverLimit);
    }
}

#[test]
fn the_limits_of_a_call_are_those_of_the_plugin() {
    let caps = CtxBuilder::new().max_page_tables(10).max_touched_pages(20).max_scanned(1000);
    let (region, _file) = region(1 << 40, Sharing::ReadOnly, &caps);
    let read = |count: u64, step| {
        region.read(scattered(count, step), &mut vec![0; usize::try_from(count).unwrap()])
    };
    read(10, PAGE_TABLE).unwrap();
    let error = read(11, PAGE_TABLE).unwrap_err();
    assert_eq!(
        error.detail,
        "the limit `max_page_tables` is 10 page tables a call, and the selection lies in 11: take \
         a part at a time"
    );
    read(20, PAGE).unwrap();
    let error = read(21, PAGE).unwrap_err();
    assert_eq!(
        error.detail,
        "the limit `max_touched_pages` is 20 pages a call, and the selection lies in 21: take a \
         part at a time"
    );
    let layout = |shape| Layout::new(Dtype::UINT8, vec![shape], Order::C).unwrap();
    region.check_budget(1000, &layout(20 * PAGE)).unwrap();
    let error = region.check_budget(1001, &layout(1)).unwrap_err();
    assert!(error.detail.starts_with(
        "the limit `max_scanned` is 1000 bytes a call, and this call counts as 1001 bytes: "
    ));
    assert_eq!(error.kind, IoErrorKind::OverLimit);
}

#[test]
fn the_pages_of_all_transfers_of_a_call_are_counted_once() {
    let caps = CtxBuilder::new().max_touched_pages(20);
    let (region, _file) = region(1 << 30, Sharing::Shared, &caps);
    let whole = Layout::new(Dtype::UINT8, vec![4096, 50, 4096], Order::F).unwrap();
    let part = |rows, step| {
        let slice = |stop, step| Index::Slice(Slice { start: None, stop: Some(stop), step });
        whole.select(&[slice(rows, Some(step)), slice(1, None), slice(20, None)]).unwrap()
    };
    // Each of the 20 last indices is a page, however many of its bytes are elements.
    for layout in [part(1, 1), part(4096, 1), part(4096, 7)] {
        region.check_budget(0, &layout).unwrap();
    }
    let contiguous = whole.select(&[]).unwrap();
    for layout in [&contiguous, &contiguous.transpose(None).unwrap()] {
        let error = region.check_budget(0, layout).unwrap_err();
        assert!(error.detail.contains("lies in 204800: take a part at a time"), "{}", error.detail);
    }
    let every_page = Index::Slice(Slice { start: None, stop: None, step: Some(4096) });
    let bytes = Layout::new(Dtype::UINT8, vec![21 * PAGE], Order::C).unwrap();
    let error = region.check_budget(0, &bytes.select(&[every_page]).unwrap()).unwrap_err();
    assert!(error.detail.contains("lies in 21: take a part at a time"), "{}", error.detail);
    let no_bytes = Layout::new(Dtype::parse("V0").unwrap(), vec![1 << 40], Order::C).unwrap();
    region.check_budget(0, &no_bytes).unwrap();
    // A long run is read from the file and not from pages, which touches them too.
    region.read_vec(scattered(20 * PAGE, 1), 20 * PAGE).unwrap();
    let error = region.read_vec(scattered(21 * PAGE, 1), 21 * PAGE).unwrap_err();
    assert_eq!(error.kind, IoErrorKind::OverLimit);
}

#[test]
fn a_call_goes_through_a_terabyte_wherever_it_begins() {
    let size = (1 << 40) + 2 * PAGE;
    let (region, _file) = region(size, Sharing::ReadOnly, &CtxBuilder::new());
    let file = Layout::new(Dtype::UINT8, vec![size], Order::C).unwrap();
    // As behind the header of a `.npy` file.
    let slice = Slice { start: Some(128), stop: Some((1 << 40) + 128), step: None };
    let terabyte = file.select(&[Index::Slice(slice)]).unwrap();
    region.check_budget(1 << 40, &terabyte).unwrap();
    let error = region.check_budget(1 << 40, &file).unwrap_err();
    assert_eq!(error.kind, IoErrorKind::OverLimit);
}

#[test]
fn private_changes_survive_unmapping_and_are_paid_for() {
    let caps = CtxBuilder::new().max_private(2 * PAGE);
    let (region, file) = region(1 << 40, Sharing::Private, &caps);
    let mut buffer = vec![0; 1500];
    region.write(scattered(2, PAGE), &[5, 6]).unwrap();
    let error = region.write(scattered(3, PAGE), &[7; 3]).unwrap_err();
    assert_eq!(error.kind, IoErrorKind::OverLimit);
    for step in [4, 8] {
        region.read(scattered(1500, step * PAGE_TABLE), &mut buffer).unwrap();
        assert_eq!(buffer[0], 5);
    }
    assert_eq!(page_tables(&region), None);
    file.set_len(1).unwrap();
    assert_eq!(region.read(scattered(1, 1), &mut buffer).unwrap_err().kind, IoErrorKind::Truncated);
    file.set_len(1 << 40).unwrap();
    region.read(scattered(2, PAGE), &mut buffer[..2]).unwrap();
    assert_eq!(buffer[..2], [5, 6], "the refused write has changed nothing");
}

#[test]
fn a_truncation_within_the_last_page_is_detected() {
    let (region, file) = region(page(), Sharing::Shared, &CtxBuilder::new());
    let result = region.with(|mapping| {
        file.set_len(10).map_err(io_error)?;
        let copied = copy::read(
            &mut mapping.pages.as_mut().unwrap().raw,
            scattered(100, 1),
            &mut [0; 100],
            &never,
        );
        mapping.finish(copied)
    });
    assert_eq!(result.unwrap_err().kind, IoErrorKind::Truncated);
}

/// Adds bytes as numbers. A hook is called before each piece.
struct Sum<'a>(u64, &'a (dyn Fn() + Sync));

impl Visitor for Sum<'_> {
    fn visit<B: Bytes>(&mut self, bytes: B) -> ControlFlow<()> {
        (self.1)();
        let mut buffer = vec![0; bytes.count()];
        bytes.copy_to(&mut buffer);
        self.0 += buffer.iter().map(|byte| u64::from(*byte)).sum::<u64>();
        ControlFlow::Continue(())
    }
}

/// Parts of 4 pages each, of which the visitor gets one page at a time.
fn parts(count: u64, hook: &(dyn Fn() + Sync)) -> Vec<Part<Sum<'_>>> {
    let length = 4 * page();
    let part = |number| Part {
        range: number * length..(number + 1) * length,
        piece: usize::try_from(page()).unwrap(),
        visitor: Sum(0, hook),
    };
    (0..count).map(part).collect()
}

#[test]
fn each_part_is_visited_once_in_any_number_of_threads() {
    for threads in [0, 1, 2, 3, 50] {
        let caps = CtxBuilder::new().max_threads(threads);
        let (region, file) = region(4 * 9 * page(), Sharing::Shared, &caps);
        for number in 0..9_u8 {
            file.write_at(&[number + 1], 4 * u64::from(number) * page() + 17).unwrap();
        }
        let mut parts = parts(9, &|| {});
        region.visit(&mut parts).unwrap();
        let sums: Vec<_> = parts.iter().map(|part| part.visitor.0).collect();
        assert_eq!(sums, [1, 2, 3, 4, 5, 6, 7, 8, 9], "{threads} threads");
        region.visit(&mut parts[..0]).unwrap();
    }
}

#[test]
fn parts_are_visited_at_the_same_time() {
    let caps = CtxBuilder::new().max_threads(3);
    let (region, _file) = region(4 * 3 * page(), Sharing::ReadOnly, &caps);
    // Each of three threads waits for the two others.
    let all = Barrier::new(3);
    region.visit(&mut parts(3, &|| _ = all.wait())).unwrap();
}

#[test]
fn a_truncation_that_any_thread_meets_fails_the_call() {
    let caps = CtxBuilder::new().max_threads(2);
    let (region, file) = region(8 * page(), Sharing::Shared, &caps);
    // Both threads are within a part when the file loses its second half.
    let both = Barrier::new(2);
    let truncate = || {
        both.wait();
        file.set_len(4 * page()).unwrap();
        both.wait();
    };
    let error = region.visit(&mut parts(2, &truncate)).unwrap_err();
    assert_eq!(error.kind, IoErrorKind::Truncated);
    // No page is missing any more, and the call works again.
    file.set_len(8 * page()).unwrap();
    file.write_at(&[9], 7 * page()).unwrap();
    let mut parts = parts(2, &|| {});
    region.visit(&mut parts).unwrap();
    assert_eq!(parts[1].visitor.0, 9);
}

#[test]
fn a_panic_in_a_thread_is_a_panic_of_the_call() {
    let caps = CtxBuilder::new().max_threads(2);
    let (region, _file) = region(8 * page(), Sharing::Shared, &caps);
    let both = Barrier::new(2);
    let hook = || {
        both.wait();
        panic!("as expected");
    };
    let visited = catch_unwind(AssertUnwindSafe(|| region.visit(&mut parts(2, &hook))));
    assert_eq!(visited.unwrap_err().downcast_ref(), Some(&"as expected"));
    assert!(!guard::is_active());
    region.visit(&mut parts(2, &|| {})).unwrap();
}

#[test]
fn a_read_only_region_refuses_writes() {
    let (region, _file) = region(page(), Sharing::ReadOnly, &CtxBuilder::new());
    assert_eq!(region.write(scattered(1, 1), &[5]).unwrap_err().kind, IoErrorKind::NotPermitted);
}

#[test]
fn a_call_without_a_disk_does_not_wait_for_one_that_uses_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x"), [1; 12]).unwrap();
    let opened = std::fs::File::open(folder.path()).unwrap();
    let given = wasi::Dir::new(opened, FsPerms::ReadOnly, OpenMode::READ, false);
    let directory = NativeDirectory::from_descriptor(&given, &CtxBuilder::new().budgets()).unwrap();
    let preopens = Preopens::new(vec![("given".into(), directory)]);
    let options = OpenOptions {
        dtype: Some("[('a', 'u1'), ('b', 'u1')]".into()),
        mode: Mode::ReadOnly,
        offset: 0,
        shape: None,
        order: Order::C,
    };
    let array: Memmap<MmapRegion> = Memmap::open(&preopens, "given/x", &options).unwrap();
    let region = array.file_window(0, 2).unwrap().0.clone();
    let ((entered, uses), (done, is_done)) = (channel(), channel());
    std::thread::scope(|scope| {
        let busy = scope.spawn(move || {
            region.with(|_| {
                entered.send(()).unwrap();
                // Fails if the calls below wait for this one.
                Ok(is_done.recv_timeout(Duration::from_mins(1)))
            })
        });
        uses.recv().unwrap();
        assert_eq!(array.info().unwrap().shape, [6]);
        assert_eq!(array.shape_of(&[]).unwrap(), [6]);
        assert_eq!(array.view(&[]).unwrap().info().unwrap().shape, [6]);
        array.field("a").unwrap();
        array.view_as("u2").unwrap();
        array.reshape(&[2, 3], Order::C).unwrap();
        array.transpose(None).unwrap();
        done.send(()).unwrap();
        assert_eq!(busy.join().unwrap().unwrap(), Ok(()));
    });
}
