//! The native region: pages of a file.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use filemap::fs::{File as _, IoError, IoErrorKind, IoResult};
use filemap::layout::Transfer;
use filemap::region::{Advice, MapFile, Overlay, PAGE_SIZE, Region, Resize, Sharing, Window};
use memmap2::{MmapOptions, MmapRaw};

use super::guard::FaultedPages;
use super::placed_window::MappingWindows;
use super::spread::{check_touched, touched};
use super::{advise, copy, sigbus};
use crate::files::{NativeFile, io_error};
use crate::limits::{KEPT_PAGE_TABLES, Lease, MAX_PAGE_TABLES, MAX_SCANNED, MAX_TOUCHED_PAGES};

mod place;

/// How much of the address space a page table describes on the processors in wide use, in bytes.
const TABLE: u64 = 2 << 20;

/// A mapped part of a file. A clone is the same mapping once more.
#[derive(Clone, Debug)]
pub(crate) struct MmapRegion(Arc<Mutex<Option<Mapping>>>);

#[derive(Debug)]
struct Mapping {
    file: NativeFile,
    window: Window,
    sharing: Sharing,
    /// The mapping itself; none for a window without bytes, and until the next use after it was
    /// given up.
    pages: Option<MmapRaw>,
    /// About how many page tables the mapping has.
    tables: u64,
    /// What was written to a private mapping, and the memory that it costs. The mapping itself is
    /// only read then: the system's own private pages would be lost with a truncation of the file,
    /// without anybody being told.
    overlay: Overlay,
    private: Lease,
    mapped: Lease,
    _file: Lease,
    /// What of it is in the memory of the plugin, which goes with it.
    windows: MappingWindows,
}

impl MapFile for NativeFile {
    type Region = MmapRegion;

    fn map(&self, window: Window, sharing: Sharing) -> IoResult<MmapRegion> {
        MmapRegion::new(self.clone(), window, sharing)
    }
}

impl MmapRegion {
    /// Maps a part of a file. Nothing is read.
    pub(crate) fn new(file: NativeFile, window: Window, sharing: Sharing) -> IoResult<Self> {
        let budgets = &file.budgets;
        let (opened, mapped) = (budgets.files.lease(1)?, budgets.mapped.lease(window.length)?);
        let private = budgets.private.lease(0)?;
        let mapping = Mapping {
            pages: map(&file, window, sharing)?,
            file,
            window,
            sharing,
            tables: 0,
            overlay: Overlay::default(),
            private,
            mapped,
            _file: opened,
            windows: MappingWindows::default(),
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
            let changed = (mapping.overlay.size() > 0).then(|| transfer.clone());
            let copied = copy::read(pages, transfer, buffer);
            mapping.finish(copied)?;
            if let Some(transfer) = changed {
                mapping.overlay.patch(mapping.window.offset, transfer, buffer);
            }
            Ok(())
        })
    }

    #[expect(unsafe_code, reason = "only the mapping knows whether its pages can be written")]
    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        self.with(|mapping| {
            mapping.prepare(&transfer)?;
            match mapping.sharing {
                Sharing::ReadOnly => return Err(IoErrorKind::NotPermitted.into()),
                Sharing::Private => return mapping.write_privately(transfer, buffer),
                Sharing::Shared => {}
            }
            let Some(pages) = &mut mapping.pages else { return Ok(()) };
            // SAFETY: `map` maps for writing what is `Sharing::Shared`, and nothing else comes
            // here.
            let copied = unsafe { copy::write(pages, transfer, buffer) };
            mapping.finish(copied)
        })
    }

    fn changed_run(&self, range: Range<u64>) -> IoResult<(u64, bool)> {
        self.with(|mapping| Ok(mapping.overlay.changed_run(mapping.window.offset, range)))
    }

    fn flush(&self) -> IoResult<()> {
        self.with(|mapping| match &mapping.pages {
            _ if mapping.windows.have_faulted() => Err(IoErrorKind::Truncated.into()),
            _ if mapping.sharing != Sharing::Shared => Ok(()),
            Some(pages) => pages.flush().map_err(io_error),
            // The pages are lost, but what was written through them before is in the file.
            None => mapping.file.sync_data(),
        })
    }

    fn check_budget(&self, bytes: u64) -> IoResult<()> {
        if bytes <= MAX_SCANNED {
            return Ok(());
        }
        let detail = format!(
            "it goes through {bytes} bytes of the file, and one call through at most {MAX_SCANNED}: \
             take a part at a time"
        );
        Err(IoError { kind: IoErrorKind::OverLimit, detail })
    }

    fn advise(&self, range: Range<u64>, advice: Advice) -> IoResult<()> {
        self.with(|mapping| {
            if let Some(pages) = &mapping.pages {
                advise::advise(pages, range, advice);
            }
            Ok(())
        })
    }

    fn resize(&self, resize: &Resize) -> IoResult<()> {
        self.with(|mapping| {
            mapping.mapped.grow(resize.length.saturating_sub(mapping.window.length))?;
            let Mapping { file, window, sharing, .. } = mapping;
            let resized = resize.apply(file, *window, |window| map(file, window, *sharing)).map(
                |(window, pages)| {
                    (mapping.window, mapping.pages, mapping.tables) = (window, pages, 0);
                },
            );
            mapping.mapped.shrink_to(mapping.window.length);
            resized
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
        self.check_spread(transfer)?;
        if self.pages.is_none() {
            self.pages = map(&self.file, self.window, self.sharing)?;
        }
        Ok(())
    }

    /// Makes an error of what went wrong in a copy.
    fn finish(&mut self, copied: Result<(), FaultedPages>) -> IoResult<()> {
        if let Err(lost) = copied {
            return Err(self.lose(&lost));
        }
        if self.tables > KEPT_PAGE_TABLES {
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
    fn lose(&mut self, lost: &FaultedPages) -> IoError {
        self.give_up();
        let missing = self.window.offset + lost.offset as u64;
        match self.check_size().and_then(|()| self.file.read_at(&mut [0], missing)) {
            Err(error) => error,
            // The file is as long as it should be and can be read, and so there was no room to
            // store the page.
            Ok(_) => IoErrorKind::NoSpace.into(),
        }
    }

    /// Ends the mapping, until it is used again, and frees the memory that it costs.
    fn give_up(&mut self) {
        self.pages = None;
        self.tables = 0;
    }

    /// Refuses a transfer that touches too much. Only a file of many gigabytes is large enough for
    /// one.
    fn check_spread(&mut self, transfer: &Transfer) -> IoResult<()> {
        let page = rustix::param::page_size() as u64;
        if self.window.length / page >= MAX_TOUCHED_PAGES {
            check_touched(touched(transfer, self.window.offset, page), MAX_TOUCHED_PAGES, "pages")?;
        }
        if self.window.length / TABLE >= KEPT_PAGE_TABLES {
            let tables = touched(transfer, self.window.offset, TABLE);
            check_touched(tables, MAX_PAGE_TABLES, "page tables")?;
            self.tables = (self.tables + tables).min(self.window.length / TABLE + 1);
        }
        Ok(())
    }

    /// Writes to copies of the pages, which the plugin's budget pays for. A write that it does not
    /// pay for changes none.
    fn write_privately(&mut self, transfer: Transfer, buffer: &[u8]) -> IoResult<()> {
        let pages = self.overlay.uncopied_pages(self.window.offset, transfer.clone());
        self.private.grow(pages * PAGE_SIZE as u64)?;
        let written = self.overlay.write(&self.file, self.window.offset, transfer, buffer);
        // It may be less than was expected, also because a page could not be read.
        self.private.shrink_to(self.overlay.size());
        written
    }
}

/// Maps a window, or nothing where it is empty, which no system can map.
fn map(file: &NativeFile, window: Window, sharing: Sharing) -> IoResult<Option<MmapRaw>> {
    if window.length == 0 {
        return Ok(None);
    }
    let length = usize::try_from(window.length).map_err(|_| IoErrorKind::NoMemory)?;
    sigbus::install().map_err(io_error)?;
    let mut options = MmapOptions::new();
    options.offset(window.offset).len(length);
    let pages = match sharing {
        Sharing::ReadOnly | Sharing::Private => options.map_raw_read_only(&*file.file),
        Sharing::Shared => options.map_raw(&*file.file),
    };
    Ok(Some(pages.map_err(io_error)?))
}

#[cfg(test)]
mod tests;
