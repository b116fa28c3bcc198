//! Reductions of integers, one element after the other.

use arbitrary::Result;
use filemap::array::{Operation, Reduction};

use crate::input::{self, Input};
use crate::model::indices;
use crate::operations::OPERATIONS;

/// Chooses an operation and an axis.
pub(crate) fn choose(input: &mut Input<'_>) -> Result<(Operation, Option<i64>)> {
    let operation = *input.choose(&OPERATIONS)?;
    let axis = if input::chance(input, 8)? { Some(input.int_in_range(-3..=3)?) } else { None };
    Ok((operation, axis))
}

/// Checks a reduction of these elements, which exist. Only the shape of a result is checked if it
/// is not an integer.
pub(crate) fn check(
    dtype: &str,
    shape: &[usize],
    elements: &[u8],
    operation: Operation,
    axis: Option<i64>,
    result: Option<Reduction>,
) {
    let axes = i64::try_from(shape.len()).expect("few axes");
    let axis = match axis {
        // As in numpy, an array without axes has an axis for a reduction, unless that divides by
        // the length of the axis.
        Some(-1 | 0) if axes == 0 && !divides(operation) => None,
        Some(axis) if axis < -axes || axis >= axes => {
            assert_eq!(result, None, "axis {axis} of {shape:?}");
            return;
        }
        Some(axis) => Some(usize::try_from(axis.rem_euclid(axes)).expect("an axis")),
        None => None,
    };
    let Some(parse) = parser(dtype) else { return };
    let result = result.expect("a reduction of integers");
    let is_kept = |number: &usize| axis.is_some_and(|axis| axis != *number);
    let kept: Vec<_> = (0..shape.len()).filter(is_kept).collect();
    let wanted: Vec<_> = kept.iter().map(|&number| shape[number] as u64).collect();
    assert_eq!(result.shape, wanted);

    let size = elements.len() / shape.iter().product::<usize>();
    let mut groups = std::collections::BTreeMap::<Vec<usize>, Vec<i128>>::new();
    for (index, element) in indices(shape).iter().zip(elements.chunks(size)) {
        let group = kept.iter().map(|&number| index[number]).collect();
        groups.entry(group).or_default().push(parse(element));
    }
    let wanted = groups.values().map(|group| reduced(operation, group, size));
    let Some(wanted) = wanted.collect::<Option<Vec<_>>>() else { return };
    assert_eq!(result.data, wanted.concat(), "{operation} of {shape:?} along {axis:?}");
}

/// Whether a reduction divides by the number of elements.
const fn divides(operation: Operation) -> bool {
    matches!(operation, Operation::Mean | Operation::Var | Operation::Std)
}

/// Returns the parser of an element; `None` if the dtype is not an integer.
fn parser(dtype: &str) -> Option<fn(&[u8]) -> i128> {
    fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
        bytes.try_into().expect("an element")
    }
    Some(match dtype {
        "u1" => |bytes| bytes[0].into(),
        "<i2" => |bytes| i16::from_le_bytes(array(bytes)).into(),
        ">i4" => |bytes| i32::from_be_bytes(array(bytes)).into(),
        "<u8" => |bytes| u64::from_le_bytes(array(bytes)).into(),
        _ => return None,
    })
}

/// Returns the bytes of a result, or `None` if it is not an integer.
fn reduced(operation: Operation, group: &[i128], size: usize) -> Option<Vec<u8>> {
    // numpy's integers wrap around at 64 bits.
    let wrapped = |number: i128| number.to_le_bytes()[..8].to_vec();
    let count = |number: usize| (number as u64).to_le_bytes().to_vec();
    let nonzero = group.iter().filter(|&&number| number != 0).count();
    let extreme = if matches!(operation, Operation::Min | Operation::Argmin) {
        group.iter().min()?
    } else {
        group.iter().max()?
    };
    Some(match operation {
        Operation::Sum => wrapped(group.iter().sum()),
        Operation::Prod => {
            let factor = |product: u64, number: &i128| {
                product.wrapping_mul(u64::from_le_bytes(
                    number.to_le_bytes()[..8].try_into().expect("8 bytes"),
                ))
            };
            group.iter().fold(1, factor).to_le_bytes().to_vec()
        }
        Operation::Min | Operation::Max => extreme.to_le_bytes()[..size].to_vec(),
        Operation::Argmin | Operation::Argmax => {
            count(group.iter().position(|number| number == extreme)?)
        }
        Operation::Any => vec![u8::from(nonzero > 0)],
        Operation::All => vec![u8::from(nonzero == group.len())],
        Operation::CountNonzero => count(nonzero),
        Operation::Mean | Operation::Var | Operation::Std => return None,
    })
}
