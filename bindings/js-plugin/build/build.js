// A component from a program.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, extname, join, resolve } from 'node:path';

import { bundle } from './bundle.js';
import { WORLD, writeWit } from './wit.js';

/** The engines, and how each makes a component from a module. */
const ENGINES = {
  async starlingmonkey(source, sourceName, witPath) {
    const { componentize } = await import('@bytecodealliance/componentize-js');
    return componentize(source, {
      sourceName,
      witPath,
      worldName: WORLD,
      // Otherwise the component imports `wasi:http`, which hosts of plugins need not have.
      disableFeatures: ['http', 'fetch-event'],
    });
  },
  async quickjs(jsSource, jsPath, witPath) {
    const { componentize } = await import('componentize-qjs');
    // `sync`: hosts of WASI 0.2 have no asynchronous functions.
    return componentize({ jsSource, jsPath, witPath, world: WORLD, sync: true });
  },
};

/** The names of the engines. */
export const engines = Object.keys(ENGINES);

/** Builds the program at `entry`, writes the component to `output`, and returns its size. */
export async function build(entry, { output, engine }) {
  const path = resolve(entry);
  // Otherwise the bundler's error is about a module in memory.
  readFileSync(path);
  const source = await bundle(path, engine);
  const name = `${basename(path, extname(path))}.js`;
  const folder = mkdtempSync(join(tmpdir(), 'filemap-plugin-'));
  try {
    writeWit(folder);
    const { component } = await ENGINES[engine](source, name, folder);
    writeFileSync(output, component);
    return component.length;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
