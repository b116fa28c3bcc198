// Stores and arrays for the programs of a process. The rules are those of the engine, which has
// tests of its own: here it is paths, errors and the numbers of JavaScript.

import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';
import { File, FilemapError, Memmap, slice } from 'filemap-wasm';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'filemap-'));
  process.chdir(folder);
});

test('a store is a directory of the host, by a path from the current directory', () => {
  const store = new File('results');
  store.set('greeting', 'hello').set('bytes', Uint8Array.of(1, 2));
  assert.equal(store.getText('greeting'), 'hello');
  assert.deepEqual([...store.keys()], ['bytes', 'greeting']);
  assert.deepEqual(readdirSync('results').sort(), ['bytes#1', 'greeting#0']);
  assert.equal(String(store), `<File: ${folder}/results, 2 elements, not locked>`);
  store.close();
});

test('paths are those of the host: absolute ones, links that lead anywhere, and parents', () => {
  mkdirSync('one');
  symlinkSync(folder, 'one/link');
  new File(join(folder, 'one/link/store')).set('key', 'value');
  assert.equal(readFileSync('store/key#0', 'utf8'), 'value');
  process.chdir('one');
  assert.equal(new File('../store', { readOnly: true }).getText('key'), 'value');
  // As in POSIX, `..` is the parent of where the link leads.
  assert.throws(() => new File('missing/../store', { create: false }), { code: 'not-found' });
});

test('the current directory is that of the moment of the call', () => {
  mkdirSync('below');
  process.chdir('below');
  new File('store').set('key', '');
  assert.deepEqual(readdirSync(join(folder, 'below/store')), ['key#0']);
});

test('stores on one directory share their keys', () => {
  symlinkSync('store', 'again');
  const first = new File('store');
  const second = new File('again');
  first.set('key', 'value');
  assert.equal(second.getText('key'), 'value');
  const writer = first.writer('key');
  second.set('other', '');
  writer.write('new').commit();
  assert.equal(second.getText('key'), 'new');
});

test('an array is a file that numpy reads', () => {
  const table = Memmap.createNpy('table.npy', { dtype: '<f8', shape: [2, 3] });
  table.write([[1, 2, 3], [4, 5, 6.5]]);
  assert.equal(table.sum(), 21.5);
  assert.deepEqual([...table.read(1, slice(1, null))], [5, 6.5]);
  assert.equal(table.filename, join(folder, 'table.npy'));
  table.close();
  const bytes = readFileSync('table.npy');
  assert.equal(bytes.length, 128 + 48);
  assert.equal(bytes.readDoubleLE(128 + 40), 6.5);
  const again = Memmap.openNpy('table.npy');
  assert.deepEqual(again.shape, [2, 3]);
  assert.throws(() => again.fill(0), { code: 'access-denied' });
});

test('an array sees what another program writes to its file', () => {
  writeFileSync('raw.bin', Uint8Array.of(1, 2, 3));
  const array = Memmap.open('raw.bin', { dtype: 'u1' });
  writeFileSync('raw.bin', Uint8Array.of(1, 9, 3), { flag: 'r+' });
  assert.equal(array.at(1), 9);
});

test('errors are instances of FilemapError, with a code and the whole path', () => {
  assert.throws(
    () => new File('missing', { create: false }),
    (error) =>
      error instanceof FilemapError &&
      error.code === 'not-found' &&
      error.message.includes(join(folder, 'missing')),
  );
  writeFileSync('file', '');
  assert.throws(() => new File('file'), { code: 'invalid-argument' });
  assert.throws(() => new File('a\0b'), { code: 'invalid-argument' });
  assert.throws(() => new File(3), TypeError);
});

test('large data moves in one call, and what is too large is an error', () => {
  const store = new File('store');
  const value = new Uint8Array(20_000_000).fill(7);
  store.set('large', value);
  assert.equal(Buffer.compare(store.get('large'), value), 0);
  assert.throws(() => store.set('large', new Uint8Array(129 << 20)), { code: 'limit-exceeded' });
  assert.equal(store.sizeOf('large'), value.length);
});

test('numbers above 2^53 - 1 are errors, and positions past 4 GiB are not', () => {
  writeFileSync('sparse', '');
  truncateSync('sparse', 6_000_000_000);
  const array = Memmap.open('sparse', { dtype: '<f8' });
  array.write(6.25, array.size - 1);
  assert.equal(array.at(-1), 6.25);
  assert.throws(() => Memmap.open('sparse', { offset: 2 ** 53 }), RangeError);
  assert.throws(
    () => Memmap.open('sparse', { dtype: '<f8', shape: [2 ** 52] }),
    { code: 'invalid-argument' },
  );
});

test('closed stores and arrays leave no file open', { skip: process.platform !== 'linux' }, () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const once = () => {
    const store = new File('store');
    store.set('key', 'value');
    store.reader('key')[Symbol.dispose]();
    store[Symbol.dispose]();
    const array = Memmap.createNpy('a.npy', { dtype: 'u1', shape: [3] });
    array[Symbol.dispose]();
  };
  once();
  const before = open();
  for (let count = 0; count < 10; count++) once();
  assert.equal(open(), before);
});
