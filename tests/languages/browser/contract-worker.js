// Runs cases of the contract suite in a worker of Chromium, over its real file system.
//
// After each case, it saves what the plugin has changed, opens the directory again, and compares it
// with what the plugin saw.

import { Content } from '/page/filesystem/content.js';
import { StoredDirectory } from '/page/filesystem/opfs.js';
import { DirectoryNode, FileNode, Tree } from '/page/filesystem/tree.js';
import { Plugin } from '/page/plugin.js';

const BYTES = Uint8Array.from({ length: 64 }, (_, index) => index);
const SPARSE = 6_000_000_000;
const text = (value) => new TextEncoder().encode(value);

let plugin;
let data;

self.onmessage = async ({ data: request }) => {
  try {
    if (request.files) {
      plugin = await Plugin.load(new URL('/contract/', self.origin), 'contract');
      data = await dataTree(request.files);
      self.postMessage('ready');
    } else {
      self.postMessage(await check(request.name));
    }
  } catch (error) {
    self.postMessage(String(error.stack ?? error));
  }
};

/** Returns what is wrong with a case, or the empty string. */
async function check(name) {
  const root = await navigator.storage.getDirectory();
  try {
    return await checkIn(await root.getDirectoryHandle('work', { create: true }), name);
  } finally {
    await root.removeEntry('work', { recursive: true });
  }
}

async function checkIn(handle, name) {
  const work = await StoredDirectory.open(handle);
  fillWork(work);
  await work.save();
  const opened = await StoredDirectory.open(handle);
  const grants = { work: opened.tree, fixed: fixedTree(), data };
  const { code, stderr, trap } = await plugin.run({ arguments: ['contract', name], grants });
  const outcome = code === 0 ? stderr : `${stderr}${trap?.stack ?? `exit code ${code}`}`;
  await opened.save();
  const saved = await StoredDirectory.open(handle);
  return outcome || compare(opened.tree.root, saved.tree.root, 'work');
}

/** Makes the folder `work` of `tests/support/folders.rs`, without links, pipe and socket. */
function fillWork(work) {
  const { tree } = work;
  tree.createDirectory(tree.root, 'folder');
  tree.createDirectory(tree.root, 'links');
  work.write('bytes.bin', BYTES);
  const sparse = tree.open(tree.root, 'sparse.bin', { create: true }, true);
  const last = new Uint8Array(Float64Array.of(6.25).buffer);
  tree.change(sparse, (content) => content.write(last, SPARSE - 8));
}

/** Makes the folder `fixed` of `tests/support/folders.rs`, without the link and the odd name. */
function fixedTree() {
  const root = new DirectoryNode();
  const file = (bytes) => new FileNode(new Content(new Blob([bytes])));
  root.add('bytes.bin', file(BYTES));
  for (const name of ['store', 'odd']) {
    root.add(name, new DirectoryNode()).add('key#0', file(text('value')));
  }
  return new Tree({ root, isWritable: false });
}

/** Loads `tests/data`. */
async function dataTree(files) {
  const root = new DirectoryNode();
  const load = async (path) => {
    const response = await fetch(`/data/${path.split('/').map(encodeURIComponent).join('/')}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return [path, await response.blob()];
  };
  for (const [path, blob] of await Promise.all(files.map(load))) {
    const names = path.split('/');
    const name = names.pop();
    let directory = root;
    for (const part of names) {
      directory = directory.entries.get(part) ?? directory.add(part, new DirectoryNode());
    }
    directory.add(name, new FileNode(new Content(blob)));
  }
  return new Tree({ root, isWritable: false });
}

/** Returns the first difference between what a plugin saw and what was saved. */
function compare(seen, saved, path) {
  const names = (directory) => [...directory.entries.keys()].sort().join(', ');
  if (names(seen) !== names(saved)) return `${path}: ${names(seen)}; saved: ${names(saved)}`;
  for (const [name, node] of seen.entries) {
    const other = saved.entries.get(name);
    const difference =
      node instanceof DirectoryNode
        ? compare(node, other, `${path}/${name}`)
        : compareContents(node.content, other.content, `${path}/${name}`);
    if (difference !== '') return difference;
  }
  return '';
}

function compareContents(seen, saved, path) {
  if (seen.size !== saved.size) return `${path}: ${seen.size} bytes; saved: ${saved.size}`;
  for (const [offset, bytes] of seen.changes().pages) {
    const stored = saved.read(offset, bytes.length);
    const at = bytes.findIndex((byte, index) => byte !== stored[index]);
    if (at >= 0) return `${path}: byte ${offset + at} is ${bytes[at]}; saved: ${stored[at]}`;
  }
  return '';
}
