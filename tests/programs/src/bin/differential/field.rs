//! The fields of a line: the arguments of a step.

use super::bindings::filemap::data::array::{
    Advice, Index, Mask, Mode, NpyVersion, Operation, Order, Slice, Take,
};

/// Parses a field by `read`; `-` is `None`.
pub(crate) fn optional<'a, T>(field: &'a str, read: impl Fn(&'a str) -> T) -> Option<T> {
    (field != "-").then(|| read(field))
}

pub(crate) fn number<T: std::str::FromStr>(field: &str) -> T {
    field.parse().unwrap_or_else(|_| panic!("`{field}` is not a number of this type"))
}

pub(crate) fn numbers<T: std::str::FromStr>(field: &str) -> Vec<T> {
    field.split(',').filter(|number| !number.is_empty()).map(number).collect()
}

pub(crate) fn bytes(field: &str) -> Vec<u8> {
    let digits = |pair: &[u8]| {
        u8::from_str_radix(str::from_utf8(pair).expect("ASCII"), 16).expect("two digits")
    };
    field.as_bytes().chunks(2).map(digits).collect()
}

/// Parses indices, which are separated by semicolons: a letter and its numbers.
pub(crate) fn index(field: &str) -> Vec<Index> {
    let one = |field: &str| match field.split_at(1) {
        ("a", at) => Index::At(number(at)),
        ("s", bounds) => {
            let bounds: Vec<_> =
                bounds.split(':').map(|bound| (!bound.is_empty()).then(|| number(bound))).collect();
            let [start, stop, step] = bounds[..] else { panic!("`{field}` is not a slice") };
            Index::Slice(Slice { start, stop, step })
        }
        ("e", _) => Index::Ellipsis,
        ("n", _) => Index::NewAxis,
        ("t", list) => {
            let (indices, shape) = shaped(list);
            Index::Take(Take { indices: numbers(indices), shape })
        }
        ("m", list) => {
            let (values, shape) = shaped(list);
            Index::Mask(Mask { values: values.chars().map(|digit| digit == '1').collect(), shape })
        }
        _ => panic!("`{field}` is not an index"),
    };
    field.split(';').filter(|index| !index.is_empty()).map(one).collect()
}

/// Splits the elements of an index array from its shape, which follows a slash. Without a slash the
/// array has one axis.
fn shaped(list: &str) -> (&str, Option<Vec<u64>>) {
    match list.split_once('/') {
        Some((elements, shape)) => (elements, Some(numbers(shape))),
        None => (list, None),
    }
}

pub(crate) fn mode(field: &str) -> Mode {
    match field {
        "r" => Mode::ReadOnly,
        "c" => Mode::CopyOnWrite,
        "r+" => Mode::ReadWrite,
        "w+" => Mode::Write,
        _ => panic!("`{field}` is not a mode"),
    }
}

pub(crate) fn order(field: &str) -> Order {
    if field == "F" { Order::F } else { Order::C }
}

pub(crate) fn version(field: &str) -> NpyVersion {
    match field {
        "1" => NpyVersion::V1,
        "2" => NpyVersion::V2,
        "3" => NpyVersion::V3,
        _ => panic!("`{field}` is not a version"),
    }
}

pub(crate) fn operation(field: &str) -> Operation {
    match field {
        "sum" => Operation::Sum,
        "prod" => Operation::Prod,
        "min" => Operation::Min,
        "max" => Operation::Max,
        "mean" => Operation::Mean,
        "var" => Operation::Var,
        "std" => Operation::Std,
        "any" => Operation::Any,
        "all" => Operation::All,
        "argmin" => Operation::Argmin,
        "argmax" => Operation::Argmax,
        "count-nonzero" => Operation::CountNonzero,
        _ => panic!("`{field}` is not an operation"),
    }
}

pub(crate) fn advice(field: &str) -> Advice {
    match field {
        "normal" => Advice::Normal,
        "random" => Advice::Random,
        "sequential" => Advice::Sequential,
        "will-need" => Advice::WillNeed,
        "dont-need" => Advice::DontNeed,
        "huge-page" => Advice::HugePage,
        _ => panic!("`{field}` is not an advice"),
    }
}
