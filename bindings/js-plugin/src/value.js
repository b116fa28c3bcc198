// Values that are read or written in pieces. `index.d.ts` documents every function.

import { bytesOf } from './bytes.js';
import { call, live } from './error.js';
import { natural } from './integer.js';

/** The size of the pieces of an iteration in bytes. */
const PIECE = 65536;

export class ValueReader {
  #reader;

  constructor(reader) {
    this.#reader = reader;
  }

  read(max = PIECE) {
    const reader = live(this.#reader, 'reader');
    const size = natural(max, 'the number of bytes');
    return call(() => reader.read(size));
  }

  *[Symbol.iterator]() {
    for (let piece = this.read(); piece.length > 0; piece = this.read()) yield piece;
  }

  [Symbol.dispose]() {
    this.#reader?.[Symbol.dispose]();
    this.#reader = undefined;
  }
}

export class ValueWriter {
  #writer;

  constructor(writer) {
    this.#writer = writer;
  }

  write(data) {
    const writer = live(this.#writer, 'writer');
    const bytes = bytesOf(data, 'the data');
    call(() => writer.write(bytes));
    return this;
  }

  commit() {
    const writer = live(this.#writer, 'writer');
    call(() => writer.commit());
  }

  [Symbol.dispose]() {
    this.#writer?.[Symbol.dispose]();
    this.#writer = undefined;
  }
}
