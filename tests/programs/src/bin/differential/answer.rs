//! Answers: a line for what came of a step.

use std::fmt::{Display, Write as _};

use super::bindings::filemap::data::array::{MemmapInfo, Mode, Order, Reduction};
use super::bindings::filemap::data::errors::{Error, ErrorCode};

/// Nothing but success.
pub(crate) fn done() -> String {
    "ok".into()
}

/// Success, and some bytes.
pub(crate) fn bytes(data: &[u8]) -> String {
    format!("ok\t{}", hexadecimal(data))
}

/// Success, and a shape.
pub(crate) fn shape(lengths: &[u64]) -> String {
    format!("ok\t{}", list(lengths))
}

/// Success, and a reduction.
pub(crate) fn reduction(Reduction { dtype, shape, data }: &Reduction) -> String {
    format!("ok\t{dtype}\t{}\t{}", list(shape), hexadecimal(data))
}

/// Success, and what the new array is.
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

/// A failure: its code, and its message.
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
        write!(text, "{byte:02x}").expect("it is memory");
        text
    })
}

fn list(numbers: &[impl Display]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
