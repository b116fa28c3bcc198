// A file system like the browser's own, in memory, that can fail at any of its calls.

/** What all handles of a file system share: how many calls succeed before one fails. */
class Faults {
  calls = 0;
  failing = Infinity;
  error = null;

  count() {
    this.calls += 1;
    if (this.calls > this.failing) throw this.error;
  }
}

export class FakeDirectory {
  kind = 'directory';
  children = new Map();

  constructor(name = '', faults = new Faults()) {
    this.name = name;
    this.faults = faults;
  }

  /** Lets `count` more calls succeed, and then fails each with `error`. */
  failAfter(count, error) {
    this.faults.failing = this.faults.calls + count;
    this.faults.error = error;
  }

  async *entries() {
    yield* [...this.children];
  }

  async getFileHandle(name, options) {
    return this.#get(name, options, 'file', () => new FakeFile(this, name));
  }

  async getDirectoryHandle(name, options) {
    return this.#get(name, options, 'directory', () => new FakeDirectory(name, this.faults));
  }

  async removeEntry(name) {
    this.faults.count();
    const child = this.children.get(name);
    if (child === undefined) throw new DOMException(name, 'NotFoundError');
    if (child.children?.size > 0) throw new DOMException(name, 'InvalidModificationError');
    this.children.delete(name);
  }

  /** Returns the files below this directory as texts, by path. */
  texts(path = '') {
    return Object.assign({}, ...[...this.children].map(([name, child]) => {
      if (child.kind === 'directory') return child.texts(`${path}${name}/`);
      return { [path + name]: new TextDecoder().decode(child.bytes) };
    }));
  }

  #get(name, { create = false } = {}, kind, make) {
    const child = this.children.get(name);
    if (child === undefined) {
      if (!create) throw new DOMException(name, 'NotFoundError');
      this.faults.count();
      this.children.set(name, make());
    } else if (child.kind !== kind) {
      throw new DOMException(name, 'TypeMismatchError');
    }
    return this.children.get(name);
  }
}

class FakeFile {
  kind = 'file';
  bytes = new Uint8Array();
  isOpen = false;

  constructor(parent, name) {
    this.parent = parent;
    this.name = name;
  }

  /** Returns the file as it is now. As in browsers, it cannot be read after a change. */
  async getFile() {
    return new FakeBlob(this, this.bytes);
  }

  async move(directory, name) {
    this.parent.faults.count();
    this.parent.children.delete(this.name);
    directory.children.set(name, this);
    [this.parent, this.name] = [directory, name];
  }

  async createSyncAccessHandle() {
    if (this.isOpen) throw new DOMException(this.name, 'NoModificationAllowedError');
    this.isOpen = true;
    const faults = this.parent.faults;
    return {
      getSize: () => this.bytes.length,
      truncate: (size) => {
        faults.count();
        const bytes = new Uint8Array(size);
        bytes.set(this.bytes.subarray(0, size));
        this.bytes = bytes;
      },
      // As a disk that is almost full, it takes no more than 10,000 bytes at once.
      write: (bytes, { at }) => {
        faults.count();
        const part = bytes.subarray(0, 10_000);
        const grown = new Uint8Array(Math.max(this.bytes.length, at + part.length));
        grown.set(this.bytes);
        grown.set(part, at);
        this.bytes = grown;
        return part.length;
      },
      flush: () => faults.count(),
      close: () => { this.isOpen = false; },
    };
  }
}

class FakeBlob {
  constructor(file, bytes) {
    this.file = file;
    this.bytes = bytes;
    this.size = bytes.length;
  }
}

/** Reads a part of a file of this file system, as `FileReaderSync` does in browsers. */
export function readFake(blob, start, end) {
  if (blob.file.bytes !== blob.bytes) throw new DOMException('it has changed', 'NotReadableError');
  return blob.bytes.slice(start, end);
}
