//! Random arrays, as lines that `arrays.py` and the plugin both take.

use super::super::lines::{encode, or_dash};
use super::super::random::Random;
use super::dtypes::Dtype;

/// One array: its file, its layout and its elements.
#[derive(Clone)]
pub(crate) struct Spec {
    /// The way to open it: a mode, `npy`, `create`, `create-VERSION` or `refused`.
    pub(crate) method: String,
    pub(crate) file: String,
    pub(crate) dtype: String,
    pub(crate) order: char,
    /// `None` if it follows from the length of the header.
    pub(crate) offset: Option<u64>,
    pub(crate) shape: Vec<u64>,
    /// The bytes of the elements in C order.
    pub(crate) data: Vec<u8>,
}

/// Returns a line for each spec.
pub(crate) fn lines(specs: &[Spec]) -> String {
    let line = |Spec { method, file, dtype, order, offset, shape, data }: &Spec| {
        let offset = offset.map_or_else(|| "-".into(), |offset| offset.to_string());
        let shape = or_dash(shape.iter().map(u64::to_string).collect::<Vec<_>>().join(","));
        format!("{method} {file} {} {order} {offset} {shape} {}\n", encode(dtype), encode(data))
    };
    specs.iter().map(line).collect()
}

/// Shapes with zero to three axes, some without elements.
const SHAPES: [(&str, &[u64]); 6] = [
    ("plain", &[3, 4]),
    ("scalar", &[]),
    ("none", &[0]),
    ("line", &[5]),
    ("flat", &[2, 0, 3]),
    ("cube", &[2, 3, 4]),
];

/// Returns the shapes for a dtype: fewer for dates and times, because they have many units.
fn shapes(dtype: &Dtype) -> &'static [(&'static str, &'static [u64])] {
    let is_time = dtype.text[1..].starts_with(['M', 'm']);
    if is_time { &SHAPES[..2] } else { &SHAPES }
}

/// A generator of arrays with random elements.
pub(crate) struct Generator<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) dtypes: &'a [Dtype],
}

impl Generator<'_> {
    /// Makes the spec of one array; `number` is the index of its dtype. Without an offset, it is in
    /// a `.npy` file.
    fn spec(
        &mut self,
        method: &str,
        name: &str,
        number: usize,
        layout: (char, Option<u64>, &[u64]),
    ) -> Spec {
        let (order, offset, shape) = layout;
        let dtype = &self.dtypes[number];
        let length = usize::try_from(shape.iter().product::<u64>() * dtype.size()).unwrap();
        let data = dtype.elements(self.random.bytes(length));
        let ending = if offset.is_some() { "bin" } else { "npy" };
        let file = format!("{number}-{name}-{method}-{order}.{ending}");
        Spec {
            method: method.into(),
            file,
            dtype: dtype.text.clone(),
            order,
            offset,
            shape: shape.into(),
            data,
        }
    }

    /// Returns files without a header, of all dtypes and orders: created at offset 0 and at an odd
    /// offset, and extended.
    pub(crate) fn raw(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in 0..self.dtypes.len() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    let offset = if name == "cube" { 13 } else { 0 };
                    specs.push(self.spec("w+", name, number, (order, Some(offset), shape)));
                }
                let extended = self.spec("r+", "extended", number, (order, Some(7), &[5, 3]));
                let start = Spec {
                    method: "w+".into(),
                    dtype: "|u1".into(),
                    order: 'C',
                    offset: Some(0),
                    shape: [7].into(),
                    data: self.random.bytes(7),
                    ..extended.clone()
                };
                specs.extend([start, extended]);
            }
        }
        specs
    }

    /// Returns `.npy` files of all dtypes and orders, as `numpy.save` writes them.
    pub(crate) fn saved(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in self.npy_dtypes() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    specs.push(self.spec("npy", name, number, (order, None, shape)));
                }
            }
        }
        specs
    }

    /// Returns `.npy` files as `open_memmap` and `create-npy` create them, with the default version
    /// and with each version.
    pub(crate) fn created(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in self.npy_dtypes() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    specs.push(self.spec("create", name, number, (order, None, shape)));
                }
                for version in self.dtypes[number].versions.clone() {
                    specs.push(self.spec(
                        &format!("create-{version}"),
                        "plain",
                        number,
                        (order, None, &[3, 4]),
                    ));
                }
            }
        }
        specs
    }

    /// Returns files that cannot be created, because the version of the `.npy` format, or every
    /// version, cannot describe the dtype.
    pub(crate) fn refused(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in 0..self.dtypes.len() {
            let versions = self.dtypes[number].versions.clone();
            for version in ['1', '2', '3'] {
                if !versions.contains(&version) {
                    specs.push(self.spec(
                        &format!("create-{version}"),
                        "refused",
                        number,
                        ('C', None, &[3, 4]),
                    ));
                }
            }
            if versions.is_empty() {
                specs.push(self.spec("create", "refused", number, ('C', None, &[3, 4])));
            }
        }
        specs
    }

    /// Returns the indices of the dtypes that a `.npy` file can have.
    fn npy_dtypes(&self) -> Vec<usize> {
        (0..self.dtypes.len()).filter(|&number| !self.dtypes[number].versions.is_empty()).collect()
    }

    /// Splits off the files whose header is longer than numpy and filemap read.
    pub(crate) fn split_long(&self, specs: Vec<Spec>) -> (Vec<Spec>, Vec<Spec>) {
        let is_long =
            |text: &str| self.dtypes.iter().any(|dtype| dtype.is_long && dtype.text == text);
        specs.into_iter().partition(|spec| spec.offset.is_some() || !is_long(&spec.dtype))
    }
}
