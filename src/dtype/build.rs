//! From Python's objects, as literals, to dtypes: what `numpy.dtype` does.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::comma;
use super::literal::{Literal, Value};
use super::structured::{Draft, Refusal, Size, place, shaped};
use super::{ByteOrder, Dtype, Kind, Scalar};
use crate::argsort::argsort;

/// What a literal is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The argument of `numpy.dtype`: field follows field.
    Packed,
    /// The same in a structure that is aligned, and so are those within it.
    Aligned,
    /// The dtype in a `.npy` file, as `numpy.lib.format.descr_to_dtype` reads it: gaps are fields
    /// without a name.
    Described,
}

/// The dtype that a literal stands for.
pub(super) fn build(literal: &Literal, reading: Reading) -> Result<Dtype, Refusal> {
    let strict = reading == Reading::Described;
    match &literal.value {
        Value::Tuple(parts) => match &parts[..] {
            [element, shape] => shaped(build(element, reading)?, shape),
            _ => Err(refused(literal, "a tuple that is no element and shape")),
        },
        Value::List(items) => listed(literal, items, reading),
        Value::Bytes(_) | Value::None | Value::Dict(_) if strict => {
            Err(refused(literal, "what describes no dtype"))
        }
        Value::Text(text) | Value::Bytes(text) => comma::parse(text, reading == Reading::Aligned)
            .map_err(|error| Refusal { position: literal.start, error }),
        Value::None => Ok(Dtype::Scalar(Scalar::new(Kind::Float, 8, ByteOrder::Little, None))),
        Value::Dict(entries) => described(literal, entries, reading == Reading::Aligned),
        _ => Err(refused(literal, "what is no dtype")),
    }
}

/// The structure of a list of fields, each `(name, dtype)` or `(name, dtype, shape)`, and the name
/// may be `(title, name)`.
fn listed(literal: &Literal, items: &[Literal], reading: Reading) -> Result<Dtype, Refusal> {
    let strict = reading == Reading::Described;
    let mut drafts = Vec::new();
    let mut end = 0_u64;
    for item in items {
        let parts = match &item.value {
            Value::Tuple(parts) => &parts[..],
            Value::List(parts) if strict => parts,
            _ => &[],
        };
        let (name, dtype) = match parts {
            [name, dtype] => (name, build(dtype, reading)?),
            [name, element, shape] => (name, shaped(build(element, reading)?, shape)?),
            _ => return Err(no_field(item)),
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
                return Err(refused(item, "a field with a title and without a name"));
            }
            _ => name.to_string(),
        };
        drafts.push(Draft {
            position: item.start,
            name,
            title,
            dtype,
            offset: strict.then_some(start),
        });
    }
    place(drafts, reading == Reading::Aligned, strict.then_some((literal.start, end)))
}

/// Whether a field without a name is a gap: to numpy, an array of anything is void.
fn is_void(dtype: &Dtype) -> bool {
    match dtype {
        Dtype::Scalar(scalar) => scalar.kind == Kind::Void,
        Dtype::Subarray(_) => true,
        Dtype::Structured(_) => false,
    }
}

fn no_field(item: &Literal) -> Refusal {
    refused(item, "what is no field, as `('x', '<f4')` and `('x', '<f4', (2,))` are")
}

/// The title, if any, and the name of a field.
fn title_and_name(literal: &Literal) -> Result<(Option<String>, &str), Refusal> {
    match &literal.value {
        Value::Text(name) => Ok((None, name)),
        Value::Tuple(both) if both.len() == 2 => {
            let name = both[1].text().ok_or_else(|| no_name(&both[1]))?;
            Ok((title_of(&both[0])?, name))
        }
        _ => Err(no_name(literal)),
    }
}

fn title_of(literal: &Literal) -> Result<Option<String>, Refusal> {
    match &literal.value {
        Value::None => Ok(None),
        Value::Text(title) => Ok(Some(title.clone())),
        _ => Err(refused(literal, "a title that is no string")),
    }
}

fn no_name(literal: &Literal) -> Refusal {
    refused(literal, "a name of a field that is no string")
}

type Entries = [(Literal, Literal)];

/// What Python finds under a key: of several, the last.
fn find<'a>(entries: &'a Entries, key: &str) -> Option<&'a Literal> {
    entries.iter().rev().find(|entry| entry.0.text() == Some(key)).map(|entry| &entry.1)
}

/// The structure of a dictionary: by lists of names, formats and so on, or field by field.
fn described(literal: &Literal, entries: &Entries, mut aligned: bool) -> Result<Dtype, Refusal> {
    let (Some(names), Some(formats)) = (find(entries, "names"), find(entries, "formats")) else {
        return place(by_field(entries, aligned)?, aligned, None);
    };
    match find(entries, "aligned").map(|flag| (&flag.value, flag)) {
        None | Some((Value::Bool(false), _)) => {}
        Some((Value::Bool(true), _)) => aligned = true,
        Some((_, flag)) => return Err(refused(flag, "neither `True` nor `False`")),
    }
    let list = |list: &Literal| list.items().map(<[_]>::len);
    let (offsets, titles) = (find(entries, "offsets"), find(entries, "titles"));
    let count = list(names);
    for other in [Some(names), Some(formats), offsets, titles].into_iter().flatten() {
        if list(other) < count || list(other).is_none() {
            return Err(refused(other, "what is no list of something for each field"));
        }
    }
    let mut drafts = Vec::new();
    for (number, name) in names.items().unwrap_or_default().iter().enumerate() {
        let format = at(Some(formats), number).unwrap_or(literal);
        drafts.push(Draft {
            position: name.start,
            name: name.text().ok_or_else(|| no_name(name))?.to_string(),
            title: at(titles, number).map_or(Ok(None), title_of)?,
            dtype: build(format, reading(aligned))?,
            offset: at(offsets, number).map(natural).transpose()?,
        });
    }
    let size = find(entries, "itemsize")
        .map(|size| Ok::<Size, Refusal>((size.start, natural(size)?)))
        .transpose()?;
    place(drafts, aligned, size)
}

/// What a list has for the field of that number.
fn at(list: Option<&Literal>, number: usize) -> Option<&Literal> {
    list.and_then(Literal::items).map(|items| &items[number])
}

/// The fields of a dictionary `{name: (dtype, offset), name: (dtype, offset, title)}`, by their
/// offsets.
fn by_field(entries: &Entries, aligned: bool) -> Result<Vec<Draft>, Refusal> {
    let mut found = Vec::new();
    for (key, entry) in entries {
        let Value::Tuple(parts) = &entry.value else { return Err(no_field(entry)) };
        let (dtype, offset, title) = match &parts[..] {
            [dtype, offset] => (dtype, offset, None),
            [dtype, offset, title] => (dtype, offset, title_of(title)?),
            _ => return Err(no_field(entry)),
        };
        let name = key.text().ok_or_else(|| no_name(key))?;
        // numpy's own dictionaries have a field under its title too.
        if title.as_deref() != Some(name) {
            found.push((natural(offset)?, key.start, name, title, dtype));
        }
    }
    let mut drafts = Vec::new();
    for number in argsort(found.len(), &|one, other| found[one].0.cmp(&found[other].0)) {
        let (offset, position, name, title, dtype) = &found[number];
        let dtype = build(dtype, reading(aligned))?;
        drafts.push(Draft {
            position: *position,
            name: name.to_string(),
            title: title.clone(),
            dtype,
            offset: Some(*offset),
        });
    }
    Ok(drafts)
}

fn reading(aligned: bool) -> Reading {
    if aligned { Reading::Aligned } else { Reading::Packed }
}

fn natural(literal: &Literal) -> Result<u64, Refusal> {
    literal.natural().ok_or_else(|| refused(literal, "what is no natural number"))
}

fn refused(literal: &Literal, what: &str) -> Refusal {
    Refusal::new(literal.start, what.into())
}
