//! Which arrays there are, as lines that numpy and the plugin both take.

use super::super::lines::{encode, or_dash};
use super::super::random::Random;
use super::dtypes::Dtype;

/// One array: how it is opened, its file, and what it is.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) how: String,
    pub(crate) file: String,
    pub(crate) dtype: String,
    pub(crate) order: char,
    /// `None` where the length of the header decides.
    pub(crate) offset: Option<u64>,
    pub(crate) shape: Vec<u64>,
    /// The bytes of the elements in C order.
    pub(crate) data: Vec<u8>,
}

/// A line for each of them.
pub(crate) fn lines(specs: &[Spec]) -> String {
    let line = |Spec { how, file, dtype, order, offset, shape, data }: &Spec| {
        let offset = offset.map_or_else(|| "-".into(), |offset| offset.to_string());
        let shape = or_dash(shape.iter().map(u64::to_string).collect::<Vec<_>>().join(","));
        format!("{how} {file} {} {order} {offset} {shape} {}\n", encode(dtype), encode(data))
    };
    specs.iter().map(line).collect()
}

/// With two axes, without any, without elements, and with one axis and three.
const SHAPES: [(&str, &[u64]); 6] = [
    ("plain", &[3, 4]),
    ("scalar", &[]),
    ("none", &[0]),
    ("line", &[5]),
    ("flat", &[2, 0, 3]),
    ("cube", &[2, 3, 4]),
];

/// For the many units of time the first few will do.
fn shapes(dtype: &Dtype) -> &'static [(&'static str, &'static [u64])] {
    let is_time = dtype.text[1..].starts_with(['M', 'm']);
    if is_time { &SHAPES[..2] } else { &SHAPES }
}

/// Arrays with random elements.
pub(crate) struct Maker<'a> {
    pub(crate) random: &'a mut Random,
    pub(crate) dtypes: &'a [Dtype],
}

impl Maker<'_> {
    /// Of the dtype with that number; without an offset, in a `.npy` file.
    fn make(
        &mut self,
        how: &str,
        name: &str,
        number: usize,
        layout: (char, Option<u64>, &[u64]),
    ) -> Spec {
        let (order, offset, shape) = layout;
        let dtype = &self.dtypes[number];
        let length = usize::try_from(shape.iter().product::<u64>() * dtype.size()).unwrap();
        let data = dtype.elements(self.random.bytes(length));
        let ending = if offset.is_some() { "bin" } else { "npy" };
        let file = format!("{number}-{name}-{how}-{order}.{ending}");
        Spec {
            how: how.into(),
            file,
            dtype: dtype.text.clone(),
            order,
            offset,
            shape: shape.into(),
            data,
        }
    }

    /// Files without a header: of all types and orders, from the start and from an odd offset, made
    /// and extended.
    pub(crate) fn raw(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in 0..self.dtypes.len() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    let offset = if name == "cube" { 13 } else { 0 };
                    specs.push(self.make("w+", name, number, (order, Some(offset), shape)));
                }
                let extended = self.make("r+", "extended", number, (order, Some(7), &[5, 3]));
                let start = Spec {
                    how: "w+".into(),
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

    /// `.npy` files of all types and orders, as `numpy.save` writes them.
    pub(crate) fn saved(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in self.described() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    specs.push(self.make("npy", name, number, (order, None, shape)));
                }
            }
        }
        specs
    }

    /// `.npy` files as `open_memmap` and `create-npy` make them, also in each of the versions.
    pub(crate) fn created(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in self.described() {
            for order in ['C', 'F'] {
                for &(name, shape) in shapes(&self.dtypes[number]) {
                    specs.push(self.make("create", name, number, (order, None, shape)));
                }
                for version in self.dtypes[number].versions.clone() {
                    specs.push(self.make(
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

    /// What cannot be made, because no `.npy` file of the version, or none at all, can describe the
    /// dtype.
    pub(crate) fn refused(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for number in 0..self.dtypes.len() {
            let versions = self.dtypes[number].versions.clone();
            for version in ['1', '2', '3'] {
                if !versions.contains(&version) {
                    specs.push(self.make(
                        &format!("create-{version}"),
                        "refused",
                        number,
                        ('C', None, &[3, 4]),
                    ));
                }
            }
            if versions.is_empty() {
                specs.push(self.make("create", "refused", number, ('C', None, &[3, 4])));
            }
        }
        specs
    }

    /// The dtypes that a `.npy` file can have.
    fn described(&self) -> Vec<usize> {
        (0..self.dtypes.len()).filter(|&number| !self.dtypes[number].versions.is_empty()).collect()
    }

    /// Splits off the files whose header is longer than any that is read.
    pub(crate) fn split_long(&self, specs: Vec<Spec>) -> (Vec<Spec>, Vec<Spec>) {
        let is_long =
            |text: &str| self.dtypes.iter().any(|dtype| dtype.is_long && dtype.text == text);
        specs.into_iter().partition(|spec| spec.offset.is_some() || !is_long(&spec.dtype))
    }
}
