// The portable component as a module of JavaScript.

import { readFileSync } from 'node:fs';
import { instantiate } from '../dist/provider/provider.js';

/** The core modules of the component, each compiled when the first instance is made. */
const modules = new Map();

function coreModule(name) {
  if (!modules.has(name)) {
    const bytes = readFileSync(new URL(`../dist/provider/${name}`, import.meta.url));
    modules.set(name, new WebAssembly.Module(bytes));
  }
  return modules.get(name);
}

/** Makes an instance of the component over a file system, and returns its interfaces. */
export function provider({ preopens, types, streams }) {
  return instantiate(coreModule, {
    'wasi:filesystem/preopens': preopens,
    'wasi:filesystem/types': types,
    'wasi:io/streams': streams,
  });
}
