// The computation: from elevations to slope, hillshade and statistics. It uses no files.
//
// The operations and their order are those of `../src/terrain.rs`, so that the results have the
// same bits.

/** The width and the height of a cell in metres: see `../src/terrain.rs`. */
export const CELL_WIDTH = 74.40446290285126;
export const CELL_HEIGHT = 92.66666666666667;

const RADIANS = Math.PI / 180;
const DEGREES = 180 / Math.PI;

/** The position of the sun: clockwise from north, and above the horizon. */
const AZIMUTH = 315 * RADIANS;
const ALTITUDE = 45 * RADIANS;

/** The direction of the sun as a vector of length 1. */
const SUN_EAST = Math.cos(ALTITUDE) * Math.sin(AZIMUTH);
const SUN_SOUTH = -Math.cos(ALTITUDE) * Math.cos(AZIMUTH);
const SUN_UP = Math.sin(ALTITUDE);

/** The statistics of the rows of a terrain that were added so far. */
export class Survey {
  #columns;
  #elevation = new Summary();
  #slope = new Summary();
  #hillshade = new Summary();
  /** The row and the column of the highest cell; of several, the first in C order. */
  highest = { row: 0, column: 0 };

  constructor(columns) {
    this.#columns = columns;
  }

  /**
   * Computes the rows from `first` to `last` (exclusive) of `elevations`, and stores the slope of
   * each cell in degrees and its grey. `elevations` has these rows, the row before and the row
   * after, if the model has them; its row `first` is the model's row `modelRow`.
   */
  add(elevations, first, last, modelRow, slopes, greys) {
    const columns = this.#columns;
    const rows = elevations.length / columns;
    let cell = 0;
    for (let row = first; row < last; row++) {
      const start = row * columns;
      // Central differences within the model and one-sided ones at its edges: `numpy.gradient`.
      const north = row > 0 ? start - columns : start;
      const south = row + 1 < rows ? start + columns : start;
      const height = south - north === 2 * columns ? 2 * CELL_HEIGHT : CELL_HEIGHT;
      for (let column = 0; column < columns; column++) {
        const here = start + column;
        const elevation = elevations[here];
        if (elevation > this.#elevation.max) this.highest = { row: modelRow + row - first, column };
        const west = column > 0 ? here - 1 : here;
        const east = column + 1 < columns ? here + 1 : here;
        const width = east - west === 2 ? 2 * CELL_WIDTH : CELL_WIDTH;
        const toEast = (elevations[east] - elevations[west]) / width;
        const toSouth = (elevations[south + column] - elevations[north + column]) / height;

        const slope = Math.atan(Math.sqrt(toEast * toEast + toSouth * toSouth)) * DEGREES;
        const length = Math.sqrt(1 + toEast * toEast + toSouth * toSouth);
        const light = (SUN_UP - SUN_EAST * toEast - SUN_SOUTH * toSouth) / length;
        const hillshade = light < 0 ? 0 : light > 1 ? 1 : light;
        this.#elevation.add(elevation);
        this.#slope.add(slope);
        this.#hillshade.add(hillshade);
        slopes[cell] = slope;
        greys[cell] = Math.round(hillshade * 255);
        cell++;
      }
    }
  }

  /** Returns the statistics of the elevations, the slopes and the hillshade. */
  statistics() {
    return {
      elevation: this.#elevation.statistics(),
      slope: this.#slope.statistics(),
      hillshade: this.#hillshade.statistics(),
    };
  }
}

/** The running statistics of a series, by Welford's method. */
class Summary {
  count = 0;
  min = Infinity;
  max = -Infinity;
  mean = 0;
  /** The sum of the squared distances from the mean. */
  squares = 0;

  add(value) {
    this.count += 1;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const distance = value - this.mean;
    this.mean += distance / this.count;
    this.squares += distance * (value - this.mean);
  }

  /** `std` is the population's standard deviation, numpy's default. */
  statistics() {
    const { min, max, mean } = this;
    return { min, max, mean, std: Math.sqrt(this.squares / this.count) };
  }
}
