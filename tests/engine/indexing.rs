//! Index arrays and masks, compared to numpy and with hostile numbers.

use filemap::checkpoint::never;
use filemap::dtype::Dtype;
use filemap::error::{Error, Result};
use filemap::layout::{Index, Layout, Mask, Order, Slice, Take, Transfer};
use serde_json::Value;

use crate::model::Model;
use crate::{json, refused};

/// The item size of the cases in bytes.
const ITEM: usize = 2;

/// Returns a layout of `uint8`.
fn layout(shape: &[u64]) -> Layout {
    Layout::new(Dtype::parse("u1").expect("a type"), shape.to_vec(), Order::C).expect("a layout")
}

fn take(indices: &[i64], shape: &[u64]) -> Index {
    Index::Take(Take { indices: indices.to_vec(), shape: Some(shape.to_vec()) })
}

fn mask(values: &[bool], shape: &[u64]) -> Index {
    Index::Mask(Mask { values: values.to_vec(), shape: Some(shape.to_vec()) })
}

fn numbers<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
    let number = |value: &Value| {
        value.as_i64().and_then(|number| T::try_from(number).ok()).expect("a number")
    };
    value.as_array().expect("a list of numbers").iter().map(number).collect()
}

/// Parses an index of `indexing.json`.
fn index_of(value: &Value) -> Index {
    let shape = value.get("shape").filter(|shape| !shape.is_null()).map(numbers);
    if let Some(take) = value.get("take") {
        return Index::Take(Take { indices: numbers(take), shape });
    }
    if let Some(mask) = value.get("mask") {
        let values = numbers(mask).into_iter().map(|value: u8| value == 1).collect();
        return Index::Mask(Mask { values, shape });
    }
    if let Some(at) = value["at"].as_i64() {
        return Index::At(at);
    }
    match value["slice"].as_array().map(Vec::as_slice) {
        Some([start, stop, step]) => {
            Index::Slice(Slice { start: start.as_i64(), stop: stop.as_i64(), step: step.as_i64() })
        }
        _ if value["ellipsis"] == true => Index::Ellipsis,
        _ => Index::NewAxis,
    }
}

fn indices_of(value: &Value) -> Vec<Index> {
    value.as_array().expect("a list of indices").iter().map(index_of).collect()
}

/// Parses elements of two bytes.
fn elements(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(ITEM).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

fn bytes(elements: impl Iterator<Item = u16>) -> Vec<u8> {
    elements.flat_map(u16::to_le_bytes).collect()
}

/// Runs a transfer; `copy` gets the offset of each run in region and buffer, and its length.
fn transfer(transfer: Transfer, mut copy: impl FnMut(usize, usize, usize)) {
    for block in transfer {
        for run in 0..block.count {
            let (region, buffer) = block.run(run);
            copy(usize::try_from(region).expect("a small array"), buffer, block.length);
        }
    }
}

/// Checks a case of `indexing.json`: the elements that numpy reads and writes by an index.
fn check_case(case: &Value) {
    let order = if case["order"] == "C" { Order::C } else { Order::F };
    let dtype = Dtype::parse("<u2").expect("a type");
    let whole = Layout::new(dtype, numbers(&case["shape"]), order).expect("a layout");
    let slices = indices_of(&case["slices"]);
    let view = whole
        .select(&slices)
        .and_then(|view| view.transpose(Some(&numbers(&case["axes"]))))
        .expect("a view");
    let model = Model::new(&numbers(&case["shape"]), order).select(&slices).expect("a view");
    let model = model.transpose(&numbers(&case["axes"]));
    let index = indices_of(&case["index"]);
    let count = u16::try_from(whole.size()).expect("a small array");

    let selection = view.selection(&index, &never);
    let selected = model.select(&index);
    let Some(shape) = case.get("selected") else {
        check_error(selection.map(|_| ()), case);
        assert_eq!(selected, None);
        return;
    };
    let selection = selection.expect("a selection");
    assert_eq!(selection.layout.shape, numbers::<u64>(shape));
    let selected = selected.expect("a selection");
    assert_eq!(selected.shape, numbers::<usize>(shape));
    // The value of each element is its index.
    let mut region = bytes(0..count);
    let mut buffer = vec![0; usize::try_from(selection.layout.nbytes()).expect("a small array")];
    transfer(
        Transfer::of_selection(&selection, &never).expect("a transfer"),
        |from, to, length| {
            buffer[to..to + length].copy_from_slice(&region[from..from + length]);
        },
    );
    assert_eq!(elements(&buffer), numbers::<u16>(&case["elements"]));
    assert_eq!(selected.places, numbers::<usize>(&case["elements"]));

    let from: Vec<u64> = numbers(&case["data"]);
    let Some(written) = case.get("written") else {
        check_error(selection.layout.broadcast_strides(&from).map(|_| ()), case);
        return;
    };
    let steps = selection.layout.broadcast_strides(&from).expect("data that can be broadcast");
    let data =
        bytes((1000..).take(usize::try_from(from.iter().product::<u64>()).expect("a small array")));
    transfer(
        Transfer::broadcast(&selection, &steps, &never).expect("a transfer"),
        |to, from, length| {
            region[to..to + length].copy_from_slice(&data[from..from + length]);
        },
    );
    assert_eq!(elements(&region), numbers::<u16>(written));
}

/// Checks that a result fails like numpy.
fn check_error(result: Result<()>, case: &Value) {
    match (refused(result), case["error"].as_str()) {
        (Error::OutOfBounds(text), Some("IndexError")) => {
            let wanted = case["text"].as_str().expect("the message of numpy");
            // If two things are wrong, numpy may report the other one. numpy also repeats the shape
            // of a mask for each of its axes, and prints shapes without spaces.
            let start = |text: &str| text.split(' ').next().map(String::from);
            let is_same = start(&text) == start(wanted) && !text.starts_with("shape");
            assert!(!is_same || text == wanted, "{text}");
        }
        (Error::InvalidArgument(_), Some("ValueError")) => {}
        (error, _) => panic!("{error:?}"),
    }
}

#[test]
fn selects_what_numpy_selects() {
    let cases = json("indexing.json");
    let cases = cases["cases"].as_array().expect("a list of cases");
    assert!(cases.len() > 500);
    for case in cases {
        std::panic::catch_unwind(|| check_case(case)).unwrap_or_else(|_| panic!("in {case}"));
    }
}

#[test]
fn the_shape_of_an_index_array_fits_its_elements() {
    #[track_caller]
    fn check(index: Index, text: &str) {
        assert_eq!(
            layout(&[3, 4]).selection(&[index], &never),
            Err(Error::InvalidArgument(text.into()))
        );
    }
    check(take(&[0, 1], &[3]), "2 values do not match the index array's shape (3,)");
    check(take(&[], &[]), "0 values do not match the index array's shape ()");
    check(
        take(&[], &[1 << 32, 1 << 32]),
        "0 values do not match the index array's shape (4294967296, 4294967296)",
    );
    check(mask(&[true, true], &[]), "2 values do not match the index array's shape ()");
    check(mask(&[true; 12], &[4, 2]), "12 values do not match the index array's shape (4, 2)");
    check(take(&[0], &[1; 65]), "an index array of 65 axes is too large: an array has at most 64");
    check(mask(&[], &[0; 65]), "an index array of 65 axes is too large: an array has at most 64");
}

#[test]
fn the_number_of_selected_elements_is_limited() {
    #[track_caller]
    fn check(index: &[Index], text: &str) {
        let error = refused(layout(&[2; 5]).selection(index, &never));
        assert!(error.message().contains(text), "{error}");
        assert!(matches!(error, Error::LimitExceeded(_)), "{error:?}");
    }
    let along = |axis: usize, axes: usize, length: u64| {
        let shape: Vec<_> =
            (0..axes).map(|number| if number == axis { length } else { 1 }).collect();
        take(&vec![0; usize::try_from(length).expect("not too long")], &shape)
    };
    let most = layout(&[3, 4, 2])
        .selection(&[along(1, 2, 2048), along(0, 2, 2048)], &never)
        .expect("exactly the limit");
    assert_eq!(most.layout.shape, [2048, 2048, 2]);
    check(&[along(1, 2, 2048), along(0, 2, 2049)], "4196352 elements");
    // The size of the selection overflows.
    let each = [0, 1, 2, 3, 4].map(|axis| along(axis, 5, 1 << 13));
    check(&each, "18446744073709551615 elements");
    // A selection without elements is empty, however long its other axes are.
    let nothing =
        layout(&[3, 4]).selection(&[take(&[], &[1 << 40, 0])], &never).expect("an empty selection");
    assert_eq!(
        (nothing.layout.shape.as_slice(), nothing.layout.nbytes()),
        ([1 << 40, 0, 4].as_slice(), 0)
    );
    let overflow = refused(layout(&[3, 4]).selection(&[take(&[], &[1 << 62, 0])], &never));
    assert!(
        matches!(overflow, Error::InvalidArgument(_)) && overflow.message().contains("too large"),
        "{overflow:?}"
    );
}

#[test]
fn a_selection_has_at_most_64_axes() {
    let array = layout(&[3, 4]);
    let long = |axes: usize| take(&[2], &vec![1; axes]);
    assert_eq!(array.selection(&[long(63)], &never).expect("64 axes").layout.shape.len(), 64);
    assert!(matches!(array.selection(&[long(64)], &never), Err(Error::OutOfBounds(_))));
    assert_eq!(
        array.selection(&[long(64), long(1)], &never).expect("64 axes").layout.shape,
        [1; 64]
    );
    assert!(matches!(
        array.selection(&[long(64), Index::NewAxis, long(1)], &never),
        Err(Error::OutOfBounds(_))
    ));
    // A mask of all axes leaves one axis.
    let all = mask(&[true], &[1; 64]);
    assert_eq!(layout(&[1; 64]).selection(&[all], &never).expect("one element").layout.shape, [1]);
    // Masks without axes use no axes of the array, but their number is limited, as in numpy.
    let masks = vec![mask(&[true], &[]); 64];
    assert_eq!(array.selection(&masks, &never).expect("64 masks").layout.shape, [1, 3, 4]);
    assert!(matches!(
        array.selection(&vec![mask(&[true], &[]); 65], &never),
        Err(Error::OutOfBounds(_))
    ));
    let crowded = [vec![Index::NewAxis; 100_000], vec![long(64)]].concat();
    assert!(
        matches!(array.selection(&crowded, &never), Err(Error::OutOfBounds(text))
                if text.contains("within [0, 64]")),
        "an empty selection of any size"
    );
}

#[test]
fn the_length_of_a_message_does_not_depend_on_the_index_arrays() {
    let long =
        |length: u64| take(&[], &[&[u64::from(u32::MAX); 62], [0, length].as_slice()].concat());
    let error = refused(layout(&[1; 64]).selection(&[long(7), long(8)], &never));
    let start = "shape mismatch: indexing arrays could not be broadcast together with shapes \
        (4294967295, 4";
    assert!(error.message().starts_with(start) && error.message().len() < 200, "{error}");
}

#[test]
fn an_index_array_cannot_make_a_view() {
    for index in
        [take(&[1], &[]), take(&[1], &[1, 1]), mask(&[true], &[]), mask(&[true; 12], &[3, 4])]
    {
        let error = refused(layout(&[3, 4]).select(&[index]));
        assert!(
            matches!(&error, Error::InvalidArgument(text) if text.contains("use `read`")),
            "{error:?}"
        );
    }
}
