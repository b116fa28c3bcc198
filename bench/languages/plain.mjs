// The job of the example `terrain` in plain Node, without WebAssembly: what the plugin in
// JavaScript is compared with. It leaves the same files.
//
// node plain.mjs MODEL.npy STORE-FOLDER
//
// Node has no memory-mapped files: the model is read whole. A value is written to a temporary file,
// synced and renamed, as the store does with the durability `data`.

import { closeSync, fdatasyncSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs';

import { crc32 } from '../../examples/terrain/javascript/checksum.js';
import { encode } from '../../examples/terrain/javascript/picture.js';
import * as report from '../../examples/terrain/javascript/report.js';
import { Survey } from '../../examples/terrain/javascript/survey.js';

const TYPES = {
  '|i1': Int8Array,
  '|u1': Uint8Array,
  '<i2': Int16Array,
  '<u2': Uint16Array,
  '<i4': Int32Array,
  '<u4': Uint32Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
};

/** Returns the array in a `.npy` file of version 1.0 in C order. */
function load(path) {
  const file = readFileSync(path);
  const start = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, start);
  const [, dtype] = /'descr': '([^']*)'/.exec(header);
  const [, rows, columns] = /'fortran_order': False, 'shape': \((\d+), (\d+)\)/.exec(header);
  const bytes = file.subarray(start);
  // A copy, because an array of numbers must begin at a multiple of their size.
  const elevations = new TYPES[dtype](Uint8Array.from(bytes).buffer);
  return { dtype, rows: Number(rows), columns: Number(columns), bytes, elevations };
}

/** A folder as a mapping, with the file names of `zict.File`. */
class Folder {
  #path;
  #names = new Map();
  #next = 0;

  constructor(path) {
    mkdirSync(path, { recursive: true });
    this.#path = path;
    for (const name of readdirSync(path)) {
      const [key, number] = name.split('#');
      this.#names.set(decodeURIComponent(key), name);
      this.#next = Math.max(this.#next, Number(number) + 1);
    }
  }

  get(key) {
    return this.#names.has(key) ? readFileSync(this.#file(this.#names.get(key))) : undefined;
  }

  sizeOf(key) {
    return this.#names.has(key) ? statSync(this.#file(this.#names.get(key))).size : undefined;
  }

  delete(key) {
    if (!this.#names.has(key)) return;
    unlinkSync(this.#file(this.#names.get(key)));
    this.#names.delete(key);
  }

  set(key, value) {
    const name = `${encodeURIComponent(key)}#${this.#next++}`;
    const temporary = this.#file('.temporary');
    const file = openSync(temporary, 'w');
    for (let done = 0; done < value.length; done += writeSync(file, value, done));
    fdatasyncSync(file);
    closeSync(file);
    renameSync(temporary, this.#file(name));
    this.delete(key);
    this.#names.set(key, name);
  }

  toString() {
    return `<File: ${this.#path}, ${this.#names.size} elements>`;
  }

  #file(name) {
    return `${this.#path}/${name}`;
  }
}

function compute(store, model, basis, path) {
  const { rows, columns, elevations } = model;
  const survey = new Survey(columns);
  const slopes = new Float32Array(rows * columns);
  const greys = new Uint8Array(rows * columns);
  survey.add(elevations, 0, rows, 0, slopes, greys);
  const result = report.reportOf(path, basis, survey);
  store.delete(report.STATISTICS);
  store.set(report.HILLSHADE, encode(columns, rows, greys));
  store.set(report.SLOPE, new Uint8Array(slopes.buffer));
  store.set(report.STATISTICS, new TextEncoder().encode(report.toJson(result)));
  return result;
}

const [path, folder] = process.argv.slice(2);
const model = load(path);
const store = new Folder(folder);
const basis = report.basisOf(model, crc32(model.bytes));
const json = store.get(report.STATISTICS);
const complete =
  store.sizeOf(report.HILLSHADE) !== undefined &&
  store.sizeOf(report.SLOPE) === model.rows * model.columns * 4;
const found = json && complete ? report.parse(json.toString(), basis) : undefined;
const result = found ?? compute(store, model, basis, path);
const origin = found
  ? `found in the store, computed earlier from \`${found.source}\``
  : `computed, ${model.rows} of the rows at a time`;
const sizes = report.KEYS.map((key) => store.sizeOf(key) ?? 0);
console.log(report.describe(path, result, origin, store, sizes));
