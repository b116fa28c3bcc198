//! Large contiguous arrays are reduced in parts, whose order and number at once do not matter.

use std::ops::Range;

use filemap::array::{Operation, reduce};
use filemap::dtype::Dtype;
use filemap::fs::IoResult;
use filemap::layout::{Layout, Order, Transfer};
use filemap::region::{Advice, Part, Region, Resize, Visitor};
use proptest::prelude::*;

use super::OPERATIONS;
use super::region::RecordingRegion;
use crate::try_random;

/// A region that visits several parts at once, the last one first.
#[derive(Clone)]
struct ReversedRegion(RecordingRegion);

impl Region for ReversedRegion {
    fn read(&self, transfer: Transfer, buffer: &mut [u8]) -> IoResult<()> {
        self.0.read(transfer, buffer)
    }

    fn visit<V: Visitor + Send>(&self, parts: &mut [Part<V>]) -> IoResult<()> {
        parts.chunks_mut(1).rev().try_for_each(|part| self.0.visit(part))
    }

    fn parts_at_once(&self) -> usize {
        3
    }

    fn write(&self, _: Transfer, _: &[u8]) -> IoResult<()> {
        unreachable!("a reduction writes nothing")
    }

    fn changed_run(&self, _: Range<u64>) -> IoResult<(u64, bool)> {
        unreachable!("nothing is streamed")
    }

    fn flush(&self) -> IoResult<()> {
        Ok(())
    }

    fn advise(&self, _: Range<u64>, _: Advice) -> IoResult<()> {
        unreachable!("nothing is advised")
    }

    fn resize(&self, _: &Resize) -> IoResult<()> {
        unreachable!("nothing is resized")
    }

    fn close(&self) {}

    fn is_closed(&self) -> bool {
        false
    }
}

/// The shape of a large array: of one axis, of few or of many columns, and of long rows. The number
/// of elements is odd, so that no part ends with the array.
fn shape(elements: u64) -> impl Strategy<Value = Vec<u64>> {
    prop_oneof![
        Just(vec![elements | 1]),
        (1_u64..40).prop_map(move |columns| vec![(elements / columns) | 1, columns]),
        (1_u64..40).prop_map(move |rows| vec![rows, (elements / rows) | 1]),
        (2_u64..9, 2_u64..9).prop_map(move |(outer, inner)| vec![
            outer,
            (elements / outer / inner) | 1,
            inner
        ]),
    ]
}

/// Generates a dtype, a shape of about 10 MiB, an operation, an axis, and bytes that are repeated.
fn case() -> impl Strategy<Value = (&'static str, Vec<u64>, Operation, usize, Vec<u8>)> {
    let dtypes = vec![
        ("?", 1),
        ("u1", 1),
        ("<i2", 2),
        (">i4", 4),
        ("<i8", 8),
        ("<m8[s]", 8),
        ("<f4", 4),
        ("<f8", 8),
        (">f8", 8),
        ("<c8", 8),
        ("<c16", 16),
        ("S7", 7),
        ("<U3", 12),
    ];
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..2000),
        prop::collection::vec(prop::sample::select(vec![0, 0, 0, 0x80, 0x7f, 0xf0]), 1..2000)
    ];
    prop::sample::select(dtypes)
        .prop_flat_map(|(dtype, size)| (Just(dtype), shape((10 << 20) / size)))
        .prop_flat_map(move |(dtype, shape)| {
            let axis = 0..shape.len() + 1;
            (
                Just(dtype),
                Just(shape),
                prop::sample::select(OPERATIONS.to_vec()),
                axis,
                bytes.clone(),
            )
        })
}

fn axis_of(number: usize, shape: &[u64]) -> Option<i64> {
    (number < shape.len()).then(|| i64::try_from(number).expect("few axes"))
}

fn repeated(bytes: &[u8], layout: &Layout) -> Vec<u8> {
    let length = usize::try_from(layout.nbytes()).expect("small");
    bytes.iter().copied().cycle().take(length).collect()
}

fn layout(dtype: &str, shape: &[u64]) -> Layout {
    Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), Order::C).expect("a layout")
}

#[test]
fn the_order_of_the_parts_does_not_change_a_bit() {
    try_random(12, &case(), |(dtype, shape, operation, axis, bytes)| {
        let (layout, axis) = (layout(dtype, &shape), axis_of(axis, &shape));
        let one_by_one = RecordingRegion::new(repeated(&bytes, &layout));
        let reversed = ReversedRegion(one_by_one.clone());
        let wanted = reduce(&one_by_one, &layout, operation, axis, "a");
        let found = reduce(&reversed, &layout, operation, axis, "a");
        assert!(found == wanted, "{operation} of {dtype} {shape:?} along {axis:?}");
    });
}

/// Elements with a gap after each are never divided into parts.
#[test]
fn parts_give_the_same_results_as_a_walk_through_the_whole_array() {
    try_random(12, &case(), |(dtype, shape, operation, axis, bytes)| {
        let (whole, axis) = (layout(dtype, &shape), axis_of(axis, &shape));
        let mut bytes = repeated(&bytes, &whole);
        if operation == Operation::Prod && dtype.starts_with("<c") {
            // Infinities and NaNs depend on the order.
            return;
        }
        // Small integers, whose sums and products are exact as floats, unless they overflow.
        match dtype {
            "<f4" | "<c8" => {
                for item in bytes.as_chunks_mut().0 {
                    *item = f32::from(item[0] % 3).to_le_bytes();
                }
            }
            "<f8" | "<c16" => {
                for item in bytes.as_chunks_mut().0 {
                    *item = f64::from(item[0] % 3).to_le_bytes();
                }
            }
            ">f8" => {
                for item in bytes.as_chunks_mut().0 {
                    *item = f64::from(item[0] % 3).to_be_bytes();
                }
            }
            _ => {}
        }
        let size = usize::try_from(whole.dtype.size()).expect("small");
        let spaced = bytes.chunks(size).flat_map(|item| [item, item].concat()).collect();
        let mut with_gaps = whole.clone();
        with_gaps.strides.iter_mut().for_each(|stride| *stride *= 2);
        let (bytes, spaced) = (RecordingRegion::new(bytes), RecordingRegion::new(spaced));
        let found = reduce(&bytes, &whole, operation, axis, "a");
        let wanted = reduce(&spaced, &with_gaps, operation, axis, "a");
        let is_average = matches!(operation, Operation::Mean | Operation::Var | Operation::Std);
        let are_equal = match (&found, &wanted) {
            (Ok(found), Ok(wanted)) if is_average && !dtype.contains('m') => {
                found.shape == wanted.shape && are_close(&found.data, &wanted.data, &found.dtype)
            }
            _ => found == wanted,
        };
        assert!(are_equal, "{operation} of {dtype} {shape:?} along {axis:?}");
    });
}

/// Whether floats are equal up to the last bits.
fn are_close(one: &[u8], other: &[u8], dtype: &Dtype) -> bool {
    let floats = |bytes: &[u8]| -> Vec<f64> {
        if matches!(dtype.to_string().as_str(), "<f4" | "<c8") {
            bytes.as_chunks().0.iter().map(|item| f32::from_le_bytes(*item).into()).collect()
        } else {
            bytes.as_chunks().0.iter().map(|item| f64::from_le_bytes(*item)).collect()
        }
    };
    let epsilon = if matches!(dtype.to_string().as_str(), "<f4" | "<c8") { 1e-6 } else { 1e-14 };
    one.len() == other.len()
        && floats(one).iter().zip(floats(other)).all(|(one, other)| {
            (one - other).abs() <= epsilon * one.abs() || (one.is_nan() && other.is_nan())
        })
}
