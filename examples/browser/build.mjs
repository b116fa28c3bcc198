// Puts this page together: `node build.mjs PLUGGED.wasm NODE_MODULES OUTPUT`.
//
// PLUGGED.wasm is the plugin `terrain`. `cargo xtask browser` calls this program. `transpile.mjs`
// makes the part that does not depend on this page.

import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { SOURCES, assemble } from './transpile.mjs';

const PAGE = ['index.html', 'page.js', 'stored-values.js', 'style.css', 'worker.js'];
const MODEL = '../terrain/data/jacksboro.npy';

const [component, modules, output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: node build.mjs PLUGGED.wasm NODE_MODULES OUTPUT');

await assemble(component, modules, output, 'terrain');
for (const file of PAGE) await cp(join(SOURCES, file), join(output, file));
await cp(join(SOURCES, MODEL), join(output, 'jacksboro.npy'));
