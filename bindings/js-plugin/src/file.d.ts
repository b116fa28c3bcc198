/// <reference lib="esnext.disposable" />

import type { Integer } from './indices.js';
import type { Memmap, Mode } from './memmap.js';
import type { Bytes, ValueReader, ValueWriter } from './value.js';

/** What can be stored: a text is stored as UTF-8, a buffer as its bytes. */
export type Value = string | ArrayBuffer | ArrayBufferView;

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
   * Returns the values of these keys, at most 10,000 keys and 128 MiB (`limit-exceeded`). Similar
   * to `[z.get(key) for key in keys]`.
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

  /**
   * Returns the value. If there is none, sets this one first. Similar to
   * `z.setdefault(key, value)`.
   */
  setDefault(key: string, value: Value): Bytes;

  /**
   * Sets the value of every key, of an object or of pairs such as a `Map`. After an error nothing
   * has changed, except that after `interrupted` or `unavailable` everything may have changed, or
   * change soon. One call takes 10,000 items and 128 MiB (`limit-exceeded`). Similar to
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

  /** Closes the store; later calls but `close` are `closed`. Similar to `z.close()`. */
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
