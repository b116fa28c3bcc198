// Finds the values of a store among the files of its directory. The format is that of Python's
// `zict.File`: the value of a key is in the file `KEY#N`, where the key is percent-encoded and the
// largest N is the newest. Only the plugin changes the store; the page reads it.

import { FileNode } from './filesystem/tree.js';

/** Returns the file of each key, sorted by key. */
export function storedValues(directory) {
  const newest = new Map();
  for (const [name, node] of directory.entries) {
    const [, quoted, digits] = /^(.*)#(\d+)$/.exec(name) ?? [];
    const key = quoted === undefined ? null : decode(quoted);
    if (key === null || !(node instanceof FileNode)) continue;
    const number = BigInt(digits);
    if (number >= (newest.get(key)?.number ?? 0n)) newest.set(key, { number, node });
  }
  const sorted = [...newest].sort(([one], [other]) => (one < other ? -1 : 1));
  return new Map(sorted.map(([key, { node }]) => [key, node]));
}

/** Returns the key, or `null` for the name of another program's file. */
function decode(quoted) {
  try {
    return decodeURIComponent(quoted);
  } catch {
    return null;
  }
}
