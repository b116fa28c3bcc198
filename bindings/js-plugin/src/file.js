// A directory as a mapping from strings to bytes. `index.d.ts` documents every function.

import { Store } from 'filemap:data/store@0.1.0';

import { bytesOf, decode } from './bytes.js';
import * as check from './check.js';
import { call, live } from './error.js';
import * as integers from './integer.js';
import { MODES, wrap } from './memmap.js';
import { ValueReader, ValueWriter } from './value.js';

const DURABILITIES = { none: 'none', data: 'data', full: 'full' };

/** How many keys or items one call gets: a few for items, whose values may be large. */
const KEYS = 1024;
const ITEMS = 16;

/** A mapping from strings to bytes that lives in a directory. */
export class File {
  #store;

  constructor(path, options = {}) {
    const { create, readOnly, durability } = check.options(
      options,
      ['create', 'readOnly', 'durability'],
      'File',
    );
    const wit = {
      create: check.flag(create, 'create', true),
      readOnly: check.flag(readOnly, 'readOnly', false),
      durability: check.choice(durability, DURABILITIES, 'durability', 'data'),
    };
    check.text(path, 'the path');
    this.#store = call(() => Store.open(path, wit));
  }

  static open(path, options) {
    return new this(path, options);
  }

  get(key) {
    const store = this.#keyed(key);
    return call(() => store.get(key)) ?? undefined;
  }

  getText(key) {
    const bytes = this.get(key);
    return bytes && decode(bytes, `the value of ${JSON.stringify(key)}`);
  }

  getRange(key, offset, length) {
    const store = this.#keyed(key);
    const start = integers.natural(offset, 'the offset');
    const size = integers.natural(length, 'the length');
    return call(() => store.getRange(key, start, size)) ?? undefined;
  }

  getMany(keys) {
    const store = this.#live();
    const all = Array.from(iterable(keys, 'the keys'), checkedKey);
    return Array.from(call(() => store.getMany(all)), (value) => value ?? undefined);
  }

  sizeOf(key) {
    const store = this.#keyed(key);
    const size = call(() => store.sizeOf(key));
    return size === undefined || size === null ? undefined : integers.number(size);
  }

  reader(key) {
    const store = this.#keyed(key);
    const reader = call(() => store.reader(key));
    return reader ? new ValueReader(reader) : undefined;
  }

  openValue(key, mode) {
    const store = this.#keyed(key);
    const chosen = check.choice(mode, MODES, 'the mode', 'r');
    const memmap = call(() => store.openValue(key, chosen));
    return memmap ? wrap(memmap) : undefined;
  }

  set(key, value) {
    const store = this.#keyed(key);
    const bytes = valueOf(value, key);
    call(() => store.set(key, bytes));
    return this;
  }

  setParts(key, parts) {
    const store = this.#keyed(key);
    const all = Array.from(iterable(parts, 'the parts'), (part) => valueOf(part, key));
    call(() => store.setParts(key, all));
    return this;
  }

  setDefault(key, value) {
    const store = this.#keyed(key);
    const bytes = valueOf(value, key);
    return call(() => store.setDefault(key, bytes));
  }

  update(items) {
    const store = this.#live();
    const plain = items && !items[Symbol.iterator] && isPlain(items);
    const pairs = plain ? Object.entries(items) : iterable(items, 'the items');
    const all = Array.from(pairs, (pair) => {
      if (!Array.isArray(pair) || pair.length !== 2) {
        throw new TypeError(`an item must be a pair [key, value], not ${check.kind(pair)}`);
      }
      const [key, value] = pair;
      return [checkedKey(key), valueOf(value, key)];
    });
    call(() => store.update(all));
    return this;
  }

  writer(key) {
    const store = this.#keyed(key);
    return new ValueWriter(call(() => store.writer(key)));
  }

  delete(key) {
    const store = this.#keyed(key);
    return call(() => store.remove(key));
  }

  pop(key) {
    const store = this.#keyed(key);
    return call(() => store.pop(key)) ?? undefined;
  }

  popItem() {
    const store = this.#live();
    return call(() => store.popItem()) ?? undefined;
  }

  clear() {
    const store = this.#live();
    call(() => store.clear());
  }

  has(key) {
    const store = this.#keyed(key);
    return call(() => store.contains(key));
  }

  get size() {
    const store = this.#live();
    return integers.number(call(() => store.len()));
  }

  keys() {
    const store = this.#live();
    return pieces(call(() => store.keys()), KEYS);
  }

  entries() {
    const store = this.#live();
    return pieces(call(() => store.items()), ITEMS);
  }

  *values() {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(callback, thisArgument) {
    for (const [key, value] of this) callback.call(thisArgument, value, key, this);
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  verify() {
    const store = this.#live();
    const { unfinished, outdated, foreign, foreignNames, missing, missingKeys } = call(() =>
      store.verify(),
    );
    return {
      unfinished: integers.number(unfinished),
      outdated: integers.number(outdated),
      foreign: integers.number(foreign),
      foreignNames: Array.from(foreignNames),
      missing: integers.number(missing),
      missingKeys: Array.from(missingKeys),
    };
  }

  toString() {
    return this.#live().describe();
  }

  close() {
    this.#store?.close();
  }

  [Symbol.dispose]() {
    this.#store?.[Symbol.dispose]();
    this.#store = undefined;
  }

  get [Symbol.toStringTag]() {
    return 'File';
  }

  #live() {
    return live(this.#store, 'store');
  }

  #keyed(key) {
    checkedKey(key);
    return this.#live();
  }
}

function checkedKey(key) {
  return check.text(key, 'a key');
}

function valueOf(value, key) {
  return bytesOf(value, `the value of ${JSON.stringify(key)}`);
}

function isPlain(value) {
  const prototype = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  return prototype === Object.prototype || prototype === null;
}

function iterable(value, what) {
  if (typeof value?.[Symbol.iterator] === 'function' && typeof value !== 'string') return value;
  throw new TypeError(`${what} must be iterable, not ${check.kind(value)}`);
}

/** Yields what a stream of the interface has, and drops the stream at the end. */
function* pieces(stream, size) {
  try {
    for (;;) {
      const piece = call(() => stream.next(size));
      if (piece.length === 0) return;
      yield* piece;
    }
  } finally {
    stream[Symbol.dispose]();
  }
}
