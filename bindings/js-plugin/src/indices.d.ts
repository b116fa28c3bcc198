/**
 * An integer: a number up to 2^53 - 1, or a bigint of the same range. Results are numbers, except
 * elements of 64 bits, which are bigints.
 */
export type Integer = number | bigint;

/** A range of an axis: see {@link slice}. */
export interface Slice {
  readonly start: unknown;
  readonly stop: unknown;
  readonly step: unknown;
}

/** An index array or a mask: see {@link take} and {@link mask}. */
export interface IndexList {
  readonly tag: 'take' | 'mask';
  readonly values: readonly unknown[];
  readonly shape: unknown;
}

/**
 * Returns the range `start:stop:step` of an axis, by Python's rules: negative numbers count from
 * the end, and bounds outside are clipped. `undefined` and `null` leave a bound out. `slice()` is
 * the whole axis, `slice(2)` is `2:`, as in `Array.prototype.slice`.
 */
export function slice(start?: Integer | null, stop?: Integer | null, step?: Integer | null): Slice;

/** Returns an index array: elements of one axis, in any order. Its shape replaces the axis. */
export function take(indices: ArrayLike<Integer>, shape?: readonly Integer[]): IndexList;

/** Returns a mask: a truth value for each element of one or more axes. */
export function mask(values: ArrayLike<boolean | number>, shape?: readonly Integer[]): IndexList;

/** Stands for as many whole axes as the other indices leave. Similar to `a[...]`. */
export const ellipsis: unique symbol;

/** Adds an axis of length 1. Similar to `a[numpy.newaxis]`. */
export const newaxis: unique symbol;

/** Elements of an array of arrays. */
export type Nested<T> = readonly (T | Nested<T>)[];

/** A typed array of integers. */
export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** An index: `a[3]`, `a[1:3]`, `a[...]`, `a[None]`, `a[[3, 1]]` or `a[[True, False]]` of numpy. */
export type Index =
  | Integer
  | Slice
  | typeof ellipsis
  | typeof newaxis
  | IndexList
  | Nested<Integer>
  | Nested<boolean>
  | IntegerArray;
