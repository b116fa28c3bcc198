// Runs the plugin `sums` over the directory `data` of the browser's own file system.

import { StoredDirectory } from './filesystem/opfs.js';
import { Plugin, get } from './plugin.js';

const plugin = await Plugin.load(new URL('./plugin/', import.meta.url), 'sums');
const table = await (await get(new URL('./table.npy', import.meta.url))).arrayBuffer();

// One tab at a time may write to the directory.
await navigator.locks.request('data', async () => {
  const root = await navigator.storage.getDirectory();
  const data = await StoredDirectory.open(await root.getDirectoryHandle('data', { create: true }));
  data.write('table.npy', new Uint8Array(table));
  const { stdout, stderr } = await plugin.run({ arguments: ['sums'], grants: { data: data.tree } });
  await data.save();
  self.postMessage(stdout + stderr);
});
