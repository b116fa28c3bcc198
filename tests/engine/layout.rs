//! Shapes, strides and basic indexing, compared to numpy and with extreme numbers.

use filemap::dtype::Dtype;
use filemap::error::{Error, Result};
use filemap::layout::{Index, Layout, Order, Slice};
use serde_json::Value;

use crate::model::Model;
use crate::{json, refused};

/// Returns a layout of `uint8` to `uint64`.
fn layout(item_size: u64, shape: &[u64], order: Order) -> Result<Layout> {
    Layout::new(Dtype::parse(&format!("u{item_size}"))?, shape.to_vec(), order)
}

fn slice(start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Index {
    Index::Slice(Slice { start, stop, step })
}

/// Parses an index of `layout.json`.
fn index_of(value: &Value) -> Index {
    if let Some(at) = value["at"].as_i64() {
        return Index::At(at);
    }
    match value["slice"].as_array().map(Vec::as_slice) {
        Some([start, stop, step]) => slice(start.as_i64(), stop.as_i64(), step.as_i64()),
        _ => Index::Ellipsis,
    }
}

fn number<T: TryFrom<i64>>(value: &Value) -> T {
    value
        .as_i64()
        .and_then(|number| T::try_from(number).ok())
        .unwrap_or_else(|| panic!("no number: {value}"))
}

fn numbers<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
    value.as_array().expect("a list of numbers").iter().map(number).collect()
}

/// Checks a case of `layout.json`: indices that are applied one after another.
fn check_case(case: &Value) {
    let order = if case["order"] == "C" { Order::C } else { Order::F };
    let mut view = layout(number(&case["itemsize"]), &numbers(&case["shape"]), order);
    let mut model = Some(Model::new(&numbers(&case["shape"]), order));
    for step in case["indices"].as_array().expect("a list of indices") {
        let step: Vec<_> = step.as_array().expect("an index").iter().map(index_of).collect();
        view = view.and_then(|view| view.select(&step));
        model = model.and_then(|model| model.select(&step));
    }

    let Some(wanted) = case.get("result") else {
        let kind = case["error"].as_str().expect("an error or a result");
        match view.expect_err(kind) {
            Error::OutOfBounds(_) => assert_eq!(kind, "IndexError"),
            // numpy has one exception class for a second ellipsis and for an index out of bounds.
            Error::InvalidArgument(text) => {
                assert!(kind == "ValueError" || text.contains("ellipsis"), "{text}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(model, None);
        return;
    };
    let view = view.expect("a view");
    assert_eq!(view.shape, numbers::<u64>(&wanted["shape"]));
    let strides = wanted["strides"].as_array().expect("strides");
    assert_eq!(view.strides.len(), strides.len());
    for (stride, wanted) in view.strides.iter().zip(strides).filter(|(_, wanted)| !wanted.is_null())
    {
        assert_eq!(*stride, number::<i64>(wanted));
    }
    assert_eq!(view.start, number::<u64>(&wanted["offset"]));
    assert_eq!(model.map(|model| model.places), Some(numbers(&wanted["positions"])));
}

#[test]
fn selects_what_numpy_selects() {
    let cases = json("layout.json");
    let cases = cases["cases"].as_array().expect("a list of cases");
    assert!(cases.len() > 300);
    for case in cases {
        std::panic::catch_unwind(|| check_case(case)).unwrap_or_else(|_| panic!("in {case}"));
    }
}

#[test]
fn a_size_that_overflows_is_rejected_and_the_largest_size_is_not() {
    #[track_caller]
    fn check(item_size: u64, shape: &[u64], fits: bool) {
        for order in [Order::C, Order::F] {
            match layout(item_size, shape, order) {
                Ok(layout) => assert!(fits, "{layout:?}"),
                Err(error) => {
                    assert!(!fits && matches!(error, Error::InvalidArgument(_)), "{error:?}");
                }
            }
        }
    }
    const MAX: u64 = i64::MAX as u64;
    check(1, &[MAX], true);
    check(1, &[MAX + 1], false);
    check(1, &[u64::MAX], false);
    check(2, &[MAX / 2], true);
    check(2, &[MAX / 2 + 1], false);
    check(8, &[1 << 30, 1 << 29], true);
    check(8, &[1 << 30, 1 << 30], false);
    check(1, &[1 << 32, 1 << 32], false);
    check(1, &[u64::MAX, u64::MAX], false);
    check(1, &[MAX, 1, 1, 0], true);
    // As in numpy, an axis of length 0 does not make up for the others.
    check(1, &[MAX, 2, 0], false);
    check(1, &[0, u64::MAX], false);
    check(8, &[1; 64], true);
    check(8, &[0; 64], true);
    check(1, &[1; 65], false);
    check(1, &[0; 65], false);
}

#[test]
fn the_largest_array_can_be_indexed_to_its_ends() {
    #[track_caller]
    fn check(index: Index, shape: &[u64], start: u64, order: Option<Order>) {
        let whole = layout(1, &[i64::MAX as u64], Order::C).expect("the largest array");
        let view = whole.select(&[index]).expect("a view");
        assert_eq!((view.shape.as_slice(), view.start, view.order()), (shape, start, order));
    }
    const MAX: u64 = i64::MAX as u64;
    check(Index::At(i64::MAX - 1), &[], MAX - 1, Some(Order::C));
    check(Index::At(-i64::MAX), &[], 0, Some(Order::C));
    check(slice(None, None, Some(-1)), &[MAX], MAX - 1, None);
    check(slice(Some(i64::MIN), Some(i64::MAX), Some(i64::MAX)), &[1], 0, Some(Order::C));
    check(slice(Some(i64::MAX), Some(i64::MIN), Some(i64::MIN)), &[1], MAX - 1, Some(Order::C));
    check(slice(Some(1), None, Some(i64::MAX - 2)), &[2], 1, None);
    check(slice(Some(-1), Some(0), Some(-(i64::MAX - 1) / 2)), &[2], MAX - 1, None);
    check(slice(Some(i64::MAX), None, None), &[0], 0, Some(Order::C));
}

#[test]
fn the_error_of_an_invalid_index_says_why() {
    #[track_caller]
    fn check(index: &[Index], error: Error) {
        let whole = layout(4, &[3, 4], Order::C).expect("a small array");
        assert_eq!(whole.select(index), Err(error));
    }
    let out_of_bounds = |text: &str| Error::OutOfBounds(text.into());
    let invalid = |text: &str| Error::InvalidArgument(text.into());
    let whole = slice(None, None, None);
    check(&[whole, Index::At(4)], out_of_bounds("index 4 is out of bounds for axis 1 with size 4"));
    check(
        &[Index::At(i64::MIN)],
        out_of_bounds(&format!("index {} is out of bounds for axis 0 with size 3", i64::MIN)),
    );
    check(
        &[const { Index::At(0) }; 3],
        out_of_bounds("too many indices for array: array is 2-dimensional, but 3 were indexed"),
    );
    check(
        &[const { Index::Ellipsis }; 2],
        invalid("an index can only have a single ellipsis ('...'), and this one has 2"),
    );
    check(
        &[Index::Ellipsis, slice(None, None, Some(0))],
        invalid("slice step cannot be zero, as that of axis 1 is"),
    );
}

#[test]
fn a_view_of_an_empty_array_is_empty_whatever_the_index() {
    let huge = layout(8, &[1 << 58, 0], Order::C).expect("an array without elements");
    for index in [
        Index::At(-(1 << 58)),
        slice(None, None, Some(i64::MIN)),
        slice(Some(i64::MAX), None, Some(-1)),
    ] {
        let view = huge.select(&[index]).expect("a view");
        let again = view.select(&[Index::Ellipsis, slice(None, None, Some(-1))]).expect("a view");
        assert_eq!((view.nbytes(), again.nbytes(), again.order()), (0, 0, Some(Order::C)));
    }
}

#[test]
fn data_that_cannot_be_broadcast_is_rejected() {
    #[track_caller]
    fn check(from: &[u64], to: &[u64], strides: Option<&[u64]>) {
        let target = layout(1, to, Order::C).expect("a small array");
        match (target.broadcast_strides(from), strides) {
            (Ok(found), Some(strides)) => assert_eq!(found, strides),
            (Err(Error::InvalidArgument(_)), None) => {}
            (other, _) => panic!("{from:?} to {to:?}: {other:?}"),
        }
    }
    check(&[], &[], Some(&[]));
    check(&[], &[2, 3], Some(&[0, 0]));
    check(&[3], &[2, 3], Some(&[0, 1]));
    check(&[2, 1], &[2, 3], Some(&[1, 0]));
    check(&[1, 1, 2, 3], &[2, 3], Some(&[3, 1]));
    check(&[1; 64], &[2], Some(&[0]));
    check(&[1; 65], &[2], None);
    check(&[2], &[2, 3], None);
    check(&[2, 2, 3], &[2, 3], None);
    check(&[0], &[3], None);
    check(&[0], &[], None);
    check(&[1], &[0], Some(&[0]));
    check(&[0], &[0], Some(&[1]));
    check(&[u64::MAX, u64::MAX], &[2, 3], None);
    check(&[u64::MAX, 1], &[3], None);
}

#[test]
fn the_length_of_a_message_does_not_depend_on_the_indices() {
    let target = layout(1, &[2, 3], Order::C).expect("a small array");
    let messages = [
        refused(layout(1, &[u64::MAX; 1_000], Order::C)),
        refused(target.broadcast_strides(&[u64::MAX; 1_000])),
        refused(target.select(&[const { Index::At(i64::MIN) }; 100])),
    ];
    for error in messages {
        assert!(
            matches!(&error, Error::InvalidArgument(_) | Error::OutOfBounds(_))
                && error.message().len() < 200
        );
    }
}
