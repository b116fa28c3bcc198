// Transpiles a component to JavaScript and WebAssembly modules, in the form that `Plugin` loads.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Writes `NAME.js`, its modules, and their list `NAME.json` into `folder`. `modules` is a folder
 * `node_modules` with jco.
 */
export async function transpileTo(folder, name, component, modules) {
  const jco = pathToFileURL(resolve(modules, '@bytecodealliance/jco/dist/api.js'));
  const { transpile } = await import(jco);
  const { files } = await transpile(await readFile(component), {
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
