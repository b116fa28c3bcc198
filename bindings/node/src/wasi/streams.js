// Streams over files: `wasi:io/streams` for `read-via-stream` and `write-via-stream`.

import { readSync, writeSync } from 'node:fs';
import { withCodes } from './codes.js';

/** How many bytes one call of a stream moves at most: what a plugin can ask for is larger. */
const MAX_PIECE = 1n << 20n;

const symbolDispose = Symbol.dispose ?? Symbol.for('dispose');

/**
 * Returns the classes of streams over files, which extend the classes of a host of WASI.
 *
 * A file is always ready, so every call is complete when it returns, and `ready` returns a pollable
 * of the host that is.
 */
export function fileStreams({ InputStream, OutputStream, IoError, ready }) {
  const attempt = (operation) => {
    try {
      return withCodes(operation);
    } catch (code) {
      if (typeof code !== 'string') throw code;
      throw { tag: 'last-operation-failed', val: new IoError(code) };
    }
  };

  class FileInput extends InputStream {
    #file;
    #offset;

    constructor(file, offset) {
      super();
      this.#file = file;
      this.#offset = offset;
    }

    read(length) {
      const bytes = new Uint8Array(Number(length < MAX_PIECE ? length : MAX_PIECE));
      if (bytes.length === 0) return bytes;
      const read = attempt(() =>
        readSync(this.#file.fd, bytes, 0, bytes.length, this.#offset),
      );
      if (read === 0) throw { tag: 'closed' };
      this.#offset += BigInt(read);
      return bytes.subarray(0, read);
    }

    blockingRead(length) {
      return this.read(length);
    }

    skip(length) {
      return BigInt(this.read(length).length);
    }

    blockingSkip(length) {
      return this.skip(length);
    }

    subscribe() {
      return ready();
    }

    [symbolDispose]() {
      this.#file?.release();
      this.#file = undefined;
    }
  }

  /** The base of outputs, which have a method `write` that writes everything. */
  class Output extends OutputStream {
    checkWrite() {
      return MAX_PIECE;
    }

    flush() {}

    blockingFlush() {}

    blockingWriteAndFlush(bytes) {
      this.write(bytes);
    }

    writeZeroes(length) {
      this.write(new Uint8Array(Number(length)));
    }

    blockingWriteZeroesAndFlush(length) {
      this.writeZeroes(length);
    }

    splice(source, length) {
      const bytes = source.read(length < MAX_PIECE ? length : MAX_PIECE);
      this.write(bytes);
      return BigInt(bytes.length);
    }

    blockingSplice(source, length) {
      const bytes = source.blockingRead(length < MAX_PIECE ? length : MAX_PIECE);
      this.write(bytes);
      return BigInt(bytes.length);
    }

    subscribe() {
      return ready();
    }

    [symbolDispose]() {}
  }

  class FileOutput extends Output {
    #file;
    #offset;

    constructor(file, offset) {
      super();
      this.#file = file;
      this.#offset = offset;
    }

    write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const rest = bytes.length - from;
        const written = attempt(() =>
          writeSync(this.#file.fd, bytes, from, rest, position(this.#offset, rest)),
        );
        from += written;
        this.#offset += BigInt(written);
      }
    }

    [symbolDispose]() {
      this.#file?.release();
      this.#file = undefined;
    }
  }

  /** The standard output or the standard error. A pipe without a reader is `closed`. */
  class StandardOutput extends Output {
    #fd;

    constructor(fd) {
      super();
      this.#fd = fd;
    }

    write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        try {
          from += writeSync(this.#fd, bytes, from);
        } catch (error) {
          if (error.code === 'EPIPE') throw { tag: 'closed' };
          if (error.code !== 'EAGAIN') attempt(() => raise(error));
          // Another program has made the pipe or terminal non-blocking, and it is full.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
        }
      }
    }
  }

  return { FileInput, FileOutput, Output, StandardOutput };
}

/**
 * Returns the position of a write or the end of a file as the number that `node:fs` takes. Numbers
 * above 2^53 - 1 are not exact, and no file system of today has such files.
 */
export function position(offset, length = 0) {
  if (offset + BigInt(length) > BigInt(Number.MAX_SAFE_INTEGER)) throw 'file-too-large';
  return Number(offset);
}

function raise(error) {
  throw error;
}
