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
        let whole = Index::Slice(Slice::default());
        let used = index.iter().filter(|index| **index != Index::Ellipsis).count();
        let left_over = self.shape.len().checked_sub(used)?;
        if index.len() > used + 1 {
            return None;
        }
        let mut full = Vec::new();
        for index in index.iter().chain(if index.len() == used { Some(&Index::Ellipsis) } else { None }) {
            if *index == Index::Ellipsis { full.extend(vec![whole; left_over]) } else { full.push(*index) }
        }

        // What is taken of each axis, and the axes that are left.
        let mut taken = Vec::new();
        let mut shape = Vec::new();
        for (index, &length) in full.iter().zip(&self.shape) {
            match index {
                Index::At(at) => taken.push(vec![element(*at, length)?]),
                Index::Slice(slice) => {
                    taken.push(range(*slice, length)?);
                    shape.push(taken.last()?.len());
                }
                Index::Ellipsis => unreachable!("replaced above"),
            }
        }
        let lengths: Vec<_> = taken.iter().map(Vec::len).collect();
        let place =
            |index: &Vec<usize>| self.at(&index.iter().zip(&taken).map(|(&at, taken)| taken[at]).collect::<Vec<_>>());
        Some(Self { shape, places: indices(&lengths).iter().map(place).collect() })
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
