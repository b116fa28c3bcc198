/**
 * Persistent mappings (what `zict.File` is to Python) and memory-mapped arrays (what `numpy.memmap`
 * is to Python) for plugins. Python's zict and numpy read the files, and the reverse.
 *
 * Every function can throw a {@link FilemapError}. An argument of a wrong type is a `TypeError`. A
 * number that is no integer, is negative where a length is expected, or is not exact (above
 * 2^53 - 1) is a `RangeError`. After an error nothing has changed, except where it says otherwise.
 *
 * @module
 */

export { FilemapError } from './error.js';
export type { ErrorCode } from './error.js';
export { File } from './file.js';
export type { Durability, FileOptions, Findings, Value } from './file.js';
export { ellipsis, mask, newaxis, slice, take } from './indices.js';
export type { Index, IndexList, Integer, IntegerArray, Nested, Slice } from './indices.js';
export { Memmap } from './memmap.js';
export type { Elements, MemmapOptions, Mode, NpyOptions, Order } from './memmap.js';
export type { Scalar, Shape, Shaped } from './memmap.js';
export type { Bytes, ValueReader, ValueWriter } from './value.js';

/** The arguments of the program, without its name. */
export const args: readonly string[];

/** The environment variables that the host gives to the program. */
export const env: Readonly<Record<string, string | undefined>>;

/**
 * Ends the program at once. WASI 0.2 has no codes but 0 (success) and 1; any other is a
 * `RangeError`. An error that nothing catches ends the program with 1, after its text was printed.
 */
export function exit(code?: 0 | 1): never;
