// Makes what a page needs to run a plugin:
// `node transpile.mjs PLUGGED.wasm NODE_MODULES OUTPUT NAME`.
//
// PLUGGED.wasm is a plugin that `filemap plug` has composed, and NODE_MODULES has jco and the
// preview2-shim. OUTPUT gets `plugin.js` with the class `Plugin`, the file system in `filesystem`,
// the rest of WASI in `shim`, and the plugin itself in `plugin`, to load as NAME.

import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of this program. */
export const SOURCES = dirname(fileURLToPath(import.meta.url));

const FILE_SYSTEM = ['content.js', 'journal.js', 'opfs.js', 'tree.js', 'wasi.js'];
/** The modules of the shim that `plugin.js` imports, and those that they import. */
const SHIM = ['cli', 'clocks', 'common', 'config', 'environment', 'io', 'random'];

/** Writes everything that a page needs to run the plugin `component` as `name`. */
export async function assemble(component, modules, output, name) {
  await transpile(component, modules, join(output, 'plugin'), name);
  const shim = join(modules, '@bytecodealliance/preview2-shim/dist/browser');
  const copies = [
    [join(SOURCES, 'plugin.js'), 'plugin.js'],
    ...FILE_SYSTEM.map((file) => [join(SOURCES, 'filesystem', file), `filesystem/${file}`]),
    ...SHIM.map((module) => [join(shim, `${module}.js`), `shim/${module}.js`]),
  ];
  for (const [from, to] of copies) await cp(from, join(output, to));
}

/** Writes `NAME.js`, the WebAssembly modules, and their list `NAME.json` into `folder`. */
export async function transpile(component, modules, folder, name) {
  const jco = await import(pathToFileURL(resolve(modules, '@bytecodealliance/jco/dist/api.js')));
  const { files } = await jco.transpile(await readFile(component), {
    name,
    instantiation: 'async',
    // Copies between the plugin and the portable component in it are one instruction each.
    multiMemory: true,
    minify: true,
    base64Cutoff: 0,
    noTypescript: true,
  });
  await mkdir(folder, { recursive: true });
  const list = [];
  for (const [file, content] of Object.entries(files)) {
    if (file.endsWith('.wasm')) list.push({ file, size: content.length });
    if (/\.(js|wasm)$/.test(file)) await writeFile(join(folder, file), content);
  }
  await writeFile(join(folder, `${name}.json`), JSON.stringify(list));
}

if (resolve(argv[1]) === fileURLToPath(import.meta.url)) {
  const [component, modules, output, name] = argv.slice(2);
  if (name === undefined) {
    throw new Error('usage: node transpile.mjs PLUGGED.wasm NODE_MODULES OUTPUT NAME');
  }
  await assemble(component, modules, output, name);
}
