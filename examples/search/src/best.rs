//! The best rows of a search.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// The number of rows that are kept.
const COUNT: usize = 10;

/// A row and its similarity to the query. The greater one is more similar, or as similar and
/// earlier.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The cosine of the angle between the row and the query.
    pub score: f32,
    /// The number of the row in the matrix.
    pub row: u64,
}

/// The best rows so far, the worst of them on top of the heap.
#[derive(Default)]
pub struct Best {
    heap: BinaryHeap<Reverse<Found>>,
}

impl Best {
    /// Keeps the row if it is one of the best so far. A row whose score is NaN never is.
    pub fn offer(&mut self, found: Found) {
        let full = self.heap.len() == COUNT;
        if found.score.is_nan()
            || full && self.heap.peek().is_some_and(|Reverse(worst)| found <= *worst)
        {
            return;
        }
        if full {
            self.heap.pop();
        }
        self.heap.push(Reverse(found));
    }

    /// Returns the rows, the best first.
    #[must_use]
    pub fn into_sorted(self) -> Vec<Found> {
        self.heap.into_sorted_vec().into_iter().map(|Reverse(found)| found).collect()
    }
}

impl Ord for Found {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.row.cmp(&self.row))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Found {}

#[cfg(test)]
mod tests {
    use super::{Best, Found};

    fn rows(scores: impl IntoIterator<Item = f32>) -> Vec<u64> {
        let mut best = Best::default();
        (0..).zip(scores).for_each(|(row, score)| best.offer(Found { score, row }));
        best.into_sorted().iter().map(|found| found.row).collect()
    }

    #[test]
    fn the_ten_best_rows_are_sorted() {
        let scores = [3, 14, 9, 1, 13, 5, 0, 11, 7, 2, 12, 4, 10, 6, 8];
        assert_eq!(
            rows(scores.map(|score: u8| f32::from(score) / 14.0 - 0.5)),
            [1, 4, 10, 7, 12, 2, 14, 8, 13, 5]
        );
    }

    #[test]
    fn fewer_than_ten_rows_are_all_kept() {
        assert_eq!(rows([]), []);
        assert_eq!(rows([-1.0, 1.0]), [1, 0]);
    }

    #[test]
    fn of_equal_scores_the_first_rows_are_kept() {
        assert_eq!(rows([1.0; 20]), (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn a_row_with_the_score_nan_is_left_out() {
        assert_eq!(rows([f32::NAN, 0.5, -f32::NAN]), [1]);
    }
}
