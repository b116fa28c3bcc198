//! Mapping a part of a file.

#![expect(unsafe_code, reason = "a mapping of a file is as unsafe as its use")]

use std::fs::File;
use std::io;

use filemap::fs::{IoError, IoErrorKind, IoResult};
use filemap::region::{Sharing, Window};
use memmap2::{MmapOptions, MmapRaw};
use rustix::io::Errno;

use super::{sigbus, spare};
use crate::files::io_error;

/// Mapped pages of a file.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) raw: MmapRaw,
    /// Whether the pages may keep old bytes after the file has changed. Mapping the file again
    /// fetches the present ones.
    pub(super) is_snapshot: bool,
}

/// Maps a part of a file. Returns `None` for an empty part, which the system cannot map.
///
/// Pages that are only read are mapped privately if the file system has no shared mappings, as FUSE
/// with direct I/O.
pub(super) fn map(file: &File, window: Window, sharing: Sharing) -> IoResult<Option<Pages>> {
    if window.length == 0 {
        return Ok(None);
    }
    let mut is_snapshot = false;
    let length = usize::try_from(window.length).map_err(|_| IoErrorKind::NoMemory)?;
    sigbus::install().map_err(io_error)?;
    spare::fill()?;
    let mut options = MmapOptions::new();
    options.offset(window.offset).len(length);
    let pages = match sharing {
        Sharing::ReadOnly | Sharing::Private => match options.map_raw_read_only(file) {
            Err(error) if cannot_share(&error) => {
                is_snapshot = true;
                // SAFETY: the bytes are never lent as a slice: the mapping becomes a raw one.
                unsafe { options.map_copy_read_only(file).map(MmapRaw::from) }
            }
            result => result,
        },
        Sharing::Shared => options.map_raw(file),
    };
    let raw = pages.map_err(|error| map_error(error, sharing))?;
    Ok(Some(Pages { raw, is_snapshot }))
}

/// Converts an error of `mmap`.
pub(super) fn map_error(error: io::Error, sharing: Sharing) -> IoError {
    if !cannot_share(&error) {
        return io_error(error);
    }
    let detail = if sharing == Sharing::Shared {
        "its files cannot be mapped for writing: open it in mode `copy-on-write` or `read-only`, \
         or write it by another call; on FUSE, mount it without direct I/O"
    } else {
        "its files cannot be mapped"
    };
    IoError { kind: IoErrorKind::Unsupported, detail: detail.into() }
}

/// Whether an error of `mmap` means that the file system does not have this kind of mapping. The
/// addresses and lengths that `mmap` also rejects as invalid do not occur here.
fn cannot_share(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::NODEV | Errno::INVAL | Errno::NOTSUP | Errno::NOSYS)
    )
}
