//! How much a run of the benchmark does.

/// The sizes of the files, and how often each task is measured.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    /// The name in the report.
    pub(crate) name: &'static str,
    /// How often each candidate is measured.
    pub(crate) rounds: usize,
    /// The number of `float64` in the file to read.
    pub(crate) numbers: usize,
    /// The number of rows of the matrix in the same file.
    pub(crate) rows: usize,
    /// The size of the file to write, in bytes.
    pub(crate) written: usize,
    /// The size of the largest value of a store, in bytes.
    pub(crate) value: usize,
    /// A task with many operations does one in this many.
    pub(crate) divisor: usize,
    /// The numbers of keys for the growth of a store.
    pub(crate) keys: &'static [usize],
    /// The sizes of files for the growth of an array, in bytes.
    pub(crate) files: &'static [u64],
}

impl Scale {
    /// The whole benchmark.
    pub(crate) const FULL: Self = Self {
        name: "full",
        rounds: 9,
        numbers: 1 << 27,
        rows: 500_000,
        written: 1 << 30,
        value: 64 << 20,
        divisor: 1,
        keys: &[10, 1_000, 100_000, 1_000_000],
        files: &[4 << 10, 1 << 20, 256 << 20, 4 << 30, 16 << 30],
    };

    /// Less than five minutes.
    pub(crate) const QUICK: Self = Self {
        name: "quick",
        rounds: 3,
        numbers: 1 << 25,
        rows: 125_000,
        written: 256 << 20,
        value: 64 << 20,
        divisor: 4,
        keys: &[10, 1_000, 50_000],
        files: &[4 << 10, 1 << 20, 256 << 20, 4 << 30],
    };

    /// For the test that everything works.
    pub(crate) const TINY: Self = Self {
        name: "tiny",
        rounds: 1,
        numbers: 1 << 18,
        rows: 1_000,
        written: 1 << 20,
        value: 64 << 10,
        divisor: 100,
        keys: &[10, 100],
        files: &[4 << 10, 1 << 20],
    };

    /// Returns a count of operations at this scale.
    pub(crate) fn count(&self, full: usize) -> usize {
        (full / self.divisor).max(1)
    }

    /// The length of the first axis of the file as an array of three axes.
    pub(crate) fn planes(&self) -> usize {
        self.numbers * 2 / (512 * 1024)
    }
}
