// Makes `dist`: the portable component as a module, and the classes over its bindings.
//
// `npm install` in this folder runs it. It needs the command `filemap`, on the PATH or in the
// variable FILEMAP, which has the component in it.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { transpile } from './src/run/transpile.js';

const here = new URL('.', import.meta.url);
const dist = new URL('dist/', here);
const classes = new URL('../js-plugin/src/', here);

function component() {
  const command = process.env.FILEMAP ?? 'filemap';
  try {
    return execFileSync(command, ['component', '--output', '-'], { maxBuffer: 1 << 26 });
  } catch (cause) {
    const advice =
      `cannot get the portable component from \`${command} component\`: install the command ` +
      'with `cargo install --path host/cli`, or set FILEMAP to its path';
    throw new Error(advice, { cause });
  }
}

fs.rmSync(dist, { recursive: true, force: true });
await transpile(component(), 'provider', new URL('provider/', dist), {
  // The errors of the interface are thrown as `ComponentError`, with the record as `payload`.
  noComponentErrorWrapping: false,
  minify: true,
  // Nothing is copied between components here, and Node 20 has to load the module too.
  multiMemory: false,
});

// The same classes as in plugins: the package for plugins imports the bindings of its engine, and
// this one those of the transpiled component. Its `index.js` has what only plugins have.
fs.mkdirSync(new URL('classes/', dist));
for (const name of fs.readdirSync(classes).filter((name) => name !== 'index.js')) {
  const text = fs.readFileSync(new URL(name, classes), 'utf8');
  const bound = text.replace(/'filemap:data\/\w+@0\.1\.0'/g, "'../../src/host.js'");
  fs.writeFileSync(new URL(`classes/${name}`, dist), bound);
}

for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) {
  fs.copyFileSync(new URL(`../../${name}`, here), new URL(name, here));
}
