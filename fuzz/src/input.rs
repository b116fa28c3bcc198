//! Values that are read from the bytes of the fuzzer: mostly small ones, which belong together, and
//! sometimes extreme ones.

use arbitrary::{Arbitrary, Result, Unstructured};
use filemap::layout::{Index, Mask, Order, Slice, Take};

/// The bytes of the fuzzer. At their end, a number is the smallest one of its range.
pub(crate) type Input<'a> = Unstructured<'a>;

/// Whether something with this chance happens: `of` times in 16.
pub(crate) fn chance(input: &mut Input<'_>, of: u8) -> Result<bool> {
    Ok(input.int_in_range(0..=15)? >= 16 - of)
}

/// Returns any value.
pub(crate) fn any<T: for<'a> Arbitrary<'a>>(input: &mut Input<'_>) -> Result<T> {
    input.arbitrary()
}

/// A number below `end`, which is not 0.
pub(crate) fn below(input: &mut Input<'_>, end: usize) -> Result<usize> {
    input.int_in_range(0..=end - 1)
}

pub(crate) fn order(input: &mut Input<'_>) -> Result<Order> {
    Ok(*input.choose(&[Order::C, Order::F])?)
}

/// A list of at most `max` items.
pub(crate) fn list<T>(
    input: &mut Input<'_>,
    max: usize,
    mut item: impl FnMut(&mut Input<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let length = below(input, max + 1)?;
    (0..length).map(|_| item(input)).collect()
}

/// The lengths of the axes of a small array: at most 64 elements.
pub(crate) fn shape(input: &mut Input<'_>) -> Result<Vec<usize>> {
    list(input, 4, |input| Ok([1, 2, 3, 4, 0][below(input, 5)?])).map(|mut shape| {
        while shape.iter().product::<usize>() > 64 {
            shape.pop();
        }
        shape
    })
}

/// A position on an axis: mostly one that exists.
pub(crate) fn position(input: &mut Input<'_>) -> Result<i64> {
    Ok(match below(input, 16)? {
        0 => input.arbitrary()?,
        1 => *input.choose(&[i64::MIN, i64::MIN + 1, i64::MAX])?,
        2..=4 => input.int_in_range(-6..=6)?,
        _ => input.int_in_range(-1..=1)?,
    })
}

fn bound(input: &mut Input<'_>) -> Result<Option<i64>> {
    Ok(match below(input, 16)? {
        0..=4 => None,
        5 => Some(input.arbitrary()?),
        6 => Some(*input.choose(&[i64::MIN, i64::MIN + 1, i64::MAX])?),
        7..=8 => Some(-1),
        _ => Some(input.int_in_range(-5..=5)?),
    })
}

/// Elements of an index array or of a mask, and their shape, which mostly fits them.
fn shaped<T>(
    input: &mut Input<'_>,
    mut element: impl FnMut(&mut Input<'_>) -> Result<T>,
) -> Result<(Vec<T>, Option<Vec<u64>>)> {
    if !chance(input, 6)? {
        return Ok((list(input, 4, element)?, None));
    }
    let shape = list(input, 3, |input| input.int_in_range(0..=3_u64))?;
    let mut count = usize::try_from(shape.iter().product::<u64>()).unwrap_or(0);
    if chance(input, 1)? {
        count += 1;
    }
    let elements = (0..count).map(|_| element(input)).collect::<Result<_>>()?;
    Ok((elements, Some(shape)))
}

/// One index of an array.
pub(crate) fn index(input: &mut Input<'_>) -> Result<Index> {
    Ok(match below(input, 12)? {
        0 => Index::Ellipsis,
        1 => Index::NewAxis,
        2..=3 => Index::At(position(input)?),
        4..=6 => {
            let (start, stop, step) = (bound(input)?, bound(input)?, bound(input)?);
            Index::Slice(Slice { start, stop, step })
        }
        7 => Index::Slice(Slice { start: None, stop: None, step: Some(-1) }),
        8..=9 => {
            let (indices, shape) = shaped(input, position)?;
            Index::Take(Take { indices, shape })
        }
        _ => {
            let (values, shape) = shaped(input, any)?;
            Index::Mask(Mask { values, shape })
        }
    })
}

/// The indices of one call.
pub(crate) fn indices(input: &mut Input<'_>) -> Result<Vec<Index>> {
    list(input, 4, index)
}

/// A permutation of the axes.
pub(crate) fn permutation(input: &mut Input<'_>, axes: usize) -> Result<Vec<usize>> {
    let mut left: Vec<_> = (0..axes).collect();
    let mut permutation = Vec::new();
    while !left.is_empty() {
        permutation.push(left.remove(below(input, left.len())?));
    }
    Ok(permutation)
}

/// Another shape of the same number of elements.
pub(crate) fn regrouped(input: &mut Input<'_>, shape: &[usize]) -> Result<Vec<usize>> {
    let mut shape = shape.to_vec();
    for _ in 0..below(input, 4)? {
        let axis = below(input, shape.len().max(1))?;
        match below(input, 4)? {
            0 if axis + 1 < shape.len() => shape[axis] *= shape.remove(axis + 1),
            1 if shape.get(axis).is_some_and(|length| length % 2 == 0) => {
                shape[axis] /= 2;
                shape.insert(axis, 2);
            }
            2 => shape.insert(axis, 1),
            _ => shape.retain(|&length| length != 1),
        }
    }
    Ok(shape)
}

/// The shape of data for a selection of this shape: mostly one that can be broadcast to it.
pub(crate) fn source_shape(input: &mut Input<'_>, shape: &[usize]) -> Result<Vec<usize>> {
    let mut shape = shape.to_vec();
    for _ in 0..below(input, 3)? {
        let axis = below(input, shape.len().max(1))?;
        match below(input, 8)? {
            0..=3 if axis < shape.len() => shape[axis] = 1,
            4..=5 if !shape.is_empty() => _ = shape.remove(0),
            6 => shape.insert(0, 1),
            7 if axis < shape.len() => shape[axis] += 1,
            _ => {}
        }
    }
    Ok(shape)
}
