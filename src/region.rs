//! Regions: mapped parts of files.
//!
//! The engine accesses the bytes of an array through a [`Region`], which the provider implements.
//! The native provider maps pages. A provider that cannot map uses [`BufferedRegion`], which reads
//! and writes the file in every call. It keeps no bytes between calls, so that changes by others
//! are visible as they are in a mapped page.

#![allow(
    clippy::missing_errors_doc,
    reason = "every function here fails as the file system says, with an `IoError`"
)]

mod buffered;
mod bytes;
mod overlay;
mod resize;

use alloc::vec::Vec;
use core::ops::{ControlFlow, Range};

pub use buffered::BufferedRegion;
pub use bytes::{BLOCK, Bytes, Visitor};
pub use overlay::{Overlay, PAGE_SIZE};
pub use resize::Resize;

use crate::fs::{File, IoResult, zeroed};
use crate::layout::{Layout, Transfer};

/// The part of a file that a region maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The offset of the region in the file, in bytes.
    pub offset: u64,
    /// The length of the region in bytes.
    pub length: u64,
}

/// What happens to bytes that are written to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// The region cannot be written.
    ReadOnly,
    /// Written bytes stay in the region; the file does not change.
    Private,
    /// Written bytes go to the file.
    Shared,
}

/// The access pattern that a program announces for an array: the constants `MADV_...` of `madvise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// No particular pattern.
    Normal,
    /// Random access.
    Random,
    /// Sequential access from start to end.
    Sequential,
    /// Access to all elements soon.
    WillNeed,
    /// No access in the near future.
    DontNeed,
    /// Large pages are preferred.
    HugePage,
    /// Small pages are preferred.
    NoHugePage,
}

/// A mapped part of a file. A clone shares the mapping.
pub trait Region: Clone {
    /// Fails with [`IoErrorKind::Interrupted`](crate::fs::IoErrorKind::Interrupted) if the host has
    /// ended the calls of the plugin. Reads, visits and writes pass checkpoints of their own while
    /// they copy. After an interruption, a part is copied.
    fn checkpoint(&self) -> IoResult<()> {
        Ok(())
    }

    /// Copies from the region to `buffer` according to `transfer`.
    ///
    /// Fails with [`Truncated`](crate::fs::IoErrorKind::Truncated) if the file ends before the end
    /// of the region.
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()>;

    /// Returns what [`read`](Self::read) copies to a buffer of `length` bytes. A provider that can
    /// do so does not initialize the memory before.
    fn read_vec(&self, transfer: Transfer, length: u64) -> IoResult<Vec<u8>> {
        let mut bytes = zeroed(length, &|| self.checkpoint())?;
        self.read(transfer, &mut bytes)?;
        Ok(bytes)
    }

    /// Passes the bytes of each part to its visitor. Fails like [`read`](Self::read); the visitors
    /// may have got zeroes before.
    ///
    /// By default, each piece is read into memory. A provider may visit several parts at once, in
    /// threads of its own.
    fn visit<V: Visitor + Send>(&self, parts: &mut [Part<V>]) -> IoResult<()> {
        visit_by_reads(self, parts)
    }

    /// Returns the number of parts that [`visit`](Self::visit) visits at once.
    fn parts_at_once(&self) -> usize {
        1
    }

    /// Copies from `buffer` to the region according to `transfer`. The caller must not write to a
    /// read-only region.
    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()>;

    /// Examines the pages of a non-empty range, and returns the number of bytes at its start that
    /// all come from changed pages or all from unchanged ones, and whether these pages are changed.
    /// A page is changed if a private region has its own copy of it; pages of other regions never
    /// are.
    fn changed_run(&self, range: Range<u64>) -> IoResult<(u64, bool)>;

    /// Fails with [`OverLimit`](crate::fs::IoErrorKind::OverLimit) if the provider does not let one
    /// call process `bytes` bytes, or the elements of `layout` by as many transfers as it takes.
    fn check_budget(&self, bytes: u64, layout: &Layout) -> IoResult<()> {
        _ = (bytes, layout);
        Ok(())
    }

    /// Waits until written bytes are on the disk. Does nothing for a region that does not write to
    /// its file.
    fn flush(&self) -> IoResult<()>;

    /// Announces how a range of the region will be accessed. Affects only performance.
    fn advise(&self, range: Range<u64>, advice: Advice) -> IoResult<()>;

    /// Changes the length of the region and of its file. The caller must resize shared regions
    /// only.
    fn resize(&self, resize: &Resize) -> IoResult<()>;

    /// Unmaps the region, for all clones. Afterwards the functions above fail with
    /// [`Closed`](crate::fs::IoErrorKind::Closed).
    fn close(&self);

    /// Returns whether the region was closed.
    fn is_closed(&self) -> bool;
}

/// A part of a region, and the computation over its bytes.
pub struct Part<V> {
    /// The range of bytes. The visitor gets them front to back, unless it ends early.
    pub range: Range<u64>,
    /// The number of bytes that the visitor gets at once. The last piece may be shorter.
    pub piece: usize,
    /// The computation. No other part depends on it.
    pub visitor: V,
}

/// Does the work of [`Region::visit`] by [`Region::read`].
pub fn visit_by_reads<R: Region, V: Visitor>(region: &R, parts: &mut [Part<V>]) -> IoResult<()> {
    visit_pieces(parts, |at, length| {
        region.read_vec(Transfer::contiguous(at, length), length as u64)
    })
}

/// Visits parts whose pieces `read` returns.
fn visit_pieces<V: Visitor>(
    parts: &mut [Part<V>],
    read: impl Fn(u64, usize) -> IoResult<Vec<u8>>,
) -> IoResult<()> {
    for Part { range, piece, visitor } in parts {
        let mut at = range.start;
        while at < range.end {
            let length = usize::try_from(range.end - at).unwrap_or(usize::MAX).min(*piece);
            if visit_slice(visitor, &read(at, length)?).is_break() {
                break;
            }
            at += length as u64;
        }
    }
    Ok(())
}

/// Calls the visitor with bytes in memory. Its code is large, so there is one place that has it.
#[inline(never)]
pub(crate) fn visit_slice<V: Visitor>(visitor: &mut V, bytes: &[u8]) -> ControlFlow<()> {
    visitor.visit(bytes)
}

/// A file that a provider can map.
pub trait MapFile: File {
    /// The type of the file's regions.
    type Region: Region;

    /// Fails if a budget of the provider has not enough left to map a part of the file. An opening
    /// calls this before it extends or empties the file.
    fn check_map(&self, window: Window) -> IoResult<()> {
        _ = window;
        Ok(())
    }

    /// Maps a part of the file, which is at least that long at present. Reads nothing. The length
    /// of the file may change later.
    fn map(&self, window: Window, sharing: Sharing) -> IoResult<Self::Region>;
}
