// Runs a plugin by the package: `node run.mjs PACKAGE PLUGIN GUEST=HOST[:ro]...`.

import { pathToFileURL } from 'node:url';

const [folder, plugin, ...grants] = process.argv.slice(2);
const { run } = await import(new URL('src/index.js', pathToFileURL(`${folder}/`)));
const [dirs, dirsRo] = [{}, {}];
for (const grant of grants) {
  const [, guest, host, readOnly] = /^(.*?)=(.*?)(:ro)?$/.exec(grant);
  (readOnly ? dirsRo : dirs)[guest] = host;
}
const { code, trap } = await run(plugin, { dirs, dirsRo });
if (trap) console.error(trap);
process.exitCode = code;
