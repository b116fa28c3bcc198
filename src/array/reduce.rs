//! Reductions of an array, to one value or along one axis, without loading the whole array.
//!
//! This file decides which types an operation accepts, the type and the shape of its result, and
//! the budget that it needs. The modules below do the work: [`walk`] goes over the array, which
//! [`traversal`] divides into chunks, and [`feed`] takes the bytes of a chunk. For common types,
//! [`direct`] adds them to the accumulators. For all others, [`decode`] turns elements into 64-bit
//! words, and [`accumulators`] combines words by [`kernels`]. [`results`] writes the result.

mod accumulators;
mod bits;
mod decode;
mod deviations;
mod direct;
mod feed;
mod kernels;
mod keys;
mod results;
mod runs;
mod traversal;
mod walk;

use alloc::vec::Vec;
use core::fmt;

use super::Memmap;
use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::{ByteOrder, Dtype, Kind, Scalar};
use crate::error::{Error, Result};
use crate::layout::{Layout, product};
use crate::limits::{check_transfer, zeroed};
use crate::message;
use crate::region::Region;
use decode::Decoder;
use results::ResultWriter;
use traversal::Traversal;
use walk::Walk;

/// The end of numpy's message for the minimum or maximum of an empty array.
const NO_IDENTITY: &str = " which has no identity";

/// The operation: numpy's array methods of these names, and `numpy.count_nonzero`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The sum of the elements.
    Sum,
    /// The product of the elements.
    Prod,
    /// The smallest element.
    Min,
    /// The largest element.
    Max,
    /// The arithmetic mean.
    Mean,
    /// The variance: the mean of the squared deviations from the mean, like numpy's `ddof=0`.
    Var,
    /// The standard deviation: the square root of the variance.
    Std,
    /// Whether any element is not zero.
    Any,
    /// Whether all elements are not zero.
    All,
    /// The position of the first smallest element.
    Argmin,
    /// The position of the first largest element.
    Argmax,
    /// The number of elements that are not zero.
    CountNonzero,
}

impl Operation {
    /// Returns whether the operation looks for the smallest element.
    const fn is_min(self) -> bool {
        matches!(self, Self::Min | Self::Argmin)
    }

    /// Returns whether the result is a position and not an element.
    const fn returns_position(self) -> bool {
        matches!(self, Self::Argmin | Self::Argmax)
    }

    /// Returns whether the operation needs deviations from the mean.
    const fn is_variance(self) -> bool {
        matches!(self, Self::Var | Self::Std)
    }

    /// Returns the number of passes over the elements: deviations from the mean need a second one.
    const fn passes(self) -> u64 {
        if self.is_variance() { 2 } else { 1 }
    }

    /// Returns whether the operation selects an element, so that an empty array has no result.
    const fn selects_element(self) -> bool {
        matches!(self, Self::Min | Self::Max | Self::Argmin | Self::Argmax)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sum => "sum",
            Self::Prod => "prod",
            Self::Min => "min",
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Var => "var",
            Self::Std => "std",
            Self::Any => "any",
            Self::All => "all",
            Self::Argmin => "argmin",
            Self::Argmax => "argmax",
            Self::CountNonzero => "count-nonzero",
        })
    }
}

/// The result of a reduction: an array in memory, in C order, with little-endian elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// The type of the elements.
    pub dtype: Dtype,
    /// The length of each axis; no axes for a single value.
    pub shape: Vec<u64>,
    /// The elements.
    pub data: Vec<u8>,
}

/// The maximum size in bytes of an element without arithmetic, such as a text. A comparison needs
/// the whole element in memory.
const MAX_ITEM_BYTES: u64 = 1 << 20;

impl<R: Region> Memmap<R> {
    /// Reduces the array along `axis`, or to one value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an axis that does not exist, [`Error::Unsupported`] if the type
    /// does not have the operation, [`Error::InvalidArgument`] for the minimum or maximum, or the
    /// position of either, of an empty array, [`Error::LimitExceeded`], [`Error::Truncated`], and
    /// those of the file system.
    pub fn reduce(&self, operation: Operation, axis: Option<i64>) -> Result<Reduction> {
        reduce(&self.region, self.layout()?, operation, axis, self.name())
    }
}

/// Reduces the elements of `layout`, which lie within `region`; `name` is the file's name in
/// messages.
///
/// # Errors
///
/// Those of [`Memmap::reduce`].
pub fn reduce<R: Region>(
    region: &R,
    layout: &Layout,
    operation: Operation,
    axis: Option<i64>,
    name: &str,
) -> Result<Reduction> {
    let axis = resolve_axis(layout, operation, axis)?;
    let (source, target) = result_types(layout, operation)?;
    let mut shape = Vec::new();
    if let Some(axis) = axis {
        shape.extend_from_slice(&layout.shape[..axis]);
        shape.extend_from_slice(&layout.shape[axis + 1..]);
    }
    let results = product(&shape);
    // The number of elements that each result is made of.
    let count = axis.map_or_else(|| product(&layout.shape), |axis| layout.shape[axis]);
    if operation.selects_element() && count == 0 {
        let (start, end) = match operation {
            Operation::Min => ("zero-size array to reduction operation minimum", NO_IDENTITY),
            Operation::Max => ("zero-size array to reduction operation maximum", NO_IDENTITY),
            Operation::Argmin => ("attempt to get argmin of an", " empty sequence"),
            _ => ("attempt to get argmax of an", " empty sequence"),
        };
        return Err(Error::InvalidArgument(message!(
            "{start}{end}: an array of shape {} has no elements",
            ShapeDisplay(&layout.shape)
        )));
    }
    let bytes = results.saturating_mul(target.size);
    check_transfer(bytes, "the result", "reduce parts of the array")?;
    let failed = |error| Error::io("read the array over", name, &error);
    let cost = layout.traversal_cost().saturating_mul(operation.passes()).max(bytes);
    region.check_budget(cost, layout).map_err(failed)?;

    let mut data = zeroed(bytes)?;
    if results == 0 {
        return Ok(Reduction { dtype: Dtype::Scalar(target), shape, data });
    }
    // Complex numbers can differ while neither is greater, by NaNs or by the sign of a zero. Then
    // the first one wins, wherever it lies in the region.
    let needs_positions = operation.returns_position()
        || (operation.selects_element() && source.kind == Kind::Complex);
    let traversal = Traversal::new(layout, axis, needs_positions);
    let decoder = Decoder::new(operation, source);
    let (traversal, decoder) = (&traversal, &decoder);
    let walk = Walk { region, traversal, decoder, operation, source, results, count };
    let writer = ResultWriter { operation, source, target, count };
    walk.run(|tile, accumulators| {
        let mut runs = traversal.result_runs(tile);
        while let Some(run) = runs.next(usize::MAX) {
            writer.write(accumulators, &run, &mut data);
        }
    })
    .map_err(failed)?;
    Ok(Reduction { dtype: Dtype::Scalar(target), shape, data })
}

/// Resolves the axis; `None` means all elements.
fn resolve_axis(layout: &Layout, operation: Operation, axis: Option<i64>) -> Result<Option<usize>> {
    let Some(axis) = axis else { return Ok(None) };
    // As in numpy, axis 0 of a single value is valid, except for its mean and variance.
    let is_average = operation == Operation::Mean || operation.is_variance();
    if layout.shape.is_empty() && matches!(axis, 0 | -1) && !is_average {
        return Ok(None);
    }
    layout.axis(axis).map(Some)
}

/// Returns the types of the elements and of the result, by numpy's rules.
fn result_types(layout: &Layout, operation: Operation) -> Result<(Scalar, Scalar)> {
    let refused = || {
        let dtype = excerpt_of(&layout.dtype);
        Error::Unsupported(message!(
            "the dtype `{dtype}` does not support `{operation}`: read the elements and compute it \
             from them"
        ))
    };
    let source = layout.dtype.scalar().ok_or_else(refused)?;
    let Scalar { kind, size, .. } = source;
    if matches!((kind, size), (Kind::Float, 16) | (Kind::Complex, 32)) {
        return Err(refused());
    }
    let fixed = |kind, size| Scalar { kind, size, order: ByteOrder::Little, unit: None };
    let same = Scalar { order: ByteOrder::Little, ..source };
    let is_text = matches!(kind, Kind::Bytes | Kind::Unicode | Kind::Void);
    let target = match operation {
        Operation::Any | Operation::All => fixed(Kind::Bool, 1),
        Operation::CountNonzero => fixed(Kind::Int, 8),
        Operation::Argmin | Operation::Argmax if kind != Kind::Void => fixed(Kind::Int, 8),
        Operation::Min | Operation::Max if !is_text => same,
        Operation::Sum | Operation::Prod | Operation::Mean => match kind {
            Kind::Float | Kind::Complex => same,
            Kind::Timedelta if operation != Operation::Prod => same,
            Kind::Bool | Kind::Int | Kind::Uint if operation == Operation::Mean => {
                fixed(Kind::Float, 8)
            }
            Kind::Bool | Kind::Int => fixed(Kind::Int, 8),
            Kind::Uint => fixed(Kind::Uint, 8),
            _ => return Err(refused()),
        },
        // A squared deviation of complex numbers is real.
        Operation::Var | Operation::Std => match kind {
            Kind::Float => same,
            Kind::Complex => fixed(Kind::Float, size / 2),
            Kind::Bool | Kind::Int | Kind::Uint => fixed(Kind::Float, 8),
            _ => return Err(refused()),
        },
        _ => return Err(refused()),
    };
    if size > MAX_ITEM_BYTES {
        return Err(Error::LimitExceeded(message!(
            "elements of {size} bytes are too long for `{operation}`, which takes at most \
             {MAX_ITEM_BYTES} (fixed): read them in pieces"
        )));
    }
    Ok((source, target))
}
