//! Indices from Rust's numbers, ranges and lists.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use crate::bindings::filemap::data::array::{Index, Mask, Slice, Take};

/// Makes a list of indices, as numpy has it in brackets: `a[1, 2:8, :]` is `index![1, 2..8, ..]`.
///
/// An index is anything that converts into an [`Index`]:
///
/// | numpy | here |
/// |---|---|
/// | `3`, `-1` | `3`, `-1` |
/// | `2:8`, `2:`, `:` | `2..8`, `2..`, `..` |
/// | `2:8:2`, `::-1` | `by(2..8, 2)`, `by(.., -1)` |
/// | `...`, `numpy.newaxis` | `Index::Ellipsis`, `Index::NewAxis` |
/// | `[3, 1]`, `[[0, 1], [2, 3]]` | the same, or a `Vec<i64>` or `&[i64]` |
/// | `[True, False]`, `[[True, False]]` | `[true, false]`, `[[true, false]]`, or a `Vec<bool>` or `&[bool]` |
/// | `numpy.reshape(rows, (2, 3))` | `(rows, [2, 3])` |
///
/// A list of indices works through the axes from the first one. Axes after the last index are taken
/// whole, so that the empty list `&[]` takes everything.
///
/// ```
/// use filemap_plugin::{Index, Mask, Take, by, index};
///
/// // numpy: a[-1, 2:8, ::-1, ..., [3, 1]]
/// let indices = index![-1, 2..8, by(.., -1), Index::Ellipsis, [3, 1]];
/// assert_eq!(indices[0], Index::At(-1));
///
/// // numpy: a[numpy.reshape(rows, (2, 3))] and a[[[True, False], [False, True]]]
/// let rows = vec![5, 4, 3, 2, 1, 0];
/// let rows = index![(rows, [2, 3])];
/// let elements = index![[[true, false], [false, true]]];
/// # let indices = vec![5, 4, 3, 2, 1, 0];
/// # assert_eq!(rows[0], Take { indices, shape: Some(vec![2, 3]) }.into());
/// # let values = vec![true, false, false, true];
/// # assert_eq!(elements[0], Mask { values, shape: Some(vec![2, 2]) }.into());
/// ```
#[macro_export]
macro_rules! index {
    ($($axis:expr),+ $(,)?) => {
        {
            // `2..-1` is not empty here: a negative bound counts from the end of the axis.
            #[allow(clippy::reversed_empty_ranges)]
            let index = [$($crate::Index::from($axis)),+];
            index
        }
    };
}

/// Returns a range with a step: `by(2..8, 2)` is `2:8:2` in Python, and `by(.., -1)` is `::-1`.
pub fn by(range: impl Into<Slice>, step: i64) -> Index {
    Index::Slice(Slice { step: Some(step), ..range.into() })
}

/// An integer type that can be an index.
trait Integer: Copy {
    /// Converts to the interface's type. A number that is too large for it is too large for every
    /// axis as well.
    fn to_i64(self) -> i64;

    /// Converts the last index of an inclusive range to the `stop` of a slice: the next index, and
    /// none after `-1`, the last element.
    fn to_stop(self) -> Option<i64> {
        match self.to_i64() {
            -1 => None,
            last => Some(last.saturating_add(1)),
        }
    }
}

macro_rules! integers {
    ($($int:ty)*) => {
        $(impl Integer for $int {
            #[allow(
                clippy::allow_attributes,
                clippy::unnecessary_fallible_conversions,
                reason = "the conversion of some types cannot fail"
            )]
            fn to_i64(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }

        impl From<$int> for Index {
            fn from(at: $int) -> Self {
                Self::At(at.to_i64())
            }
        }

        ranges! {
            Range<$int> => |range| (Some(range.start.to_i64()), Some(range.end.to_i64()));
            RangeInclusive<$int> => |range| (Some(range.start().to_i64()), range.end().to_stop());
            RangeFrom<$int> => |range| (Some(range.start.to_i64()), None);
            RangeTo<$int> => |range| (None, Some(range.end.to_i64()));
            RangeToInclusive<$int> => |range| (None, range.end.to_stop());
        })*
    };
}

macro_rules! ranges {
    ($($range:ty => |$name:ident| $bounds:expr;)*) => {
        $(impl From<$range> for Slice {
            fn from($name: $range) -> Self {
                let (start, stop) = $bounds;
                Self { start, stop, step: None }
            }
        }

        impl From<$range> for Index {
            fn from(range: $range) -> Self {
                Self::Slice(range.into())
            }
        })*
    };
}

integers!(i32 i64 u32 u64 usize);

impl Default for Slice {
    /// Returns the slice that takes a whole axis: `:` in Python.
    fn default() -> Self {
        Self { start: None, stop: None, step: None }
    }
}

impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Self {
        Self::default()
    }
}

impl From<RangeFull> for Index {
    /// Takes one whole axis: `:` in Python. `...` is [`Index::Ellipsis`].
    fn from(_: RangeFull) -> Self {
        Self::Slice(Slice::default())
    }
}

impl From<Slice> for Index {
    fn from(slice: Slice) -> Self {
        Self::Slice(slice)
    }
}

/// Converts lists to an index array or a mask. A list without a shape has one axis.
macro_rules! lists {
    ($element:ty => $name:ident { $field:ident }) => {
        impl From<$name> for Index {
            fn from(list: $name) -> Self {
                Self::$name(list)
            }
        }

        lists! {
            $element => $name { $field }:
            [] Vec<$element> => |list| (list, None);
            [] &[$element] => |list| (list.to_vec(), None);
            [const N: usize] [$element; N] => |list| (list.to_vec(), None);
            [const M: usize, const N: usize] [[$element; N]; M] => |list| {
                (list.concat(), Some(vec![M as u64, N as u64]))
            };
            [const L: usize, const M: usize, const N: usize] [[[$element; N]; M]; L] => |list| {
                (list.concat().concat(), Some(vec![L as u64, M as u64, N as u64]))
            };
            [S: Into<Vec<u64>>] (Vec<$element>, S) => |pair| (pair.0, Some(pair.1.into()));
            [S: Into<Vec<u64>>] (&[$element], S) => |pair| (pair.0.to_vec(), Some(pair.1.into()));
            [const N: usize, S: Into<Vec<u64>>] ([$element; N], S) => |pair| {
                (pair.0.to_vec(), Some(pair.1.into()))
            };
        }
    };
    ($element:ty => $name:ident { $field:ident }:
        $([$($generic:tt)*] $list:ty => |$argument:ident| $parts:expr;)*
    ) => {
        $(impl<$($generic)*> From<$list> for $name {
            fn from($argument: $list) -> Self {
                let ($field, shape) = $parts;
                Self { $field, shape }
            }
        }

        impl<$($generic)*> From<$list> for Index {
            fn from(list: $list) -> Self {
                Self::$name(list.into())
            }
        })*
    };
}

lists!(i64 => Take { indices });
lists!(bool => Mask { values });

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Index {
        Index::Slice(Slice { start, stop, step })
    }

    #[test]
    fn integers_of_every_width_take_one_element() {
        assert_eq!(index![3, -1, 3_i64, 3_u32, 3_u64, 3_usize], [3, -1, 3, 3, 3, 3].map(Index::At));
        assert_eq!(Index::from(u64::MAX), Index::At(i64::MAX));
    }

    #[test]
    fn ranges_are_slices_of_python() {
        let ranges = index![1..8, 1.., ..8, .., -3.., 2..-3, 2_u64..5_u64, 2..=5, ..=5];
        let expected = [
            slice(Some(1), Some(8), None),
            slice(Some(1), None, None),
            slice(None, Some(8), None),
            slice(None, None, None),
            slice(Some(-3), None, None),
            slice(Some(2), Some(-3), None),
            slice(Some(2), Some(5), None),
            slice(Some(2), Some(6), None),
            slice(None, Some(6), None),
        ];
        assert_eq!(ranges, expected);
    }

    #[test]
    fn an_inclusive_range_can_end_with_the_last_element() {
        assert_eq!(
            index![2..=-1, ..=-1, ..=-2],
            [slice(Some(2), None, None), slice(None, None, None), slice(None, Some(-1), None)]
        );
        assert_eq!(Index::from(0..=i64::MAX), slice(Some(0), Some(i64::MAX), None));
    }

    #[test]
    fn by_adds_a_step_to_a_range() {
        assert_eq!(by(2..8, 2), slice(Some(2), Some(8), Some(2)));
        assert_eq!(by(.., -1), slice(None, None, Some(-1)));
    }

    #[test]
    fn lists_of_numbers_and_of_booleans_are_index_arrays_and_masks() {
        let taken = index![
            [3, 1],
            vec![3, 1],
            &[3, 1][..],
            [true, false],
            vec![true, false],
            &[true, false][..]
        ];
        let take = Index::Take(Take { indices: vec![3, 1], shape: None });
        let mask = Index::Mask(Mask { values: vec![true, false], shape: None });
        assert!(taken[..3].iter().all(|index| *index == take));
        assert!(taken[3..].iter().all(|index| *index == mask));
    }

    #[test]
    fn nested_arrays_and_pairs_have_a_shape() {
        let shaped = |shape: &[u64]| {
            Index::Take(Take { indices: vec![0, 1, 2, 3], shape: Some(shape.to_vec()) })
        };
        let list: &[i64] = &[0, 1, 2, 3];
        let taken = index![
            [[0, 1], [2, 3]],
            [[[0, 1], [2, 3]]],
            ([0, 1, 2, 3], [4, 1]),
            (vec![0, 1, 2, 3], vec![2, 2]),
            (list, &[1, 4][..]),
        ];
        let shapes: [&[u64]; 5] = [&[2, 2], &[1, 2, 2], &[4, 1], &[2, 2], &[1, 4]];
        assert_eq!(taken, shapes.map(shaped));
        assert_eq!(
            index![(vec![7], []), [[0; 0]; 3]],
            [
                Index::Take(Take { indices: vec![7], shape: Some(vec![]) }),
                Index::Take(Take { indices: vec![], shape: Some(vec![3, 0]) }),
            ]
        );
        let mask = Mask { values: vec![true, false], shape: Some(vec![2, 1]) };
        assert_eq!(
            index![[[true], [false]], ([true, false], [2, 1]), mask.clone()],
            [mask.clone().into(), mask.clone().into(), mask.into()]
        );
    }
}
