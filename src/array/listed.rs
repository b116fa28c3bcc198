//! Elements that are named one by one: what numpy calls advanced indexing.

use alloc::format;
use alloc::vec::Vec;

use super::layout::{Layout, Tuple};
use super::select::Selection;
use crate::error::{Error, Result};
use crate::limits::MAX_LISTED;

/// An axis that no stride describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which axis of the selection it is.
    pub axis: usize,
    /// Where each of its positions begins, in bytes from the start of the layout.
    pub offsets: Vec<i64>,
}

/// Refuses to name more elements than [`MAX_LISTED`].
pub(super) fn check_listed(count: u64) -> Result<()> {
    if count <= MAX_LISTED {
        return Ok(());
    }
    Err(Error::LimitExceeded(format!(
        "{count} elements of an axis are too many to be named at once: name at most {MAX_LISTED}"
    )))
}

/// The axes whose elements are named one by one, which together make one axis of the selection.
#[derive(Default)]
pub(super) struct Lists {
    /// Where each position of that axis begins, relative to the start; one position fits any number.
    offsets: Option<Vec<i64>>,
    /// Where that axis stands among those of the selection.
    place: usize,
    /// Whether nothing but lists has followed the first of them.
    pub(super) is_open: bool,
}

impl Lists {
    /// Adds the elements of an axis; `place` is where they stand among the axes of the selection.
    pub(super) fn push(&mut self, layout: &Layout, axis: usize, positions: Vec<u64>, place: usize) -> Result<()> {
        let added = positions.into_iter().map(|position| layout.distance(axis, position));
        let Some(offsets) = self.offsets.take() else {
            self.offsets = Some(added.collect());
            self.place = place;
            self.is_open = true;
            return Ok(());
        };
        if !self.is_open {
            self.place = 0;
        }
        let sum = |(first, second): (i64, i64)| first.wrapping_add(second);
        self.offsets = Some(match (offsets.len(), added.len()) {
            (first, second) if first == second => offsets.into_iter().zip(added).map(sum).collect(),
            (_, 1) => offsets.into_iter().zip(added.cycle()).map(sum).collect(),
            (1, _) => offsets.into_iter().cycle().zip(added).map(sum).collect(),
            (first, second) => {
                return Err(Error::OutOfBounds(format!(
                    "lists of {first} and of {second} elements do not go together: all must have one length, or length 1"
                )));
            }
        });
        Ok(())
    }

    pub(super) fn insert_into(self, mut layout: Layout) -> Result<Selection> {
        let offsets = self.offsets.unwrap_or_default();
        layout.shape.insert(self.place, offsets.len() as u64);
        layout.strides.insert(self.place, 0);
        // The same elements may be named again and again.
        let bytes =
            layout.shape.iter().try_fold(layout.dtype.size().max(1), |bytes, &length| bytes.checked_mul(length.max(1)));
        if bytes.is_none_or(|bytes| i64::try_from(bytes).is_err()) {
            return Err(Error::InvalidArgument(format!(
                "a selection of shape {} is too large: all elements together have at most {} bytes",
                Tuple(&layout.shape),
                i64::MAX
            )));
        }
        Ok(Selection { layout, listed: Some(Listed { axis: self.place, offsets }) })
    }
}
