//! One mapping of a file: when it is mapped, checked, and unmapped.
//!
//! A mapping checks the file's size once for each copy, so that a truncated file gives the same
//! error as under the portable provider. The [guard](crate::pages::guard) survives a truncation
//! during the copy.
//!
//! - A read checks the size after the copy. If the file is long enough then, no page was missing,
//!   and no byte after an end of the file within a page was read, except if the file was truncated
//!   and has grown again: such bytes are zero in the file too.
//! - A write checks the size before the copy. If another process truncates the file later, the
//!   bytes after its end are lost, as if it had truncated the file after the write.

#![expect(unsafe_code, reason = "only the mapping knows whether its pages can be written")]

use std::ops::Range;

use filemap::fs::{File as _, IoError, IoErrorKind, IoResult};
use filemap::layout::Transfer;
use filemap::region::{Advice, Overlay, PAGE_SIZE, Part, Resize, Sharing, Visitor, Window};

use crate::files::{NativeFile, retry};
use crate::limits::{Budgets, KEPT_PAGE_TABLES, Reservation};
use crate::pages::guard::FaultedPages;
use crate::pages::interruptible::interruptible;
use crate::pages::map::{Pages, map};
use crate::pages::placed_window::MappingWindows;
use crate::pages::{advise, copy, visit};

/// The address space that one page table maps, in bytes, on the common processors.
pub(super) const PAGE_TABLE: u64 = 2 << 20;

/// A mapping of a part of a file, with its reservations from the plugin's budgets.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) file: NativeFile,
    /// The part of the file.
    pub(super) window: Window,
    pub(super) sharing: Sharing,
    /// The mapped pages; `None` if the part is empty, and after [`unmap`](Self::unmap) until the
    /// next use.
    pub(super) pages: Option<Pages>,
    /// The approximate number of page tables of the pages.
    pub(super) page_tables: u64,
    /// The changes in a private mapping. Its pages are never written: the system would discard its
    /// own private pages without notice if the file is truncated.
    overlay: Overlay,
    /// The reservation for the memory of the overlay.
    private: Reservation,
    /// The reservation for the address space.
    mapped: Reservation,
    /// The reservation for the page tables that are kept between calls.
    kept: Reservation,
    _file: Reservation,
    /// The windows in the plugin's memory. They are removed when the mapping is dropped.
    pub(super) windows: MappingWindows,
}

impl Mapping {
    /// Maps a part of a file. Reads nothing.
    pub(super) fn new(file: NativeFile, window: Window, sharing: Sharing) -> IoResult<Self> {
        let budgets = &file.budgets;
        let (opened, mapped) = Self::reserve(budgets, window)?;
        let (private, kept) = (budgets.private.reserve(0)?, budgets.page_tables.reserve(0)?);
        Ok(Self {
            pages: map(&file.file, window, sharing)?,
            file,
            window,
            sharing,
            page_tables: 0,
            overlay: Overlay::default(),
            private,
            mapped,
            kept,
            _file: opened,
            windows: MappingWindows::default(),
        })
    }

    /// Copies from the mapping, with its changes if it is private.
    pub(super) fn read(&mut self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.prepare(&transfer)?;
        let overlaid = self.has_changes().then(|| transfer.clone());
        let Some(pages) = &mut self.pages else { return self.check_size() };
        let checkpoint = || self.file.checkpoint();
        let copied = copy::read(&mut pages.raw, transfer, buffer, &checkpoint);
        self.finish(copied)??;
        if let Some(transfer) = overlaid {
            let checkpoint = || self.file.checkpoint();
            self.overlay.patch(self.window.offset, transfer, buffer, &checkpoint)?;
        }
        Ok(())
    }

    /// Visits parts of the mapping, in as many threads as a call may use. The mapping must not have
    /// changes.
    pub(super) fn visit<V: Visitor + Send>(&mut self, parts: &mut [Part<V>]) -> IoResult<()> {
        for Part { range, .. } in &*parts {
            let length = range.end.saturating_sub(range.start);
            let length = usize::try_from(length).map_err(|_| IoErrorKind::NoMemory)?;
            self.prepare(&Transfer::contiguous(range.start, length))?;
        }
        let Some(pages) = &mut self.pages else { return self.check_size() };
        let mut interruptible: Vec<_> = parts
            .iter_mut()
            .map(|part| interruptible(part, &self.file.budgets.interrupter))
            .collect();
        let visited = visit::visit(&mut pages.raw, &mut interruptible, self.file.budgets.threads);
        let result = interruptible.into_iter().try_for_each(|part| part.visitor.result);
        self.finish(visited)?;
        result
    }

    /// Copies to the mapping. Fails with [`IoErrorKind::NotPermitted`] if it is read-only.
    pub(super) fn write(&mut self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        self.check_size()?;
        self.prepare(&transfer)?;
        match self.sharing {
            Sharing::ReadOnly => return Err(IoErrorKind::NotPermitted.into()),
            Sharing::Private => return self.write_to_overlay(transfer, buffer),
            Sharing::Shared => {}
        }
        let Some(pages) = &mut self.pages else { return Ok(()) };
        // SAFETY: the sharing is `Sharing::Shared`, with which `map` maps pages for writing.
        let copied =
            unsafe { copy::write(&mut pages.raw, transfer, buffer, &|| self.file.checkpoint()) };
        self.release(copied)?
    }

    /// Whether the plugin has changed pages in a private mapping.
    pub(super) fn has_changes(&self) -> bool {
        self.overlay.size() > 0
    }

    /// The engine's `Region::changed_run`.
    pub(super) fn changed_run(&self, range: Range<u64>) -> (u64, bool) {
        self.overlay.changed_run(self.window.offset, range)
    }

    /// Waits until the changes of a shared mapping are on disk. Fails with
    /// [`IoErrorKind::Truncated`] if changes in a window were lost.
    pub(super) fn flush(&self) -> IoResult<()> {
        match &self.pages {
            _ if self.windows.have_faulted() => Err(IoErrorKind::Truncated.into()),
            _ if self.sharing != Sharing::Shared => Ok(()),
            Some(pages) => match retry(|| pages.raw.flush()) {
                // The kernel does not have `msync`, or a sandbox refuses it. `fdatasync` writes
                // the changed pages of mappings too.
                Err(IoError {
                    kind: IoErrorKind::Unsupported | IoErrorKind::NotPermitted, ..
                }) => self.file.sync_data(),
                result => result,
            },
            // What was written before the pages were unmapped is in the file.
            None => self.file.sync_data(),
        }
    }

    /// Passes a hint to the system, unless the pages are unmapped.
    pub(super) fn advise(&self, range: Range<u64>, advice: Advice) -> IoResult<()> {
        match &self.pages {
            Some(pages) => advise::advise(&pages.raw, range, advice, &|| self.file.checkpoint()),
            None => Ok(()),
        }
    }

    /// Reserves the open file of a mapping, and its bytes.
    pub(super) fn reserve(
        budgets: &Budgets,
        window: Window,
    ) -> IoResult<(Reservation, Reservation)> {
        Ok((budgets.files.reserve(1)?, budgets.mapped.reserve(window.length)?))
    }

    /// Resizes the file and maps it again.
    pub(super) fn resize(&mut self, resize: &Resize) -> IoResult<()> {
        self.mapped.grow(resize.length.saturating_sub(self.window.length))?;
        let Self { file, window, sharing, .. } = self;
        let resized = resize.apply(file, *window, |window| map(&file.file, window, *sharing)).map(
            |(window, pages)| {
                self.unmap();
                (self.window, self.pages) = (window, pages);
            },
        );
        self.mapped.shrink_to(self.window.length);
        resized
    }

    /// Fails with [`IoErrorKind::Truncated`] if the file ends before the mapping does.
    pub(super) fn check_size(&self) -> IoResult<()> {
        let end = self.window.offset + self.window.length;
        if self.file.size()? < end { Err(IoErrorKind::Truncated.into()) } else { Ok(()) }
    }

    /// Checks a transfer, and maps the pages if they are unmapped.
    fn prepare(&mut self, transfer: &Transfer) -> IoResult<()> {
        if self.window.length == 0 {
            return Ok(());
        }
        self.check_spread(transfer)?;
        if self.pages.is_none() {
            self.pages = map(&self.file.file, self.window, self.sharing)?;
        }
        Ok(())
    }

    /// Checks the result of a copy from the mapping, after [`release`](Self::release).
    pub(super) fn finish<T>(&mut self, copied: Result<T, FaultedPages>) -> IoResult<T> {
        let result = self.release(copied)?;
        // If the file was truncated within its last page, no page is missing, and the copy has read
        // zeroes after the new end.
        self.check_size()?;
        Ok(result)
    }

    /// Fails if a page has faulted in a copy. Unmaps the pages then, if there are too many page
    /// tables, and if the pages do not follow the file.
    fn release<T>(&mut self, copied: Result<T, FaultedPages>) -> IoResult<T> {
        let result = match copied {
            Ok(result) => result,
            Err(faulted) => {
                self.unmap();
                return Err(self.fault_error(&faulted));
            }
        };
        let is_snapshot = self.pages.as_ref().is_some_and(|pages| pages.is_snapshot);
        // Pages whose page tables the budget has no room for are unmapped too.
        if is_snapshot
            || self.page_tables > KEPT_PAGE_TABLES
            || self.kept.grow_to(self.page_tables).is_err()
        {
            self.unmap();
        }
        Ok(result)
    }

    /// Returns the error that explains a fault.
    pub(super) fn fault_error(&self, faulted: &FaultedPages) -> IoError {
        let missing = self.window.offset + faulted.offset as u64;
        match self.check_size().and_then(|()| self.file.read_at(&mut [0], missing)) {
            Err(error) => error,
            // The file has its size and can be read.
            Ok(_) if self.file.lacks_space(missing) => IoErrorKind::NoSpace.into(),
            // It was shorter for a moment.
            Ok(_) => IoErrorKind::Truncated.into(),
        }
    }

    /// Unmaps the pages and frees their page tables. The next use maps them again.
    fn unmap(&mut self) {
        self.pages = None;
        self.page_tables = 0;
        self.kept.shrink_to(0);
    }

    /// Writes to the overlay, after reserving the memory of the pages that this adds. If that
    /// exceeds the budget, nothing changes.
    fn write_to_overlay(&mut self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        let checkpoint = || self.file.checkpoint();
        let pages =
            self.overlay.uncopied_pages(self.window.offset, transfer.clone(), &checkpoint)?;
        self.private.grow(pages * PAGE_SIZE as u64)?;
        let written = self.overlay.write(&self.file, self.window.offset, transfer, buffer);
        // The overlay may have grown less than expected, for instance after a read error.
        self.private.shrink_to(self.overlay.size());
        written
    }
}
