//! Answers: one line for the result of each step.

use std::fmt::{Display, Write as _};

use super::bindings::filemap::data::array::{MemmapInfo, Mode, Order, Reduction};
use super::bindings::filemap::data::errors::{Error, ErrorCode};

/// A success without a result.
pub(crate) fn done() -> String {
    "ok".into()
}

/// A success with bytes.
pub(crate) fn bytes(data: &[u8]) -> String {
    format!("ok\t{}", hexadecimal(data))
}

/// A success with a shape.
pub(crate) fn shape(lengths: &[u64]) -> String {
    format!("ok\t{}", list(lengths))
}

/// A success with a reduction.
pub(crate) fn reduction(Reduction { dtype, shape, data }: &Reduction) -> String {
    format!("ok\t{dtype}\t{}\t{}", list(shape), hexadecimal(data))
}

/// A success with the attributes of a new array.
pub(crate) fn info(info: &MemmapInfo) -> String {
    let MemmapInfo {
        dtype,
        item_size,
        shape,
        strides,
        order,
        offset,
        mode,
        writeable,
        filename,
        size,
        nbytes,
    } = info;
    let order = match order {
        Some(Order::C) => "C",
        Some(Order::F) => "F",
        None => "-",
    };
    let mode = match mode {
        Mode::ReadOnly => "r",
        Mode::CopyOnWrite => "c",
        Mode::ReadWrite => "r+",
        Mode::Write => "w+",
    };
    let (shape, strides, filename) =
        (list(shape), list(strides), filename.as_deref().unwrap_or("-"));
    format!(
        "ok\t{dtype}\t{item_size}\t{shape}\t{strides}\t{order}\t{offset}\t{mode}\t\
         {writeable}\t{filename}\t{size}\t{nbytes}"
    )
}

/// A failure with its code and message.
pub(crate) fn failure(error: &Error) -> String {
    let code = match error.code {
        ErrorCode::NotFound => "not-found",
        ErrorCode::AccessDenied => "access-denied",
        ErrorCode::Busy => "busy",
        ErrorCode::InvalidArgument => "invalid-argument",
        ErrorCode::OutOfBounds => "out-of-bounds",
        ErrorCode::Truncated => "truncated",
        ErrorCode::NoSpace => "no-space",
        ErrorCode::LimitExceeded => "limit-exceeded",
        ErrorCode::Closed => "closed",
        ErrorCode::Corrupt => "corrupt",
        ErrorCode::Unsupported => "unsupported",
        ErrorCode::Unavailable => "unavailable",
        ErrorCode::Interrupted => "interrupted",
        ErrorCode::Other => "other",
    };
    format!("error\t{code}\t{}", error.message.escape_debug())
}

fn hexadecimal(data: &[u8]) -> String {
    data.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string grows");
        text
    })
}

fn list(numbers: &[impl Display]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
