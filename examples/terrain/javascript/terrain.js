// A plugin that analyses an elevation model and stores the results: the example `terrain` in
// JavaScript. `../README.md` describes the job; the program in Rust leaves the same bytes.
//
// terrain [DEM.npy [STORE-DIRECTORY]]

import { File, Memmap, args, exit, slice } from 'filemap-plugin';

import { crc32 } from './checksum.js';
import { encode } from './picture.js';
import { HILLSHADE, KEYS, SLOPE, STATISTICS, basisOf, describe } from './report.js';
import { parse, reportOf, toJson } from './report.js';
import { Survey } from './survey.js';

const USAGE =
  'usage: terrain [DEM.npy [STORE-DIRECTORY]], by default `dem/jacksboro.npy` and `results`';

/** The approximate size of a band of rows in bytes. No more of the file is in memory. */
const BAND_SIZE = 65536;

/** Elevations are integers of 8 to 32 bits or floats of 32 or 64 bits. */
const DTYPE = /^[<>|]([iu][124]|f[48])$/;

/** The valid elevations in metres. NaN is not valid, nor is a number whose square overflows. */
const MAX_ELEVATION = 1e9;

/** Calls the interface, and prefixes the message of an error with the action that failed. */
function attempt(action, run) {
  try {
    return run();
  } catch (error) {
    error.message = `failed to ${action}: ${error.message}`;
    throw error;
  }
}

/** An elevation model that is open for reading. */
class Model {
  constructor(path) {
    this.array = attempt('open the elevations', () => Memmap.openNpy(path));
    const { dtype, shape, itemSize } = this.array;
    const refuse = (reason) => {
      throw new Error(`failed to take \`${path}\` for an elevation model: ${reason}`);
    };
    if (!DTYPE.test(dtype)) {
      refuse(
        `its dtype is \`${dtype}\`, and elevations are integers of 8 to 32 bits or floats of 32 ` +
          'or 64 bits',
      );
    }
    if (shape.length !== 2) {
      refuse(`it has ${shape.length} dimensions, and a model has 2: rows and columns`);
    }
    const [rows, columns] = shape;
    if (rows < 2 || columns < 2) {
      refuse(`its shape is ${rows} by ${columns}, and slopes need at least 2 rows and 2 columns`);
    }
    Object.assign(this, { dtype, rows, columns });
    const bandRows = Math.floor(BAND_SIZE / (columns * itemSize));
    this.bandRows = Math.min(Math.max(bandRows, 1), rows);
  }

  /** Yields the first row of each band from north to south, and the row after it. */
  *bands() {
    for (let first = 0; first < this.rows; first += this.bandRows) {
      yield [first, Math.min(first + this.bandRows, this.rows)];
    }
  }

  /** Returns the elevations of some rows. */
  read(first, last) {
    return attempt('read the elevations', () => this.array.read(slice(first, last)));
  }

  /** Returns the CRC-32 of the bytes of some rows, after those with the checksum `crc`. */
  checksum(first, last, crc) {
    const bytes = attempt('read the elevations', () => this.array.readRaw(slice(first, last)));
    return crc32(bytes, crc);
  }
}

/** Throws for a number that is no elevation. The first row is the model's row `first`. */
function check(elevations, columns, first) {
  for (let cell = 0; cell < elevations.length; cell++) {
    // Not `Math.abs(...) > MAX`, which is false for NaN.
    if (!(Math.abs(elevations[cell]) <= MAX_ELEVATION)) {
      const row = first + Math.floor(cell / columns);
      throw new Error(
        `failed to use the elevation ${elevations[cell]}: row ${row}, column ${cell % columns} ` +
          `should have a number from -${MAX_ELEVATION} to ${MAX_ELEVATION}`,
      );
    }
  }
}

/** Returns the stored report if the store has all results of this model. */
function find(store, model) {
  const json = store.get(STATISTICS);
  const complete = store.has(HILLSHADE) && store.sizeOf(SLOPE) === model.rows * model.columns * 4;
  if (json === undefined || !complete) return undefined;
  let crc = 0;
  for (const [first, last] of model.bands()) crc = model.checksum(first, last, crc);
  return parse(store.getText(STATISTICS), basisOf(model, crc));
}

/** Computes the results from north to south, and stores them. */
function compute(store, model, path) {
  const { rows, columns } = model;
  const survey = new Survey(columns);
  const slopes = new Float32Array(rows * columns);
  const greys = new Uint8Array(rows * columns);
  let crc = 0;
  for (const [first, last] of model.bands()) {
    const before = Math.max(first - 1, 0);
    const elevations = model.read(before, last + 1);
    check(elevations, columns, before);
    crc = model.checksum(first, last, crc);
    const cells = [first * columns, last * columns];
    const [slope, grey] = [slopes.subarray(...cells), greys.subarray(...cells)];
    survey.add(elevations, first - before, last - before, first, slope, grey);
  }
  const report = reportOf(path, basisOf(model, crc), survey);

  // A stored report means that the other two values are complete: it is removed first and set last.
  attempt('store the results', () => {
    store.delete(STATISTICS);
    store.set(HILLSHADE, encode(columns, rows, greys));
    store.set(SLOPE, slopes);
    store.set(STATISTICS, toJson(report));
  });
  return report;
}

if (args.includes('-h') || args.includes('--help')) {
  console.log(USAGE);
} else if (args.length > 2) {
  console.error(USAGE);
  exit(1);
} else {
  const [path = 'dem/jacksboro.npy', directory = 'results'] = args;
  const model = new Model(path);
  using store = attempt('open the store', () => new File(directory));
  const found = attempt('read the store', () => find(store, model));
  const report = found ?? compute(store, model, path);
  const origin = found
    ? `found in the store, computed earlier from \`${found.source}\``
    : `computed, ${model.bandRows} of the rows at a time`;
  const sizes = KEYS.map((key) => store.sizeOf(key) ?? 0);
  console.log(describe(path, report, origin, store, sizes));
}
