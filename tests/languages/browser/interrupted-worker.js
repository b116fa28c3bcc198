// Interrupts the saving of results in Chromium's file system after every number of changes, as a
// closed tab would, and lets the plugin go on from there.

import { Content } from '/page/filesystem/content.js';
import { StoredDirectory } from '/page/filesystem/opfs.js';
import { DirectoryNode, FileNode, Tree } from '/page/filesystem/tree.js';
import { Plugin } from '/page/plugin.js';
import { storedValues } from '/page/stored-values.js';

const plugin = await Plugin.load(new URL('/page/plugin/', self.origin), 'terrain');
const bytes = new Uint8Array(await (await fetch('/page/jacksboro.npy')).arrayBuffer());
const models = { old: bytes, new: bytes.slice() };
// Another elevation in the last row.
models.new[bytes.length - 2] ^= 1;

const root = await navigator.storage.getDirectory();
const open = async () =>
  StoredDirectory.open(await root.getDirectoryHandle('interrupted', { create: true }));

/** Runs the plugin on a model, and saves at most this number of changes. Returns what it left. */
async function run(name, limit = Infinity) {
  const store = await open();
  const dem = new DirectoryNode();
  dem.add('model.npy', new FileNode(new Content(new Blob([models[name]]))));
  const grants = { dem: new Tree({ root: dem, isWritable: false }), results: store.tree };
  const parameters = ['terrain', 'dem/model.npy', 'results'];
  const { code, stderr, stdout } = await plugin.run({ arguments: parameters, grants });
  if (code !== 0) throw new Error(stderr);
  const values = storedValues(store.tree.root);
  const text = (key) => {
    const { content } = values.get(key);
    return [...content.read(0, content.size)].join();
  };
  const results = ['hillshade.png', 'slope', 'stats.json'].map(text).join('\n');
  let changes = 0;
  const interrupt = (count, all) => {
    changes = all;
    if (count === limit && count < all) throw new Error('interrupted');
  };
  await store.save(interrupt).catch((error) => {
    if (error.message !== 'interrupted') throw error;
  });
  const isFound = stdout.includes('found in the store');
  return { results, changes, isFound, files: [...(await open()).tree.root.entries.keys()] };
}

try {
  const expected = { old: (await run('old')).results, new: (await run('new')).results };
  if (expected.old === expected.new) throw new Error('both models have the same results');
  const found = { old: 0, new: 0 };
  let changes = 1;
  for (let limit = 0; limit <= changes; limit += 1) {
    for (const next of ['old', 'new']) {
      await root.removeEntry('interrupted', { recursive: true });
      await run('old');
      ({ changes } = await run('new', limit));
      const after = await run(next);
      const when = `after ${limit} of ${changes} changes, the model \`${next}\``;
      if (after.results !== expected[next]) throw new Error(`${when} has wrong results`);
      if (after.files.length !== 3) throw new Error(`${when} leaves ${after.files}`);
      found[next] += after.isFound;
    }
  }
  self.postMessage(`${changes} changes, the old results found ${found.old} times, and the new ` +
    `ones ${found.new} times`);
} catch (error) {
  self.postMessage(String(error.stack ?? error));
}
