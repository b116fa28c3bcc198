//! Strategies for random arrays and the steps of a program over them.

use std::fmt::Debug;
use std::ops::Range;

use filemap::array::Mode;
use filemap::layout::{Index, Mask, Order, Slice, Take};
use proptest::prelude::*;

/// The position and the layout of an array in its file.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) shape: Vec<usize>,
    pub(super) dtype: &'static str,
    pub(super) item: usize,
    pub(super) order: Order,
    pub(super) offset: usize,
    /// The number of bytes after the array.
    pub(super) behind: usize,
    pub(super) mode: Mode,
    /// The maximum number of bytes that the file system reads or writes at once.
    pub(super) piece: usize,
}

/// A step: an operation on the array, or on a view of a view of it.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) views: Vec<View>,
    pub(super) index: Vec<Index>,
    pub(super) action: Action,
}

/// A view operation.
#[derive(Clone, Debug)]
pub(super) enum View {
    Index(Vec<Index>),
    /// Permutes the axes; the random numbers choose the permutation.
    Transpose(Vec<usize>),
    /// Splits axes in two or merges them with the next one.
    Reshape(Vec<usize>, Order),
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    Read,
    Fill,
    ReadBytes(u64, u64),
    /// Writes data of the selection's shape, or of a shape derived from it.
    Write(Option<Vec<Reshaping>>),
    WriteBytes(u64, usize),
}

/// A difference between the shape of data and that of the selection. The axis is taken modulo the
/// number of axes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reshaping {
    ToOne(usize),
    DropFirst,
    PutOneFirst,
    Lengthen(usize),
}

pub(super) fn subject() -> impl Strategy<Value = Subject> {
    let dtype =
        prop::sample::select(vec![("u1", 1), ("<i2", 2), (">f4", 4), ("f8", 8), ("c16", 16)]);
    let shape = prop::collection::vec(prop_oneof![8 => 1_usize..5, 1 => 0_usize..1], 0..5);
    let mode =
        prop::sample::select(vec![Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write]);
    let order = prop::sample::select(vec![Order::C, Order::F]);
    (shape, dtype, order, 0_usize..70, 1_usize..20, mode, 0_usize..12).prop_map(
        |(shape, (dtype, item), order, offset, behind, mode, piece)| Subject {
            shape,
            dtype,
            item,
            order,
            offset,
            behind,
            mode,
            piece,
        },
    )
}

fn bound() -> impl Strategy<Value = Option<i64>> {
    let some = prop_oneof![
        6 => -5_i64..6,
        1 => prop::sample::select(vec![i64::MIN, i64::MIN + 1, i64::MAX]),
    ];
    prop::option::of(some)
}

fn index() -> impl Strategy<Value = Vec<Index>> {
    let step =
        prop_oneof![9 => bound(), 3 => prop::sample::select(vec![Some(-1), Some(-2), Some(2)])];
    let slice = (bound(), bound(), step)
        .prop_map(|(start, stop, step)| Index::Slice(Slice { start, stop, step }));
    let backwards = Slice { start: None, stop: None, step: Some(-1) };
    let one = prop_oneof![
        3 => (-3_i64..3).prop_map(Index::At),
        1 => any::<i64>().prop_map(Index::At),
        6 => slice,
        3 => Just(Index::Slice(backwards)),
        2 => Just(Index::Ellipsis),
        1 => Just(Index::NewAxis),
    ];
    prop::collection::vec(one, 0..4)
}

/// Index array elements with a shape, which rarely does not fit them.
fn shaped<T: Clone + Debug + 'static>(
    axes: Range<usize>,
    one: BoxedStrategy<T>,
) -> impl Strategy<Value = (Vec<T>, Option<Vec<u64>>)> {
    let length = prop_oneof![3 => Just(1_u64), 5 => Just(2_u64), 2 => 0_u64..5];
    (prop::collection::vec(length, axes), prop_oneof![30 => Just(0), 1 => Just(1)]).prop_flat_map(
        move |(shape, surplus)| {
            let count = usize::try_from(shape.iter().product::<u64>()).expect("a small shape");
            (prop::collection::vec(one.clone(), count + surplus), Just(Some(shape)))
        },
    )
}

fn list() -> impl Strategy<Value = Vec<Index>> {
    let at = prop_oneof![9 => -2_i64..2, 1 => -5_i64..5];
    let near = prop_oneof![30 => -1_i64..1, 2 => -5_i64..5].boxed();
    let take = move |axes| {
        shaped(axes, near.clone()).prop_map(|(indices, shape)| Index::Take(Take { indices, shape }))
    };
    let mask = |axes| {
        shaped(axes, any::<bool>().boxed())
            .prop_map(|(values, shape)| Index::Mask(Mask { values, shape }))
    };
    let one = prop_oneof![
        4 => prop::collection::vec(at.clone(), 0..4).prop_map(|list| Index::Take(list.into())),
        2 => prop::collection::vec(at.clone(), 2..3).prop_map(|list| Index::Take(list.into())),
        4 => take(0..4),
        2 => take(2..3),
        3 => prop::collection::vec(any::<bool>(), 0..5).prop_map(|mask| Index::Mask(mask.into())),
        2 => mask(0..4),
        3 => at.prop_map(Index::At),
        2 => bound().prop_map(|start| Index::Slice(Slice { start, stop: None, step: None })),
        2 => Just(Index::Slice(Slice { start: None, stop: None, step: Some(-1) })),
        1 => Just(Index::Ellipsis),
        1 => Just(Index::NewAxis),
    ];
    prop::collection::vec(one, 0..4)
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let reshaping = prop_oneof![
        5 => any::<usize>().prop_map(Reshaping::ToOne),
        3 => Just(Reshaping::DropFirst),
        2 => Just(Reshaping::PutOneFirst),
        1 => any::<usize>().prop_map(Reshaping::Lengthen),
    ];
    let action = prop_oneof![
        4 => Just(Action::Read),
        1 => Just(Action::Fill),
        2 => (0_u64..40, 0_u64..40).prop_map(|(offset, length)| Action::ReadBytes(offset, length)),
        1 => any::<(u64, u64)>().prop_map(|(offset, length)| Action::ReadBytes(offset, length)),
        4 => prop::option::of(prop::collection::vec(reshaping, 0..4)).prop_map(Action::Write),
        2 => (0_u64..40, 0_usize..40)
            .prop_map(|(offset, length)| Action::WriteBytes(offset, length)),
        1 => (any::<u64>(), 0_usize..4)
            .prop_map(|(offset, length)| Action::WriteBytes(offset, length)),
    ];
    let numbers = || prop::collection::vec(any::<usize>(), 4);
    let view = prop_oneof![
        4 => index().prop_map(View::Index),
        1 => list().prop_map(View::Index),
        1 => numbers().prop_map(View::Transpose),
        2 => (numbers(), prop::sample::select(vec![Order::C, Order::F]))
            .prop_map(|(numbers, order)| View::Reshape(numbers, order)),
    ];
    let index = prop_oneof![3 => index(), 2 => list()];
    (prop::collection::vec(view, 0..3), index, action).prop_map(|(views, index, action)| Step {
        views,
        index,
        action,
    })
}

/// Returns a permutation of a number of axes.
pub(super) fn permutation(axes: usize, numbers: &[usize]) -> Vec<usize> {
    let mut left: Vec<_> = (0..axes).collect();
    let mut numbers = numbers.iter().cycle();
    (0..axes)
        .map(|_| left.remove(numbers.next().expect("the numbers repeat") % left.len()))
        .collect()
}

/// Returns another shape of the same size.
pub(super) fn regrouped(shape: &[usize], numbers: &[usize]) -> Vec<usize> {
    let mut shape = shape.to_vec();
    for number in numbers {
        let axis = if shape.is_empty() { 0 } else { number / 4 % shape.len() };
        match number % 4 {
            0 if axis + 1 < shape.len() => shape[axis] *= shape.remove(axis + 1),
            1 if shape.get(axis).is_some_and(|length| length % 2 == 0) => {
                shape[axis] /= 2;
                shape.insert(axis, 2);
            }
            2 => shape.insert(axis, 1),
            _ => shape.retain(|&length| length != 1),
        }
    }
    shape
}

/// Returns the shape of data for a selection.
pub(super) fn reshaped(shape: &[usize], changes: &[Reshaping]) -> Vec<usize> {
    let mut shape = shape.to_vec();
    for change in changes {
        let axes = shape.len();
        match change {
            Reshaping::ToOne(axis) if axes > 0 => shape[axis % axes] = 1,
            Reshaping::Lengthen(axis) if axes > 0 => shape[axis % axes] += 1,
            Reshaping::DropFirst if axes > 0 => _ = shape.remove(0),
            Reshaping::PutOneFirst => shape.insert(0, 1),
            _ => {}
        }
    }
    shape
}
