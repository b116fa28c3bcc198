//! Other ways to see the same elements: fields, other dtypes, other shapes.

use alloc::format;
use alloc::vec::Vec;

use super::layout::{Layout, Order, Tuple};
use super::{Dtype, Kind};
use crate::error::{Error, Result, brief, printed};
use crate::limits::MAX_AXES;

impl Layout {
    /// One field of every element: `a[name]`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where the dtype has no field of that name.
    pub fn field(&self, name: &str) -> Result<Self> {
        let Some(field) = self.dtype.field(name) else {
            let (name, dtype) = (printed(name), brief(&self.dtype));
            return Err(Error::InvalidArgument(format!("the dtype `{dtype}` has no field `{name}`")));
        };
        let start = self.start.wrapping_add(field.offset);
        Self { dtype: field.dtype.clone(), start, ..self.clone() }.dissolved()
    }

    /// The same bytes as elements of another dtype: `a.view(dtype)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] where they cannot be seen so: a last axis with gaps, or another number of bytes.
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
            return view.dissolved();
        }
        let refuse = |reason: &str| {
            let (from, to) = (brief(&self.dtype), brief(&view.dtype));
            Err(Error::InvalidArgument(format!(
                "elements of `{from}` ({old} bytes) cannot be seen as `{to}` ({new} bytes): {reason}"
            )))
        };
        if matches!(view.dtype, Dtype::Subarray(_)) {
            return refuse("a dtype that is an array must have the same size");
        }
        let (Some(&length), Some(&stride)) = (self.shape.last(), self.strides.last()) else {
            return refuse("an array without axes has no axis to become longer or shorter");
        };
        if length != 1 && self.size() != 0 && u64::try_from(stride) != Ok(old) {
            return refuse("the last axis must be without gaps");
        }
        // Elements of a layout have a byte count that fits, and so have those of its last axis; without elements an axis
        // may have any length.
        let bytes = length.checked_mul(old);
        let length = match bytes {
            _ if new == 0 => None,
            Some(bytes) if (new < old && old % new == 0) || (new > old && bytes % new == 0) => Some(bytes / new),
            _ => None,
        };
        let Some(length) = length else {
            return refuse(if new < old {
                "the smaller size must divide the larger one"
            } else {
                "the larger size must divide the bytes of the last axis"
            });
        };
        if let (Some(last), Some(stride)) = (view.shape.last_mut(), view.strides.last_mut()) {
            // It is no larger than the bytes of the axis, which fit an `i64`.
            (*last, *stride) = (length, new.cast_signed());
        }
        Ok(view)
    }

    /// The layout of a whole array without gaps, whose elements may be arrays: their axes follow those of the shape.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::new`].
    pub fn whole(dtype: Dtype, shape: &[u64], order: Order) -> Result<Self> {
        let (dtype, axes) = dtype.dissolve();
        Self::new(dtype, [shape, &axes].concat(), order)
    }

    /// Makes axes of the layout of those that its elements have, where they are arrays.
    pub(super) fn dissolved(self) -> Result<Self> {
        let Self { dtype, mut shape, mut strides, start } = self;
        let (dtype, axes) = dtype.dissolve();
        if shape.len() + axes.len() > MAX_AXES {
            let axes = shape.len() + axes.len();
            return Err(Error::InvalidArgument(format!(
                "an array of {axes} axes, with those of its elements, is too much: it has at most {MAX_AXES}"
            )));
        }
        let inner = Self::new(dtype, axes, Order::C)?;
        shape.extend(inner.shape);
        strides.extend(inner.strides);
        Ok(Self { dtype: inner.dtype, shape, strides, start })
    }

    /// The same elements with the axes in another order: `a.transpose(axes)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for what is no permutation, [`Error::OutOfBounds`] for an axis that is not there.
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        let count = self.shape.len();
        let axes = match axes {
            None => (0..count).rev().collect(),
            Some(axes) if axes.len() != count => {
                let given = axes.len();
                return Err(Error::InvalidArgument(format!(
                    "{given} axes do not put an array of {count} axes into another order: name each once"
                )));
            }
            Some(axes) => axes.iter().map(|&axis| self.axis(axis)).collect::<Result<Vec<_>>>()?,
        };
        let mut seen = alloc::vec![false; count];
        for &axis in &axes {
            if core::mem::replace(&mut seen[axis], true) {
                return Err(Error::InvalidArgument(format!("axis {axis} is named twice: name each axis once")));
            }
        }
        let shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        let strides = axes.iter().map(|&axis| self.strides[axis]).collect();
        Ok(Self { dtype: self.dtype.clone(), shape, strides, start: self.start })
    }

    /// The axis that a number means; negative numbers count from the end.
    pub(super) fn axis(&self, axis: i64) -> Result<usize> {
        let count = self.shape.len();
        let found = usize::try_from(axis.unsigned_abs())
            .ok()
            .and_then(|distance| if axis < 0 { count.checked_sub(distance) } else { Some(distance) });
        found
            .filter(|&found| found < count)
            .ok_or_else(|| Error::OutOfBounds(format!("axis {axis} is out of bounds for an array of {count} axes")))
    }

    /// The same elements in another shape: `a.reshape(shape, order=order, copy=False)`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a shape of another size, and for one that only a copy could have.
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        let shape = self.complete(shape)?;
        let dense = Self::new(self.dtype.clone(), shape, order)?;
        let strides = if self.size() <= 1 || self.is_dense(order) {
            dense.strides
        } else {
            self.regrouped(&dense.shape, order).ok_or_else(|| {
                Error::InvalidArgument(format!(
                    "the elements of shape {} and strides {} have no strides in the shape {}: only a copy has that shape, which \
                     `read` makes",
                    Tuple(&self.shape),
                    Tuple(&self.strides),
                    Tuple(&dense.shape)
                ))
            })?
        };
        Ok(Self { strides, start: self.start, ..dense })
    }

    /// The shape with the length that was left open, after a check that its size is the present one.
    fn complete(&self, shape: &[i64]) -> Result<Vec<u64>> {
        if shape.len() > MAX_AXES {
            let axes = shape.len();
            return Err(Error::InvalidArgument(format!(
                "a shape of {axes} axes is too long: an array has at most {MAX_AXES}"
            )));
        }
        let size = self.size();
        let refuse = |reason: &str| {
            let from = Tuple(&self.shape);
            Err(Error::InvalidArgument(format!("an array of shape {from} has no shape {}: {reason}", Tuple(shape))))
        };
        let mut open = None;
        let mut known: Option<u64> = Some(1);
        let mut complete = Vec::with_capacity(shape.len());
        for (axis, &length) in shape.iter().enumerate() {
            match u64::try_from(length) {
                Ok(length) => known = known.and_then(|known| known.checked_mul(length)),
                Err(_) if length == -1 && open.is_none() => open = Some(axis),
                Err(_) if length == -1 => return refuse("only one length can be left open"),
                Err(_) => return refuse("a length cannot be negative, but for one -1"),
            }
            complete.push(length.unsigned_abs());
        }
        // A length of 0 anywhere makes nothing of lengths that are too large together.
        let known = if complete.contains(&0) { Some(0) } else { known };
        match (open, known) {
            (Some(axis), Some(known)) if known != 0 && size % known == 0 => complete[axis] = size / known,
            (None, Some(known)) if known == size => {}
            _ => return refuse(&format!("it has {size} elements")),
        }
        Ok(complete)
    }

    /// The strides of the same elements in another shape without a length of 0, or `None` where there are none.
    ///
    /// The axes of both shapes fall into groups, from the first on, that hold the same elements. The axes of a group can be
    /// divided in another way where they follow each other without gaps.
    fn regrouped(&self, shape: &[u64], order: Order) -> Option<Vec<i64>> {
        let old: Vec<_> =
            self.shape.iter().copied().zip(self.strides.iter().copied()).filter(|&(length, _)| length != 1).collect();
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
                let (outer, inner) = if order == Order::C { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
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
                (begin..end).rev().for_each(&mut fill)
            } else {
                (begin..end).for_each(&mut fill)
            }
            (from, begin) = (to, end);
        }
        // What is left of the shape are lengths of 1, whose strides nobody uses; they are as numpy has them.
        let mut last = strides.last().copied().unwrap_or(self.dtype.size().cast_signed());
        if order == Order::F && begin > 0 {
            last = last.wrapping_mul(shape[begin - 1].cast_signed());
        }
        strides.extend(core::iter::repeat_n(last, shape.len() - begin));
        Some(strides)
    }
}
