// The cache of transpiled plugins. A plugin of 18 MB takes a minute to transpile, and is transpiled
// once.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { multiMemory, transpile } from './transpile.js';

/** Changes when the transpiled module of a plugin does: with the version of jco. */
const FORMAT = 'jco-transpile-0.15.0';

/**
 * Returns the folder of the transpiled plugin, a URL. `key` is the SHA-256 of the component.
 *
 * The modules are run, so the folders are readable and writable for their owner alone.
 */
export async function transpiled(component, key, cache) {
  const name = `${FORMAT}${multiMemory ? '-multi-memory' : ''}-${key}`;
  const folder = join(cache, name);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    // A folder appears whole, or not at all.
    const unfinished = mkdtempSync(`${folder}-`);
    try {
      await transpile(component, 'plugin', directory(unfinished));
      renameSync(unfinished, folder);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      // Another process may have been faster.
      if (!existsSync(folder)) throw error;
    }
  }
  return directory(folder);
}

function directory(path) {
  return new URL(`${pathToFileURL(path)}/`);
}
