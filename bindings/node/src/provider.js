// The portable component as a module of JavaScript.

import { readFileSync } from 'node:fs';
import { instantiate } from '../dist/provider/provider.js';

/** The bytes of a core module of the component. */
export function coreModule(name) {
  return new WebAssembly.Module(readFileSync(new URL(`../dist/provider/${name}`, import.meta.url)));
}

/** Makes an instance of the component over a file system, and returns its interfaces. */
export function provider({ preopens, types, streams }) {
  return instantiate(coreModule, {
    'wasi:filesystem/preopens': preopens,
    'wasi:filesystem/types': types,
    'wasi:io/streams': streams,
  });
}
