// Puts the page together: `node build.mjs PLUGGED.wasm NODE_MODULES OUTPUT`.
//
// PLUGGED.wasm is the plugin `terrain` as `filemap plug` composes it, NODE_MODULES has jco and the
// preview2-shim, and OUTPUT is the folder for the page. `cargo xtask browser` calls this.

import { cp } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { transpileTo } from './transpile.mjs';

const SOURCES = dirname(fileURLToPath(import.meta.url));
const PAGE = ['index.html', 'page.js', 'plugin.js', 'stored-values.js', 'style.css', 'worker.js'];
const FILE_SYSTEM = ['content.js', 'journal.js', 'opfs.js', 'tree.js', 'wasi.js'];
const MODEL = '../terrain/data/jacksboro.npy';
/** The modules of the shim that `plugin.js` imports, and those that they import. */
const SHIM = ['cli', 'clocks', 'common', 'config', 'environment', 'io', 'random'];

const [component, modules, output] = process.argv.slice(2).map((path) => resolve(path));
if (output === undefined) throw new Error('usage: node build.mjs PLUGGED.wasm NODE_MODULES OUTPUT');

await transpileTo(join(output, 'plugin'), 'terrain', component, modules);
const copies = [
  ...PAGE.map((name) => [join(SOURCES, name), name]),
  ...FILE_SYSTEM.map((name) => [join(SOURCES, 'filesystem', name), `filesystem/${name}`]),
  ...SHIM.map((name) => [
    join(modules, `preview2-shim-of-programs/dist/browser/${name}.js`),
    `shim/${name}.js`,
  ]),
  [join(SOURCES, MODEL), 'jacksboro.npy'],
];
for (const [from, to] of copies) await cp(from, join(output, to));
