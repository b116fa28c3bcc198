//! Windows of a mapping: parts of its file in the memory of the plugin.

use filemap::dtype::Dtype;
use filemap::fs::{File as _, IoError, IoResult};
use filemap::layout::{Layout, Transfer};
use filemap::region::{Region as _, Sharing, Window};

use super::MmapRegion;
use crate::pages::guest_memory::RangeError;
use crate::pages::placed_window::PlacedWindow;
use crate::pages::window::{FilePages, GuestWindow, PlaceError, WASM_PAGE, WindowTarget};

/// The number of bytes that are copied at a time.
const CHUNK: u64 = 1 << 20;

impl MmapRegion {
    /// Places a window of a part of the mapped file. Returns the window, and the distance in bytes
    /// of the part's first byte from `target.offset`.
    pub(crate) fn place(
        &self,
        part: Window,
        target: &WindowTarget,
    ) -> Result<(usize, PlacedWindow), PlaceError> {
        let (file, sharing, has_changes) = self.with(|mapping| {
            mapping.check_size()?;
            mapping.windows.retain_placed();
            Ok((mapping.file.clone(), mapping.sharing, mapping.has_changes()))
        })?;
        // The pages of the file begin `before` bytes before the part.
        let page = rustix::param::page_size() as u64;
        let before = part.offset % page;
        let round_up = |bytes: u64, unit: u64| {
            let rounded =
                bytes.checked_next_multiple_of(unit).and_then(|bytes| usize::try_from(bytes).ok());
            rounded.ok_or(RangeError::OutOfBounds)
        };
        let needed = part.length.checked_add(before).ok_or(RangeError::OutOfBounds)?;
        let (before, length, claimed) =
            (round_up(before, 1)?, round_up(needed, page)?, round_up(needed, WASM_PAGE)?);

        let window_reservation = file.budgets.windows.reserve(1).map_err(IoError::from)?;
        // The plugin can write to all of a private window, and the host does not see when.
        let private = if sharing == Sharing::Private { length as u64 } else { 0 };
        let private_reservation = file.budgets.private.reserve(private).map_err(IoError::from)?;
        let end = target.offset.checked_add(claimed).ok_or(RangeError::OutOfBounds)?;
        let pages = FilePages { file: &file.file, offset: part.offset - before as u64, length };
        let window = GuestWindow::place(&target.memory, target.offset..end, &pages, sharing)?;
        if has_changes {
            self.copy_changes(part, &window, before)?;
        } else if target.prefault {
            window.prefault(&|| file.checkpoint())?;
        }
        let window = PlacedWindow::new(window, [private_reservation, window_reservation]);
        self.with(|mapping| {
            mapping.windows.push(window.clone());
            Ok(())
        })?;
        Ok((before, window))
    }

    /// Copies a part of the array into a private window, with the changes that only the array's
    /// overlay has. The part begins at the position `start` of the window.
    fn copy_changes(&self, part: Window, window: &GuestWindow, start: usize) -> IoResult<()> {
        let region_start = self.with(|mapping| Ok(part.offset - mapping.window.offset))?;
        let mut copied = 0;
        while copied < part.length {
            let length = CHUNK.min(part.length - copied);
            let layout = Layout {
                dtype: Dtype::UINT8,
                shape: vec![length],
                strides: vec![1],
                start: region_start + copied,
            };
            let (size, position) =
                (usize::try_from(length).unwrap_or(0), usize::try_from(copied).unwrap_or(0));
            let mut bytes = vec![0; size];
            self.read(Transfer::new(&layout), &mut bytes)?;
            window.write(start + position, &bytes);
            copied += length;
        }
        Ok(())
    }
}
