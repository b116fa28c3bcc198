//! The computation: from elevations to slope, hillshade and statistics. It uses no files.
//!
//! `data/reference.py` has the same formulas in numpy, and prints the numbers of the tests.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The width of a cell in metres, from west to east. A `.npy` file does not say how large its cells
/// are: this is the width in the data of `data/`, whose README has the derivation.
pub const CELL_WIDTH: f64 = 74.404_462_902_851_26;
/// The height of a cell in metres, from north to south.
pub const CELL_HEIGHT: f64 = 92.666_666_666_666_67;

/// The position of the sun in degrees: clockwise from north, and above the horizon.
const AZIMUTH: f64 = 315.0;
const ALTITUDE: f64 = 45.0;

/// The statistics of the rows of a terrain that were added so far.
pub struct Survey {
    columns: usize,
    sun: Sun,
    /// Metres.
    pub elevation: Summary,
    /// Degrees.
    pub slope: Summary,
    /// 0 (dark) to 1 (light from straight above the surface).
    pub hillshade: Summary,
    /// The row and the column of the highest cell; of several, the first in C order.
    pub highest: (usize, usize),
}

/// The results for some rows.
pub struct Band {
    /// Degrees, as little-endian `float32`.
    pub slope: Vec<u8>,
    /// 0 (dark) to 255 (light from straight above the surface).
    pub hillshade: Vec<u8>,
}

impl Survey {
    /// Returns the statistics of no rows yet, of a model with this number of columns.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            sun: Sun::new(),
            elevation: Summary::default(),
            slope: Summary::default(),
            hillshade: Summary::default(),
            highest: (0, 0),
        }
    }

    /// Computes the rows `own` of `elevations`, the first of which is the model's row `first_row`.
    ///
    /// `elevations` has whole rows: those of `own`, the row before and the row after, if the model
    /// has them.
    #[expect(clippy::cast_possible_truncation, reason = "the slope is rounded")]
    pub fn add(&mut self, elevations: &[f64], own: Range<usize>, first_row: usize) -> Band {
        let cells = own.len() * self.columns;
        let mut band =
            Band { slope: Vec::with_capacity(cells * 4), hillshade: Vec::with_capacity(cells) };
        for row in own.clone() {
            for column in 0..self.columns {
                let elevation = elevations[row * self.columns + column];
                if elevation > self.elevation.max {
                    self.highest = (first_row + row - own.start, column);
                }
                let (east, south) = gradient(elevations, self.columns, row, column);
                let slope = (east * east + south * south).sqrt().atan().to_degrees();
                let hillshade = self.sun.light(east, south);
                self.elevation.add(elevation);
                self.slope.add(slope);
                self.hillshade.add(hillshade);
                band.slope.extend((slope as f32).to_le_bytes());
                band.hillshade.push(grey(hillshade));
            }
        }
        band
    }
}

/// Computes the hillshade of the rows `own` of `elevations` alone: the pixels that [`Survey::add`]
/// returns for them.
// `inline`, as what it calls: `examples/cluster` is compiled for speed, and this package for size.
#[inline]
#[must_use]
pub fn hillshade(elevations: &[f64], columns: usize, own: Range<usize>) -> Vec<u8> {
    let sun = Sun::new();
    let cells = own.flat_map(|row| (0..columns).map(move |column| (row, column)));
    let pixel = |(row, column)| {
        let (east, south) = gradient(elevations, columns, row, column);
        grey(sun.light(east, south))
    };
    cells.map(pixel).collect()
}

/// The direction of the sun as a vector of length 1: east, south, up.
struct Sun([f64; 3]);

impl Sun {
    #[inline]
    fn new() -> Self {
        let (azimuth, altitude) = (AZIMUTH.to_radians(), ALTITUDE.to_radians());
        let flat = altitude.cos();
        Self([flat * azimuth.sin(), -flat * azimuth.cos(), altitude.sin()])
    }

    /// Returns the share of the sun's light that a surface with this gradient receives: the cosine
    /// of the angle between the sun and the surface's normal, and 0 if the sun is behind it.
    #[inline]
    fn light(&self, east: f64, south: f64) -> f64 {
        let Self([sun_east, sun_south, sun_up]) = self;
        let length = (1.0 + east * east + south * south).sqrt();
        ((sun_up - sun_east * east - sun_south * south) / length).clamp(0.0, 1.0)
    }
}

/// Returns the grey value of a share of light.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the result is rounded"
)]
#[inline]
fn grey(light: f64) -> u8 {
    (light * 255.0).round() as u8
}

/// Returns the rise of the terrain per metre towards the east and towards the south, like
/// `numpy.gradient`: central differences within the model and one-sided ones at its edges.
#[inline]
fn gradient(elevations: &[f64], columns: usize, row: usize, column: usize) -> (f64, f64) {
    let around =
        |index: usize, length: usize| (index.saturating_sub(1), (index + 1).min(length - 1));
    let distance = |before, after, cell| if after - before == 2 { 2.0 * cell } else { cell };
    let at = |row, column| elevations[row * columns + column];
    let (west, east) = around(column, columns);
    let (north, south) = around(row, elevations.len() / columns);
    (
        (at(row, east) - at(row, west)) / distance(west, east, CELL_WIDTH),
        (at(south, column) - at(north, column)) / distance(north, south, CELL_HEIGHT),
    )
}

/// The running statistics of a series, by Welford's method: it needs each value once, and stays
/// accurate for large values with small differences.
pub struct Summary {
    count: f64,
    min: f64,
    max: f64,
    mean: f64,
    /// The sum of the squared distances from the mean.
    squares: f64,
}

/// The statistics of a series; `std` is the population's standard deviation, numpy's default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are those of numpy")]
pub struct Statistics {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    pub std: f64,
}

impl Default for Summary {
    fn default() -> Self {
        Self { count: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, mean: 0.0, squares: 0.0 }
    }
}

impl Summary {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        let distance = value - self.mean;
        self.mean += distance / self.count;
        self.squares += distance * (value - self.mean);
    }

    /// Returns the statistics of the values so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        Statistics {
            min: self.min,
            max: self.max,
            mean: self.mean,
            std: (self.squares / self.count).sqrt(),
        }
    }
}

#[cfg(test)]
mod tests;
