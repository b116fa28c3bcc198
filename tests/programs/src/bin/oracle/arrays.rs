//! Arrays: files are written, or compared.

use super::bindings::filemap::data::array::{Array, Index, Mode, OpenOptions, Order};
use super::{Result, bytes, ok, same};

/// Writes the array of each line.
pub(crate) fn write<'a>(directory: &str, mut lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    lines.try_for_each(|line| Spec::new(directory, &line).write())
}

/// Compares the array of each line.
pub(crate) fn check<'a>(directory: &str, mut lines: impl Iterator<Item = Vec<&'a str>>) -> Result {
    lines.try_for_each(|line| Spec::new(directory, &line).check())
}

/// One line about an array: how it is opened, its file, dtype, order, offset and shape, and its bytes in C order.
struct Spec<'a> {
    path: String,
    how: &'a str,
    dtype: &'a str,
    order: Order,
    offset: u64,
    shape: Vec<u64>,
    data: Vec<u8>,
}

impl<'a> Spec<'a> {
    fn new(directory: &str, line: &[&'a str]) -> Self {
        let &[how, name, dtype, order, offset, shape, data] = line else { panic!("no such line: {line:?}") };
        let axes = shape.split(',').filter(|axis| *axis != "-");
        Self {
            path: format!("{directory}/{name}"),
            how,
            dtype,
            order: if order == "F" { Order::F } else { Order::C },
            offset: offset.parse().expect("a number of bytes"),
            shape: axes.map(|axis| axis.parse().expect("a length")).collect(),
            data: bytes(data),
        }
    }

    fn open(&self, mode: Mode) -> Result<Array> {
        if self.how == "npy" {
            return ok(Array::open_npy(&self.path, mode));
        }
        let options = OpenOptions {
            dtype: Some(self.dtype.into()),
            mode,
            offset: self.offset,
            shape: Some(self.shape.clone()),
            order: self.order,
        };
        ok(Array::open(&self.path, &options))
    }

    fn write(&self) -> Result {
        let array = self.open(if self.how == "w+" { Mode::Write } else { Mode::ReadWrite })?;
        ok(array.write(&[], &self.data, None))?;
        ok(array.flush())
    }

    fn check(&self) -> Result {
        if self.how == "corrupt" {
            // Which error it is, is for the engine's own tests.
            let opened = Array::open_npy(&self.path, Mode::ReadOnly).is_ok();
            return same(&self.path, "opens", &opened, &false);
        }
        let array = self.open(Mode::ReadOnly)?;
        let info = ok(array.info())?;
        same(&self.path, "dtype", &*info.dtype, self.dtype)?;
        same(&self.path, "shape", &info.shape, &self.shape)?;
        same(&self.path, "order", &info.order, &Some(self.order))?;
        same(&self.path, "offset", &info.offset, &self.offset)?;
        same(&self.path, "nbytes", &info.nbytes, &(self.data.len() as u64))?;
        same(&self.path, "bytes", &ok(array.read(&[]))?, &self.data)?;
        // And one by one, so that it is not only the whole that comes out right.
        for (number, element) in self.data.chunks(usize::try_from(info.item_size).expect("it is small")).enumerate() {
            let index = self.index(number as u64);
            let read = ok(array.read(&index))?;
            same(&self.path, &format!("{index:?}"), &*read, element)?;
        }
        Ok(())
    }

    /// The indices of the element with this number in C order.
    fn index(&self, mut number: u64) -> Vec<Index> {
        let mut index: Vec<_> = self
            .shape
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
}
