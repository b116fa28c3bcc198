/// <reference lib="esnext.disposable" />

import type { Value } from './file.js';
import type { Integer } from './indices.js';

/** Bytes that nothing else refers to. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** A value that is read from its start to its end. Iteration reads 64 KiB at a time. */
export interface ValueReader extends Iterable<Bytes> {
  /** Returns the next bytes, at most `max` (by default 64 KiB); an empty array at the end. */
  read(max?: Integer): Bytes;
  /** Frees the reader. */
  [Symbol.dispose](): void;
}

/**
 * A value that is being written. Without `commit`, the store is unchanged. Write
 * `using writer = store.writer(key)`: a writer that is neither committed nor disposed leaves a
 * temporary file under the portable provider, until the directory is next opened for writing.
 */
export interface ValueWriter {
  /** Appends a text or bytes. */
  write(data: Value): this;
  /** Makes the written bytes the value of the key, atomically. The writer has ended then. */
  commit(): void;
  /** Discards what was not committed. */
  [Symbol.dispose](): void;
}
