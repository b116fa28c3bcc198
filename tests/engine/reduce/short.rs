//! Arrays of every type with short rows or columns: the result of a row does not depend on the
//! other rows.

use filemap::array::reduce;
use filemap::dtype::Dtype;
use filemap::layout::{Index, Layout, Order, Slice};

use super::OPERATIONS;
use super::region::RecordingRegion;

const DTYPES: [&str; 20] = [
    "?", "i1", "u1", "<i2", ">u2", "<i4", "<i8", ">u8", "<f2", ">f4", "<f8", "<c8", ">c16",
    "<m8[s]", "<M8[s]", "S1", "S2", "S3", "<U1", ">U2",
];

/// A length above the number of words that are processed at once, and not a multiple of it.
const LONG: u64 = 1171;

fn every(step: Option<i64>) -> Index {
    Index::Slice(Slice { start: None, stop: None, step })
}

/// Returns elements of a few values, including zeroes, NaN and `NaT`. All their sums and products
/// are exact.
fn elements(dtype: &str, layout: &Layout) -> Vec<u8> {
    let size = usize::try_from(layout.dtype.size()).expect("a small size");
    let code = dtype.trim_start_matches(['<', '>']);
    let floats = [0.0, -0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5];
    let halves = [0_u16, 0x8000, 0x3c00, 0xbc00, 0x4000, 0x3800, 0xc000, 0xb800];
    let mut bytes = Vec::new();
    let mut state = 1_u32;
    while bytes.len() < usize::try_from(layout.nbytes()).expect("small") {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (value, is_rare) = ((state >> 20) as usize % 8, (state >> 8).is_multiple_of(1500));
        let mut item = match code {
            "f2" => if is_rare { 0x7e00 } else { halves[value] }.to_le_bytes().to_vec(),
            "f4" | "c8" => if is_rare { f32::NAN } else { floats[value] }.to_le_bytes().to_vec(),
            "f8" | "c16" => {
                if is_rare { f64::NAN } else { f64::from(floats[value]) }.to_le_bytes().to_vec()
            }
            "m8[s]" | "M8[s]" => if is_rare { i64::MIN } else { i64::from(halves[value]) - 0x4000 }
                .to_le_bytes()
                .to_vec(),
            "?" => vec![u8::from(value > 2)],
            _ => (state >> 24).to_le_bytes().repeat(3)[..size].to_vec(),
        };
        if dtype.starts_with('>') {
            item.reverse();
        }
        bytes.extend(item);
    }
    bytes
}

/// Compares the results along each axis to those of the same elements alone.
#[track_caller]
fn check(region: &RecordingRegion, layout: &Layout, what: &str) {
    for (axis, operation) in
        (0..layout.shape.len()).flat_map(|axis| OPERATIONS.map(|operation| (axis, operation)))
    {
        let found = reduce(region, layout, operation, Some(axis.try_into().expect("small")), "a");
        let others = |number: u64| {
            let mut rest = number;
            let mut index = vec![every(None); layout.shape.len()];
            for other in (0..index.len()).rev().filter(|other| *other != axis) {
                index[other] = Index::At((rest % layout.shape[other]).try_into().expect("small"));
                rest /= layout.shape[other];
            }
            index
        };
        let outputs = layout.size() / layout.shape[axis];
        // The last results, and a sample of the others.
        for number in (0..outputs).filter(|number| number % 997 == 7 || outputs - number < 4) {
            let alone = layout.select(&others(number)).expect("a view");
            let alone = reduce(region, &alone, operation, None, "a").map(|alone| alone.data);
            let found = found.as_ref().map(|found| {
                let size = usize::try_from(found.dtype.size()).expect("small");
                let begin = usize::try_from(number).expect("small") * size;
                found.data[begin..begin + size].to_vec()
            });
            assert_eq!(found.ok(), alone.ok(), "{operation} {number} along {axis} of {what}");
        }
    }
}

#[test]
fn short_rows_and_columns_reduce_as_if_alone() {
    let shapes: [&[u64]; 7] = [
        &[LONG, 2],
        &[LONG, 3],
        &[2, LONG],
        &[LONG, 2, 2],
        &[3, LONG, 2],
        &[LONG / 4, 17],
        &[5, 3],
    ];
    for (dtype, shape) in DTYPES.into_iter().flat_map(|dtype| shapes.map(|shape| (dtype, shape))) {
        for order in [Order::C, Order::F] {
            let layout = Layout::new(Dtype::parse(dtype).expect("a dtype"), shape.to_vec(), order)
                .expect("a layout");
            let region = RecordingRegion::new(elements(dtype, &layout));
            let what = format!("{dtype} {shape:?} {order:?}");
            check(&region, &layout, &what);
            if order == Order::F {
                let backwards = layout.select(&vec![every(Some(-1)); shape.len()]).expect("a view");
                check(&region, &backwards, &format!("{what} backwards"));
            }
        }
    }
}

/// The longest axis of the result may be neither the first nor the last one.
#[test]
fn results_may_have_short_axes_on_either_side_of_a_long_one() {
    for order in [Order::C, Order::F] {
        for shape in [[2, 2, 700, 3, 2], [3, 700, 2, 2, 2], [2, 40, 3, 50, 2]] {
            let layout = Layout::new(Dtype::parse("<i2").expect("a dtype"), shape.to_vec(), order)
                .expect("a layout");
            check(
                &RecordingRegion::new(elements("<i2", &layout)),
                &layout,
                &format!("{shape:?} {order:?}"),
            );
        }
    }
}
