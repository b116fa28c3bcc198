// Runs a transpiled plugin in this process.

import { readdirSync, readFileSync } from 'node:fs';
import { clocks, cli, io } from '@bytecodealliance/preview2-shim';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { provider } from '../provider.js';
import { filesystem } from '../wasi/filesystem.js';
import { fileStreams } from '../wasi/streams.js';

/** What ends a plugin that exits: no function of it runs any more. */
class Exit extends Error {
  constructor(code) {
    super(`the plugin exited with code ${code}`);
    this.code = code;
  }
}

/** The interfaces of filemap that a plugin imports unless it is composed with the component. */
const INTERFACES = ['array', 'bulk', 'descriptors', 'mapping', 'store'];

/** The classes of the shim, which the streams over files extend. */
const SHIM = {
  InputStream: io.streams.InputStream,
  OutputStream: io.streams.OutputStream,
  IoError: io.error.Error,
  ready: () => clocks.monotonicClock.subscribeDuration(0n),
};

/** `Output` is the base of outputs: a class with a method `write(bytes)`. */
export const { Output, StandardOutput } = fileStreams(SHIM);

/**
 * The outputs of this process. Those of the shim are written later than the program goes on, and
 * lose what a pipe without a reader does not take.
 */
const OUTPUTS = {
  stdout: { getStdout: () => new StandardOutput(1) },
  stderr: { getStderr: () => new StandardOutput(2) },
};

/**
 * Loads a transpiled component from a folder, a URL. Its core modules are compiled once, for any
 * number of runs. Throws a `WebAssembly.CompileError` if this version of Node cannot run it.
 */
export async function load(folder) {
  const { instantiate } = await import(new URL('plugin.js', folder));
  const names = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
  const compile = (name) => new WebAssembly.Module(readFileSync(new URL(name, folder)));
  const modules = new Map(names.map((name) => [name, compile(name)]));
  return (imports) => instantiate((name) => modules.get(name), imports);
}

/**
 * Runs a loaded plugin to its end and returns its exit code. Throws what a trap throws.
 *
 * `grants` are those of `filesystem`. The plugin sees nothing else of the host: its arguments and
 * its environment are the given ones, and it has no network. `streams` are `wasi:cli/stdout` and
 * `wasi:cli/stderr`.
 */
export function execute(instantiate, { grants, args = [], env = {}, streams = OUTPUTS }) {
  const files = filesystem(grants, SHIM);
  const exit = {
    exit: ({ tag }) => {
      throw new Exit(tag === 'ok' ? 0 : 1);
    },
    exitWithCode: (code) => {
      throw new Exit(code);
    },
  };
  const shim = new WASIShim({
    cli: { ...cli, exit, ...streams },
    filesystem: { types: files.types, preopens: files.preopens },
    sandbox: { args, env, enableNetwork: false },
  });
  try {
    const { run } = instantiate({ ...shim.getImportObject(), __proto__: linked(files) });
    try {
      run.run();
      return 0;
    } catch (error) {
      // The error of `run` has no value.
      if (error === undefined) return 1;
      throw error;
    }
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  } finally {
    files.close();
  }
}

/** Returns the interfaces of filemap, from an instance that is made when a plugin imports one. */
function linked(files) {
  let instance;
  const interfaces = {};
  for (const name of INTERFACES) {
    const get = () => (instance ??= provider(files))[name];
    Object.defineProperty(interfaces, `filemap:data/${name}`, { get });
  }
  return interfaces;
}
