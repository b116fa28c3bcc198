//! Hints about the use of mapped pages, passed to the system: `madvise`.

#![expect(unsafe_code, reason = "`DontNeed` would lose data in a private mapping")]

use std::ops::Range;

use filemap::checkpoint::Checkpoint;
use filemap::fs::{IoError, IoResult};
use filemap::region::Advice;
use memmap2::{MmapRaw, UncheckedAdvice};

use crate::limits::MAX_FETCHED;

/// The number of bytes that one system call starts to fetch.
const FETCHED_AT_ONCE: usize = 16 << 20;

/// Passes a hint for a range of the mapping. A hint that the system does not support has no effect.
///
/// Only `WillNeed` and `DontNeed` act on the range. The other hints are properties of a mapping,
/// and the system would split the mapping to give a hint to a part of it. A process can have some
/// ten thousand mappings, so such a hint applies to the whole mapping.
pub(super) fn advise(
    pages: &MmapRaw,
    range: Range<u64>,
    advice: Advice,
    checkpoint: Checkpoint<'_, IoError>,
) -> IoResult<()> {
    let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(pages.len());
    let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
    let length = end - start;
    _ = match advice {
        Advice::Normal => pages.advise(memmap2::Advice::Normal),
        Advice::Random => pages.advise(memmap2::Advice::Random),
        Advice::Sequential => pages.advise(memmap2::Advice::Sequential),
        Advice::HugePage => pages.advise(memmap2::Advice::HugePage),
        Advice::NoHugePage => pages.advise(memmap2::Advice::NoHugePage),
        Advice::WillNeed => {
            // A call starts to fetch its whole range before it returns.
            let end = start + length.min(MAX_FETCHED);
            for start in (start..end).step_by(FETCHED_AT_ONCE) {
                checkpoint()?;
                let length = FETCHED_AT_ONCE.min(end - start);
                _ = pages.advise_range(memmap2::Advice::WillNeed, start, length);
            }
            Ok(())
        }
        // SAFETY: `map` makes two kinds of mappings. When the system takes changed pages out of a
        // shared one, it keeps them in its cache or writes them to the file, and the next access
        // finds them there. A private one cannot be written, so it has no changed pages.
        Advice::DontNeed => unsafe {
            pages.unchecked_advise_range(UncheckedAdvice::DontNeed, start, length)
        },
    };
    Ok(())
}
