//! The matrix: a row of numbers for each word, in a file that may be larger than memory.

use std::ops::Range;

use filemap_plugin::{Error, Memmap, Mode, Result, index};

use crate::best::{Best, Found};
use crate::similarity::{normalized, similarity};

/// The maximum number of elements of a window (8 MiB), unless one row has more. Larger windows are
/// not faster.
const MAX_WINDOW: usize = 2 << 20;

/// An open matrix of `float32`.
pub struct Embeddings {
    matrix: Memmap,
    columns: usize,
}

impl Embeddings {
    /// Opens the `.npy` file at `path`. Reads no rows.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::open_npy`], and [`Error::InvalidArgument`] if it is not a matrix.
    pub fn open(path: &str) -> Result<Self> {
        let matrix = Memmap::open_npy(path, Mode::ReadOnly)?;
        let columns = match *matrix.shape() {
            [_, columns] => usize::try_from(columns).unwrap_or(0),
            _ => 0,
        };
        if columns == 0 {
            return Err(Error::InvalidArgument(format!(
                "`{path}` has the shape {:?}: pass a matrix with one row for each word and at \
                 least one column",
                matrix.shape()
            )));
        }
        Ok(Self { matrix, columns })
    }

    /// Returns the number of rows, one for each word.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.matrix.shape()[0]
    }

    /// Returns the mean of the given rows.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::view`] and [`Memmap::map`].
    #[expect(clippy::cast_precision_loss, reason = "a query has few words")]
    pub fn mean(&self, rows: &[u64]) -> Result<Vec<f64>> {
        let mut mean = vec![0.0; self.columns];
        for &row in rows {
            let row = self.matrix.view(&index![row])?.map::<f32>()?;
            for (mean, &number) in mean.iter_mut().zip(row.iter()) {
                *mean += f64::from(number) / rows.len() as f64;
            }
        }
        Ok(mean)
    }

    /// Returns those of the rows `range` that are most similar to a query, the best first.
    ///
    /// # Errors
    ///
    /// Those of [`Memmap::view`] and [`Memmap::windows`].
    pub fn search(&self, query: &[f64], range: Range<u64>) -> Result<Vec<Found>> {
        let query = normalized(query);
        let mut best = Best::default();
        let mut row = range.start;
        let rows = self.matrix.view(&index![range])?;
        let mut windows = rows.windows::<f32>((MAX_WINDOW / self.columns).max(1) * self.columns)?;
        while let Some(window) = windows.next()? {
            for numbers in window.chunks_exact(self.columns) {
                best.offer(Found { score: similarity(numbers, &query), row });
                row += 1;
            }
        }
        Ok(best.into_sorted())
    }
}
