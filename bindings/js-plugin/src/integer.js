// Integers of 64 bits. The bindings of StarlingMonkey have a bigint for each, those of QuickJS a
// number. The package has numbers, up to 2^53 - 1, and throws for any other.

import { kind } from './check.js';

/** QuickJS, as componentize-qjs embeds it, has this global. */
const BIGINT = !('__cqjs' in globalThis);

/** Returns the argument of the bindings for an integer of the program. */
export function integer(value, what) {
  let number = value;
  if (typeof value === 'bigint') {
    number = Number(value);
  } else if (typeof value !== 'number') {
    throw new TypeError(`${what} must be an integer, not ${kind(value)}`);
  }
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`${what} must be an integer of at most 2^53 - 1, not ${value}`);
  }
  // `+ 0` makes 0 of -0.
  return BIGINT ? BigInt(value) : number + 0;
}

/** The same for a length, a size or an offset, which is not negative. */
export function natural(value, what) {
  const wide = integer(value, what);
  if (wide < 0) throw new RangeError(`${what} must not be negative, and is ${value}`);
  return wide;
}

/** The same for a parameter `u32`. */
export function short(value, what) {
  const wide = Number(natural(value, what));
  if (wide > 0xffff_ffff) throw new RangeError(`${what} must be less than 2^32, not ${value}`);
  return wide;
}

/** The same for `option`: `undefined` and `null` are `none`. */
export function optional(value, what, convert = integer) {
  return value === undefined || value === null ? null : convert(value, what);
}

/** The same for a list: a shape or axes. */
export function list(values, what, convert = natural) {
  if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && 'length' in values)) {
    throw new TypeError(`${what} must be an array of integers, not ${kind(values)}`);
  }
  return Array.from(values, (value) => convert(value, what));
}

/** Returns the number of the program for an integer of the bindings. */
export function number(wide) {
  const number = Number(wide);
  if (!Number.isSafeInteger(number)) {
    throw new RangeError(`the interface returned ${wide}, and numbers are exact up to 2^53 - 1`);
  }
  return number;
}

/** The same for a list. */
export function numbers(list) {
  return Object.freeze(Array.from(list, number));
}
