// An array, a plugin and a store, from a program in Node.

import { mkdirSync } from 'node:fs';
import { File, Memmap, run } from 'filemap-wasm';

const model = Memmap.openNpy('dem/jacksboro.npy');
console.log(`${model.shape.join(' x ')} cells, ${model.min()} to ${model.max()} m`);

mkdirSync('results', { recursive: true });
const { code } = await run('terrain.wasm', {
  dirs: { results: './results' },
  dirsRo: { dem: './dem' },
  stdout: 'ignore',
});
if (code !== 0) process.exit(code);

const results = new File('results', { readOnly: true });
for (const [key, value] of results) console.log(`${key}: ${value.length} bytes`);
const { slope } = JSON.parse(results.getText('stats.json'));
console.log(`steepest slope: ${slope.max.toFixed(2)} degrees`);
