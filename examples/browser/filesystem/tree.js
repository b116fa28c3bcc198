// Directories and files in memory, by the rules of WASI 0.2. An error is the name of its WASI error
// code, thrown as a string, which is how jco expects it.

import { Content } from './content.js';

/** The maximum length of a name, in bytes of UTF-8, as on Linux. */
const MAX_NAME = 255;

const encoder = new TextEncoder();

let objects = 0;
let lastTime = 0n;

/** Returns a time in nanoseconds that is later than that of each earlier call. */
function now() {
  const time = BigInt(Date.now()) * 1_000_000n;
  lastTime = time > lastTime ? time : lastTime + 1n;
  return lastTime;
}

class Node {
  /** A number that no other file or directory has. */
  id = ++objects;
  /** The time of the last change, in nanoseconds. */
  changed = now();
  /** Whether a directory has it. Until it is closed, an open file without a name still works. */
  isLinked = true;

  /** Notes a change, so that the time is another one. */
  touch() {
    this.changed = now();
  }
}

export class FileNode extends Node {
  constructor(content = new Content()) {
    super();
    this.content = content;
  }
}

export class DirectoryNode extends Node {
  entries = new Map();
  parent = null;

  /** Adds a file or a directory under a name that is free. */
  add(name, node) {
    if (!this.isLinked) throw 'no-entry';
    this.entries.set(name, node);
    if (node instanceof DirectoryNode) node.parent = this;
    this.touch();
    return node;
  }

  remove(name) {
    this.entries.get(name).isLinked = false;
    this.entries.delete(name);
    this.touch();
  }
}

/**
 * A tree that is granted to a plugin.
 *
 * `journal` is told every change, in order, and may be `null`. A tree that is not `isWritable`
 * refuses changes with `not-permitted`.
 */
export class Tree {
  constructor({ root = new DirectoryNode(), isWritable = true, journal = null } = {}) {
    this.root = root;
    this.isWritable = isWritable;
    this.journal = journal;
  }

  /** Returns the file or directory at a path below `base`. */
  find(base, path) {
    const { directory, name, mustBeDirectory } = this.#resolve(base, path);
    const node = name === null ? directory : directory.entries.get(name);
    if (node === undefined) throw 'no-entry';
    if (mustBeDirectory && !(node instanceof DirectoryNode)) throw 'not-directory';
    return node;
  }

  /** Opens or creates the file or directory at a path, as `open-at`. */
  open(base, path, { create, directory, exclusive, truncate }, isForWriting) {
    if ((create || truncate || isForWriting) && !this.isWritable) throw 'not-permitted';
    if (create && directory) throw 'invalid';
    const place = this.#resolve(base, path);
    let node = place.name === null ? place.directory : place.directory.entries.get(place.name);
    if (node === undefined) {
      if (!create) throw 'no-entry';
      if (place.mustBeDirectory) throw 'is-directory';
      checkName(place.name);
      node = place.directory.add(place.name, new FileNode());
      this.journal?.created(place.directory, place.name, node);
      return node;
    }
    if (create && exclusive) throw 'exist';
    if (node instanceof DirectoryNode) {
      if (create || truncate || isForWriting) throw 'is-directory';
    } else {
      if (directory || place.mustBeDirectory) throw 'not-directory';
      if (truncate) this.change(node, (content) => content.resize(0));
    }
    return node;
  }

  /** Changes the content of a file. */
  change(file, act) {
    act(file.content);
    file.touch();
    this.journal?.changed(file);
  }

  createDirectory(base, path) {
    const { directory, name } = this.#place(base, path);
    if (name === null || directory.entries.has(name)) throw 'exist';
    checkName(name);
    const node = directory.add(name, new DirectoryNode());
    this.journal?.createdDirectory(directory, name, node);
  }

  removeDirectory(base, path) {
    const { directory, name } = this.#place(base, path);
    if (name === null) throw 'invalid';
    const node = directory.entries.get(name);
    if (node === undefined) throw 'no-entry';
    if (!(node instanceof DirectoryNode)) throw 'not-directory';
    if (node.entries.size > 0) throw 'not-empty';
    directory.remove(name);
    this.journal?.removed(directory, name);
  }

  removeFile(base, path) {
    const { directory, name, mustBeDirectory } = this.#place(base, path);
    if (name === null) throw 'is-directory';
    const node = directory.entries.get(name);
    if (node === undefined) throw 'no-entry';
    if (node instanceof DirectoryNode) throw 'is-directory';
    if (mustBeDirectory) throw 'not-directory';
    directory.remove(name);
    this.journal?.removed(directory, name);
  }

  /** Renames a file, and replaces a file of the new name. Browsers cannot rename directories. */
  rename(base, path, newBase, newPath) {
    const from = this.#place(base, path);
    const to = this.#place(newBase, newPath);
    if (from.name === null || to.name === null) throw 'busy';
    const node = from.directory.entries.get(from.name);
    if (node === undefined) throw 'no-entry';
    if (node instanceof DirectoryNode) throw 'unsupported';
    if (from.mustBeDirectory || to.mustBeDirectory) throw 'not-directory';
    const replaced = to.directory.entries.get(to.name);
    if (replaced instanceof DirectoryNode) throw 'is-directory';
    if (replaced === node) return;
    checkName(to.name);
    if (replaced !== undefined) to.directory.remove(to.name);
    to.directory.add(to.name, node);
    from.directory.remove(from.name);
    node.isLinked = true;
    this.journal?.renamed(from.directory, from.name, to.directory, to.name, node);
  }

  /** Finds the directory of a name that is to be changed. */
  #place(base, path) {
    if (!this.isWritable) throw 'not-permitted';
    return this.#resolve(base, path);
  }

  /**
   * Returns the directory that a path leads to, and the last name of the path, or `null` if the
   * path is the directory itself. A path that leaves the tree is `not-permitted`.
   */
  #resolve(base, path) {
    if (path === '') throw 'no-entry';
    if (path.includes('\0')) throw 'invalid';
    if (path.startsWith('/')) throw 'not-permitted';
    const names = path.split('/');
    const mustBeDirectory = ['', '.', '..'].includes(names.at(-1));
    const parts = names.filter((name) => name !== '' && name !== '.');
    let directory = base;
    let name = null;
    for (const part of parts) {
      if (name !== null) {
        const next = directory.entries.get(name);
        if (next === undefined) throw 'no-entry';
        if (!(next instanceof DirectoryNode)) throw 'not-directory';
        directory = next;
        name = null;
      }
      if (part !== '..') {
        name = part;
      } else if (directory === base) {
        throw 'not-permitted';
      } else {
        directory = directory.parent;
      }
    }
    if (name !== null && encoder.encode(name).length > MAX_NAME) throw 'name-too-long';
    return { directory, name, mustBeDirectory };
  }
}

/** Fails for a new name that browsers do not allow. */
function checkName(name) {
  if (name.includes('\\')) throw 'invalid';
}
