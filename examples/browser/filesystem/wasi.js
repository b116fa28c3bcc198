// The interfaces `wasi:filesystem/types` and `wasi:filesystem/preopens` of WASI 0.2 over trees, in
// the form in which components that jco has transpiled import them.

import { MAX_SIZE } from './content.js';
import { DirectoryNode } from './tree.js';

/** The maximum number of bytes that one read returns. A plugin asks again for the rest. */
const MAX_READ = 16 << 20;

/** The number of bytes that a stream for writing takes at once. */
const WRITE_PERMIT = 1n << 20n;

/**
 * Returns both interfaces, by name.
 *
 * `grants` has a `Tree` for each path in the plugin. `io` makes streams: the module `io` of
 * `@bytecodealliance/preview2-shim`, whose streams the plugin gets from the other interfaces too.
 * `onRead(tree, end, size)` is called after each read of a file of a tree, up to `end` of `size`
 * bytes.
 */
export function filesystem(grants, io, onRead = () => {}) {
  /** Returns a descriptor. WASI's resource has no constructor, so the class has none either. */
  const open = (tree, node, flags) => Object.assign(new Descriptor(), { tree, node, flags });

  class DirectoryEntryStream {
    #entries;

    static of(directory) {
      const stream = new DirectoryEntryStream();
      stream.#entries = [...directory.entries];
      return stream;
    }

    readDirectoryEntry() {
      const entry = this.#entries.shift();
      return entry && { name: entry[0], type: typeOf(entry[1]) };
    }
  }

  class Descriptor {
    tree;
    node;
    flags;

    #file(isAllowed = true) {
      if (this.node instanceof DirectoryNode) throw 'is-directory';
      if (!isAllowed) throw 'bad-descriptor';
      return this.node;
    }

    #directory() {
      if (!(this.node instanceof DirectoryNode)) throw 'not-directory';
      return this.node;
    }

    #readable() {
      return this.#file(this.flags.read);
    }

    #writable() {
      return this.#file(this.flags.write);
    }

    #read(offset, length) {
      const { content } = this.#readable();
      const bytes = readOf(content, offset, Math.min(length, MAX_READ));
      onRead(this.tree, offset + bytes.length, content.size);
      return bytes;
    }

    #write(bytes, offset) {
      const file = this.#writable();
      if (offset + bytes.length > MAX_SIZE) throw 'file-too-large';
      this.tree.change(file, (content) => content.write(bytes, offset));
    }

    read(length, offset) {
      const { content } = this.#readable();
      if (offset >= content.size) return [new Uint8Array(), true];
      const bytes = this.#read(Number(offset), toNumber(length));
      return [bytes, Number(offset) + bytes.length >= content.size];
    }

    write(bytes, offset) {
      this.#write(bytes, toOffset(offset));
      return BigInt(bytes.length);
    }

    readViaStream(offset) {
      this.#readable();
      let at = toOffset(offset);
      const read = (length) => {
        const bytes = this.#read(at, toNumber(length));
        if (bytes.length === 0 && length > 0n) throw { tag: 'closed' };
        at += bytes.length;
        return bytes;
      };
      return io.inputStreamCreate({ read, blockingRead: read });
    }

    writeViaStream(offset) {
      this.#writable();
      let at = toOffset(offset);
      return this.#outputStream(() => at, (end) => { at = end; });
    }

    appendViaStream() {
      const file = this.#writable();
      return this.#outputStream(() => file.content.size, () => {});
    }

    #outputStream(position, moved) {
      const write = (bytes) => {
        try {
          this.#write(bytes, position());
        } catch (code) {
          throw { tag: 'last-operation-failed', val: io.ioErrorCreate(String(code)) };
        }
        moved(position() + bytes.length);
      };
      return io.outputStreamCreate({ checkWrite: () => WRITE_PERMIT, write });
    }

    advise() {
      this.#file();
    }

    sync() {
      this.tree.journal?.recordContents();
    }

    syncData() {
      this.sync();
    }

    getFlags() {
      return this.flags;
    }

    getType() {
      return typeOf(this.node);
    }

    setSize(size) {
      const file = this.#writable();
      const bytes = toOffset(size);
      this.tree.change(file, (content) => content.resize(bytes));
    }

    /** Browsers keep no times that a program could set. */
    setTimes() {
      throw 'unsupported';
    }

    setTimesAt() {
      throw 'unsupported';
    }

    stat() {
      return statusOf(this.node);
    }

    statAt(_flags, path) {
      return statusOf(this.tree.find(this.#directory(), path));
    }

    readDirectory() {
      return DirectoryEntryStream.of(this.#directory());
    }

    openAt(_pathFlags, path, openFlags, flags) {
      const isForWriting = flags.write === true;
      const node = this.tree.open(this.#directory(), path, openFlags, isForWriting);
      const mutateDirectory = node instanceof DirectoryNode && this.tree.isWritable;
      return open(this.tree, node, { read: flags.read, write: flags.write, mutateDirectory });
    }

    createDirectoryAt(path) {
      this.tree.createDirectory(this.#directory(), path);
    }

    removeDirectoryAt(path) {
      this.tree.removeDirectory(this.#directory(), path);
    }

    unlinkFileAt(path) {
      this.tree.removeFile(this.#directory(), path);
    }

    renameAt(path, other, newPath) {
      if (other.tree !== this.tree) throw 'cross-device';
      this.tree.rename(this.#directory(), path, other.#directory(), newPath);
    }

    /** Browsers have no links. */
    readlinkAt(path) {
      this.tree.find(this.#directory(), path);
      throw 'invalid';
    }

    linkAt() {
      throw 'unsupported';
    }

    symlinkAt() {
      throw 'unsupported';
    }

    isSameObject(other) {
      return this.node === other.node;
    }

    metadataHash() {
      return hashOf(this.node);
    }

    metadataHashAt(_flags, path) {
      return hashOf(this.tree.find(this.#directory(), path));
    }
  }

  // The plugin and the portable component in it each get descriptors of their own.
  const getDirectories = () =>
    Object.entries(grants).map(([path, tree]) => {
      return [open(tree, tree.root, { read: true, mutateDirectory: tree.isWritable }), path];
    });
  return {
    'wasi:filesystem/types': {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: () => undefined,
    },
    'wasi:filesystem/preopens': { getDirectories },
  };
}

function typeOf(node) {
  return node instanceof DirectoryNode ? 'directory' : 'regular-file';
}

function statusOf(node) {
  const seconds = node.changed / 1_000_000_000n;
  const time = { seconds, nanoseconds: Number(node.changed % 1_000_000_000n) };
  return {
    type: typeOf(node),
    linkCount: node.isLinked ? 1n : 0n,
    size: node instanceof DirectoryNode ? 0n : BigInt(node.content.size),
    dataAccessTimestamp: time,
    dataModificationTimestamp: time,
    statusChangeTimestamp: time,
  };
}

function hashOf(node) {
  return { lower: BigInt(node.id), upper: 0n };
}

/** Reads bytes. A file that the user has chosen may have changed or disappeared since then. */
function readOf(content, offset, length) {
  try {
    return content.read(offset, length);
  } catch (error) {
    throw { NotFoundError: 'no-entry', NotReadableError: 'access' }[error.name] ?? 'io';
  }
}

/** Converts a length. A greater one than that of any file asks for the rest of a file. */
function toNumber(length) {
  return length > BigInt(MAX_SIZE) ? MAX_SIZE : Number(length);
}

/** Converts a position or a size, which no file may exceed. */
function toOffset(offset) {
  if (offset > BigInt(MAX_SIZE)) throw 'file-too-large';
  return Number(offset);
}
