// Runs a plugin in a process of its own. `index.d.ts` documents `run`.

import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderOf, isTranspiled } from './run/cache.js';

const OPTIONS = [
  'dirs', 'dirsRo', 'args', 'env', 'stdin', 'stdout', 'stderr', 'timeout', 'signal', 'cache',
];

export async function run(plugin, options = {}) {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`run has no option '${unknown}': it has ${OPTIONS.join(', ')}`);
  }
  const twice = Object.keys(options.dirs ?? {}).find((guest) => guest in (options.dirsRo ?? {}));
  if (twice !== undefined) throw new TypeError(`'${twice}' is granted in dirs and in dirsRo`);
  const { stdin = 'inherit', stdout = 'inherit', stderr = 'inherit', timeout, signal } = options;
  const input = typeof stdin === 'string' ? undefined : stdin;
  const component = plugin instanceof Uint8Array ? plugin : await readFile(plugin);
  const key = createHash('sha256').update(component).digest('hex');
  const folder = folderOf(key, resolve(options.cache ?? defaultCache()));
  const message = {
    grants: [...grants(options.dirs, true), ...grants(options.dirsRo, false)],
    // WASI's first argument is the name of the program, as `filemap run` passes it.
    args: [nameOf(plugin), ...(options.args ?? [])],
    env: options.env ?? {},
    folder,
    component: isTranspiled(folder) ? undefined : component,
  };
  signal?.throwIfAborted();
  const child = fork(fileURLToPath(new URL('run/child.js', import.meta.url)), {
    stdio: [input ? 'pipe' : stdin, stdout, stderr, 'ipc'],
    serialization: 'advanced',
    execArgv: [],
    timeout,
    signal,
    killSignal: 'SIGKILL',
  });
  return new Promise((done, fail) => {
    let result;
    const pieces = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr']) {
      child[name]?.on('data', (piece) => pieces[name].push(piece));
    }
    child.on('error', fail);
    child.on('message', (answer) => (result = answer));
    child.on('close', (code, ended) => {
      if (result?.error) return fail(new Error(result.error));
      if (!result) return fail(unfinished(code, ended, timeout));
      for (const name of ['stdout', 'stderr']) {
        if (child[name]) result[name] = Uint8Array.from(Buffer.concat(pieces[name]));
      }
      return done(result);
    });
    child.send(message);
    // A plugin that does not read its input may end before it has been written.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** Returns grants for the file system: paths of the plugin and directories of the host. */
function grants(directories = {}, write) {
  return Object.entries(directories).map(([guest, host]) => ({
    guest,
    host: host instanceof URL ? fileURLToPath(host) : resolve(host),
    write,
    confined: true,
  }));
}

function nameOf(plugin) {
  if (plugin instanceof Uint8Array) return 'plugin.wasm';
  return plugin instanceof URL ? fileURLToPath(plugin) : plugin;
}

function defaultCache() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'filemap-wasm');
}

function unfinished(code, ended, timeout) {
  const how = ended ? `by the signal ${ended}` : `with code ${code}`;
  const limit = ended === 'SIGKILL' && timeout ? `: it ran longer than ${timeout} ms` : '';
  return new Error(`the process of the plugin ended ${how}${limit}`);
}
