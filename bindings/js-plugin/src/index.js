// Persistent mappings and memory-mapped arrays for plugins. `index.d.ts` documents everything.

export { args, env, exit } from '../program/process.js';
export { FilemapError } from './error.js';
export { File } from './file.js';
export { ellipsis, mask, newaxis, slice, take } from './indices.js';
export { Memmap } from './memmap.js';
