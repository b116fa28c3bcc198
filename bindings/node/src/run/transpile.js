// Makes a module of JavaScript from a component.

import { mkdirSync, writeFileSync } from 'node:fs';

/** A module of two memories. Node has run such modules since version 22. */
const TWO_MEMORIES = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0);

/** Whether copies between two components are instructions, and not a loop in JavaScript. */
export const multiMemory = WebAssembly.validate(TWO_MEMORIES);

/**
 * Writes the module `NAME.js` and its core modules to a folder, a URL with a slash at its end.
 *
 * Throws if the bytes are no component.
 */
export async function transpile(component, name, folder, options = {}) {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  const { files } = await transpileBytes(component, {
    name,
    instantiation: 'sync',
    emitTypescriptDeclarations: false,
    base64Cutoff: 0,
    multiMemory,
    ...options,
  });
  mkdirSync(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) {
    const written = file.endsWith('.js') ? withoutThrows(bytes) : bytes;
    // The files are on the disk before the folder gets its name in the cache.
    writeFileSync(new URL(file, folder), written, { flush: true });
  }
}

/**
 * Returns a module that does not catch an exception for each function where Node has no
 * `WebAssembly.promising`. Node 20 takes a millisecond for the message of each, because it parses
 * the whole module for it: 75 milliseconds for the portable component.
 */
function withoutThrows(bytes) {
  const text = new TextDecoder().decode(bytes);
  return text.replaceAll('WebAssembly.promising(', '(WebAssembly.promising ?? ((f) => f))(');
}
