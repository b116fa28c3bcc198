/**
 * filemap for programs in Node: a directory as a persistent `Map` (`File`, what `zict.File` is to
 * Python), arrays over the bytes of files (`Memmap`, what `numpy.memmap` is), and `run`, which runs
 * filemap's plugins.
 *
 * Paths are those of `node:fs`: from the current directory, with the rights of the process. Every
 * call is synchronous. All stores of the process on one directory see each other's changes at once.
 * Only one process at a time should write to a directory: there is no lock.
 */

export {
  ellipsis,
  File,
  FilemapError,
  mask,
  Memmap,
  newaxis,
  slice,
  take,
} from './dist/classes/index.js';
export type {
  Bytes,
  Durability,
  Elements,
  ErrorCode,
  FileOptions,
  Findings,
  Index,
  IndexList,
  Integer,
  MemmapOptions,
  Mode,
  Nested,
  NpyOptions,
  Order,
  Scalar,
  Shape,
  Shaped,
  Slice,
  Value,
  ValueReader,
  ValueWriter,
} from './dist/classes/index.js';

/** Where a standard stream of a plugin leads: as the option `stdio` of `child_process.spawn`. */
export type Output = 'inherit' | 'pipe' | 'ignore';

/** What a plugin gets. It sees nothing else of the host, and has no network. */
export interface RunOptions {
  /**
   * The directories that the plugin may read and write: its path for each, and the directory of the
   * host. `{ results: './out' }` grants the directory `out` as `results`, as
   * `filemap run --dir out::results` does.
   */
  dirs?: Record<string, string | URL>;
  /** The directories that the plugin may only read: `filemap run --dir-ro`. */
  dirsRo?: Record<string, string | URL>;
  /** The arguments after the name of the program. */
  args?: readonly string[];
  /** The environment. It is empty by default; the variables of the process are not passed on. */
  env?: Record<string, string>;
  /** The standard input: that of the process by default, or these bytes. */
  stdin?: 'inherit' | 'ignore' | Uint8Array;
  /** The standard output: that of the process by default. `pipe` collects it in the result. */
  stdout?: Output;
  /** The standard error, in the same way. */
  stderr?: Output;
  /** How long the plugin may run, in milliseconds. Then it is killed, and `run` throws. */
  timeout?: number;
  /** Kills the plugin when it is aborted; `run` throws an `AbortError`. */
  signal?: AbortSignal;
  /**
   * The folder for transpiled plugins, by default `filemap-wasm` in `$XDG_CACHE_HOME` or
   * `~/.cache`. Its files are programs that run with the rights of the process.
   */
  cache?: string;
}

/** How a plugin ended. */
export interface RunResult {
  /** The exit code: 0 is success, 1 a failure, 134 a trap. */
  code: number;
  /** Why the plugin trapped, with a stack. */
  trap?: string;
  /** What it wrote to the standard output, with the option `stdout: 'pipe'`. */
  stdout?: Uint8Array;
  /** What it wrote to the standard error, with the option `stderr: 'pipe'`. */
  stderr?: Uint8Array;
}

/**
 * Runs a plugin, a component for `wasi:cli/run`, in a process of its own. Gets the file or its
 * bytes.
 *
 * A plugin that imports `filemap:data` is linked with the component of this package. A plugin that
 * was composed with the portable component by `filemap plug` runs as it is. Plugins in Python and
 * in JavaScript with QuickJS need Node 22 or newer; composed plugins copy data much faster there.
 *
 * The first run transpiles the plugin, which takes seconds, and keeps the result in the cache.
 *
 * Throws if the file is no component, if a directory cannot be granted, if the process is killed,
 * and if the optional dependencies of this package are not installed.
 *
 * Similar to `filemap run`.
 */
export function run(plugin: string | URL | Uint8Array, options?: RunOptions): Promise<RunResult>;
