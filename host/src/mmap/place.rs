//! Windows: parts of a mapped file in the memory of the plugin.

use std::sync::{Arc, Mutex, PoisonError};

use filemap::dtype::Dtype;
use filemap::fs::{IoError, IoResult};
use filemap::layout::{Layout, Transfer};
use filemap::region::{Region as _, Sharing, Window};

use super::MmapRegion;
use crate::limits::Lease;
use crate::memory::{Memory, Taken};
use crate::windows::{self, PlaceError};

/// A page of WebAssembly, in bytes.
pub(crate) const PAGE: u64 = 65_536;

/// How many bytes are copied at a time.
const PIECE: u64 = 1 << 20;

/// Where a window goes.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) memory: Arc<Memory>,
    /// Where in the memory it begins: a multiple of a page of WebAssembly.
    pub(crate) at: usize,
    pub(crate) prefault: bool,
}

/// A window that is there until the first of its owners takes it away: the mapping that it is of,
/// or the plugin.
#[derive(Clone, Debug)]
pub(crate) struct PlacedWindow(Arc<Mutex<Option<Placed>>>);

/// The windows of a mapping, which go with it.
#[derive(Debug, Default)]
pub(super) struct Windows(Vec<PlacedWindow>);

#[derive(Debug)]
struct Placed {
    window: windows::Window,
    _private: Lease,
    _window: Lease,
}

impl PlacedWindow {
    fn new(placed: Placed) -> Self {
        Self(Arc::new(Mutex::new(Some(placed))))
    }

    /// Takes the window away, and says whether pages of it were lost; nothing where it is gone
    /// already.
    pub(crate) fn remove(&self) -> Option<bool> {
        let placed = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        Some(placed.window.is_torn())
    }

    /// Whether it is there, and pages of it were lost.
    pub(crate) fn is_torn(&self) -> bool {
        let placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.as_ref().is_some_and(|placed| placed.window.is_torn())
    }

    /// Whether it is there, and in another memory than that.
    pub(crate) fn is_elsewhere(&self, memory: &Arc<Memory>) -> bool {
        let placed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        placed.as_ref().is_some_and(|placed| !placed.window.is_in(memory))
    }

    /// Whether it is still there.
    pub(crate) fn is_there(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

impl Windows {
    /// Whether pages of one were lost, and with them what was written there.
    pub(super) fn are_torn(&self) -> bool {
        self.0.iter().any(PlacedWindow::is_torn)
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        // The plugin has them too, and may keep them longer.
        for window in &self.0 {
            window.remove();
        }
    }
}

impl MmapRegion {
    /// Puts a part of the mapped file into a memory, and says how far behind `place.at` its first
    /// byte is.
    pub(crate) fn place(
        &self,
        part: Window,
        place: &Place,
    ) -> Result<(usize, PlacedWindow), PlaceError> {
        let (file, sharing, has_changes) = self.with(|mapping| {
            mapping.check_size()?;
            mapping.windows.0.retain(PlacedWindow::is_there);
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
        let (before, length, taken) = (size(before, 1)?, size(needed, page)?, size(needed, PAGE)?);

        let lease = file.budgets.windows.lease(1).map_err(IoError::from)?;
        // All of it may be written to, and nobody sees when.
        let private = if sharing == Sharing::Private { length as u64 } else { 0 };
        let private = file.budgets.private.lease(private).map_err(IoError::from)?;
        let from = (part.offset - before as u64, length);
        let window =
            windows::Window::place(&place.memory, (place.at, taken), &file.file, from, sharing)?;
        if has_changes {
            self.copy_changes(part, &window, before)?;
        } else if place.prefault {
            window.prefault();
        }
        let placed = PlacedWindow::new(Placed { window, _private: private, _window: lease });
        self.with(|mapping| {
            mapping.windows.0.push(placed.clone());
            Ok(())
        })?;
        Ok((before, placed))
    }

    /// Brings a private window to what was written to the array before.
    fn copy_changes(&self, part: Window, window: &windows::Window, before: usize) -> IoResult<()> {
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
