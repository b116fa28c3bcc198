//! Which elements are meant: numpy's indices, made from Rust's numbers, ranges and lists.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use crate::bindings::filemap::data::array as wit;

/// What to do with one axis. Numbers, ranges and lists become one by `into`, and [`index!`](crate::index!) makes a list
/// of them.
///
/// A list of indices works through the axes from the first; axes that it does not reach are taken whole, and so the
/// empty list takes everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Index {
    /// One element of the axis, which disappears from the shape; negative numbers count from the end. Similar to `a[3]`.
    At(i64),
    /// A range of the axis. Similar to `a[1:10:2]`.
    Slice(Slice),
    /// As many whole axes as the other indices leave over. Similar to `a[...]`.
    Ellipsis,
    /// An axis of length 1 more. Similar to `a[numpy.newaxis]`.
    NewAxis,
    /// These elements of the axis, in this order and as often as they are named. Similar to `a[[3, 1, 1]]`.
    Take(Vec<i64>),
    /// The elements whose place in the list is true; it is as long as the axis. Similar to `a[[True, False, True]]`.
    Mask(Vec<bool>),
}

/// A range along one axis, with Python's rules: negative numbers count from the end, and bounds that lie outside are cut
/// back. Similar to `slice(start, stop, step)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// The first index. `None` means the first that the step can begin with.
    pub start: Option<i64>,
    /// The index before which to stop. `None` means after the last.
    pub stop: Option<i64>,
    /// The distance between two indices, not 0. `None` means 1.
    pub step: Option<i64>,
}

/// A list of indices, as numpy has it between brackets: `a[1, 2:8, :]` is `index![1, 2..8, ..]`.
///
/// Each is anything that becomes an [`Index`]: a number, a range, a list of numbers or of truth values, a range [`by`]
/// a step, or [`Index::Ellipsis`] and [`Index::NewAxis`] themselves. The empty list is `&[]`. A negative number needs a
/// type in a range, because `..-3` is a range of `i32`: that is what it has by default.
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
            // A range to a negative number ends before the end of the axis, and is not an empty one.
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

/// Numbers of every width as numbers of the interface. One that is too large for it is too large for every axis as well.
trait Number: Copy {
    fn number(self) -> i64;

    /// The bound behind the last index that is meant; `-1` is the last of all.
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
            #[allow(clippy::allow_attributes, clippy::unnecessary_fallible_conversions, reason = "some of them always fit")]
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

impl From<Vec<i64>> for Index {
    fn from(elements: Vec<i64>) -> Self {
        Self::Take(elements)
    }
}

impl From<&[i64]> for Index {
    fn from(elements: &[i64]) -> Self {
        Self::Take(elements.to_vec())
    }
}

impl<const N: usize> From<[i64; N]> for Index {
    fn from(elements: [i64; N]) -> Self {
        Self::Take(elements.to_vec())
    }
}

impl From<Vec<bool>> for Index {
    fn from(mask: Vec<bool>) -> Self {
        Self::Mask(mask)
    }
}

impl From<&[bool]> for Index {
    fn from(mask: &[bool]) -> Self {
        Self::Mask(mask.to_vec())
    }
}

impl<const N: usize> From<[bool; N]> for Index {
    fn from(mask: [bool; N]) -> Self {
        Self::Mask(mask.to_vec())
    }
}

/// The indices as the interface has them.
pub(super) fn given(index: &[Index]) -> Vec<wit::Index> {
    let one = |index: &Index| match index {
        Index::At(at) => wit::Index::At(*at),
        Index::Slice(Slice { start, stop, step }) => {
            wit::Index::Slice(wit::Slice { start: *start, stop: *stop, step: *step })
        }
        Index::Ellipsis => wit::Index::Ellipsis,
        Index::NewAxis => wit::Index::NewAxis,
        Index::Take(elements) => wit::Index::Take(elements.clone()),
        Index::Mask(mask) => wit::Index::Mask(mask.clone()),
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
        let taken = index![[3, 1], vec![3, 1], &[3, 1][..], [true, false], vec![true, false], &[true, false][..]];
        assert!(taken[..3].iter().all(|index| *index == Index::Take(vec![3, 1])));
        assert!(taken[3..].iter().all(|index| *index == Index::Mask(vec![true, false])));
    }

    #[test]
    fn the_interface_has_the_same_indices() {
        let indices = index![1, by(2..8, -2), Index::Ellipsis, Index::NewAxis, [3], [true]];
        let [wit::Index::At(1), wit::Index::Slice(slice), wit::Index::Ellipsis, wit::Index::NewAxis, take, mask] =
            &given(&indices)[..]
        else {
            panic!("they are others");
        };
        assert_eq!((slice.start, slice.stop, slice.step), (Some(2), Some(8), Some(-2)));
        assert!(matches!(take, wit::Index::Take(elements) if elements == &[3]));
        assert!(matches!(mask, wit::Index::Mask(mask) if mask == &[true]));
    }
}
