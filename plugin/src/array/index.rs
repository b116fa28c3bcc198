//! Indices as numpy has them, from Rust's numbers, ranges and lists.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use crate::bindings::filemap::data::array as wit;

/// What to do with one axis. Numbers, ranges and lists become an index by `into`, and
/// [`index!`](crate::index!) makes a list of indices.
///
/// A list of indices works through the axes from the first one. Axes behind the last index are
/// taken whole, so that the empty list takes everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// Takes one element of the axis, which disappears from the shape. Negative numbers count from
    /// the end. Similar to `a[3]`.
    At(i64),
    /// Takes a range of the axis. Similar to `a[1:10:2]`.
    Slice(Slice),
    /// Stands for as many whole axes as the other indices leave. At most one. Similar to `a[...]`.
    Ellipsis,
    /// Adds an axis of length 1. Similar to `a[numpy.newaxis]`.
    NewAxis,
    /// Takes the listed elements. Similar to `a[[3, 1, 1]]` and `a[[[0, 1], [2, 3]]]`.
    Take(Take),
    /// Takes the elements of one or more axes where a mask is true. Similar to `a[mask]`.
    Mask(Mask),
}

/// An index array: elements of one axis, in any order and any number of times.
///
/// ```
/// use filemap_plugin::{Take, index};
///
/// // numpy: a[[3, 1, 1]], a[[[0, 1], [2, 3]]] and a[numpy.reshape(rows, (2, -1))]
/// let rows = vec![5, 4, 3, 2, 1, 0];
/// let indices = index![[3, 1, 1]];
/// let nested = index![[[0, 1], [2, 3]]];
/// let shaped = index![(rows, [2, 3])];
/// # assert_eq!(nested[0], Take { indices: vec![0, 1, 2, 3], shape: Some(vec![2, 2]) }.into());
/// # assert_eq!(indices[0], vec![3, 1, 1].into());
/// # let indices = vec![5, 4, 3, 2, 1, 0];
/// # assert_eq!(shaped[0], Take { indices, shape: Some(vec![2, 3]) }.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// The elements, in C order. Negative numbers count from the end.
    pub indices: Vec<i64>,
    /// The shape of the index array. Its axes replace the indexed axis. `None` means one axis. An
    /// empty list is a single index, which removes the axis.
    pub shape: Option<Vec<u64>>,
}

/// A mask: one truth value for each element of one or more axes, which are replaced by one axis
/// with the elements that are true.
///
/// ```
/// use filemap_plugin::{Mask, index};
///
/// // numpy: a[[True, False]] and a[[[True, False], [False, True]]]
/// let rows = index![[true, false]];
/// let elements = index![[[true, false], [false, true]]];
/// # let values = vec![true, false, false, true];
/// # assert_eq!(elements[0], Mask { values, shape: Some(vec![2, 2]) }.into());
/// # assert_eq!(rows[0], vec![true, false].into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// Which elements to take, in C order.
    pub values: Vec<bool>,
    /// The shape of the mask, which must be that of the indexed axes. `None` means one axis. An
    /// empty list is a single truth value, which indexes no axis and adds one of length 1 or 0.
    pub shape: Option<Vec<u64>>,
}

/// A range along one axis, by Python's rules: negative numbers count from the end, and bounds
/// outside the axis are clipped. Similar to `slice(start, stop, step)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first index. `None` means the start, or the end if the step is negative.
    pub start: Option<i64>,
    /// The index before which the range stops. `None` means behind the last.
    pub stop: Option<i64>,
    /// The distance between two indices, not 0. `None` means 1.
    pub step: Option<i64>,
}

/// A list of indices, as numpy has it in brackets: `a[1, 2:8, :]` is `index![1, 2..8, ..]`.
///
/// Each is anything that becomes an [`Index`]: a number; a range, or a range [`by`] a step; a list
/// of numbers or of truth values, also a nested array, or a pair of a list and its shape; or
/// [`Index::Ellipsis`] and [`Index::NewAxis`] themselves. The empty list is `&[]`.
///
/// ```
/// use filemap_plugin::{Index, by, index};
///
/// // numpy: a[-1, 2:8, ::-1, ..., [3, 1]]
/// let taken = index![-1, 2..8, by(.., -1), Index::Ellipsis, [3, 1]];
/// assert_eq!(taken[0], Index::At(-1));
/// ```
#[macro_export]
macro_rules! index {
    ($($axis:expr),+ $(,)?) => {
        {
            // A range to a negative number counts from the end of the axis, and is not empty.
            #[allow(clippy::reversed_empty_ranges)]
            let index = [$($crate::Index::from($axis)),+];
            index
        }
    };
}

/// A range with a step: `by(2..8, 2)` is `2:8:2` in Python, and `by(.., -1)` is `::-1`.
pub fn by(range: impl Into<Slice>, step: i64) -> Index {
    Index::Slice(Slice { step: Some(step), ..range.into() })
}

/// Numbers of every width as those of the interface. A number that is too large for the interface
/// is too large for every axis as well.
trait Number: Copy {
    fn number(self) -> i64;

    /// The bound behind the last index of an inclusive range. None behind `-1`, the last of all.
    fn behind(self) -> Option<i64> {
        match self.number() {
            -1 => None,
            last => Some(last.saturating_add(1)),
        }
    }
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Number for $number {
            #[allow(
                clippy::allow_attributes,
                clippy::unnecessary_fallible_conversions,
                reason = "some of them always fit"
            )]
            fn number(self) -> i64 {
                i64::try_from(self).unwrap_or(i64::MAX)
            }
        }

        impl From<$number> for Index {
            fn from(at: $number) -> Self {
                Self::At(at.number())
            }
        }

        ranges! {
            Range<$number> => |range| (Some(range.start.number()), Some(range.end.number()));
            RangeInclusive<$number> => |range| (Some(range.start().number()), range.end().behind());
            RangeFrom<$number> => |range| (Some(range.start.number()), None);
            RangeTo<$number> => |range| (None, Some(range.end.number()));
            RangeToInclusive<$number> => |range| (None, range.end.behind());
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

numbers!(i32 i64 u32 u64 usize);

impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Self {
        Self::default()
    }
}

impl From<RangeFull> for Index {
    /// All of one axis, which is `:` in Python; `...` is [`Index::Ellipsis`].
    fn from(_: RangeFull) -> Self {
        Self::Slice(Slice::default())
    }
}

impl From<Slice> for Index {
    fn from(slice: Slice) -> Self {
        Self::Slice(slice)
    }
}

/// The lists that become an index array or a mask: those without a shape have one axis.
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

/// Converts indices to those of the interface.
pub(super) fn given(index: &[Index]) -> Vec<wit::Index> {
    let one = |index: &Index| match index {
        Index::At(at) => wit::Index::At(*at),
        Index::Slice(Slice { start, stop, step }) => {
            wit::Index::Slice(wit::Slice { start: *start, stop: *stop, step: *step })
        }
        Index::Ellipsis => wit::Index::Ellipsis,
        Index::NewAxis => wit::Index::NewAxis,
        Index::Take(Take { indices, shape }) => {
            wit::Index::Take(wit::Take { indices: indices.clone(), shape: shape.clone() })
        }
        Index::Mask(Mask { values, shape }) => {
            wit::Index::Mask(wit::Mask { values: values.clone(), shape: shape.clone() })
        }
    };
    index.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Index {
        Index::Slice(Slice { start, stop, step })
    }

    #[test]
    fn numbers_of_every_width_take_one_element() {
        assert_eq!(index![3, -1, 3_i64, 3_u32, 3_u64, 3_usize], [3, -1, 3, 3, 3, 3].map(Index::At));
        assert_eq!(Index::from(u64::MAX), Index::At(i64::MAX));
    }

    #[test]
    fn ranges_are_pythons_slices() {
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
    fn an_inclusive_range_may_end_with_the_last_element() {
        assert_eq!(
            index![2..=-1, ..=-1, ..=-2],
            [slice(Some(2), None, None), slice(None, None, None), slice(None, Some(-1), None)]
        );
        assert_eq!(Index::from(0..=i64::MAX), slice(Some(0), Some(i64::MAX), None));
    }

    #[test]
    fn a_range_may_have_a_step() {
        assert_eq!(by(2..8, 2), slice(Some(2), Some(8), Some(2)));
        assert_eq!(by(.., -1), slice(None, None, Some(-1)));
    }

    #[test]
    fn lists_take_and_mask() {
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

    #[test]
    fn the_interface_has_the_same_indices() {
        let indices = index![1, by(2..8, -2), Index::Ellipsis, Index::NewAxis, [[3]], [true]];
        let [
            wit::Index::At(1),
            wit::Index::Slice(slice),
            wit::Index::Ellipsis,
            wit::Index::NewAxis,
            wit::Index::Take(take),
            wit::Index::Mask(mask),
        ] = &given(&indices)[..]
        else {
            panic!("they are others");
        };
        assert_eq!((slice.start, slice.stop, slice.step), (Some(2), Some(8), Some(-2)));
        assert_eq!((&take.indices[..], &take.shape), (&[3][..], &Some(vec![1, 1])));
        assert_eq!((&mask.values[..], &mask.shape), (&[true][..], &None));
    }
}
