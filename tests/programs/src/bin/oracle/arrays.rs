//! Arrays: writes files, compares them, or describes them.

use std::fmt::Write as _;

use super::bindings::filemap::data::array::{
    Index, Memmap, MemmapInfo, MemmapOptions, Mode, NpyOptions, NpyVersion, Order,
};
use super::bindings::filemap::data::errors::{Error, ErrorCode};
use super::{Result, bytes, hex, ok, same, text};

/// Writes the array of each line.
pub(crate) fn write<'a>(directory: &str, mut lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    lines.try_for_each(|line| Spec::new(directory, &line).write())
}

/// Compares the array of each line.
pub(crate) fn check<'a>(directory: &str, mut lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    lines.try_for_each(|line| Spec::new(directory, &line).check())
}

/// Opens the array of each line, and writes the lines with the attributes and elements that were
/// found to the file `found`, so that they can be read again.
pub(crate) fn find<'a>(
    directory: &str,
    lines: impl Iterator<Item = Vec<&'a str>>,
    found: &str,
) -> Result {
    let mut text = String::new();
    for line in lines {
        let Found { info, data, order } = Spec::new(directory, &line).find()?;
        let (file, dtype, offset) = (line[1], hex(&info.dtype), info.offset);
        let how = if line[0] == "w+" || line[0] == "r+" { "w+" } else { "npy" };
        let order = if order == Order::C { "C" } else { "F" };
        let shape = info.shape.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
        let shape = if shape.is_empty() { "-" } else { &shape };
        writeln!(text, "{how} {file} {dtype} {order} {offset} {shape} {}", hex(&data))
            .expect("a string grows");
    }
    std::fs::write(found, text).map_err(|error| format!("{found}: {error}"))
}

/// Checks that no array of the lines can be created.
pub(crate) fn refuse<'a>(directory: &str, mut lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    lines.try_for_each(|line| {
        let spec = Spec::new(directory, &line);
        let error = spec.open(Mode::Write).err();
        same(
            &spec.path,
            "error",
            &(error.map(|error| error.code) == Some(ErrorCode::InvalidArgument)),
            &true,
        )?;
        same(&spec.path, "is there", &std::fs::exists(&spec.path).ok(), &Some(false))
    })
}

/// One line about an array: how it is opened, its file, dtype, order, offset and shape, and its
/// bytes in C order.
struct Spec<'a> {
    path: String,
    how: &'a str,
    dtype: String,
    order: Order,
    /// `None` is the end of the header.
    offset: Option<u64>,
    shape: Vec<u64>,
    data: Vec<u8>,
}

/// The content of a file.
struct Found {
    info: MemmapInfo,
    order: Order,
    data: Vec<u8>,
}

impl<'a> Spec<'a> {
    fn new(directory: &str, line: &[&'a str]) -> Self {
        let &[how, name, dtype, order, offset, shape, data] = line else {
            panic!("invalid line: {line:?}")
        };
        let axes = shape.split(',').filter(|axis| *axis != "-");
        Self {
            path: format!("{directory}/{name}"),
            how,
            dtype: text(dtype),
            order: if order == "F" { Order::F } else { Order::C },
            offset: (offset != "-").then(|| offset.parse().expect("a number of bytes")),
            shape: axes.map(|axis| axis.parse().expect("a length")).collect(),
            data: bytes(data),
        }
    }

    fn open(&self, mode: Mode) -> std::result::Result<Memmap, Error> {
        let (dtype, shape, order) = (Some(self.dtype.clone()), self.shape.clone(), self.order);
        match self.how.strip_prefix("create") {
            Some(version) if mode == Mode::Write => {
                let version = match version {
                    "-1" => Some(NpyVersion::V1),
                    "-2" => Some(NpyVersion::V2),
                    "-3" => Some(NpyVersion::V3),
                    _ => None,
                };
                Memmap::create_npy(&self.path, &NpyOptions { dtype, shape, order, version })
            }
            None if self.how != "npy" => {
                let offset = self.offset.expect("a file without a header has an offset");
                Memmap::open(
                    &self.path,
                    &MemmapOptions { dtype, mode, offset, shape: Some(shape), order },
                )
            }
            _ => Memmap::open_npy(&self.path, mode, None),
        }
    }

    fn write(&self) -> Result {
        let is_new = self.how == "w+" || self.how.starts_with("create");
        let array = self.ok(self.open(if is_new { Mode::Write } else { Mode::ReadWrite }))?;
        // Without a flush: other programs see the write at once.
        self.ok(array.write(&[], &self.data, None))
    }

    /// Adds the path and the dtype of the array to an error.
    fn ok<T>(&self, result: std::result::Result<T, Error>) -> Result<T> {
        ok(result).map_err(|error| format!("{}, `{:.200}`: {error}", self.path, self.dtype))
    }

    fn check(&self) -> Result {
        if self.how == "refused" {
            // The tests of the engine check the code of the error.
            let opened = Memmap::open_npy(&self.path, Mode::ReadOnly, None).is_ok();
            return same(&self.path, "opens", &opened, &false);
        }
        let Found { info, data, order } = self.find()?;
        same(&self.path, "dtype", &info.dtype, &self.dtype)?;
        same(&self.path, "shape", &info.shape, &self.shape)?;
        same(&self.path, "order", &order, &self.order)?;
        same(&self.path, "offset", &Some(info.offset), &self.offset)?;
        same(&self.path, "bytes", &data, &self.data)
    }

    /// Reads the file, as a whole and element by element, and checks that both agree.
    fn find(&self) -> Result<Found> {
        let array = self.ok(self.open(Mode::ReadOnly))?;
        let info = self.ok(array.info())?;
        let data = self.ok(array.read(&[]))?;
        same(&self.path, "nbytes", &info.nbytes, &(data.len() as u64))?;
        same(&self.path, "size", &info.size, &info.shape.iter().product())?;
        for (number, element) in
            data.chunks(usize::try_from(info.item_size).expect("an element is small")).enumerate()
        {
            let index = index(&info.shape, number as u64);
            let read = self.ok(array.read(&index))?;
            same(&self.path, &format!("{index:?}"), &*read, element)?;
        }
        let order = info.order.ok_or_else(|| format!("{:?}: has gaps", self.path))?;
        Ok(Found { info, order, data })
    }
}

/// Returns the indices of the element with this number in C order.
fn index(shape: &[u64], mut number: u64) -> Vec<Index> {
    let mut index: Vec<_> = shape
        .iter()
        .rev()
        .map(|length| {
            let at = number % length;
            number /= length;
            Index::At(at.cast_signed())
        })
        .collect();
    index.reverse();
    index
}
