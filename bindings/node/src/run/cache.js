// The cache of transpiled plugins. A plugin of 18 MB takes a minute to transpile, and is transpiled
// once.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { multiMemory, transpile } from './transpile.js';

/** Changes when the transpiled module of a plugin does: with the version of jco. */
const FORMAT = 'jco-transpile-0.15.0';

/** Returns the folder of a transpiled plugin. `key` is the SHA-256 of the component. */
export function folderOf(key, cache) {
  return join(cache, `${FORMAT}${multiMemory ? '-multi-memory' : ''}-${key}`);
}

/** Returns whether the folder has a transpiled plugin: a crash may have left an empty folder. */
export function isTranspiled(folder) {
  return existsSync(join(folder, 'plugin.js'));
}

/**
 * Transpiles a component into the folder, unless that was done, and returns the folder as a URL.
 *
 * The modules are run, so the folders are readable and writable for their owner alone.
 */
export async function transpiled(component, folder) {
  if (!isTranspiled(folder)) {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    // A folder appears whole, or not at all.
    const unfinished = mkdtempSync(`${folder}-`);
    try {
      await transpile(component, 'plugin', urlOf(unfinished));
      if (!isTranspiled(folder)) rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // Another process may have been faster.
      if (!isTranspiled(folder)) throw error;
    }
  }
  return urlOf(folder);
}

function urlOf(path) {
  return new URL(`${pathToFileURL(path)}/`);
}
