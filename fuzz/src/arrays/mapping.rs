//! The model of a mapping, which an array shares with its views.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use arbitrary::Result;
use filemap::array::{Mode, OpenOptions};
use filemap::layout::Order;
use filemap::region::PAGE_SIZE;

use super::Wanted;
use crate::input::{self, Input};

/// The dtypes, each with the size of its elements.
const DTYPES: [(&str, usize); 8] = [
    ("u1", 1),
    ("<i2", 2),
    (">i4", 4),
    ("<u8", 8),
    ("<f4", 4),
    (">c16", 16),
    ("S3", 3),
    ("V1000", 1000),
];

/// A mapping, and what is written to it if it is private.
pub(super) struct Mapping {
    /// The number of the file.
    pub(super) file: usize,
    pub(super) dtype: &'static str,
    pub(super) item: usize,
    /// The shape of the whole array.
    pub(super) shape: Vec<usize>,
    pub(super) order: Order,
    offset: usize,
    pub(super) mode: Mode,
    pub(super) is_closed: bool,
    /// The pages that were written to, if the mapping is private.
    pages: BTreeMap<usize, Vec<u8>>,
}

/// A mapping that an array and its views share.
pub(super) type Shared = Rc<RefCell<Mapping>>;

impl From<Mapping> for Shared {
    fn from(mapping: Mapping) -> Self {
        Self::new(RefCell::new(mapping))
    }
}

impl Mapping {
    /// Chooses an array over a file of this size.
    pub(super) fn choose(input: &mut Input<'_>, size: usize) -> Result<(OpenOptions, Self)> {
        let (dtype, item) = *input.choose(&DTYPES)?;
        let mode =
            *input.choose(&[Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write])?;
        let order = input::order(input)?;
        let offset = match input::below(input, 4)? {
            0..=1 => 0,
            2 => input::below(input, 20)?,
            _ => input::below(input, 9000)?,
        };
        let mut shape = Some(input::shape(input)?);
        // Without a shape, the file says how many elements there are: few, for the model.
        if input::chance(input, 4)? && size / item < 200 {
            shape = None;
        }
        let options = OpenOptions {
            dtype: Some(dtype.into()),
            mode,
            offset: offset as u64,
            shape: shape.as_ref().map(|shape| shape.iter().map(|&length| length as u64).collect()),
            order,
        };
        let shape = shape.unwrap_or_else(|| vec![size.saturating_sub(offset) / item]);
        let pages = BTreeMap::new();
        let mapping =
            Self { file: 0, dtype, item, shape, order, offset, mode, is_closed: false, pages };
        Ok((options, mapping))
    }

    /// Returns the end of the array in a file of this size, if the file can be opened. Without a
    /// shape, the array has to fill the file.
    pub(super) fn end_after_opening(&self, size: Option<usize>, has_shape: bool) -> Option<usize> {
        let known = size.or((self.mode == Mode::Write).then_some(0))?;
        if known == 0 && !self.mode.changes_file() {
            return None;
        }
        let end = self.end();
        if !has_shape {
            return (self.mode != Mode::Write && end == known).then_some(end);
        }
        (end <= known || self.mode.changes_file()).then_some(end)
    }

    /// The end of the array in its file.
    pub(super) fn end(&self) -> usize {
        self.offset + self.shape.iter().product::<usize>() * self.item
    }

    /// The offset of an element in the file.
    pub(super) fn offset_of(&self, place: usize) -> usize {
        self.offset + place * self.item
    }

    /// Returns what a call that uses the mapping has to return.
    pub(super) fn guarded<T>(&self, file: &[u8], value: impl FnOnce() -> T) -> Wanted<T> {
        match () {
            () if self.is_closed => Wanted::Closed,
            () if file.len() < self.end() => Wanted::Truncated,
            () => Wanted::Value(value()),
        }
    }

    /// Returns the bytes of an element.
    pub(super) fn element(&self, file: &[u8], place: usize) -> Vec<u8> {
        let at = self.offset_of(place);
        (at..at + self.item).map(|at| self.byte(file, at)).collect()
    }

    /// Returns a byte of the file, as the mapping shows it.
    pub(super) fn byte(&self, file: &[u8], at: usize) -> u8 {
        match self.pages.get(&(at / PAGE_SIZE)) {
            Some(page) => page[at % PAGE_SIZE],
            None => file[at],
        }
    }

    /// Writes bytes at an offset in the file: to the file, or to copies of its pages.
    pub(super) fn write(&mut self, file: &mut [u8], at: usize, bytes: &[u8]) {
        if self.mode != Mode::CopyOnWrite {
            file[at..at + bytes.len()].copy_from_slice(bytes);
            return;
        }
        for (at, &byte) in (at..).zip(bytes) {
            let number = at / PAGE_SIZE;
            let page = self.pages.entry(number).or_insert_with(|| {
                let start = file.iter().skip(number * PAGE_SIZE).take(PAGE_SIZE);
                let mut page: Vec<u8> = start.copied().collect();
                page.resize(PAGE_SIZE, 0);
                page
            });
            page[at % PAGE_SIZE] = byte;
        }
    }
}
