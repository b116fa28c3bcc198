//! Construction of types that have parts: the offsets of fields, and the sizes of subarrays.
//!
//! As in numpy, every size fits a C `int`: at most 2,147,483,647 bytes.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::literal::{Literal, Value};
use super::{Dtype, Field, Kind, Scalar, Structured, Subarray};
use crate::argsort::argsort;
use crate::display::{ShapeDisplay, excerpt};
use crate::error::Error;
use crate::limits::MAX_AXES;
use crate::message;

/// The maximum size of a type in bytes, and the maximum length of an axis of a subarray.
const MAX_SIZE: u64 = i32::MAX.unsigned_abs() as u64;

/// The reason why a literal is not a dtype, and its position in the text.
pub(crate) struct DtypeError {
    pub(crate) position: usize,
    pub(crate) error: Error,
}

impl DtypeError {
    pub(super) fn new(position: usize, what: String) -> Self {
        Self { position, error: Error::InvalidArgument(what) }
    }
}

/// A field whose offset may not be known yet.
pub(super) struct FieldDraft {
    /// The position in the text.
    pub(super) position: usize,
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) dtype: Dtype,
    /// The offset in the structure; `None` places the field after the previous one.
    pub(super) offset: Option<u64>,
}

/// A requested item size, with its position in the text.
pub(super) type RequestedSize = (usize, u64);

/// Builds a structure from fields. Without a requested size, it gets the smallest one that fits.
pub(super) fn build_structure(
    drafts: Vec<FieldDraft>,
    aligned: bool,
    size: Option<RequestedSize>,
) -> Result<Dtype, DtypeError> {
    check_names(&drafts)?;
    let mut fields = Vec::with_capacity(drafts.len());
    let (mut end, mut alignment, mut position) = (0_u64, 1, 0);
    for draft in drafts {
        position = draft.position;
        let own = if aligned { draft.dtype.alignment() } else { 1 };
        let offset = draft.offset.unwrap_or(end.next_multiple_of(own));
        if offset % own != 0 {
            let name = excerpt(&draft.name);
            return Err(DtypeError::new(
                position,
                message!(
                    "the offset {offset} of the field `{name}` is not a multiple of {own}, which \
                     `aligned` requires"
                ),
            ));
        }
        alignment = alignment.max(own);
        end = end.max(check_size(offset.saturating_add(draft.dtype.size()), position)?);
        let FieldDraft { name, title, dtype, .. } = draft;
        fields.push(Field { name, title, dtype, offset });
    }
    end = check_size(end.next_multiple_of(alignment), position)?;
    if let Some((position, size)) = size {
        if size < end || size % alignment != 0 {
            return Err(DtypeError::new(
                position,
                message!(
                    "the itemsize {size} must be a multiple of {alignment} and at least {end}, the \
                     end of the fields"
                ),
            ));
        }
        end = check_size(size, position)?;
    }
    Ok(Dtype::Structured(Arc::new(Structured { fields, size: end, alignment, aligned })))
}

/// Fails if a name or title occurs twice: numpy keeps all of them as keys of one dictionary.
fn check_names(drafts: &[FieldDraft]) -> Result<(), DtypeError> {
    let mut names = Vec::with_capacity(drafts.len());
    for draft in drafts {
        names.push((draft.name.as_str(), draft.position));
        if let Some(title) = &draft.title {
            names.push((title.as_str(), draft.position));
        }
    }
    let order = argsort(names.len(), &|one, other| names[one].cmp(&names[other]));
    for pair in order.windows(2) {
        let (name, position) = names[pair[1]];
        if name == names[pair[0]].0 {
            return Err(DtypeError::new(
                position,
                message!("the name or title `{}` occurs twice", excerpt(name)),
            ));
        }
    }
    Ok(())
}

/// Builds a subarray type: numpy's `(element, shape)`.
pub(super) fn apply_shape(element: Dtype, literal: &Literal) -> Result<Dtype, DtypeError> {
    let invalid = |what: &str| DtypeError::new(literal.start, what.into());
    if let Dtype::Scalar(scalar) = &element
        && scalar.size == 0
    {
        // The shape of a type without a size is its size.
        let unit = if scalar.kind == Kind::Unicode { 4 } else { 1 };
        let size = literal.natural().and_then(|count| count.checked_mul(unit));
        let size = size.ok_or_else(|| invalid("expected a size for the type"))?;
        return Ok(Dtype::Scalar(Scalar { size: check_size(size, literal.start)?, ..*scalar }));
    }
    let lengths = match &literal.value {
        Value::Tuple(items) if items.is_empty() => return Ok(element),
        Value::Tuple(items) | Value::List(items) => &items[..],
        _ => core::slice::from_ref(literal),
    };
    let mut shape = Vec::with_capacity(lengths.len());
    for length in lengths {
        let Some(length) = length.natural().filter(|&length| length <= MAX_SIZE) else { break };
        shape.push(length);
    }
    if shape.len() < lengths.len() || shape.is_empty() {
        return Err(invalid("expected a shape of non-negative integers that fit a C int"));
    }
    if shape.len() > MAX_AXES {
        return Err(invalid(&format!(
            "a shape of {} axes is too long: it has at most {MAX_AXES}",
            shape.len()
        )));
    }
    if element.size() == 0 && matches!(element, Dtype::Subarray(_)) {
        return Err(invalid("elements of 0 bytes cannot have another shape"));
    }
    let (mut size, mut count) = (element.size(), 1_u64);
    for &length in &shape {
        // As in numpy, the axes after an axis of length 0 may have any length.
        if length == 0 {
            (size, count) = (0, 0);
            break;
        }
        size = size.saturating_mul(length);
        count = count.saturating_mul(length);
    }
    if size == 0 && count > MAX_SIZE {
        return Err(invalid("the shape has more elements than fit a C int"));
    }
    if size > MAX_SIZE {
        return Err(invalid(&format!(
            "an array of shape {} has more than {MAX_SIZE} bytes",
            ShapeDisplay(&shape)
        )));
    }
    Ok(Dtype::Subarray(Arc::new(Subarray { element, shape, size })))
}

fn check_size(size: u64, position: usize) -> Result<u64, DtypeError> {
    if size <= MAX_SIZE {
        return Ok(size);
    }
    Err(DtypeError::new(position, message!("the type has more than {MAX_SIZE} bytes")))
}
