// Opens one directory several times in Node, where the host of WASI that jco brings says of every
// two descriptors that they are different objects. No store removes what another one is writing, and
// all share the keys.
//
// `node sharing.mjs DIRECTORY`. The folder `provider` beside this file has the transpiled component.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { _setPreopens } from '@bytecodealliance/preview2-shim/filesystem';

const work = process.argv[2];
mkdirSync(`${work}/other`);
_setPreopens({ '/work': work, '/again': work });
const { store } = await import('./provider/filemap.js');

const text = (bytes) => new TextDecoder().decode(bytes);
const bytes = (string) => new TextEncoder().encode(string);
const open = (path, readOnly = false) =>
  store.Store.open(path, { create: true, readOnly, durability: 'none' });

const first = open('work/store');
const writer = first.writer('big');
writer.write(bytes('the '));
symlinkSync('store', `${work}/link`);
const others = ['work/store', 'work/./other/../store', 'again/store', 'work/link'].map(
  (path) => open(path),
);
const readers = ['work/store', 'again/store'].map((path) => open(path, true));
const other = open('work/other');
writer.write(bytes('value'));
writer.commit();
others[3].set('k', bytes('v'));
for (const one of [first, ...others, ...readers]) {
  assert.deepEqual(one.keys().next(9), ['big', 'k']);
  assert.equal(text(one.get('big')), 'the value');
}
assert.deepEqual(other.keys().next(9), []);
other.set('mine', bytes(''));
assert.equal(first.contains('mine'), false);
assert.deepEqual(readdirSync(`${work}/other`), ['mine#0']);
console.log('shared');
