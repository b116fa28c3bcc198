//! Other layouts of the same bytes: fields, other dtypes, axes in another order.

use alloc::vec::Vec;

use super::{Layout, Order};
use crate::display::{excerpt, excerpt_of};
use crate::dtype::{Dtype, Kind};
use crate::error::{Error, Result};
use crate::limits::MAX_AXES;
use crate::message;

impl Layout {
    /// Returns one field of every element: `a[name]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the dtype has no such field.
    pub fn field(&self, name: &str) -> Result<Self> {
        let Some(field) = self.dtype.field(name) else {
            let (name, dtype) = (excerpt(name), excerpt_of(&self.dtype));
            return Err(Error::InvalidArgument(message!(
                "no field of name {name} in the dtype `{dtype}`"
            )));
        };
        let start = self.start.wrapping_add(field.offset);
        Self { dtype: field.dtype.clone(), start, ..self.clone() }.flattened()
    }

    /// Reinterprets the bytes as elements of another dtype: `a.view(dtype)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if the item size changes and the last axis is not contiguous, or
    /// if its bytes are not divisible by the new item size.
    pub fn view_as(&self, dtype: Dtype) -> Result<Self> {
        let (old, mut new) = (self.dtype.size(), dtype.size());
        let mut dtype = dtype;
        if let Dtype::Scalar(scalar) = &mut dtype
            && scalar.kind == Kind::Void
            && new == 0
        {
            (scalar.size, new) = (old, old);
        }
        let mut view = Self { dtype, ..self.clone() };
        if old == new {
            return view.flattened();
        }
        let refuse = |reason: &str| {
            let (from, to) = (excerpt_of(&self.dtype), excerpt_of(&view.dtype));
            Err(Error::InvalidArgument(message!(
                "elements of `{from}` ({old} bytes) cannot be viewed as `{to}` ({new} bytes): \
                 {reason}"
            )))
        };
        if matches!(view.dtype, Dtype::Subarray(_)) {
            return refuse("a subarray dtype must have the same size");
        }
        let (Some(&length), Some(&stride)) = (self.shape.last(), self.strides.last()) else {
            return refuse(
                "changing the dtype of a 0d array is only supported if the itemsize is unchanged",
            );
        };
        if length != 1 && self.size() != 0 && u64::try_from(stride) != Ok(old) {
            return refuse(
                "to change to a dtype of a different size, the last axis must be contiguous",
            );
        }
        // The byte count of a non-empty layout fits, and so does that of its last axis. In an empty
        // layout the axis may have any length.
        let bytes = length.checked_mul(old);
        let length = match bytes {
            _ if new == 0 => None,
            Some(bytes) if (new < old && old % new == 0) || (new > old && bytes % new == 0) => {
                Some(bytes / new)
            }
            _ => None,
        };
        let Some(length) = length else {
            return refuse(if new < old {
                "when changing to a smaller dtype, its size must be a divisor of the size of \
                 original dtype"
            } else {
                "when changing to a larger dtype, its size must be a divisor of the total size in \
                 bytes of the last axis of the array"
            });
        };
        if let (Some(last), Some(stride)) = (view.shape.last_mut(), view.strides.last_mut()) {
            // The item size is at most the byte count of the axis, which fits an `i64`.
            (*last, *stride) = (length, new.cast_signed());
        }
        // If the last axis has length 0, the other axes may be too long for larger elements.
        let checked = Self::new(view.dtype, view.shape, Order::C)?;
        Ok(Self { strides: view.strides, start: view.start, ..checked })
    }

    /// Returns the layout of a contiguous array. The axes of a subarray dtype follow those of the
    /// shape.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::new`].
    pub fn new_flattened(dtype: Dtype, shape: &[u64], order: Order) -> Result<Self> {
        let (dtype, axes) = dtype.flatten();
        Self::new(dtype, [shape, &axes].concat(), order)
    }

    /// Appends the axes of a subarray dtype to those of the layout.
    fn flattened(self) -> Result<Self> {
        let Self { dtype, mut shape, mut strides, start } = self;
        let (dtype, axes) = dtype.flatten();
        if shape.len() + axes.len() > MAX_AXES {
            let axes = shape.len() + axes.len();
            return Err(Error::InvalidArgument(message!(
                "maximum supported dimension for an ndarray is currently {MAX_AXES}, found {axes} \
                 axes with those of the subarray dtype"
            )));
        }
        let inner = Self::new(dtype, axes, Order::C)?;
        shape.extend(inner.shape);
        strides.extend(inner.strides);
        // The size may overflow if the elements had 0 bytes.
        let checked = Self::new(inner.dtype, shape, Order::C)?;
        Ok(Self { strides, start, ..checked })
    }

    /// Permutes the axes: `a.transpose(axes)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if `axes` is not a permutation, [`Error::OutOfBounds`] for an
    /// axis that does not exist.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        let count = self.shape.len();
        let axes = match axes {
            None => (0..count).rev().collect(),
            Some(axes) if axes.len() != count => {
                let given = axes.len();
                return Err(Error::InvalidArgument(message!(
                    "axes don't match array: it has {count} axes, and {given} were given"
                )));
            }
            Some(axes) => axes.iter().map(|&axis| self.axis(axis)).collect::<Result<Vec<_>>>()?,
        };
        let mut seen = alloc::vec![false; count];
        for &axis in &axes {
            if core::mem::replace(&mut seen[axis], true) {
                return Err(Error::InvalidArgument(message!(
                    "repeated axis in transpose: name axis {axis} once"
                )));
            }
        }
        let shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        let strides = axes.iter().map(|&axis| self.strides[axis]).collect();
        Ok(Self { dtype: self.dtype.clone(), shape, strides, start: self.start })
    }

    /// Returns the index of an axis; negative numbers count from the end.
    pub(crate) fn axis(&self, axis: i64) -> Result<usize> {
        let count = self.shape.len();
        let found = usize::try_from(axis.unsigned_abs()).ok().and_then(|distance| {
            if axis < 0 { count.checked_sub(distance) } else { Some(distance) }
        });
        found.filter(|&found| found < count).ok_or_else(|| {
            Error::OutOfBounds(message!(
                "axis {axis} is out of bounds for array of dimension {count}"
            ))
        })
    }
}
