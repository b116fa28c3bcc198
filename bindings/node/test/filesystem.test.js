// The file system of WASI: the rights of grants, and what the contract suite does not ask for.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { filesystem } from '../src/wasi/filesystem.js';

const FOLLOW = { symlinkFollow: true };
const READ = { read: true };
const WRITE = { read: true, write: true };
const dispose = Symbol.dispose ?? Symbol.for('dispose');

/** Makes a folder with a file, a folder and links, and calls the test with its root. */
function granted(write, check) {
  const base = fs.mkdtempSync(join(tmpdir(), 'filemap-'));
  const work = join(base, 'work');
  fs.mkdirSync(join(work, 'folder/deep'), { recursive: true });
  fs.writeFileSync(join(work, 'file'), 'content');
  fs.writeFileSync(join(base, 'secret'), 'secret');
  fs.symlinkSync('../secret', join(work, 'outside'));
  fs.symlinkSync(join(work, 'file'), join(work, 'absolute'));
  fs.symlinkSync('../file', join(work, 'folder/up'));
  fs.symlinkSync('folder/', join(work, 'slash'));
  fs.symlinkSync('..', join(work, 'folder/deep/parent'));
  fs.symlinkSync('..', join(work, 'parent'));
  fs.symlinkSync('loop', join(work, 'loop'));
  const files = filesystem([{ guest: 'work', host: work, write, confined: true }]);
  const [[root, name]] = files.preopens.getDirectories();
  assert.equal(name, 'work');
  check(root, work);
  root[dispose]();
  files.close();
}

const code = (expected) => (thrown) => thrown === expected;
const names = (stream) => {
  const all = [];
  for (let entry = stream.readDirectoryEntry(); entry; entry = stream.readDirectoryEntry()) {
    all.push(entry.name);
  }
  return all.sort();
};

test('no path leads out of a grant', () =>
  granted(true, (root) => {
    const paths = {
      '..': 'not-permitted',
      'folder/../..': 'not-permitted',
      '/file': 'not-permitted',
      outside: 'not-permitted',
      absolute: 'not-permitted',
      'parent/secret': 'not-permitted',
      'folder/deep/parent/../../secret': 'not-permitted',
      loop: 'loop',
      'loop/file': 'loop',
      'file/..': 'not-directory',
      'file/below': 'not-directory',
      'missing/../file': 'no-entry',
      'a\0b': 'invalid',
      '': 'no-entry',
    };
    for (const [path, expected] of Object.entries(paths)) {
      const open = (flags) => root.openAt(FOLLOW, path, flags, READ);
      assert.throws(() => open({}), code(expected), path);
      assert.throws(() => root.statAt(FOLLOW, path), code(expected), path);
      assert.throws(() => root.renameAt('file', root, `${path}/x`), (thrown) => thrown !== null);
    }
    assert.throws(() => root.symlinkAt('/etc', 'link'), code('not-permitted'));
    assert.throws(() => root.readlinkAt('absolute'), code('not-permitted'));
  }));

test('a directory that was opened is the root of its paths', () =>
  granted(true, (root) => {
    const folder = root.openAt(FOLLOW, 'slash', { directory: true }, READ);
    assert.throws(() => folder.statAt(FOLLOW, 'up'), code('not-permitted'));
    assert.throws(() => folder.statAt(FOLLOW, '..'), code('not-permitted'));
    assert.equal(folder.statAt(FOLLOW, 'deep/parent').type, 'directory');
    folder[dispose]();
  }));

test('links and parents within a grant are followed as in POSIX', () =>
  granted(true, (root) => {
    for (const path of ['folder/up', 'folder/deep/../../file', 'slash/up', './/file']) {
      assert.equal(root.statAt(FOLLOW, path).size, 7n, path);
      const file = root.openAt(FOLLOW, path, {}, READ);
      assert.equal(Buffer.from(file.read(99n, 2n)[0]).toString(), 'ntent');
      file[dispose]();
    }
    assert.equal(root.statAt({}, 'folder/up').type, 'symbolic-link');
    assert.throws(() => root.openAt({}, 'folder/up', {}, READ), code('loop'));
    assert.equal(root.readlinkAt('folder/up'), '../file');
  }));

test('a grant for reading only refuses every change, and so do its directories', () =>
  granted(false, (root, work) => {
    const folder = root.openAt(FOLLOW, 'folder', { directory: true }, READ);
    const before = fs.readdirSync(work, { recursive: true }).sort();
    for (const directory of [root, folder]) {
      const changes = [
        () => directory.openAt(FOLLOW, 'new', { create: true }, WRITE),
        () => directory.openAt(FOLLOW, 'deep', { create: true }, READ),
        () => directory.openAt(FOLLOW, 'file', { truncate: true }, READ),
        () => directory.openAt(FOLLOW, 'file', {}, WRITE),
        () => directory.createDirectoryAt('new'),
        () => directory.removeDirectoryAt('deep'),
        () => directory.unlinkFileAt('file'),
        () => directory.renameAt('file', directory, 'new'),
        () => directory.linkAt({}, 'file', directory, 'new'),
        () => directory.symlinkAt('file', 'new'),
        () => directory.setTimes({ tag: 'now' }, { tag: 'now' }),
        () => directory.setTimesAt(FOLLOW, 'file', { tag: 'now' }, { tag: 'now' }),
      ];
      for (const change of changes) assert.throws(change, code('not-permitted'), String(change));
    }
    const file = root.openAt(FOLLOW, 'file', {}, READ);
    assert.throws(() => file.write(Uint8Array.of(1), 0n), code('bad-descriptor'));
    assert.throws(() => file.setSize(0n), code('bad-descriptor'));
    assert.throws(() => file.writeViaStream(0n), code('bad-descriptor'));
    assert.throws(() => file.setTimes({ tag: 'now' }, { tag: 'now' }), code('not-permitted'));
    file[dispose]();
    folder[dispose]();
    assert.deepEqual(fs.readdirSync(work, { recursive: true }).sort(), before);
    assert.equal(fs.readFileSync(join(work, 'file'), 'utf8'), 'content');
  }));

test('a link from a grant for reading to one for writing gives no right to write', () => {
  const base = fs.mkdtempSync(join(tmpdir(), 'filemap-'));
  for (const name of ['fixed', 'work']) fs.mkdirSync(join(base, name));
  fs.writeFileSync(join(base, 'fixed/file'), 'content');
  const grant = (guest, write) => ({ guest, host: join(base, guest), write, confined: true });
  const files = filesystem([grant('fixed', false), grant('work', true)]);
  const [[fixed], [work]] = files.preopens.getDirectories();
  assert.throws(() => fixed.linkAt({}, 'file', work, 'file'), code('not-permitted'));
  assert.throws(() => fixed.renameAt('file', work, 'file'), code('not-permitted'));
  assert.throws(() => work.renameAt('x', fixed, 'file'), code('not-permitted'));
  files.close();
});

test('two descriptors of one object are the same object', () =>
  granted(true, (root) => {
    const [one, two] = ['folder', 'slash'].map((path) => root.openAt(FOLLOW, path, {}, READ));
    assert.equal(one.isSameObject(two), true);
    assert.deepEqual(one.metadataHash(), root.metadataHashAt(FOLLOW, 'slash/deep/..'));
    assert.equal(one.isSameObject(root), false);
    one[dispose]();
    two[dispose]();
  }));

test('files and directories are made, listed, renamed and removed', () =>
  granted(true, (root, work) => {
    root.createDirectoryAt('new/');
    const folder = root.openAt(FOLLOW, 'new', { directory: true }, READ);
    const create = { create: true, exclusive: true };
    const file = folder.openAt(FOLLOW, 'a', create, WRITE);
    assert.throws(() => folder.openAt(FOLLOW, 'a', create, WRITE), code('exist'));
    assert.throws(() => folder.openAt(FOLLOW, 'b/', { create: true }, WRITE), code('is-directory'));
    assert.equal(file.write(Uint8Array.of(1, 2, 3), 2n), 3n);
    assert.deepEqual([...file.read(9n, 0n)[0]], [0, 0, 1, 2, 3]);
    assert.deepEqual(file.read(9n, 5n), [new Uint8Array(0), true]);
    assert.deepEqual(file.read(9n, 2n ** 64n - 1n), [new Uint8Array(0), true]);
    file.setSize(1n);
    assert.equal(file.stat().size, 1n);
    assert.throws(() => file.setSize(2n ** 63n), code('file-too-large'));
    assert.throws(() => file.write(Uint8Array.of(1), 2n ** 53n), code('file-too-large'));
    file[dispose]();
    folder.renameAt('a', root, 'b');
    folder.symlinkAt('a', 'link');
    fs.writeFileSync(Buffer.from(`${work}/new/\xff`, 'latin1'), '');
    const stream = folder.readDirectory();
    const found = [];
    for (let count = 0; count < 2; count++) {
      try {
        found.push(stream.readDirectoryEntry().name);
      } catch (thrown) {
        found.push(thrown);
      }
    }
    assert.deepEqual(found.sort(), ['illegal-byte-sequence', 'link']);
    assert.equal(stream.readDirectoryEntry(), undefined);
    assert.throws(() => root.unlinkFileAt('new'), code('is-directory'));
    assert.throws(() => root.removeDirectoryAt('new'), code('not-empty'));
    root.unlinkFileAt('slash/deep/parent');
    root.removeDirectoryAt('slash/deep/');
    assert.deepEqual(fs.readdirSync(join(work, 'folder')), ['up']);
  }));

test('a stream keeps its file when the descriptor is dropped', () =>
  granted(true, (root, work) => {
    const file = root.openAt(FOLLOW, 'file', {}, WRITE);
    const [input, output] = [file.readViaStream(3n), file.writeViaStream(7n)];
    file[dispose]();
    // A descriptor of the system with the same number must not be read.
    const other = root.openAt(FOLLOW, 'folder', {}, READ);
    output.blockingWriteAndFlush(new TextEncoder().encode('s'));
    assert.equal(Buffer.from(input.blockingRead(99n)).toString(), 'tents');
    assert.throws(() => input.read(1n), { tag: 'closed' });
    for (const one of [input, output, other]) one[dispose]();
    assert.equal(fs.readFileSync(join(work, 'file'), 'utf8'), 'contents');
  }));

test('the entries of a directory are those of its files', () =>
  granted(true, (root) => {
    const found = names(root.readDirectory());
    assert.deepEqual(found, ['absolute', 'file', 'folder', 'loop', 'outside', 'parent', 'slash']);
  }));
