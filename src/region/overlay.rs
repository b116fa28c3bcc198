//! The overlay of a private region: copies of the pages that were written to.
//!
//! Both providers use it, so that private mappings behave the same in both.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use crate::checkpoint::{Checkpoint, Pace};
use crate::fs::{File, IoError, IoErrorKind, IoResult};
use crate::layout::Transfer;

/// The size of a page in bytes, as on the processors in wide use.
pub const PAGE_SIZE: usize = 4096;

/// The changed pages of a file, by their number in the file.
///
/// As in a private mapping of the system, the first write to a page copies it, and later changes of
/// the file are not visible in the copy. Unlike there, a copied page survives a truncation of the
/// file.
#[derive(Debug, Default)]
pub struct Overlay {
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl Overlay {
    /// Returns the memory that the copied pages take, in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.pages.len() * PAGE_SIZE) as u64
    }

    /// Returns the number of pages that a write would have to copy: a write of `transfer` to a
    /// region that begins at `offset` in the file. The number can be too high if the offsets of the
    /// transfer do not ascend.
    ///
    /// # Errors
    ///
    /// Those of `checkpoint`.
    pub fn uncopied_pages(
        &self,
        offset: u64,
        transfer: Transfer,
        checkpoint: Checkpoint<'_, IoError>,
    ) -> IoResult<u64> {
        let (mut missing, mut next) = (0, 0);
        let mut pace = Pace::new(checkpoint);
        for block in transfer {
            for run in 0..block.count {
                pace.step()?;
                let begin = offset + block.run(run).0;
                let (last, _) = page_of(begin + (block.length as u64).saturating_sub(1));
                // The offsets mostly ascend, and small runs share a page.
                let first = page_of(begin).0;
                let pages = if first + 1 == next { next } else { first }..=last;
                missing += pages.filter(|page| !self.pages.contains_key(page)).count() as u64;
                next = last + 1;
            }
        }
        Ok(missing)
    }

    /// Writes the bytes that `transfer` takes from `buffer` to copies of the pages. The region
    /// begins at `offset` in the file.
    ///
    /// # Errors
    ///
    /// Errors of reading the file, those of its checkpoints, and [`IoErrorKind::NoMemory`]. Earlier
    /// pages stay written.
    pub fn write(
        &mut self,
        file: &impl File,
        offset: u64,
        transfer: Transfer,
        buffer: &[u8],
    ) -> IoResult<()> {
        let (mut present, mut page) = (None, &mut [][..]);
        let checkpoint = || file.checkpoint();
        let mut pace = Pace::new(&checkpoint);
        for part in parts(offset, transfer) {
            pace.step()?;
            if present != Some(part.page) {
                page = self.page(file, part.page)?;
                present = Some(part.page);
            }
            page[part.within..part.within + part.length]
                .copy_from_slice(&buffer[part.buffer..part.buffer + part.length]);
        }
        Ok(())
    }

    /// Replaces the bytes of copied pages in a `buffer` that `transfer` filled from the file.
    ///
    /// # Errors
    ///
    /// Those of `checkpoint`. Some bytes may be replaced.
    pub fn patch(
        &self,
        offset: u64,
        transfer: Transfer,
        buffer: &mut [u8],
        checkpoint: Checkpoint<'_, IoError>,
    ) -> IoResult<()> {
        let (mut present, mut page) = (None, None);
        let mut pace = Pace::new(checkpoint);
        for part in parts(offset, transfer) {
            pace.step()?;
            if present != Some(part.page) {
                page = self.pages.get(&part.page);
                present = Some(part.page);
            }
            if let Some(page) = page {
                buffer[part.buffer..part.buffer + part.length]
                    .copy_from_slice(&page[part.within..part.within + part.length]);
            }
        }
        Ok(())
    }

    /// Examines the pages of a non-empty range, and returns the number of bytes at its start that
    /// all come from copied pages or all from others, and whether these pages are copied. The
    /// region begins at `offset` in the file.
    #[must_use]
    pub fn changed_run(&self, offset: u64, range: Range<u64>) -> (u64, bool) {
        let range = offset + range.start..offset + range.end;
        let (first, last) = (page_of(range.start).0, page_of(range.end - 1).0);
        let is_changed = self.pages.contains_key(&first);
        let mut changed = self.pages.range(first..=last).map(|(&page, _)| page);
        let end = if is_changed {
            let run = changed.zip(first..).take_while(|(page, expected)| page == expected).count();
            first + run as u64
        } else {
            changed.next().unwrap_or(last + 1)
        };
        // The start of the page after the last one may not fit 64 bits.
        (end.saturating_mul(PAGE_SIZE as u64).min(range.end) - range.start, is_changed)
    }

    /// Returns the copy of a page. Makes the copy if there is none yet, with zeroes past the end of
    /// the file.
    fn page(&mut self, file: &impl File, number: u64) -> IoResult<&mut [u8]> {
        use alloc::collections::btree_map::Entry;
        match self.pages.entry(number) {
            Entry::Occupied(page) => Ok(page.into_mut()),
            Entry::Vacant(place) => {
                let mut page = Vec::new();
                page.try_reserve_exact(PAGE_SIZE).map_err(|_| IoErrorKind::NoMemory)?;
                page.resize(PAGE_SIZE, 0);
                file.checkpoint()?;
                file.read_full(&mut page, number * PAGE_SIZE as u64)?;
                Ok(place.insert(page.into_boxed_slice()))
            }
        }
    }
}

/// Bytes that are contiguous both in a page and in a buffer.
struct Part {
    page: u64,
    within: usize,
    buffer: usize,
    length: usize,
}

/// Splits a transfer at page boundaries, in its order.
fn parts(offset: u64, transfer: Transfer) -> impl Iterator<Item = Part> {
    let runs =
        transfer.flat_map(|block| (0..block.count).map(move |run| (block.run(run), block.length)));
    runs.flat_map(move |((region, buffer), length)| {
        let mut done = 0;
        core::iter::from_fn(move || {
            let (page, within) = page_of(offset + region + done as u64);
            let part = Part {
                page,
                within,
                buffer: buffer + done,
                length: (length - done).min(PAGE_SIZE - within),
            };
            done += part.length;
            (part.length > 0).then_some(part)
        })
    })
}

/// Returns the number of the page that contains the byte at `offset`, and the byte's offset in the
/// page.
fn page_of(offset: u64) -> (u64, usize) {
    (offset / PAGE_SIZE as u64, within_page(offset % PAGE_SIZE as u64))
}

/// Converts a distance that is at most the size of a page.
fn within_page(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(PAGE_SIZE)
}
