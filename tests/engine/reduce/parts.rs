//! Large contiguous arrays are reduced in parts, whose order and number at once do not matter.

use filemap::array::{Operation, reduce};
use filemap::dtype::Dtype;
use filemap::fs::IoResult;
use filemap::layout::{Layout, Order, Transfer};
use filemap::region::{Part, Region, Visitor};
use proptest::prelude::*;

use super::OPERATIONS;
use super::region::{RecordingRegion, only_read};
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

    only_read!();
}

/// Returns the bytes of an array. Its last elements are others than before, and one of them may be
/// the greatest.
fn repeated(bytes: &[u8], layout: &Layout) -> Vec<u8> {
    let length = usize::try_from(layout.nbytes()).expect("small");
    let mut repeated: Vec<u8> = bytes.iter().copied().cycle().take(length).collect();
    repeated[length / 16 * 15..].iter_mut().for_each(|byte| *byte = !*byte);
    repeated
}

fn layout(dtype: &str, shape: &[u64]) -> Layout {
    Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), Order::C).expect("a layout")
}

/// The types, and their sizes in bytes. Each operation that has accumulators of its own for a type
/// has them for one of these.
const TYPES: [(&str, u64); 7] =
    [("<f8", 8), ("<U3", 12), (">i4", 4), ("<i8", 8), ("<m8[s]", 8), ("<f4", 4), ("<c16", 16)];

/// Calls `check` for each operation and each of the types, with a shape of about this many bytes,
/// an axis, and bytes that are repeated: without an axis, and with one of several shapes in turn.
fn for_each_case(
    types: &[(&str, u64)],
    bytes: u64,
    check: impl Fn(&str, Operation, &[u64], Option<i64>, &[u8]),
) {
    let contents = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..2000),
        prop::collection::vec(prop::sample::select(vec![0, 0, 0, 0x80, 0x7f, 0xf0]), 1..2000),
        prop::collection::vec(1_u8..4, 1..2000),
    ];
    let cases = types.len() * OPERATIONS.len();
    try_random(1, &prop::collection::vec(contents, cases), |contents| {
        let pairs = types.iter().flat_map(|kind| OPERATIONS.map(|operation| (kind, operation)));
        for (number, ((dtype, size), operation)) in pairs.enumerate() {
            // Odd numbers, so that no part ends with the array.
            let count = |others: u64| (bytes / size / others) | 1;
            let (shape, axis) = [
                (vec![count(7), 7], 0),
                (vec![3, count(3)], 1),
                (vec![count(35), 7, 5], 0),
                (vec![3, count(6), 2], 1),
                (vec![count(300), 300], 1),
            ][number % 5]
                .clone();
            check(dtype, operation, &[count(1)], None, &contents[number]);
            check(dtype, operation, &shape, Some(axis), &contents[number]);
        }
    });
}

#[test]
fn the_order_of_the_parts_does_not_change_a_bit() {
    // At least three parts: the first one is never visited beside others.
    for_each_case(&TYPES[..2], 10 << 20, |dtype, operation, shape, axis, bytes| {
        let layout = layout(dtype, shape);
        let one_by_one = RecordingRegion::new(repeated(bytes, &layout));
        let reversed = ReversedRegion(one_by_one.clone());
        let wanted = reduce(&one_by_one, &layout, operation, axis, "a");
        let found = reduce(&reversed, &layout, operation, axis, "a");
        assert!(found == wanted, "{operation} of {dtype} {shape:?} along {axis:?}");
    });
}

/// Elements with a gap after each are never divided into parts.
#[test]
fn parts_give_the_same_results_as_a_walk_through_the_whole_array() {
    for_each_case(&TYPES, 5 << 20, |dtype, operation, shape, axis, bytes| {
        if operation == Operation::Prod && dtype == "<c16" {
            // Infinities and NaNs depend on the order.
            return;
        }
        let whole = layout(dtype, shape);
        let mut bytes = repeated(bytes, &whole);
        // Small integers, whose sums and products are exact as floats, unless they overflow. The
        // last one is the greatest.
        let last = bytes.len() - 16;
        match dtype {
            "<f4" => {
                for item in bytes.as_chunks_mut().0 {
                    *item = f32::from(item[0] % 3).to_le_bytes();
                }
            }
            "<f8" | "<c16" => {
                for item in bytes.as_chunks_mut().0 {
                    *item = f64::from(item[0] % 3).to_le_bytes();
                }
                bytes[last..last + 8].copy_from_slice(&3_f64.to_le_bytes());
            }
            _ => {}
        }
        let size = usize::try_from(whole.dtype.size()).expect("small");
        let mut spaced = Vec::with_capacity(2 * bytes.len());
        for item in bytes.chunks(size) {
            spaced.extend_from_slice(item);
            spaced.extend_from_slice(item);
        }
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
        if dtype.to_string() == "<f4" {
            bytes.as_chunks().0.iter().map(|item| f32::from_le_bytes(*item).into()).collect()
        } else {
            bytes.as_chunks().0.iter().map(|item| f64::from_le_bytes(*item)).collect()
        }
    };
    let epsilon = if dtype.to_string() == "<f4" { 1e-6 } else { 1e-14 };
    one.len() == other.len()
        && floats(one).iter().zip(floats(other)).all(|(one, other)| {
            (one - other).abs() <= epsilon * one.abs() || (one.is_nan() && other.is_nan())
        })
}
