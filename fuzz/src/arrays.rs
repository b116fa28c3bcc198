//! Arrays over one file, compared with a plain copy of its bytes: any provider's directory, and
//! other programs that change the file between the calls.

mod call;
mod mapping;

use std::fmt::Debug;

use arbitrary::Result;
use filemap::array::{Memmap, Mode};
use filemap::error::Error;
use filemap::fs::{Directory, File as _, Open, Preopens};
use filemap::region::MapFile;

use crate::complaint;
use crate::input::{self, Input};
use crate::model::Model;
use mapping::{Mapping, Shared};

/// The name of the file under test.
pub(crate) const FILE: &str = "a.bin";

/// The maximum number of arrays that are open at once.
const MAX_ARRAYS: usize = 4;

/// The maximum length of the file, in bytes.
const MAX_SIZE: usize = 80_000;

/// The arrays that are open, and what their files have to contain.
pub(crate) struct Arrays<D: Directory<File: MapFile>> {
    directory: D,
    preopens: Preopens<D>,
    /// The bytes of all files that ever had the name.
    files: Vec<Vec<u8>>,
    /// The file that has the name.
    named: Option<usize>,
    opened: Vec<Array<<D::File as MapFile>::Region>>,
    /// The next byte to write.
    fresh: u8,
}

/// An array in a directory of this type, and what a read of it has to return.
#[cfg(feature = "native")]
pub(crate) type Readable<'a, D> =
    (&'a Memmap<<<D as Directory>::File as MapFile>::Region>, Option<Vec<u8>>);

/// An array or a view, and its elements.
struct Array<R> {
    memmap: Memmap<R>,
    model: Model,
    mapping: Shared,
    is_view: bool,
}

/// What a call has to return.
#[derive(Debug, PartialEq, Eq)]
enum Wanted<T> {
    Value(T),
    /// The error `truncated`.
    Truncated,
    /// The error `closed`.
    Closed,
    /// Another error.
    Refused,
}

impl<T: Debug + PartialEq> Wanted<T> {
    /// Checks the result of a call. Returns whether it succeeded.
    #[track_caller]
    fn check(self, result: filemap::error::Result<T>) -> bool {
        if let Err(error) = &result {
            complaint::check(error);
        }
        let is_ok = result.is_ok();
        let got = match result {
            Ok(value) => Self::Value(value),
            Err(Error::Truncated(_)) => Self::Truncated,
            Err(Error::Closed(_)) => Self::Closed,
            Err(_) => Self::Refused,
        };
        assert_eq!(got, self, "what the call returned, and what it has to return");
        is_ok
    }
}

impl<D: Directory<File: MapFile> + Clone> Arrays<D> {
    /// Begins in an empty directory.
    pub(crate) fn new(directory: D) -> Self {
        Self {
            preopens: Preopens::new(vec![(".".into(), directory.clone())]),
            directory,
            files: Vec::new(),
            named: None,
            opened: Vec::new(),
            fresh: 0,
        }
    }

    /// Makes a call, or lets another program change the file, and checks everything.
    pub(crate) fn step(&mut self, input: &mut Input<'_>) -> Result<()> {
        match input::below(input, 16)? {
            0 => self.resize_file(input)?,
            1 => self.write_file(input)?,
            2 => self.replace_file(input)?,
            3..=4 => self.open(input)?,
            _ if self.opened.is_empty() => self.open(input)?,
            _ => self.call(input)?,
        }
        self.check();
        Ok(())
    }

    /// Returns the bytes that the file has to contain, if it has its name.
    #[cfg(feature = "native")]
    pub(crate) fn file_mut(&mut self) -> Option<&mut Vec<u8>> {
        self.named.map(|number| &mut self.files[number])
    }

    /// Returns an array, and what a read of it has to return: its bytes, or `None` if its file was
    /// truncated or it is closed.
    #[cfg(feature = "native")]
    pub(crate) fn some_array(&self, input: &mut Input<'_>) -> Result<Option<Readable<'_, D>>> {
        if self.opened.is_empty() {
            return Ok(None);
        }
        let array = &self.opened[input::below(input, self.opened.len())?];
        let is_named = self.named == Some(array.mapping.borrow().file);
        let wanted = match self.elements(array, &array.model) {
            Wanted::Value(bytes) => Some(bytes),
            _ => None,
        };
        Ok(is_named.then_some((&array.memmap, wanted)))
    }

    /// Another program truncates or extends the file.
    fn resize_file(&mut self, input: &mut Input<'_>) -> Result<()> {
        let size = match input::below(input, 4)? {
            0 => input::below(input, 4)? * 4096,
            1 => input::below(input, 4)?,
            _ => input::below(input, MAX_SIZE)?,
        };
        let Some(number) = self.named else { return Ok(()) };
        self.files[number].resize(size, 0);
        self.file().set_size(size as u64).expect("a change of the size");
        Ok(())
    }

    /// Another program writes into the file.
    fn write_file(&mut self, input: &mut Input<'_>) -> Result<()> {
        let (at, length) = (input::below(input, MAX_SIZE)?, 1 + input::below(input, 5000)?);
        let bytes = self.fresh(length);
        let Some(number) = self.named else { return Ok(()) };
        let file = &mut self.files[number];
        let at = at % (file.len() + 1);
        if at + length > MAX_SIZE {
            return Ok(());
        }
        file.resize(file.len().max(at + length), 0);
        file[at..at + length].copy_from_slice(&bytes);
        self.file().write_all(&bytes, at as u64).expect("a write");
        Ok(())
    }

    /// Another program removes the file, or creates it if there is none.
    fn replace_file(&mut self, input: &mut Input<'_>) -> Result<()> {
        if self.named.take().is_some() {
            self.directory.remove_file(FILE).expect("a removal");
            return Ok(());
        }
        let length = input::below(input, 9000)?;
        let bytes = self.fresh(length);
        let file = self.directory.open_file(FILE, Open::CreateNew).expect("a new file");
        file.write_all(&bytes, 0).expect("a write");
        self.named = Some(self.files.len());
        self.files.push(bytes);
        Ok(())
    }

    fn file(&self) -> D::File {
        self.directory.open_file(FILE, Open::ReadWrite).expect("the file")
    }

    /// Returns bytes that differ from those that were written before.
    fn fresh(&mut self, length: usize) -> Vec<u8> {
        let mut byte = || {
            self.fresh = self.fresh.wrapping_add(7);
            self.fresh
        };
        (0..length).map(|_| byte()).collect()
    }

    /// Checks the file, and all elements of all arrays.
    fn check(&self) {
        if let Some(number) = self.named {
            let (wanted, file) = (&self.files[number], self.file());
            assert_eq!(file.size().expect("the size"), wanted.len() as u64, "the size of the file");
            let bytes = file.read_vec(wanted.len() as u64, 0).expect("the bytes");
            assert!(bytes == *wanted, "the file differs from what was written");
        }
        for array in &self.opened {
            self.elements(array, &array.model).check(array.memmap.read(&[]));
        }
    }

    /// Returns what a read of the elements in `model` has to return.
    fn elements(
        &self,
        array: &Array<<D::File as MapFile>::Region>,
        model: &Model,
    ) -> Wanted<Vec<u8>> {
        let mapping = array.mapping.borrow();
        let file = &self.files[mapping.file];
        mapping.guarded(file, || {
            model.places.iter().flat_map(|&place| mapping.element(file, place)).collect()
        })
    }

    /// Opens an array in any mode.
    fn open(&mut self, input: &mut Input<'_>) -> Result<()> {
        let size = self.named.map(|number| self.files[number].len());
        let (options, mut mapping) = Mapping::choose(input, size.unwrap_or(0))?;
        if self.opened.len() == MAX_ARRAYS {
            self.opened.remove(0);
        }
        let opened = Memmap::open(&self.preopens, FILE, &options);
        let opened = complaint::checked(opened);
        let wanted = mapping.end_after_opening(size, options.shape.is_some());
        assert_eq!(opened.is_some(), wanted.is_some(), "{options:?} of a file of {size:?} bytes");
        let (Some(array), Some(end)) = (opened, wanted) else { return Ok(()) };
        let number = self.named.unwrap_or(self.files.len());
        if number == self.files.len() {
            self.files.push(Vec::new());
            self.named = Some(number);
        }
        let file = &mut self.files[number];
        match options.mode {
            Mode::ReadOnly | Mode::CopyOnWrite => {}
            Mode::ReadWrite => file.resize(file.len().max(end.max(1)), 0),
            Mode::Write => *file = vec![0; end.max(1)],
        }
        mapping.file = number;
        let model = Model::new(&mapping.shape, mapping.order);
        self.opened.push(Array { memmap: array, model, mapping: mapping.into(), is_view: false });
        Ok(())
    }
}
