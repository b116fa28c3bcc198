//! What was written to a private mapping: copies of the pages that it changed, whoever provides the
//! rest of them.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use crate::fs::{File, IoErrorKind, IoResult};
use crate::layout::Transfer;

/// The size of a page in bytes, that of the processors that real mappings are on.
pub const PAGE_SIZE: usize = 4096;

/// The changed pages of a file, by their number in the file.
///
/// As in a real private mapping, a page is copied when it is first written to, and from then on
/// what others write to the file is not seen in it. Unlike there, a changed page outlives a
/// truncation of the file.
#[derive(Debug, Default)]
pub struct Overlay {
    pages: BTreeMap<u64, Box<[u8]>>,
}

impl Overlay {
    /// How many bytes the changed pages take in memory.
    #[must_use]
    pub fn size(&self) -> u64 {
        (self.pages.len() * PAGE_SIZE) as u64
    }

    /// How many pages would be copied by writing what `transfer` says to a region that begins at
    /// `offset` of the file, or more where the transfer goes back and forth.
    #[must_use]
    pub fn uncopied_pages(&self, offset: u64, transfer: Transfer) -> u64 {
        let (mut missing, mut next) = (0, 0);
        for block in transfer {
            for run in 0..block.count {
                let begin = offset + block.run(run).0;
                let (last, _) = page_of(begin + (block.length as u64).saturating_sub(1));
                // The offsets rise mostly, and small runs share a page.
                let first = page_of(begin).0;
                let pages = if first + 1 == next { next } else { first }..=last;
                missing += pages.filter(|page| !self.pages.contains_key(page)).count() as u64;
                next = last + 1;
            }
        }
        missing
    }

    /// Writes what `transfer` takes of `buffer` into copies of the pages of a region that begins at
    /// `offset` of the file.
    ///
    /// # Errors
    ///
    /// Those of reading the file, and [`IoErrorKind::NoMemory`]. The pages before are written then.
    pub fn write(
        &mut self,
        file: &impl File,
        offset: u64,
        transfer: Transfer,
        buffer: &[u8],
    ) -> IoResult<()> {
        let (mut present, mut page) = (None, &mut [][..]);
        for part in parts(offset, transfer) {
            if present != Some(part.page) {
                page = self.page(file, part.page)?;
                present = Some(part.page);
            }
            page[part.within..part.within + part.length]
                .copy_from_slice(&buffer[part.buffer..part.buffer + part.length]);
        }
        Ok(())
    }

    /// Replaces, in what `transfer` has brought from the file to `buffer`, the bytes of pages that
    /// were changed.
    pub fn patch(&self, offset: u64, transfer: Transfer, buffer: &mut [u8]) {
        let (mut present, mut page) = (None, None);
        for part in parts(offset, transfer) {
            if present != Some(part.page) {
                page = self.pages.get(&part.page);
                present = Some(part.page);
            }
            if let Some(page) = page {
                buffer[part.buffer..part.buffer + part.length]
                    .copy_from_slice(&page[part.within..part.within + part.length]);
            }
        }
    }

    /// The length of the run at the start of a range in which every page was changed or none was,
    /// and whether it was. The range is not empty, and lies in a region that begins at `offset` of
    /// the file.
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
        // The page after the last one may begin behind what 64 bits can say.
        (end.saturating_mul(PAGE_SIZE as u64).min(range.end) - range.start, is_changed)
    }

    /// The copy of a page, made where there is none yet. What the file does not fill is zero.
    fn page(&mut self, file: &impl File, number: u64) -> IoResult<&mut [u8]> {
        use alloc::collections::btree_map::Entry;
        match self.pages.entry(number) {
            Entry::Occupied(page) => Ok(page.into_mut()),
            Entry::Vacant(place) => {
                let mut page = Vec::new();
                page.try_reserve_exact(PAGE_SIZE).map_err(|_| IoErrorKind::NoMemory)?;
                page.resize(PAGE_SIZE, 0);
                file.read_full(&mut page, number * PAGE_SIZE as u64)?;
                Ok(place.insert(page.into_boxed_slice()))
            }
        }
    }
}

/// Bytes that lie together in a page and in a buffer.
struct Part {
    page: u64,
    within: usize,
    buffer: usize,
    length: usize,
}

/// What a transfer takes of the pages, in its order.
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

/// The number of the page that holds the byte at `offset`, and where in the page it lies.
fn page_of(offset: u64) -> (u64, usize) {
    (offset / PAGE_SIZE as u64, within_page(offset % PAGE_SIZE as u64))
}

/// A distance that is at most the size of a page.
fn within_page(distance: u64) -> usize {
    usize::try_from(distance).unwrap_or(PAGE_SIZE)
}
