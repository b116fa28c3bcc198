import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PAGE } from '../content.js';
import { SaveError, StoredDirectory } from '../opfs.js';
import { FakeDirectory, readFake } from './fake-opfs.js';

const open = (handle) => StoredDirectory.open(handle, readFake);
const bytesOf = (text) => new TextEncoder().encode(text);

/** Writes a file as a whole. */
const put = (directory, path, text) => directory.write(path, bytesOf(text));

/** Sets a key as a store does: under another name, then renamed, then without the old value. */
function set(directory, name, old, text) {
  const { tree } = directory;
  put(directory, '#0', text);
  tree.rename(tree.root, '#0', tree.root, name);
  if (old !== null) tree.removeFile(tree.root, old);
}

const textOf = ({ tree }, path) => {
  const { content } = tree.find(tree.root, path);
  return new TextDecoder().decode(content.read(0, content.size));
};

test('what is saved is found when the directory is opened again', async () => {
  const handle = new FakeDirectory();
  const first = await open(handle);
  first.tree.createDirectory(first.tree.root, 'a');
  first.tree.createDirectory(first.tree.root, 'a/b');
  put(first, 'a/b/c', 'text');
  put(first, 'empty', '');
  put(first, 'large', 'x'.repeat(3 * PAGE));
  assert.deepEqual(handle.texts(), {}, 'nothing is written before `save`');
  await first.save();

  const second = await open(handle);
  assert.equal(textOf(second, 'a/b/c'), 'text');
  assert.equal(textOf(second, 'empty'), '');
  assert.equal(textOf(second, 'large'), 'x'.repeat(3 * PAGE));
  second.tree.removeFile(second.tree.root, 'a/b/c');
  second.tree.removeDirectory(second.tree.root, 'a/b');
  await second.save();
  assert.deepEqual(Object.keys(handle.texts()), ['empty', 'large']);
});

test('a change of a part of a file leaves the rest', async () => {
  const handle = new FakeDirectory();
  const first = await open(handle);
  put(first, 'file', 'a'.repeat(3 * PAGE));
  await first.save();
  const second = await open(handle);
  const file = second.tree.find(second.tree.root, 'file');
  second.tree.change(file, (content) => content.write(bytesOf('b'), PAGE + 1));
  second.tree.change(file, (content) => content.resize(2 * PAGE));
  second.tree.change(file, (content) => content.resize(2 * PAGE + 2));
  await second.save();
  const expected = `${'a'.repeat(PAGE + 1)}b${'a'.repeat(PAGE - 2)}\0\0`;
  assert.equal(handle.texts().file, expected);
});

test('a file has the content of the moment of each rename, and not a later one', async () => {
  const handle = new FakeDirectory();
  const directory = await open(handle);
  const { tree } = directory;
  put(directory, 'x', 'first');
  tree.rename(tree.root, 'x', tree.root, 'y');
  put(directory, 'y', 'second');
  put(directory, 'z', '');
  const seen = [];
  await directory.save(() => seen.push(handle.texts().y));
  assert.deepEqual([...new Set(seen)], [undefined, 'first', 'second']);
});

test('a file without a name is not stored', async () => {
  const handle = new FakeDirectory();
  const directory = await open(handle);
  put(directory, 'gone', 'text');
  const file = directory.tree.find(directory.tree.root, 'gone');
  directory.tree.removeFile(directory.tree.root, 'gone');
  directory.tree.change(file, (content) => content.write(bytesOf('more'), 4));
  assert.equal(new TextDecoder().decode(file.content.read(0, 8)), 'textmore');
  await directory.save();
  assert.deepEqual(handle.texts(), {});
});

test('after an interruption at any moment, each value is the old one or the new one', async () => {
  const values = { old: 'old'.repeat(20_000), new: 'new'.repeat(30_000) };
  const seen = new Set();
  for (let calls = 0; ; calls += 1) {
    const handle = new FakeDirectory();
    const before = await open(handle);
    set(before, 'one#0', null, values.old);
    set(before, 'two#1', null, values.old);
    await before.save();

    const directory = await open(handle);
    set(directory, 'one#2', 'one#0', values.new);
    set(directory, 'two#3', 'two#1', values.new);
    handle.failAfter(calls, new DOMException('the tab is closed', 'AbortError'));
    const error = await directory.save().catch((error) => error);

    const texts = handle.texts();
    const valueOf = (newest, oldest) => texts[newest] ?? texts[oldest];
    const found = [valueOf('one#2', 'one#0'), valueOf('two#3', 'two#1')];
    const names = found.map((text) => Object.keys(values).find((name) => values[name] === text));
    seen.add(names.join(', '));
    if (error === undefined) break;
    assert.ok(error instanceof SaveError);
  }
  // The changes are made in their order: never the second without the first.
  assert.deepEqual([...seen], ['old, old', 'new, old', 'new, new']);
});

test('a full disk is an error that says so, and what was stored stays', async () => {
  const handle = new FakeDirectory();
  const before = await open(handle);
  set(before, 'key#0', null, 'old');
  await before.save();
  const directory = await open(handle);
  set(directory, 'key#1', 'key#0', 'new');
  handle.failAfter(1, new DOMException('', 'QuotaExceededError'));
  await assert.rejects(directory.save(), /cannot write a file .* this site may not store more/);
  assert.equal(handle.texts()['key#0'], 'old');
  const again = await open(handle);
  assert.deepEqual([...again.tree.root.entries.keys()], ['key#0', '#0']);
});
