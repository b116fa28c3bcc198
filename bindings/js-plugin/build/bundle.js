// The program and everything that it imports, as one module.

import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rolldown } from 'rolldown';
import { parseSync, Visitor } from 'rolldown/utils';

import { linesStatement } from './lines.js';

/** The module that the engine starts. It exists in memory only. */
const ENTRY = '\0entry.js';

/** The modules that the engine has: the interfaces of the component. */
const INTERFACES = /^(filemap|wasi):/;

const file = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * Returns the source of one module that runs the program at `path` for an engine. The program's
 * code runs when the component starts, not when it is built.
 */
export async function bundle(path, engine) {
  const quickjs = engine === 'quickjs';
  const folder = dirname(path);
  const entry = [
    `import { start } from ${JSON.stringify(file(`program/run${quickjs ? '-quickjs' : ''}.js`))};`,
    `export const run = start(() => ${quickjs ? 'require' : 'import'}(${JSON.stringify(path)}));`,
  ].join('\n');
  const build = await rolldown({
    input: ENTRY,
    platform: 'neutral',
    external: INTERFACES,
    // What most packages have; the platform `neutral` has none by itself.
    resolve: { mainFields: ['module', 'main'] },
    // The engines have no `using`: the bundler writes it as `try` and `finally`.
    transform: { target: 'es2024' },
    plugins: [
      {
        name: 'filemap-plugin',
        resolveId(id) {
          if (id === ENTRY) return id;
          // Always this package, whatever is installed beside the program.
          return id === 'filemap-plugin' ? file('src/index.js') : null;
        },
        load: (id) => (id === ENTRY ? entry : null),
        transform: quickjs ? refuseAwait : undefined,
      },
    ],
    onLog(level, log, log_) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(unresolved(log.message));
      log_(level, log);
    },
  });
  try {
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      sourcemap: 'hidden',
      // The map names files relative to this folder. Nothing is written to it.
      dir: folder,
    });
    const [{ code, map }] = output;
    return `${code}\n${linesStatement(code, map, folder)}`;
  } finally {
    await build.close();
  }
}

function unresolved(message) {
  const advice = message.includes("'node:")
    ? '\nA plugin has no modules of Node: files are reached through `filemap-plugin`.'
    : '';
  return `${message}${advice}`;
}

/** Fails for code that waits for a promise: QuickJS, as it is embedded, would never continue it. */
function refuseAwait(code, id) {
  if (!/\bawait\b/.test(code)) return null;
  const parsed = parseSync(id, code);
  const fail = (node) => {
    const line = code.slice(0, node.start).split('\n').length;
    throw new Error(
      `${id}:${line}: QuickJS runs no promises here: build the program for the engine ` +
        'starlingmonkey, or write it without await',
    );
  };
  new Visitor({
    AwaitExpression: fail,
    ForOfStatement: (node) => node.await && fail(node),
  }).visit(parsed.program);
  return null;
}
