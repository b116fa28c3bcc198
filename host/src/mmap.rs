//! The native region: pages of a file.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use filemap::array::Transfer;
use filemap::fs::{File as _, IoError, IoErrorKind, IoResult};
use filemap::region::{Region, Sharing, Window};
use memmap2::{MmapOptions, MmapRaw};

use crate::copy;
use crate::files::{NativeFile, io_error};
use crate::limits::{KEPT_TABLES, Lease, MAX_TABLES, MAX_TOUCHED};
use crate::sigbus::LostPages;

/// How much of the address space a page table describes on the processors in wide use, and how large it is itself, in
/// bytes.
const TABLE: u64 = 2 << 20;
const TABLE_SIZE: u64 = 4 << 10;

/// A mapped part of a file. A clone is the same mapping once more.
#[derive(Clone, Debug)]
pub(crate) struct MmapRegion(Arc<Mutex<Option<Mapping>>>);

#[derive(Debug)]
struct Mapping {
    file: NativeFile,
    window: Window,
    sharing: Sharing,
    /// The mapping itself; none for a window without bytes, and until the next use after it was given up.
    pages: Option<MmapRaw>,
    /// About how many page tables the mapping has.
    tables: u64,
    /// The pages that were changed in a private mapping, by their number.
    changed: BTreeSet<u64>,
    /// Whether such pages were lost.
    changes_lost: bool,
    /// The memory that a private mapping costs.
    private: Lease,
    _leases: [Lease; 2],
}

impl MmapRegion {
    /// Maps a part of a file. Nothing is read.
    pub(crate) fn new(file: NativeFile, window: Window, sharing: Sharing) -> IoResult<Self> {
        let budgets = &file.budgets;
        let leases = [budgets.files.lease(1)?, budgets.mapped.lease(window.length)?];
        let private = budgets.private.lease(0)?;
        let mapping = Mapping {
            pages: map(&file, window, sharing)?,
            file,
            window,
            sharing,
            tables: 0,
            changed: BTreeSet::new(),
            changes_lost: false,
            private,
            _leases: leases,
        };
        Ok(Self(Arc::new(Mutex::new(Some(mapping)))))
    }

    fn with<T>(&self, action: impl FnOnce(&mut Mapping) -> IoResult<T>) -> IoResult<T> {
        self.lock().as_mut().map_or(Err(IoErrorKind::Closed.into()), action)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Mapping>> {
        // Nothing that runs under the lock leaves the mapping half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Region for MmapRegion {
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.prepare(&transfer)?;
            let Some(pages) = &mut mapping.pages else { return Ok(()) };
            let copied = copy::read(pages, transfer, buffer);
            mapping.finish(copied)
        })
    }

    #[expect(unsafe_code, reason = "only the mapping knows whether its pages can be written")]
    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.prepare(&transfer)?;
            match mapping.sharing {
                Sharing::ReadOnly => return Err(IoErrorKind::NotPermitted.into()),
                Sharing::Private => mapping.account(&transfer)?,
                Sharing::Shared => {}
            }
            let Some(pages) = &mut mapping.pages else { return Ok(()) };
            // SAFETY: `map` maps for writing whatever is not `Sharing::ReadOnly`.
            let copied = unsafe { copy::write(pages, transfer, buffer) };
            mapping.finish(copied)
        })
    }

    fn flush(&self) -> IoResult<()> {
        self.with(|mapping| match &mapping.pages {
            _ if mapping.sharing != Sharing::Shared => Ok(()),
            Some(pages) => pages.flush().map_err(io_error),
            // The pages are lost, but what was written through them before is in the file.
            None => mapping.file.sync_data(),
        })
    }

    fn close(&self) {
        self.lock().take();
    }

    fn is_closed(&self) -> bool {
        self.lock().is_none()
    }
}

impl Mapping {
    /// Makes the pages ready for a transfer, where there are any.
    fn prepare(&mut self, transfer: &Transfer) -> IoResult<()> {
        self.check_size()?;
        if self.window.length == 0 {
            return Ok(());
        }
        if self.changes_lost {
            // Pretending that what was written here had never been would be worse.
            return Err(IoErrorKind::Truncated.into());
        }
        self.check_spread(transfer)?;
        if self.pages.is_none() {
            self.pages = map(&self.file, self.window, self.sharing)?;
        }
        Ok(())
    }

    /// Makes an error of what went wrong in a copy.
    fn finish(&mut self, copied: Result<(), LostPages>) -> IoResult<()> {
        if let Err(lost) = copied {
            return Err(self.lose(&lost));
        }
        if self.tables > KEPT_TABLES && self.changed.is_empty() {
            self.give_up();
        }
        // A cut within the last page has left zeroes behind it, and no page is missing.
        self.check_size()
    }

    /// A file that was cut off within its last page would give zeroes where there is nothing.
    fn check_size(&self) -> IoResult<()> {
        let end = self.window.offset + self.window.length;
        if self.file.size()? < end { Err(IoErrorKind::Truncated.into()) } else { Ok(()) }
    }

    /// Gives up pages that a copy found missing, and says why they were.
    fn lose(&mut self, lost: &LostPages) -> IoError {
        self.changes_lost = !self.changed.is_empty();
        self.give_up();
        let missing = self.window.offset + lost.at as u64;
        match self.check_size().and_then(|()| self.file.read_at(&mut [0], missing)) {
            Err(error) => error,
            // The file is as long as it should be and can be read, and so there was no room to store the page.
            Ok(_) => IoErrorKind::NoSpace.into(),
        }
    }

    /// Ends the mapping, until it is used again, and frees the memory that it costs.
    fn give_up(&mut self) {
        self.pages = None;
        self.tables = 0;
        self.changed.clear();
        self.private.give_back();
    }

    /// Refuses a transfer that touches too much. Only a file of many gigabytes is large enough for one.
    fn check_spread(&mut self, transfer: &Transfer) -> IoResult<()> {
        let page = rustix::param::page_size() as u64;
        if self.window.length / page >= MAX_TOUCHED {
            check_touched(touched(transfer, page), MAX_TOUCHED, "pages")?;
        }
        if self.window.length / TABLE >= KEPT_TABLES {
            let tables = touched(transfer, TABLE);
            check_touched(tables, MAX_TABLES, "page tables")?;
            let tables = (self.tables + tables).min(self.window.length / TABLE + 1);
            if !self.changed.is_empty() {
                self.private.grow((tables - self.tables) * TABLE_SIZE)?;
            }
            self.tables = tables;
        }
        Ok(())
    }

    /// Takes from the plugin's budget what the pages cost that a write to a private mapping will copy.
    fn account(&mut self, transfer: &Transfer) -> IoResult<()> {
        let page = rustix::param::page_size() as u64;
        let within = self.window.offset % page;
        // All or nothing: a write that is refused changes no page.
        let (mut pages, mut lease) = (Vec::new(), self.file.budgets.private.lease(0)?);
        let mut next = 0;
        for block in transfer.clone() {
            for run in 0..block.count {
                let begin = within + block.run(run).0;
                let last = (begin + block.length as u64 - 1) / page;
                // The offsets rise, and small runs share a page.
                for number in next.max(begin / page)..=last {
                    if !self.changed.contains(&number) {
                        lease.grow(page)?;
                        pages.push(number);
                    }
                }
                next = last + 1;
            }
        }
        self.changed.extend(pages);
        self.private.join(lease);
        Ok(())
    }
}

/// About how many pages, or tables, of `size` bytes a transfer touches: at least the true number, but for one at
/// each end.
fn touched(transfer: &Transfer, size: u64) -> u64 {
    let (mut count, mut next) = (0, 0);
    for block in transfer.clone().filter(|block| block.count > 0) {
        let (length, runs) = (block.length as u64, block.count as u64);
        let (first, last) = (block.region / size, (block.run(block.count - 1).0 + length - 1) / size);
        let aligned = [block.region, block.region_stride, size].iter().all(|number| number % length == 0);
        // A run that is not aligned may lie across a border.
        let each = (length - 1) / size + 1 + u64::from(!aligned);
        count += (last + 1).saturating_sub(first.max(next)).min(runs * each);
        next = last + 1;
    }
    count
}

fn check_touched(touched: u64, most: u64, what: &str) -> IoResult<()> {
    if touched <= most {
        return Ok(());
    }
    let detail = format!(
        "the selection lies in {touched} {what}, and one call touches at most {most}: take less of it at a time"
    );
    Err(IoError { kind: IoErrorKind::OverLimit, detail })
}

/// Maps a window, or nothing where it is empty, which no system can map.
fn map(file: &NativeFile, window: Window, sharing: Sharing) -> IoResult<Option<MmapRaw>> {
    if window.length == 0 {
        return Ok(None);
    }
    let length = usize::try_from(window.length).map_err(|_| IoErrorKind::NoMemory)?;
    crate::sigbus::install().map_err(io_error)?;
    let mut options = MmapOptions::new();
    options.offset(window.offset).len(length);
    let pages = match sharing {
        Sharing::ReadOnly => options.map_raw_read_only(&*file.file),
        Sharing::Shared => options.map_raw(&*file.file),
        Sharing::Private => private(&mut options, &file.file),
    };
    Ok(Some(pages.map_err(io_error)?))
}

/// Maps pages that are copied when they are written to.
#[expect(unsafe_code, reason = "memmap2 asks for a promise that no other program changes the file")]
fn private(options: &mut MmapOptions, file: &std::fs::File) -> std::io::Result<MmapRaw> {
    // SAFETY: the promise is needed for the slice that `MmapMut` lends, whose bytes the compiler takes for unchanging.
    // It is turned into a `MmapRaw` before anything is lent, and `copy` reaches that by raw pointers only.
    let pages = unsafe { options.no_reserve_swap().map_copy(file)? };
    Ok(pages.into())
}

#[cfg(test)]
mod tests {
    use filemap::array::{Dtype, Index, Layout, Order, Slice};

    use super::*;

    const PAGE: u64 = 4096;

    /// How many pages of 4 KiB a selection of an array lies in.
    #[track_caller]
    fn check(dtype: &str, shape: &[u64], index: &[Index], expected: u64) {
        let layout = Layout::new(Dtype::parse(dtype).unwrap(), shape.to_vec(), Order::C).unwrap();
        assert_eq!(touched(&Transfer::new(&layout.select(index).unwrap()), PAGE), expected);
    }

    const fn every(step: i64) -> Index {
        Index::Slice(Slice { start: None, stop: None, step: Some(step) })
    }

    #[test]
    fn pages_are_counted_once() {
        check("u1", &[10 * PAGE], &[], 10);
        check("u1", &[10 * PAGE], &[every(100)], 10);
        check("u1", &[10 * PAGE], &[every(-1)], 10);
        check("f8", &[1000, 512], &[every(1), Index::At(3)], 1000);
        check("f8", &[1000, 512], &[every(10), Index::At(3)], 100);
        check("u1", &[1000, 2, 2048], &[every(1), every(1), every(1000)], 1000);
        check("f8", &[0], &[], 0);
    }

    #[test]
    fn a_run_that_is_not_aligned_may_lie_in_two_pages() {
        // Rows of 50,000 bytes, and of every other the first 100.
        let some = Index::Slice(Slice { start: None, stop: Some(100), step: None });
        check("u1", &[4, 50_000], &[every(2), some], 4);
    }

    #[test]
    fn the_last_page_of_the_address_space_is_counted() {
        let elements = i64::MAX.unsigned_abs() / 8;
        check("f8", &[elements], &[every(i64::MAX / 16)], 3);
    }
}
