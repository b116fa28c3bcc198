import assert from 'node:assert/strict';
import { test } from 'node:test';

import { DirectoryNode, FileNode, Tree } from '../tree.js';

function treeWithFiles(isWritable = true) {
  const root = new DirectoryNode();
  root.add('file', new FileNode());
  root.add('folder', new DirectoryNode()).add('inner', new FileNode());
  return new Tree({ root, isWritable });
}

const fails = (act, code) => assert.throws(act, (error) => error === code);

test('a path is found below its directory, and never above', () => {
  const tree = treeWithFiles();
  const folder = tree.find(tree.root, 'folder');
  assert.equal(tree.find(tree.root, './folder//inner'), tree.find(folder, 'inner'));
  assert.equal(tree.find(tree.root, 'folder/..'), tree.root);
  for (const path of ['..', 'folder/../..', '../file', '/file']) {
    fails(() => tree.find(tree.root, path), 'not-permitted');
  }
  fails(() => tree.find(folder, '../file'), 'not-permitted');
  fails(() => tree.find(tree.root, 'missing/../file'), 'no-entry');
  fails(() => tree.find(tree.root, 'file/x'), 'not-directory');
  fails(() => tree.find(tree.root, 'file/'), 'not-directory');
  fails(() => tree.find(tree.root, ''), 'no-entry');
  fails(() => tree.find(tree.root, 'a\0b'), 'invalid');
  fails(() => tree.find(tree.root, 'ü'.repeat(128)), 'name-too-long');
});

test('a tree for reading refuses every change', () => {
  const tree = treeWithFiles(false);
  const { root } = tree;
  tree.open(root, 'file', {}, false);
  for (const change of [
    () => tree.open(root, 'file', {}, true),
    () => tree.open(root, 'file', { truncate: true }, false),
    () => tree.open(root, 'new', { create: true }, false),
    () => tree.createDirectory(root, 'new'),
    () => tree.removeFile(root, 'file'),
    () => tree.removeDirectory(root, 'folder'),
    () => tree.rename(root, 'file', root, 'new'),
  ]) {
    fails(change, 'not-permitted');
  }
  assert.deepEqual([...root.entries.keys()], ['file', 'folder']);
});

test('the calls fail as those of POSIX', () => {
  const tree = treeWithFiles();
  const { root } = tree;
  fails(() => tree.open(root, 'file', { create: true, exclusive: true }, true), 'exist');
  fails(() => tree.open(root, 'file', { directory: true }, false), 'not-directory');
  fails(() => tree.open(root, 'folder', {}, true), 'is-directory');
  fails(() => tree.open(root, 'new/', { create: true }, true), 'is-directory');
  fails(() => tree.open(root, 'back\\slash', { create: true }, true), 'invalid');
  fails(() => tree.createDirectory(root, 'file'), 'exist');
  fails(() => tree.removeDirectory(root, 'folder'), 'not-empty');
  fails(() => tree.removeDirectory(root, 'file'), 'not-directory');
  fails(() => tree.removeFile(root, 'folder'), 'is-directory');
  fails(() => tree.removeFile(root, 'missing'), 'no-entry');
  fails(() => tree.rename(root, 'missing', root, 'new'), 'no-entry');
  fails(() => tree.rename(root, 'file', root, 'folder'), 'is-directory');
  fails(() => tree.rename(root, 'folder', root, 'new'), 'unsupported');
});

test('a file that is renamed replaces another, which open descriptors still have', () => {
  const tree = treeWithFiles();
  const { root } = tree;
  const [file, folder] = [tree.find(root, 'file'), tree.find(root, 'folder')];
  const inner = tree.find(folder, 'inner');
  tree.rename(root, 'file', folder, 'inner');
  assert.equal(tree.find(root, 'folder/inner'), file);
  assert.deepEqual([file.isLinked, inner.isLinked], [true, false]);
  fails(() => tree.find(root, 'file'), 'no-entry');
});

test('a directory that was removed takes no new names', () => {
  const tree = treeWithFiles();
  const folder = tree.find(tree.root, 'folder');
  tree.removeFile(folder, 'inner');
  tree.removeDirectory(tree.root, 'folder');
  fails(() => tree.open(folder, 'new', { create: true }, true), 'no-entry');
});

test('a change makes the time of a file and of its directory a later one', () => {
  const tree = treeWithFiles();
  const file = tree.find(tree.root, 'file');
  const [ofFile, ofRoot] = [file.changed, tree.root.changed];
  tree.change(file, (content) => content.resize(1));
  assert.ok(file.changed > ofFile);
  assert.equal(tree.root.changed, ofRoot);
  tree.removeFile(tree.root, 'file');
  assert.ok(tree.root.changed > ofRoot);
});
