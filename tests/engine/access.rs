//! Random programs of reads and writes over small files, with each step compared to a plain model.

use filemap::array::{Memmap, Mode, OpenOptions};
use filemap::error::Error;
use filemap::layout::{Index, Order};
use filemap::region::BufferedRegion;
use proptest::collection::vec;

use crate::memory::{Disk, MemoryFile};
use crate::model::Model;
use crate::try_random;

mod program;

use program::{Action, Step, Subject, View, permutation, regrouped, reshaped, step, subject};

/// The name of the file under test.
const FILE: &str = "a.bin";

/// The array under test, a second array on the same file, and the expected state of both.
struct Run {
    subject: Subject,
    disk: Disk,
    array: Memmap<BufferedRegion<MemoryFile>>,
    observer: Memmap<BufferedRegion<MemoryFile>>,
    whole: Model,
    /// The expected bytes of the file.
    file: Vec<u8>,
    /// The expected bytes of the array, which differ from the file after a private write.
    seen: Vec<u8>,
    /// The next byte to write.
    fresh: u8,
}

impl Run {
    fn new(subject: Subject) -> Self {
        let elements: usize = subject.shape.iter().product();
        let end = subject.offset + elements * subject.item;
        let mut file: Vec<u8> =
            (0..end + subject.behind).map(|at| (at % 251).to_le_bytes()[0]).collect();
        let disk = Disk::with(&[(FILE, &file)]);
        disk.in_pieces(subject.piece);
        let open = |mode| {
            let shape = subject.shape.iter().map(|&length| length as u64).collect();
            let (dtype, offset) = (Some(subject.dtype.to_string()), subject.offset as u64);
            let options =
                OpenOptions { dtype, mode, offset, shape: Some(shape), order: subject.order };
            Memmap::open(&disk.preopens(), FILE, &options).expect("an array")
        };
        let array = open(subject.mode);
        if subject.mode == Mode::Write {
            file = vec![0; end.max(1)];
        }
        let observer = open(Mode::ReadOnly);
        let whole = Model::new(&subject.shape, subject.order);
        Self {
            disk: disk.clone(),
            array,
            observer,
            whole,
            seen: file.clone(),
            file,
            fresh: 100,
            subject,
        }
    }

    /// Returns the position of an element in the file.
    fn bytes_of(&self, place: usize) -> std::ops::Range<usize> {
        let begin = self.subject.offset + place * self.subject.item;
        begin..begin + self.subject.item
    }

    fn fresh(&mut self, length: usize) -> Vec<u8> {
        let mut byte = || {
            self.fresh = self.fresh.wrapping_add(7);
            self.fresh
        };
        (0..length).map(|_| byte()).collect()
    }

    fn step(&mut self, step: &Step) {
        let mut model = Some(self.whole.clone());
        let mut view = Ok(self.array.clone());
        for change in &step.views {
            (view, model) = match (view, model) {
                (Ok(view), Some(model)) => changed(&view, &model, change),
                neither => neither,
            };
        }
        assert_eq!(view.is_ok(), model.is_some(), "{view:?}", view = view.as_ref().err());
        if let (Ok(view), Some(model)) = (view, model) {
            self.check_info(&view, &model);
            self.act(&view, &model, step);
        }
        self.check();
    }

    fn act(&mut self, view: &Memmap<BufferedRegion<MemoryFile>>, model: &Model, step: &Step) {
        let item = self.subject.item;
        let selected = model.select(&step.index);
        match &step.action {
            Action::Read => {
                let shape = selected
                    .as_ref()
                    .map(|model| model.shape.iter().map(|&length| length as u64).collect());
                assert_eq!(view.shape_of(&step.index).ok(), shape);
                let wanted = selected.map(|model| self.shown(&model));
                assert_eq!(view.read(&step.index).ok(), wanted);
            }
            Action::Fill => {
                let data = self.fresh(item);
                let written = view.fill(&data);
                let changes =
                    model.places.iter().map(|&place| (self.bytes_of(place).start, data.clone()));
                self.wrote(&written, changes.collect());
            }
            Action::ReadBytes(offset, length) => {
                let range = byte_range(model, item, *offset, *length);
                let begin = self.bytes_of(model.places.first().copied().unwrap_or(0)).start;
                let wanted =
                    range.map(|range| self.seen[begin + range.start..begin + range.end].to_vec());
                assert_eq!(view.read_bytes(*offset, *length).ok(), wanted);
            }
            Action::Write(changes) => {
                let shape = selected.as_ref().map_or(Vec::new(), |model| model.shape.clone());
                let from =
                    changes.as_ref().map_or(shape.clone(), |changes| reshaped(&shape, changes));
                let data = self.fresh(from.iter().product::<usize>() * item);
                let given: Vec<_> = from.iter().map(|&length| length as u64).collect();
                let written =
                    view.write(&step.index, &data, changes.as_ref().map(|_| given.as_slice()));
                let sources = selected.as_ref().and_then(|model| model.broadcast(&from));
                if let (Some(model), Some(sources)) = (selected, sources) {
                    let changes = model.places.iter().zip(sources).map(|(&place, source)| {
                        (self.bytes_of(place).start, data[source * item..][..item].to_vec())
                    });
                    self.wrote(&written, changes.collect());
                } else {
                    assert!(written.is_err());
                }
            }
            Action::WriteBytes(offset, length) => {
                let data = self.fresh(*length);
                let written = view.write_bytes(*offset, &data);
                match byte_range(model, item, *offset, *length as u64) {
                    Some(range) => {
                        let begin = self.bytes_of(model.places.first().copied().unwrap_or(0)).start;
                        self.wrote(&written, vec![(begin + range.start, data)]);
                    }
                    None => assert!(written.is_err()),
                }
            }
        }
    }

    /// Records a write, which the mode may forbid.
    fn wrote(&mut self, written: &Result<(), Error>, changes: Vec<(usize, Vec<u8>)>) {
        if self.subject.mode == Mode::ReadOnly {
            assert!(matches!(written, Err(Error::AccessDenied(_))), "{written:?}");
            return;
        }
        assert_eq!(written, &Ok(()));
        for (begin, bytes) in changes {
            self.seen[begin..begin + bytes.len()].copy_from_slice(&bytes);
            if self.subject.mode != Mode::CopyOnWrite {
                self.file[begin..begin + bytes.len()].copy_from_slice(&bytes);
            }
        }
    }

    /// Returns the expected elements of a view.
    fn shown(&self, model: &Model) -> Vec<u8> {
        model.places.iter().flat_map(|&place| self.seen[self.bytes_of(place)].to_vec()).collect()
    }

    fn check_info(&self, view: &Memmap<BufferedRegion<MemoryFile>>, model: &Model) {
        let info = view.info().expect("an open array");
        assert_eq!(info.shape, model.shape.iter().map(|&length| length as u64).collect::<Vec<_>>());
        assert_eq!(
            (info.size, info.nbytes),
            (model.places.len() as u64, (model.places.len() * self.subject.item) as u64)
        );
        assert_eq!((info.mode, info.offset), (self.subject.mode, self.subject.offset as u64));
        assert_eq!(info.writeable, self.subject.mode != Mode::ReadOnly);
        let order = [Order::C, Order::F].into_iter().find(|&order| model.is_contiguous(order));
        assert_eq!(info.order, order);
    }

    /// Checks the file and both arrays.
    fn check(&self) {
        assert_eq!(self.disk.bytes(FILE), self.file);
        assert_eq!(self.array.read(&[]), Ok(self.shown(&self.whole)));
        let observed: Vec<u8> = self
            .whole
            .places
            .iter()
            .flat_map(|&place| self.file[self.bytes_of(place)].to_vec())
            .collect();
        assert_eq!(self.observer.read(&[Index::Ellipsis]), Ok(observed));
    }
}

/// Applies a view operation to an array and to its model.
fn changed(
    array: &Memmap<BufferedRegion<MemoryFile>>,
    model: &Model,
    view: &View,
) -> (Result<Memmap<BufferedRegion<MemoryFile>>, Error>, Option<Model>) {
    let numbers = |from: &[usize]| {
        from.iter().map(|&number| i64::try_from(number).expect("small")).collect::<Vec<_>>()
    };
    match view {
        View::Index(index) => {
            let is_list =
                index.iter().any(|index| matches!(index, Index::Take(_) | Index::Mask(_)));
            (array.view(index), model.select(index).filter(|_| !is_list))
        }
        View::Transpose(random) => {
            let axes = permutation(model.shape.len(), random);
            (array.transpose(Some(&numbers(&axes))), Some(model.transpose(&axes)))
        }
        View::Reshape(random, order) => {
            let shape = regrouped(&model.shape, random);
            let reshaped = array.reshape(&numbers(&shape), *order);
            // If only a copy can have the shape, there is no view to compare.
            let model = reshaped.is_ok().then(|| model.reshape(&shape, *order));
            (reshaped, model)
        }
    }
}

/// Returns a range of the bytes of a contiguous view.
fn byte_range(
    model: &Model,
    item: usize,
    offset: u64,
    length: u64,
) -> Option<std::ops::Range<usize>> {
    let dense = model.is_contiguous(Order::C) || model.is_contiguous(Order::F);
    let end = offset
        .checked_add(length)
        .filter(|&end| dense && end <= (model.places.len() * item) as u64)?;
    Some(usize::try_from(offset).ok()?..usize::try_from(end).ok()?)
}

#[test]
fn random_programs_behave_like_numpy() {
    try_random(6000, &(subject(), vec(step(), 1..8)), |(subject, steps)| {
        let mut run = Run::new(subject);
        run.check();
        for step in &steps {
            run.step(step);
        }
    });
}
