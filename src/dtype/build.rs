//! Building dtypes from parsed Python literals, as `numpy.dtype` does from objects.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::comma;
use super::literal::{Literal, Value};
use super::structured::{DtypeError, FieldDraft, RequestedSize, apply_shape, build_structure};
use super::{ByteOrder, Dtype, Kind, Scalar};
use crate::argsort::argsort;

/// The rules by which a literal describes a dtype.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParseMode {
    /// The rules of `numpy.dtype`: each field follows the previous one.
    Packed,
    /// The rules of `numpy.dtype(..., align=True)`, also for nested structures.
    Aligned,
    /// The rules of `numpy.lib.format.descr_to_dtype` for `.npy` files: unnamed fields are gaps.
    NpyDescr,
}

/// Builds the dtype that a literal describes.
pub(super) fn from_literal(literal: &Literal, mode: ParseMode) -> Result<Dtype, DtypeError> {
    let strict = mode == ParseMode::NpyDescr;
    match &literal.value {
        Value::Tuple(parts) => match &parts[..] {
            [element, shape] => apply_shape(from_literal(element, mode)?, shape),
            _ => Err(invalid(literal, "expected `(dtype, shape)`")),
        },
        Value::List(items) => from_field_list(literal, items, mode),
        Value::Bytes(_) | Value::None | Value::Dict(_) if strict => {
            Err(invalid(literal, "expected the description of a dtype"))
        }
        Value::Text(text) | Value::Bytes(text) => comma::parse(text, mode == ParseMode::Aligned)
            .map_err(|error| DtypeError { position: literal.start, error }),
        Value::None => Ok(Dtype::Scalar(Scalar::new(Kind::Float, 8, ByteOrder::Little, None))),
        Value::Dict(entries) => from_dictionary(literal, entries, mode == ParseMode::Aligned),
        _ => Err(invalid(literal, "expected a dtype")),
    }
}

/// Builds a structure from a list of fields `(name, dtype)` or `(name, dtype, shape)`, where the
/// name may be `(title, name)`.
fn from_field_list(
    literal: &Literal,
    items: &[Literal],
    mode: ParseMode,
) -> Result<Dtype, DtypeError> {
    let strict = mode == ParseMode::NpyDescr;
    let mut drafts = Vec::new();
    let mut end = 0_u64;
    for item in items {
        let parts = match &item.value {
            Value::Tuple(parts) => &parts[..],
            Value::List(parts) if strict => parts,
            _ => &[],
        };
        let (name, dtype) = match parts {
            [name, dtype] => (name, from_literal(dtype, mode)?),
            [name, element, shape] => (name, apply_shape(from_literal(element, mode)?, shape)?),
            _ => return Err(not_a_field(item)),
        };
        let start = end;
        end = end.saturating_add(dtype.size());
        if strict && name.text() == Some("") && is_void(&dtype) {
            continue;
        }
        let (title, name) = title_and_name(name)?;
        let name = match (name.is_empty(), &title) {
            (true, None) if !strict => format!("f{}", drafts.len()),
            (true, Some(_)) if !strict => {
                return Err(invalid(item, "a field with a title must have a name"));
            }
            _ => name.to_string(),
        };
        drafts.push(FieldDraft {
            position: item.start,
            name,
            title,
            dtype,
            offset: strict.then_some(start),
        });
    }
    build_structure(drafts, mode == ParseMode::Aligned, strict.then_some((literal.start, end)))
}

/// Returns whether an unnamed field of this type is a gap. To numpy, every subarray is void.
fn is_void(dtype: &Dtype) -> bool {
    match dtype {
        Dtype::Scalar(scalar) => scalar.kind == Kind::Void,
        Dtype::Subarray(_) => true,
        Dtype::Structured(_) => false,
    }
}

fn not_a_field(item: &Literal) -> DtypeError {
    invalid(item, "expected a field, such as `('x', '<f4')` or `('x', '<f4', (2,))`")
}

/// Returns the optional title and the name of a field.
fn title_and_name(literal: &Literal) -> Result<(Option<String>, &str), DtypeError> {
    match &literal.value {
        Value::Text(name) => Ok((None, name)),
        Value::Tuple(both) if both.len() == 2 => {
            let name = both[1].text().ok_or_else(|| not_a_name(&both[1]))?;
            Ok((title_of(&both[0])?, name))
        }
        _ => Err(not_a_name(literal)),
    }
}

fn title_of(literal: &Literal) -> Result<Option<String>, DtypeError> {
    match &literal.value {
        Value::None => Ok(None),
        Value::Text(title) => Ok(Some(title.clone())),
        _ => Err(invalid(literal, "expected a string as title")),
    }
}

fn not_a_name(literal: &Literal) -> DtypeError {
    invalid(literal, "expected a string as field name")
}

type Entries = [(Literal, Literal)];

/// Returns the value of a key. As in Python, the last of several equal keys wins.
fn lookup<'a>(entries: &'a Entries, key: &str) -> Option<&'a Literal> {
    entries.iter().rev().find(|entry| entry.0.text() == Some(key)).map(|entry| &entry.1)
}

/// Builds a structure from a dictionary: of lists (`names`, `formats`, ...), or of fields.
fn from_dictionary(
    literal: &Literal,
    entries: &Entries,
    mut aligned: bool,
) -> Result<Dtype, DtypeError> {
    let (Some(names), Some(formats)) = (lookup(entries, "names"), lookup(entries, "formats"))
    else {
        return build_structure(fields_by_offset(entries, aligned)?, aligned, None);
    };
    match lookup(entries, "aligned").map(|flag| (&flag.value, flag)) {
        None | Some((Value::Bool(false), _)) => {}
        Some((Value::Bool(true), _)) => aligned = true,
        Some((_, flag)) => return Err(invalid(flag, "expected `True` or `False`")),
    }
    let list = |list: &Literal| list.items().map(<[_]>::len);
    let (offsets, titles) = (lookup(entries, "offsets"), lookup(entries, "titles"));
    let count = list(names);
    for other in [Some(names), Some(formats), offsets, titles].into_iter().flatten() {
        if list(other) < count || list(other).is_none() {
            return Err(invalid(other, "expected a list with an item for each field"));
        }
    }
    let mut drafts = Vec::new();
    for (number, name) in names.items().unwrap_or_default().iter().enumerate() {
        let format = at(Some(formats), number).unwrap_or(literal);
        drafts.push(FieldDraft {
            position: name.start,
            name: name.text().ok_or_else(|| not_a_name(name))?.to_string(),
            title: at(titles, number).map_or(Ok(None), title_of)?,
            dtype: from_literal(format, mode_of(aligned))?,
            offset: at(offsets, number).map(natural).transpose()?,
        });
    }
    let size = lookup(entries, "itemsize")
        .map(|size| Ok::<RequestedSize, DtypeError>((size.start, natural(size)?)))
        .transpose()?;
    build_structure(drafts, aligned, size)
}

/// Returns the item of a list for a field.
fn at(list: Option<&Literal>, number: usize) -> Option<&Literal> {
    list.and_then(Literal::items).map(|items| &items[number])
}

/// Returns the fields of a dictionary `{name: (dtype, offset), name: (dtype, offset, title)}`,
/// sorted by their offsets.
fn fields_by_offset(entries: &Entries, aligned: bool) -> Result<Vec<FieldDraft>, DtypeError> {
    let mut found = Vec::new();
    for (key, entry) in entries {
        let Value::Tuple(parts) = &entry.value else { return Err(not_a_field(entry)) };
        let (dtype, offset, title) = match &parts[..] {
            [dtype, offset] => (dtype, offset, None),
            [dtype, offset, title] => (dtype, offset, title_of(title)?),
            _ => return Err(not_a_field(entry)),
        };
        let name = key.text().ok_or_else(|| not_a_name(key))?;
        // numpy's own dictionaries contain a field under its title too.
        if title.as_deref() != Some(name) {
            found.push((natural(offset)?, key.start, name, title, dtype));
        }
    }
    let mut drafts = Vec::new();
    for number in argsort(found.len(), &|one, other| found[one].0.cmp(&found[other].0)) {
        let (offset, position, name, title, dtype) = &found[number];
        let dtype = from_literal(dtype, mode_of(aligned))?;
        drafts.push(FieldDraft {
            position: *position,
            name: name.to_string(),
            title: title.clone(),
            dtype,
            offset: Some(*offset),
        });
    }
    Ok(drafts)
}

fn mode_of(aligned: bool) -> ParseMode {
    if aligned { ParseMode::Aligned } else { ParseMode::Packed }
}

fn natural(literal: &Literal) -> Result<u64, DtypeError> {
    literal.natural().ok_or_else(|| invalid(literal, "expected a non-negative integer"))
}

fn invalid(literal: &Literal, what: &str) -> DtypeError {
    DtypeError::new(literal.start, what.into())
}
