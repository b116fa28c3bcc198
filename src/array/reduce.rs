//! Reductions: an array to one value, or to one value for each place along the other axes, without
//! the array ever being in memory.
//!
//! What is here decides what a reduction is: which types it takes, which type and shape it has, and
//! what it charges. The work is in the modules below.

mod accumulators;
mod bits;
mod decode;
mod deviations;
mod kernels;
mod keys;
mod results;
mod runs;
mod traversal;

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use super::Memmap;
use crate::display::{ShapeDisplay, excerpt_of};
use crate::dtype::{ByteOrder, Dtype, Kind, Scalar};
use crate::error::{Error, Result};
use crate::layout::{Layout, MAX_PIECE_ELEMENTS, Transfer, product};
use crate::limits::{check_transfer, zeroed};
use crate::region::Region;
use accumulators::Accumulators;
use decode::Decoder;
use results::ResultWriter;
use traversal::Traversal;

/// What an array is reduced to: the methods of numpy's arrays that have these names, and
/// `numpy.count_nonzero`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The sum of the elements.
    Sum,
    /// Their product.
    Prod,
    /// The least one.
    Min,
    /// The greatest one.
    Max,
    /// The arithmetic mean.
    Mean,
    /// The variance: the mean of the squared distances from the mean, as numpy's `ddof=0`.
    Var,
    /// The standard deviation: the square root of the variance.
    Std,
    /// Whether one of them is not zero.
    Any,
    /// Whether none of them is zero.
    All,
    /// Where the first of the least ones is.
    Argmin,
    /// Where the first of the greatest ones is.
    Argmax,
    /// How many are not zero.
    CountNonzero,
}

impl Operation {
    /// Whether it looks for the least element, and not for the greatest.
    const fn is_min(self) -> bool {
        matches!(self, Self::Min | Self::Argmin)
    }

    /// Whether the result is a place, and not an element.
    const fn returns_position(self) -> bool {
        matches!(self, Self::Argmin | Self::Argmax)
    }

    /// Whether it measures distances from the mean.
    const fn is_variance(self) -> bool {
        matches!(self, Self::Var | Self::Std)
    }

    /// Whether it is one element of the array, or its place: of nothing, there is none.
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

/// What a reduction gives: an array in memory, in C order, of a type in the byte order of
/// WebAssembly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    /// The type of its elements.
    pub dtype: Dtype,
    /// The length of each axis; none for a single value.
    pub shape: Vec<u64>,
    /// The elements.
    pub data: Vec<u8>,
}

/// The longest text, or other element without arithmetic, that is reduced: what is compared must be
/// in memory.
const MAX_ITEM_BYTES: u64 = 1 << 20;

/// How much is read at once, in bytes: enough that a call for it costs little, and little enough
/// for a cache.
const BUFFER_BYTES: u64 = 256 << 10;

/// How many bytes the accumulators have together, about.
const MAX_ACCUMULATOR_BYTES: u64 = 4 << 20;

impl<R: Region> Memmap<R> {
    /// The array reduced along `axis`, or all of it to one value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] for an axis that is not there, [`Error::Unsupported`] where the type
    /// has no such operation, [`Error::InvalidArgument`] for the least, the greatest, or the place
    /// of either, where there are no elements, [`Error::LimitExceeded`], [`Error::Truncated`], and
    /// those of the file system.
    pub fn reduce(&self, operation: Operation, axis: Option<i64>) -> Result<Reduction> {
        reduce(&self.region, self.layout()?, operation, axis, self.name())
    }
}

/// Reduces the elements of `layout`, which lie within `region`; `name` is what messages call the
/// file.
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
    // How many elements each result is made of.
    let count = axis.map_or_else(|| product(&layout.shape), |axis| layout.shape[axis]);
    if operation.selects_element() && count == 0 {
        return Err(Error::InvalidArgument(format!(
            "the `{operation}` of nothing does not exist: an array of shape {} has no elements to \
             choose from",
            ShapeDisplay(&layout.shape)
        )));
    }
    let bytes = results.saturating_mul(target.size);
    check_transfer(bytes, "the result", "reduce parts of the array")?;
    let failed = |error| Error::io("read the array over", name, &error);
    // Distances from the mean need a second pass over the elements.
    let passes = if operation.is_variance() { 2 } else { 1 };
    region
        .check_budget(layout.traversal_cost().saturating_mul(passes).max(bytes))
        .map_err(failed)?;

    let mut data = zeroed(bytes)?;
    if results == 0 {
        return Ok(Reduction { dtype: Dtype::Scalar(target), shape, data });
    }
    // Two complex numbers may be different and none of them greater: then it is the first one,
    // wherever it lies.
    let needs_positions = operation.returns_position()
        || (operation.selects_element() && source.kind == Kind::Complex);
    let traversal = Traversal::new(layout, axis, needs_positions);
    let decoder = Decoder::new(operation, source);
    let mut accumulators = Accumulators::new(operation, source);
    let (mut buffer, mut seen) = (Vec::new(), 0);
    for tile in traversal.tiles(MAX_ACCUMULATOR_BYTES / accumulators.bytes_per_result()) {
        accumulators.reset(traversal.results(&tile));
        let mut read = 0_u64;
        for pass in 0..passes {
            if pass > 0 {
                accumulators.move_centres(count);
            }
            // Elements of no bytes are all the same, and need no look at.
            let mut chunks = traversal
                .chunks(&tile, (BUFFER_BYTES / source.size.max(1)).min(MAX_PIECE_ELEMENTS));
            while count > 0
                && source.size > 0
                && let Some(chunk) = chunks.next()
            {
                let piece = traversal.layout(&chunk, source);
                // A second pass finds a single part still in the buffer.
                if pass == 0 || read > 1 {
                    buffer.resize(usize::try_from(piece.nbytes()).unwrap_or(usize::MAX), 0);
                    region.read(Transfer::new(&piece), &mut buffer).map_err(failed)?;
                    read += 1;
                }
                decoder.feed(
                    &buffer,
                    &mut traversal.element_runs(&tile, &chunk),
                    &mut accumulators,
                );
                seen += piece.size();
                if results == 1 && accumulators.is_decided(operation, seen) {
                    break;
                }
            }
        }
        let writer = ResultWriter { operation, source, target, count };
        let mut runs = traversal.result_runs(&tile);
        while let Some(run) = runs.next(usize::MAX) {
            writer.write(&accumulators, &run, &mut data);
        }
    }
    Ok(Reduction { dtype: Dtype::Scalar(target), shape, data })
}

/// The axis that is meant, or `None` for all elements.
fn resolve_axis(layout: &Layout, operation: Operation, axis: Option<i64>) -> Result<Option<usize>> {
    let Some(axis) = axis else { return Ok(None) };
    // As in numpy, a single value has an axis 0 nevertheless, except for its mean and its variance.
    let is_average = operation == Operation::Mean || operation.is_variance();
    if layout.shape.is_empty() && matches!(axis, 0 | -1) && !is_average {
        return Ok(None);
    }
    layout.axis(axis).map(Some)
}

/// The type of the elements and that of the result, in numpy's rules.
fn result_types(layout: &Layout, operation: Operation) -> Result<(Scalar, Scalar)> {
    let refused = || {
        let dtype = excerpt_of(&layout.dtype);
        Error::Unsupported(format!(
            "there is no `{operation}` of elements of `{dtype}`: read them, and make what is wanted"
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
        // A squared distance of complex numbers is real.
        Operation::Var | Operation::Std => match kind {
            Kind::Float => same,
            Kind::Complex => fixed(Kind::Float, size / 2),
            Kind::Bool | Kind::Int | Kind::Uint => fixed(Kind::Float, 8),
            _ => return Err(refused()),
        },
        _ => return Err(refused()),
    };
    if size > MAX_ITEM_BYTES {
        return Err(Error::LimitExceeded(format!(
            "elements of {size} bytes are too long for `{operation}`, which takes at max \
             {MAX_ITEM_BYTES}: read them in pieces"
        )));
    }
    Ok((source, target))
}
