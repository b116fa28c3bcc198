// Indices of arrays, as numpy has them in brackets.

import { kind } from './check.js';
import { integer, list, optional } from './integer.js';

/** Stands for as many whole axes as the other indices leave: `...` of numpy. */
export const ellipsis = Symbol('ellipsis');

/** Adds an axis of length 1: `numpy.newaxis`. */
export const newaxis = Symbol('newaxis');

class Slice {
  constructor(start, stop, step) {
    Object.assign(this, { start, stop, step });
    Object.freeze(this);
  }
}

class List {
  constructor(tag, values, shape) {
    Object.assign(this, { tag, values, shape });
    Object.freeze(this);
  }
}

/** A range of an axis: `start:stop:step` of numpy. */
export function slice(start, stop, step) {
  return new Slice(
    optional(start, 'the start of a slice'),
    optional(stop, 'the stop of a slice'),
    optional(step, 'the step of a slice'),
  );
}

/** An index array. */
export function take(indices, shape) {
  const values = list(indices, 'an index', integer);
  return new List('take', values, optional(shape, 'the shape of an index array', list));
}

/** A mask. */
export function mask(values, shape) {
  const truths = Array.from(values, (value) => {
    if (value === true || value === false) return value;
    if (value === 0 || value === 1) return value === 1;
    throw new TypeError(`a value of a mask must be true, false, 1 or 0, not ${kind(value)}`);
  });
  return new List('mask', truths, optional(shape, 'the shape of a mask', list));
}

/** Returns the indices of a call as the interface's. */
export function indices(entries) {
  return entries.map(index);
}

function index(entry) {
  if (typeof entry === 'number' || typeof entry === 'bigint') {
    return { tag: 'at', val: integer(entry, 'an index') };
  }
  if (entry === ellipsis) return { tag: 'ellipsis' };
  if (entry === newaxis) return { tag: 'new-axis' };
  if (entry instanceof Slice) {
    const { start, stop, step } = entry;
    return { tag: 'slice', val: { start, stop, step } };
  }
  if (entry instanceof List) return fromList(entry);
  if (Array.isArray(entry)) return fromNested(entry);
  if (ArrayBuffer.isView(entry) && 'length' in entry) return fromList(take(entry));
  throw new TypeError(
    'an index must be an integer, a slice(), an array of integers or of truth values, take(), ' +
      `mask(), ellipsis or newaxis, not ${kind(entry)}`,
  );
}

function fromList({ tag, values, shape }) {
  const val = tag === 'take' ? { indices: values, shape } : { values, shape };
  return { tag, val };
}

function fromNested(entry) {
  const { shape, values } = flatten(entry, 'an index array');
  const make = values.length > 0 && typeof values[0] === 'boolean' ? mask : take;
  return fromList(make(values, shape));
}

/** Returns the shape of an array of arrays, and its elements in C order. */
export function flatten(nested, what) {
  const shape = [];
  for (let first = nested; Array.isArray(first); first = first[0]) shape.push(first.length);
  const values = [];
  const add = (item, axis) => {
    if (axis === shape.length) {
      values.push(item);
      return;
    }
    if (!Array.isArray(item) || item.length !== shape[axis]) {
      const length = Array.isArray(item) ? `an array of ${item.length}` : kind(item);
      throw new TypeError(
        `${what} must have arrays of one length along each axis: axis ${axis} has ` +
          `${shape[axis]} elements and ${length}`,
      );
    }
    // Not `for of` over a hole: `Array.from` makes it `undefined`, which no conversion accepts.
    Array.from(item).forEach((part) => add(part, axis + 1));
  };
  add(nested, 0);
  return { shape, values };
}
