// Loads a plugin that `transpile.mjs` has transpiled, and runs it.

import { createCli } from './shim/cli.js';
import * as io from './shim/io.js';
import * as clocks from './shim/clocks.js';
import * as random from './shim/random.js';
import { filesystem } from './filesystem/wasi.js';

/** A module with two memories. */
const TWO_MEMORIES = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 5, 2, 0, 0, 0, 0);

/** A plugin that is loaded and compiled. Every run is a new instance of it. */
export class Plugin {
  #instantiate;
  #modules;

  /**
   * Loads `NAME.js` and the WebAssembly modules that `NAME.json` lists, from the folder at `url`.
   * With several memories, copies between the plugin and the portable component in it are quick:
   * they are one instruction each.
   *
   * `onBytes(loaded, all)` is told how much is loaded, and `onCompile()` that all is.
   */
  static async load(url, name, onBytes = () => {}, onCompile = () => {}) {
    const plugin = new Plugin();
    const form = WebAssembly.validate(TWO_MEMORIES) ? 'several-memories' : 'one-memory';
    const folder = new URL(`${form}/`, url);
    const list = await (await get(new URL(`${name}.json`, folder))).json();
    const all = list.reduce((sum, { size }) => sum + size, 0);
    let loaded = 0;
    const sources = new Map();
    for (const { file } of list) {
      const bytes = await download(new URL(file, folder), (count) => onBytes(loaded += count, all));
      sources.set(file, bytes);
    }
    onCompile();
    const compile = async ([file, bytes]) => [file, await WebAssembly.compile(bytes)];
    plugin.#modules = new Map(await Promise.all([...sources].map(compile)));
    plugin.#instantiate = (await import(new URL(`${name}.js`, folder))).instantiate;
    return plugin;
  }

  /**
   * Runs the plugin's `main`, which blocks the thread: call it in a worker.
   *
   * `grants` has a `Tree` for each path in the plugin; `onRead` is that of `filesystem`. Returns
   * the exit code, the texts that the plugin has printed, and the error of a plugin that trapped,
   * whose code is 134.
   */
  async run({ arguments: parameters, grants, onRead }) {
    const printed = { stdout: '', stderr: '' };
    const printer = (name) => {
      const decoder = new TextDecoder();
      const write = (bytes) => { printed[name] += decoder.decode(bytes, { stream: true }); };
      return { write };
    };
    const cli = createCli({
      arguments: parameters,
      stdout: printer('stdout'),
      stderr: printer('stderr'),
    });
    const imports = {
      'wasi:cli/environment': cli.environment,
      'wasi:cli/exit': cli.exit,
      'wasi:cli/stdin': cli.stdin,
      'wasi:cli/stdout': cli.stdout,
      'wasi:cli/stderr': cli.stderr,
      'wasi:cli/terminal-input': cli.terminalInput,
      'wasi:cli/terminal-output': cli.terminalOutput,
      'wasi:cli/terminal-stdin': cli.terminalStdin,
      'wasi:cli/terminal-stdout': cli.terminalStdout,
      'wasi:cli/terminal-stderr': cli.terminalStderr,
      'wasi:clocks/monotonic-clock': clocks.monotonicClock,
      'wasi:clocks/wall-clock': clocks.wallClock,
      'wasi:io/error': io.error,
      'wasi:io/poll': io.poll,
      'wasi:io/streams': io.streams,
      'wasi:random/insecure': random.insecure,
      'wasi:random/insecure-seed': random.insecureSeed,
      'wasi:random/random': random.random,
      ...filesystem(grants, io, onRead),
    };
    const all = new Proxy(imports, { get: (known, name) => known[name] ?? missing(name) });
    const instance = await this.#instantiate((file) => this.#modules.get(file), all);
    return { ...exitOf(instance.run.run), ...printed };
  }
}

/**
 * Returns an interface that the page does not have, such as `wasi:sockets/tcp`. Runtimes of
 * languages import such interfaces, and programs that do not use them never call them.
 */
function missing(name) {
  const item = (_, member) => function call() {
    throw new Error(`the plugin uses ${String(member)} of ${name}, which the page does not have`);
  };
  return new Proxy({}, { get: item });
}

/** Calls `run`: it returns normally or with an error, or the plugin exits or traps. */
function exitOf(run) {
  try {
    run();
    return { code: 0, trap: null };
  } catch (error) {
    if (error.exitError) return { code: error.code, trap: null };
    if (Object.hasOwn(error, 'payload')) return { code: 1, trap: null };
    return { code: 134, trap: error };
  }
}

/** Fetches a file of the page. */
export async function get(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(`cannot load ${url}: ${error.message}`, { cause: error });
  }
  const { ok, status, statusText } = response;
  if (!ok) throw new Error(`cannot load ${url}: ${status} ${statusText}`);
  return response;
}

/** Returns the bytes of a file of the page. `onBytes` is told the number of bytes that arrive. */
export async function download(url, onBytes) {
  const response = await get(url);
  const counter = new TransformStream({
    transform(piece, controller) {
      onBytes(piece.length);
      controller.enqueue(piece);
    },
  });
  try {
    return await new Response(response.body.pipeThrough(counter)).arrayBuffer();
  } catch (error) {
    throw new Error(`cannot load ${url}: ${error.message}`, { cause: error });
  }
}
