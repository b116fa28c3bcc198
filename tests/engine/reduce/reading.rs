//! How a reduction reads an array: front to back, into a buffer of limited size, and within its
//! budget.

use filemap::array::{Memmap, Mode, OpenOptions, Operation, reduce};
use filemap::dtype::{ByteOrder, Dtype, Kind, Scalar};
use filemap::error::Error;
use filemap::fs::IoErrorKind;
use filemap::layout::{Index, Layout, Order, Slice};

use super::region::RecordingRegion;
use crate::memory::{Disk, Fault};
use crate::refused;

/// The size of the largest buffer, and about that of the other memory.
const BUFFER: usize = 256 << 10;

fn layout(dtype: &str, shape: &[u64], order: Order) -> Layout {
    Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), order).expect("a layout")
}

fn scalar(kind: Kind, size: u64) -> Dtype {
    Dtype::Scalar(Scalar { kind, size, order: ByteOrder::Little, unit: None })
}

fn every(step: i64) -> Index {
    Index::Slice(Slice { start: None, stop: None, step: Some(step) })
}

fn wide(data: &[u8]) -> Vec<i64> {
    data.chunks(8).map(|bytes| i64::from_le_bytes(bytes.try_into().expect("8 bytes"))).collect()
}

/// Returns bytes that differ from their neighbours.
fn noise(length: usize) -> Vec<u8> {
    (0..length).map(|at| ((at * at + at / 300) % 251).to_le_bytes()[0]).collect()
}

/// Checks that a reduction reads an array of bytes once and front to back.
#[track_caller]
fn check_order(layout: &Layout, axis: Option<i64>, once: bool) -> Vec<i64> {
    let region = RecordingRegion::new(noise(1 << 21));
    let found = reduce(&region, layout, Operation::Sum, axis, "a").expect("a sum");
    let reads = region.reads.borrow();
    assert!(reads.len() > 3 && reads.iter().all(|&(.., buffer)| buffer <= BUFFER), "{reads:?}");
    assert_eq!(reads.iter().map(|&(.., buffer)| buffer as u64).sum::<u64>(), layout.nbytes());
    assert_eq!(reads.windows(2).all(|pair| pair[0].1 <= pair[1].0), once, "{reads:?}");
    wide(&found.data)
}

#[test]
fn an_array_is_read_front_to_back_whatever_its_order() {
    for order in [Order::C, Order::F] {
        for shape in [[3, 400_000], [400_000, 3], [900, 1000]] {
            // There are as many results as bytes in a column. If they are few, all have
            // accumulators at once.
            let whole = layout("u1", &shape, order);
            let bytes = noise(1 << 21);
            let all: i64 = bytes[..usize::try_from(whole.nbytes()).expect("small")]
                .iter()
                .map(|&byte| i64::from(byte))
                .sum();
            assert_eq!(check_order(&whole, None, true), [all]);
            for axis in [0, 1] {
                let (kept, strides) = (shape[1 - axis], &whole.strides);
                // If results lie next to each other and are too many, they are computed in several
                // passes.
                let once = kept < 1000 << 8 || strides[1 - axis] > strides[axis];
                let found = check_order(&whole, Some(axis.try_into().expect("small")), once);
                let at = |kept: usize, reduced: usize| {
                    let steps = [strides[1 - axis], strides[axis]]
                        .map(|stride| usize::try_from(stride).expect("small"));
                    i64::from(bytes[kept * steps[0] + reduced * steps[1]])
                };
                let reduced = usize::try_from(shape[axis]).expect("small");
                let wanted = (0..usize::try_from(kept).expect("small"))
                    .map(|kept| (0..reduced).map(|reduced| at(kept, reduced)).sum::<i64>());
                assert!(found.iter().copied().eq(wanted), "{shape:?} {order:?} {axis}");
            }
        }
    }
}

#[test]
fn a_view_with_negative_strides_is_read_front_to_back() {
    let whole = layout("u1", &[1000, 2000], Order::C);
    let backwards = whole.select(&[every(-1), every(-1)]).expect("a view");
    let sum = |layout: &Layout| check_order(layout, None, true);
    assert_eq!(sum(&backwards), sum(&whole));
    let (forth, back) =
        (check_order(&whole, Some(0), true), check_order(&backwards, Some(0), true));
    assert!(forth.iter().eq(back.iter().rev()));
    check_order(&whole.select(&[every(-1), every(2)]).expect("a view"), Some(1), true);
    check_order(&whole.select(&[Index::Ellipsis, every(-2)]).expect("a view"), Some(0), true);
}

#[test]
fn the_first_of_equal_elements_is_found_in_any_layout() {
    let region = RecordingRegion::new(vec![0; 1 << 21]);
    for order in [Order::C, Order::F] {
        let whole = layout("u1", &[600, 700], order);
        for view in
            [vec![], vec![every(-1)], vec![Index::Ellipsis, every(-1)], vec![every(-1), every(-1)]]
        {
            let view = whole.select(&view).expect("a view");
            for axis in [None, Some(0), Some(1)] {
                let found = reduce(&region, &view, Operation::Argmax, axis, "a").expect("places");
                assert!(wide(&found.data).iter().all(|&place| place == 0), "{order:?} {axis:?}");
            }
        }
    }
}

#[test]
fn a_decided_result_ends_the_reading() {
    let mut region = RecordingRegion::new(vec![1]);
    region.endless = true;
    let huge = layout("u1", &[1 << 50], Order::C);
    let all = reduce(&region, &huge, Operation::All, None, "a").expect("an answer");
    assert_eq!((all.data, region.reads.borrow().len()), (vec![0], 1));
    let from_one =
        huge.select(&[Index::Slice(Slice { start: Some(1), ..Slice::default() })]).expect("a view");
    let all = reduce(&region, &from_one, Operation::All, None, "a").expect("an answer");
    assert_eq!((all.data, region.reads.borrow().len()), (vec![0], 2));
}

#[test]
fn the_budget_is_checked_before_the_first_read() {
    #[track_caller]
    fn check(region: &RecordingRegion, layout: &Layout, axis: Option<i64>, bytes: u64) {
        let result = reduce(region, layout, Operation::Sum, axis, "a");
        assert_eq!(region.asked.get(), bytes);
        if bytes > 1 << 40 {
            assert!(matches!(result, Err(Error::LimitExceeded(text))
                if text.contains("read the array over `a`")));
        }
    }
    let mut region = RecordingRegion::new(vec![0; 8]);
    region.most = Some(1 << 40);
    check(&region, &layout("f8", &[1 << 50], Order::C), None, 1 << 53);
    check(&region, &layout("f8", &[1], Order::C), None, 8);
    // There may be more results than elements, and more elements than bytes.
    check(&region, &layout("u1", &[1000, 0], Order::C), Some(1), 8000);
    let repeated = Layout {
        strides: vec![0, 0],
        shape: vec![1 << 40, 1 << 40],
        ..layout("u1", &[1, 1], Order::C)
    };
    check(&region, &repeated, None, u64::MAX);
    assert!(region.reads.borrow().iter().all(|&(.., buffer)| buffer <= 8));
}

/// A variance is charged for two passes, which both read the array.
#[test]
fn a_variance_is_charged_for_two_passes() {
    #[track_caller]
    fn check(bytes: u64, reads: usize) {
        let region = RecordingRegion::new(noise(1 << 20));
        reduce(&region, &layout("u1", &[bytes], Order::C), Operation::Std, None, "a")
            .expect("a deviation");
        assert_eq!(region.reads.borrow().len(), reads);
        assert_eq!(region.asked.get(), 2 * layout("u1", &[bytes], Order::C).size() * 4);
    }
    check(1000, 2);
    check(1 << 16, 2);
    check((1 << 16) + 1, 4);
    let mut region = RecordingRegion::new(vec![0; 8]);
    region.most = Some(1 << 54);
    let huge = layout("f8", &[1 << 51], Order::C);
    let refused = refused(reduce(&region, &huge, Operation::Var, None, "a"));
    assert!(matches!(refused, Error::LimitExceeded(text)
                if text.contains("read the array over `a`")));
    assert_eq!(region.asked.get(), 1 << 55);
    let repeated = Layout {
        strides: vec![0, 0],
        shape: vec![1 << 40, 1 << 40],
        ..layout("u1", &[1, 1], Order::C)
    };
    _ = reduce(&region, &repeated, Operation::Var, None, "a");
    assert_eq!(region.asked.get(), u64::MAX);
}

#[test]
fn too_many_results_are_rejected() {
    let region = RecordingRegion::default();
    for shape in [
        vec![(128 << 17) + 1, 1],
        vec![(128 << 17) + 1, 0],
        vec![1 << 60, 0],
        vec![1 << 31, 1 << 31, 0],
    ] {
        let layout = layout("u1", &shape, Order::C);
        let error = refused(reduce(&region, &layout, Operation::Sum, Some(-1), "a"));
        assert!(
            matches!(&error, Error::LimitExceeded(text) if text.contains("the result is")),
            "{error}"
        );
    }
    let none = layout("u1", &[1 << 60, 0], Order::C);
    let found = reduce(&region, &none, Operation::Min, Some(0), "a").expect("no results");
    assert_eq!((found.data, found.shape), (vec![], vec![0]));
    assert!(region.reads.borrow().is_empty());
}

#[test]
fn sixty_four_axes_can_be_reduced() {
    let mut shape = vec![1; 64];
    (shape[3], shape[40], shape[63]) = (5, 300, 7);
    let whole = layout(">i2", &shape, Order::F);
    let region = RecordingRegion::new(noise(2 * 5 * 300 * 7));
    let found = reduce(&region, &whole, Operation::Sum, Some(40), "a").expect("sums");
    assert_eq!((found.shape.len(), found.data.len()), (63, 8 * 35));
    let twos = layout("u1", &[2; 20], Order::C).select(&vec![every(-1); 20]).expect("a view");
    let region = RecordingRegion::new(noise(1 << 20));
    let place = reduce(&region, &twos, Operation::Argmax, None, "a").expect("a place");
    let (mut best, mut at) = (0, 0);
    for (number, &byte) in (0..).zip(noise(1 << 20).iter().rev()) {
        if byte > best {
            (best, at) = (byte, number);
        }
    }
    assert_eq!(wide(&place.data), [at]);
}

#[test]
fn repeated_elements_count_repeatedly() {
    let region = RecordingRegion::new(vec![3, 0, 5]);
    let rows = Layout { shape: vec![4, 3], strides: vec![0, 1], ..layout("u1", &[1, 1], Order::C) };
    let sum = |axis| wide(&reduce(&region, &rows, Operation::Sum, axis, "a").expect("sums").data);
    assert_eq!(sum(None), [32]);
    assert_eq!(sum(Some(0)), [12, 0, 20]);
    assert_eq!(sum(Some(1)), [8, 8, 8, 8]);
    let sliding =
        Layout { shape: vec![2, 2], strides: vec![1, 1], ..layout("u1", &[1, 1], Order::C) };
    let place = reduce(&region, &sliding, Operation::Argmax, None, "a").expect("a place");
    assert_eq!(wide(&place.data), [3]);
}

#[test]
fn elements_may_have_zero_bytes_and_a_limited_size() {
    let region = RecordingRegion::new(noise(3 << 20));
    let texts = |size, count| Layout {
        dtype: scalar(Kind::Bytes, size),
        ..Layout {
            shape: vec![count],
            strides: vec![i64::try_from(size).expect("a size")],
            ..layout("u1", &[1], Order::C)
        }
    };
    let result = |layout: &Layout, operation| {
        reduce(&region, layout, operation, None, "a").map(|found| found.data)
    };
    assert_eq!(result(&texts(0, 5), Operation::Argmin).map(|data| wide(&data)), Ok(vec![0]));
    assert_eq!(result(&texts(0, 5), Operation::CountNonzero).map(|data| wide(&data)), Ok(vec![0]));
    assert_eq!(result(&texts(0, 5), Operation::All), Ok(vec![0]));
    assert!(region.reads.borrow().is_empty());
    assert_eq!(
        result(&texts(1 << 20, 3), Operation::CountNonzero).map(|data| wide(&data)),
        Ok(vec![3])
    );
    assert!(result(&texts(1 << 20, 3), Operation::Argmax).is_ok());
    assert!(matches!(
        result(&texts((1 << 20) + 1, 2), Operation::Any),
        Err(Error::LimitExceeded(_))
    ));
}

#[test]
fn unsupported_operations_are_reported() {
    #[track_caller]
    fn check(region: &RecordingRegion, dtype: Dtype, operation: Operation, names: [&str; 2]) {
        let layout = Layout { dtype, ..layout("u1", &[], Order::C) };
        let error = refused(reduce(region, &layout, operation, None, "a"));
        let Error::Unsupported(text) = &error else { panic!("{error:?}") };
        assert!(names.iter().all(|name| text.contains(name)), "{text}");
    }
    let region = RecordingRegion::default();
    check(&region, scalar(Kind::Float, 16), Operation::Sum, ["sum", "f16"]);
    check(&region, scalar(Kind::Complex, 32), Operation::Any, ["any", "c32"]);
    check(&region, scalar(Kind::Bytes, 4), Operation::Min, ["min", "S4"]);
    check(&region, scalar(Kind::Void, 4), Operation::Argmax, ["argmax", "V4"]);
    check(&region, scalar(Kind::Datetime, 8), Operation::Mean, ["mean", "M8"]);
    check(&region, scalar(Kind::Timedelta, 8), Operation::Prod, ["prod", "m8"]);
    check(&region, scalar(Kind::Timedelta, 8), Operation::Var, ["var", "m8"]);
    check(&region, scalar(Kind::Datetime, 8), Operation::Std, ["std", "M8"]);
    check(&region, scalar(Kind::Bytes, 4), Operation::Var, ["var", "S4"]);
    check(&region, scalar(Kind::Unicode, 4), Operation::Std, ["std", "U1"]);
    check(&region, scalar(Kind::Void, 4), Operation::Var, ["var", "V4"]);
    check(&region, scalar(Kind::Float, 16), Operation::Std, ["std", "f16"]);
    check(&region, scalar(Kind::Complex, 32), Operation::Var, ["var", "c32"]);
}

#[test]
fn a_closed_or_truncated_array_cannot_be_reduced() {
    let disk = Disk::with(&[("a", &noise(600_000))]);
    let options = OpenOptions {
        dtype: None,
        mode: Mode::CopyOnWrite,
        offset: 8,
        shape: None,
        order: Order::C,
    };
    let array = Memmap::open(&disk.preopens(), "a", &options).expect("an array");
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| i64::from(byte)).sum::<i64>();
    let found = || array.reduce(Operation::Sum, None).map(|found| wide(&found.data));
    assert_eq!(found(), Ok(vec![sum(&noise(600_000)[8..])]));
    array.write(&[], &[1], Some(&[])).expect("a private write");
    assert_eq!(found(), Ok(vec![599_992]));
    disk.plan(3, Fault::Fails(IoErrorKind::Other));
    assert!(matches!(found(), Err(Error::Other(text))
                if text.contains("read the array over `a`")));
    disk.resize("a", 5);
    assert!(matches!(found(), Err(Error::Truncated(_))));
    array.close();
    assert!(matches!(found(), Err(Error::Closed(_))));
}
