//! A plain model of an array and of numpy's rules: every element by its number, no stride anywhere.

use filemap::array::{Index, Order, Slice};

/// The elements of an array or view, in C order, each as its place in the file, counted in elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Model {
    pub(crate) shape: Vec<usize>,
    pub(crate) places: Vec<usize>,
}

impl Model {
    /// A whole array.
    pub(crate) fn new(shape: &[usize], order: Order) -> Self {
        let place = |index: &[usize]| {
            let axes: Vec<_> = shape.iter().zip(index).collect();
            let step = |place, &(&length, &at): &(&usize, &usize)| place * length + at;
            match order {
                Order::C => axes.iter().fold(0, step),
                Order::F => axes.iter().rev().fold(0, step),
            }
        };
        Self { shape: shape.to_vec(), places: indices(shape).iter().map(|index| place(index)).collect() }
    }

    /// The element at an index.
    pub(crate) fn at(&self, index: &[usize]) -> usize {
        self.places[index.iter().zip(&self.shape).fold(0, |place, (at, length)| place * length + at)]
    }

    /// `array[index]`, or `None` for an error.
    pub(crate) fn select(&self, index: &[Index]) -> Option<Self> {
        let uses = |index: &&Index| !matches!(index, Index::Ellipsis | Index::NewAxis);
        let is_list = |index: &Index| matches!(index, Index::Take(_) | Index::Mask(_));
        let ellipses = index.iter().filter(|index| **index == Index::Ellipsis).count();
        let left_over = self.shape.len().checked_sub(index.iter().filter(uses).count())?;
        if ellipses > 1 {
            return None;
        }
        let has_lists = index.iter().any(is_list);

        // What is taken of each axis, and how the axes of the result come from these.
        let mut taken: Vec<Vec<usize>> = Vec::new();
        let mut sources = Vec::new();
        let mut lists: Vec<usize> = Vec::new();
        let mut groups: Vec<usize> = Vec::new();
        let mut was_list = false;
        let end = if ellipses == 0 { Some(&Index::Ellipsis) } else { None };
        for index in index.iter().chain(end) {
            let axis = taken.len();
            let length = self.shape.get(axis).copied().unwrap_or(0);
            let listed = match index {
                Index::Take(list) => Some(list.iter().map(|&at| element(at, length)).collect::<Option<Vec<_>>>()?),
                Index::Mask(mask) if mask.len() != length => return None,
                Index::Mask(mask) => Some((0..length).filter(|&at| mask[at]).collect()),
                Index::At(at) => Some(vec![element(*at, length)?]),
                Index::Slice(slice) => {
                    taken.push(range(*slice, length)?);
                    sources.push(Source::Axis(axis));
                    None
                }
                Index::Ellipsis => {
                    for (axis, &length) in self.shape.iter().enumerate().skip(axis).take(left_over) {
                        taken.push((0..length).collect());
                        sources.push(Source::Axis(axis));
                    }
                    None
                }
                Index::NewAxis => {
                    sources.push(Source::New);
                    None
                }
            };
            if has_lists && listed.is_some() {
                lists.push(axis);
                if !was_list {
                    groups.push(sources.len());
                }
            }
            was_list = listed.is_some();
            taken.extend(listed);
        }
        if has_lists {
            // numpy puts what lists take first, where they do not stand together.
            sources.insert(if groups.len() == 1 { groups[0] } else { 0 }, Source::Lists);
        }
        let together = lists.iter().map(|&axis| taken[axis].len()).try_fold(1, |all, length| match (all, length) {
            (all, 1) => Some(all),
            (1, length) => Some(length),
            (all, length) => (all == length).then_some(all),
        })?;

        let shape: Vec<_> = sources
            .iter()
            .map(|source| match source {
                Source::Axis(axis) => taken[*axis].len(),
                Source::Lists => together,
                Source::New => 1,
            })
            .collect();
        let place = |index: &Vec<usize>| {
            let mut at = vec![0; self.shape.len()];
            // An axis of which one element is taken shows it everywhere.
            let mut set = |axis: usize, place: usize| at[axis] = taken[axis][place.min(taken[axis].len() - 1)];
            for axis in (0..taken.len()).filter(|axis| !sources.iter().any(|source| source.is(*axis))) {
                set(axis, 0);
            }
            for (source, &place) in sources.iter().zip(index) {
                match source {
                    Source::Axis(axis) => set(*axis, place),
                    Source::Lists => lists.iter().for_each(|&axis| set(axis, place)),
                    Source::New => {}
                }
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

    /// For each element which one of data of shape `from` is written to it, or `None` where it does not stretch.
    pub(crate) fn broadcast(&self, from: &[usize]) -> Option<Vec<usize>> {
        let surplus = from.len().saturating_sub(self.shape.len());
        let fits = |(&from, &to): (&usize, &usize)| from == 1 || from == to;
        if from[..surplus].iter().any(|&length| length != 1)
            || !from.iter().rev().zip(self.shape.iter().rev()).all(fits)
        {
            return None;
        }
        let from = &from[surplus..];
        let missing = self.shape.len() - from.len();
        let source = |index: &Vec<usize>| {
            let step = |source, (&length, &at)| source * length + if length == 1 { 0 } else { at };
            from.iter().zip(&index[missing..]).fold(0, step)
        };
        Some(indices(&self.shape).iter().map(source).collect())
    }

    /// Whether the elements follow each other in the file when they are walked in this order.
    pub(crate) fn is_dense(&self, order: Order) -> bool {
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

/// Where an axis of a selection comes from.
enum Source {
    /// An axis of the array.
    Axis(usize),
    /// All the lists together.
    Lists,
    /// Nothing.
    New,
}

impl Source {
    fn is(&self, wanted: usize) -> bool {
        matches!(self, Self::Axis(axis) if *axis == wanted)
    }
}

/// All indices of a shape, in C order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    shape.iter().fold(vec![Vec::new()], |before, &length| {
        before.iter().flat_map(|index| (0..length).map(move |at| [index.as_slice(), &[at]].concat())).collect()
    })
}

fn element(at: i64, length: usize) -> Option<usize> {
    let at = i128::from(at);
    let from_start = if at < 0 { at + length as i128 } else { at };
    usize::try_from(from_start).ok().filter(|&at| at < length)
}

/// `list(range(length))[slice]`: begins at the first place, and steps as long as it is before the last.
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
    while (0..length).contains(&at) && stop.is_none_or(|stop| if step > 0 { at < stop } else { at > stop }) {
        taken.push(usize::try_from(at).ok()?);
        at += step;
    }
    Some(taken)
}
