// The interface for the programs of this process. They name files as in `node:fs`, by paths from
// the current directory or by URLs, and have all rights of the process.

import { isAbsolute } from 'node:path';
import { provider } from './provider.js';
import { filesystem } from './wasi/filesystem.js';

const { array, store } = provider(
  filesystem([{ guest: '/', host: '/', write: true, confined: false }]),
);

/** Returns an absolute path. What it is not, the classes refuse. */
function absolute(path) {
  return isAbsolute(path) ? path : `${process.cwd()}/${path}`;
}

/** The resource `store`, opened by a path of the host. */
export class Store extends store.Store {
  static open(path, options) {
    return super.open(absolute(path), options);
  }
}

/** The resource `memmap`, opened by a path of the host. */
export class Memmap extends array.Memmap {
  static open(path, options) {
    return super.open(absolute(path), options);
  }

  static openNpy(path, ...rest) {
    return super.openNpy(absolute(path), ...rest);
  }

  static createNpy(path, options) {
    return super.createNpy(absolute(path), options);
  }
}
