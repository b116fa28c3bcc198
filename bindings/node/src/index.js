// Stores and arrays for programs in Node, and a host for plugins. `index.d.ts` documents `run`; the
// classes are those of the package for plugins.

export { FilemapError } from '../dist/classes/error.js';
export { File } from '../dist/classes/file.js';
export { ellipsis, mask, newaxis, slice, take } from '../dist/classes/indices.js';
export { Memmap } from '../dist/classes/memmap.js';
export { run } from './run.js';
