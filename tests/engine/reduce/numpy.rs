//! Every reduction of small arrays, compared to numpy.

use filemap::array::{Operation, Reduction, reduce};
use filemap::dtype::{ByteOrder, Dtype, Kind, Scalar};
use filemap::error::{Error, Result};
use filemap::layout::Layout;
use serde_json::Value;

use super::region::RecordingRegion;
use crate::json;

const OPERATIONS: [(&str, Operation); 12] = [
    ("sum", Operation::Sum),
    ("prod", Operation::Prod),
    ("min", Operation::Min),
    ("max", Operation::Max),
    ("mean", Operation::Mean),
    ("var", Operation::Var),
    ("std", Operation::Std),
    ("any", Operation::Any),
    ("all", Operation::All),
    ("argmin", Operation::Argmin),
    ("argmax", Operation::Argmax),
    ("count_nonzero", Operation::CountNonzero),
];

pub(super) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn numbers<T: TryFrom<i64>>(values: &[Value]) -> Vec<T> {
    values
        .iter()
        .map(|value| value.as_i64().and_then(|number| number.try_into().ok()).expect("a number"))
        .collect()
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let digits = text(value).as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16).expect("a digit"))
        .collect()
}

/// Parses numpy's `dtype.str` without the unit of a time.
fn scalar(dtype: &str) -> Scalar {
    let (kind, size) = dtype[1..].split_at(1);
    let size = size.split('[').next().expect("a size").parse().expect("a size");
    let kind = match kind {
        "b" => Kind::Bool,
        "i" => Kind::Int,
        "u" => Kind::Uint,
        "f" => Kind::Float,
        "c" => Kind::Complex,
        "m" => Kind::Timedelta,
        "M" => Kind::Datetime,
        "S" => Kind::Bytes,
        "U" => Kind::Unicode,
        "V" => Kind::Void,
        _ => panic!("{dtype}"),
    };
    let order = if dtype.starts_with('>') { ByteOrder::Big } else { ByteOrder::Little };
    Scalar { kind, size: if kind == Kind::Unicode { 4 * size } else { size }, order, unit: None }
}

/// Returns the numbers of a result; of complex numbers, both components.
fn floats(scalar: Scalar, data: &[u8]) -> Vec<f64> {
    let size = usize::try_from(scalar.size).expect("a size")
        / if scalar.kind == Kind::Complex { 2 } else { 1 };
    let number = |bytes: &[u8]| match bytes {
        &[a, b] => half(u16::from_le_bytes([a, b])),
        &[a, b, c, d] => f32::from_le_bytes([a, b, c, d]).into(),
        bytes => f64::from_le_bytes(bytes.try_into().expect("8 bytes")),
    };
    data.chunks(size).map(number).collect()
}

fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// A result of an array to compare.
struct Case<'a> {
    operation: Operation,
    source: Scalar,
    rough: bool,
    wanted: &'a [Value],
}

fn check(case: &Case<'_>, found: Result<Reduction>) {
    let wanted = text(&case.wanted[0]);
    let Some(data) = case.wanted.get(1) else {
        match found.expect_err(wanted) {
            Error::OutOfBounds(_) => assert_eq!(wanted, "AxisError"),
            Error::InvalidArgument(_) => assert_eq!(wanted, "ValueError"),
            Error::Unsupported(_) => {
                assert!(matches!(wanted, "TypeError" | "UFuncTypeError"), "{wanted}");
            }
            other => panic!("{other:?}"),
        }
        return;
    };
    let (wanted, data) = (scalar(wanted), bytes(data));
    let found = found.expect("a result");
    assert_eq!((found.dtype, found.shape), (Dtype::Scalar(wanted), numbers(&case.wanted[2..])));
    assert_eq!(found.data.len(), data.len());
    if !matches!(wanted.kind, Kind::Float | Kind::Complex) {
        assert_eq!(found.data, data);
        return;
    }
    // The sign of numpy's zero depends on the number of elements and on the processor, and in
    // complex products on the order of the factors.
    let any_zero = matches!(
        (case.operation, wanted.kind),
        (Operation::Min | Operation::Max, _) | (Operation::Prod, Kind::Complex)
    );
    // numpy multiplies a complex sum by the reciprocal of the count, which rounds once more than a
    // division.
    let rounded = wanted.kind == Kind::Complex && case.operation == Operation::Mean;
    let is_spread = matches!(case.operation, Operation::Var | Operation::Std);
    let epsilon = match floats_size(wanted) {
        // numpy rounds the squared deviations to the type of the result, and the variance before
        // its root.
        0 if is_spread => 2e-3,
        1 if is_spread => 1e-6,
        2 if is_spread => 1e-15,
        0 if case.rough => 1e-2,
        1 if case.rough || rounded => 1e-5,
        2 if case.rough || rounded => 1e-13,
        _ => 0.0,
    };
    // numpy's mean of large integers is off by more than 1, and so are the deviations from it.
    let is_wide = matches!(case.source.kind, Kind::Int | Kind::Uint) && case.source.size == 8;
    let slack = match case.operation {
        Operation::Var if is_wide && case.rough => 2_f64.powi(22),
        Operation::Std if is_wide && case.rough => 2_f64.powi(11),
        _ => 0.0,
    };
    let (found, wanted) = (floats(wanted, &found.data), floats(wanted, &data));
    let largest = wanted.iter().fold(1.0, |largest: f64, wanted| largest.max(wanted.abs()));
    for (found, wanted) in found.into_iter().zip(wanted) {
        let near = (found - wanted).abs() <= epsilon * largest + slack;
        let zero = if any_zero { 0.0 } else { -0.0 };
        if is_spread && wanted.is_infinite() {
            // numpy overflows in intermediate results; the exact result may be smaller.
            assert!(found >= 0.0, "{found:e}");
            continue;
        }
        let same = (found + zero).to_bits() == (wanted + zero).to_bits();
        assert!(
            same || (epsilon > 0.0 && near) || (found.is_nan() && wanted.is_nan()),
            "{found:e}, not {wanted:e}"
        );
    }
}

/// Returns a rank of the sizes of floats, from 0 for the smallest to 2 for the largest.
fn floats_size(scalar: Scalar) -> usize {
    let part = if scalar.kind == Kind::Complex { scalar.size / 2 } else { scalar.size };
    usize::try_from(part.ilog2()).expect("a small number") - 1
}

#[test]
fn reduces_like_numpy() {
    let arrays = json("reduce.json");
    let arrays = arrays["arrays"].as_array().expect("a list of arrays");
    assert!(arrays.len() > 150);
    for array in arrays {
        let dtype = text(&array["dtype"]);
        let source = scalar(dtype);
        let layout = Layout {
            dtype: Dtype::Scalar(source),
            shape: numbers(array["shape"].as_array().expect("a shape")),
            strides: numbers(array["strides"].as_array().expect("strides")),
            start: array["start"].as_u64().expect("a start"),
        };
        let region = RecordingRegion::new(bytes(&array["data"]));
        for result in array["results"].as_array().expect("results") {
            let result = result.as_array().expect("a result");
            let (_, operation) =
                OPERATIONS.into_iter().find(|(name, _)| *name == text(&result[0])).expect("a name");
            let (axis, rough) = (result[1].as_i64(), array["rough"] == true);
            let case = Case { operation, source, rough, wanted: &result[2..] };
            let attempt = || check(&case, reduce(&region, &layout, operation, axis, "a"));
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(attempt))
                .unwrap_or_else(|_| panic!("{operation} along {axis:?} of {array}"));
        }
    }
}
