/**
 * Persistent mappings (what `zict.File` is to Python) and memory-mapped arrays (what `numpy.memmap`
 * is to Python) for plugins. Python's zict and numpy read the files, and the reverse.
 *
 * Every function can throw a {@link FilemapError}. An argument of a wrong type is a `TypeError`, and
 * a number that is no integer, is negative where a length is expected, or is not exact (above
 * 2^53 - 1) is a `RangeError`. After an error nothing has changed, except where it says otherwise.
 *
 * @module
 */

/** The reason of an error, for programs. The WIT interface `errors` describes each. */
export type ErrorCode =
  | 'not-found'
  | 'access-denied'
  | 'busy'
  | 'invalid-argument'
  | 'out-of-bounds'
  | 'truncated'
  | 'no-space'
  | 'limit-exceeded'
  | 'closed'
  | 'corrupt'
  | 'unsupported'
  | 'unavailable'
  | 'interrupted'
  | 'other';

/** An error of the interface. */
export class FilemapError extends Error {
  constructor(code: ErrorCode, message: string, options?: { cause?: unknown });
  /** The reason, for programs to match. `message` is for people, and may change. */
  readonly code: ErrorCode;
}

/** The arguments of the program, without its name. */
export const args: readonly string[];

/** The environment variables that the host gives to the program. */
export const env: Readonly<Record<string, string | undefined>>;

/**
 * Ends the program at once. WASI 0.2 has no codes but 0 (success) and 1; any other is a
 * `RangeError`. An error that nothing catches ends the program with 1, after its text was printed.
 */
export function exit(code?: 0 | 1): never;

/**
 * An integer: a number up to 2^53 - 1, or a bigint of the same range. Results are numbers, except
 * elements of 64 bits, which are bigints.
 */
export type Integer = number | bigint;

/** What can be stored: a text is stored as UTF-8, a buffer as its bytes. */
export type Value = string | ArrayBuffer | ArrayBufferView;

/** Bytes that nothing else refers to. */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What a write guarantees to be on disk when it returns: `none`, nothing; `data`, the bytes before
 * the file gets its name, so that after a power cut the key has the old value or the new one;
 * `full`, the name too.
 */
export type Durability = 'none' | 'data' | 'full';

export interface FileOptions {
  /** Whether to create a missing directory, with its parents. By default `true`. */
  create?: boolean;
  /** Whether every change is `access-denied`. Nothing is created then. By default `false`. */
  readOnly?: boolean;
  /** What a write guarantees to be on disk when it returns. By default `data`. */
  durability?: Durability;
}

/**
 * A mapping from strings to bytes that lives in a directory, with the methods of a `Map`: what
 * `zict.File` is to Python. Each value is one file. A key is any string without half of a surrogate
 * pair; a new key has at most 235 bytes as it is quoted in the file's name.
 *
 * A `Map` keeps the order of insertion; this has the keys in the order of their UTF-8 bytes.
 */
export class File implements Iterable<[string, Bytes]> {
  /**
   * Opens a directory, and removes what a crash left there. Similar to `zict.File(path)`.
   *
   * Errors: `not-found` for a missing directory that is not created; `invalid-argument` for the
   * path of a file; `access-denied` for a path outside the granted directories, or one that was
   * granted for reading only; `busy` if another host has it open for writing; `limit-exceeded` if
   * the keys take more than 256 MiB of memory.
   */
  constructor(path: string, options?: FileOptions);

  /** The same as `new File(path, options)`. */
  static open(path: string, options?: FileOptions): File;

  /**
   * Returns the value, or `undefined` if there is no such key. A value of more than 128 MiB is
   * `limit-exceeded`: use {@link getRange}, {@link reader} or {@link openValue}. Similar to
   * `z.get(key)`.
   */
  get(key: string): Bytes | undefined;

  /** Returns the value as text. A value that is not UTF-8 is a `TypeError`. */
  getText(key: string): string | undefined;

  /**
   * Returns the bytes `offset` to `offset + length` of the value, cut off at its end. Similar to
   * `z[key][offset : offset + length]`, without reading the rest.
   */
  getRange(key: string, offset: Integer, length: Integer): Bytes | undefined;

  /**
   * Returns the values of these keys, at most 10,000 keys and 128 MiB (`limit-exceeded`). Similar to
   * `[z.get(key) for key in keys]`.
   */
  getMany(keys: Iterable<string>): (Bytes | undefined)[];

  /** Returns the length of the value in bytes, without reading it. Similar to `len(z[key])`. */
  sizeOf(key: string): number | undefined;

  /** Returns a reader from the start of the value, which it has now, even if it is replaced. */
  reader(key: string): ValueReader | undefined;

  /**
   * Maps the value as an array of one axis of bytes. Changes in the mode `r+` are not atomic,
   * unlike everything else here. `w+` is `invalid-argument`. Similar to
   * `zict.File(path, memmap=True)[key]`.
   */
  openValue(key: string, mode?: Exclude<Mode, 'w+'>): Memmap | undefined;

  /** Sets the value, atomically. Similar to `z[key] = value`. */
  set(key: string, value: Value): this;

  /**
   * Sets the value to the concatenation of the parts, of at most 128 MiB, without joining them in
   * memory. Similar to `z[key] = [part, part]`.
   */
  setParts(key: string, parts: Iterable<Value>): this;

  /** Returns the value. If there is none, sets this one first. Similar to `z.setdefault(key, value)`. */
  setDefault(key: string, value: Value): Bytes;

  /**
   * Sets the value of every key, of an object or of pairs such as a `Map`. After an error nothing
   * has changed. One call takes 10,000 items and 128 MiB (`limit-exceeded`). Similar to
   * `z.update(items)`.
   */
  update(items: Iterable<readonly [string, Value]> | Readonly<Record<string, Value>>): this;

  /** Returns a writer for a value that comes in pieces. Its `commit` sets the value. */
  writer(key: string): ValueWriter;

  /** Removes the key, and returns whether it existed. Similar to `z.discard(key)`. */
  delete(key: string): boolean;

  /** Removes the key, and returns its value. Similar to `z.pop(key, None)`. */
  pop(key: string): Bytes | undefined;

  /** Removes the first key, and returns it with its value. Similar to `z.popitem()`. */
  popItem(): [string, Bytes] | undefined;

  /** Removes all keys, except those of files without a number. Similar to `z.clear()`. */
  clear(): void;

  /** Returns whether the key exists. Similar to `key in z`. */
  has(key: string): boolean;

  /** The number of keys. Similar to `len(z)`. */
  readonly size: number;

  /**
   * Returns the keys in the order of their bytes. The store may change meanwhile: a key that exists
   * all the time comes once. Similar to `z.keys()`.
   */
  keys(): IterableIterator<string>;

  /** Returns the values in the order of the keys. Similar to `z.values()`. */
  values(): IterableIterator<Bytes>;

  /** Returns the keys with their values, in the order of the keys. Similar to `z.items()`. */
  entries(): IterableIterator<[string, Bytes]>;

  /** Calls the function for every key. */
  forEach(callback: (value: Bytes, key: string, file: this) => void, thisArgument?: unknown): void;

  /** The same as {@link entries}. */
  [Symbol.iterator](): IterableIterator<[string, Bytes]>;

  /** Returns what else is in the directory, and which files of keys are missing. */
  verify(): Findings;

  /** Returns the directory and the number of keys: `<File: results, 3 elements>`. */
  toString(): string;

  /** Closes the store; later calls are `closed`. A second call does nothing. Similar to `z.close()`. */
  close(): void;

  /** Closes the store, for `using`. */
  [Symbol.dispose](): void;

  readonly [Symbol.toStringTag]: string;
}

/** The result of {@link File.verify}: the WIT's `findings`. */
export interface Findings {
  /** The number of temporary files that a crash left. */
  unfinished: number;
  /** The number of files of keys that have a newer one. */
  outdated: number;
  /** The number of directory entries that are not values. */
  foreign: number;
  /** Their names, at most 10,000. */
  foreignNames: string[];
  /** The number of keys whose file something else has removed. */
  missing: number;
  /** These keys, at most 10,000. */
  missingKeys: string[];
}

/** A value that is read from its start to its end. Iteration reads 64 KiB at a time. */
export interface ValueReader extends Iterable<Bytes> {
  /** Returns the next bytes, at most `max` (by default 64 KiB); an empty array at the end. */
  read(max?: Integer): Bytes;
  /** Frees the reader. */
  [Symbol.dispose](): void;
}

/** A value that is being written. Without `commit`, the store is unchanged. */
export interface ValueWriter {
  /** Appends a text or bytes. */
  write(data: Value): this;
  /** Makes the written bytes the value of the key, atomically. The writer has ended then. */
  commit(): void;
  /** Discards what was not committed. */
  [Symbol.dispose](): void;
}

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

type IntegerArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** One index of an array: `a[3]`, `a[1:3]`, `a[...]`, `a[None]`, `a[[3, 1]]`, `a[[True, False]]`. */
export type Index =
  | Integer
  | Slice
  | typeof ellipsis
  | typeof newaxis
  | IndexList
  | Nested<Integer>
  | Nested<boolean>
  | IntegerArray;

/** One element: a bigint of 64-bit integers, a boolean of the dtype `bool`, otherwise a number. */
export type Scalar = number | bigint | boolean;

/** The typed array of a dtype: `Float64Array` of `<f8`, `BigInt64Array` of `<i8`, and so on. */
export type Elements =
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

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
   * Returns one element; `position` has an integer for each axis. Similar to `a[1, 2].item()`. Each
   * call costs about as much as a `read` of a hundred elements.
   */
  at(...position: Integer[]): Scalar;

  /**
   * Returns a copy of the elements that the indices take, in C order, as the typed array of the
   * dtype, with their shape. Elements in the other byte order are converted, those of the dtype
   * `bool` are 0 and 1. A dtype without a typed array (complex numbers, fields, strings, dates) is a
   * `TypeError`: use {@link readRaw}, {@link viewAs} or {@link field}. Similar to
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
   * Integers that the dtype does not have are a `RangeError`. A length or shape that does not fit is
   * `invalid-argument`, and an array that is not writeable is `access-denied`.
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

  /** Returns the elements with their axes reversed, or in this order. Similar to `a.transpose(axes)`. */
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
  /** The index of the smallest element, in C order or along the axis. Similar to `a.argmin(axis)`. */
  argmin(): number;
  argmin(axis: Integer): Shaped<Float64Array<ArrayBuffer>>;
  /** The index of the largest element. Similar to `a.argmax(axis)`. */
  argmax(): number;
  argmax(axis: Integer): Shaped<Float64Array<ArrayBuffer>>;
  /** The number of true elements. Similar to `numpy.count_nonzero(a, axis)`. */
  countNonzero(): number;
  countNonzero(axis: Integer): Shaped<Float64Array<ArrayBuffer>>;

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
