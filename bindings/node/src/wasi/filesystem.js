// The packages `wasi:filesystem` and `wasi:io/streams` for a transpiled component, over the
// synchronous calls of `node:fs`.
//
// The shim of jco answers each call from a thread of its own, which takes 30 to 100 microseconds;
// it says of every two descriptors that they are different objects; and it has no grants for
// reading only. This one calls the system directly.

import { closeSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { withCodes } from './codes.js';
import { Descriptor, DirectoryEntryStream, OpenFile, openFile } from './descriptor.js';
import { fileStreams } from './streams.js';

/** The classes of streams where no other host of WASI has some. No component calls them. */
const PLAIN = {
  InputStream: class InputStream {},
  OutputStream: class OutputStream {},
  IoError: Error,
  ready: () => {
    throw new Error('this host has no pollables');
  },
};

/**
 * Makes a file system of these grants: `{ guest, host, write, confined }` each, the path that the
 * component sees, the directory of the host, and the rights below it.
 *
 * Throws an error of `node:fs` if a directory cannot be opened.
 */
export function filesystem(grants, host = PLAIN) {
  const open = new Set();
  const system = {
    ...fileStreams(host),
    /** Opens a path of the host and returns a descriptor, which has these flags and rights. */
    open(path, how, flags, rights) {
      const { fd, type, path: entries } = openFile(path, how);
      if (type === 'directory' && flags.write) {
        closeSync(fd);
        throw 'is-directory';
      }
      const file = new OpenFile(fd, (file) => open.delete(file));
      open.add(file);
      return new Descriptor(this, file, type, flags, rights, entries);
    },
  };
  const roots = grants.map(({ guest, host: directory, write, confined }) => {
    const how = constants.O_RDONLY | constants.O_DIRECTORY;
    const root = openFile(resolve(directory), how);
    return { guest, root, rights: { write, confined }, file: new OpenFile(root.fd, () => {}) };
  });
  return {
    preopens: {
      getDirectories: () =>
        roots.map(({ guest, root, rights, file }) => {
          const flags = { read: true, mutateDirectory: rights.write };
          return [
            new Descriptor(system, file.share(), 'directory', flags, rights, root.path),
            guest,
          ];
        }),
    },
    types: {
      Descriptor,
      DirectoryEntryStream,
      filesystemErrorCode: (error) =>
        typeof error.payload === 'string' ? error.payload : undefined,
    },
    streams: { InputStream: host.InputStream, OutputStream: host.OutputStream },
    /** Closes everything that the component has left open, for instance when it trapped. */
    close() {
      for (const file of open) withCodes(() => closeSync(file.fd));
      open.clear();
      for (const { file } of roots) file.release();
    },
  };
}
