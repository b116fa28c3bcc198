// `wasi:filesystem/types` over the synchronous calls of `node:fs`.

import * as fs from 'node:fs';
import { withCodes } from './codes.js';
import { position } from './streams.js';
import { checkPath, namesDirectory, pathOf, walk } from './walk.js';

const { constants } = fs;
const symbolDispose = Symbol.dispose ?? Symbol.for('dispose');

/** The longest read, in bytes. A call of filemap moves no more, and a plugin asks again. */
const MAX_READ = 128n << 20n;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A file descriptor of the system, which several descriptors and streams of WASI share. */
export class OpenFile {
  #users = 1;
  #onClose;

  constructor(fd, onClose) {
    this.fd = fd;
    this.#onClose = onClose;
  }

  /** Takes a share, which `release` gives back. */
  share() {
    this.#users += 1;
    return this;
  }

  /** Gives back a share. The last one closes the file descriptor. */
  release() {
    this.#users -= 1;
    if (this.#users === 0) {
      fs.closeSync(this.fd);
      this.#onClose(this);
    }
  }
}

/**
 * A file or a directory: the resource `descriptor`. Its methods throw WASI's error codes.
 *
 * `rights` are those of the grant: `write`, without which every change is `not-permitted`; and
 * `confined`, without which links lead anywhere, as for any program of the host.
 */
export class Descriptor {
  #system;
  #file;
  #type;
  #flags;
  #rights;
  /** The path below which the entries of a directory are found. */
  #path;

  constructor(system, file, type, flags, rights, path) {
    this.#system = system;
    this.#file = file;
    this.#type = type;
    this.#flags = flags;
    this.#rights = rights;
    this.#path = path;
  }

  readViaStream(offset) {
    this.#checkFile('read');
    return new this.#system.FileInput(this.#file.share(), offset);
  }

  writeViaStream(offset) {
    this.#checkFile('write');
    return new this.#system.FileOutput(this.#file.share(), offset);
  }

  appendViaStream() {
    return this.writeViaStream(this.stat().size);
  }

  /** Node has no `posix_fadvise`, and no advice changes a result. */
  advise() {
    if (this.#type === 'directory') throw 'bad-descriptor';
  }

  syncData() {
    withCodes(() => fs.fdatasyncSync(this.#file.fd));
  }

  sync() {
    withCodes(() => fs.fsyncSync(this.#file.fd));
  }

  getFlags() {
    return this.#flags;
  }

  getType() {
    return this.#type;
  }

  setSize(size) {
    this.#checkFile('write');
    withCodes(() => fs.ftruncateSync(this.#file.fd, position(size)));
  }

  setTimes(access, modification) {
    this.#checkRight();
    const [atime, mtime] = times(this.stat(), access, modification);
    withCodes(() => fs.futimesSync(this.#file.fd, atime, mtime));
  }

  read(length, offset) {
    this.#checkFile('read');
    const bytes = new Uint8Array(Number(length < MAX_READ ? length : MAX_READ));
    // Files end before 2^63, and the system takes no larger position.
    if (offset >= 1n << 63n) return [bytes.subarray(0, 0), true];
    const read = withCodes(() => fs.readSync(this.#file.fd, bytes, 0, bytes.length, offset));
    return [bytes.subarray(0, read), read === 0 && bytes.length > 0];
  }

  write(bytes, offset) {
    this.#checkFile('write');
    const at = position(offset, bytes.length);
    return BigInt(withCodes(() => fs.writeSync(this.#file.fd, bytes, 0, bytes.length, at)));
  }

  readDirectory() {
    this.#checkDirectory();
    const options = { encoding: 'buffer', bufferSize: 1024 };
    return new DirectoryEntryStream(withCodes(() => fs.opendirSync(this.#path, options)));
  }

  createDirectoryAt(path) {
    this.#checkRight();
    this.#at(withoutSlash(path), false, (host) => fs.mkdirSync(host));
  }

  stat() {
    return status(withCodes(() => fs.fstatSync(this.#file.fd, { bigint: true })));
  }

  statAt(pathFlags, path) {
    return status(this.#statAt(pathFlags, path));
  }

  setTimesAt(pathFlags, path, access, modification) {
    this.#checkRight();
    const [atime, mtime] = times(this.statAt(pathFlags, path), access, modification);
    this.#at(path, pathFlags.symlinkFollow, (host) =>
      // The last name is a link only if the link is meant.
      (this.#rights.confined || !pathFlags.symlinkFollow ? fs.lutimesSync : fs.utimesSync)(
        host,
        atime,
        mtime,
      ),
    );
  }

  linkAt(pathFlags, path, directory, newPath) {
    this.#checkRight();
    directory.#checkRight();
    if (pathFlags.symlinkFollow) throw 'invalid';
    this.#at(path, false, (host) =>
      directory.#at(newPath, false, (newHost) => fs.linkSync(host, newHost)),
    );
  }

  openAt(pathFlags, path, openFlags, flags) {
    if (flags.fileIntegritySync || flags.dataIntegritySync || flags.requestedWriteSync) {
      throw 'unsupported';
    }
    const { create, directory, exclusive, truncate } = openFlags;
    if (directory && (create || exclusive || truncate)) throw 'invalid';
    if (create || truncate || flags.write) this.#checkRight();
    // As in POSIX, an exclusive creation finds a link and does not follow it.
    const follow = pathFlags.symlinkFollow && !(create && exclusive);
    let how = flags.write || truncate ? constants.O_WRONLY : constants.O_RDONLY;
    if (how === constants.O_WRONLY && flags.read) how = constants.O_RDWR;
    if (create) how |= constants.O_CREAT;
    if (exclusive) how |= constants.O_EXCL;
    if (truncate) how |= constants.O_TRUNC;
    if (directory) how |= constants.O_DIRECTORY;
    if (!follow || this.#rights.confined) how |= constants.O_NOFOLLOW;
    if (create && namesDirectory(path) && this.#isMissing(path)) throw 'is-directory';
    return this.#at(path, follow, (host) =>
      this.#system.open(host, how, { ...flags }, this.#rights),
    );
  }

  readlinkAt(path) {
    const target = this.#at(path, false, (host) => fs.readlinkSync(host));
    // The target of a link that leads out of the grant is none of the plugin's business.
    if (this.#rights.confined && target.startsWith('/')) throw 'not-permitted';
    return target;
  }

  removeDirectoryAt(path) {
    this.#checkRight();
    this.#at(withoutSlash(path), false, (host) => fs.rmdirSync(host));
  }

  renameAt(path, directory, newPath) {
    this.#checkRight();
    directory.#checkRight();
    if (namesDirectory(path) || namesDirectory(newPath)) {
      if (this.statAt({}, path).type !== 'directory') throw 'not-directory';
    }
    this.#at(withoutSlash(path), false, (host) =>
      directory.#at(withoutSlash(newPath), false, (newHost) => fs.renameSync(host, newHost)),
    );
  }

  symlinkAt(target, path) {
    this.#checkRight();
    if (this.#rights.confined && target.startsWith('/')) throw 'not-permitted';
    if (target.includes('\0')) throw 'invalid';
    this.#at(path, false, (host) => fs.symlinkSync(target, host));
  }

  unlinkFileAt(path) {
    this.#checkRight();
    if (namesDirectory(path)) {
      throw this.statAt({}, path).type === 'directory' ? 'is-directory' : 'not-directory';
    }
    this.#at(path, false, (host) => fs.unlinkSync(host));
  }

  isSameObject(other) {
    const [one, two] = [this.metadataHash(), other.metadataHash()];
    return one.lower === two.lower && one.upper === two.upper;
  }

  metadataHash() {
    return identity(withCodes(() => fs.fstatSync(this.#file.fd, { bigint: true })));
  }

  metadataHashAt(pathFlags, path) {
    return identity(this.#statAt(pathFlags, path));
  }

  [symbolDispose]() {
    this.#file?.release();
    this.#file = undefined;
  }

  /** Calls `operation` with the path of the host for a path below this directory. */
  #at(path, follow, operation) {
    this.#checkDirectory();
    return withCodes(() => {
      if (this.#rights.confined) return walk(this.#path, path, follow, operation);
      checkPath(path);
      return operation(`${this.#path}/${path}`);
    });
  }

  #statAt(pathFlags, path) {
    return this.#at(path, pathFlags.symlinkFollow, (host) => {
      // After a walk, the last name is a link only if the link is meant.
      const follows = pathFlags.symlinkFollow && !this.#rights.confined;
      return (follows ? fs.statSync : fs.lstatSync)(host, { bigint: true });
    });
  }

  #isMissing(path) {
    try {
      this.statAt({ symlinkFollow: true }, path);
      return false;
    } catch (code) {
      return code === 'no-entry';
    }
  }

  #checkDirectory() {
    if (this.#type !== 'directory') throw 'not-directory';
  }

  #checkFile(access) {
    if (this.#type === 'directory') throw 'is-directory';
    if (!this.#flags[access]) throw 'bad-descriptor';
  }

  #checkRight() {
    if (!this.#rights.write) throw 'not-permitted';
  }
}

/** The entries of a directory: the resource `directory-entry-stream`. */
export class DirectoryEntryStream {
  #directory;

  constructor(directory) {
    this.#directory = directory;
  }

  /** Throws `illegal-byte-sequence` for a name that is not UTF-8, and goes on after it. */
  readDirectoryEntry() {
    const entry = withCodes(() => this.#directory.readSync());
    if (entry === null) return undefined;
    let name;
    try {
      name = utf8.decode(entry.name);
    } catch {
      throw 'illegal-byte-sequence';
    }
    return { type: typeOf(entry), name };
  }

  [symbolDispose]() {
    this.#directory?.closeSync();
    this.#directory = undefined;
  }
}

/** Opens a file or a directory of the host, and returns what a descriptor is made of. */
export function openFile(host, how) {
  const fd = fs.openSync(host, how);
  try {
    return { fd, type: typeOf(fs.fstatSync(fd)), path: pathOf(fd, host) };
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
}

function withoutSlash(path) {
  return path.replace(/(?<=[^/])\/+$/, '');
}

function identity(found) {
  return { lower: found.ino, upper: found.dev };
}

function status(found) {
  return {
    type: typeOf(found),
    linkCount: found.nlink,
    size: found.size,
    dataAccessTimestamp: datetime(found.atimeNs),
    dataModificationTimestamp: datetime(found.mtimeNs),
    statusChangeTimestamp: datetime(found.ctimeNs),
  };
}

/** Returns a time after 1970; WASI has no other. */
function datetime(time) {
  const positive = time < 0n ? 0n : time;
  const second = 1_000_000_000n;
  return { seconds: positive / second, nanoseconds: Number(positive % second) };
}

/** Returns two times in seconds, as `node:fs` takes them. */
function times(found, access, modification) {
  const seconds = (time) => Number(time.seconds) + time.nanoseconds / 1e9;
  const one = (change, present) => {
    if (change.tag === 'timestamp') return seconds(change.val);
    return change.tag === 'now' ? Date.now() / 1e3 : seconds(present);
  };
  return [
    one(access, found.dataAccessTimestamp),
    one(modification, found.dataModificationTimestamp),
  ];
}

function typeOf(found) {
  if (found.isFile()) return 'regular-file';
  if (found.isDirectory()) return 'directory';
  if (found.isSymbolicLink()) return 'symbolic-link';
  if (found.isFIFO()) return 'fifo';
  if (found.isSocket()) return 'socket';
  if (found.isCharacterDevice()) return 'character-device';
  return found.isBlockDevice() ? 'block-device' : 'unknown';
}
