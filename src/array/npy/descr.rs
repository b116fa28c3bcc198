//! The dtype in the header of a `.npy` file: `numpy.lib.format.descr_to_dtype`.
//!
//! It looks like the argument of `numpy.dtype`, but gaps between the fields are fields without a name.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::array::dtype::{Draft, Refusal, no_field, place, refused, shaped, title_and_name};
use crate::array::literal::{Literal, Value};
use crate::array::{Dtype, Kind};

pub(super) fn dtype(literal: &Literal) -> Result<Dtype, Refusal> {
    described(literal)?.flat_enough(literal)
}

fn described(literal: &Literal) -> Result<Dtype, Refusal> {
    match &literal.value {
        Value::Text(_) => Dtype::from_literal(literal),
        Value::Tuple(parts) => match &parts[..] {
            [element, shape] => shaped(described(element)?, shape),
            _ => Err(refused(literal, "a tuple that is no element and shape")),
        },
        Value::List(items) => structured(literal, items),
        _ => Err(refused(literal, "what describes no dtype")),
    }
}

fn structured(literal: &Literal, items: &[Literal]) -> Result<Dtype, Refusal> {
    let mut drafts = Vec::new();
    let mut offset = 0_u64;
    for item in items {
        let (name, dtype) = match item.items() {
            Some([name, dtype]) => (name, described(dtype)?),
            Some([name, element, shape]) => (name, shaped(described(element)?, shape)?),
            _ => return Err(no_field(item)),
        };
        let start = offset;
        offset = offset.saturating_add(dtype.size());
        if name.text() != Some("") || !is_void(&dtype) {
            let (title, name) = title_and_name(name)?;
            drafts.push(Draft { position: item.start, name: name.to_string(), title, dtype, offset: Some(start) });
        }
    }
    place(drafts, false, Some((literal.start, offset)))
}

/// Whether a field without a name is a gap: to numpy, an array of anything is void.
fn is_void(dtype: &Dtype) -> bool {
    match dtype {
        Dtype::Scalar(scalar) => scalar.kind == Kind::Void,
        Dtype::Subarray(_) => true,
        Dtype::Structured(_) => false,
    }
}
