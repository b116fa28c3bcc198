//! What a plugin says that it is going to do with mapped pages, passed on to the system.

#![expect(
    unsafe_code,
    reason = "one of the hints could drop what was written, in other mappings than ours"
)]

use std::ops::Range;

use filemap::region::Advice;
use memmap2::{MmapRaw, UncheckedAdvice};

use crate::limits::MAX_TOUCHED_PAGES;

/// Passes on a hint for a part of the mapping. The system may not know it, and then nothing
/// happens.
///
/// How pages are going to be used the system notes for a mapping, and splits it where that is true
/// of a part only: a process has room for some ten thousand mappings, and so what is said of a part
/// counts for all.
pub(super) fn advise(pages: &MmapRaw, range: Range<u64>, advice: Advice) {
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
            // The system starts to fetch all of it before it returns, however much that is.
            let most = usize::try_from(MAX_TOUCHED_PAGES)
                .unwrap_or(usize::MAX)
                .saturating_mul(rustix::param::page_size());
            pages.advise_range(memmap2::Advice::WillNeed, start, length.min(most))
        }
        // SAFETY: every mapping of ours is a shared one of a file, whose pages the system keeps, or
        // has written to the file, when it takes them out of the mapping; the next access finds
        // them there again.
        Advice::DontNeed => unsafe {
            pages.unchecked_advise_range(UncheckedAdvice::DontNeed, start, length)
        },
    };
}
