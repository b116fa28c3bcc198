//! The matrix: a row of numbers for each word, in a file that may be larger than memory.

use filemap_plugin::{Error, Memmap, Mode, Result, index};

use crate::best::{Best, Found};
use crate::similarity::{normalized, similarity};

/// The maximum number of elements of a window (8 MiB), unless one row has more. Larger windows are
/// not faster.
const MAX_WINDOW: usize = 2 << 20;

/// An open matrix of `float32`.
pub(crate) struct Embeddings {
    matrix: Memmap,
    columns: usize,
}

impl Embeddings {
    /// Opens the `.npy` file at `path`. Reads no rows.
    pub(crate) fn open(path: &str) -> Result<Self> {
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
    pub(crate) fn rows(&self) -> u64 {
        self.matrix.shape()[0]
    }

    /// Returns the mean of the given rows.
    #[expect(clippy::cast_precision_loss, reason = "a query has few words")]
    pub(crate) fn mean(&self, rows: &[usize]) -> Result<Vec<f64>> {
        let mut mean = vec![0.0; self.columns];
        for &row in rows {
            let row = self.matrix.view(&index![row])?.map::<f32>()?;
            for (mean, &number) in mean.iter_mut().zip(row.iter()) {
                *mean += f64::from(number) / rows.len() as f64;
            }
        }
        Ok(mean)
    }

    /// Returns the rows that are most similar to a query, the best first.
    pub(crate) fn search(&self, query: &[f64]) -> Result<Vec<Found>> {
        let query = normalized(query);
        let mut best = Best::default();
        let mut row = 0;
        let mut windows =
            self.matrix.windows::<f32>((MAX_WINDOW / self.columns).max(1) * self.columns)?;
        while let Some(window) = windows.next()? {
            for numbers in window.chunks_exact(self.columns) {
                best.offer(Found { score: similarity(numbers, &query), row });
                row += 1;
            }
        }
        Ok(best.into_sorted())
    }
}
