// An n-dimensional array over a file. `index.d.ts` documents every function.

import { Memmap as Handle } from 'filemap:data/array@0.1.0';

import { bufferOf } from './bytes.js';
import * as check from './check.js';
import { codec, elements, encode, encodeOne, find, scalar } from './dtype.js';
import { call, live } from './error.js';
import { indices } from './indices.js';
import * as integers from './integer.js';

/** The WIT's name of each of numpy's modes. */
export const MODES = { r: 'read-only', c: 'copy-on-write', 'r+': 'read-write', 'w+': 'write' };

const ORDERS = { C: 'c', F: 'f' };
const VERSIONS = { 1: 'v1', 2: 'v2', 3: 'v3' };
const ADVICE = [
  'normal',
  'random',
  'sequential',
  'will-need',
  'dont-need',
  'huge-page',
  'no-huge-page',
];

/** Only this module can call the constructor. */
const OPENED = Symbol('opened');

/** Returns the array of a handle. */
export function wrap(handle) {
  return new Memmap(OPENED, handle);
}

export class Memmap {
  #handle;
  /** The attributes, until `resize` changes them. */
  #info;

  constructor(token, handle) {
    if (token !== OPENED) {
      throw new TypeError('use Memmap.open, Memmap.openNpy or Memmap.createNpy, not new Memmap');
    }
    this.#handle = handle;
    // Read now: the attributes can be asked for after the array was closed, as those of numpy.
    this.#info = call(() => handle.info());
  }

  static open(path, options = {}) {
    const names = ['dtype', 'mode', 'offset', 'shape', 'order'];
    const { dtype, mode, offset, shape, order } = check.options(options, names, 'Memmap.open');
    const wit = {
      dtype: dtypeOf(dtype),
      mode: check.choice(mode, MODES, 'mode', 'r+'),
      offset: integers.natural(offset ?? 0, 'offset'),
      shape: shape === undefined ? null : lengths(shape, 'shape'),
      order: check.choice(order, ORDERS, 'order', 'C'),
    };
    check.text(path, 'the path');
    return wrap(call(() => Handle.open(path, wit)));
  }

  static openNpy(path, options = {}) {
    const names = ['mode', 'maxHeaderSize'];
    const { mode, maxHeaderSize } = check.options(options, names, 'Memmap.openNpy');
    const chosen = check.choice(mode, MODES, 'mode', 'r');
    const max = integers.optional(maxHeaderSize, 'maxHeaderSize', integers.natural);
    check.text(path, 'the path');
    return wrap(call(() => Handle.openNpy(path, chosen, max)));
  }

  static createNpy(path, options) {
    const names = ['dtype', 'shape', 'order', 'version'];
    const { dtype, shape, order, version } = check.options(options, names, 'Memmap.createNpy');
    const wit = {
      dtype: dtypeOf(dtype),
      shape: lengths(shape, 'shape'),
      order: check.choice(order, ORDERS, 'order', 'C'),
      version:
        version === undefined ? null : check.choice(String(version), VERSIONS, 'version', '1'),
    };
    check.text(path, 'the path');
    return wrap(call(() => Handle.createNpy(path, wit)));
  }

  get dtype() {
    return this.#info.dtype;
  }

  get itemSize() {
    return integers.number(this.#info.itemSize);
  }

  get shape() {
    return integers.numbers(this.#info.shape);
  }

  get ndim() {
    return this.#info.shape.length;
  }

  get strides() {
    return integers.numbers(this.#info.strides);
  }

  get order() {
    const { order } = this.#info;
    return order === 'c' ? 'C' : order === 'f' ? 'F' : undefined;
  }

  get offset() {
    return integers.number(this.#info.offset);
  }

  get mode() {
    return Object.keys(MODES).find((name) => MODES[name] === this.#info.mode);
  }

  get writeable() {
    return this.#info.writeable;
  }

  get filename() {
    return this.#info.filename ?? undefined;
  }

  get size() {
    return integers.number(this.#info.size);
  }

  get nbytes() {
    return integers.number(this.#info.nbytes);
  }

  at(...position) {
    const type = codec(this.dtype);
    const wit = indices(position);
    if (wit.length !== this.ndim || wit.some(({ tag }) => tag !== 'at')) {
      throw new TypeError(
        `at() takes one integer for each axis, and the array has ${this.ndim}: use read() or ` +
          'view() for a part of it',
      );
    }
    return scalar(elements(this.#read(wit), type), type);
  }

  read(...index) {
    const type = codec(this.dtype);
    const wit = indices(index);
    return shaped(elements(this.#read(wit), type), this.#shapeOf(wit));
  }

  readRaw(...index) {
    return this.#read(indices(index));
  }

  shapeOf(...index) {
    return this.#shapeOf(indices(index));
  }

  write(values, ...index) {
    const { bytes, shape } = encode(values, codec(this.dtype));
    this.#write(bytes, indices(index), shape && integers.list(shape, 'the shape of the values'));
  }

  writeRaw(bytes, ...index) {
    this.#write(bufferOf(bytes, 'the bytes'), indices(index), null);
  }

  fill(value) {
    const handle = this.#live();
    const bytes = encodeOne(value, this.dtype);
    call(() => handle.fill(bytes));
  }

  view(...index) {
    const handle = this.#live();
    const wit = indices(index);
    return wrap(call(() => handle.view(wit)));
  }

  field(name) {
    const handle = this.#live();
    check.text(name, 'the name of a field');
    return wrap(call(() => handle.field(name)));
  }

  viewAs(dtype) {
    const handle = this.#live();
    check.text(dtype, 'the dtype');
    return wrap(call(() => handle.viewAs(dtype)));
  }

  reshape(shape, order) {
    const handle = this.#live();
    const wit = lengths(shape, 'the shape', integers.integer);
    const counted = check.choice(order, ORDERS, 'the order', 'C');
    return wrap(call(() => handle.reshape(wit, counted)));
  }

  transpose(axes) {
    const handle = this.#live();
    const wit = axes === undefined ? null : integers.list(axes, 'the axes', integers.integer);
    return wrap(call(() => handle.transpose(wit)));
  }

  readBytes(offset, length) {
    const handle = this.#live();
    const start = integers.natural(offset, 'the offset');
    const size = integers.natural(length, 'the length');
    return call(() => handle.readBytes(start, size));
  }

  writeBytes(offset, bytes) {
    const handle = this.#live();
    const start = integers.natural(offset, 'the offset');
    const data = bufferOf(bytes, 'the bytes');
    call(() => handle.writeBytes(start, data));
  }

  sum(axis) {
    return this.#reduce('sum', axis);
  }

  prod(axis) {
    return this.#reduce('prod', axis);
  }

  min(axis) {
    return this.#reduce('min', axis);
  }

  max(axis) {
    return this.#reduce('max', axis);
  }

  mean(axis) {
    return this.#reduce('mean', axis);
  }

  var(axis) {
    return this.#reduce('var', axis);
  }

  std(axis) {
    return this.#reduce('std', axis);
  }

  any(axis) {
    return this.#reduce('any', axis);
  }

  all(axis) {
    return this.#reduce('all', axis);
  }

  argmin(axis) {
    return positions(this.#reduce('argmin', axis));
  }

  argmax(axis) {
    return positions(this.#reduce('argmax', axis));
  }

  countNonzero(axis) {
    return positions(this.#reduce('count-nonzero', axis));
  }

  flush() {
    const handle = this.#live();
    call(() => handle.flush());
  }

  advise(advice) {
    const handle = this.#live();
    const names = Object.fromEntries(ADVICE.map((name) => [name, name]));
    const chosen = check.choice(advice, names, 'the advice');
    call(() => handle.advise(chosen));
  }

  resize(length) {
    const handle = this.#live();
    const wit = integers.natural(length, 'the length');
    call(() => handle.resize(wit));
    this.#info = call(() => handle.info());
  }

  close() {
    this.#handle?.close();
  }

  [Symbol.dispose]() {
    this.#handle?.[Symbol.dispose]();
    this.#handle = undefined;
  }

  get [Symbol.toStringTag]() {
    return 'Memmap';
  }

  #live() {
    return live(this.#handle, 'array');
  }

  #read(wit) {
    const handle = this.#live();
    return call(() => handle.read(wit));
  }

  #shapeOf(wit) {
    const handle = this.#live();
    return wit.length === 0 ? this.shape : integers.numbers(call(() => handle.shapeOf(wit)));
  }

  #write(bytes, wit, shape) {
    const handle = this.#live();
    call(() => handle.write(wit, bytes, shape));
  }

  #reduce(operation, axis) {
    const handle = this.#live();
    const wit = integers.optional(axis, 'the axis');
    const { dtype, shape, data } = call(() => handle.reduce(operation, wit));
    const type = find(dtype);
    // Results without a typed array, such as complex numbers and dates, are bytes.
    const values = type ? elements(data, type) : data;
    if (wit === null) return type ? scalar(values, type) : values;
    return shaped(values, integers.numbers(shape));
  }
}

function dtypeOf(dtype) {
  return dtype === undefined ? null : check.text(dtype, 'dtype');
}

/** Returns the lengths of a shape. One number is a shape of one axis, as in numpy. */
function lengths(shape, what, convert = integers.natural) {
  const all = typeof shape === 'number' || typeof shape === 'bigint' ? [shape] : shape;
  return integers.list(all, what, convert);
}

/** Returns the values with their shape. */
function shaped(values, shape) {
  return Object.defineProperty(values, 'shape', { value: shape });
}

/** Returns indices or counts as numbers, as they are used to index an array. */
function positions(result) {
  if (typeof result === 'bigint') return integers.number(result);
  return shaped(Float64Array.from(result, integers.number), result.shape);
}
