// The way from a path of a plugin to a file of the host, within a granted directory.

import { closeSync, constants, existsSync, lstatSync, openSync, readlinkSync } from 'node:fs';

/** How many links one path may have, as in Linux. */
const MAX_LINKS = 40;

/** Linux's flag for a directory that is only passed through. `node:fs` has no name for it. */
const O_PATH = 0o10000000;

/**
 * Whether the system names the entries of an open directory: `/proc/self/fd/5/name` is `name` in
 * the directory of the descriptor 5, whatever has happened to its path. Without it, a program that
 * exchanges a directory for a link at the right moment leads a path out of the grant.
 */
const HAS_PROC = process.platform === 'linux' && existsSync('/proc/self/fd');

const PASS = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Returns the path below which the entries of an open directory are found. */
export function pathOf(fd, path) {
  return HAS_PROC ? `/proc/self/fd/${fd}` : path;
}

/** Returns whether a path can only be one of a directory: it ends with a slash, or is one. */
export function namesDirectory(path) {
  return /(^|\/)\.{0,2}$/.test(path);
}

/**
 * Calls `operation` with a path of the host for `path` below the directory `base`, and returns its
 * result. No link and no `..` leads out of `base`. If `follow` is set, or the path ends with a
 * slash, the last name is not a link. Links are followed as POSIX does, one name at a time: in
 * `missing/../file` the first name must exist.
 *
 * Throws the codes `not-permitted` and `loop`, and the errors of `node:fs`.
 */
export function walk(base, path, follow, operation) {
  checkPath(path);
  const parents = [base];
  const opened = [];
  const pending = names(path).reverse();
  let entersLast = namesDirectory(path);
  let links = 0;
  try {
    for (;;) {
      const name = pending.pop();
      const parent = parents.at(-1);
      if (name === undefined) return operation(`${parent}/.`);
      if (name === '..') {
        if (parents.length === 1) throw 'not-permitted';
        parents.pop();
        continue;
      }
      const host = `${parent}/${name}`;
      const isLast = pending.length === 0 && !entersLast;
      if (isLast && !follow) return operation(host);
      const found = lstatSync(host, { throwIfNoEntry: false });
      if (found?.isSymbolicLink()) {
        if (++links > MAX_LINKS) throw 'loop';
        const target = readlinkSync(host);
        if (target.startsWith('/')) throw 'not-permitted';
        if (isLast) entersLast = namesDirectory(target);
        pending.push(...names(target).reverse());
        continue;
      }
      if (isLast) return operation(host);
      parents.push(enter(host, opened));
    }
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** Throws unless a path is relative, not empty, and one that the system can express. */
export function checkPath(path) {
  if (path === '') throw 'no-entry';
  if (path.startsWith('/')) throw 'not-permitted';
  if (path.includes('\0')) throw 'invalid';
}

function names(path) {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Returns the path of the entries of a directory, and lists what is to be closed. */
function enter(host, opened) {
  if (!HAS_PROC) {
    // The error of a file that is no directory is the system's.
    lstatSync(`${host}/.`);
    return host;
  }
  const fd = openSync(host, PASS);
  opened.push(fd);
  return pathOf(fd);
}
