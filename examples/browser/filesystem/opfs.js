// A directory of the browser's own file system (OPFS) as a tree for plugins. Works in workers only,
// where browsers have synchronous access to the content of files.

import { Content } from './content.js';
import { Journal } from './journal.js';
import { DirectoryNode, FileNode, Tree } from './tree.js';

/** The content of a file, or the name of a file, could not be stored. */
export class SaveError extends Error {
  name = 'SaveError';
}

/** Returns what this browser lacks to keep files, or `null`. */
export function missingFeature() {
  if (globalThis.navigator?.storage?.getDirectory === undefined) {
    return 'a file system of its own (`navigator.storage.getDirectory`)';
  }
  const file = globalThis.FileSystemFileHandle?.prototype;
  if (file?.createSyncAccessHandle === undefined) {
    return 'synchronous access to files (`createSyncAccessHandle`)';
  }
  return file.move === undefined ? 'the renaming of files (`move`)' : null;
}

/** A directory that a plugin can change. */
export class StoredDirectory {
  /** The tree to grant. */
  tree;
  #journal = new Journal();
  /** The browser's handle of each file and directory. */
  #handles = new Map();

  /**
   * Lists the directory of `handle`, a `FileSystemDirectoryHandle`. Reads no content.
   *
   * Nobody else may change the directory until the last `save`: hold a lock of `navigator.locks`.
   * `read` reads a part of a file; it is needed only outside of browsers.
   */
  static async open(handle, read = undefined) {
    const directory = new StoredDirectory();
    const root = await directory.#load(handle, read);
    directory.tree = new Tree({ root, journal: directory.#journal });
    return directory;
  }

  async #load(handle, read) {
    const node = new DirectoryNode();
    this.#handles.set(node, handle);
    for await (const [name, child] of handle.entries()) {
      if (child.kind === 'directory') {
        node.add(name, await this.#load(child, read));
      } else {
        const file = node.add(name, new FileNode(new Content(await child.getFile(), read)));
        this.#handles.set(file, child);
      }
    }
    return node;
  }

  /** Writes a file as a whole, as a plugin would: `save` stores it. */
  write(path, bytes) {
    const { tree } = this;
    const file = tree.open(tree.root, path, { create: true, truncate: true }, true);
    tree.change(file, (content) => content.write(bytes, 0));
  }

  /**
   * Makes the changes of the plugin in the browser's file system, in their order. `progress` is
   * called with the number of changes that are made, and of all.
   *
   * Ends at the first change that fails, with a `SaveError`. The directory is then as if the plugin
   * had stopped before this change. Do not use the tree afterwards: open the directory again.
   */
  async save(progress = () => {}) {
    const changes = this.#journal.take();
    for (const [index, change] of changes.entries()) {
      progress(index, changes.length);
      try {
        await this.#make(change);
      } catch (error) {
        throw new SaveError(explain(change, error), { cause: error });
      }
    }
    progress(changes.length, changes.length);
  }

  async #make(change) {
    const directory = this.#handles.get(change.directory);
    switch (change.kind) {
      case 'create': {
        const made = await directory.getFileHandle(change.name, { create: true });
        this.#handles.set(change.file, made);
        break;
      }
      case 'create-directory': {
        const made = await directory.getDirectoryHandle(change.name, { create: true });
        this.#handles.set(change.created, made);
        break;
      }
      case 'remove':
        await directory.removeEntry(change.name);
        break;
      case 'rename': {
        const target = this.#handles.get(change.newDirectory);
        await this.#handles.get(change.file).move(target, change.newName);
        this.#handles.set(change.file, await target.getFileHandle(change.newName));
        break;
      }
      case 'write':
        await write(this.#handles.get(change.file), change.content.changes());
        break;
    }
  }
}

/** Writes the content of a file, and syncs it. */
async function write(handle, { kept, pages, size }) {
  const access = await handle.createSyncAccessHandle();
  try {
    if (access.getSize() > kept) access.truncate(kept);
    for (const [at, bytes] of pages) {
      // A full disk may take a part.
      for (let done = 0; done < bytes.length; ) {
        const written = access.write(bytes.subarray(done), { at: at + done });
        if (written === 0) throw new DOMException('the disk is full', 'QuotaExceededError');
        done += written;
      }
    }
    if (access.getSize() !== size) access.truncate(size);
    access.flush();
  } finally {
    access.close();
  }
}

/** Says which change failed, and why. */
function explain(change, error) {
  const what = {
    create: `create the file \`${change.name}\``,
    'create-directory': `create the directory \`${change.name}\``,
    remove: `remove \`${change.name}\``,
    rename: `rename \`${change.name}\` to \`${change.newName}\``,
    write: 'write a file',
  }[change.kind];
  const why =
    error.name === 'QuotaExceededError'
      ? 'this site may not store more: remove stored results, or free some disk space'
      : `${error.name}: ${error.message}`;
  return `cannot ${what} in the browser's file system: ${why}`;
}
