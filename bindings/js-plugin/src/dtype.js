// Elements of an array as JavaScript's typed arrays, and back.

import { bufferOf } from './bytes.js';
import { kind } from './check.js';
import { flatten } from './indices.js';

/** The typed array for each kind and size of a dtype. */
const TYPES = {
  b1: Uint8Array,
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  // Engines of 2025 and later have it.
  f2: globalThis.Float16Array,
  f4: Float32Array,
  f8: Float64Array,
};

/**
 * Returns how the elements of a dtype are represented: their typed array, whether they are in the
 * other byte order, and their bounds if they are integers. `undefined` if no typed array fits.
 */
export function find(dtype) {
  const [, order, code] = /^([<>|])([biuf]\d)$/.exec(dtype) ?? [];
  const type = TYPES[code];
  if (type === undefined) return undefined;
  const bits = BigInt(type.BYTES_PER_ELEMENT * 8);
  const bounds = {
    i: [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n],
    u: [0n, (1n << bits) - 1n],
  }[code[0]];
  const big = type === BigInt64Array || type === BigUint64Array;
  return { dtype, type, big, bounds, swapped: order === '>', bool: code === 'b1' };
}

/** The same, or throws for a dtype without a typed array. */
export function codec(dtype) {
  const found = find(dtype);
  if (found !== undefined) return found;
  throw new TypeError(
    `elements of the dtype ${dtype} have no typed array: use readRaw and writeRaw for their ` +
      "bytes, field() for a field, or viewAs() for another dtype, such as '<f4' for the parts " +
      "of complex numbers and '<i8' for dates",
  );
}

/** Returns the elements that the bytes are, as a typed array of its own. */
export function elements(bytes, { type, swapped }) {
  const size = type.BYTES_PER_ELEMENT;
  // The bindings return bytes that nothing else has. Only an address between elements makes a copy.
  const own = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  if (swapped) swap(own, size);
  return new type(own.buffer, own.byteOffset, own.byteLength / size);
}

/** Returns one element as the value of a program. */
export function scalar(values, { bool }) {
  return bool ? values[0] !== 0 : values[0];
}

/**
 * Returns the bytes of elements that a program passes, and their shape: `null` if the values have
 * the shape of the selection.
 */
export function encode(values, codec) {
  const { dtype, type } = codec;
  if (Array.isArray(values)) {
    const { shape, values: flat } = flatten(values, 'the values');
    return { bytes: convert(flat, codec), shape: shape.length > 1 ? shape : null };
  }
  if (typeof values !== 'object' || values === null) {
    return { bytes: convert([values], codec), shape: [] };
  }
  const fits =
    values instanceof type || (values instanceof Uint8ClampedArray && type === Uint8Array);
  if (!fits) {
    throw new TypeError(
      `an array of the dtype ${dtype} takes a ${type.name}, an array of values or one value, ` +
        `not ${kind(values)}: use writeRaw for raw bytes`,
    );
  }
  if (codec.bool && values.some((value) => value > 1)) {
    throw new RangeError(`elements of the dtype ${dtype} must be 0 or 1`);
  }
  let bytes = bufferOf(values, 'the values');
  if (codec.swapped) {
    bytes = bytes.slice();
    swap(bytes, type.BYTES_PER_ELEMENT);
  }
  return { bytes, shape: values.shape ?? null };
}

/** Returns the bytes of one element: a value, or a buffer with the bytes themselves. */
export function encodeOne(value, dtype) {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return bufferOf(value, 'the element');
  }
  return convert([value], codec(dtype));
}

function convert(values, codec) {
  const converted = new codec.type(values.length);
  for (let index = 0; index < converted.length; index++) {
    converted[index] = checked(values[index], codec);
  }
  const bytes = bufferOf(converted, 'the values');
  if (codec.swapped) swap(bytes, codec.type.BYTES_PER_ELEMENT);
  return bytes;
}

/** Returns the value that an element of the typed array gets. No integer is rounded or wrapped. */
function checked(value, { dtype, bool, big, bounds }) {
  if (bool) {
    if (value === true || value === 1) return 1;
    if (value === false || value === 0) return 0;
    throw new TypeError(`an element of the dtype ${dtype} must be true or false, not ${kind(value)}`);
  }
  if (!bounds) {
    if (typeof value === 'number') return value;
    throw new TypeError(`an element of the dtype ${dtype} must be a number, not ${kind(value)}`);
  }
  const integral = typeof value === 'bigint' || Number.isSafeInteger(value);
  if (typeof value !== 'number' && !integral) {
    throw new TypeError(`an element of the dtype ${dtype} must be an integer, not ${kind(value)}`);
  }
  if (!integral || value < bounds[0] || value > bounds[1]) {
    throw new RangeError(
      `an element of the dtype ${dtype} must be an integer from ${bounds[0]} to ${bounds[1]}, ` +
        `exact as a number or a bigint, not ${value}`,
    );
  }
  return big ? BigInt(value) : Number(value);
}

/** Reverses the bytes of every element in place. */
function swap(bytes, size) {
  for (let start = 0; start < bytes.length; start += size) {
    bytes.subarray(start, start + size).reverse();
  }
}
