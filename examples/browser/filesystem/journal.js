// The changes of a tree, in the order in which a plugin made them.
//
// A plugin runs synchronously, and browsers create, rename and remove files asynchronously. So the
// changes are collected while the plugin runs, and made in the browser's file system afterwards, in
// the same order. If that ends early, the file system is as if the plugin had been stopped between
// two of its changes. A program that survives a crash, such as a store, survives that too.

export class Journal {
  #changes = [];
  /** The files whose content has changed since it was last recorded. */
  #unrecorded = new Set();

  created(directory, name, file) {
    this.#record({ kind: 'create', directory, name, file });
  }

  createdDirectory(directory, name, created) {
    this.#record({ kind: 'create-directory', directory, name, created });
  }

  removed(directory, name) {
    this.#record({ kind: 'remove', directory, name });
  }

  renamed(directory, name, newDirectory, newName, file) {
    this.#record({ kind: 'rename', directory, name, newDirectory, newName, file });
  }

  changed(file) {
    this.#unrecorded.add(file);
  }

  /** Records the content of the files that have changed. A sync does this too. */
  recordContents() {
    for (const file of this.#unrecorded) {
      if (file.isLinked) {
        this.#changes.push({ kind: 'write', file, content: file.content.snapshot() });
      }
    }
    this.#unrecorded.clear();
  }

  /** Returns the changes, and forgets them. */
  take() {
    this.recordContents();
    return this.#changes.splice(0);
  }

  #record(change) {
    this.recordContents();
    this.#changes.push(change);
  }
}
