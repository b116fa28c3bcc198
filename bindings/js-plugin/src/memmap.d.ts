/// <reference lib="esnext.disposable" />
/// <reference lib="esnext.float16" />

import type { Index, Integer, IntegerArray, Nested, Slice, ellipsis, newaxis } from './indices.js';
import type { Bytes } from './value.js';

/**
 * How an array accesses its file, as numpy names it: `r` reads; `c` keeps changes in memory; `r+`
 * changes the file; `w+` creates or replaces it.
 */
export type Mode = 'r' | 'c' | 'r+' | 'w+';

/** The order of the elements in a file: `C` by rows, `F` by columns. */
export type Order = 'C' | 'F';

/** The length of each axis; one number for one axis. */
export type Shape = Integer | readonly Integer[];

export interface MemmapOptions {
  /** The element type in numpy's spelling: `<f4`, `int16`, `i4,f8`. By default `uint8`. */
  dtype?: string;
  /** By default `r+`. */
  mode?: Mode;
  /** The position of the first element in the file, in bytes. */
  offset?: Integer;
  /** The length of each axis. By default one axis over everything after `offset`. */
  shape?: Shape;
  /** By default `C`. */
  order?: Order;
}

export interface NpyOptions {
  /** The element type in numpy's spelling. By default `float64`. */
  dtype?: string;
  /** The length of each axis. */
  shape: Shape;
  /** By default `C`. */
  order?: Order;
  /** The version of the format. By default the oldest that can hold the header. */
  version?: 1 | 2 | 3;
}

/** One element: a bigint of 64-bit integers, a boolean of the dtype `bool`, otherwise a number. */
export type Scalar = number | bigint | boolean;

/** The typed array of a dtype: `Float64Array` of `<f8`, `BigInt64Array` of `<i8`, and so on. */
export type Elements = IntegerArray | Float16Array | Float32Array | Float64Array;

/** Elements in C order, with the length of each axis. */
export type Shaped<T> = T & { readonly shape: readonly number[] };

/**
 * An n-dimensional array over a file: what `numpy.memmap` is to Python. Opening reads no elements.
 *
 * A list of indices works through the axes from the first one; axes after the last index are taken
 * whole, and no index takes everything. An index outside an axis is `out-of-bounds`.
 *
 * Elements are copied by `read` and `write`, at most 128 MiB at a time (`limit-exceeded`). To go
 * through a large array, read some rows at a time: `array.read(slice(start, start + 1000))`.
 *
 * The views that `view`, `field`, `viewAs`, `reshape` and `transpose` return share the mapping. The
 * engine does not free them by itself: in a loop, use `using view = array.view(i)`, or `read`.
 */
export class Memmap {
  private constructor();

  /**
   * Maps a part of a file. In the modes `r+` and `w+` a file that is too short for the shape is
   * extended. Similar to `numpy.memmap(path, dtype, mode, offset, shape, order)`.
   *
   * Errors: `not-found`, except in the mode `w+`; `access-denied` for what was not granted;
   * `out-of-bounds` if the file is too short in the modes `r` and `c`; `invalid-argument` for a
   * dtype that is none; `unsupported` for the dtype `object`; `no-space`.
   */
  static open(path: string, options?: MemmapOptions): Memmap;

  /**
   * Maps the array in a `.npy` file, by default for reading (`r`). A header that breaks the format,
   * or promises more than the file has, is `corrupt`. Similar to
   * `numpy.load(path, mmap_mode=mode, max_header_size=maxHeaderSize)`.
   */
  static openNpy(
    path: string,
    options?: { mode?: Exclude<Mode, 'w+'>; maxHeaderSize?: Integer },
  ): Memmap;

  /**
   * Creates or replaces a `.npy` file with an array of zeroes, and maps it (`r+`). Similar to
   * `numpy.lib.format.open_memmap(path, 'w+', dtype, shape, fortran_order, version)`.
   */
  static createNpy(path: string, options: NpyOptions): Memmap;

  /** The element type in numpy's spelling: `<f4`, `[('x', '<f4'), ('y', '<i2')]`. */
  readonly dtype: string;
  /** The size of one element in bytes: `a.itemsize`. */
  readonly itemSize: number;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The number of axes. */
  readonly ndim: number;
  /** The distance between neighbours along each axis in bytes. */
  readonly strides: readonly number[];
  /** The order in which the array is contiguous, `C` if in both. `undefined` if in neither. */
  readonly order: Order | undefined;
  /** The position of the mapping in the file in bytes, also of a view. */
  readonly offset: number;
  readonly mode: Mode;
  /** Whether `write` is allowed: `a.flags.writeable`. */
  readonly writeable: boolean;
  /** The absolute path that was opened. */
  readonly filename: string | undefined;
  /** The number of elements. */
  readonly size: number;
  /** The number of bytes of all elements. */
  readonly nbytes: number;

  /**
   * Returns one element; `position` has an integer for each axis. For many elements, one `read` is
   * faster than many calls. Similar to `a[1, 2].item()`.
   */
  at(...position: Integer[]): Scalar;

  /**
   * Returns a copy of the elements that the indices take, in C order, as the typed array of the
   * dtype, with their shape. Elements in the other byte order are converted, those of the dtype
   * `bool` are 0 and 1. A dtype without a typed array (complex numbers, fields, strings, dates) is
   * a `TypeError`: use {@link readRaw}, {@link viewAs} or {@link field}. Similar to
   * `numpy.array(a[index])`.
   *
   * Name the typed array in TypeScript, as nothing checks it: `array.read<Float64Array>(1)`.
   */
  read<T extends Elements = Elements>(...index: Index[]): Shaped<T>;

  /**
   * Returns the bytes of these elements in C order, in the array's own byte order. Similar to
   * `a[index].tobytes()`.
   */
  readRaw(...index: Index[]): Bytes;

  /** Returns the shape of what `read` returns. Similar to `a[index].shape`. */
  shapeOf(...index: Index[]): readonly number[];

  /**
   * Writes elements: the typed array of the dtype or a flat array, with as many elements as the
   * indices take, in C order; arrays of arrays, or the result of `read`, which are broadcast by
   * numpy's rules; or one value for all of them. Similar to `a[index] = values`.
   *
   * Integers that the dtype does not have are a `RangeError`. A length or shape that does not fit
   * is `invalid-argument`, and an array that is not writeable is `access-denied`.
   */
  write(values: Elements | Scalar | Nested<Scalar>, ...index: Index[]): void;

  /** Writes elements as bytes in the array's own byte order, in C order. */
  writeRaw(bytes: ArrayBuffer | ArrayBufferView, ...index: Index[]): void;

  /**
   * Writes one element everywhere: a value, or the bytes of an element of any dtype. A host may
   * limit the size of the array (`limit-exceeded`): fill views of it then. Similar to
   * `a.fill(value)`.
   */
  fill(value: Scalar | ArrayBuffer | ArrayBufferView): void;

  /**
   * Returns the elements that the indices take as an array on the same mapping, without reading
   * them. Index arrays and masks are `invalid-argument`. Similar to `a[index]`.
   */
  view(...index: (Integer | Slice | typeof ellipsis | typeof newaxis)[]): Memmap;

  /** Returns one field of every element as a view. Similar to `a['name']`. */
  field(name: string): Memmap;

  /** Returns the same bytes as elements of another dtype, as a view. Similar to `a.view(dtype)`. */
  viewAs(dtype: string): Memmap;

  /**
   * Returns the same elements in another shape, as a view; one length may be -1. A shape that needs
   * a copy is `invalid-argument`. Similar to `a.reshape(shape, order=order, copy=False)`.
   */
  reshape(shape: Shape, order?: Order): Memmap;

  /**
   * Returns the elements with their axes reversed, or in this order, as a view. Similar to
   * `a.transpose(axes)`.
   */
  transpose(axes?: readonly Integer[]): Memmap;

  /**
   * Returns bytes of the array as they lie in the file. An array that is not contiguous is
   * `invalid-argument`, and a range outside of it `out-of-bounds`.
   */
  readBytes(offset: Integer, length: Integer): Bytes;

  /** Writes bytes of the array as they lie in the file. */
  writeBytes(offset: Integer, bytes: ArrayBuffer | ArrayBufferView): void;

  // The provider calculates reductions, of all elements or along one axis, and the elements do not
  // enter the plugin. Results have numpy's dtypes: sums of integers have 64 bits and are bigints.
  // A dtype whose result has no typed array (complex numbers, dates) gives its bytes.

  /** The sum; 0 without elements. Integers wrap around. Similar to `a.sum(axis)`. */
  sum(): Scalar | Bytes;
  sum(axis: Integer): Shaped<Elements>;
  /** The product; 1 without elements. Integers wrap around. Similar to `a.prod(axis)`. */
  prod(): Scalar | Bytes;
  prod(axis: Integer): Shaped<Elements>;
  /** The smallest element; `invalid-argument` without elements. Similar to `a.min(axis)`. */
  min(): Scalar | Bytes;
  min(axis: Integer): Shaped<Elements>;
  /** The largest element; `invalid-argument` without elements. Similar to `a.max(axis)`. */
  max(): Scalar | Bytes;
  max(axis: Integer): Shaped<Elements>;
  /** The arithmetic mean; NaN without elements. Similar to `a.mean(axis)`. */
  mean(): number | Bytes;
  mean(axis: Integer): Shaped<Elements>;
  /** The variance (`ddof=0`). Similar to `a.var(axis)`. */
  var(): number | Bytes;
  var(axis: Integer): Shaped<Elements>;
  /** The standard deviation (`ddof=0`). Similar to `a.std(axis)`. */
  std(): number | Bytes;
  std(axis: Integer): Shaped<Elements>;
  /** Whether any element is true; along an axis 1 or 0. Similar to `a.any(axis)`. */
  any(): boolean;
  any(axis: Integer): Shaped<Bytes>;
  /** Whether all elements are true; along an axis 1 or 0. Similar to `a.all(axis)`. */
  all(): boolean;
  all(axis: Integer): Shaped<Bytes>;
  /** The index of the smallest, in C order or along the axis. Similar to `a.argmin(axis)`. */
  argmin(): number;
  argmin(axis: Integer): Shaped<Float64Array>;
  /** The index of the largest, in the same way. Similar to `a.argmax(axis)`. */
  argmax(): number;
  argmax(axis: Integer): Shaped<Float64Array>;
  /** The number of true elements. Similar to `numpy.count_nonzero(a, axis)`. */
  countNonzero(): number;
  countNonzero(axis: Integer): Shaped<Float64Array>;

  /** Waits until everything that was written is on the disk. Similar to `a.flush()`. */
  flush(): void;

  /** Announces how the elements are going to be accessed, which affects speed only. */
  advise(
    advice:
      | 'normal'
      | 'random'
      | 'sequential'
      | 'will-need'
      | 'dont-need'
      | 'huge-page'
      | 'no-huge-page',
  ): void;

  /**
   * Changes the length of the first axis, and the size of the file. New elements are zero.
   * `invalid-argument` while views exist (dispose them), and for an array of several axes in the
   * order `F`. numpy cannot resize a memmap.
   */
  resize(length: Integer): void;

  /** Ends the mapping; later calls on this array and its views are `closed`. */
  close(): void;

  /** Frees this array or view, for `using`. The mapping ends with the last of them. */
  [Symbol.dispose](): void;

  readonly [Symbol.toStringTag]: string;
}
