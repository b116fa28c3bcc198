// Uses of the package `filemap-wasm` that `tsc --strict` accepts, and mistakes that it finds.

import { ellipsis, File, FilemapError, Memmap, run, slice } from 'filemap-wasm';
import type { Bytes, ErrorCode, Index, RunOptions, RunResult } from 'filemap-wasm';

const store = new File('results', { durability: 'full' });
store.set('key', 'text').set('other', Uint8Array.of(1));
const value: Bytes | undefined = store.get('key');
for (const [key, bytes] of store) key.concat(String(bytes.length));

const array = Memmap.createNpy('table.npy', { dtype: '<f8', shape: [2, 3] });
const row: Index = slice(1, null);
array.write([1, 2, 3], 0);
array.read(ellipsis, row);
try {
  array.resize(3);
} catch (error) {
  if (error instanceof FilemapError) {
    const code: ErrorCode = error.code;
    code.toUpperCase();
  }
}

const options: RunOptions = { dirs: { results: './results' }, stdout: 'pipe', timeout: 1000 };
const result: RunResult = await run(new URL('file:///plugin.wasm'), options);
const text: string = new TextDecoder().decode(result.stdout);
await run(Uint8Array.of(0), { dirsRo: { data: new URL('file:///data') }, env: { A: '1' } });

// @ts-expect-error: an option without a name
await run('plugin.wasm', { dir: { results: './results' } });
// @ts-expect-error: directories are granted by name
await run('plugin.wasm', { dirs: ['results'] });
// @ts-expect-error: a variable is a text
await run('plugin.wasm', { env: { A: 1 } });
// @ts-expect-error: a trap has a reason only if there was one
result.trap.length;
// @ts-expect-error: a missing key has no value
value.length;
// @ts-expect-error: a number is not a value of a store
store.set('key', 1);
// @ts-expect-error: a mode of another program
Memmap.openNpy('table.npy', { mode: 'rw' });
// @ts-expect-error: an array needs a shape
Memmap.createNpy('table.npy', { dtype: '<f8' });
// @ts-expect-error: what plugins have
(await import('filemap-wasm')).args;

export { text };
