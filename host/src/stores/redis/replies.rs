//! Replies of the documented forms.

use redis::Value;

use super::failure::{Failure, Outcome};

/// Returns the replies as an array of their number.
pub(super) fn exactly<const N: usize>(replies: Vec<Value>) -> Outcome<[Value; N]> {
    replies.try_into().map_err(|_| Failure::Reply)
}

/// Returns the number of a reply.
pub(super) fn number(reply: &Value) -> Outcome<u64> {
    match reply {
        Value::Int(number) => u64::try_from(*number).map_err(|_| Failure::Reply),
        _ => Err(Failure::Reply),
    }
}

/// Returns the bytes of a reply.
pub(super) fn bytes(reply: Value) -> Outcome<Vec<u8>> {
    optional_bytes(reply)?.ok_or(Failure::Reply)
}

/// Returns the bytes of a reply, or `None` if it is `nil`.
pub(super) fn optional_bytes(reply: Value) -> Outcome<Option<Vec<u8>>> {
    match reply {
        Value::BulkString(bytes) => Ok(Some(bytes)),
        Value::Nil => Ok(None),
        _ => Err(Failure::Reply),
    }
}

/// Returns the elements of a reply.
pub(super) fn elements(reply: Value) -> Outcome<Vec<Value>> {
    match reply {
        Value::Array(elements) => Ok(elements),
        _ => Err(Failure::Reply),
    }
}
