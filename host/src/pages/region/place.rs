//! Windows: parts of a mapped file in the memory of the plugin.

use filemap::dtype::Dtype;
use filemap::fs::{IoError, IoResult};
use filemap::layout::{Layout, Transfer};
use filemap::region::{Region as _, Sharing, Window};

use super::MmapRegion;
use crate::pages::memory::Taken;
use crate::pages::placed_window::PlacedWindow;
use crate::pages::window::{self, PlaceError, WASM_PAGE, WindowTarget};

/// How many bytes are copied at a time.
const PIECE: u64 = 1 << 20;

impl MmapRegion {
    /// Puts a part of the mapped file into a memory, and says how far behind `target.offset` its first
    /// byte is.
    pub(crate) fn place(
        &self,
        part: Window,
        target: &WindowTarget,
    ) -> Result<(usize, PlacedWindow), PlaceError> {
        let (file, sharing, has_changes) = self.with(|mapping| {
            mapping.check_size()?;
            mapping.windows.retain_placed();
            Ok((mapping.file.clone(), mapping.sharing, mapping.overlay.size() > 0))
        })?;
        let page = rustix::param::page_size() as u64;
        let before = part.offset % page;
        let size = |bytes: u64, unit: u64| {
            let rounded =
                bytes.checked_next_multiple_of(unit).and_then(|bytes| usize::try_from(bytes).ok());
            rounded.ok_or(Taken::Outside)
        };
        let needed = part.length.checked_add(before).ok_or(Taken::Outside)?;
        let (before, length, taken) =
            (size(before, 1)?, size(needed, page)?, size(needed, WASM_PAGE)?);

        let lease = file.budgets.windows.lease(1).map_err(IoError::from)?;
        // All of it may be written to, and nobody sees when.
        let private = if sharing == Sharing::Private { length as u64 } else { 0 };
        let private = file.budgets.private.lease(private).map_err(IoError::from)?;
        let from = (part.offset - before as u64, length);
        let window = window::Window::place(
            &target.memory,
            (target.offset, taken),
            &file.file,
            from,
            sharing,
        )?;
        if has_changes {
            self.copy_changes(part, &window, before)?;
        } else if target.prefault {
            window.prefault();
        }
        let placed = PlacedWindow::new(window, [private, lease]);
        self.with(|mapping| {
            mapping.windows.push(placed.clone());
            Ok(())
        })?;
        Ok((before, placed))
    }

    /// Brings a private window to what was written to the array before.
    fn copy_changes(&self, part: Window, window: &window::Window, before: usize) -> IoResult<()> {
        let start = self.with(|mapping| Ok(part.offset - mapping.window.offset))?;
        let mut position = 0;
        while position < part.length {
            let length = PIECE.min(part.length - position);
            let layout = Layout {
                dtype: Dtype::UINT8,
                shape: vec![length],
                strides: vec![1],
                start: start + position,
            };
            let (size, at) =
                (usize::try_from(length).unwrap_or(0), usize::try_from(position).unwrap_or(0));
            let mut bytes = vec![0; size];
            self.read(Transfer::new(&layout), &mut bytes)?;
            window.fill(before + at, &bytes);
            position += length;
        }
        Ok(())
    }
}
