//! A job: what to do, and the same random choices for every way to do it.

use std::io::{self, Result};
use std::time::Instant;

/// The number of columns of the matrix of `float32` in the file to read.
pub const COLUMNS: usize = 384;

/// The lengths of the second and the third axis of the same file as an array of three axes.
pub const PLANE: [u64; 2] = [512, 1024];

/// The bytes that one call moves in a work over a whole file.
pub const PIECE: usize = 1 << 20;

/// The column that the work `column` reads.
pub const COLUMN: usize = 7;

/// What to do, and with what. The work gives `size` and `count` their meaning.
pub struct Job {
    /// The name of the work.
    pub work: String,
    /// The file, or the folder of the store.
    pub path: String,
    /// The size of a value or of a part, or how many there are to choose from.
    pub size: usize,
    /// How often the work is done, or with how many things.
    pub count: usize,
}

/// The time that a work took, and its result.
pub struct Measured {
    /// The time, without what the work needs before and after.
    pub seconds: f64,
    /// The result, the same for every way to do the work.
    pub result: f64,
}

/// Measures `work`, which returns its result.
pub fn timed(work: impl FnOnce() -> Result<f64>) -> Result<Measured> {
    let begin = Instant::now();
    let result = work()?;
    Ok(Measured { seconds: begin.elapsed().as_secs_f64(), result })
}

impl Job {
    /// The keys of a store.
    pub fn keys(&self) -> Vec<String> {
        (0..self.count).map(|number| format!("key {number}")).collect()
    }

    /// Keys that the store does not have, if it has those of [`keys`](Self::keys).
    pub fn new_keys(&self) -> Vec<String> {
        (0..self.count).map(|number| format!("new key {number}")).collect()
    }

    /// A value of a store.
    pub fn value(&self) -> Vec<u8> {
        data(self.size)
    }

    /// Random numbers below `limit`, as many as the job counts. `measure.py` has the same.
    pub fn random(&self, limit: u64) -> Vec<u64> {
        random_numbers(limit, self.count, 1)
    }

    /// Random positions in an array of three axes, one list for each axis.
    pub fn random_positions(&self) -> [Vec<u64>; 3] {
        let lengths = [self.size as u64, PLANE[0], PLANE[1]];
        [0, 1, 2].map(|axis| random_numbers(lengths[axis], self.count, axis as u64 + 1))
    }

    /// The error for a work that the way does not have.
    pub fn unknown(&self) -> io::Error {
        io::Error::other(format!("this way does not have the work `{}`", self.work))
    }
}

/// Random numbers of a linear congruential generator, whose upper bits are good enough here.
fn random_numbers(limit: u64, count: usize, seed: u64) -> Vec<u64> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    (0..count).map(|_| next()).collect()
}

/// Bytes to write.
pub fn data(size: usize) -> Vec<u8> {
    (0..=250).cycle().take(size).collect()
}

/// The sum of the first byte of each part, which proves that it was read.
pub fn first_byte(part: &[u8]) -> f64 {
    part.first().copied().unwrap_or(0).into()
}

/// The sum of `float32` numbers, in `float64`.
pub fn sum_of_f32(bytes: &[u8]) -> f64 {
    bytes.as_chunks().0.iter().map(|&number| f64::from(f32::from_le_bytes(number))).sum()
}
