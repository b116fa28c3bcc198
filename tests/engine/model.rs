//! A plain model of an array and of numpy's rules: it keeps every element by its index in the file,
//! without strides.

use filemap::layout::{Index, Order, Slice, Take};

/// The elements of an array or view in C order, each as its index in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) shape: Vec<usize>,
    pub(crate) places: Vec<usize>,
}

impl Model {
    /// Creates the model of a whole array.
    pub(crate) fn new(shape: &[usize], order: Order) -> Self {
        let place = |index: &[usize]| {
            let axes: Vec<_> = shape.iter().zip(index).collect();
            let step = |place, &(&length, &at): &(&usize, &usize)| place * length + at;
            match order {
                Order::C => axes.iter().fold(0, step),
                Order::F => axes.iter().rev().fold(0, step),
            }
        };
        Self {
            shape: shape.to_vec(),
            places: indices(shape).iter().map(|index| place(index)).collect(),
        }
    }

    /// Returns the element at an index.
    pub(crate) fn at(&self, index: &[usize]) -> usize {
        self.places
            [index.iter().zip(&self.shape).fold(0, |place, (at, length)| place * length + at)]
    }

    /// `array[index]`, or `None` for an error.
    pub(crate) fn select(&self, index: &[Index]) -> Option<Self> {
        let ellipses = index.iter().filter(|index| **index == Index::Ellipsis).count();
        let left_over = self.shape.len().checked_sub(index.iter().map(axes).sum())?;
        if ellipses > 1 {
            return None;
        }

        // The elements taken from each axis, and the origin of each axis of the result.
        let mut sources = Vec::new();
        let mut arrays: Vec<IndexArray> = Vec::new();
        let mut groups: Vec<usize> = Vec::new();
        let mut was_list = false;
        let mut axis = 0;
        let end = if ellipses == 0 { Some(&Index::Ellipsis) } else { None };
        for index in index.iter().chain(end) {
            let listed = match index {
                Index::At(at) => Some(IndexArray::of(
                    &Take { indices: vec![*at], shape: Some(Vec::new()) },
                    axis,
                    self,
                )?),
                Index::Take(take) => Some(IndexArray::of(take, axis, self)?),
                Index::Mask(mask) => {
                    let shape = lengths(mask.shape.as_deref(), mask.values.len())?;
                    if self.shape[axis..axis + shape.len()] != shape {
                        return None;
                    }
                    let chosen: Vec<_> = indices(&shape)
                        .into_iter()
                        .zip(&mask.values)
                        .filter(|(_, chosen)| **chosen)
                        .collect();
                    let of_axis = |number: usize| {
                        (axis + number, chosen.iter().map(|(index, _)| index[number]).collect())
                    };
                    Some(IndexArray {
                        shape: vec![chosen.len()],
                        taken: (0..shape.len()).map(of_axis).collect(),
                    })
                }
                Index::Slice(slice) => {
                    sources.push(Source::Axis(axis, range(*slice, self.shape[axis])?));
                    None
                }
                Index::Ellipsis => {
                    sources.extend(
                        (axis..axis + left_over)
                            .map(|axis| Source::Axis(axis, (0..self.shape[axis]).collect())),
                    );
                    axis += left_over;
                    None
                }
                Index::NewAxis => {
                    sources.push(Source::New);
                    None
                }
            };
            if listed.is_some() && !was_list {
                groups.push(sources.len());
            }
            was_list = listed.is_some();
            arrays.extend(listed);
            axis += axes(index);
        }
        let together = arrays
            .iter()
            .try_fold(Vec::new(), |all, list| broadcast_together(&all, &list.shape))?;
        // numpy puts the axes of index arrays first if they do not stand together.
        let place = if groups.len() == 1 { groups[0] } else { 0 };
        sources.splice(place..place, (0..together.len()).map(Source::IndexArrays));

        let shape: Vec<_> = sources
            .iter()
            .map(|source| match source {
                Source::Axis(_, taken) => taken.len(),
                Source::IndexArrays(number) => together[*number],
                Source::New => 1,
            })
            .collect();
        let place = |index: &Vec<usize>| {
            let mut at = vec![0; self.shape.len()];
            let mut listed = Vec::new();
            for (source, &place) in sources.iter().zip(index) {
                match source {
                    Source::Axis(axis, taken) => at[*axis] = taken[place],
                    Source::IndexArrays(_) => listed.push(place),
                    Source::New => {}
                }
            }
            for list in &arrays {
                let number = number_of(&listed, &list.shape);
                list.taken.iter().for_each(|(axis, taken)| at[*axis] = taken[number]);
            }
            self.at(&at)
        };
        Some(Self { places: indices(&shape).iter().map(place).collect(), shape })
    }

    /// `array.transpose(axes)`.
    pub(crate) fn transpose(&self, axes: &[usize]) -> Self {
        let shape: Vec<_> = axes.iter().map(|&axis| self.shape[axis]).collect();
        let place = |index: &Vec<usize>| {
            let mut at = vec![0; axes.len()];
            axes.iter().zip(index).for_each(|(&axis, &place)| at[axis] = place);
            self.at(&at)
        };
        Self { places: indices(&shape).iter().map(place).collect(), shape }
    }

    /// `array.reshape(shape, order=order)`, for a shape of the same size.
    pub(crate) fn reshape(&self, shape: &[usize], order: Order) -> Self {
        let reversed = |axes: usize| (0..axes).rev().collect::<Vec<_>>();
        match order {
            Order::C => Self { shape: shape.to_vec(), places: self.places.clone() },
            Order::F => {
                let shape: Vec<_> = shape.iter().rev().copied().collect();
                let backwards = self.transpose(&reversed(self.shape.len()));
                backwards.reshape(&shape, Order::C).transpose(&reversed(shape.len()))
            }
        }
    }

    /// Returns which element of data of shape `from` is written to each element, or `None` if the
    /// shapes do not fit.
    pub(crate) fn broadcast(&self, from: &[usize]) -> Option<Vec<usize>> {
        let surplus = from.len().saturating_sub(self.shape.len());
        let fits = |(&from, &to): (&usize, &usize)| from == 1 || from == to;
        if from[..surplus].iter().any(|&length| length != 1)
            || !from.iter().rev().zip(self.shape.iter().rev()).all(fits)
        {
            return None;
        }
        let from = &from[surplus..];
        Some(indices(&self.shape).iter().map(|index| number_of(index, from)).collect())
    }

    /// Returns whether the elements are contiguous in the file in an order.
    pub(crate) fn is_contiguous(&self, order: Order) -> bool {
        let reversed: Vec<_> = self.shape.iter().rev().copied().collect();
        let walked: Vec<usize> = match order {
            Order::C => self.places.clone(),
            Order::F => indices(&reversed)
                .iter()
                .map(|index| self.at(&index.iter().rev().copied().collect::<Vec<_>>()))
                .collect(),
        };
        walked.windows(2).all(|pair| pair[1] == pair[0] + 1)
    }
}

/// The origin of an axis of a selection.
enum Source {
    /// The selected elements of an axis of the array.
    Axis(usize, Vec<usize>),
    /// An axis of the broadcast index arrays.
    IndexArrays(usize),
    /// A new axis.
    New,
}

/// The elements that an index array, a mask or an integer selects, in C order, and their axes.
struct IndexArray {
    shape: Vec<usize>,
    taken: Vec<(usize, Vec<usize>)>,
}

impl IndexArray {
    fn of(take: &Take, axis: usize, model: &Model) -> Option<Self> {
        let taken =
            take.indices.iter().map(|&at| element(at, model.shape[axis])).collect::<Option<_>>()?;
        Some(Self {
            shape: lengths(take.shape.as_deref(), take.indices.len())?,
            taken: vec![(axis, taken)],
        })
    }
}

/// Returns how many axes of the array an index uses.
fn axes(index: &Index) -> usize {
    match index {
        Index::Ellipsis | Index::NewAxis => 0,
        Index::Mask(mask) => mask.shape.as_ref().map_or(1, Vec::len),
        _ => 1,
    }
}

/// Returns the shape of an index array, or `None` if it does not have `count` elements.
fn lengths(shape: Option<&[u64]>, count: usize) -> Option<Vec<usize>> {
    let Some(shape) = shape else { return Some(vec![count]) };
    let shape: Vec<_> =
        shape.iter().map(|&length| usize::try_from(length).ok()).collect::<Option<_>>()?;
    (shape.iter().product::<usize>() == count).then_some(shape)
}

/// `numpy.broadcast_shapes(one, other)`.
fn broadcast_together(one: &[usize], other: &[usize]) -> Option<Vec<usize>> {
    let axes = one.len().max(other.len());
    let length = |shape: &[usize], axis: usize| {
        (axis + shape.len()).checked_sub(axes).map_or(1, |axis| shape[axis])
    };
    (0..axes)
        .map(|axis| match (length(one, axis), length(other, axis)) {
            (length, 1) | (1, length) => Some(length),
            (one, other) => (one == other).then_some(one),
        })
        .collect()
}

/// Returns which element of shape `from`, in C order, is at an index of the shape it is broadcast
/// to.
fn number_of(index: &[usize], from: &[usize]) -> usize {
    let step = |number, (&length, &at): (&usize, &usize)| {
        number * length + if length == 1 { 0 } else { at }
    };
    from.iter().zip(&index[index.len() - from.len()..]).fold(0, step)
}

/// Returns all indices of a shape, in C order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![Vec::new()], |before, &length| {
        before
            .iter()
            .flat_map(|index| (0..length).map(move |at| [index.as_slice(), &[at]].concat()))
            .collect()
    })
}

fn element(at: i64, length: usize) -> Option<usize> {
    let at = i128::from(at);
    let from_start = if at < 0 { at + length as i128 } else { at };
    usize::try_from(from_start).ok().filter(|&at| at < length)
}

/// Returns `list(range(length))[slice]`.
fn range(slice: Slice, length: usize) -> Option<Vec<usize>> {
    let length = length as i128;
    let step = i128::from(slice.step.unwrap_or(1));
    if step == 0 {
        return None;
    }
    let from_start = |at: i64| if at < 0 { i128::from(at) + length } else { i128::from(at) };
    let mut at = match slice.start.map(from_start) {
        Some(start) if step > 0 => start.max(0),
        Some(start) => start.min(length - 1),
        None if step > 0 => 0,
        None => length - 1,
    };
    let stop = slice.stop.map(from_start);
    let mut taken = Vec::new();
    while (0..length).contains(&at)
        && stop.is_none_or(|stop| if step > 0 { at < stop } else { at > stop })
    {
        taken.push(usize::try_from(at).ok()?);
        at += step;
    }
    Some(taken)
}
