//! Reshaping without a copy: new strides for the same elements.

use alloc::format;
use alloc::vec::Vec;

use super::{Layout, Order};
use crate::display::ShapeDisplay;
use crate::error::{Error, Result};
use crate::limits::MAX_AXES;
use crate::message;

impl Layout {
    /// Returns the same elements in another shape: `a.reshape(shape, order=order, copy=False)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the shape has another size, or needs a copy.
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        let shape = self.resolve_shape(shape)?;
        let dense = Self::new(self.dtype.clone(), shape, order)?;
        let strides = if self.size() <= 1 || self.is_contiguous(order) {
            dense.strides
        } else {
            self.reshaped_strides(&dense.shape, order).ok_or_else(|| {
                Error::InvalidArgument(message!(
                    "unable to avoid creating a copy while reshaping: shape {} and strides {} to \
                     shape {}: use `read`, which returns a copy",
                    ShapeDisplay(&self.shape),
                    ShapeDisplay(&self.strides),
                    ShapeDisplay(&dense.shape)
                ))
            })?
        };
        Ok(Self { strides, start: self.start, ..dense })
    }

    /// Resolves a length of -1, and checks that the shape has the same size.
    fn resolve_shape(&self, shape: &[i64]) -> Result<Vec<u64>> {
        if shape.len() > MAX_AXES {
            let axes = shape.len();
            return Err(Error::InvalidArgument(message!(
                "maximum supported dimension for an ndarray is currently {MAX_AXES}, found {axes} \
                 axes"
            )));
        }
        let size = self.size();
        let refuse = |reason: &str| {
            Err(Error::InvalidArgument(message!(
                "cannot reshape array of size {size} into shape {}: {reason}",
                ShapeDisplay(shape)
            )))
        };
        let mut open = None;
        let mut known: Option<u64> = Some(1);
        let mut resolved = Vec::with_capacity(shape.len());
        for (axis, &length) in shape.iter().enumerate() {
            match u64::try_from(length) {
                Ok(length) => known = known.and_then(|known| known.checked_mul(length)),
                Err(_) if length == -1 && open.is_none() => open = Some(axis),
                Err(_) if length == -1 => return refuse("can only specify one unknown dimension"),
                Err(_) => return refuse("negative dimensions are not allowed, except one -1"),
            }
            resolved.push(length.unsigned_abs());
        }
        // A length of 0 makes the size 0, even if the other lengths overflow.
        let known = if resolved.contains(&0) { Some(0) } else { known };
        match (open, known) {
            (Some(axis), Some(known)) if known != 0 && size.is_multiple_of(known) => {
                resolved[axis] = size / known;
            }
            (None, Some(known)) if known == size => {}
            _ => return refuse(&format!("its shape is {}", ShapeDisplay(&self.shape))),
        }
        Ok(resolved)
    }

    /// Returns the strides of the same elements in another non-empty shape, or `None` if no strides
    /// describe them.
    ///
    /// From the first axis on, the axes of both shapes form groups that contain the same elements.
    /// The axes of a group can be divided differently if they are contiguous.
    fn reshaped_strides(&self, shape: &[u64], order: Order) -> Option<Vec<i64>> {
        let old: Vec<_> = self
            .shape
            .iter()
            .copied()
            .zip(self.strides.iter().copied())
            .filter(|&(length, _)| length != 1)
            .collect();
        let mut strides = Vec::with_capacity(shape.len());
        let (mut from, mut begin) = (0, 0);
        while from < old.len() {
            let (mut to, mut end) = (from + 1, begin + 1);
            let (mut have, mut want) = (old[from].0, shape[begin]);
            while have != want {
                if want < have {
                    want *= shape[end];
                    end += 1;
                } else {
                    have *= old[to].0;
                    to += 1;
                }
            }
            let group = &old[from..to];
            let follows = |pair: &[(u64, i64)]| {
                let (outer, inner) =
                    if order == Order::C { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
                outer.1 == inner.1.wrapping_mul(inner.0.cast_signed())
            };
            if !group.windows(2).all(follows) {
                return None;
            }
            let innermost = if order == Order::C { group.last() } else { group.first() }?.1;
            let first = strides.len();
            strides.extend(core::iter::repeat_n(0, end - begin));
            let mut stride = innermost;
            let mut fill = |axis: usize| {
                strides[first + axis - begin] = stride;
                stride = stride.wrapping_mul(shape[axis].cast_signed());
            };
            if order == Order::C {
                (begin..end).rev().for_each(&mut fill);
            } else {
                (begin..end).for_each(&mut fill);
            }
            (from, begin) = (to, end);
        }
        // The remaining axes have length 1. Their strides are never used and are the same as
        // numpy's.
        let mut last = strides.last().copied().unwrap_or(self.dtype.size().cast_signed());
        if order == Order::F && begin > 0 {
            last = last.wrapping_mul(shape[begin - 1].cast_signed());
        }
        strides.extend(core::iter::repeat_n(last, shape.len() - begin));
        Some(strides)
    }
}
