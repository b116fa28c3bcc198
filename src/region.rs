//! A part of a file, mapped.
//!
//! The engine reads and writes an array through a [`Region`]; the provider says how. The native
//! provider maps pages. Where nothing can be mapped, [`BufferedRegion`] does the same by reading
//! and writing the file at each call, through a buffer that does not outlive the call: so that what
//! anybody else writes to the file is seen, as it would be in a page.

#![allow(
    clippy::missing_errors_doc,
    reason = "every function here fails as the file system says, with an `IoError`"
)]

mod buffered;
mod overlay;
mod resize;

use core::ops::Range;

pub use buffered::BufferedRegion;
pub use overlay::{Overlay, PAGE_SIZE};
pub use resize::Resize;

use crate::fs::{File, IoResult};
use crate::layout::Transfer;

/// The part of a file that a region maps: `length` bytes from `offset` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where in the file the region begins.
    pub offset: u64,
    /// The length of the region in bytes.
    pub length: u64,
}

/// What becomes of the bytes that are written to a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nothing may be written.
    ReadOnly,
    /// They stay in the region: the file does not change.
    Private,
    /// They are in the file.
    Shared,
}

/// What a program is going to do with an array: the constants `MADV_...` of `madvise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Nothing special.
    Normal,
    /// Elements here and there.
    Random,
    /// From the start to the end.
    Sequential,
    /// All of it, soon.
    WillNeed,
    /// Nothing for now.
    DontNeed,
    /// Large parts.
    HugePage,
    /// Small parts.
    NoHugePage,
}

/// A mapped part of a file. A clone is the same mapping once more.
pub trait Region: Clone {
    /// Copies from the region to `buffer` what `transfer` says.
    ///
    /// Fails with [`Truncated`](crate::fs::IoErrorKind::Truncated) where the file ends before the
    /// end of the region.
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()>;

    /// Copies from `buffer` to the region what `transfer` says. Is not called on a region that is
    /// read-only.
    fn write(&self, transfer: Transfer, buffer: &[u8]) -> IoResult<()>;

    /// The number of bytes at the start of a range in which the file differs from the region
    /// everywhere or nowhere, by whole pages, and whether it does. The range is not empty. Only a
    /// private region differs from its file.
    fn changed_run(&self, range: Range<u64>) -> IoResult<(u64, bool)>;

    /// Fails with [`OverLimit`](crate::fs::IoErrorKind::OverLimit) where the provider does not let
    /// one call go through that many bytes, for instance because nothing can interrupt it.
    fn check_budget(&self, bytes: u64) -> IoResult<()> {
        _ = bytes;
        Ok(())
    }

    /// Waits until what was written is on the disk. Does nothing where nothing goes to the file.
    fn flush(&self) -> IoResult<()>;

    /// Hears what is going to be done with a part of the region. Changes nothing but speed.
    fn advise(&self, range: Range<u64>, advice: Advice) -> IoResult<()>;

    /// Gives the region another length. Is called on a shared region only.
    fn resize(&self, resize: &Resize) -> IoResult<()>;

    /// Ends the mapping, for all clones. The functions above fail with
    /// [`Closed`](crate::fs::IoErrorKind::Closed) afterwards.
    fn close(&self);

    /// Whether the mapping has ended.
    fn is_closed(&self) -> bool;
}

/// A file that a provider can map.
pub trait MapFile: File {
    /// What becomes of a mapped file.
    type Region: Region;

    /// Maps a part of the file, which is at least that long. Nothing is read. The file may get
    /// another length later.
    fn map(&self, window: Window, sharing: Sharing) -> IoResult<Self::Region>;
}
