//! Calls of an array, and what each has to return.

use arbitrary::Result;
use filemap::array::Mode;
use filemap::fs::Directory;
use filemap::layout::{Index, Order};
use filemap::region::{Advice, MapFile};

use super::{Array, Arrays, MAX_SIZE, Wanted};
use crate::complaint;
use crate::input::{self, Input};
use crate::model::Model;
use crate::reductions;

impl<D: Directory<File: MapFile> + Clone> Arrays<D> {
    /// Calls a function of one of the arrays.
    pub(super) fn call(&mut self, input: &mut Input<'_>) -> Result<()> {
        let number = input::below(input, self.opened.len())?;
        match input::below(input, 16)? {
            0..=2 => self.read(number, input)?,
            3..=5 => self.write(number, input)?,
            6 => self.fill(number),
            7 => self.read_bytes(number, input)?,
            8 => self.write_bytes(number, input)?,
            9..=10 => self.reduce(number, input)?,
            11 => self.resize(number, input)?,
            12..=13 => self.view(number, input)?,
            14 => self.hint(number, input)?,
            _ => {
                if input::chance(input, 8)? {
                    self.opened[number].memmap.close();
                    self.opened[number].mapping.borrow_mut().is_closed = true;
                } else {
                    self.opened.remove(number);
                }
            }
        }
        Ok(())
    }

    fn read(&self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let index = input::indices(input)?;
        let array = &self.opened[number];
        let selected = array.model.select(&index);
        let is_closed = array.mapping.borrow().is_closed;
        let wanted = match &selected {
            _ if is_closed => Wanted::Closed,
            Some(model) => self.elements(array, model),
            None => Wanted::Refused,
        };
        wanted.check(array.memmap.read(&index));
        let shape = selected.map(|model| model.shape.iter().map(|&length| length as u64).collect());
        let wanted = if is_closed { Wanted::Closed } else { Wanted::of(shape) };
        wanted.check(array.memmap.shape_of(&index));
        Ok(())
    }

    fn write(&mut self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let index = input::indices(input)?;
        let selected = self.opened[number].model.select(&index);
        let shape = selected.as_ref().map_or(Vec::new(), |model| model.shape.clone());
        let from = input::source_shape(input, &shape)?;
        let item = self.opened[number].mapping.borrow().item;
        let data = self.fresh(from.iter().product::<usize>() * item);
        let given: Vec<_> = from.iter().map(|&length| length as u64).collect();

        let changes = selected.and_then(|model| {
            let sources = model.broadcast(&from)?;
            let elements = model.places.iter().zip(sources);
            let element = |source: usize| data[source * item..][..item].to_vec();
            Some(elements.map(|(&place, source)| (place, element(source))).collect())
        });
        let written = self.opened[number].memmap.write(&index, &data, Some(&given));
        self.check_written(number, &written, changes);
        Ok(())
    }

    fn fill(&mut self, number: usize) {
        let item = self.opened[number].mapping.borrow().item;
        let data = self.fresh(item);
        let places = self.opened[number].model.places.clone();
        let written = self.opened[number].memmap.fill(&data);
        if places.is_empty() {
            // Nothing is accessed, so that a truncation may be seen or not.
            _ = complaint::checked(written);
            return;
        }
        let changes = places.into_iter().map(|place| (place, data.clone())).collect();
        self.check_written(number, &written, Some(changes));
    }

    /// Checks a write of elements, and does it in the model. `changes` is `None` if there is no
    /// such selection, or if the data does not fit it.
    fn check_written(
        &mut self,
        number: usize,
        written: &filemap::error::Result<()>,
        changes: Option<Vec<(usize, Vec<u8>)>>,
    ) {
        let mut mapping = self.opened[number].mapping.borrow_mut();
        let file = &mut self.files[mapping.file];
        let wanted = match changes {
            _ if mapping.is_closed => Wanted::Closed,
            None => Wanted::Refused,
            Some(_) if mapping.mode == Mode::ReadOnly => Wanted::Refused,
            Some(_) => mapping.guarded(file, || ()),
        };
        if wanted.check(written.clone()) {
            for (place, bytes) in changes.into_iter().flatten() {
                let at = mapping.offset_of(place);
                mapping.write(file, at, &bytes);
            }
        }
    }

    fn read_bytes(&self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let array = &self.opened[number];
        let mapping = array.mapping.borrow();
        let (offset, length) = (byte_number(input)?, byte_number(input)?);
        let file = &self.files[mapping.file];
        let wanted = match array.range(offset, length) {
            _ if mapping.is_closed => Wanted::Closed,
            None => Wanted::Refused,
            Some(range) => {
                mapping.guarded(file, || range.map(|at| mapping.byte(file, at)).collect())
            }
        };
        wanted.check(array.memmap.read_bytes(offset, length));
        Ok(())
    }

    fn write_bytes(&mut self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let (offset, length) = (byte_number(input)?, input::below(input, 5000)?);
        let data = self.fresh(length);
        let array = &self.opened[number];
        let range = array.range(offset, length as u64);
        let mut mapping = array.mapping.borrow_mut();
        let file = &mut self.files[mapping.file];
        let wanted = match &range {
            _ if mapping.is_closed => Wanted::Closed,
            None => Wanted::Refused,
            Some(_) if mapping.mode == Mode::ReadOnly => Wanted::Refused,
            Some(_) => mapping.guarded(file, || ()),
        };
        if wanted.check(array.memmap.write_bytes(offset, &data)) {
            mapping.write(file, range.expect("a range").start, &data);
        }
        Ok(())
    }

    fn reduce(&self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let array = &self.opened[number];
        let (operation, axis) = reductions::choose(input)?;
        let result = array.memmap.reduce(operation, axis);
        let mapping = array.mapping.borrow();
        if !mapping.is_closed && array.model.places.is_empty() {
            // Nothing is accessed, so that a truncation may be seen or not.
            _ = complaint::checked(result);
            return Ok(());
        }
        let elements = match self.elements(array, &array.model) {
            Wanted::Value(elements) => elements,
            Wanted::Closed => {
                Wanted::Closed.check(result);
                return Ok(());
            }
            _ => {
                // The axis or the operation may be refused before the file is accessed.
                let is_ok = complaint::checked(result).is_some();
                assert!(!is_ok, "a reduction of a truncated file");
                return Ok(());
            }
        };
        let result = complaint::checked(result);
        reductions::check(mapping.dtype, &array.model.shape, &elements, operation, axis, result);
        Ok(())
    }

    fn resize(&mut self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let length = input::below(input, 9)?;
        let array = &mut self.opened[number];
        let mut mapping = array.mapping.borrow_mut();
        let mut shape = mapping.shape.clone();
        if array.is_view {
            // The original array may be gone, and the view like it.
            return Ok(());
        }
        let is_possible = !array.memmap.has_views()
            && mapping.mode.changes_file()
            && !shape.is_empty()
            && (mapping.order == Order::C || shape[1..].iter().all(|&length| length == 1));
        let file = &mut self.files[mapping.file];
        let wanted = match () {
            () if mapping.is_closed => Wanted::Closed,
            () if !is_possible => Wanted::Refused,
            () => mapping.guarded(file, || ()),
        };
        if !wanted.check(array.memmap.resize(length as u64)) {
            return Ok(());
        }
        let old_end = mapping.end();
        shape[0] = length;
        mapping.shape = shape;
        let end = mapping.end();
        if end > file.len() || end < old_end && file.len() == old_end {
            file.resize(end, 0);
        }
        array.model = Model::new(&mapping.shape, mapping.order);
        Ok(())
    }

    fn view(&mut self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let Array { memmap: array, model, mapping, .. } = &self.opened[number];
        let signed = |numbers: &[usize]| {
            numbers.iter().map(|&number| i64::try_from(number).expect("small")).collect::<Vec<_>>()
        };
        let (view, wanted) = match input::below(input, 3)? {
            0 => {
                let index = input::indices(input)?;
                let is_list =
                    index.iter().any(|index| matches!(index, Index::Take(_) | Index::Mask(_)));
                (array.view(&index), model.select(&index).filter(|_| !is_list))
            }
            1 => {
                let axes = input::permutation(input, model.shape.len())?;
                (array.transpose(Some(&signed(&axes))), Some(model.transpose(&axes)))
            }
            _ => {
                let shape = input::regrouped(input, &model.shape)?;
                let order = input::order(input)?;
                let view = array.reshape(&signed(&shape), order);
                // If only a copy can have the shape, there is no view to compare.
                let wanted = view.is_ok().then(|| model.reshape(&shape, order));
                (view, wanted)
            }
        };
        let wanted = wanted.filter(|_| !mapping.borrow().is_closed);
        let view = complaint::checked(view);
        assert_eq!(view.is_some(), wanted.is_some(), "a view of {:?}", model.shape);
        if let (Some(array), Some(model)) = (view, wanted)
            && self.opened.len() < super::MAX_ARRAYS
        {
            let mapping = mapping.clone();
            self.opened.push(Array { memmap: array, model, mapping, is_view: true });
        }
        Ok(())
    }

    /// Calls what has no effect on the bytes.
    fn hint(&self, number: usize, input: &mut Input<'_>) -> Result<()> {
        let array = &self.opened[number];
        let is_closed = array.mapping.borrow().is_closed;
        let info = complaint::checked(array.memmap.info());
        assert_eq!(info.is_none(), is_closed);
        if let Some(info) = info {
            let order =
                [Order::C, Order::F].into_iter().find(|&order| array.model.is_contiguous(order));
            assert_eq!((info.order, info.size), (order, array.model.places.len() as u64));
        }
        let advice = *input.choose(&[
            Advice::Normal,
            Advice::Random,
            Advice::Sequential,
            Advice::WillNeed,
            Advice::DontNeed,
        ])?;
        _ = complaint::checked(array.memmap.advise(advice));
        _ = complaint::checked(array.memmap.flush());
        Ok(())
    }
}

impl<R> Array<R> {
    /// Returns a range of the bytes of a contiguous array, as a range of its file.
    fn range(&self, offset: u64, length: u64) -> Option<std::ops::Range<usize>> {
        let mapping = self.mapping.borrow();
        let is_dense = self.model.is_contiguous(Order::C) || self.model.is_contiguous(Order::F);
        let size = self.model.places.len() * mapping.item;
        let end = offset.checked_add(length).filter(|&end| is_dense && end <= size as u64)?;
        let start = mapping.offset_of(self.model.places.first().copied().unwrap_or(0));
        Some(start + usize::try_from(offset).ok()?..start + usize::try_from(end).ok()?)
    }
}

impl<T> Wanted<T> {
    fn of(value: Option<T>) -> Self {
        value.map_or(Self::Refused, Self::Value)
    }
}

/// A number of bytes, mostly one that the array has.
fn byte_number(input: &mut Input<'_>) -> Result<u64> {
    Ok(match input::below(input, 8)? {
        0 => input.arbitrary()?,
        1..=2 => input::below(input, MAX_SIZE)? as u64,
        _ => input::below(input, 20)? as u64,
    })
}
